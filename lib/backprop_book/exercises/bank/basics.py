"""Chapter 1: the basics."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Before, Field, Numbers, OneOf, Option, Order, Question

TITLE = "The basics"
PAGE = "01-basics.html"


# Questions


def two_walks(w, b, x, y):
    a = w * x + b
    e = a - y
    loss = e**2
    mean = ad.mean(loss)
    mistakes = {
        "distance": abs(e[0]),
        "half": loss[0] / 2,
        "no_bias": (w * x[0] - y[0]) ** 2,
        "bias_inside": (w * (x[0] + b) - y[0]) ** 2,
        "total": ad.sum(loss),
        "mean_distance": ad.mean(abs(e)),
        "squared_mean": ad.mean(e) ** 2,
    }
    return {"a": a, "e": e, "first": loss[0], "second": loss[1], "mean": mean} | mistakes


def nudged(w, nudge, x, b, y):
    a, w_new = w * x + b, w + nudge
    a_new = w_new * x + b
    loss, loss_new = (a - y) ** 2, (a_new - y) ** 2
    (dw,) = ad.grad(loss, [w])
    change = loss_new - loss
    values = {"a": a, "w_new": w_new, "a_new": a_new, "loss": loss, "loss_new": loss_new}
    return values | {"dw": dw, "change": change, "ratio": change / nudge}


def signs(w, nudge, x, b, y):
    values = nudged(w, nudge, x, b, y)
    return values | {"right": (values["dw"] > 0) * 1.0 + (values["ratio"] > 0)}


def by_ratio(w, nudge, x, b, y, lr):
    values = nudged(w, nudge, x, b, y)
    change, ratio, loss, loss_new = (values[k] for k in ("change", "ratio", "loss", "loss_new"))
    return values | {
        **{"w_next": w - lr * ratio, "uphill": w + lr * ratio, "no_rate": w - ratio},
        **{"by_change": w - lr * change, "upside_down": nudge / change},
        **{"quotient": loss_new / loss, "no_before": loss_new / nudge},
    }


def two_slopes(dw1, dw2, nudge):
    first = (abs(dw1) > abs(dw2)) * 1.0
    return {
        **{"up1": dw1 * nudge, "down1": -dw1 * nudge, "up2": dw2 * nudge, "down2": -dw2 * nudge},
        "best": first * (dw1 > 0) + (1 - first) * (2 + (dw2 > 0)),
    }


def five_stages(w, b, x, y, lr):
    a = w * x + b
    e = a - y
    da, dw, db = ad.grad(e**2, [a, w, b])
    w_next = w - lr * dw
    return {
        **{"a": a, "e": e, "da": da, "dw": dw, "db": db, "w_next": w_next, "b_next": b - lr * db},
        **{"half": e * x, "w_uphill": w + lr * dw, "w_no_rate": w - dw},
        **{"b_uphill": b + lr * db, "b_no_rate": b - db, "b_by_dw": b - lr * dw},
        "b_late": b - lr * 2 * (w_next * x + b - y),
    }


def passes(inputs, hidden, outputs):
    weights, biases = inputs * hidden + hidden * outputs, hidden + outputs
    parameters = weights + biases
    count = parameters + 1
    return {
        **{"weights": weights, "biases": biases, "parameters": parameters, "passes": count},
        **{"times": count / 3, "input_biases": parameters + inputs, "two_sided": 2 * parameters},
        **{"forward_free": count / 2, "backward_alone": count * 1.0},
    }


QUESTIONS = [
    Question(
        id="basics-sign",
        minutes=2,
        difficulty="easy",
        title="Two signs",
        practises="telling slope and ratio apart, and reading their signs",
        covers=(2,),
        text="The figure below shows the loss of one walk, *x = {x}* and *y = {y}*, for a neuron with "
        "*b = {b}*. Let its weight be *w = {w}* and the nudge *Δw = {nudge}*.",
        ask="What are the signs of the slope at *w* and of the ratio that this nudge gives?",
        answer=OneOf(
            [
                Option(
                    "Both are negative.",
                    "A negative ratio says that the nudge made the loss smaller. Here the loss is *{loss}* "
                    "before it and *{loss_new}* after it.",
                ),
                Option(
                    "The slope is negative, the ratio positive.",
                    "That takes a prediction that is too small before the nudge, and wrong by more after it. "
                    "Here it goes from *{a}* to *{a_new}*, and *{y}* is right.",
                ),
                Option(
                    "Both are positive.",
                    "A positive slope says that even the smallest nudge upward does harm: the prediction is "
                    "too large already. Here it is *{a}*, and *{y}* is right.",
                ),
                Option(
                    "The slope is positive, the ratio negative.",
                    "This cannot happen on a curve that bends upward. Where it rises, it rises more steeply "
                    "farther to the right, so the ratio is even larger than the slope.",
                ),
            ],
            quantity="right",
        ),
        hints=(
            "The loss is lowest where the prediction *w·x + b* is right. On which side of this weight do "
            "you start, and where do you land?",
            "The prediction is *{a}* before the nudge and *{a_new}* after it; *{y}* would be right. Is it too "
            "large or too small at first, and which of the two is farther off?",
        ),
        solution="""- Before: *a = w·x + b = {w}·{x} + {b} = {a}*, where *{y}* is right. As *x* is positive, a prediction
  that is too small asks for more weight, so the slope is negative; one that is too large asks for less. Here the
  slope is *∂L/∂w = {dw}*.
