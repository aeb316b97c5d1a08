"""Chapter 9: checking a gradient."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Field, Numbers, OneOf, Option, Question

TITLE = "Checking a gradient"
PAGE = "09-checking.html"

EPS = float(np.finfo(float).eps)


# Questions


def best_step(loss, bend):
    """In units of 1e-8; ``bend`` is the second derivative."""
    ratio = EPS * loss / bend
    h = 2 * ratio**0.5
    wrong = {"no_two": ratio**0.5, "inverted": 2 * (EPS * bend / loss) ** 0.5}
    wrong |= {"cube_root": (3 * ratio) ** (1 / 3)}
    return {name: 1e8 * value for name, value in ({"h": h} | wrong).items()}


def over_corner(z, h):
    values = {"reach": z + h, "slope": (z + h) / (2 * h)}
    wrong = {"side": ad.where(z > 0, 1.0, 0.0), "half": 0.5 + 0 * z}
    wrong |= {"no_two": (z + h) / h, "share": z / h}
    return values | wrong


def along(v1, v2, v3, g3):
    """The gradient is (3, -1, 2), and the program has g3 for the last of it."""
    n, a = 3 * v1 - v2 + 2 * v3, 3 * v1 - v2 + g3 * v3
    sizes = [ad.maximum(s, -s) + 0.0 for s in (a, n, a - n)]  # and no zero is negative
    larger, smaller = ad.maximum(*sizes[:2]), ad.minimum(*sizes[:2])
    length = (v1 * v1 + v2 * v2 + v3 * v3) ** 0.5
    wrong = {"plain_sum": 4 + 0 * v1, "unit": n / length}
    errors = {
        "relative": sizes[2] / larger,
        "absolute": sizes[2] + 0,
        "smaller": sizes[2] / smaller,
    }
    return {"n": n, "a": a, "larger": larger} | wrong | errors


def hidden(size, m):
    """Whether the slope is missed, for small weights; whether the mean is, with one example."""
    return {"which": 2.0 * (size < 0.1) + 1.0 * (m == 1)}


def losses_needed(D, n):
    parameters = D * (n * n + n)
    wrong = {"one_each": parameters * 1.0, "weights_only": 2 * D * n * n}
    wrong |= {"one_direction": 2 + 0 * D, "layers": 2 * D, "single": D * 1.0}
    return {"parameters": parameters, "full": 2 * parameters, "blocks": 4 * D} | wrong


QUESTIONS = [
    Question(
        id="checking-best-h",
        title="The best step",
        practises="choosing the step of a one-sided difference",
        covers=(1,),
        minutes=4,
        difficulty="medium",
        text="A loss of size *|f| = {loss}* has the second derivative *|f″| = {bend}*. It is computed in double precision, each value "
        "right to *ε|f|* with *ε = 2⁻⁵²*.",
        ask="Which step is best for a one-sided difference? Answer in units of *10⁻⁸*.",
        answer=Numbers(
            [
                Field(
                    "h",
                    "*h*, in units of *10⁻⁸*",
                    {
                        "no_two": "There is a factor in front of the root: two losses are rounded, and the bend counts half.",
                        "inverted": "Upside down: a stronger bend asks for a smaller step, a larger loss for a greater one.",
                        "cube_root": "A cube root belongs to the two-sided difference, whose error falls with the square of the step.",
                    },
                )
            ]
        ),
        hints=(
            "Add the two parts of the error: one grows with the step, the other with its reciprocal. Where is the sum least?",
            "The sum of *h|f″|/2* and *2ε|f|/h* is least where both are equal.",
        ),
        solution="""- Both parts are equal where *h² = 4ε|f|/|f″|*, and there their sum is least.
