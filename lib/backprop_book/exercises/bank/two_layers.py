"""Chapter 4: two layers by hand."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Before, Field, Numbers, OneOf, Option, Order, Question

TITLE = "Two layers by hand"
PAGE = "04-two-layers.html"


# Questions


def handed_down(delta2, w2, a1, h):
    slope = 1 - a1**2
    da1 = w2 * delta2
    delta1 = da1 * slope
    at_a = 1 - ad.tanh(a1) ** 2
    values = {"slope": slope, "da1": da1, "delta1": delta1, "change": delta1 * h}
    mistakes = {"no_weight": delta2 * slope, "at_a": da1 * at_a, "change_2": delta2 * h}
    return values | mistakes


def parabola(w1, b1, w2, b2, x, y):
    z1 = w1 * x + b1
    a1 = z1**2
    z2 = w2 * a1 + b2
    a2 = 0.5 * z2
    loss = 0.5 * (a2 - y) ** 2
    names = ["error", "delta2", "da1", "delta1", "dw1"]
    gradients = ad.grad(loss, [a2, z2, a1, z1, w1])
    values = {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "slope1": 2 * z1}
    values |= dict(zip(names, gradients, strict=True))
    delta2, delta1 = values["delta2"], values["delta1"]
    return values | {
        "no_F": z2 - y,
        "at_a": w2 * delta2 * 2 * a1,
        "no_weight": delta2 * 2 * z1,
        "with_a1": delta1 * a1,
    }


def in_time(w1, w2, x, y, lr):
    a1 = w1 * x
    a2 = w2 * a1
    delta2, dw2, dw1, da1 = ad.grad(0.5 * (a2 - y) ** 2, [a2, w2, w1, a1])
    w2_next, w1_next = w2 - lr * dw2, w1 - lr * dw1
    late = delta2 * w2_next * x
    values = {"a1": a1, "a2": a2, "delta2": delta2, "dw2": dw2, "dw1": dw1}
    mistakes = {"da1": da1, "late": late, "w1_late": w1 - lr * late}
    mistakes |= {"fresh": (w2_next * a1 - y) * w2_next * x}
    mistakes |= {"w2_uphill": w2 + lr * dw2, "w1_uphill": w1 + lr * dw1, "w2_far": w2 - dw2}
    return values | mistakes | {"w2_next": w2_next, "w1_next": w1_next}


def fate(m1, m2, x, y, lr):
    a1 = m1 * x
    z2 = a1 * m2
    delta2, dm1, dm2 = ad.grad(0.5 * (ad.relu(z2) - y) ** 2, [z2, m1, m2])
    m1_next, m2_next = m1 - lr * dm1, m2 - lr * dm2
    z2_next = m1_next * x * m2_next
    below, dead = (z2_next < y) * 1.0, (z2_next < 0.0) * 1.0
    # Only what a step with pencil and paper can tell: not at an edge, and no leap over both axes.
    clear = (z2 > y) * (m1_next > 0.0) * ((z2_next * (z2_next - y)) ** 2 > 1e-4) * 1.0
    values = {"a1": a1, "z2": z2, "delta2": delta2, "dm1": dm1, "dm2": dm2}
    after = {"m1_next": m1_next, "m2_next": m2_next, "z2_next": z2_next}
    return values | after | {"fate": below + dead, "clear": clear}


def walls(m1, m2, x):
    square = m1**2 + m2**2
    c = x**2 * square
    values = {"y": x * m1 * m2, "square": square, "c": c, "largest": 2 / c}
    not_across = {"too_long": c * square, "one_weight": x**2 * m2**2, "one_x": x * square}
    return values | not_across | {"lands": 1 / c, "largest_long": 2 / (c * square)}


def two_losses(w1, w2, x, y):
    z2 = w2 * ad.tanh(w1 * x)
    a2 = ad.sigmoid(z2)
    (delta2,) = ad.grad(ad.softplus(z2) - y * z2, [z2])
    half_delta2, slope2 = ad.grad(0.5 * (a2 - y) ** 2, [z2])[0], ad.grad(a2, [z2])[0]
    at_a = ad.sigmoid(a2) * (1 - ad.sigmoid(a2))
    values = {"z2": z2, "a2": a2, "slope2": slope2, "delta2": delta2, "half_delta2": half_delta2}
    mistakes = {"half_at_a": (a2 - y) * at_a, "da2": delta2 / slope2}
    return values | mistakes


QUESTIONS = [
    Question(
        id="two-layers-fate",
        minutes=4,
        difficulty="medium",
        title="What does the first step do?",
        practises="following a step on the loss's landscape: into the valley, across it, or over the edge",
        covers=(1, 4),
        text=r"The two-weight network with ReLU at its output, as above: $a_1 = m_1 x$, "
        r"prediction $\hat y = a_2 = \mathrm{ReLU}(a_1 m_2)$, and half the squared error. It starts at *m_1 = {m1}* and "
        "*m_2 = {m2}*, with *x = {x}*, *y = {y}* and *α = {lr}*.",
        ask="What is true after one update?",
        answer=OneOf(
            [
                Option(
                    "It lives, and its prediction is still too large.",
                    "Then *m_1·x·m_2* with the new weights would still be larger than *y = {y}*. The new "
                    "*m_1* is *{m1_next}*. What is the new *m_2*?",
                ),
                Option(
                    "It lives, and its prediction is now too small.",
                    "Then *m_1·x·m_2* with the new weights would lie between zero and *y = {y}*. The new "
                    "*m_1* is *{m1_next}*. What is the new *m_2*?",
                ),
                Option(
                    "It is dead: the prediction is zero, and so is every gradient.",
                    "For that, one of the two weights must have jumped over zero. Compare *m_2 = {m2}* with "
                    "*α·∂L/∂m_2*, where *∂L/∂m_2 = {dm2}*.",
                ),
            ],
            quantity="fate",
        ),
        hints=(
            "Go forward to *a_2*, back to both gradients, and take the step. Then go forward once more.",
            "*δ_2 = a_2 − y = {delta2}*. It gives *∂L/∂m_2 = δ_2·m_1·x* and *∂L/∂m_1 = δ_2·m_2·x*, both "
            "from the old weights.",
        ),
        solution="""- Forward: *a_2 = m_1·x·m_2 = {m1}·{x}·{m2} = {z2}*
