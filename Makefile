# Everything the book needs is a target here; the workflows call the same ones.
#
#   make book      build the pages into _build/html
#   make web       the same for a public address, into _build/web: BOOK_URL=https://example.org/book/
#   make dist      the same in one zip that opens from disk, into _build/dist
#   make links     ask every page on the web that the book links to whether it is still there
#   make serve     build, then read them at http://127.0.0.1:8000/
#   make lab       work on the chapters in JupyterLab
#   make notebooks run every chapter again and store its outputs
#   make test      lint, the book, and every test of library, notebooks and pages
#   make mutants   change the book in one place at a time, and see whether a test notices; slow
#   make lint      style, types, spelling; `make format` mends the style
#   make bench     time the library, the figures and the build; `make peers` installs what to compare with
#   make peers     install the libraries that it compares ours with (PyTorch, JAX and others)
#   make measure   weigh and score every page, in every engine (needs npm)
#   make lock      choose new versions of everything that is installed
#   make binder    build what Binder would build, run a chapter in it, and tell its size and time
#   make lite      build the book with a Python that runs in the browser beside it (needs npm)
#   make lite-test open that one in Chromium
#   make clean     remove what was built;  `make distclean` also the environment

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

.PHONY: setup book web dist links binder lite lite-test serve lab notebooks test mutants lint format bench peers measure lock clean distclean

setup: $(READY)

# The requirements are complete, so nothing is resolved (--no-deps); one package is left out of them
# on purpose, see the target `lock`.
$(READY): requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed, this is ' + sys.version)"
	$(BIN)/python -m pip install --quiet --no-deps --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Sphinx warns of a page when it reads it, and reads only what changed: after a failure the next build
# has to read everything again, or it would pass.
book: $(READY)
	@rm -f _build/book.stamp
	$(BIN)/jupyter-book build . -W -n --keep-going || { rm -rf _build/.doctrees; exit 1; }
	@touch _build/book.stamp

web: book
	$(BIN)/python tools/web.py

dist: book
	$(BIN)/python tools/dist.py

# Not a test: other people's servers are down, slow or shy of programs without any fault of the book.
# The folder is its own, or the report would lie among the pages.
links: $(READY)
	$(BIN)/jupyter-book build . --builder linkcheck --path-output _build/links

serve: book
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

lab: $(READY)
	$(BIN)/jupyter lab chapters

notebooks: $(READY)
	$(BIN)/python tools/notebooks.py

# Notebooks, pages and the library, in one run. TESTS narrows it: make test TESTS=tests/mathematics
test: lint book
	$(BIN)/pytest -n $(JOBS) --dist loadscope $(TESTS)

# The clone that it works in has no environment of its own. MUTANTS narrows it: make mutants MUTANTS=site
mutants: $(READY)
	$(BIN)/python tools/mutants.py $(MUTANTS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/tracked.py | xargs -0 $(BIN)/codespell
	$(BIN)/python tools/notebooks.py --check --normalise-only

# Lay out code as `make lint` wants it.
format: $(READY)
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(BIN)/python tools/notebooks.py --normalise-only

measure: book
	npm ci --prefix benchmarks/pages --silent --no-audit --no-fund
	$(BIN)/python benchmarks/pages/measure.py

# What each of them tells, and how to run one of them alone: benchmarks/README.md.
BENCHMARKS := step autodiff growth loops live book
bench: book
	set -e; for script in $(BENCHMARKS); do $(BIN)/python benchmarks/$$script.py; done

peers: $(READY)
	$(BIN)/python -m pip install --quiet --requirement benchmarks/peers.txt --constraint requirements.txt

binder: $(READY)
	$(BIN)/python tools/binder.py

$(LITE_READY): lite/requirements.txt | $(READY)
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-lite
	$(BIN)/uv pip install --quiet --python .venv-lite/bin/python --no-deps --requirement lite/requirements.txt
	touch $@

lite: $(READY) $(LITE_READY)
	BOOK_LITE=lite $(BIN)/jupyter-book build . --path-output $(ONLINE) -W -n --keep-going \
		|| { rm -rf $(ONLINE)/_build/.doctrees; exit 1; }
	$(BIN)/python tools/lite.py $(ONLINE)/_build/html/lite

lite-test: lite
	$(BIN)/pytest tests/pages/test_lite.py

clean:
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis

distclean: clean
	rm -rf $(VENV) .venv-lite lib/backprop.egg-info

# jsonschema looks for rfc3987-syntax and, when it finds it, builds that package's 38 grammars on every
# import: two seconds for each build, test worker and kernel. Nothing here checks such addresses.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --no-annotate \
	--custom-compile-command "make lock"
lock:
	$(COMPILE) --upgrade --all-extras --no-emit-package rfc3987-syntax --no-emit-package lark \
		pyproject.toml --output-file requirements.txt
	$(COMPILE) --constraint requirements.txt --extra notebooks pyproject.toml --output-file binder/requirements.txt
	$(COMPILE) --upgrade tools/repo2docker.in --output-file tools/repo2docker.txt
	$(COMPILE) --upgrade --constraint requirements.txt --no-emit-package rfc3987-syntax --no-emit-package lark \
		lite/requirements.in --output-file lite/requirements.txt
