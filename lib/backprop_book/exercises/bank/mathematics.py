"""Chapter 2: the mathematics."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Field, Numbers, Option, Question

TITLE = "The mathematics"
PAGE = "02-mathematics.html"


# Questions


def three_links(x):
    u = x**2
    v = 4.0 / (1.0 + u)
    F = v**2 / 4.0
    (rate_h,), (rate_g,) = ad.grad(u, [x]), ad.grad(v, [u])
    (rate_f,), (rate,) = ad.grad(F, [v]), ad.grad(F, [x])
    values = {"u": u, "v": v, "F": F, "rate_h": rate_h, "rate_g": rate_g, "rate_f": rate_f}
    g_at_x, f_at_x = -4.0 / (1.0 + x) ** 2, x / 2
    wrong = {"g_at_x": g_at_x, "g_at_v": -4.0 / (1.0 + v) ** 2, "f_at_x": f_at_x, "f_at_u": u / 2}
    all_at_x = g_at_x * f_at_x * rate_h
    added = rate_h + rate_g + rate_f
    whole = {"rate": rate, "all_at_x": all_at_x, "no_h": rate_g * rate_f, "added": added}
    return values | wrong | whole


def two_uses(w, x, b, y):
    first, second = w * 1.0, w * 1.0  # a copy of the weight for each use
    u = first * x + b
    v = second * u + b
    error = v - y
    loss = 0.5 * error**2
    through, partial, total = *ad.grad(v, [first, second]), ad.grad(v, [w])[0]
    (dw,) = ad.grad(loss, [w])
    values = {"u": u, "v": v, "error": error, "loss": loss, "partial": partial}
    rates = {"through": through, "total": total, "dw": dw, "product": partial * through}
    return (
        values
        | rates
        | {"x_alone": x * 1.0, "overwritten": error * through}
        | {
            "last_use": error * partial,
            "no_half": 2 * dw,
            "no_error": total * 1.0,
        }
    )


def three_lines(a, b):
    p, q = a + b, a * b
    loss = p * q
    dp, dq, da = ad.grad(loss, [p, q, a])
    values = {"p": p, "q": q, "loss": loss, "dp": dp, "dq": dq, "da": da}
    wrong = {"not_swapped": q * 1.0, "value": loss * 1.0, "sum_only": dp * 1.0}
    return values | wrong | {"overwritten": dq * b, "same_to_both": dp + dq}


def from_outputs(a1, a2, a3):
    """Slopes of sigmoid, tanh and softplus, by the formulas that take the output."""
    slopes = {"slope1": a1 * (1 - a1), "slope2": 1 - a2**2, "slope3": 1 - ad.exp(-a3)}
    at_a = {
        "sigmoid_at_a": ad.sigmoid(a1) * (1 - ad.sigmoid(a1)),
        "tanh_at_a": 1 - ad.tanh(a2) ** 2,
    }
    mixed = {"sigmoid_as_tanh": 1 - a1**2, "tanh_as_sigmoid": a2 * (1 - a2), "no_square": 1 - a2}
    return slopes | at_a | mixed | {"softplus_at_a": ad.sigmoid(a3), "other": ad.exp(-a3)}


def neuron_step(w1, w2, x1, x2, b, y, lr, h):
    z = w1 * x1 + w2 * x2 + b
    a = ad.sigmoid(z)
    loss = 0.5 * (a - y) ** 2
    da, dz, dw2 = ad.grad(loss, [a, z, w2])
    (slope,) = ad.grad(a, [z])
    at_a = ad.sigmoid(a) * (1 - ad.sigmoid(a))
    values = {"z": z, "a": a, "da": da, "slope": slope, "delta": dz, "dw2": dw2}
    wrong = {
        "no_slope": da * x2,
        "slope_at_a": da * at_a * x2,
        "no_x": dz * 1.0,
        "no_half": 2 * dw2,
    }
    steps = {"change": -lr * dw2, "uphill": lr * dw2, "no_rate": -dw2, "imaginary": h * dw2}
    return values | wrong | steps | {"whole": dw2 * 1.0, "nudged_z": h * dz, "moved": w2 - lr * dw2}


QUESTIONS = [
    Question(
        id="mathematics-chain",
        minutes=6,
        difficulty="easy",
        title="Three links, three places",
        practises="where each factor of a chain is evaluated",
        covers=(1,),
        text="The chain is $u = x^2$, then $v = 4/(1+u)$, then $F = v^2/4$. The slopes of the last two links "
        "are $g'(u) = -4/(1+u)^2$ and $f'(v) = v/2$. Let *x = {x}*.",
        ask="What are the two slopes at the places where the chain needs them, and what is $dF/dx$?",
        answer=Numbers(
            [
                Field(
                    "rate_g",
                    "*g′*",
                    {
                        "g_at_x": "You put *x* into *g′*. What does the function *g* receive in this chain?",
                        "g_at_v": "You put *v* into *g′*, but *v* is what *g* gives. What does it receive?",
                    },
                ),
                Field(
                    "rate_f",
                    "*f′*",
                    {
                        "f_at_x": "You put *x* into *f′*. What does the function *f* receive in this chain?",
                        "f_at_u": "You put *u* into *f′*. There is one more link between *u* and *f*.",
                    },
                ),
                Field(
                    "rate",
                    "*dF/dx*",
                    {
                        "all_at_x": "All three slopes were taken at *x*. Each belongs at the input of its own "
                        "function.",
                        "no_h": "This is the rate with respect to *u*. How fast does *u* grow with *x*?",
                        "added": "The rates of a chain multiply; it is paths that add.",
                    },
                ),
            ]
        ),
        hints=(
            "Go forward first, and write down what goes into each of the three functions.",
            "*u = {u}* goes into *g*, and *v = {v}* into *f*. The third rate is *2x*.",
        ),
        solution="""- Forward: *u = x² = ({x})² = {u}*, and *v = 4/(1 + u) = 4/(1 + {u}) = {v}*
