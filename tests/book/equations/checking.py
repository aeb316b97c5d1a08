"""Chapter 9: differences, the complex step, kinks and directions."""

import math

import numpy as np

import backprop as bp
from equations import vouches
from equations.mathematics import partials

EPS = float(np.finfo(float).eps)


def between(value: float, ends: np.ndarray) -> bool:
    """Whether a value lies in the range of others, but for rounding."""
    slack = 1e-6 * np.abs(ends).max()
    return bool(ends.min() - slack <= value <= ends.max() + slack)


@vouches(r"\frac{f(x+h) - f(x)}{h} = f'(x) + \frac{h}{2}\,f''(\xi)")
def checking_one_sided(rng: np.random.Generator) -> None:
    """The second derivative that the difference needs is taken between the points, for sin."""
    for h in (0.1, 0.5, -0.5):
        x = rng.normal()
        needed = ((np.sin(x + h) - np.sin(x)) / h - np.cos(x)) / (h / 2)
        assert between(needed, -np.sin(np.linspace(x, x + h, 1001)))


@vouches(r"\frac{f(x+h) - f(x-h)}{2h} = f'(x) + \frac{h^2}{6}\,f'''(\xi)")
def checking_two_sided(rng: np.random.Generator) -> None:
    """The third derivative that the difference needs is taken between the points, for sin."""
    for h in (0.1, 0.5, 1.0):
        x = rng.normal()
        needed = ((np.sin(x + h) - np.sin(x - h)) / (2 * h) - np.cos(x)) / (h**2 / 6)
        assert between(needed, -np.cos(np.linspace(x - h, x + h, 1001)))


@vouches(r"f(x \pm h) = f(x) \pm h f'(x) + \frac{h^2}{2} f''(x) \pm \frac{h^3}{6} f'''(\xi_\pm)")
def checking_sides_read_1(rng: np.random.Generator) -> None:
    """Taylor with Lagrange's remainder, for exp, to either side."""
    x = rng.normal()
    for h in (0.4, -0.4):
        value = np.exp(x)
        needed = (np.exp(x + h) - value - h * value - h**2 / 2 * value) / (h**3 / 6)
        assert between(needed, np.exp(np.linspace(x, x + h, 1001)))


@vouches(
    r"""
    \begin{aligned}
    \text{one-sided:}\quad & \frac{h}{2}\,|f''| + \frac{2\varepsilon\,|f|}{h} , \\
    \text{two-sided:}\quad & \frac{h^2}{6}\,|f'''| + \frac{\varepsilon\,|f|}{h} .
    \end{aligned}
    """
)
def checking_budget(rng: np.random.Generator) -> None:
    """Differences of losses that are rounded to their last bit stay below it, for 5 + sin."""
    for h in 10.0 ** -np.arange(1, 15):
        for x in rng.normal(size=20):
            above, here, below = (5 + np.sin(t) for t in (x + h, x, x - h))
            bound = 6.0 + h  # of |f|; and x + h rounds, by less than |x| and eps
            stray = 2 * EPS * (abs(x) + 1) / h
            one = abs((above - here) / h - np.cos(x))
            assert one <= h / 2 + 2 * EPS * bound / h + stray
            two = abs((above - below) / (2 * h) - np.cos(x))
            assert two <= h**2 / 6 + EPS * bound / h + stray


@vouches(
    r"""
    h_1 = 2\,\sqrt{\varepsilon\,\left|\frac{f}{f''}\right|} , \qquad
    h_2 = \sqrt[3]{3\,\varepsilon\,\left|\frac{f}{f'''}\right|}
    """
)
def checking_best(rng: np.random.Generator) -> None:
    """The budget is greater a little to either side of these steps."""
    for _ in range(5):
        f, bend, third = rng.uniform(0.1, 10, size=3)

        def one(h: float) -> float:
            return h / 2 * bend + 2 * EPS * f / h  # noqa: B023

        def two(h: float) -> float:
            return h**2 / 6 * third + EPS * f / h  # noqa: B023

        best = (one, 2 * math.sqrt(EPS * f / bend)), (two, math.cbrt(3 * EPS * f / third))
        for total, h in best:
            assert total(h) < min(total(0.98 * h), total(1.02 * h))