- The ratio compares two losses: *ΔL/Δw = ({loss_new} − {loss})/{nudge} = {ratio}*.

The two signs differ when the nudge crosses the lowest point and climbs higher on the other side than it began.""",
        tape=ad.trace(signs, w=0.2, nudge=0.35, x=3.0, b=0.1, y=1.0),
        draws={"w": [-0.1, 0.0, 0.2, 0.22, 0.25, 0.4, 0.5], "nudge": [0.02, 0.25, 0.35]},
        figure="basics-nudge",
        reveal={"w": "w", "nudge": "nudge"},
    ),
    Question(
        id="basics-step",
        minutes=5,
        difficulty="easy",
        title="One whole step, before you see it",
        practises="forward pass, backward pass and update with both parameters",
        covers=(3,),
        text="The figure below shows the five stages for the walk *x = {x}*, *y = {y}*. Take *w = {w}* and "
        "*b = {b}*, and the learning rate *α = {lr}*.",
        ask="What is the slope for the weight, and what are the two parameters after the update?",
        answer=Numbers(
            [
                Field(
                    "dw",
                    "*∂L/∂w*",
                    {
                        "db": "This is the slope for *b*. How much farther does a nudge to *w* move the prediction?",
                        "half": "The slope of the square is not complete: if *e* grows by a tiny nudge, *e²* grows "
                        "by *2e* times the nudge.",
                    },
                ),
                Field(
                    "w_next",
                    "new *w*",
                    {
                        "w_uphill": "This weight goes uphill: the slope says where the loss grows, and the step goes "
                        "the other way.",
                        "w_no_rate": "The step was the whole slope. Where is the learning rate?",
                    },
                ),
                Field(
                    "b_next",
                    "new *b*",
                    {
                        "b_uphill": "This bias goes uphill: the slope says where the loss grows, and the step goes the "
                        "other way.",
                        "b_no_rate": "The step was the whole slope. Where is the learning rate?",
                        "b_by_dw": "You moved the bias by the weight's slope. What does a nudge to *b* do to the "
                        "prediction?",
                        "b_late": "You moved the weight first and took the bias's slope afterwards. Both slopes belong "
                        "to the old parameters.",
                    },
                ),
            ]
        ),
        hints=(
            "Forward first: the prediction *a* and its error *a − y*. Then back: how fast does the loss "
            "grow with *a*, and how fast does *a* grow with *w* and with *b*?",
            "The error is *a − y = {e}*, so *∂L/∂a = 2(a − y) = {da}*. For the weight this is multiplied by *x*, "
            "for the bias by one.",
        ),
        solution="""- Forward: *a = w·x + b = {w}·{x} + {b} = {a}*, with the error *a − y = {a} − {y} = {e}*
