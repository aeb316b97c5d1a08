"""Chapter 9: checking a gradient."""

import numpy as np

import backprop as bp

EPS = 2.0**-52


def best_step(loss, bend):
    """Where one more step upward raises the error as much as it lowers it, by halving an interval."""

    def rises(h):  # the derivative of the bound by h
        return bend / 2 - 2 * EPS * loss / h**2

    low, high = 1e-12, 1e-3
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) > 0 else (middle, high)
    return 1e8 * low


def slope_over_corner(z, h):
    report = bp.check_gradient(bp.relu, z * 1e-5, 0.0, h=h * 1e-5)
    return report.numeric.item()


def along(v1, v2, v3, g3):
    v = np.array([v1, v2, v3])

    def line(t):
        w = np.array([1.5, -0.5, 1.0]) + t * v
        return (w**2).sum()  # its gradient there is (3, -1, 2)

    n = bp.check_gradient(line, 0.0, 0.0).numeric.item()
    report = bp.check_gradient(line, 0.0, v @ [3, -1, g3])
    return n, report.max_relative_error


def hidden(size, m):
    """Both programs on such networks: whether their gradients differ by more than the tolerance."""
    rng = np.random.default_rng(0)
    W1, W2 = size * rng.choice([-1, 1], (5, 4)), size * rng.choice([-1, 1], (3, 5))
    X, Y = rng.normal(size=(4, int(m))), rng.normal(size=(3, int(m)))
    Z = W1 @ X
    delta2 = (W2 @ np.tanh(Z) - Y) / m
    back = W2.T @ delta2

    def whole(delta1, delta2, times=1.0):
        parts = (delta1 @ X.T, delta1.sum(1), delta2 @ np.tanh(Z).T, delta2.sum(1))
        return times * np.concatenate([part.ravel() for part in parts])

    right = whole(back * (1 - np.tanh(Z) ** 2), delta2)
    others = whole(back, delta2), whole(back * (1 - np.tanh(Z) ** 2), delta2, m)
    slope, mean = (
        np.linalg.norm(other - right) <= 1e-6 * np.linalg.norm(other) for other in others
    )
    return 2 * slope + mean


def losses_needed(D, n):
    sizes = [int(n)] * (int(D) + 1)
    kinds = ["tanh"] * int(D)
    net = bp.Network.random(sizes, activations=kinds, loss="half_squared_error", seed=0)
    arrays = [array for layer in net.layers for array in (layer.W, layer.b)]
    return 2 * sum(array.size for array in arrays), 2 * len(arrays)


ANSWERS = {
    "checking-best-h": best_step,
    "checking-corner": slope_over_corner,
    "checking-direction": along,
    "checking-hides": hidden,
    "checking-cost": losses_needed,
}


def by_units(step):
    """Each entry along its own unit matrix."""

    def answer(f, x, h):
        slopes = []
        for k in range(x.size):
            unit = np.eye(x.size)[k].reshape(x.shape)
            slopes.append(step(f, x, h, unit))
        return np.reshape(slopes, x.shape)

    return answer


def kept_whole(f, x, h):
    """Nudges in a copy that has the type of x."""
    slopes = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[i] = moved[i] + sign * h
            ends.append(f(moved))
        slopes[i] = (ends[0] - ends[1]) / (2 * h)
    return slopes


def drifting(f, x, h):
    x = x.astype(float)
    slopes = []
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= h
        x[i] -= h
        slopes.append((above - f(x)) / (2 * h))
    return np.reshape(slopes, x.shape)


def imaginary(f, x, part=np.imag, over=1e-20, fresh=True):
    slopes, moved = [], x.astype(complex)
    for k in range(x.size):
        if fresh:
            moved = x.astype(complex)
        moved[k] += 1e-20j
        slopes.append(part(f(moved)) / over)
    return np.array(slopes)


def into_floats(f, x):
    """The array of floats takes the real part alone."""
    slopes = []
    for k in range(x.size):
        moved = x.copy()
        moved[k] = (moved[k] + 1e-20j).real
        slopes.append(np.imag(f(moved)) / 1e-20)
    return np.array(slopes)