- Backward: *δ_2 = a_2 − y = {z2} − {y} = {delta2}*
- Gradients: *∂L/∂m_2 = δ_2·a_1 = {delta2}·{a1} = {dm2}* and *∂L/∂m_1 = δ_2·m_2·x = {delta2}·{m2}·{x} = {dm1}*
- Update: *m_2 − α·∂L/∂m_2 = {m2} − {lr}·{dm2} = {m2_next}* and *m_1 − α·∂L/∂m_1 = {m1} − {lr}·{dm1} = {m1_next}*
- Forward again: *z_2 = {m1_next}·{x}·{m2_next} = {z2_next}*, to be compared with zero and with *y = {y}*""",
        tape=ad.trace(fate, m1=2.0, m2=0.5, x=2.0, y=1.0, lr=0.08),
        draws={
            "m1": [1.5, 2.0, 2.5, 3.0],
            "m2": [0.5, 0.8, 1.0],
            "x": [1.5, 2.0, 2.5],
            "y": [0.5, 1.0],
            "lr": [0.04, 0.05, 0.08, 0.1],
        },
        keep="clear",
        figure="two-layers-relu",
        reveal={"m1": "m1", "m2": "m2", "x": "x", "y": "y", "lr": "lr", "k": 1},
    ),
    Question(
        id="two-layers-losses",
        minutes=5,
        difficulty="medium",
        title="Two losses, one prediction",
        practises="the delta of a sigmoid output with either loss, and what saturation does to it",
        covers=(1, 5),
        text="A tanh neuron in front of a sigmoid one, as in the figure below, with *w_1 = {w1}*, "
        r"*w_2 = {w2}*, no biases, *x = {x}* and the target *y = {y}*. The prediction $\hat y$ is *a_2 = {a2:5}*.",
        ask="What is *δ_2* with binary cross-entropy, and what with half the squared error?",
        answer=Numbers(
            [
                Field(
                    "delta2",
                    "with cross-entropy",
                    {
                        "half_delta2": "This still holds *σ′*. Write out *∂L/∂a_2* for cross-entropy: what "
                        "does it divide by?",
                        "da2": "This is *∂L/∂a_2*. *δ_2* is the gradient at *z_2*: one more factor.",
                    },
                ),
                Field(
                    "half_delta2",
                    "with half the squared error",
                    {
                        "delta2": "This is *∂L/∂a_2*, and here nothing cancels: how fast does *a_2* grow with *z_2*?",
                        "half_at_a": "You put *a_2* into *σ′*. It belongs at *z_2*; *a_2(1 − a_2)* is already *σ′(z_2)*.",
                    },
                ),
            ]
        ),
        hints=(
            "*δ_2* is *∂L/∂a_2* times *σ′(z_2)*, for both. Which of the two losses divides by that slope?",
            "*σ′(z_2) = a_2(1 − a_2) = {slope2}*. Cross-entropy leaves *a_2 − y*; the other loss leaves that "
            "times the slope.",
        ),
        solution="""- Cross-entropy: *δ_2 = a_2 − y = {a2:5} − {y} = {delta2}*, since the loss divides by *a_2(1 − a_2)*
- Half the squared error: *δ_2 = (a_2 − y)·σ′(z_2) = {delta2}·{slope2:5} = {half_delta2}*