@vouches(r"f(x+ih) = f(x) + ih\,f'(x) - \frac{h^2}{2} f''(x) - i\,\frac{h^3}{6} f'''(x) + \dots")
def checking_sideways_1(rng: np.random.Generator) -> None:
    """For exp the rest is of fourth order."""
    x = rng.normal()
    rests = []
    for h in (0.1, 0.01):
        terms = np.exp(x) * (1 + 1j * h - h**2 / 2 - 1j * h**3 / 6)
        rests.append(abs(np.exp(x + 1j * h) - terms))
    assert np.isclose(rests[0] / rests[1], 1e4, rtol=1e-2)


@vouches(
    r"""
    \frac{\operatorname{Im} f(x+ih)}{h} = f'(x) - \frac{h^2}{6}\,f'''(x)
    + \frac{h^4}{120}\,f^{(5)}(x) - \dots
    """
)
def checking_complex(rng: np.random.Generator) -> None:
    """Exact for a polynomial of degree six, whose later terms are zero."""
    p = np.polynomial.Polynomial(rng.normal(size=7))
    x, h = rng.normal(), 0.3
    series = p.deriv(1)(x) - h**2 / 6 * p.deriv(3)(x) + h**4 / 120 * p.deriv(5)(x)
    assert np.isclose(np.imag(p(x + 1j * h)) / h, series, rtol=1e-12)


@vouches(r"\frac{|a-n|}{\max\bigl(|a|,\;|n|,\;e/\tau\bigr)} \;\le\; \tau")
def checking_relative(rng: np.random.Generator) -> None:
    """It says that a and n agree relatively or differ by at most e; and the library judges by it."""
    for _ in range(200):
        a, n = rng.normal(size=2) * 10.0 ** rng.integers(-3, 3, size=2)
        e, tau = 10.0 ** rng.uniform(-4, 1, size=2)
        judged = abs(a - n) / max(abs(a), abs(n), e / tau) <= tau
        assert judged == (abs(a - n) <= max(tau * max(abs(a), abs(n)), e))
    for off in (0.0, 1e-9, 1e-3):
        report = bp.check_gradient(np.sin, 0.7, np.cos(0.7) + off)
        e, tau = float(report.floor), report.tolerance
        a, n = float(report.analytic), float(report.numeric)
        assert report.max_relative_error == abs(a - n) / max(abs(a), abs(n), e / tau)
        assert report.passed == (report.max_relative_error <= tau)


@vouches(r"\frac{\mathrm{ReLU}(z+h) - \mathrm{ReLU}(z-h)}{2h} = \frac{z+h}{2h}")
def checking_corner(rng: np.random.Generator) -> None:
    """For every z that the step reaches over the corner from, and for no other."""
    for z in rng.uniform(-1, 1, size=20):
        h = abs(z) + rng.uniform(0, 1)
        found = (bp.relu(z + h) - bp.relu(z - h)) / (2 * h)
        assert np.isclose(found, (z + h) / (2 * h))
        near = abs(z) / 2
        assert not np.isclose(
            (bp.relu(z + near) - bp.relu(z - near)) / (2 * near), (z + near) / (2 * near)
        )


@vouches(r"v^{\mathsf T}\,\nabla L \;\approx\; \frac{L(w+hv) - L(w-hv)}{2h}")
def checking_direction(rng: np.random.Generator) -> None:
    """The gradient by complex steps, and the loss along a random direction."""
    w, v = rng.normal(size=(2, 6))

    def loss(w: np.ndarray) -> complex:
        return np.log(np.exp(w).sum()) + (w[:3] * w[3:]).sum() ** 2

    h = 1e-5
    along = (loss(w + h * v) - loss(w - h * v)) / (2 * h)
    assert np.isclose(v @ partials(loss, w), along, rtol=1e-7)