- Backward: *∂L/∂a = 2(a − y) = 2·{e} = {da}*, then *∂L/∂w = ∂L/∂a·x = {da}·{x} = {dw}* and *∂L/∂b = {db}*
- Update: *w − α·∂L/∂w = {w} − {lr}·{dw} = {w_next}* and *b − α·∂L/∂b = {b} − {lr}·{db} = {b_next}*""",
        tape=ad.trace(five_stages, w=0.4, b=0.2, x=3.0, y=1.0, lr=0.05),
        draws={
            "w": [-0.2, 0.2, 0.4, 0.5, 0.6, 0.8],
            "b": [-0.3, -0.1, 0.1, 0.2, 0.4],
            "lr": [0.01, 0.02, 0.05, 0.1],
        },
        figure="basics-flow",
        reveal={"w": "w", "b": "b", "lr": "lr"},
    ),
    Question(
        id="basics-loss",
        minutes=4,
        difficulty="easy",
        title="How wrong is it?",
        practises="prediction, squared error and mean squared error",
        covers=(1,),
        text="""The neuron *a = w·x + b* has *w = {w}* and *b = {b}*. It is shown two walks, *x* in kilometres and *y* in hours:

- first walk: *x = {x[0]}*, *y = {y[0]}*
- second walk: *x = {x[1]}*, *y = {y[1]}*""",
        ask="What is the squared error of the first walk, and what is the mean squared error of the two?",
        answer=Numbers(
            [
                Field(
                    "first",
                    "*L* of the first walk",
                    {
                        "distance": "This is how far off the prediction is. The loss is its square.",
                        "half": "This is half the square; our loss is the whole of it.",
                        "no_bias": "The bias is missing: it is added to every prediction.",
                        "bias_inside": "The weight multiplies the input alone; the bias is added after that.",
                    },
                ),
                Field(
                    "mean",
                    "mean *L* of both",
                    {
                        "total": "This is the sum of the two losses. What makes it a mean?",
                        "mean_distance": "This averages how far off the predictions are. Their squares are what is "
                        "averaged.",
                        "squared_mean": "You averaged first and squared afterwards. In which order does the mean "
                        "squared error do it?",
                    },
                ),
            ]
        ),
        hints=(
            "Predict first, for each walk. Then see how far off each prediction is.",
            "The errors *a − y* are *{e[0]}* and *{e[1]}*. Square each, then take the average.",
        ),
        solution="""- First walk: *a = w·x + b = {w}·{x[0]} + {b} = {a[0]}*, so *L = (a − y)² = ({a[0]} − {y[0]})² = {first}*
- Second walk: *a = w·x + b = {w}·{x[1]} + {b} = {a[1]}*, so *L = (a − y)² = ({a[1]} − {y[1]})² = {second}*
- Mean: *L = ({first} + {second})/2 = {mean}*""",
        tape=ad.trace(two_walks, w=0.4, b=0.1, x=[2.0, 3.0], y=[0.4, 2.0]),
        # Predictions are odd tenths and targets even ones: no error is zero.
        draws={
            "w": [0.2, 0.4, 0.6],
            "b": [0.1, 0.3, 0.5],
            "x": [1.0, 2.0, 3.0, 4.0, 5.0],
            "y": [0.4, 0.6, 1.2, 1.6, 2.0],
        },
    ),
    Question(
        id="basics-ratio",
        minutes=4,
        difficulty="easy",
        title="A nudge in the dark",
        practises="the ratio of a nudge, and a step by it",
        covers=(2,),
        text="Somewhere in a network there is a weight *w = {w}*. You nudge it by *Δw = {nudge}*, and the loss "
        "goes from *{loss}* to *{loss_new}*. More you do not know, and more you do not need.",
        ask="What is the ratio, and where does the weight go in one update with the learning rate *α = {lr}*, if "
        "you take the ratio for the slope?",
        answer=Numbers(
            [
                Field(
                    "ratio",
                    "*ΔL/Δw*",
                    {
                        "change": "This is the change of the loss. The ratio tells how much it is for one unit of weight.",
                        "upside_down": "This ratio stands on its head: how much loss do you get for one unit of weight?",
                        "quotient": "You compared the losses by dividing them. What counts is the change of the loss.",
                        "no_before": "The loss was there before the nudge as well. By how much did it change?",
                    },
                ),
                Field(
                    "w_next",
                    "new *w*",
                    {
                        "uphill": "This weight goes where the loss grows. Which sign has the ratio, and which way is down?",
                        "no_rate": "The step was the whole ratio. Where is the learning rate?",
                        "by_change": "The step takes the ratio, not the change of the loss.",
                    },
                ),
            ]
        ),
        hints=(
            "Two changes belong together here: that of the loss, and that of the weight which caused it.",
            "The loss changes by *{loss_new} − {loss} = {change}* while the weight changes by *{nudge}*. The "
            "step then is *α* times the ratio, and goes the other way.",
        ),
        solution="""- Ratio: *ΔL/Δw = ({loss_new} − {loss})/{nudge} = {change}/{nudge} = {ratio}*