The flatter the sigmoid, the less the second one hears of the error.""",
        tape=ad.trace(two_losses, w1=1.0, w2=4.0, x=1.5, y=0.0),
        draws={
            "w1": [-2.0, -1.0, 1.0, 2.0],
            "w2": [-5.0, -4.0, -3.0, 3.0, 4.0, 5.0],
            "x": [-2.0, -1.5, 0.5, 1.0, 1.5],
            "y": [0.0, 1.0],
        },
        figure="two-layers-bce",
        reveal={"w1": "w1", "w2": "w2", "x": "x", "y": "y"},
    ),
    Question(
        id="two-layers-enough",
        minutes=4,
        difficulty="medium",
        title="One number is enough",
        practises="what a delta means, and what a hidden neuron makes of its successor's",
        covers=(2,),
        text=r"A hidden tanh neuron has answered *a_1 = {a1}*. The output neuron listens with the weight "
        r"*w_2 = {w2}*, and its delta is *δ_2 = {delta2}*. Its activation $F$, the loss and the target "
        "are kept from you.",
        ask="What is *δ_1*, and by about how much will the loss change if the hidden bias *b_1* "
        "grows by {h}?",
        answer=Numbers(
            [
                Field(
                    "delta1",
                    "*δ_1*",
                    {
                        "da1": "This is *∂L/∂a_1*. *δ_1* belongs to *z_1*: how fast does *a_1* grow with *z_1*?",
                        "no_weight": "How strongly does the output neuron listen? Its weight is missing.",
                        "at_a": "You put *a_1* into the slope of tanh as if it were *z_1*. "
                        "*1 − (a_1)²* already is the slope at *z_1*.",
                    },
                ),
                Field(
                    "change",
                    "change of the loss",
                    {
                        "delta1": "This is the change _per unit_. The bias grows by *{h}* only.",
                        "change_2": "This would be the change for a nudge of *b_2*. The hidden bias "
                        "moves *z_1*.",
                    },
                ),
            ]
        ),
        hints=(
            "*δ_2* says how much the loss changes per unit of *z_2*. How much does *z_2* change per unit of *z_1*?",
            "*δ_1 = w_2·δ_2·g′(z_1)*, and for tanh *g′(z_1) = 1 − (a_1)² = {slope}*. The bias moves *z_1* one to one.",
        ),
        solution="*δ_1 = w_2·δ_2·(1 − (a_1)²) = {w2}·{delta2}·{slope} = {delta1}*, which is *∂L/∂b_1*, too. So the loss "
        "changes by about *δ_1·{h} = {delta1}·{h} = {change}*. All that lies behind *z_2* is already in *δ_2*. "
        "That is why it is kept.",
        tape=ad.trace(handed_down, delta2=0.5, w2=-2.0, a1=0.6, h=0.1),
        draws={
            "delta2": [-0.8, -0.5, -0.4, -0.2, 0.2, 0.4, 0.5, 0.8],
            "w2": [-3.0, -2.0, -1.5, -0.5, 0.5, 1.5, 2.0, 3.0],
            "a1": [-0.9, -0.8, -0.6, -0.5, 0.5, 0.6, 0.8, 0.9],
            "h": [0.01, 0.02, 0.1],
        },
    ),
    Question(
        id="two-layers-parabola",
        minutes=8,
        difficulty="medium",
        title="Activations you have never met",
        practises="the two deltas for any activations",
        covers=(1,),
        text=r"Nobody uses these activations, but the formulas do not mind: $g(z) = z^2$ for the hidden neuron "
        r"and $F(z) = \tfrac12 z$ for the output, with half the squared error. Further *w_1 = {w1}*, "
        "*b_1 = {b1}*, *w_2 = {w2}*, *b_2 = {b2}*; the input is *x = {x}*, the target *y = {y}*.",
        ask="What are the two deltas and the gradient of the first weight?",
        answer=Numbers(
            [
                Field(
                    "delta2",
                    "*δ_2*",
                    {
                        "error": "This is *∂L/∂a_2*. How fast does *a_2 = F(z_2)* grow with *z_2*?",
                        "no_F": "You compared *z_2* with the target. The prediction is *a_2 = F(z_2)*.",
                    },
                ),
                Field(
                    "delta1",
                    "*δ_1*",
                    {
                        "da1": "This is *∂L/∂a_1*. To get to *z_1*, pass through *g*.",
                        "at_a": "The slope *g′* is evaluated at *a_1*. It belongs at what goes into *g*.",
                        "no_weight": "What comes from behind arrives through a weight. Where is it?",
                    },
                ),
                Field(
                    "dw1",
                    "*∂L/∂w_1*",
                    {
                        "delta1": "This is *δ_1*, the gradient of the bias. How fast does *z_1* grow with *w_1*?",
                        "with_a1": "The activation _in front of_ this weight is wanted, not the one behind it.",
                    },
                ),
            ]
        ),
        hints=(
            "Forward: *z_1*, *a_1*, *z_2*, *a_2*. Then back: each delta is what arrives from behind, times the slope there.",
            "*g′(z_1) = 2z_1 = {slope1}*, and *F′* is one half everywhere. *δ_2 = (a_2 − y)·F′(z_2)*, "
            "*δ_1 = w_2·δ_2·g′(z_1)*.",
        ),
        solution="""- Hidden neuron: *z_1 = w_1·x + b_1 = {w1}·{x} + {b1} = {z1}*, *a_1 = (z_1)² = {a1}*
