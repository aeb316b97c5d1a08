"""Calling a learner's function: never for ever, never raising, and leaving everything as it was."""

import copy
import ctypes
import linecache
import random
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar

import numpy as np

from .answers import NotAttempted, Trouble

T = TypeVar("T")
Restore = Callable[[], object]
MISSING = object()


class TimeUp(BaseException):
    """Raised inside a learner's code; no `except Exception` of theirs catches it."""


def guarded(work: Callable[[], T], f: Callable[..., Any], seconds: float) -> T:
    """The value of ``work()``, which runs the learner's function ``f``.

    Raises
    ------
    Trouble
        The learner's code raised, or took longer than ``seconds``. The message says where.
    """
    with untouched(f):
        try:
            return within(seconds, work)
        except (Trouble, NotAttempted, KeyboardInterrupt):
            raise
        except TimeUp:
            raise Trouble(
                "endless",
                f"your function was still running after {seconds:g} seconds, so it was stopped. "
                "Does its loop ever end? Look at its condition, and at what changes from round to round",
            ) from None
        except BaseException as error:
            raise Trouble("raised", _story(error, f)) from None


def _story(error: BaseException, f: Callable[..., Any]) -> str:
    """What was raised, and the learner's own line that did it."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:
        text = type(error).__name__
    own = getattr(getattr(f, "__code__", None), "co_filename", None)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own]
    if not frames:
        return f"your function stopped with {text}"
    number = frames[-1].lineno or 0
    line = linecache.getline(frames[-1].filename, number).strip()
    return f"line {number} of your cell{f', {line!r},' if line else ''} stopped with {text}"


# Time


def within(seconds: float, work: Callable[[], T]) -> T:
    """The value of ``work()``; raises `TimeUp` in it when the time is over, until it gets through.

    A second thread does it: a signal would reach the main thread alone, and is missing on Windows.
    It interrupts Python code, not a single call that stays inside C.
    """
    thread, over = threading.get_ident(), threading.Event()

    def watch() -> None:
        pause = seconds
        while not over.wait(pause):
            pause = 0.02  # a bare `except` in a loop may have swallowed the last one
            if _is_inside(thread):
                _raise_in(thread, TimeUp)

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # a browser's Python has no threads
        return work()
    try:
        return _inside(work)
    finally:
        try:
            _stop(watcher, over, thread)
        except TimeUp:  # one was on its way when the work ended; there is no other
            _stop(watcher, over, thread)


def _inside(work: Callable[[], T]) -> T:
    return work()


def _is_inside(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame and frame.f_code is not _inside.__code__:
        frame = frame.f_back
    return frame is not None


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raise at the thread's next step; None takes back what has not been raised yet."""
    what = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)


def _stop(watcher: threading.Thread, over: threading.Event, thread: int) -> None:
    over.set()
    watcher.join()
    _raise_in(thread, None)


# State


@contextmanager
def untouched(f: Callable[..., Any]) -> Iterator[None]:
    """Put back, afterwards, the data that ``f`` can reach and NumPy's and Python's own settings."""
    numpy_random, python_random = np.random.get_state(), random.getstate()  # noqa: NPY002
    restores = list(_reachable(f, set(), set()))
    try:
        with warnings.catch_warnings(), np.printoptions(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(numpy_random)  # noqa: NPY002
        random.setstate(python_random)
        for restore in restores:
            restore()


def _reachable(f: Any, functions: set[int], seen: set[int]) -> Iterator[Restore]:
    """How to restore every global, closed-over value and default of ``f`` and of what it calls."""
    if not isinstance(f, FunctionType) or id(f) in functions:
        return
    functions.add(id(f))
    space = f.__globals__
    for name in _names(f.__code__):
        value = space.get(name, MISSING)
        yield _put_back(space, name, value)
        yield from _reachable(value, functions, seen)
        yield from _contents(value, seen)
    for cell in f.__closure__ or ():
        with_value = cell.cell_contents
        yield partial(setattr, cell, "cell_contents", with_value)
        yield from _reachable(with_value, functions, seen)
        yield from _contents(with_value, seen)
    for value in (*(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()):
        yield from _contents(value, seen)


def _names(code: CodeType) -> set[str]:
    inner = (const for const in code.co_consts if isinstance(const, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _put_back(space: dict[str, Any], name: str, value: Any) -> Restore:
    if value is MISSING:
        return partial(space.pop, name, None)
    return partial(space.__setitem__, name, value)


def _refill(collection: Any, contents: Any) -> None:
    collection.clear()
    collection.update(contents)


def _contents(value: Any, seen: set[int]) -> Iterator[Restore]:
    """How to restore what is inside a value, without replacing the value itself."""
    if id(value) in seen or isinstance(value, ModuleType | FunctionType | type):
        return
    seen.add(id(value))
    inside: Any = ()
    if isinstance(value, np.ndarray):
        if value.flags.writeable:
            yield partial(value.__setitem__, ..., value.copy())
    elif isinstance(value, np.random.Generator):
        state = copy.deepcopy(value.bit_generator.state)
        yield partial(setattr, value.bit_generator, "state", state)
    elif isinstance(value, list):
        inside = value.copy()
        yield partial(value.__setitem__, slice(None), inside)
    elif isinstance(value, set):
        yield partial(_refill, value, value.copy())
    elif isinstance(value, tuple):
        inside = value
    elif isinstance(value, dict) or isinstance(getattr(value, "__dict__", None), dict):
        space = value if isinstance(value, dict) else value.__dict__
        entries = space.copy()
        inside = entries.values()
        yield partial(_refill, space, entries)
    for item in inside:
        yield from _contents(item, seen)