- So *h = 2√(ε|f|/|f″|)*, with *|f| = {loss}* and *|f″| = {bend}*.
- In units of *10⁻⁸* this is {h}.""",
        tape=ad.trace(best_step, loss=50.0, bend=2.0),
        draws={"loss": [0.5, 3.0, 8.0, 20.0, 50.0], "bend": [0.2, 2.0, 6.0, 40.0]},
    ),
    Question(
        id="checking-corner",
        title="A slope that is none",
        practises="a two-sided difference whose step reaches over a corner",
        covers=(3,),
        minutes=3,
        difficulty="easy",
        text="The weighted sum of a ReLU is *z = {z}* hundred-thousandths. You measure the slope of *ReLU(z)* by a two-sided difference with the "
        "step *h = {h}* of them.",
        ask="Which slope does the difference show?",
        answer=Numbers(
            [
                Field(
                    "slope",
                    "measured slope",
                    {
                        "side": "This is the true slope. Does the whole step stay on that side of the corner?",
                        "half": "One half comes out only if the corner lies exactly in the middle.",
                        "no_two": "The two points are *2h* apart.",
                        "share": "At *z − h* the ReLU is zero, not *z − h*. What is it at *z + h*?",
                    },
                )
            ]
        ),
        hints=(
            "On which side of the corner is *z − h*, and on which *z + h*? What is the ReLU there?",
            "The values are 0 and *z + h*, and the points are *2h* apart.",
        ),
        solution="""- To the left of the corner, at *z − h*: 0
- To the right, at *z + h*, in units of *10⁻⁵*: *{z} + {h} = {reach}*
- Over the distance: *{reach}/(2·{h}) = {slope}*

With a step smaller than *|z|* it would be the true slope.""",
        tape=ad.trace(over_corner, z=0.2, h=1.0),
        draws={"z": [-0.6, -0.4, -0.3, 0.1, 0.2, 0.3, 0.7], "h": [0.8, 1.0, 2.0]},
        figure="checking-kink",
        reveal={"z": "z", "h": "h"},
    ),
    Question(
        id="checking-direction",
        title="Three weights, two losses",
        practises="a check along one direction",
        covers=(4,),
        minutes=5,
        difficulty="medium",
        text="A loss of three weights has the gradient *(3, −1, 2)*. A program claims *(3, −1, {g3})*. It is checked along the direction "
        "*v*, with the entries *{v1}*, *{v2}* and *{v3}*: two losses are measured, at *w + hv* and at *w − hv*, and their difference is divided by *2h*. "
        "The step is so small that its error does not count.",
        ask="Which number *n* do the two losses give, and what is the relative error of the program's answer along *v*?",
        answer=Numbers(
            [
                Field(
                    "n",
                    "*n*",
                    {
                        "plain_sum": "This is the sum of the gradient. How far does each weight move?",
                        "a": "This is what the program claims. The losses know nothing of the program.",
                        "unit": "This is the slope for a *v* of length one; the difference was divided by *2h* alone.",
                    },
                ),
                Field(
                    "relative",
                    "relative error",
                    {
                        "absolute": "This is the difference itself. Divide it by the larger of the two.",
                        "smaller": "You divided by the smaller of the two.",
                    },
                ),
            ]
        ),
        hints=(
            "A step along *v* moves every weight at once. What does each contribute to the change of the loss?",
            "The product of *v* and the gradient, entry by entry and added. Do the same with the claimed gradient.",
        ),
        solution="""- By the losses: *n = 3·{v1} − {v2} + 2·{v3} = {n}*
- By the program: *a = 3·{v1} − {v2} + {g3}·{v3} = {a}*
- Their difference, over the larger of the two: *{absolute}/{larger} = {relative}*

