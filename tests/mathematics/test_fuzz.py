"""Ten thousand calls of the public functions with odd arguments, from one seed.

Of every call one of two things is asked:

- **It answers.** Then the numbers are those of a plain NumPy computation, in `fuzzing`, of the same
  arguments; what is no number, or would lose something on the way (a mask), has no answer.
- **It refuses.** Then the error is one of `REFUSALS`, its message names the operation, and every argument
  is as it was before. *Names the operation* means: the message holds, as a word of its own, the name by
  which the reader called it (``ad.exp``, ``a + b``, ``check_gradient``, ``two_moons``); for a method the
  name of its object or class is enough (``Network``, ``Dense layer 2``, ``Tape``, ``squared_error``). Where
  arguments are too many or too few, Python's own words do: ``exp() missing …``. An operator between a
  masked array or a list and a Var may answer in the Var's name, as NumPy or Python asks the other side.

In neither case does a warning come out, except of autodiff, whose results outside a function's domain are
NaN or infinite with NumPy's RuntimeWarning, as its documentation says.
"""

from __future__ import annotations

import copy
import re
import warnings
from array import array as c_array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop import autodiff as ad
from support.fuzzing import TARGETS, Target, parameters
from support.odd_arguments import NOTHING, Argument, Rng
from support.plain_numpy import ACTIVATIONS, LOSSES

CALLS = 10_000
REFUSALS = (ValueError, TypeError, IndexError, FloatingPointError)


# What is asked of every call


@dataclass
class Outcome:
    target: str
    kind: str  # "answer", "refusal", or what is wrong with it
    detail: str = ""


def plainly(value: Any) -> Any:
    return value.value if isinstance(value, ad.Var) else value


def same(found: Any, expected: Any) -> bool:
    """Equal but for rounding, of the largest entry and of differences of numbers near 1."""
    found, expected = plainly(found), plainly(expected)
    if isinstance(expected, Mapping):
        return found.keys() == expected.keys() and all(
            same(found[k], expected[k]) for k in expected
        )
    if isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    if expected is None or isinstance(expected, str):
        return bool(found == expected)
    found, expected = np.asarray(found), np.asarray(expected)
    size = np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))
    return found.shape == expected.shape and np.allclose(
        found, expected, rtol=1e-9, atol=1e-14 + 1e-12 * size, equal_nan=True
    )


def state(value: Any) -> Any:
    """What an argument holds, to see whether it changed."""
    if isinstance(value, bp.Network):
        return [p.tobytes() for p in parameters(value)]
    if isinstance(value, ad.Var):
        return np.asarray(value._value).tobytes()
    if isinstance(value, np.ndarray) and value.dtype != object:
        return np.asarray(value).tobytes(), value.shape, value.flags.writeable
    if isinstance(value, list | dict | set | bytearray | c_array):
        return copy.copy(value)
    return None


def unchanged(before: Any, after: Any) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(lambda a, b: a is b or a == b, before, after))
    return bool(before == after)