- Output neuron: *z_2 = w_2·a_1 + b_2 = {w2}·{a1} + {b2} = {z2}*, *a_2 = ½z_2 = {a2}*
- *δ_2 = (a_2 − y)·F′(z_2) = ½·({a2} − {y}) = {delta2}*
- *δ_1 = w_2·δ_2·g′(z_1) = {w2}·{delta2}·{slope1} = {delta1}*
- *∂L/∂w_1 = δ_1·x = {delta1}·{x} = {dw1}*""",
        tape=ad.trace(parabola, w1=1.5, b1=-1.0, w2=-0.5, b2=1.0, x=2.0, y=1.5),
        draws={
            "w1": [-1.5, -0.5, 0.5, 1.5],
            "b1": [-2.0, -1.0, 1.0, 2.0],
            "w2": [-3.0, -2.0, -0.5, 0.5, 2.0, 3.0],
            "b2": [-1.0, 0.5, 1.0],
            "x": [-3.0, -2.0, 2.0, 3.0],
            "y": [-1.5, -0.5, 0.5, 1.5],
        },
    ),
    Question(
        id="two-layers-order",
        minutes=3,
        difficulty="easy",
        title="Back through two layers",
        practises="the order of a training step with two layers",
        covers=(2, 3),
        text="A program takes one step on a single example and overwrites each weight as soon as it is told to.",
        ask="Put its lines in an order that gives the right weights.",
        answer=Order(
            [
                "compute $z_1$ and $a_1$",
                "compute $z_2$ and the prediction $a_2$",
                r"compute $\delta_2 = \partial L/\partial a_2 \cdot F'(z_2)$",
                r"compute $\partial L/\partial w_2 = \delta_2\, a_1$",
                r"compute $\delta_1 = w_2\,\delta_2\, g'(z_1)$",
                r"compute $\partial L/\partial w_1 = \delta_1\, x$",
                "change $w_2$",
                "change $w_1$",
            ],
            [
                Before(0, 1, "The output neuron weighs *a_1*, so the hidden neuron answers first."),
                Before(1, 2, "*δ_2* needs the prediction: forward comes before backward."),
                Before(2, 3, "The gradient of *w_2* is made from *δ_2*."),
                Before(
                    2,
                    4,
                    "The hidden neuron has no target: its delta is made from its successor's.",
                ),
                Before(4, 5, "The gradient of *w_1* is made from *δ_1*."),
                Before(3, 6, "*w_2* cannot move before its gradient is known."),
                Before(4, 6, "One of the deltas still needs the old *w_2*. Which one?"),
                Before(5, 7, "*w_1* cannot move before its gradient is known."),
            ],
        ),
        hints=(
            "For each line, ask what stands on its right side. All of that must be there, and none of it changed.",
            "*δ_1* contains *δ_2* and *w_2*: the one must be computed by then, the other not yet moved.",
        ),
        solution="Forward through both neurons, then *δ_2*, the gradient of *w_2*, *δ_1* and the gradient of *w_1*; the weights "
        "move last. Some lines may change places, and one must not: *δ_1* before *w_2* moves. All gradients "
        "first, then all updates, is the habit that needs no thought.",
    ),
    Question(
        id="two-layers-late",
        minutes=6,
        difficulty="medium",
        title="Taken in time",
        practises="taking every gradient at the old weights",
        covers=(1, 3),
        text=r"Two neurons without biases, the identity for $g$ and $F$: $a_1 = w_1 x$ and $a_2 = w_2 a_1$, with half the squared error; "
        "*w_1 = {w1}*, *w_2 = {w2}*, *x = {x}*, *y = {y}* and *α = {lr}*.",
        ask="What is the new *w_2*, what is the gradient of *w_1*, and what is the new *w_1*?",
        answer=Numbers(
            [
                Field(
                    "w2_next",
                    "new *w_2*",
                    {
                        "w2_uphill": "This step goes uphill: subtract the gradient.",
                        "w2_far": "The step was the whole gradient; multiply it by the learning rate first.",
                    },
                ),
                Field(
                    "dw1",
                    "*∂L/∂w_1*",
                    {
                        "late": "This mixes two points: an old *δ_2* with a weight that has already moved.",
                        "fresh": "You moved *w_2* and went forward again. Sound, but another algorithm: "
                        "a gradient step takes all gradients at one point.",
                        "dw2": "This is the gradient of the _other_ weight. How much does *a_2* gain per unit of *w_1*?",
                        "da1": "This is *∂L/∂a_1*. How fast does *a_1* grow with *w_1*?",
                    },
                ),
                Field(
                    "w1_next",
                    "new *w_1*",
                    {
                        "w1_late": "The gradient in this step was made with a *w_2* that has already moved.",
                        "w1_uphill": "This step goes uphill: subtract the gradient.",
                    },
                ),
            ]
        ),
        hints=(
            "Write down both gradients before you move anything.",
            "*δ_2 = a_2 − y = {delta2}*. *∂L/∂w_2 = δ_2·a_1*, and *∂L/∂w_1 = δ_2·w_2·x* with the *w_2* that was "
            "used on the way forward.",
        ),
        solution="""- Forward: *a_1 = {w1}·{x} = {a1}*, *a_2 = {w2}·{a1} = {a2}*, so *δ_2 = a_2 − y = {delta2}*