Two losses, and the mistake is seen; which weight has it they do not say.""",
        tape=ad.trace(along, v1=1.0, v2=2.0, v3=-2.0, g3=4.0),
        draws={
            "v1": [-2.0, 1.0, 2.0, 3.0],
            "v2": [-3.0, -1.0, 2.0, 4.0],
            "v3": [-2.0, -1.0, 1.0, 3.0],
            "g3": [-2.0, 1.0, 4.0],
        },
    ),
    Question(
        id="checking-complex",
        title="Which lines break it?",
        practises="what the complex step asks of a program",
        covers=(2,),
        minutes=4,
        difficulty="medium",
        ask="A loss is to be differentiated by the complex step, with `w` a vector. Which of these lines lose the derivative?",
        answer=AnyOf(
            [
                Option(
                    "`loss = (np.abs(w) ** 2).sum()`",
                    "The absolute value of a complex number is real, so the imaginary nudge is gone.",
                    right=True,
                ),
                Option(
                    "`loss = (w * w).sum()`",
                    "A product of complex numbers carries the nudge on, with the right factor.",
                ),
                Option(
                    "`loss = np.linalg.norm(w)`",
                    "The norm takes absolute values first.",
                    right=True,
                ),
                Option(
                    "`loss = np.log(np.exp(w).sum())`",
                    "Exponential and logarithm have power series, and NumPy computes both for complex numbers.",
                ),
                Option(
                    "`loss = np.vdot(w, w)`",
                    "`vdot` conjugates its first argument, and the two imaginary parts cancel.",
                    right=True,
                ),
                Option(
                    "`loss = np.tanh(w @ x)`",
                    "The matrix product conjugates nothing, and tanh has a power series.",
                ),
                Option(
                    "`loss = float(w[0].real) ** 2`",
                    "Here the imaginary part is thrown away by name.",
                    right=True,
                ),
            ]
        ),
        hints=(
            "Put *w + ih* into each line. Is there still an imaginary part at the end?",
            "Look for what makes complex numbers real: absolute values, conjugates, real parts.",
        ),
        solution="Absolute values, norms, conjugates and real parts turn *w + ih* into a real number, and the derivative goes with "
        "the imaginary part. Sums, products, powers, exponentials, logarithms and tanh keep it.",
    ),
    Question(
        id="checking-hides",
        title="What hides here?",
        practises="setting up a check in which no mistake can hide",
        covers=(5,),
        minutes=4,
        difficulty="hard",
        text="Two programs are checked, each on a network with a tanh layer. All its biases are 0, its weights are of size *{size}*, and "
        "the batch has *m = {m}* examples. One program leaves out tanh's slope; the other adds over the examples where it "
        "should average. The check takes all slopes together, as the table above does, and allows a relative error of *10⁻⁶*.",
        ask="Which of the two mistakes does this check miss?",
        answer=OneOf(
            [
                Option(
                    "Neither.",
                    "Look at the slope of tanh at such small sums, and at a mean over so many examples.",
                ),
                Option(
                    "Only the forgotten mean.",
                    "A mean is no mean only over a single example. And at the sums that these weights make, is tanh's slope one?",
                ),
                Option(
                    "Only the missing slope.",
                    "The slope is one, to many digits, only where the sums are tiny. And what is the mean over this batch?",
                ),
                Option(
                    "Both.",
                    "Does each have a reason to hide here: sums near zero, a single example?",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "When is adding the same as averaging? When is tanh the same as the identity?",
            "With one example the mean changes nothing. With sums near a thousandth the slope of tanh is one, but for a millionth.",
        ),
        solution="""- The batch has *m = {m}* examples. Adding is averaging for a single example only.
- The weights are of size *{size}*, and no bias helps. Were they a thousandth, the sums would be about as small, and tanh's slope one but for about a
  millionth; and the weights behind it would make the gradient of the first layer, and with it the difference, a thousand times smaller than the rest.
  Weights of ordinary size hide nothing.