def errors(loss, W, b, dW, db, vW, vb, h, moved=None, sizes=max, products=True):
    """What is asked for, or with one thing done otherwise."""
    n_W = (loss(W + h * vW, b) - loss(W - h * vW, b)) / (2 * h)
    at = W if moved is None else W + moved * h * vW
    n_b = (loss(at, b + h * vb) - loss(at, b - h * vb)) / (2 * h)
    a_W, a_b = (dW.ravel() @ vW.ravel(), db @ vb) if products else (dW.sum(), db.sum())
    return [abs(a - n) / sizes(abs(a), abs(n)) for a, n in ((a_W, n_W), (a_b, n_b))]


def forward_only(loss, W, b, dW, db, vW, vb, h):
    n_W = (loss(W + h * vW, b) - loss(W, b)) / h
    n_b = (loss(W, b + h * vb) - loss(W, b)) / h
    return [
        abs(a - n) / max(abs(a), abs(n))
        for a, n in ((np.sum(dW * vW), n_W), (np.sum(db * vb), n_b))
    ]


def together(loss, W, b, dW, db, vW, vb, h):
    n = (loss(W + h * vW, b + h * vb) - loss(W - h * vW, b - h * vb)) / (2 * h)
    a = np.sum(dW * vW) + np.sum(db * vb)
    return [abs(a - n) / max(abs(a), abs(n))] * 2


def drawn_twice(loss, W, b, dW, db, vW, vb, h):
    """Another direction for the lower side."""
    other_W, other_b = np.roll(vW, 1), np.roll(vb, 1)
    n_W = (loss(W + h * vW, b) - loss(W - h * other_W, b)) / (2 * h)
    n_b = (loss(W, b + h * vb) - loss(W, b - h * other_b)) / (2 * h)
    return [
        abs(a - n) / max(abs(a), abs(n))
        for a, n in ((np.sum(dW * vW), n_W), (np.sum(db * vb), n_b))
    ]


WRONG = {
    "checking-1": [
        ("one-sided", by_units(lambda f, x, h, e: (f(x + h * e) - f(x)) / h)),
        ("extra the factor 2", by_units(lambda f, x, h, e: (f(x + h * e) - f(x - h * e)) / h)),
        ("not put back", drifting),
        ("whole numbers", kept_whole),
        ("sign", by_units(lambda f, x, h, e: (f(x - h * e) - f(x + h * e)) / (2 * h))),
        ("shape", lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h)),
    ],
    "checking-2": [
        ("real part", lambda f, x: imaginary(f, x, part=np.real)),
        ("not divided", lambda f, x: imaginary(f, x, over=1.0)),
        ("not put back", lambda f, x: imaginary(f, x, fresh=False)),
        ("nothing imaginary", into_floats),
        (
            "nearly",
            lambda f, x: by_units(lambda f, x, h, e: (f(x + h * e) - f(x - h * e)) / (2 * h))(
                f, x, 1e-4
            ),
        ),
    ],
    "checking-3": [
        ("one-sided", forward_only),
        ("not put back", lambda *given: errors(*given, moved=-1)),
        ("all at once", together),
        ("not relative", lambda *given: errors(*given, sizes=lambda a, n: 1.0)),
        ("no direction", lambda *given: errors(*given, products=False)),
        ("", drawn_twice),
        ("", lambda *given: errors(*given, sizes=min)),
    ],
}

RIGHT = {
    "checking-1": [
        by_units(lambda f, x, h, e: 0.5 * (f(x + h * e) - f(x - h * e)) / h),
        lambda f, x, h: bp.check_gradient(f, x, 0.0 * x, h=h).numeric,
    ],
    "checking-2": [
        imaginary,
        lambda f, x: [f(x + 1e-30j * e).imag * 1e30 for e in np.eye(len(x))],
    ],
    "checking-3": [errors, lambda *given: np.array(errors(*given))],
}