- Both gradients: *∂L/∂w_2 = δ_2·a_1 = {delta2}·{a1} = {dw2}* and *∂L/∂w_1 = δ_2·w_2·x = {delta2}·{w2}·{x} = {dw1}*
- Both updates: *w_2 − α·∂L/∂w_2 = {w2} − {lr}·{dw2} = {w2_next}* and *w_1 − α·∂L/∂w_1 = {w1} − {lr}·{dw1} = {w1_next}*

With the new *w_2* in it, the second gradient would have come out as *{late}*.""",
        tape=ad.trace(in_time, w1=1.5, w2=-0.5, x=2.0, y=1.0, lr=0.1),
        draws={
            "w1": [-2.0, -1.5, -0.5, 0.5, 1.5, 2.0],
            "w2": [-1.5, -1.0, -0.5, 0.5, 1.0, 1.5],
            "x": [-2.0, 0.5, 2.0, 3.0],
            "y": [-2.0, -1.0, 0.5, 1.0],
            "lr": [0.1, 0.2],
        },
    ),
    Question(
        id="two-layers-walls",
        minutes=8,
        difficulty="hard",
        title="The walls of the valley",
        practises="the curvature across a valley, and the learning rate that it allows",
        covers=(4,),
        text=r"With the identity at both neurons, the loss of the two weights is $L = \tfrac12(x\,m_1 m_2 - y)^2$. For "
        "*x = {x}* and *y = {y}* the point *m_1 = {m1}*, *m_2 = {m2}* lies on the valley floor.",
        ask="What is the curvature *c* straight across the valley there, and below which *α* can descent settle there?",
        answer=Numbers(
            [
                Field(
                    "c",
                    "curvature *c*",
                    {
                        "too_long": "The direction across is *(m_2, m_1)*, but it must have length one.",
                        "one_weight": "This is the curvature when only *m_1* moves. Straight across, both move.",
                        "one_x": "The input enters *z_2* once, and the square of *z_2* twice.",
                    },
                ),
                Field(
                    "largest",
                    "settles for *α* below",
                    {
                        "lands": "In a bowl of this curvature that rate lands at the first step; larger ones still settle.",
                        "largest_long": "The curvature in it belongs to a direction that is not of length one.",
                    },
                ),
            ]
        ),
        hints=(
            r"On the floor the curvature in the direction $(u, v)$ is $x^2(m_2 u + m_1 v)^2$, with $u^2 + v^2 = 1$. "
            "Which direction makes it largest?",
            "*(u, v)* parallel to *(m_2, m_1)* gives *c = x²((m_1)² + (m_2)²)*. Descent settles for *α* below "
            "two over the curvature.",
        ),
        solution="*c = x²·((m_1)² + (m_2)²) = {x}²·({m1}² + {m2}²) = {x}²·{square} = {c}*, and *2/c = {largest}*. Further out in the same "
        "valley one weight is larger still, and so is the curvature: the walls get steeper.",
        tape=ad.trace(walls, m1=3.0, m2=0.5, x=2.0),
        draws={
            "m1": [0.5, 1.0, 1.5, 2.0, 3.0],
            "m2": [0.5, 1.0, 1.5, 2.0, 3.0],
            "x": [0.5, 1.5, 2.0, 3.0],
        },
    ),
    Question(
        id="two-layers-pairs",
        minutes=4,
        difficulty="medium",
        title="A good interview question",
        practises="telling where the slope of the activation cancels, and where it stays",
        covers=(5,),
        ask="For which of these neurons is *δ* exactly the prediction minus the target?",
        answer=AnyOf(
            [
                Option(
                    "a sigmoid output with binary cross-entropy",
                    r"The loss's derivative has $\hat y(1-\hat y)$ below the line, and that is the sigmoid's slope.",
                    right=True,
                ),
                Option(
                    "a sigmoid output with half the squared error",
                    "Sigmoid: this loss's derivative has no denominator, so what becomes of the slope?",
                ),
                Option(
                    "an identity output with half the squared error",
                    "Identity: its slope is one, so there is nothing to cancel.",
                    right=True,
                ),
                Option(
                    "an identity output with the squared error",
                    "Without the half, the derivative of the square brings something along.",
                ),
                Option(
                    "a ReLU output whose weighted sum is positive, with half the squared error",
                    "A ReLU that is on has slope one. (One that is off has slope and delta zero.)",
                    right=True,
                ),
                Option(
                    "a hidden sigmoid neuron in front of a sigmoid output with binary cross-entropy",
                    "What cancels, cancels at the output. The hidden neuron has no target, and a slope of its own.",
                ),
            ]
        ),
        hints=(
            "Write each delta as the loss's derivative times the slope of the activation.",
            "There are two ways to get there: a slope of one, or a loss that divides by the slope.",
        ),
        solution=r"$\delta = \frac{\partial L}{\partial \hat y} F'(z)$. Half the squared error gives $(\hat y - y)\,F'(z)$, which is "
        r"$\hat y - y$ where the slope is one: for the identity, and for a ReLU that is on. The squared error has twice that. "
        r"Cross-entropy divides by $\hat y(1-\hat y)$, the slope of the sigmoid. A hidden neuron has "
        r"$\delta_1 = w_2\,\delta_2\, g'(z_1)$, with its slope left in.",
    ),
]


# Code exercises


def deltas(g, F, loss, w1, b1, w2, b2, x, y):
    z1 = w1 * x + b1
    z2 = w2 * g(z1) + b2
    delta2 = loss.gradient(F(z2), y) * F.derivative(z2)
    delta1 = w2 * delta2 * g.derivative(z1)
    return delta2, delta1


# Of w1, b1, w2, b2 and x, so that each of them has both in several cases, and each delta, too.
SIGNS = (
    *((1, -1, 1, 1, -1), (-1, 1, -1, -1, -1), (1, 1, -1, 1, 1)),
    *((-1, -1, 1, -1, 1), (1, -1, -1, 1, 1)),
)


def chains(rng):
    kinds = (
        (bp.tanh, bp.sigmoid, bp.squared_error),
        (bp.sigmoid, bp.softplus, bp.half_squared_error),
        (bp.softplus, bp.sigmoid, bp.binary_cross_entropy),
        (bp.tanh, bp.tanh, bp.squared_error),
        (bp.sigmoid, bp.sigmoid, bp.binary_cross_entropy),
    )
    for (g, F, loss), signs in zip(kinds, SIGNS, strict=True):
        w1, b1, w2, b2, x = rng.uniform(0.4, 1.6, size=5) * signs
        numbers = {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "x": x, "y": rng.uniform(0.1, 0.9)}
        yield {"g": g, "F": F, "loss": loss} | numbers


def deltas_by_network(g, F, loss, w1, b1, w2, b2, x, y):
    net = bp.Network([bp.Dense([[w1]], [b1], g), bp.Dense([[w2]], [b2], F)], loss=loss)
    grads = net.backward(net.forward([x]), [y])
    return grads.delta[1][0], grads.delta[0][0]


def slopes_at_a(g, F, loss, w1, b1, w2, b2, x, y):
    a1 = g(w1 * x + b1)
    a2 = F(w2 * a1 + b2)
    delta2 = loss.gradient(a2, y) * F.derivative(a2)
    return delta2, w2 * delta2 * g.derivative(a1)


def taken_at_a(g, F, loss, w1, b1, w2, b2, x, y):
    z2 = w2 * g(w1 * x + b1) + b2
    da2 = loss.gradient(F(z2), y)
    return da2, w2 * da2 * F.derivative(z2)


def always_the_error(g, F, loss, w1, b1, w2, b2, x, y):
    return deltas(g, F, bp.half_squared_error, w1, b1, w2, b2, x, y)


def chain_factors(g, F, loss, w1, b1, w2, b2, x, y):
    z1 = w1 * x + b1
    z2 = w2 * g(z1) + b2
    return {
        "the weight w2": w2,
        "the upstream delta2": loss.gradient(F(z2), y) * F.derivative(z2),
        "the slope g′(z1)": g.derivative(z1),
        "the slope F′(z2)": F.derivative(z2),
    }


def train_step(w1, b1, w2, b2, x, y, lr):
    a1 = bp.tanh(w1 * x + b1)
    a2 = bp.sigmoid(w2 * a1 + b2)
    delta2 = a2 - y
    delta1 = w2 * delta2 * (1 - a1**2)
    w2, b2 = w2 - lr * delta2 * a1, b2 - lr * delta2
    w1, b1 = w1 - lr * delta1 * x, b1 - lr * delta1
    return w1, b1, w2, b2


def steps(rng):
    for signs in SIGNS:
        w1, b1, w2, b2, x = rng.uniform(0.4, 1.5, size=5) * signs
        numbers = {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "x": x}
        yield numbers | {"y": rng.uniform(0.1, 0.9), "lr": rng.uniform(0.2, 0.9)}


def step_by_network(w1, b1, w2, b2, x, y, lr):
    layers = [bp.Dense([[w1]], [b1], "tanh"), bp.Dense([[w2]], [b2], "sigmoid")]
    net = bp.Network(layers, loss="binary_cross_entropy")
    net.step([x], [y], lr)
    first, second = net.layers
    return first.W[0, 0], first.b[0], second.W[0, 0], second.b[0]


def wrong_step(change):
    """A training step whose backward pass is ``change(a1, a2, delta2, slope1, w2, w2_next)``."""

    def step(w1, b1, w2, b2, x, y, lr):
        a1 = bp.tanh(w1 * x + b1)
        a2 = bp.sigmoid(w2 * a1 + b2)
        delta2 = a2 - y
        w2_next = w2 - lr * delta2 * a1
        delta2, delta1 = change(a1, a2, delta2, 1 - a1**2, w2, w2_next)
        return w1 - lr * delta1 * x, b1 - lr * delta1, w2 - lr * delta2 * a1, b2 - lr * delta2

    return step


def half_squared_step(a1, a2, delta2, slope1, w2, w2_next):
    delta2 = delta2 * a2 * (1 - a2)
    return delta2, w2 * delta2 * slope1


def uphill_step(w1, b1, w2, b2, x, y, lr):
    return train_step(w1, b1, w2, b2, x, y, -lr)


def bias_times_input(w1, b1, w2, b2, x, y, lr):
    w1_next, b1_next, w2_next, b2_next = train_step(w1, b1, w2, b2, x, y, lr)
    return w1_next, b1 + (b1_next - b1) * x, w2_next, b2 + (b2_next - b2) * bp.tanh(w1 * x + b1)


def first_layer(W1, b1, W2, b2, x, y):
    a1 = bp.sigmoid(W1 @ x + b1)
    a2 = bp.sigmoid(W2 @ a1 + b2)
    dW1 = np.zeros_like(W1)
    for j in range(len(a1)):
        da1 = 0.0
        for k in range(len(a2)):
            delta2 = (a2[k] - y[k]) * a2[k] * (1 - a2[k])
            da1 += W2[k, j] * delta2
        delta1 = da1 * a1[j] * (1 - a1[j])
        for i in range(len(x)):
            dW1[j, i] = delta1 * x[i]
    return dW1


def networks(rng):
    yield {
        "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
        "b1": np.array([0.35, 0.35]),
        "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
        "b2": np.array([0.60, 0.60]),
        "x": np.array([0.05, 0.10]),
        "y": np.array([0.01, 0.99]),
    }
    for n_in, n_hidden, n_out in ((3, 2, 4), (3, 3, 3), (2, 4, 3)):
        yield {
            "W1": rng.normal(size=(n_hidden, n_in)),
            "b1": rng.normal(size=n_hidden),
            "W2": rng.normal(size=(n_out, n_hidden)),
            "b2": rng.normal(size=n_out),
            "x": rng.uniform(0.3, 1.5, size=n_in) * rng.choice([-1, 1], size=n_in),
            "y": rng.uniform(0.1, 0.9, size=n_out),
        }


def first_layer_by_network(W1, b1, W2, b2, x, y):
    layers = [bp.Dense(W1, b1, "sigmoid"), bp.Dense(W2, b2, "sigmoid")]
    net = bp.Network(layers, loss="half_squared_error")
    return net.backward(net.forward(x), y).W[0]


def two_sigmoids(W1, b1, W2, b2, x):
    a1 = bp.sigmoid(W1 @ x + b1)
    return a1, bp.sigmoid(W2 @ a1 + b2)


def gathered(collect):
    """The first layer's gradient where ``collect(W2, delta2)`` stands for the sum over the paths."""

    def gradient(W1, b1, W2, b2, x, y):
        a1, a2 = two_sigmoids(W1, b1, W2, b2, x)
        return np.outer(collect(W2, (a2 - y) * a2 * (1 - a2)) * a1 * (1 - a1), x)

    return gradient