- The slope of *h* at *x*: *h′(x) = 2x = 2·{x} = {rate_h}*
- The slope of *g* at *u*: *g′(u) = −4/(1 + u)² = −4/(1 + {u})² = {rate_g}*
- The slope of *f* at *v*: *f′(v) = v/2 = {v}/2 = {rate_f}*
- Multiply: *f′(v)·g′(u)·h′(x) = {rate_f}·{rate_g}·{rate_h} = {rate}*""",
        tape=ad.trace(three_links, x=-0.5),
        draws={"x": [-1.5, -1.2, -0.8, -0.6, -0.5, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8, 1.2, 1.5]},
        figure="mathematics-chain",
        reveal={"x": "x", "nudge": 0.01},
    ),
    Question(
        id="mathematics-stages",
        title="Three lines forward, three back",
        practises="writing a backward line for each forward line",
        covers=(2, 3),
        minutes=5,
        difficulty="easy",
        text="""The forward lines of a small program, with *a = {a}* and *b = {b}*:

- line 1: *p = a + b*
- line 2: *q = a·b*
- line 3: *L = p·q*""",
        ask="What do the backward lines give for *q* and for *a*?",
        answer=Numbers(
            [
                Field(
                    "dq",
                    "*dq*",
                    {
                        "not_swapped": "A product gives each factor the *other* one. What stands beside *q* in line 3?",
                        "value": "This is the loss itself. How fast does it grow with *q*?",
                    },
                ),
                Field(
                    "da",
                    "*da*",
                    {
                        "sum_only": "This is what comes back through line 1 alone. Where else is *a* used?",
                        "overwritten": "This is what comes back through line 2 alone, as if `=` had replaced `+=`.",
                        "same_to_both": "Through line 2 you passed *dq* on as it was. A product's line back has a "
                        "factor.",
                    },
                ),
            ]
        ),
        hints=(
            "Start at line 3 and walk up. A sum passes on what has come back; a product multiplies it by the other factor.",
            "Line 3 gives *dp = q = {q}* and *dq = p*. Then *a* collects from line 2 and from line 1.",
        ),
        solution="""- Forward: *p = a + b = {a} + {b} = {p}*, and *q = a·b = {a}·{b} = {q}*