- Update: *w − α·ΔL/Δw = {w} − {lr}·{ratio} = {w_next}*

A positive ratio means that more weight gives more loss, so the weight shrinks; with a negative one it grows.""",
        tape=ad.trace(by_ratio, w=0.6, nudge=0.02, x=2.0, b=0.3, y=1.0, lr=0.1),
        # As above, and every nudge moves the prediction by an even number of hundredths.
        draws={
            "w": [0.2, 0.4, 0.6, 0.8],
            "nudge": [0.02, 0.04, 0.2],
            "x": [1.0, 2.0, 3.0],
            "b": [-0.3, 0.1, 0.3],
            "y": [0.4, 1.0, 1.6],
            "lr": [0.05, 0.1, 0.2],
        },
    ),
    Question(
        id="basics-downhill",
        minutes=3,
        difficulty="easy",
        title="One change only",
        practises="what the sign and the size of a slope tell you",
        covers=(2,),
        text="For two weights of a network the slopes of the loss are *∂L/∂w_1 = {dw1}* and "
        "*∂L/∂w_2 = {dw2}*. You may change one of the two weights, by *{nudge}*.",
        ask="Which change lowers the loss most?",
        answer=OneOf(
            [
                Option(
                    f"{verb} *w_{i}*",
                    f"{verb} *w_{i}*, and the loss changes by about *{sign}{{dw{i}}}·{{nudge}} = {{{way}{i}}}*. "
                    "Does it fall, and by as much as it can?",
                )
                for i in (1, 2)
                for verb, sign, way in (("Raise", "", "up"), ("Lower", "−", "down"))
            ],
            quantity="best",
        ),
        hints=(
            "The size of a slope says how much is at stake, its sign which way is up.",
            "Which of *{dw1}* and *{dw2}* is farther from zero? If it is negative, more of this weight means "
            "less loss.",
        ),
        solution="""A small change of a weight changes the loss by about slope times change:

- *w_1* up: *∂L/∂w_1·Δw = {dw1}·{nudge} = {up1}*; down: *{down1}*
- *w_2* up: *∂L/∂w_2·Δw = {dw2}·{nudge} = {up2}*; down: *{down2}*