So choose weights of ordinary size, biases off zero, and several examples.""",
        tape=ad.trace(hidden, size=0.001, m=7.0),
        draws={"size": [0.001, 0.3, 0.5, 0.8], "m": [1.0, 5.0, 7.0, 8.0]},
    ),
    Question(
        id="checking-cost",
        title="What does a check cost?",
        practises="counting the losses of a full check and of a check by array",
        covers=(4,),
        minutes=4,
        difficulty="easy",
        text="A network has *D = {D}* layers of *n = {n}* units each, and {n} inputs. All slopes are measured by two-sided differences.",
        ask="How many losses does the full check of all weights and biases need? And the check that takes one direction for each array?",
        answer=Numbers(
            [
                Field(
                    "full",
                    "full check",
                    {
                        "one_each": "Each slope needs a loss on either side.",
                        "weights_only": "The biases are parameters, too.",
                    },
                ),
                Field(
                    "blocks",
                    "by array",
                    {
                        "one_direction": "This is one direction for all arrays together; it could not say which is wrong.",
                        "layers": "Count again: each layer has two arrays, and each direction needs two losses.",
                        "single": "Count again: each layer has two arrays, and each direction needs two losses.",
                    },
                ),
            ]
        ),
        hints=(
            "How many numbers can be nudged, and how many losses does a two-sided difference take?",
            "A layer has *n²* weights and *n* biases, which are two arrays.",
        ),
        solution="""- Parameters: *D(n² + n) = {D}·({n}² + {n}) = {parameters}*
