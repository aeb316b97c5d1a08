# Everything the book needs is a target here, and the workflows call the same ones. `make` alone lists them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Two BLAS threads on a busy machine are slower than one, and one gives the same digits everywhere.
export OPENBLAS_NUM_THREADS := 1
export PYTHONHASHSEED := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Two processes: each file (a notebook's kernel, a module's browser) stays within one of them.
JOBS ?= 2

# The book with JupyterLite is a site of its own, so that the book never depends on it.
ONLINE := _build/online
LITE_READY := .venv-lite/.ready

.PHONY: help setup book web dist links binder lite lite-test serve lab notebooks check test mutants lint lint-script format bench peers measure lock clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## install everything into .venv; the other targets do so by themselves

# The requirements are complete, so nothing is resolved (--no-deps); some packages are left out of them
# on purpose, see the target `lock`.
$(READY): requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed, this is ' + sys.version)"
	$(BIN)/python -m pip install --quiet --no-deps --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Sphinx warns of a page when it reads it, and reads only what changed: after a failure the next build
# has to read everything again, or it would pass.
book: $(READY) ## build the pages into _build/html; any warning is an error
	@rm -f _build/book.stamp
	$(BIN)/jupyter-book build . -W -n --keep-going || { rm -rf _build/.doctrees; exit 1; }
	@touch _build/book.stamp

# From nothing each time: the site map lists the pages that a build writes.
web: $(READY) ## the same for a public address, BOOK_URL=https://example.org/book/, into _build/web/_build/html
	BOOK_WEB=1 $(BIN)/jupyter-book build . --all --path-output _build/web -W -n --keep-going

dist: book ## the same in one zip that opens from disk, into _build/dist
	$(BIN)/python tools/dist.py

# Not a test: other people's servers are down, slow or shy of programs without any fault of the book.
# The folder is its own, or the report would lie among the pages.
links: $(READY) ## ask every page on the web that the book links to whether it is still there
	$(BIN)/jupyter-book build . --builder linkcheck --path-output _build/links

serve: book ## build the pages, then serve them at http://127.0.0.1:8000/
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: $(READY) ## work on the chapters in JupyterLab
	$(BIN)/jupyter lab chapters

notebooks: $(READY) ## run every chapter again and store its outputs; on an unchanged tree nothing changes
	$(BIN)/python tools/notebooks.py
	$(BIN)/python tools/figure_numbers.py
	$(BIN)/python tools/efforts.py

# Notebooks, pages and the library, in one run. TESTS narrows it: make test TESTS=tests/mathematics
# The files are taken as tests/conftest.py has put them, the longest first.
test: lint book ## everything: style, types, library, notebooks, and the pages in every browser
	$(BIN)/pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder $(TESTS)

check: lint ## style, types, the library and the notebooks, without the pages: for daily work
	$(BIN)/pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder --pages=none tests/mathematics tests/figures tests/exercises tests/book chapters

# The clone that it works in has no environment of its own. MUTANTS narrows it: make mutants MUTANTS=site
mutants: $(READY) ## make the listed changes one at a time, report which of them no test notices; slow
	$(BIN)/python tools/mutants.py $(MUTANTS)

lint: $(READY) ## style, types and spelling alone
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/tracked.py | xargs -0 $(BIN)/codespell
	$(BIN)/python tools/notebooks.py --check --normalise-only
	$(BIN)/python tools/references.py --check
	$(BIN)/python tools/figure_numbers.py --check
	$(BIN)/python tools/efforts.py --check
	@$(MAKE) --no-print-directory lint-script

# What checks the page's script comes from npm, for this alone. Where there is no npm, that is said; in
# continuous integration it is an error.
NPM := $(shell command -v npm)
lint-script: $(if $(NPM),tools/js/node_modules/.ready)
ifneq ($(NPM),)
	npm run --silent --prefix tools/js lint
else
	@echo "JavaScript was not checked: there is no npm here." >&2; test -z "$(CI)"
endif

tools/js/node_modules/.ready: tools/js/package-lock.json
	npm ci --prefix tools/js --silent --no-audit --no-fund
	touch $@

# Lay out code as `make lint` wants it.
format: $(READY) ## mend what a machine can mend
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/python tools/notebooks.py --normalise-only
	$(BIN)/python tools/references.py
	$(BIN)/python tools/figure_numbers.py
	$(BIN)/python tools/efforts.py
	$(if $(NPM),$(MAKE) --no-print-directory tools/js/node_modules/.ready && npm run --silent --prefix tools/js format)

measure: book ## weigh and score every page: bytes, Lighthouse, axe, engines; needs npm
	npm ci --prefix benchmarks/pages --silent --no-audit --no-fund
	$(BIN)/python benchmarks/pages/measure.py

# What each of them tells, and how to run one of them alone: benchmarks/README.md.
BENCHMARKS := step autodiff growth loops live learning book
bench: book ## time the library, the figures and the build; see benchmarks/README.md
	set -e; for script in $(BENCHMARKS); do $(BIN)/python benchmarks/$$script.py; done

peers: $(READY) ## install the libraries that `make bench` compares ours with
	$(BIN)/python -m pip install --quiet --requirement benchmarks/peers.txt --constraint requirements.txt

binder: $(READY) ## build what Binder would build, run a chapter in it; fails above 350 MB
	$(BIN)/python tools/binder.py

$(LITE_READY): lite/requirements.txt | $(READY)
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-lite
	$(BIN)/uv pip install --quiet --python .venv-lite/bin/python --no-deps --requirement lite/requirements.txt
	touch $@

lite: $(READY) $(LITE_READY) ## build the book with a Python that runs in the browser, into _build/online; needs npm
	BOOK_LITE=lite $(BIN)/jupyter-book build . --path-output $(ONLINE) -W -n --keep-going \
		|| { rm -rf $(ONLINE)/_build/.doctrees; exit 1; }
	$(BIN)/python tools/lite.py $(ONLINE)/_build/html/lite

lite-test: lite ## the same, then open it in Chromium
	$(BIN)/pytest tests/pages/test_lite.py

clean: ## remove what was built
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis

distclean: clean ## remove the environment as well
	rm -rf $(VENV) .venv-lite tools/js/node_modules tests/support/vscode/node_modules lib/backprop.egg-info

# jsonschema looks for rfc3987-syntax and, when it finds it, builds that package's 38 grammars on every
# import: two seconds for each build, test worker and kernel. Nothing here checks such addresses.
# jupyter-book asks for the theme that it has by default, which this book does not use.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --no-annotate \
	--custom-compile-command "make lock"
lock: ## choose new versions of everything that is installed
	$(COMPILE) --upgrade --all-extras --no-emit-package rfc3987-syntax --no-emit-package lark \
		--no-emit-package sphinx-book-theme --no-emit-package pydata-sphinx-theme \
		pyproject.toml --output-file requirements.txt
	$(COMPILE) --constraint requirements.txt --extra notebooks pyproject.toml --output-file binder/requirements.txt
	$(COMPILE) --upgrade tools/repo2docker.in --output-file tools/repo2docker.txt
	$(COMPILE) --upgrade --constraint requirements.txt --no-emit-package rfc3987-syntax --no-emit-package lark \
		lite/requirements.in --output-file lite/requirements.txt
