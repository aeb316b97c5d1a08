"""The rules of the library's primitives as tapes, from which a page composes the gradient of what its reader types."""

from collections.abc import Sequence

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from backprop.autodiff.primitives import POWER_CASES, PRIMITIVES, Rule
from livetext import RuleCase

__all__ = ["rule_cases"]

# What can be typed; the page's script knows the words (`FUNCTIONS` in expression.js).
OPERATIONS = [
    *("add", "sub", "mul", "div", "neg", "exp", "log", "sqrt", "tanh", "sigmoid", "relu"),
    *("maximum", "sin", "cos"),
]
ARGUMENTS = "ab"
# What a power's rule looks at before it chooses a case: a constant exponent, or any (`ruleFor` in compose.js).
EXPONENTS: dict[str, float | str] = {"one": 1.0, "two": 2.0, "constant": "constant"}


def rule_cases() -> dict[str, Sequence[RuleCase]]:
    """For each operation that can be typed the cases of its rule, as the library has it.

    From the upstream gradient ``g``, the result ``out`` and the arguments ``a`` and ``b`` a case computes the
    gradients ``da`` and ``db``. A power has four cases, for the last of which the exponent is no constant.
    """
    found: dict[str, Sequence[RuleCase]] = {op: [RuleCase(_tape(op))] for op in OPERATIONS}
    _, to_exponent = PRIMITIVES["power"].rules
    found["power"] = [
        RuleCase(
            _tape("power", rule, None if case in EXPONENTS else to_exponent), EXPONENTS.get(case)
        )
        for case, rule in POWER_CASES.items()
    ]
    return found


def _tape(op: str, *rules: Rule | None) -> Tape:
    rules = rules or PRIMITIVES[op].rules

    def backward(g: Var, out: Var, **arguments: Var) -> dict[str, Var]:
        values = arguments.values()
        return {
            f"d{name}": rule(g, out, *values)
            for name, rule in zip(arguments, rules, strict=True)
            if rule
        }

    return ad.trace(backward, g=1.0, out=1.0, **dict.fromkeys(ARGUMENTS[: len(rules)], 1.0))
