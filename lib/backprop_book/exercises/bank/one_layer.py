"""Chapter 3: one layer by hand."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Before, Field, Numbers, OneOf, Option, Order, Question

TITLE = "One layer by hand"
PAGE = "03-one-layer.html"

QUARTERS = [-1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0]


# Questions


def one_step(w, x, b, y, lr):
    z = w * x + b
    error = z - y
    loss = error**2
    dw, delta = ad.grad(loss, [w, z])
    values = {"z": z, "error": error, "loss": loss, "delta": delta, "dw": dw}
    mistakes = {"half": error * x, "half_loss": loss / 2, "uphill": w + lr * dw}
    return values | mistakes | {"w_next": w - lr * dw, "no_rate": w - dw}


def fate(x, lr):
    r = 1 - 2 * lr * x**2
    away, swings = (r < -1) * 1.0, (r < 0) * 1.0
    return {"r": r, "fate": away + swings}


def bounds(x, lr):
    square = x**2
    rates = {"r": 1 - 2 * lr * square, "best": 0.5 / square, "largest": 1 / square}
    wrong = {"r_half": 1 - lr * square, "r_linear": 1 - 2 * lr * x, "uphill": 1 + 2 * lr * square}
    return rates | wrong | {"too_large": 2 / square, "linear": 1 / ad.sqrt(square)}


def two_sided(w, x, b, y, h):
    def loss(w):
        return (w * x + b - y) ** 2

    above, below, here = loss(w + h), loss(w - h), loss(w)
    (dw,) = ad.grad(here, [w])
    values = {"above": above, "below": below, "here": here, "slope": dw}
    difference = above - below
    return values | {
        "ratio": difference / (2 * h),
        "no_two": difference / h,
        "one_sided": (above - here) / h,
        "change": difference,
    }


def sigmoid_neuron(w, x, b, y):
    z = w * x + b
    a = ad.sigmoid(z)
    loss = (a - y) ** 2
    da, dz, dw = ad.grad(loss, [a, z, w])
    (slope,) = ad.grad(a, [z])
    at_a = ad.sigmoid(a) * (1 - ad.sigmoid(a))
    return {
        **{"z": z, "a": a, "da": da, "slope": slope, "delta": dz, "dw": dw},
        **{"no_slope": da * x, "slope_at_a": da * at_a * x, "no_x": dz},
    }


QUESTIONS = [
    Question(
        id="one-layer-fate",
        minutes=3,
        difficulty="easy",
        title="Where does this staircase lead?",
        practises="telling from the learning rate what training will do",
        covers=(4,),
        text="The input is *x = {x}*, the learning rate *α = {lr}*, and the loss the squared error.",
        ask="What will the weight do, from one step to the next?",
        answer=OneOf(
            [
                Option(
                    "It creeps to the goal from one side.",
                    "It would creep for a factor *r* between 0 and 1. Here *r = 1 − 2α·x² = {r}*.",
                ),
                Option(
                    "It jumps across the goal each time, and comes closer.",
                    "It jumps across and closer for a factor between −1 and 0. Here *r = 1 − 2α·x² = {r}*.",
                ),
                Option(
                    "It jumps across, farther each time.",
                    "To fly off, the distance must grow: *r* below −1. Here *r = 1 − 2α·x² = {r}*.",
                ),
            ],
            quantity="fate",
        ),
        hints=(
            "Each step multiplies the distance to the goal by the same number *r*. Find it.",
            "*r = 1 − 2α·x²*. Its sign says whether the weight jumps across, its size whether it comes closer.",
        ),
        solution="*r = 1 − 2α·x² = 1 − 2·{lr}·{x}² = {r}*. A negative factor jumps across the goal, a "
        "positive one stays on its side; a size below one comes closer, above one goes away.",
        tape=ad.trace(fate, x=1.0, lr=0.7),
        draws={"x": [0.5, 1.0, 1.2, 1.5], "lr": [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2]},
        figure="one-layer-map",
        reveal={"x": "x", "lr": "lr", "w": 1.5},
    ),
    Question(
        id="one-layer-step",
        minutes=5,
        difficulty="easy",
        title="One step with pencil and paper",
        practises="forward pass, backward pass and update",
        covers=(1,),
        text="A neuron without a bend, *a = z = w·x + b*, with the squared error *L = (a − y)²*. It has "
        "*w = {w}* and *b = {b}*, is shown *x = {x}* and should answer *y = {y}*. The learning rate is "
        "*α = {lr}*.",
        ask="What are the loss, the gradient of the weight, and the weight after the step?",
        answer=Numbers(
            [
                Field(
                    "loss",
                    "loss *L*",
                    {"half_loss": "This is half the loss: here it is the whole square."},
                ),
                Field(
                    "dw",
                    "*∂L/∂w*",
                    {
                        "half": "The square's own derivative is missing: *(a − y)²* grows at the rate "
                        "*2(a − y)*.",
                        "delta": "This is *δ = ∂L/∂z*. One factor is still missing: how fast does *z* grow "
                        "with *w*?",
                    },
                ),
                Field(
                    "w_next",
                    "new *w*",
                    {
                        "uphill": "This step goes uphill: subtract the gradient.",
                        "no_rate": "The step was the whole gradient; multiply it by the learning rate first.",
                    },
                ),
            ]
        ),
        hints=(
            "Go forward first: *z*, then the error *a − y*, then the loss.",
            "The error is *{error}*. Backward: *δ = 2(a − y)*, and the weight's gradient is *δ·x*.",
        ),
        solution="""- Forward: *z = w·x + b = {w}·{x} + {b} = {z}*