def no_output_slope(W1, b1, W2, b2, x, y):
    a1, a2 = two_sigmoids(W1, b1, W2, b2, x)
    return np.outer(W2.T @ (a2 - y) * a1 * (1 - a1), x)


def sigmoid_slopes_at_a(W1, b1, W2, b2, x, y):
    a1, a2 = two_sigmoids(W1, b1, W2, b2, x)
    delta2 = (a2 - y) * bp.sigmoid.derivative(a2)
    return np.outer(W2.T @ delta2 * bp.sigmoid.derivative(a1), x)


def path_factors(W1, b1, W2, b2, x, y):
    a1, _ = two_sigmoids(W1, b1, W2, b2, x)
    return {
        "the slope σ′(z1)": (a1 * (1 - a1))[:, None],
        "the input x": x[None, :],
        "the number of outputs": float(len(y)),
    }


EXERCISES = [
    Exercise(
        id="two-layers-1",
        minutes=10,
        difficulty="easy",
        title="Both deltas",
        practises="the two deltas for any activations and any loss",
        covers=(1, 2),
        solution=deltas,
        explanation="Each delta is what arrives from behind, times the slope of the activation at its own z. At the "
        "output the loss's gradient arrives, at the hidden neuron w2 * delta2. Nothing here knows which activations "
        "and which loss there are.",
        hints=(
            "Go forward first and keep z1 and z2: the slopes are taken there. Then start from the loss and walk back.",
            "delta2 is loss.gradient(F(z2), y) * F.derivative(z2). The hidden neuron gets w2 * delta2 from "
            "behind and multiplies it by its own slope.",
        ),
        cases=chains,
        library=deltas_by_network,
        outputs=("delta2", "delta1"),
        mistakes=(
            Mistake(
                "slopes at a",
                "The slopes are evaluated at a1 and a2. Each belongs at what goes into its function.",
                slopes_at_a,
            ),
            Mistake(
                "delta at a",
                "You return the gradients with respect to a2 and a1. A delta belongs to z: one slope more for each.",
                taken_at_a,
            ),
            Mistake(
                "always a2 − y",
                "You start from a2 − y whatever the loss is. That is the gradient of half the squared error; ask the loss "
                "that you are given.",
                always_the_error,
            ),
            Mistake(
                "swapped",
                "These are the right numbers the wrong way round: delta2 is asked for first.",
                lambda **given: deltas(**given)[::-1],
            ),
        ),
        factors=chain_factors,
        loss=lambda g, F, loss, w1, b1, w2, b2, x, y: loss(F(w2 * g(w1 * x + b1) + b2), y),
        wrt=("b2", "b1"),
    ),
    Exercise(
        id="two-layers-2",
        minutes=12,
        difficulty="medium",
        title="One whole step",
        practises="a training step, with every gradient taken before any weight moves",
        covers=(1, 3, 5),
        solution=train_step,
        explanation="With cross-entropy behind a sigmoid, delta2 is a2 - y. The hidden tanh keeps its slope, 1 - a1**2. "
        "delta1 is computed while w2 is still the old one; from there on the order does not matter.",
        hints=(
            "Forward, then both deltas, then all four updates. Does the sigmoid's slope survive this loss? Does tanh's?",
            "delta2 = a2 - y and delta1 = w2 * delta2 * (1 - a1**2). Compute both before any weight gets its new value.",
        ),
        cases=steps,
        library=step_by_network,
        outputs=("w1", "b1", "w2", "b2"),
        mistakes=(
            Mistake(
                "updated w2",
                "The hidden neuron's gradients use a w2 that has already moved. Take every gradient first, then "
                "move everything.",
                wrong_step(lambda a1, a2, d, slope1, w2, w2_next: (d, w2_next * d * slope1)),
            ),
            Mistake(
                "kept σ′",
                "Your output delta still has the factor σ′. This loss divides by it: write out its derivative.",
                wrong_step(half_squared_step),
            ),
            Mistake(
                "slope at a",
                "The slope of tanh is evaluated at a1; it belongs at z1. 1 − a1² already is the slope at z1.",
                wrong_step(
                    lambda a1, a2, d, slope1, w2, w2_next: (d, w2 * d * (1 - bp.tanh(a1) ** 2))
                ),
            ),
            Mistake(
                "no tanh slope",
                "The hidden neuron's slope is missing. What cancels with this loss is the slope of the output.",
                wrong_step(lambda a1, a2, d, slope1, w2, w2_next: (d, w2 * d)),
            ),
            Mistake(
                "no w2",
                "What the hidden neuron gets from behind must be weighted: how strongly does its successor listen?",
                wrong_step(lambda a1, a2, d, slope1, w2, w2_next: (d, d * slope1)),
            ),
            Mistake(
                "no upstream delta",
                "In the hidden neuron's delta nothing comes from the loss: the delta of its successor is missing.",
                wrong_step(lambda a1, a2, d, slope1, w2, w2_next: (d, w2 * slope1)),
            ),
            Mistake("uphill", "The step goes uphill: subtract the gradient.", uphill_step),
            Mistake(
                "bias times input",
                "The biases' steps have the factor that belongs to the weights. A bias's input is always one.",
                bias_times_input,
            ),
        ),
    ),
    Exercise(
        id="two-layers-3",
        minutes=15,
        difficulty="hard",
        title="A hidden unit with many listeners",
        practises="multiplying along each path and adding over the paths",
        covers=(1, 2),
        solution=first_layer,
        explanation="Each output is a path from the hidden unit to the loss: its delta comes back through its own weight, and "
        "the paths add up, hence the +=. Then the hidden unit's slope and its input, once.",
        hints=(
            "Take one hidden unit j. Each output k has a delta of its own, and the weight W2[k, j] leads to it.",
            "Collect da1 += W2[k, j] * delta2 over all outputs k, starting from zero for each hidden unit. Only then "
            "multiply by the slope a1[j] * (1 - a1[j]) and by each input.",
        ),
        cases=networks,
        library=first_layer_by_network,
        mistakes=(
            Mistake(
                "last path only",
                "Only the path through the last output is left. Does each path overwrite the one before?",
                gathered(lambda W2, d: W2[-1] * d[-1]),
            ),
            Mistake(
                "first path only",
                "Only the path through the first output is there. The hidden unit has more listeners.",
                gathered(lambda W2, d: W2[0] * d[0]),
            ),
            Mistake(
                "units mixed up",
                "What comes back keeps growing from one hidden unit to the next. Each must start again from zero.",
                gathered(lambda W2, d: np.cumsum(W2.T @ d)),
            ),
            Mistake(
                "sums multiplied",
                "You added up the weights, added up the deltas, and multiplied the two sums. Multiply "
                "along each path first, then add.",
                gathered(lambda W2, d: W2.sum(axis=0) * d.sum()),
            ),
            Mistake(
                "no output slope",
                "The outputs' slopes are missing: with half the squared error, delta2 is the error times σ′.",
                no_output_slope,
            ),
            Mistake(
                "slopes at a",
                "The slopes are evaluated at the activations. They belong at z; a(1 − a) already is σ′(z).",
                sigmoid_slopes_at_a,
            ),
        ),
        factors=path_factors,
        loss=lambda W1, b1, W2, b2, x, y: bp.half_squared_error(
            two_sigmoids(W1, b1, W2, b2, x)[1], y
        ),
        wrt=("W1",),
    ),
]