- Line 3 back: *dp = q = {dp}* and *dq = p = {dq}*
- Line 2 back: *a* gets *dq·b = {dq}·{b} = {overwritten}*
- Line 1 back: *a* gets *dp = {dp}* as well
- Together: *da = {overwritten} + {dp} = {da}*""",
        tape=ad.trace(three_lines, a=3.0, b=0.5),
        draws={"a": [3.0, 2.0, -2.0, 1.5, -4.0], "b": [0.5, 4.0, -3.0, 2.5]},
    ),
    Question(
        id="mathematics-slopes",
        minutes=5,
        difficulty="medium",
        title="Slopes from outputs alone",
        practises="the derivatives of activation functions, written with the output",
        covers=(4,),
        text="A forward pass kept three activations, but not the weighted sums behind them. A sigmoid unit gave "
        "*a_1 = {a1}*, a tanh unit *a_2 = {a2}*, and a softplus unit *a_3 = {a3}*.",
        ask="How steep was each function at its own *z*?",
        answer=Numbers(
            [
                Field(
                    "slope1",
                    "sigmoid",
                    {
                        "sigmoid_at_a": "You put the output into *σ′* as if it were *z*. One of the two factors of "
                        "*σ(z)(1 − σ(z))* is the output already.",
                        "sigmoid_as_tanh": "This is the formula of tanh.",
                    },
                ),
                Field(
                    "slope2",
                    "tanh",
                    {
                        "tanh_at_a": "You put the output through tanh a second time. It is tanh *z* already.",
                        "tanh_as_sigmoid": "This is the formula of the sigmoid.",
                        "no_square": "Look at the exponent in the derivative of tanh.",
                    },
                ),
                Field(
                    "slope3",
                    "softplus",
                    {
                        "softplus_at_a": "The slope of softplus is *σ* at *z*, and this is *σ* at the output. Find *z*, "
                        "or *σ(z)*, from $a_3 = \\log(1 + e^z)$.",
                        "other": "This is *1 − σ(z)*. One step is left.",
                    },
                ),
            ]
        ),
        hints=(
            "The first two derivatives need nothing but the output. For the third, solve "
            r"$a_3 = \log(1 + e^z)$ for $e^z$.",
            "*a_1(1 − a_1)*, then *1 − (a_2)²*. For softplus, $1 + e^z = e^{a_3}$, and $\\sigma(z) = e^z/(1 + e^z)$.",
        ),
        solution="""- Sigmoid: *σ′(z) = a_1(1 − a_1) = {a1}·(1 − {a1}) = {slope1}*
- Tanh: *1 − tanh² z = 1 − (a_2)² = 1 − ({a2})² = {slope2}*
- Softplus: its slope is $e^z/(1 + e^z)$. As $1 + e^z$ is $e^{a_3}$, this is
  $(e^{a_3} - 1)/e^{a_3} = 1 - e^{-a_3}$, here {slope3:4}

So a program may throw *z* away and keep *a*, at some loss of digits where the function is nearly flat.""",
        tape=ad.trace(from_outputs, a1=0.8, a2=-0.5, a3=0.5),
        draws={
            "a1": [0.1, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9],
            "a2": [-0.9, -0.8, -0.7, -0.6, -0.5, 0.5, 0.6, 0.7, 0.8, 0.9],
            "a3": [0.1, 0.2, 0.3, 0.4, 0.5, 1.0, 1.5],
        },
    ),
    Question(
        id="mathematics-two-uses",
        minutes=5,
        difficulty="medium",
        title="One weight, used twice",
        practises="partial and total derivatives, and adding the paths",
        covers=(2,),
        text="The same weight and bias serve twice in a row: *u = w·x + b*, then *v = w·u + b*. The loss is *L = "
        "½(v − y)²*. Here *w = {w}*, *x = {x}*, *b = {b}* and *y = {y}*.",
        ask="How fast does *v* grow with *w* if *u* is held, how fast if everything follows, and what is the "
        "weight's gradient?",
        answer=Numbers(
            [
                Field(
                    "partial",
                    "*∂v/∂w*, *u* held",
                    {
                        "total": "This lets *u* follow. With *u* held, only the last use of *w* counts.",
                        "x_alone": "This is *du/dw*. What stands beside *w* in *v = w·u + b*?",
                        "through": "This is the path through *u*, which is held here.",
                    },
                ),
                Field(
                    "total",
                    "*dv/dw*",
                    {
                        "partial": "This still holds *u*, which depends on *w*, too.",
                        "through": "Only the path through *u* is left, as if `=` had replaced `+=`.",
                        "product": "The contributions of two paths add; the factors along one path multiply.",
                    },
                ),
                Field(
                    "dw",
                    "*dL/dw*",
                    {
                        "overwritten": "Only the path through *u* is left, as if `=` had replaced `+=`.",
                        "last_use": "This misses that *u* depends on *w*, too.",
                        "no_half": "The half in front of the square has been forgotten.",
                        "no_error": "This is the rate of *v*. How fast does the loss grow with *v*?",
                    },
                ),
            ]
        ),
        hints=(
            "Give the two uses of *w* different names in your mind, differentiate by each, and add.",
            "The last use contributes *u = {u}*. The first one acts through *u*: *∂v/∂u·du/dw = w·x*.",
        ),
        solution="""- Forward: *u = w·x + b = {w}·{x} + {b} = {u}*, and *v = w·u + b = {w}·{u} + {b} = {v}*