The steeper weight wins, and it moves against the sign of its slope.""",
        tape=ad.trace(two_slopes, dw1=1.5, dw2=-2.0, nudge=0.01),
        draws={
            "dw1": [-3.0, -1.2, -0.4, 0.5, 1.5, 4.0],
            "dw2": [-2.5, -2.0, -0.3, 0.6, 1.0, 3.5],
            "nudge": [0.01, 0.02],
        },
    ),
    Question(
        id="basics-order",
        minutes=3,
        difficulty="easy",
        title="One round of training",
        practises="the five stages in order, and what must wait for what",
        covers=(3,),
        text="A neuron with a weight and a bias learns from one example. Where two parts could be exchanged, "
        "either order is right.",
        ask="Put the parts of one step in order.",
        answer=Order(
            [
                "put the input $x$ in",
                "compute the prediction $a$",
                "compute the loss $L$",
                r"compute $\partial L/\partial w$",
                r"compute $\partial L/\partial b$",
                "change $w$",
                "change $b$",
            ],
            [
                Before(0, 1, "Without an input there is nothing to predict from."),
                Before(1, 2, "The loss compares the prediction with the target, so *a* is needed."),
                Before(
                    2,
                    3,
                    "The backward pass sets out from the loss: the forward walk ends there first.",
                ),
                Before(
                    2,
                    4,
                    "The backward pass sets out from the loss: the forward walk ends there first.",
                ),
                Before(
                    3, 5, "A weight needs its slope before it can know in which direction to go."
                ),
                Before(4, 6, "A bias needs its slope before it can know in which direction to go."),
                Before(
                    3,
                    6,
                    "Take every slope before anything moves: the slope for *w* belongs to the old *b*.",
                ),
                Before(
                    4,
                    5,
                    "Take every slope before anything moves: the slope for *b* belongs to the old *w*.",
                ),
            ],
        ),
        hints=(
            "Five stages: input, forward pass, loss, backward pass, update. Which part belongs to which?",
            "Two parts are the backward pass and two are the update. Within each pair the order is free; "
            "between the pairs it is not.",
        ),
        solution="Input, then the prediction (forward pass), then the loss. The two slopes are the backward pass, in "
        "either order. The two changes are the update, in either order, and only after both slopes are known: "
        "otherwise the second slope would belong to a neuron that is half old and half new.",
    ),
    Question(
        id="basics-backprop",
        minutes=3,
        difficulty="medium",
        title="What it is, and what it is not",
        practises="saying what backpropagation does",
        covers=(4,),
        ask="What is true of backpropagation, as this book uses the word?",
        answer=AnyOf(
            [
                Option(
                    "It finds the slope of the loss for every weight and every bias.",
                    "All these slopes together are the gradient.",
                    right=True,
                ),
                Option(
                    "It moves the weights downhill.",
                    "It computes slopes and changes nothing. Which stage moves the parameters?",
                ),
                Option(
                    "It uses numbers that the forward pass has computed.",
                    "The slope for *w* was *2(a − y)·x*: prediction and input both come from the way forward.",
                    right=True,
                ),
                Option(
                    "Its slopes become more exact the smaller the nudge.",
                    "There is no nudge in it. Apart from rounding its slopes are exact.",
                ),
                Option(
                    "A network with twice as many parameters still needs a single walk back.",
                    "The walk is longer, as the walk forward is, but there is still only one.",
                    right=True,
                ),
                Option(
                    "It finds the parameters with the smallest loss.",
                    "It tells the slopes at one place. Coming down from there takes many updates, and they may "
                    "end elsewhere.",
                ),
            ]
        ),
        hints=(
            "It is one of the five stages. What goes into this stage, and what comes out of it?",
            "Parameters and the forward pass's numbers go in, slopes come out. Strike out whatever nudging "
            "or the update does.",
        ),
        solution="Backpropagation is the backward pass: from the numbers of the forward pass it computes the slope of "
        "the loss for every parameter, exact but for rounding, in one walk. Moving the parameters is the update's work; "
        "nudges belong to the slow way of finding slopes; and how far down training gets, no single gradient "
        "can promise.",
    ),
    Question(
        id="basics-passes",
        minutes=4,
        difficulty="medium",
        title="A good interview question: why not just nudge?",
        practises="counting what nudging costs",
        covers=(4,),
        text="A network has {inputs} inputs, {hidden} hidden neurons and {outputs} outputs. Each unit is wired to "
        "every unit of the layer before, each wire is a weight, and each hidden and output neuron has a bias. You "
        "want the slopes for all of them, and nudge each parameter once. Take a backward pass to cost as much as "
        "two forward passes.",
        ask="How many parameters are there, how many forward passes does nudging take, and how many times the "
        "cost of one forward and one backward pass is that?",
        answer=Numbers(
            [
                Field(
                    "parameters",
                    "parameters",
                    {
                        "weights": "These are the wires. Which parameters are no wires?",
                        "input_biases": "You gave the inputs a bias, too. They are not neurons: they only bring the "
                        "example in.",
                    },
                ),
                Field(
                    "passes",
                    "forward passes",
                    {
                        "parameters": "Each nudged loss must be compared with something. With what?",
                        "two_sided": "That is a nudge to either side. One nudge for each parameter is enough here.",
                    },
                ),
                Field(
                    "times",
                    "times the cost",
                    {
                        "forward_free": "Before one can walk back, one has to walk forward: count this pass as well.",
                        "backward_alone": "This is the price of nudging in forward passes. Divide it by the price of "
                        "the other way.",
                    },
                ),
            ],
        ),
        hints=(
            "Count the wires between each two layers, then the biases. Every parameter is nudged alone.",
            "There are {weights} weights and {biases} biases. Nudging takes a pass for each of them and one as it "
            "is; forward and backward pass cost as much as three.",
        ),
        solution="""- Weights: *{inputs}·{hidden} + {hidden}·{outputs} = {weights}*
