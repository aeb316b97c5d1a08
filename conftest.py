"""How notebooks are tested, all of them or one alone. What the tests themselves share: tests/conftest.py.

nbval is made stricter: it passes over pictures, the names of streams and outputs' metadata, and a stale
picture must fail. Its kernels import the library that is tested here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from nbval.plugin import IPyNbFile

from notebooks import kernel_environment

ROOT = Path(__file__).resolve().parent

# Kernels count these anew at every run; the canonical form of a notebook has no widget views.
NBVAL_SKIPS = ("execution_count", "application/vnd.jupyter.widget-view+json")


def pytest_configure() -> None:
    """Give the kernels that nbval starts one answer on every machine, and nobody's own settings."""
    spec = find_spec("backprop")
    assert spec is not None
    assert spec.origin is not None
    settings = ROOT / "_build" / "ipython"
    settings.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "IPYTHONDIR": str(settings),
        **kernel_environment(Path(spec.origin).parents[1]),
    }


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Iterator[None]:
    """Have nbval compare every output whole."""
    collectors = yield
    for collector in collectors:
        if isinstance(collector, IPyNbFile):
            collector.skip_compare = NBVAL_SKIPS
    return collectors