- Held: *∂v/∂w = u = {partial}*
- Through *u*: *∂v/∂u·du/dw = w·x = {w}·{x} = {through}*
- Both paths: *dv/dw = {partial} + {through} = {total}*
- Loss: *dL/dw = (v − y)·dv/dw = {error}·{total} = {dw}*""",
        tape=ad.trace(two_uses, w=2.0, x=1.5, b=-1.0, y=1.0),
        draws={
            "w": [-2.0, -1.5, -0.5, 0.5, 1.5, 2.0, 3.0],
            "x": [-3.0, -2.0, -1.5, 0.5, 1.5, 2.0, 3.0],
            "b": [-2.0, -1.0, 0.5, 1.0],
            "y": [-2.0, -1.0, 1.0, 2.0],
        },
    ),
    Question(
        id="mathematics-neuron",
        minutes=8,
        difficulty="medium",
        title="A step and its witness",
        practises="one step of a sigmoid neuron, and checking it by the complex step",
        covers=(5,),
        text="A sigmoid neuron has the weights *w_1 = {w1}* and *w_2 = {w2}* and the bias *b = {b}*. It is shown "
        "*x_1 = {x1}* and *x_2 = {x2}*; its target is *y = {y}*, the loss half the squared error. The learning "
        "rate is *α = {lr}*. A witness runs the neuron again with the weight *w_2 + i·h*, where *h = {h}* and "
        "*i* is the imaginary unit.",
        ask="What is the gradient of the second weight, by how much does a step change this weight, and which "
        "imaginary part does the witness find in the loss?",
        answer=Numbers(
            [
                Field(
                    "dw2",
                    "*∂L/∂w_2*",
                    {
                        "no_slope": "The middle factor is missing: how fast does *a* grow with *z*?",
                        "slope_at_a": "You put *a* into *σ′*. It belongs at *z*; *a(1 − a)* is already *σ′(z)*.",
                        "no_x": "This is *δ*. How fast does *z* grow with *w_2*?",
                        "no_half": "The half in front of the square has been forgotten.",
                    },
                ),
                Field(
                    "change",
                    "change of *w_2*",
                    {
                        "uphill": "This step goes uphill: subtract the gradient.",
                        "no_rate": "Multiply by the learning rate.",
                        "moved": "This is the new weight. By how much has it changed?",
                    },
                ),
                Field(
                    "imaginary",
                    "imaginary part of *L*",
                    {
                        "whole": "This is the derivative itself. The witness divides by *h* only afterwards.",
                        "nudged_z": "This would nudge *z* itself. The nudge of *w_2* reaches *z* times *x_2*.",
                    },
                ),
            ]
        ),
        hints=(
            "Forward: *z*, then *a*. Backward: three factors, the last of which is an input. A small nudge "
            "reaches the loss multiplied by the derivative, whether it is real or imaginary.",
            "*a = {a:4}*, so *∂L/∂a = a − y = {da:4}* and *σ′(z) = a(1 − a) = {slope:4}*. To first order the loss "
            "gains *i·h·∂L/∂w_2*.",
        ),
        solution="""- Forward: *z = w_1·x_1 + w_2·x_2 + b = {w1}·{x1} + {w2}·{x2} + {b} = {z}*, and *a = σ(z) = {a:6}*
- Backward: *δ = (a − y)·σ′(z) = {da:6}·{slope:6} = {delta:6}*
- Gradient: *∂L/∂w_2 = δ·x_2 = {delta:6}·{x2} = {dw2}*
- Step: *−α·∂L/∂w_2 = −{lr}·{dw2} = {change}*
- Witness: *h·∂L/∂w_2 = {h}·{dw2} = {imaginary}*, up to an error of order *h³*