def finite(value: Any) -> bool:
    value = plainly(value)
    if isinstance(value, Mapping):
        return all(map(finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(finite, value))
    return bool(np.isfinite(value).all()) if np.asarray(value).dtype.kind in "fc" else True


def names_it(message: str, names: Sequence[str]) -> bool:
    return any(re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", message) for name in names)


def own(function: Any) -> str:
    """The name that Python uses for a function of the library itself; nothing for a test's."""
    if not isinstance(function, type) and not hasattr(function, "__qualname__"):
        function = type(function).__call__
    home = getattr(function, "__module__", None) or ""
    return function.__qualname__ if home.startswith("backprop") else ""


def examine(target: Target, rng: Rng) -> Outcome:
    with np.errstate(all="ignore"):
        call = target.draw(rng)
    names = target.names
    signature = own(call.function)
    if signature and (chance := rng.random()) < 0.04:  # one too few, one too many, or one unknown
        names = (*names, f"{signature}()")
        if chance < 0.015 and call.arguments:
            call.arguments.pop()
        elif chance < 0.03:
            call.arguments.append(Argument(None, None))
        else:
            call.keywords["nonsense"] = Argument(1.0)
    everything = [*call.arguments, *call.keywords.values()]
    before = [state(one.value) for one in everything]
    error: Exception | None = None
    found: Any = None
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            found = call.function(
                *[one.value for one in call.arguments],
                **{name: one.value for name, one in call.keywords.items()},
            )
        except Exception as caught:
            error = caught
    said = ", ".join(type(one.value).__name__ for one in everything)
    autodiff = target.name.startswith(("ad.", "Var", "Tape", "a "))
    # A structured array compares by itself, and warns, before it asks what is on the other side.
    structured = any(getattr(getattr(a.value, "dtype", None), "names", None) for a in everything)
    if seen and not (structured and target.name in ("a == b", "a != b")) and not (autodiff and error is None and not finite(found)
                     and all(w.category is RuntimeWarning for w in seen)):  # fmt: skip
        return Outcome(target.name, "warning", f"({said}): {seen[0].message}")
    if error is not None:
        after = [state(one.value) for one in everything]
        if not all(map(unchanged, before, after)):
            return Outcome(target.name, "changed", f"({said}): {error}")
        if not isinstance(error, REFUSALS) or not names_it(str(error), names):
            return Outcome(
                target.name, "unnamed", f"({said}): {type(error).__name__}: {error}"[:300]
            )
        return Outcome(target.name, "refusal", str(error))
    if any(one.plain is NOTHING for one in everything):
        return Outcome(target.name, "not a number", f"({said}) gave {found!r}"[:300])
    try:
        with np.errstate(all="ignore"):
            expected = call.expected(
                *[one.plain for one in call.arguments],
                **{name: one.plain for name, one in call.keywords.items()},
            )
    except Exception as refused:
        return Outcome(target.name, "no such answer", f"({said}) gave {found!r}: {refused!r}"[:300])
    if not same(found, expected):
        return Outcome(target.name, "wrong", f"({said}) gave {found!r}, not {expected!r}"[:500])
    return Outcome(target.name, "answer")


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    rng = np.random.default_rng(12)
    return [examine(TARGETS[i % len(TARGETS)], rng) for i in range(CALLS)]


def listed(outcomes: Sequence[Outcome]) -> str:
    return "\n" + "\n".join(f"{one.target}{one.detail}" for one in outcomes[:20])


def test_every_answer_is_that_of_plain_numpy(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if o.kind in ("wrong", "no such answer", "not a number")]
    assert not bad, listed(bad)


def test_errors_name_the_operation(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if o.kind == "unnamed"]
    assert len(bad) <= CALLS / 100, listed(bad)


def test_a_refused_call_changes_no_argument(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if o.kind == "changed"]
    assert not bad, listed(bad)


def test_no_warning_comes_out(outcomes: list[Outcome]) -> None:
    bad = [o for o in outcomes if o.kind == "warning"]
    assert not bad, listed(bad)


def test_many_are_answered_and_many_refused(outcomes: list[Outcome]) -> None:
    """Of every target some of each, or it would have been asked the wrong things."""
    kinds = Counter(o.kind for o in outcomes)
    assert kinds["answer"] > 0.3 * CALLS
    assert kinds["refusal"] > 0.2 * CALLS
    answered = {o.target for o in outcomes if o.kind == "answer"}
    assert answered == {t.name for t in TARGETS}
    refused = {o.target for o in outcomes if o.kind == "refusal"}
    assert len(refused) > 0.9 * len(TARGETS)


# What is public and still not called, with the reason
LEFT_OUT = {
    "ad.Var": "made by ad.var; public so that isinstance can ask for it",
    "ad.Tape": "made by ad.trace and Tape.from_json",
    "digits": "asks for nothing; test_data.py compares every number",
}


def public() -> set[str]:
    names = {f"ad.{name}" for name in ad.__all__} | set(bp.__all__) | set(bp.data.__all__)
    for kind in (ad.Var, ad.Tape, bp.Network, bp.Dense, bp.SGD, bp.Momentum, bp.Adam):
        names |= {f"{kind.__name__}.{name}" for part in kind.__mro__[:-1] for name, thing in vars(part).items()
                  if not name.startswith("_") and (callable(thing) or isinstance(thing, classmethod | property))}  # fmt: skip
    for name in (*ACTIVATIONS, *LOSSES):
        known = ("derivative", "vjp", "gradient", "from_logits", "gradient_from_logits")
        names |= {f"{name}.{part}" for part in known if hasattr(getattr(bp, name), part)}
    return names - {"Dense.W", "Dense.b"}  # read with Dense


def test_everything_public_is_called() -> None:
    named = {target.name for target in TARGETS}
    assert public() - named == set(LEFT_OUT)