- Full check, two losses each: *2·{parameters} = {full}*
- By array, two arrays a layer and two losses each: *4·{D} = {blocks}*""",
        tape=ad.trace(losses_needed, D=3.0, n=20.0),
        draws={"D": [2.0, 3.0, 5.0, 10.0], "n": [10.0, 20.0, 30.0, 50.0]},
    ),
]


# Code exercises


def central(f, x, h):
    x = np.array(x, dtype=float)
    slopes = np.empty_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        slopes[i] = (above - f(x)) / (2 * h)
        x[i] = kept
    return slopes


def functions_of_matrices(rng):
    """Functions in which each entry counts for something else; two of the matrices hold whole numbers."""
    for n, m, whole in ((2, 3, False), (3, 2, True), (4, 2, False), (2, 4, True)):
        weights = rng.normal(size=(n, m))
        x = rng.normal(size=(n, m)).round(3)
        if whole:
            x = rng.permutation(np.arange(1, n * m + 1)).reshape(n, m) * rng.choice([-1, 1], (n, m))
            x.flat[:2] = [-abs(x.flat[0]), abs(x.flat[1])]

        def f(x, weights=weights):
            bent = np.sin(x) + 0.1 * x**2
            return float((weights * bent).sum() + 0.1 * x[0, 0] * x[-1, -1] ** 2)

        yield {"f": f, "x": x, "h": rng.uniform(0.05, 0.3)}


def one_sided(f, x, h):
    x = np.array(x, dtype=float)
    slopes = np.empty_like(x)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += h
        slopes[i] = (f(moved) - f(x)) / h
    return slopes


def never_put_back(f, x, h):
    x = np.array(x, dtype=float)
    slopes = np.empty_like(x)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        slopes[i] = (above - f(x)) / (2 * h)
    return slopes


def in_whole_numbers(f, x, h):
    slopes = np.zeros(np.shape(x))
    for i in np.ndindex(np.shape(x)):
        above, below = np.array(x), np.array(x)
        above[i] = x[i] + h
        below[i] = x[i] - h
        slopes[i] = (f(above) - f(below)) / (2 * h)
    return slopes


def complex_step(f, x):
    h = 1e-20
    slopes = []
    for i in range(len(x)):
        moved = np.array(x, dtype=complex)
        moved[i] += 1j * h
        slopes.append(f(moved).imag / h)
    return np.array(slopes)


def analytic_functions(rng):
    for n in (2, 3, 4, 5):
        weights = rng.normal(size=n)
        for f in (
            lambda x, w=weights: (w * np.exp(0.5 * x)).sum() * np.sin(x[0] + 2 * x[-1]),
            lambda x, w=weights: np.log(1 + (w * x).sum() ** 2) + (w * x**3).sum(),
        ):
            yield {"f": f, "x": rng.normal(size=n).round(3)}


def together(f, x):
    """The nudges stay, so entry i has the slopes of all entries up to it."""
    moved, slopes = np.array(x, dtype=complex), []
    for i in range(len(x)):
        moved[i] += 1e-20j
        slopes.append(f(moved).imag / 1e-20)
    return np.array(slopes)


def block_errors(loss, W, b, dW, db, vW, vb, h):
    def error(a, n):
        return abs(a - n) / max(abs(a), abs(n))

    slope_W = (loss(W + h * vW, b) - loss(W - h * vW, b)) / (2 * h)
    slope_b = (loss(W, b + h * vb) - loss(W, b - h * vb)) / (2 * h)
    return error((dW * vW).sum(), slope_W), error((db * vb).sum(), slope_b)


def layers(rng):
    """A tanh layer on a batch, with gradients that are wrong in each array by a factor of its own."""
    for n_out, n_in, m in ((2, 3, 4), (4, 2, 5), (3, 5, 4), (5, 3, 2)):
        X, Y = rng.normal(size=(n_in, m)), rng.normal(size=(n_out, m))

        def loss(W, b, X=X, Y=Y):
            net = bp.Network([bp.Dense(W, b, "tanh")], loss="half_squared_error")
            return net.loss(X, Y)

        W, b = rng.normal(size=(n_out, n_in)), rng.normal(size=n_out)
        net = bp.Network([bp.Dense(W, b, "tanh")], loss="half_squared_error")
        grads = net.backward(net.forward(X), Y)
        off = rng.uniform(0.3, 0.8, size=2)
        yield {
            **{"loss": loss, "W": W, "b": b, "dW": grads.W[0] * off[0], "db": grads.b[0] / off[1]},
            **{"vW": rng.normal(size=W.shape), "vb": rng.normal(size=n_out)},
            "h": rng.uniform(0.01, 0.05),
        }


def slopes_by(measure):
    """The relative errors from measured slopes of W and b."""

    def answer(loss, W, b, dW, db, vW, vb, h):
        found = measure(loss, W, b, vW, vb, h)
        claimed = (dW * vW).sum(), (db * vb).sum()
        return tuple(abs(a - n) / max(abs(a), abs(n)) for a, n in zip(claimed, found, strict=True))

    return answer


def along_a_line(loss, W, b, vW, vb, h):
    """By the library, along t in W + t vW and b + t vb."""
    lines = (lambda t: loss(W + t * vW, b)), (lambda t: loss(W, b + t * vb))
    return tuple(bp.check_gradient(line, 0.0, 0.0, h=h).numeric.item() for line in lines)


def one_side(loss, W, b, vW, vb, h):
    here = loss(W, b)
    return (loss(W + h * vW, b) - here) / h, (loss(W, b + h * vb) - here) / h


def left_moved(loss, W, b, vW, vb, h):
    slope_W = (loss(W + h * vW, b) - loss(W - h * vW, b)) / (2 * h)
    moved = W - h * vW
    return slope_W, (loss(moved, b + h * vb) - loss(moved, b - h * vb)) / (2 * h)


def all_at_once(loss, W, b, dW, db, vW, vb, h):
    n = (loss(W + h * vW, b + h * vb) - loss(W - h * vW, b - h * vb)) / (2 * h)
    a = (dW * vW).sum() + (db * vb).sum()
    return (abs(a - n) / max(abs(a), abs(n)),) * 2


def not_relative(loss, W, b, dW, db, vW, vb, h):
    n_W, n_b = along_a_line(loss, W, b, vW, vb, h)
    return abs((dW * vW).sum() - n_W), abs((db * vb).sum() - n_b)


def no_direction(loss, W, b, dW, db, vW, vb, h):
    n_W, n_b = along_a_line(loss, W, b, vW, vb, h)
    pairs = (dW.sum(), n_W), (db.sum(), n_b)
    return tuple(abs(a - n) / max(abs(a), abs(n)) for a, n in pairs)


EXERCISES = [
    Exercise(
        id="checking-1",
        title="A gradient by differences",
        practises="measuring a gradient that has any number of entries",
        covers=(1,),
        minutes=12,
        difficulty="medium",
        solution=central,
        explanation="Each entry is moved to either side by itself, and put back before the next one moves. The copy is made of "
        "floats, because an array of whole numbers would cut h away.",
        hints=(
            "Only one entry may differ from x when f is asked. What must happen to it before the next entry's turn?",
            "np.ndindex(x.shape) runs over all places. Work on np.array(x, dtype=float), and put each entry back.",
        ),
        cases=functions_of_matrices,
        library=lambda f, x, h: bp.check_gradient(f, x, np.zeros(x.shape), h=h).numeric,
        mistakes=(
            Mistake(
                "one-sided",
                "You compare with f(x) on one side only; go to both sides.",
                one_sided,
            ),
            Mistake(
                "not put back",
                "An entry that was moved has stayed where it was, so the later slopes belong to another place.",
                never_put_back,
            ),
            Mistake(
                "whole numbers",
                "Some x hold whole numbers, and your copy does so, too: it cuts the step away. Copy into floats.",
                in_whole_numbers,
            ),
        ),
        factors=lambda f, x, h: {"the factor 2": 2.0},
    ),
    Exercise(
        id="checking-2",
        title="The complex step",
        practises="a gradient by imaginary nudges",
        covers=(2,),
        minutes=10,
        difficulty="medium",
        solution=complex_step,
        explanation="A fresh complex copy for each entry, with ih added to that entry alone. The imaginary part of f over h is the slope, "
        "and h may be as tiny as 1e-20, because nothing is subtracted.",
        hints=(
            "An array of floats cannot hold ih. And which entry may have an imaginary part when f is asked?",
            "np.array(x, dtype=complex) for each entry anew; then f(moved).imag / h.",
        ),
        cases=analytic_functions,
        library=lambda f, x: bp.check_gradient(f, x, np.zeros(x.shape), method="complex").numeric,
        mistakes=(
            Mistake(
                "real part",
                "You took the real part. It is f itself; where is the derivative?",
                lambda f, x: np.array([f(x) / 1e-20 for _ in x]),
            ),
            Mistake(
                "not divided",
                "The imaginary part has been found. Divide it by h.",
                lambda f, x: 1e-20 * complex_step(f, x),
            ),
            Mistake(
                "not put back",
                "The imaginary parts of earlier entries are still there, and their slopes are added. Begin each entry with a fresh copy.",
                together,
            ),
            Mistake(
                "nothing imaginary",
                "All your slopes are zero: the imaginary nudge never reached f. What kind of numbers can your copy hold?",
                lambda f, x: np.zeros(len(x)),
            ),
        ),
    ),
    Exercise(
        id="checking-3",
        title="Which array is wrong?",
        practises="a check along one direction for each array",
        covers=(4,),
        minutes=15,
        difficulty="hard",
        solution=block_errors,
        explanation="Two losses for W with b at its place, two for b with W at its place. The gradient along v is the sum of products, and the "
        "difference is measured against the larger of the two slopes.",
        hints=(
            "Move W alone, then b alone. What does the gradient dW say of a step along vW?",
            "For W compare (dW * vW).sum() with (loss(W + h * vW, b) - loss(W - h * vW, b)) / (2 * h).",
        ),
        cases=layers,
        library=slopes_by(along_a_line),
        outputs=("error of W", "error of b"),
        mistakes=(
            Mistake(
                "one-sided",
                "The losses are compared with that in the middle. Step to both sides.",
                slopes_by(one_side),
            ),
            Mistake(
                "not put back",
                "W was not back at its place when b was moved.",
                slopes_by(left_moved),
            ),
            Mistake(
                "all at once",
                "W and b were moved together, so no error says which array is wrong.",
                all_at_once,
            ),
            Mistake(
                "not relative",
                "This is the difference itself. Divide it by the larger of the two slopes.",
                not_relative,
            ),
            Mistake(
                "no direction",
                "The gradient was added up without the direction. The losses moved along v; so must it.",
                no_direction,
            ),
        ),
    ),
]