- Biases: *{hidden} + {outputs} = {biases}*, so *{weights} + {biases} = {parameters}* parameters
- Passes: *{parameters} + 1 = {passes}*, the one being the loss without a nudge
- Cost: *{passes}/(1 + 2) = {times}* times that of one forward and one backward pass

Add a neuron, and nudging gets dearer twice over: there are more passes, and each of them is longer.""",
        tape=ad.trace(passes, inputs=4.0, hidden=5.0, outputs=3.0),
        draws={
            "inputs": [2.0, 3.0, 4.0, 5.0, 6.0],
            "hidden": [2.0, 3.0, 4.0, 5.0],
            "outputs": [2.0, 3.0, 4.0],
        },
    ),
]


# Code exercises


def walks(rng, sizes=(3, 4, 2, 5)):
    for m, signs in zip(sizes, ((1, 1), (-1, 1), (1, -1), (-1, -1)), strict=True):
        w, b = rng.uniform(0.3, 1.6, size=2) * signs
        x = rng.uniform(0.4, 2.4, m) * rng.permutation(np.resize([1, -1], m))
        yield {"w": w, "b": b, "x": x, "y": rng.uniform(-1.5, 1.5, m)}


def line(w, b):
    return bp.Network([bp.Dense([[w]], [b], "identity")], loss="squared_error")


def mean_squared_error(w, b, x, y):
    return np.mean((w * x + b - y) ** 2)


def nudge_ratios(loss, weights, nudge):
    before = loss(weights)
    ratios = []
    for i in range(len(weights)):
        nudged = list(weights)
        nudged[i] += nudge
        ratios.append((loss(nudged) - before) / nudge)
    return ratios


def losses(rng):
    yield {
        "loss": lambda weights: (weights[0] * 1.7 + weights[1] - 0.6) ** 2,
        "weights": (rng.uniform(0.4, 1.6, 2) * (-1, 1)).tolist(),
        "nudge": 0.1,
    }
    for n in (3, 4):
        scale = rng.uniform(0.5, 2.0, n) * np.resize([1, -1], n)
        yield {
            "loss": lambda weights, scale=scale: float(np.exp(np.dot(scale, weights)) / 5),
            "weights": rng.uniform(-0.7, 0.7, n).tolist(),
            "nudge": rng.uniform(0.05, 0.3),
        }
    yield {
        "loss": lambda weights: (np.tanh(weights[0] * weights[1]) - weights[2] ** 3) ** 2,
        "weights": rng.uniform(0.5, 1.4, 3).tolist(),
        "nudge": 0.02,
    }


def central_in_the_middle(loss, weights, nudge):
    """From w to w + nudge is a two-sided nudge of half the length about the middle."""
    ratios = []
    for i, w in enumerate(weights):

        def along(value, i=i):
            return loss([*weights[:i], value, *weights[i + 1 :]])

        report = bp.check_gradient(along, w + nudge / 2, 0.0, h=nudge / 2)
        ratios.append(float(report.numeric))
    return ratios


def never_put_back(loss, weights, nudge, follow=False):
    before, moved, ratios = loss(weights), list(weights), []
    for i in range(len(moved)):
        moved[i] += nudge
        after = loss(moved)
        ratios.append((after - before) / nudge)
        before = after if follow else before
    return ratios


def scaled_ratios(power):
    """The changes, divided by the nudge once and multiplied by it so many times."""
    return lambda loss, weights, nudge: [
        ratio * nudge**power for ratio in nudge_ratios(loss, weights, nudge)
    ]


def downward(loss, weights, nudge):
    return nudge_ratios(loss, weights, -nudge)


def fit_line(w, b, x, y, lr, steps):
    for _ in range(steps):
        e = w * x + b - y
        dw = 2 * np.mean(e * x)
        db = 2 * np.mean(e)
        w, b = w - lr * dw, b - lr * db
    return w, b


def fits(rng):
    for case, steps in zip(walks(rng, (4, 3, 5, 2)), (1, 2, 6, 3), strict=True):
        yield case | {"lr": rng.uniform(0.02, 0.07), "steps": steps}


def by_network(w, b, x, y, lr, steps):
    net = line(w, b)
    for _ in range(steps):
        net.step(x[None, :], y[None, :], lr)
    return net.layers[0].W[0, 0], net.layers[0].b[0]


def weight_first(w, b, x, y, lr, steps):
    for _ in range(steps):
        w = w - lr * 2 * np.mean((w * x + b - y) * x)
        b = b - lr * 2 * np.mean(w * x + b - y)
    return w, b


def scaled_fit(factor):
    return lambda w, b, x, y, lr, steps: fit_line(w, b, x, y, factor(x) * lr, steps)


def slopes_once(w, b, x, y, lr, steps):
    w_next, b_next = fit_line(w, b, x, y, lr, 1)
    return w + steps * (w_next - w), b + steps * (b_next - b)


def walk_by_walk(w, b, x, y, lr, steps):
    for _ in range(steps):
        for i in range(len(x)):
            w, b = fit_line(w, b, x[i], y[i], lr, 1)
    return w, b


EXERCISES = [
    Exercise(
        id="basics-1",
        minutes=8,
        difficulty="easy",
        title="The mean squared error",
        practises='what "wrong" means as a number, for several examples',
        covers=(1,),
        solution=mean_squared_error,
        explanation="With arrays, w * x + b predicts for all walks at once. Each error is squared on its own, "
        "so that too long and too short do not cancel, and then the average is taken.",
        hints=(
            "Three things in this order: predict, compare, average. An array does each for all walks at once.",
            "The errors are w * x + b - y. Square them, entry by entry, before np.mean averages them.",
        ),
        cases=walks,
        library=lambda w, b, x, y: line(w, b).loss(x[None, :], y[None, :]),
        mistakes=(
            Mistake(
                "sum",
                "This is the sum over the walks. A mean does not grow when you walk more often.",
                lambda w, b, x, y: np.sum((w * x + b - y) ** 2),
            ),
            Mistake(
                "no square",
                "The errors are averaged as they are, so that too long and too short cancel. What is missing?",
                lambda w, b, x, y: np.mean(w * x + b - y),
            ),
            Mistake(
                "absolute value",
                "This averages the sizes of the errors. It is a loss, too, but another one: here they are squared.",
                lambda w, b, x, y: np.mean(np.abs(w * x + b - y)),
            ),
            Mistake(
                "square last",
                "You average first and square afterwards, so that too long and too short cancel. Square each error.",
                lambda w, b, x, y: np.mean(w * x + b - y) ** 2,
            ),
            Mistake(
                "root",
                "This is the root of the right number. The mean squared error is left squared.",
                lambda w, b, x, y: np.sqrt(mean_squared_error(w, b, x, y)),
            ),
            Mistake(
                "one walk",
                "It looks as if only the last walk was counted. Does the loop add to the total, and return after it?",
                lambda w, b, x, y: (w * x[-1] + b - y[-1]) ** 2,
            ),
        ),
        factors=lambda w, b, x, y: {"the factor 2": 2.0, "the number of walks": len(x)},
    ),
    Exercise(
        id="basics-2",
        minutes=12,
        difficulty="medium",
        title="Nudge every weight",
        practises="the nudge's ratio, for one weight at a time with all others held",
        covers=(2, 4),
        solution=nudge_ratios,
        explanation="The loss before is measured once. Then each weight is nudged in a fresh copy of the list, so "
        "that all others stand where they were. For n weights this makes n + 1 forward passes.",
        hints=(
            "For one weight you know it: loss after the nudge minus loss before, divided by the nudge. Take care "
            "that the next weight finds the list as it was.",
            "In each round: nudged = list(weights), then nudged[i] += nudge, then compare loss(nudged) with "
            "the loss of the weights as they are.",
        ),
        cases=losses,
        library=central_in_the_middle,
        mistakes=(
            Mistake(
                "not put back",
                "The first ratio is right, the later ones are not: the earlier weights are still nudged. Put each "
                "one back, or nudge a copy.",
                never_put_back,
            ),
            Mistake(
                "not put back",
                "The first ratio is right, the later ones are not: the earlier weights are still nudged. Put each "
                "one back, or nudge a copy.",
                lambda loss, weights, nudge: never_put_back(loss, weights, nudge, follow=True),
            ),
            Mistake(
                "all at once",
                "All weights were nudged together, so nobody can tell whose doing the change is. Nudge one at a time.",
                lambda loss, weights, nudge: (
                    [(loss([w + nudge for w in weights]) - loss(weights)) / nudge] * len(weights)
                ),
            ),
            Mistake(
                "change",
                "These are the changes of the loss. What makes a ratio of them?",
                scaled_ratios(1),
            ),
            Mistake(
                "multiplied",
                "The changes of the loss are multiplied by the nudge. How much loss is it for one unit of weight?",
                scaled_ratios(2),
            ),
            Mistake(
                "upside down",
                "The ratios stand on their heads: how much loss for one unit of weight, not how much weight for one "
                "unit of loss.",
                lambda loss, weights, nudge: [
                    1 / ratio for ratio in nudge_ratios(loss, weights, nudge)
                ],
            ),
            Mistake(
                "no subtraction",
                "You divide the loss after the nudge. What counts is by how much it changed.",
                lambda loss, weights, nudge: [
                    ratio + loss(weights) / nudge for ratio in nudge_ratios(loss, weights, nudge)
                ],
            ),
            Mistake(
                "downward",
                "You nudge downward. That is another good estimate of the slope, but here the nudge goes up.",
                downward,
            ),
            Mistake(
                "two-sided",
                "You nudge to both sides, which is nearer to the slope and asks for about twice the passes. Here the "
                "nudge goes up only.",
                lambda loss, weights, nudge: (
                    (np.array(nudge_ratios(loss, weights, nudge)) + downward(loss, weights, nudge))
                    / 2
                ),
            ),
        ),
    ),
    Exercise(
        id="basics-3",
        minutes=15,
        difficulty="medium",
        title="Fit the line",
        practises="the five stages in a loop, with every slope taken before anything moves",
        covers=(3,),
        solution=fit_line,
        explanation="The slope of an average is the average of the slopes: 2 e x for w and 2 e for b, averaged over "
        "the walks. Both come from the same error e, that is from the old w and b, and then both parameters move.",
        hints=(
            "One walk with the error e = a - y has the slopes 2 e x for w and 2 e for b. The loss is an average "
            "over the walks, so each slope is an average, too.",
            "In each round: e = w * x + b - y, then dw = 2 * np.mean(e * x) and db likewise, and only then the new "
            "w and b.",
        ),
        cases=fits,
        library=by_network,
        outputs=("w", "b"),
        # Slopes by tiny nudges are as welcome as those by the formula.
        tolerance=1e-5,
        mistakes=(
            Mistake(
                "uphill",
                "The steps go uphill. The slope says where the loss grows.",
                scaled_fit(lambda x: -1),
            ),
            Mistake(
                "weight first",
                "The weight moves before the bias's slope is taken. Both slopes belong to the old w and b.",
                weight_first,
            ),
            Mistake(
                "sum",
                "The slopes are summed over the walks, so that more walks make longer steps. The loss is a mean.",
                scaled_fit(len),
            ),
            Mistake(
                "factor 2",
                "Each step is half as long as it should be. What is the slope of a square?",
                scaled_fit(lambda x: 0.5),
            ),
            Mistake(
                "one step",
                "It looks as if only one step was taken. Is the return inside the loop?",
                lambda w, b, x, y, lr, steps: fit_line(w, b, x, y, lr, 1),
            ),
            Mistake(
                "slopes once",
                "The slopes are computed once and used for all steps. They change with w and b: take them anew in "
                "each round.",
                slopes_once,
            ),
            Mistake(
                "walk by walk",
                "You update after each walk. Here all walks have their say before the parameters move, once in each "
                "step.",
                walk_by_walk,
            ),
        ),
    ),
]