Divide the imaginary part by *h*, and the gradient is back. No two nearly equal losses had to be subtracted.""",
        tape=ad.trace(neuron_step, w1=1.0, w2=-0.5, x1=1.5, x2=2.0, b=0.5, y=0.0, lr=0.2, h=0.01),
        draws={
            "w1": [-1.0, -0.5, 0.5, 1.0],
            "w2": [-1.0, -0.5, 0.5, 1.0],
            "x1": [-1.5, -1.0, 0.5, 1.0, 1.5],
            "x2": [-2.0, -1.5, -0.5, 1.5, 2.0],  # for 1/2 no half in front is no input behind
            "b": [-0.5, 0.5],
            "y": [0.0, 1.0],
            "lr": [0.1, 0.2, 0.5],
        },
    ),
    Question(
        id="mathematics-kink",
        minutes=4,
        difficulty="medium",
        title="At the kink",
        practises="where a derivative is missing, and what software does there",
        covers=(4,),
        ask="Which of these are true of the ReLU at $z = 0$?",
        answer=AnyOf(
            [
                Option(
                    "Its slope is $0$ on the left and $1$ on the right, so it has no derivative.",
                    "The two one-sided limits differ, so there is no limit.",
                    right=True,
                ),
                Option(
                    r"Its derivative is $\tfrac12$, as the two-sided ratio shows.",
                    "The ratio is ½ for every nudge, it is true. But a two-sided ratio may have a limit where the "
                    "derivative does not exist.",
                ),
                Option(
                    "A program may take any slope between $0$ and $1$; this book takes $0$.",
                    "Every convention in use lies between the slopes of the two sides.",
                    right=True,
                ),
                Option(
                    "The choice can never matter, since $z$ is never exactly zero.",
                    "Rounding makes exact zeros, and so do inputs that are all zero where there is no bias.",
                ),
                Option(
                    "The complex step finds a slope there and notices nothing.",
                    "It takes no step along $z$, so it sees the chosen branch alone.",
                    right=True,
                ),
                Option(
                    "The softplus has a kink at the same place.",
                    "The softplus rounds the corner off: its slope there is *σ*, with no jump.",
                ),
                Option(
                    "The leaky ReLU has a kink at the same place.",
                    "Its slope jumps, too, only by less.",
                    right=True,
                ),
            ]
        ),
        hints=(
            "Compare the slopes on either side, for each of the three functions.",
            "Four are true. A limit of two-sided ratios does not prove that a derivative exists.",
        ),
        solution="The ReLU's one-sided slopes are 0 and 1, so there is no derivative, although the two-sided ratio is ½ "
        "for every nudge. Programs choose a slope between the two, here 0, and since rounding makes exact zeros, the "
        "choice is used. The complex step moves only in the imaginary direction and reports the chosen branch's slope. "
        "The leaky ReLU jumps there, too; the softplus is smooth.",
    ),
]


# Code exercises


def chain_rule(f, g, h, df, dg, dh, x):
    u = h(x)
    v = g(u)
    return df(v) * dg(u) * dh(x)


def double(z):
    return 2 * z


def cube(z):
    return z**3


def cube_slope(z):
    return 3 * z**2


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def chains(rng):
    square, sine = (np.square, double), (np.sin, np.cos)
    exponential, tanh, third = (np.exp, np.exp), (np.tanh, tanh_slope), (cube, cube_slope)
    # The signs make each of the three slopes negative somewhere, and their product.
    for three, sign in (
        ((sine, exponential, square), -1),
        ((exponential, sine, square), -1),
        ((square, tanh, exponential), 1),
        ((tanh, square, sine), -1),
        ((square, third, tanh), -1),
        ((exponential, square, third), -1),
        ((third, exponential, sine), 1),
    ):
        (f, df), (g, dg), (h, dh) = three
        x = sign * rng.uniform(0.7, 0.95)
        yield {"f": f, "g": g, "h": h, "df": df, "dg": dg, "dh": dh, "x": x}


def backward_lines(u, v):
    num = u + v
    p = u * v
    den = 1 + p**2
    invden = 1 / den
    # loss = num * invden
    dnum, dinvden = invden, num
    dden = dinvden * (-1 / den**2)
    dp = dden * 2 * p
    du, dv = dp * v, dp * u
    du += dnum
    dv += dnum
    return du, dv


def two_numbers(rng):
    for signs in ((1, 1), (-1, 1), (1, -1), (-1, -1), (1, 1)):
        # far enough out for a negative slope, where both have one sign
        u, v = rng.uniform(0.9, 1.8, size=2) * signs
        yield {"u": u, "v": v}


def fraction(u, v):
    return (u + v) / (1 + (u * v) ** 2)


def slope_of_p(u, v):
    """What comes back to p."""
    return -(u + v) / (1 + (u * v) ** 2) ** 2 * 2 * u * v


def sigmoid_step(w, b, x, y, lr):
    a = 1 / (1 + np.exp(-(w @ x + b)))
    delta = (a - y) * a * (1 - a)
    return w - lr * delta * x, b - lr * delta


def neurons(rng):
    for n, sign, y in ((3, 1, 0.8), (2, -1, 0.3), (4, 1, 0.9), (5, -1, 0.1)):
        w, x = rng.normal(0.0, 0.8, size=(2, n))
        b, lr = sign * rng.uniform(0.1, 0.6), rng.uniform(0.4, 1.5)
        yield {"w": w, "b": b, "x": x, "y": y + rng.uniform(-0.05, 0.05), "lr": lr}


def library_step(w, b, x, y, lr):
    net = bp.Network([bp.Dense([w], [b], "sigmoid")], loss="half_squared_error")
    net.step(x, [y], lr)
    return net.layers[0].W[0], net.layers[0].b[0]


def wrong_step(change):
    """A step by another delta, and another gradient of the bias, than the right ones."""

    def answer(w, b, x, y, lr):
        a = bp.sigmoid(w @ x + b)
        dw, db = change(a, y, x)
        return w - lr * dw, b - lr * db

    return answer


def late_bias(w, b, x, y, lr):
    w_next, _ = sigmoid_step(w, b, x, y, lr)
    return w_next, sigmoid_step(w_next, b, x, y, lr)[1]


EXERCISES = [
    Exercise(
        id="mathematics-1",
        minutes=10,
        difficulty="easy",
        title="The chain rule",
        practises="where each factor of a chain is evaluated",
        covers=(1,),
        solution=chain_rule,
        explanation="Each slope is taken at the input of its own function: dh at x, dg at u = h(x), df at v = g(u). "
        "The function f itself is not needed, for nothing comes after it. The forward pass has to go only as far as "
        "the last input.",
        hints=(
            "Go forward and keep what goes into each function. Then take each slope there.",
            "u = h(x) goes into g, and v = g(u) goes into f. Multiply the three slopes.",
        ),
        cases=chains,
        library=lambda f, g, h, df, dg, dh, x: f(g(h(x + 1e-20j))).imag / 1e-20,
        mistakes=(
            Mistake(
                "all at x",
                "All three slopes are taken at x. Only h receives x; what do g and f receive?",
                lambda f, g, h, df, dg, dh, x: df(x) * dg(x) * dh(x),
            ),
            Mistake(
                "f′ at u",
                "The slope of f is taken at h(x). There is one more function between h and f.",
                lambda f, g, h, df, dg, dh, x: df(h(x)) * dg(h(x)) * dh(x),
            ),
            Mistake(
                "at the output",
                "Each slope is taken at what its function gives. It belongs at what the function receives.",
                lambda f, g, h, df, dg, dh, x: df(f(g(h(x)))) * dg(g(h(x))) * dh(h(x)),
            ),
            Mistake(
                "nested",
                "The slopes are put into one another. Only the functions are; their slopes are multiplied.",
                lambda f, g, h, df, dg, dh, x: df(dg(dh(x))),
            ),
            Mistake(
                "sum",
                "The three rates are added. Rates along one path multiply; it is paths that add.",
                lambda f, g, h, df, dg, dh, x: df(g(h(x))) + dg(h(x)) + dh(x),
            ),
            Mistake(
                "other way round",
                "This is the derivative of h(g(f(x))). The innermost function acts first, and that is h.",
                lambda f, g, h, df, dg, dh, x: dh(g(f(x))) * dg(f(x)) * df(x),
            ),
        ),
        factors=lambda f, g, h, df, dg, dh, x: {
            "h′(x)": dh(x),
            "g′(h(x))": dg(h(x)),
            "f′(g(h(x)))": df(g(h(x))),
        },
        loss=lambda f, g, h, df, dg, dh, x: f(g(h(x))),
        wrt=("x",),
    ),
    Exercise(
        id="mathematics-2",
        title="Backward lines",
        practises="a backward line for each forward line",
        covers=(2, 3),
        minutes=15,
        difficulty="medium",
        solution=backward_lines,
        explanation="From the last line to the first: each line passes back what has come, times its own slope. u and v are "
        "used in two lines each, so each collects two contributions, with +=.",
        hints=(
            "Write dnum and dinvden first, from the last line. Then dden, dp, and at the end du and dv.",
            "dden = dinvden * (-1 / den**2) and dp = dden * 2 * p. Then u gets dp * v and dnum.",
        ),
        cases=two_numbers,
        outputs=("du", "dv"),
        library=lambda u, v: (
            fraction(u + 1e-20j, v).imag / 1e-20,
            fraction(u, v + 1e-20j).imag / 1e-20,
        ),
        mistakes=(
            Mistake(
                "sum only",
                "Only what comes back through num is left. Where else are u and v used?",
                lambda u, v: (1 / (1 + (u * v) ** 2), 1 / (1 + (u * v) ** 2)),
            ),
            Mistake(
                "product only",
                "Only what comes back through p is left, as if = had replaced +=.",
                lambda u, v: (slope_of_p(u, v) * v, slope_of_p(u, v) * u),
            ),
            Mistake(
                "not swapped",
                "A product gives each factor the other one: through p, u gets dp times v.",
                lambda u, v: (
                    1 / (1 + (u * v) ** 2) + slope_of_p(u, v) * u,
                    1 / (1 + (u * v) ** 2) + slope_of_p(u, v) * v,
                ),
            ),
            Mistake(
                "sign of the fraction",
                "The slope of 1 / den is negative: a larger denominator makes a smaller number.",
                lambda u, v: (
                    1 / (1 + (u * v) ** 2) - slope_of_p(u, v) * v,
                    1 / (1 + (u * v) ** 2) - slope_of_p(u, v) * u,
                ),
            ),
            Mistake(
                "no slope of the square",
                "In den stands the square of p, and its line back has the factor 2 p.",
                lambda u, v: (
                    1 / (1 + (u * v) ** 2) + slope_of_p(u, v) / (2 * u * v) * v,
                    1 / (1 + (u * v) ** 2) + slope_of_p(u, v) / (2 * u * v) * u,
                ),
            ),
        ),
        loss=fraction,
        wrt=("u", "v"),
    ),
    Exercise(
        id="mathematics-3",
        title="One step of a sigmoid neuron",
        practises="one whole step of a sigmoid neuron, bias included",
        covers=(5,),
        minutes=10,
        difficulty="medium",
        solution=sigmoid_step,
        explanation="With delta = (a - y) a (1 - a), a weight's gradient is delta times its input and the bias's gradient is "
        "delta. Both are taken before anything moves.",
        hints=(
            "Forward: the weighted sum, then a. Backward: three factors, and for the bias the last one is 1.",
            "delta = (a - y) * a * (1 - a). New w: w - lr * delta * x. New b: b - lr * delta.",
        ),
        cases=neurons,
        outputs=("w", "b"),
        library=library_step,
        mistakes=(
            Mistake(
                "no slope",
                "The sigmoid's slope is missing from delta: how fast does a grow with z?",
                wrong_step(lambda a, y, x: ((a - y) * x, a - y)),
            ),
            Mistake(
                "slope at a",
                "You took the sigmoid's slope at a. It belongs at z, and there it is a (1 - a).",
                wrong_step(
                    lambda a, y, x: (
                        (a - y) * bp.sigmoid.derivative(a) * x,
                        (a - y) * bp.sigmoid.derivative(a),
                    )
                ),
            ),
            Mistake(
                "uphill",
                "This step goes uphill: subtract the gradient.",
                wrong_step(lambda a, y, x: (-(a - y) * a * (1 - a) * x, -(a - y) * a * (1 - a))),
            ),
            Mistake(
                "no half",
                "This belongs to the whole squared error. With half of it the factor 2 is gone.",
                wrong_step(
                    lambda a, y, x: (2 * (a - y) * a * (1 - a) * x, 2 * (a - y) * a * (1 - a))
                ),
            ),
            Mistake(
                "bias stays",
                "The bias has not moved. It learns like a weight whose input is one.",
                wrong_step(lambda a, y, x: ((a - y) * a * (1 - a) * x, 0.0)),
            ),
            Mistake(
                "late bias",
                "You moved the weights first and took the bias's gradient afterwards. Both belong to the old numbers.",
                late_bias,
            ),
        ),
    ),
]
