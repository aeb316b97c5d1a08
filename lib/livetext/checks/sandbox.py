"""Calling a learner's function: never for ever, never raising, settings put back afterwards."""

import ctypes
import linecache
import random
import sys
import sysconfig
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np

from .answers import NotAttempted, Trouble

T = TypeVar("T")


class TimeUp(BaseException):
    """Raised inside a learner's code; no `except Exception` of theirs catches it."""


def guarded(work: Callable[[], T], seconds: float) -> T:
    """The value of ``work()``, which runs a learner's code.

    Raises
    ------
    Trouble
        The learner's code raised, or took longer than ``seconds``. The message says where.
    """
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
        raise Trouble("raised", _story(error)) from None


LONGEST = 300  # characters of an error that are worth reading

# Not the learner's: this package and its neighbours, Python's own modules, and what is installed beside them.
FOREIGN = (
    str(Path(__file__).parents[2]),
    *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")},
)


def _story(error: BaseException) -> str:
    """What was raised, and the learner's own line that did it."""
    text = described(error)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((*FOREIGN, "<frozen"))
    ]
    if not frames:
        return f"your function stopped with {text}"
    number = frames[-1].lineno or 0
    line = linecache.getline(frames[-1].filename, number).strip()
    return f"line {number} of your cell{f', {line!r},' if line else ''} stopped with {text}"


def described(error: BaseException) -> str:
    """Its type and what it says, if it can say it."""
    kind = type(error).__name__
    try:
        said = str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:
        said = ""
    return f"{kind}: {said[:LONGEST]}" if said else kind


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
def settings() -> Iterator[None]:
    """Quiet settings inside, and afterwards those that were: warnings, NumPy's, random numbers'.

    Nothing else is put back. These can be, whatever kind of callable has changed them.
    """
    with warnings.catch_warnings(), np.printoptions(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        numpy_random, python_random = np.random.get_state(), random.getstate()  # noqa: NPY002
        try:
            yield
        finally:
            np.random.set_state(numpy_random)  # noqa: NPY002
            random.setstate(python_random)