- Loss: *L = (a − y)² = {error}² = {loss}*
- Backward: *δ = 2(a − y) = 2·{error} = {delta}*, then *∂L/∂w = δ·x = {delta}·{x} = {dw}*
- Update: *w − α·∂L/∂w = {w} − {lr}·{dw} = {w_next}*""",
        tape=ad.trace(one_step, w=2.0, x=1.5, b=-1.0, y=0.5, lr=0.1),
        draws={
            **dict.fromkeys(("w", "y"), QUARTERS),
            **{
                # For x = 2 a gradient without the square's 2 is δ.
                "x": [-2.0, -1.5, 1.5, 2.5, 3.0],
                "b": [-1.0, -0.5, 0.5, 1.0],
                "lr": [0.05, 0.1, 0.2],
            },
        },
    ),
    Question(
        id="one-layer-order",
        minutes=3,
        difficulty="easy",
        title="The order of a step",
        practises="putting the parts of a step in order",
        covers=(1, 2),
        ask="Put one step of learning in order.",
        answer=Order(
            [
                "compute $z = wx + b$",
                "compute $a$ and the loss $L$",
                r"compute $\partial L/\partial a$",
                r"compute $\delta = \partial L/\partial z$",
                r"compute $\partial L/\partial w$ and $\partial L/\partial b$",
                "change $w$ and $b$",
            ],
            [
                Before(0, 1, "The activation bends *z*, so *z* must be there first."),
                Before(
                    1,
                    2,
                    "The slope of the loss depends on the prediction: forward comes before backward.",
                ),
                Before(
                    2, 3, "*δ* is *∂L/∂a* times the activation's slope, so *∂L/∂a* comes first."
                ),
                Before(3, 4, "Both gradients are made from *δ*."),
                Before(
                    4,
                    5,
                    "Take every gradient before anything moves: the gradients belong to the old weights.",
                ),
            ],
        ),
        hints=(
            "Two walks and a step: one towards the loss, one away from it, then the update.",
            "The way back visits the same stations as the way forward, last one first.",
        ),
        solution="Forward: *z*, then *a* and *L*. Backward, in the opposite order: *∂L/∂a*, *δ = ∂L/∂z*, then the "
        "gradients of *w* and *b*. The update comes last, and for both parameters together.",
    ),
    Question(
        id="one-layer-rates",
        minutes=6,
        difficulty="medium",
        title="How fast, and how far one may go",
        practises="the exact learning rates",
        covers=(4,),
        text="For the squared error and an input of *x = {x}*:",
        ask="By which factor does a step with α = {lr} multiply the distance to the goal, which learning "
        "rate lands in a single step, and below which one does training converge?",
        answer=Numbers(
            [
                Field(
                    "r",
                    "factor *r*",
                    {
                        "r_half": "This is the factor for half the squared error; ours has the full square.",
                        "r_linear": "The input enters squared: once by the gradient, once by the prediction.",
                        "uphill": "This weight walks uphill: the update subtracts.",
                    },
                ),
                Field(
                    "best",
                    "lands for *α* equal to",
                    {
                        "largest": "At this rate the weight jumps between two points for ever; half of it lands."
                    },
                ),
                Field(
                    "largest",
                    "converges for *α* below",
                    {
                        "best": "This rate lands in one step; training converges for larger ones, too.",
                        "too_large": "This would be the bound for half the squared error.",
                        "linear": "Square the input.",
                    },
                ),
            ]
        ),
        hints=(
            "Write the update as new distance = *r* · old distance.",
            "*r = 1 − 2α·x²*. It lands where *r* is 0, and converges while *r* is above −1.",
        ),
        solution="*r = 1 − 2α·x² = 1 − 2·{lr}·{x}² = {r}*. It is zero for *α = 1/(2x²) = {best}*, and −1 for "
        "*α = 1/x² = {largest}*: from there on training does not converge.",
        # For x = 2 and 1/2 a forgotten square is worth a factor 2.
        tape=ad.trace(bounds, x=2.5, lr=0.1),
        draws={"x": [0.4, 0.8, 1.5, 2.5, 3.0, 4.0], "lr": [0.05, 0.1, 0.15, 0.2, 0.3]},
    ),
    Question(
        id="one-layer-differences",
        minutes=5,
        difficulty="medium",
        title="A gradient from two losses",
        practises="checking a gradient by differences",
        covers=(3,),
        text="You move the weight by *h = {h}* to either side and measure the loss: *{above:6}* at *w + h*, "
        "*{here:6}* at *w*, *{below:6}* at *w − h*.",
        ask="What is the two-sided estimate of the gradient?",
        answer=Numbers(
            [
                Field(
                    "ratio",
                    "*∂L/∂w*, about",
                    {
                        "no_two": "The two points are *2h* apart, not *h*.",
                        "one_sided": "This uses one side only, and its error shrinks with *h*; with both sides it "
                        "shrinks with *h²*.",
                        "change": "This is the change. Divide it by the distance between the two points.",
                    },
                )
            ]
        ),
        hints=(
            "Change of the loss over change of the weight, between the two outer points.",
            "The numerator is *{above:6} − {below:6}*. How far apart are the two weights?",
        ),
        solution="*(L(w + h) − L(w − h))/(2h) = ({above:6} − {below:6})/(2·{h}) = {ratio}*. The formula gives "
        "*{slope}*: for a parabola the two sides' errors cancel completely.",
        tape=ad.trace(two_sided, w=0.5, x=1.5, b=0.5, y=-1.0, h=0.1),
        draws={
            **{"w": QUARTERS, "x": [-1.5, 0.5, 1.5, 2.0], "b": [-0.5, 0.5, 1.0], "y": QUARTERS},
            "h": [0.1, 0.2],
        },
    ),
    Question(
        id="one-layer-saturated",
        minutes=5,
        difficulty="medium",
        title="The same neuron with a sigmoid",
        practises="the three factors of the chain, and where each is evaluated",
        covers=(1, 2),
        text="Now *a = σ(z)*, with *w = {w}*, *x = {x}*, *b = {b}*, *y = {y}* and the squared error.",
        ask="What is the gradient of the weight?",
        answer=Numbers(
            [
                Field(
                    "dw",
                    "*∂L/∂w*",
                    {
                        "no_slope": "The middle factor is missing: how fast does *a* grow with *z*?",
                        "slope_at_a": "You put *a* into *σ′*. It belongs at *z*; *a(1 − a)* is already *σ′(z)*.",
                        "no_x": "This is *δ*. How fast does *z* grow with *w*?",
                    },
                )
            ]
        ),
        hints=(
            "Three factors: loss with *a*, *a* with *z*, *z* with *w*.",
            "*z = {z}* and *a = {a}*, so *σ′(z) = a(1 − a) = {slope}*.",
        ),
        solution="*∂L/∂w = 2(a − y)·σ′(z)·x = {da:4}·{slope:4}·{x} = {dw}*, with *a = σ({z}) = {a:4}*.",
        tape=ad.trace(sigmoid_neuron, w=2.0, x=1.5, b=-1.0, y=0.0),
        draws={
            **{
                "w": [-2.0, -1.0, 1.0, 2.0],
                "x": [-2.0, -1.5, 0.5, 1.5, 2.0],
                "b": [-1.0, 0.5, 1.0],
            },
            "y": [0.0, 1.0],
        },
    ),
    Question(
        id="one-layer-backward",
        minutes=3,
        difficulty="medium",
        title="What does it do for you?",
        practises="what `.backward()` does, and what it leaves to you",
        covers=(5,),
        ask="Which of these happen inside PyTorch's `L.backward()`?",
        answer=AnyOf(
            [
                Option(
                    "The recorded operations are visited in reverse.",
                    "The record of the forward pass is what it walks back through.",
                    right=True,
                ),
                Option(
                    "The weights change.",
                    "`.backward()` fills in gradients; the optimiser's step moves weights.",
                ),
                Option(
                    r"Each gate's upstream gradient is multiplied by its local one.",
                    "Upstream times local at each gate: this is the chain rule at work.",
                    right=True,
                ),
                Option(
                    "The new gradient is added to what `w.grad` held before.",
                    "It adds, so gradients of several batches can be summed, and so you must clear them.",
                    right=True,
                ),
                Option(
                    "The learning rate is chosen.",
                    "The rate is yours; the gradient does not know it.",
                ),
                Option(
                    "Gradients of earlier steps are cleared.",
                    "They stay, and the next ones are added. Clearing them is your job.",
                ),
            ]
        ),
        hints=(
            "Think of what our own backward pass did, and of what came after it.",
            "It computes gradients and puts them away. Everything about the step itself is left to you.",
        ),
        solution="It walks back through the record, multiplies upstream by local at each gate, and adds the result to "
        "each parameter's `.grad`. Clearing them, the learning rate and the update are left to you.",
    ),
]


# Code exercises


def neurons(rng):
    for signs in ((1, 1, 1), (-1, 1, -1), (1, -1, -1), (-1, -1, 1), (1, -1, 1)):
        w, x, b = rng.uniform(0.3, 2.5, size=3) * signs
        yield {"w": w, "x": x, "b": b, "y": rng.uniform(0.1, 0.9)}


def sigmoid_gradients(w, x, b, y):
    a = bp.sigmoid(w * x + b)
    delta = 2 * (a - y) * a * (1 - a)
    return delta * x, delta


def by_network(w, x, b, y):
    net = bp.Network([bp.Dense([[w]], [b], "sigmoid")], loss="squared_error")
    grads = net.backward(net.forward([x]), [y])
    return grads.W[0][0, 0], grads.b[0][0]


def slope_at_a(w, x, b, y):
    a = bp.sigmoid(w * x + b)
    delta = 2 * (a - y) * bp.sigmoid.derivative(a)
    return delta * x, delta


def central_difference(f, w, h):
    return (f(w + h) - f(w - h)) / (2 * h)


def quartic(w):
    return w**4 - w


def functions(rng):
    for f, sign in ((np.exp, 1), (np.tanh, -1), (bp.softplus, 1), (quartic, -1), (np.cos, 1)):
        yield {"f": f, "w": sign * rng.uniform(0.4, 1.6), "h": rng.uniform(0.05, 0.3)}


def descend(w, b, x, y, lr, steps):
    for _ in range(steps):
        delta = 2 * (w * x + b - y)
        w, b = w - lr * delta * x, b - lr * delta
    return w, b


def walks(rng):
    for steps, signs in (
        *((1, (1, -1, 1, -1)), (2, (1, 1, -1, 1))),
        *((7, (-1, 1, 1, 1)), (3, (-1, -1, -1, -1))),
    ):
        w, b, x, y = rng.uniform(0.4, 1.8, size=4) * signs
        yield {"w": w, "b": b, "x": x, "y": y, "lr": rng.uniform(0.02, 0.15), "steps": steps}


def by_steps(w, b, x, y, lr, steps):
    net = bp.Network([bp.Dense([[w]], [b], "identity")], loss="squared_error")
    for _ in range(steps):
        net.step([x], [y], lr)
    return net.layers[0].W[0, 0], net.layers[0].b[0]


def one_after_the_other(w, b, x, y, lr, steps):
    for _ in range(steps):
        w = w - lr * 2 * (w * x + b - y) * x
        b = b - lr * 2 * (w * x + b - y)
    return w, b


def gradients_once(w, b, x, y, lr, steps):
    delta = 2 * (w * x + b - y)
    return w - steps * lr * delta * x, b - steps * lr * delta


def scaled_descent(factor):
    return lambda w, b, x, y, lr, steps: descend(w, b, x, y, factor * lr, steps)


EXERCISES = [
    Exercise(
        id="one-layer-1",
        minutes=8,
        difficulty="easy",
        title="The gradients of a sigmoid neuron",
        practises="the three factors of the chain, and where each is evaluated",
        covers=(1, 2),
        solution=sigmoid_gradients,
        explanation="The squared error gives the factor 2(a − y), the sigmoid a(1 − a), which is σ′ at z. "
        "Their product is δ = ∂L/∂z. The sum z = wx + b passes δ on with the factors x and 1.",
        hints=(
            "Compute z and a first. Then go back: from L to a, from a to z, from z to w and b.",
            "delta = 2 * (a - y) * a * (1 - a) is ∂L/∂z. How fast does z grow with w, and with b?",
        ),
        cases=neurons,
        library=by_network,
        outputs=("dw", "db"),
        mistakes=(
            Mistake(
                "σ′ at a",
                "σ′ is evaluated at a, but it belongs at z: a(1 − a) already is σ′(z).",
                slope_at_a,
            ),
        ),
        factors=lambda w, x, b, y: {
            "the factor 2": 2.0,
            "σ′(z)": bp.sigmoid.derivative(w * x + b),
            "the input x": x,
        },
        loss=lambda w, x, b, y: bp.squared_error(bp.sigmoid(w * x + b), y),
        wrt=("w", "b"),
    ),
    Exercise(
        id="one-layer-2",
        minutes=5,
        difficulty="easy",
        title="A central difference",
        practises="checking a gradient by differences",
        covers=(3,),
        solution=central_difference,
        explanation="The two points are 2h apart. The errors of the two one-sided ratios, of order h, have "
        "opposite signs and cancel, so that the error left is of order h².",
        hints=(
            "Move w by h to either side and compare the two values of f.",
            "The change is f(w + h) - f(w - h). How far apart are the two points?",
        ),
        cases=functions,
        library=lambda f, w, h: bp.check_gradient(f, w, 0.0, h=h).numeric,
        mistakes=(
            Mistake(
                "one-sided",
                "You compare with f(w) on one side only; go to both sides.",
                lambda f, w, h: (f(w + h) - f(w)) / h,
            ),
            Mistake(
                "one-sided",
                "You compare with f(w) on one side only; go to both sides.",
                lambda f, w, h: (f(w) - f(w - h)) / h,
            ),
            Mistake(
                "change",
                "This is the change of f. Divide it by the change of w.",
                lambda f, w, h: f(w + h) - f(w - h),
            ),
            Mistake(
                "parentheses",
                "Look at the order of operations: in a / 2 * h the result is multiplied by h. Put 2 * h in parentheses.",
                lambda f, w, h: (f(w + h) - f(w - h)) / 2 * h,
            ),
        ),
        factors=lambda f, w, h: {"the factor 2": 2.0},
    ),
    Exercise(
        id="one-layer-3",
        minutes=12,
        difficulty="medium",
        title="Descend",
        practises="many steps of learning, with both parameters moving at once",
        covers=(1, 4),
        solution=descend,
        explanation="In each round delta comes from the present w and b, and both move by it together. The "
        "right side of w, b = … is computed whole before either name gets its new value.",
        hints=(
            "Write one step first: delta, then the two gradients, then the two updates. Then repeat it.",
            "delta = 2 * (w * x + b - y) belongs to the old w and b. Compute it once for both updates.",
        ),
        cases=walks,
        library=by_steps,
        outputs=("w", "b"),
        mistakes=(
            Mistake(
                "updated w",
                "The bias's gradient uses the weight that has just been updated. Take both gradients first, then move both.",
                one_after_the_other,
            ),
            Mistake("uphill", "The steps go uphill: subtract the gradient.", scaled_descent(-1)),
            Mistake(
                "factor 2",
                "Each step is half as long as it should be: the square's derivative brings a factor 2.",
                scaled_descent(0.5),
            ),
            Mistake(
                "one gradient",
                "The gradient is computed once and used for all steps. It changes with w and b: compute it anew in each round.",
                gradients_once,
            ),
            Mistake(
                "one step",
                "It looks as if only one step was taken. Is the return inside the loop?",
                lambda w, b, x, y, lr, steps: descend(w, b, x, y, lr, 1),
            ),
        ),
    ),
]
