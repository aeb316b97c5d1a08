"""Chapter 6: outputs and losses that fit."""

from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import AnyOf, Field, Numbers, OneOf, Option, Question

TITLE = "Outputs and losses that fit"
PAGE = "06-outputs-and-losses.html"


# Questions


def faded(z, y):
    a = ad.sigmoid(z)
    half = 0.5 * (a - y) ** 2
    bce = y * ad.softplus(-z) + (1 - y) * ad.softplus(z)
    (slope,), (delta_half,), (delta_bce,) = (ad.grad(q, [z]) for q in (a, half, bce))
    limit = 0.05**2
    half_faded, bce_faded = (delta_half**2 < limit) * 1.0, (delta_bce**2 < limit) * 1.0
    # 0: both, 1: that of half the squared error alone, 3: neither
    which = 3 - 2 * half_faded - bce_faded
    values = {"a": a, "slope": slope, "delta_half": delta_half, "delta_bce": delta_bce}
    return values | {"which": which}


def batch(a, y, m):
    error = a - y
    slope = a * (1 - a)
    squared, bce = 2 * error / m, error / slope / m
    wrong = {"no_mean": 2 * error, "half": error / m, "bce_no_mean": error / slope}
    wrong |= {"delta_no_mean": error * 1.0, "twice": error * slope / m}
    return (
        {"error": error, "slope": slope, "squared": squared, "bce": bce}
        | wrong
        | {"delta": error / m}
    )


def table(a1, a2):
    a3 = 1 - a1 - a2
    values = {"a3": a3, "diagonal": a2 * (1 - a2), "beside": -a1 * a2, "delta": a1 * 1.0}
    values |= {"da": -1 / a2}
    wrong = {"square": a2**2, "one_less": 1 - a2, "positive": a1 * a2, "elementwise": 0 * a1}
    return values | wrong | {"row_1": a1 * (1 - a1), "as_true": a1 - 1, "minus": -a1}


def two_logits(z1, z2):
    a1 = ad.sigmoid(z1 - z2)
    wrong = {"alone": ad.sigmoid(z1), "swapped": 1 - a1, "summed": ad.sigmoid(z1 + z2)}
    return (
        {"difference": z1 - z2, "a1": a1, "pair": a1 - 1}
        | wrong
        | {
            "other": 1 - a1,
            "probability": a1 * 1.0,
        }
    )


def far_logits(d1, d2):
    rest = ad.log(1 + ad.exp(-d1) + ad.exp(-d2))
    return {
        **{"z2": 1000 - d1, "z3": 1000 - d2, "rest": rest, "loss": d1 + rest},
        **{"of_largest": rest * 1.0, "minus": rest - d1, "whole": 1000 + rest},
    }


def count(z, y):
    a = ad.exp(z)
    loss, delta = a - y * z, a - y
    wrong = {"kept": delta * a, "sum_for_output": z - y, "minus": -delta}
    wrong |= {"half": 0.5 * (a - y) ** 2, "no_target": a - z, "loss_minus": -loss}
    return {"a": a, "delta": delta, "loss": loss} | wrong


def bends(z, y):
    a = ad.sigmoid(z)
    wanted = ad.where(y == 1.0, a, 1.0 - a)  # the share of the right answer
    half = wanted * (1.0 - wanted) ** 2 * (3.0 * wanted - 1.0)
    bce = a * (1.0 - a)
    # 0: both, 1: cross-entropy alone; the other two cannot be
    which = ad.where(half > 0.0, 0.0, 1.0)
    return {"a": a, "wanted": wanted, "half": half, "bce": bce, "which": which}


def zeros(size):
    """How many zeros follow the decimal point of a size below one before another digit does."""
    return sum((size < 0.1**k) * 1.0 for k in range(1, 14))


def twice(d, z2):
    one, two = ad.exp(-d), ad.exp(z2)
    total = one + two + 1.0
    a1, a2, a3 = one / total, two / total, 1.0 / total
    outer = [ad.exp(a) for a in (a1, a2, a3)]
    p1, p2, p3 = (e / (outer[0] + outer[1] + outer[2]) for e in outer)
    average = a1 * (p1 - 1.0) + a2 * p2 + a3 * p3
    bracket = p1 - 1.0 - average
    left = a1 * bracket
    values = {"z1": -d, "a1": a1, "a2": a2, "p1": p1, "average": average, "bracket": bracket}
    values |= {"felt": p1 - 1.0, "once": a1 - 1.0, "left": left, "zeros": zeros(-left)}
    wrong = {"probability": a1 * 1.0, "other": a2 * 1.0, "minus": 1.0 - a1}
    wrong |= {"kept": (a1 - 1.0) * a1 * (1.0 - a1)}
    return values | wrong | {"none": 0.0 * d, "place": zeros(-left) + 1.0, "both": zeros(a1 * a1)}


QUESTIONS = [
    Question(
        id="outputs-which",
        title="Which of these fit?",
        practises="choosing an output and a loss for a task",
        covers=(1,),
        minutes=4,
        difficulty="easy",
        ask="Which of these choices fit their task?",
        answer=AnyOf(
            [
                Option(
                    "A photo may show several animals, and all of them are to be named: a sigmoid for each kind of animal.",
                    "These answers may hold together, so each needs a probability that is free of the others.",
                    right=True,
                ),
                Option(
                    "A review has one star, or two, up to five: a softmax over five logits.",
                    "Exactly one of the five is true, and the probabilities sum to one.",
                    right=True,
                ),
                Option(
                    "How many customers come in an hour: the identity with half the squared error, since any number may be said.",
                    "It may say less than zero. A count wants an output that cannot, the exponential, and the loss that goes with it.",
                ),
                Option(
                    "Yes or no: two logits, and a sigmoid for each of them.",
                    "Such a network may say yes to both. One sigmoid is enough, or a softmax over the two.",
                ),
                Option(
                    "Tomorrow's temperature: the identity with half the squared error.",
                    "It may be any number, and *δ* is prediction minus target.",
                    right=True,
                ),
                Option(
                    "The chance of rain: a sigmoid with the absolute error, since that is smallest where the answer is right.",
                    "If it rains on seven days of ten, this loss is cheapest for one who always says that it will. It is not honest.",
                ),
            ]
        ),
        hints=(
            "Ask of each output what it may say, and whether two of its answers may hold together.",
            "Three fit. An output that fits may still have a loss that does not.",
        ),
        solution="Answers that may hold together get a sigmoid each; of answers that exclude each other, a softmax picks one, and one sigmoid "
        "does for two of them. A temperature may be any number, a count may not. And the absolute error rewards shouting.",
    ),
    Question(
        id="outputs-twice",
        title="What is left of it?",
        practises="what a second softmax does to the gradient of a confident mistake",
        covers=(3, 4),
        minutes=6,
        difficulty="hard",
        text="The logits of three classes are *z_1 = {z1}*, *z_2 = {z2}* and *z_3 = 0*. The first class is the true one, so the network is "
        "sure of something wrong. The loss is cross-entropy.",
        ask="What is *δ_1 = ∂L/∂z_1* with one softmax? And if the softmax is applied twice, how many zeros follow the decimal point "
        "of *δ_1*, before another digit does?",
        answer=Numbers(
            [
                Field(
                    "once",
                    "*δ_1*, one softmax",
                    {
                        "probability": "This is the prediction. Take the target away, which is one.",
                        "minus": "Prediction minus target, not the other way round.",
                        "other": "This is *δ* of the second class.",
                        "kept": "You multiplied by a slope once more. Cross-entropy has divided it out.",
                    },
                ),
                Field(
                    "zeros",
                    "zeros, two softmaxes",
                    {
                        "none": "This would mean that nothing is lost. But the outer loss divides by the outer probability, and the "
                        "inner softmax keeps its slope.",
                        "place": "This is the place of the first other digit. Count the zeros before it.",
                        "both": "You took both softmaxes for flat. The outer one has logits between zero and one, and is not flat there.",
                    },
                ),
            ]
        ),
        hints=(
            "The outer softmax has *δ = a − y*, too, but with respect to its own logits: the probabilities of the inner one. "
            "Carry that back through the inner softmax.",
            "The inner probabilities are about *{a1:7}*, *{a2:3}* and the rest. Each of the *u_i* that come from the outer one has a size below "
            "one, and *δ_1 = a_1(u_1 − the average of all u_i)*.",
        ),
        solution="""- One softmax: *a_1 = {a1:7}*, so *δ_1 = a_1 − 1 = {once:5}*, as large as it can be
- Two: the outer softmax gives the first class *{p1:4}*, so *u_1 = {p1:4} − 1 = {felt:4}*
- Back through the inner one: the average of all *u_i*, weighed with the inner probabilities, is *{average:4}*, so *u_1* less that is *{bracket:4}*, and *δ_1 = {a1:7}·({bracket:4}) = {left:8}*
- Zeros after the point: {zeros:0}

The bracket is about minus one. What kills *δ_1* is the *a_1* before it: the inner softmax is flat where it is sure.""",
        tape=ad.trace(twice, d=10.0, z2=0.0),
        draws={"d": [7.0, 8.0, 9.0, 10.0, 11.0, 12.0], "z2": [-0.5, 0.0, 0.5]},
    ),
    Question(
        id="outputs-count",
        title="A unit that counts",
        practises="the loss that goes with an output, and its slope",
        covers=(2,),
        minutes=5,
        difficulty="medium",
        text="A unit says how many calls it expects in an hour. Its output is *a = e^z*, with *z = {z}*, and there were *y = {y}* "
        "calls. Its loss is the one that goes with this output, *L = e^z − y·z*.",
        ask="What are *δ = ∂L/∂z* and *L*?",
        answer=Numbers(
            [
                Field(
                    "delta",
                    "*δ*",
                    {
                        "kept": "You multiplied by the slope of the output once more. This loss has divided it out.",
                        "sum_for_output": "You compared *z* with *y*. What does the unit say?",
                        "minus": "Prediction minus target, not the other way round.",
                    },
                ),
                Field(
                    "loss",
                    "*L*",
                    {
                        "half": "This is half the squared error.",
                        "delta": "This is *δ*.",
                        "no_target": "How often is *z* taken away?",
                        "loss_minus": "The sign is turned round.",
                    },
                ),
            ]
        ),
        hints=(
            "Differentiate *L* by *z*: the exponential is its own derivative.",
            "*δ = e^z − y*, prediction minus target; for *L* take *y* times *z* away from the prediction.",
        ),
        solution="""- Prediction: *a = e^z = {a:6}*
- Prediction minus target: *δ = a − y = {a:6} − {y} = {delta:6}*
- Loss: *L = a − y·z = {a:6} − {y}·{z} = {loss:6}*

(A loss of counts may be negative: only where it is smallest matters.)""",
        tape=ad.trace(count, z=0.7, y=3.0),
        draws={"z": [-1.0, -0.5, 0.4, 0.7, 1.2], "y": [1.0, 2.0, 3.0, 5.0]},
    ),
    Question(
        id="outputs-flat",
        title="Up or down?",
        practises="where a loss bends the wrong way",
        covers=(2,),
        minutes=4,
        difficulty="medium",
        text="A sigmoid unit has *z = {z}*, so *a = σ(z) = {a:4}*, and the target *y = {y}*. A loss bends *up* at *z* if its second "
        "derivative is positive there, as in a valley.",
        ask="Which of the two losses bends up here?",
        answer=OneOf(
            [
                Option(
                    "Both, half the squared error and cross-entropy.",
                    "Half the squared error bends down where the right answer gets less than a third. What does it get here?",
                ),
                Option(
                    "Only cross-entropy.",
                    "Cross-entropy bends up everywhere. The other one does, too, where the right answer gets more than a third.",
                ),
                Option(
                    "Only half the squared error.",
                    "This can never be: cross-entropy is convex, its second derivative is *a(1 − a)*.",
                ),
                Option(
                    "Neither.",
                    "This can never be: cross-entropy is convex, its second derivative is *a(1 − a)*.",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "Cross-entropy's *δ* is *a − y*, and *a* never falls. So which way does that loss bend?",
            "For half the squared error compare the share of the right answer, here {wanted:4}, with one third.",
        ),
        solution="""- The right answer gets *{wanted:4}*
- Half the squared error: its second derivative is *{half:6}*
- Cross-entropy: its second derivative is *a(1 − a) = {bce:6}*

Half the squared error bends down wherever the right answer gets less than a third, and there a hill can stand.""",
        tape=ad.trace(bends, z=-1.5, y=1.0),
        draws={"z": [-2.5, -1.5, -0.4, 0.4, 1.5, 2.5], "y": [0.0, 1.0]},
    ),
    Question(
        id="mathematics-cancel",
        minutes=4,
        difficulty="medium",
        title="Which error is felt?",
        practises="why sigmoid goes with cross-entropy",
        covers=(2,),
        text="A sigmoid output has the weighted sum *z = {z}*, so *a = σ(z) = {a:4}*, and the target *y = {y}*. "
        "For each of two losses, half the squared error and binary cross-entropy, there is a *δ = ∂L/∂z*. Let us "
        "say that it has faded if its size is below 1/20.",
        ask="Which *δ* has faded?",
        answer=OneOf(
            [
                Option(
                    "Both have.",
                    "Cross-entropy leaves the error *a − y* itself, here *{a:4} − {y}*. Is that small?",
                ),
                Option(
                    "Only that of half the squared error.",
                    "Compare both with 1/20: one is the error *a − y*, the other the error times "
                    "*a(1 − a)*.",
                ),
                Option(
                    "Only that of cross-entropy.",
                    "This can never be: the other one is this one times the sigmoid's slope, which is at most "
                    "1/4.",
                ),
                Option(
                    "Neither has.",
                    "Half the squared error keeps the factor *σ′(z) = a(1 − a)*. Work out both products before you "
                    "compare.",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "For one of the two losses the sigmoid's slope cancels. What remains of *δ* then?",
            "Cross-entropy: *δ = a − y*. Half the squared error: *δ = (a − y)·a(1 − a)*.",
        ),
        solution="""- The slope: *σ′(z) = a(1 − a) = {a:4}·(1 − {a:4}) = {slope:4}*
- Half the squared error: *δ = (a − y)·σ′(z) = ({a:4} − {y})·{slope:4} = {delta_half:4}*
- Cross-entropy: *δ = a − y = {a:4} − {y} = {delta_bce:4}*

Cross-entropy's *δ* fades only where the prediction is right. That of half the squared error also fades where the
sigmoid is flat, however wrong it is there.""",
        tape=ad.trace(faded, z=-4.0, y=1.0),
        draws={
            "z": [-6.0, -5.0, -4.0, -2.0, -1.5, -0.5, 0.5, 1.5, 2.0, 4.0, 5.0, 6.0],
            "y": [0.0, 1.0],
        },
        figure="mathematics-cancel",
        reveal={"z": "z", "y": "y"},
    ),
    Question(
        id="mathematics-batch",
        minutes=5,
        difficulty="medium",
        title="One example among many",
        practises="the gradients of losses, with the mean and with the activation",
        covers=(2,),
        text="A batch has *m = {m}* examples, and the loss is the mean over them. For the first example a sigmoid "
        "output predicts *a_1 = {a}*; its target is *y_1 = {y}*.",
        ask="What is $\\partial L/\\partial a_1$ for the mean squared error and for binary cross-entropy, and "
        "what is *δ_1 = ∂L/∂z_1* for the latter?",
        answer=Numbers(
            [
                Field(
                    "squared",
                    "squared error",
                    {
                        "no_mean": "This is the gradient of its own term. The loss is the mean of all terms.",
                        "half": "This belongs to half the squared error.",
                    },
                ),
                Field(
                    "bce",
                    "cross-entropy",
                    {
                        "bce_no_mean": "This is the gradient of its own term. The loss is the mean of all terms.",
                        "delta": "Here the sigmoid's slope has cancelled already. This comes next; first, the gradient "
                        "with respect to *a_1*.",
                    },
                ),
                Field(
                    "delta",
                    "*δ_1*",
                    {
                        "delta_no_mean": "This is *δ* for its own term. The loss is the mean of all terms.",
                        "twice": "The sigmoid's slope has been applied twice, or the loss's own slope left out.",
                        "bce": "This is still the gradient with respect to *a_1*: one factor further back is *z_1*.",
                    },
                ),
            ]
        ),
        hints=(
            "Only one term of the mean contains *a_1*. Differentiate it, and do not lose the mean.",
            "The terms' derivatives are *2(a − y)* and *(a − y)/(a(1 − a))*. Which factor leads from *a* back to "
            "*z*?",
        ),
        solution="""- The error: *a_1 − y_1 = {a} − {y} = {error}*
- Mean squared error: *∂L/∂a_1 = 2(a_1 − y_1)/m = 2·{error}/{m} = {squared}*
- Cross-entropy: *∂L/∂a_1 = (a_1 − y_1)/(a_1(1 − a_1))/m = {error}/{slope}/{m} = {bce}*
- Times the slope *σ′(z_1) = a_1(1 − a_1) = {slope}*, which cancels: *δ_1 = (a_1 − y_1)/m = {error}/{m} = {delta}*""",
        tape=ad.trace(batch, a=0.2, y=1.0, m=4.0),
        draws={
            "a": [0.1, 0.2, 0.25, 0.4, 0.6, 0.75, 0.8, 0.9],
            "y": [0.0, 1.0],
            "m": [4.0, 5.0, 8.0, 10.0, 20.0],
        },
    ),
    Question(
        id="outputs-two",
        title="Two classes, one number",
        practises="choosing between two logits with softmax and one with sigmoid",
        covers=(1,),
        minutes=4,
        difficulty="easy",
        text="A network for two classes ends in the logits *z_1 = {z1}* and *z_2 = {z2}*, with softmax and "
        "cross-entropy. The first class is the true one.",
        ask="What is the probability of the first class, and what is *δ_1 = ∂L/∂z_1*?",
        answer=Numbers(
            [
                Field(
                    "a1",
                    "*a_1*",
                    {
                        "alone": "This is a sigmoid of the first logit alone. The second one has a say, too.",
                        "swapped": "This is the probability of the second class.",
                        "summed": "You added the logits. What is left of a common shift of both?",
                    },
                ),
                Field(
                    "pair",
                    "*δ_1*",
                    {
                        "other": "This is *δ* of the second class.",
                        "probability": "The target has to be taken away. What is it for the true class?",
                    },
                ),
            ]
        ),
        hints=(
            "Divide above and below by the first exponential. On how many numbers does the result depend?",
            "The softmax of two logits is the sigmoid of *z_1 − z_2 = {difference}*. Then *δ_1 = a_1 − y_1*.",
        ),
        solution="""- One number: *z_1 − z_2 = {z1} − {z2} = {difference}*
- Its sigmoid: *a_1 = σ(z_1 − z_2) = {a1:6}*
- Prediction minus target: *δ_1 = a_1 − 1 = {pair:6}*

A single logit of this size, with a sigmoid, would have made the same network.""",
        tape=ad.trace(two_logits, z1=1.3, z2=0.5),
        draws={"z1": [0.4, 0.8, 1.3, 2.0], "z2": [-0.7, 0.5, 1.0, -1.2]},
    ),
    Question(
        id="mathematics-jacobian",
        minutes=6,
        difficulty="medium",
        title="Off the diagonal",
        practises="the softmax's Jacobian, and what its diagonal alone would lose",
        covers=(3,),
        text="A softmax gives three classes the probabilities *a_1 = {a1}*, *a_2 = {a2}* and *a_3 = {a3}*. The "
        "second class is the true one, and the loss is cross-entropy.",
        ask="What are these two entries of the Jacobian, and what is *δ_1*?",
        answer=Numbers(
            [
                Field(
                    "diagonal",
                    "*∂a_2/∂z_2*",
                    {
                        "square": "This is the part that is taken away. On the diagonal stands *a_2(1 − a_2)*.",
                        "one_less": "A factor is missing; compare with the sigmoid's slope.",
                    },
                ),
                Field(
                    "beside",
                    "*∂a_2/∂z_1*",
                    {
                        "elementwise": "It would be zero if each output had a logit of its own. Here they share the "
                        "denominator.",
                        "positive": "Raise one logit: do the other probabilities rise or fall?",
                        "row_1": "This is how *a_1* itself changes with *z_1*.",
                    },
                ),
                Field(
                    "delta",
                    "*δ_1 = ∂L/∂z_1*",
                    {
                        "elementwise": "This is what the diagonal alone gives. The loss sees *a_2*, and *a_2* depends on "
                        "*z_1*.",
                        "as_true": "This would be right if the first class were the true one.",
                        "minus": "Multiply again: *∂L/∂a_2* is negative, and so is *∂a_2/∂z_1*.",
                    },
                ),
            ]
        ),
        hints=(
            "All three outputs have the same denominator, so each depends on every logit.",
            "*∂a_2/∂z_1 = −a_2·a_1*. As *L = −log a_2*, the loss adds the factor *∂L/∂a_2 = −1/a_2 = {da}*.",
        ),
        solution="""- On the diagonal: *∂a_2/∂z_2 = a_2(1 − a_2) = {a2}·(1 − {a2}) = {diagonal}*
- Beside it: *∂a_2/∂z_1 = −a_2·a_1 = −{a2}·{a1} = {beside}*
- The loss is *−log a_2*, so there is one path: *δ_1 = ∂L/∂a_2·∂a_2/∂z_1 = (−1/a_2)·(−a_2·a_1) = a_1 = {delta}*

This is *a_1 − y_1*, as *y_1 = 0*. With the diagonal alone a wrong class would never be pushed down.""",
        tape=ad.trace(table, a1=0.3, a2=0.2),
        draws={"a1": [0.1, 0.15, 0.2, 0.3, 0.4, 0.45], "a2": [0.1, 0.15, 0.2, 0.3, 0.4]},
    ),
    Question(
        id="outputs-far",
        title="A thousand logits up",
        practises="a loss from logits that no exponential could bear",
        covers=(4,),
        minutes=5,
        difficulty="medium",
        text="Three logits are *z_1 = 1000*, *z_2 = {z2}* and *z_3 = {z3}*. The second class is the true one. Your "
        "calculator cannot take the exponential of any of them.",
        ask="What is the cross-entropy of their softmax?",
        answer=Numbers(
            [
                Field(
                    "loss",
                    "*L*",
                    {
                        "of_largest": "This is the loss if the first class were the true one.",
                        "minus": "The logit of the true class lies below the largest one. Does that raise the loss or lower it?",
                        "whole": "The true logit was not taken away.",
                    },
                )
            ]
        ),
        hints=(
            "A common shift of all logits changes no probability. Which shift makes the exponentials harmless?",
            "Take 1000 away: the logits are 0, *−{d1}* and *−{d2}*. The loss is the logarithm of the sum of their exponentials, less *z_2*.",
        ),
        solution="""- Shifted by the largest: 0, *−{d1}* and *−{d2}*
- The logarithm of the sum of their exponentials: {rest:6}
- Less the true logit: *L = {rest:6} + {d1} = {loss:6}*

Shifted, the sum lies between one and the number of classes, so its logarithm is always harmless.""",
        tape=ad.trace(far_logits, d1=2.0, d2=3.0),
        draws={"d1": [1.0, 2.0, 3.0], "d2": [1.5, 3.0, 4.0, 6.0]},
    ),
]


# Code exercises


def softmax_gradient(z, y):
    e = np.exp(z - z.max(axis=0))
    a = e / e.sum(axis=0)
    return (a - y) / z.shape[1]


def logits(rng):
    """Batches of logits in columns, some of which are far up, far down, or both at once."""
    for n, m, far in ((3, 5, 0.0), (4, 4, 0.0), (5, 2, 800.0), (3, 3, 750.0), (2, 6, 0.0)):
        shift = np.zeros(m)
        shift[:2] = far, -far
        z = shift + rng.normal(size=(n, m))
        yield {"z": z.round(3), "y": np.eye(n)[:, rng.integers(n, size=m)]}
    # The largest logit stands first, last and between, and so does the least.
    for columns, y in (
        ([[800, -800, 3], [-800, 3, 800], [3, 800, -800], [0, 0, 0]], [0, 2, 1, 2]),
        ([[-760, 0, -1, 780], [790, 1, -770, 2], [0, 0, 0, 0]], [3, 0, 1]),
    ):
        z = np.transpose(columns) + rng.normal(size=np.shape(columns)[::-1])
        yield {"z": z.round(3), "y": np.eye(len(z))[:, y]}


def by_reverse_mode(z, y):
    logits = ad.var(z)
    loss = (ad.logsumexp(logits) - (y * logits).sum(axis=0)).mean()
    return ad.grad(loss, [logits])[0].value


def softmax_along(axis):
    def answer(z, y):
        e = np.exp(z - z.max(axis=axis, keepdims=True))
        return (e / e.sum(axis=axis, keepdims=True) - y) / z.shape[1]

    return answer


def diagonal_only(z, y):
    return -y * (1 - bp.softmax(z)) / z.shape[1]


def loss_from_logits(z, y):
    def softplus(z):
        return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))

    return np.mean(y * softplus(-z) + (1 - y) * softplus(z))


def yes_and_no(rng):
    """One logit for each example; in two batches some are far out, on the right side and on the wrong one."""
    for m, far in ((3, 0.0), (8, 0.0), (5, 800.0), (6, 900.0), (2, 0.0)):
        z = rng.normal(0.0, 1.5, size=m)
        y = rng.permutation(np.arange(m) % 2) * 1.0
        if far:
            z[:4] = np.array([far, -far, -far, far]) + rng.normal(size=4)
            y[:4] = 0, 1, 0, 1
        yield {"z": z.round(3)[None, :], "y": y[None, :]}


def as_two_classes(z, y):
    """A sigmoid is a softmax over the logit and zero."""
    return bp.cross_entropy.from_logits(np.vstack([z, 0 * z]), np.vstack([y, 1 - y]))


def clipped(smallest):
    def answer(z, y):
        a = np.clip(bp.sigmoid(z), smallest, 1 - smallest)
        return np.mean(-y * np.log(a) - (1 - y) * np.log(1 - a))

    return answer


def padded(smallest):
    def answer(z, y):
        a = bp.sigmoid(z)
        return np.mean(-y * np.log(a + smallest) - (1 - y) * np.log(1 - a + smallest))

    return answer


CLIPPED = (
    "Probabilities are kept away from 0 and 1 by a small constant. Nothing is infinite then, but a logit that is "
    "far out costs the same wherever it is. Simplify the logarithm before you compute."
)


SMALL = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)


def softmax_back(z, upstream):
    e = np.exp(z - z.max(axis=0))
    a = e / e.sum(axis=0)
    return a * (upstream - (a * upstream).sum(axis=0))


def columns_from_behind(rng):
    for n, m in ((3, 5), (4, 2), (2, 6), (5, 3)):
        yield {
            "z": rng.normal(size=(n, m)).round(3),
            "upstream": rng.normal(size=(n, m)).round(3),
        }


def back_by_reverse_mode(z, upstream):
    columns = [ad.var(column) for column in z.T]
    pairs = zip(columns, upstream.T, strict=True)
    losses = [(ad.softmax(column) * u).sum() for column, u in pairs]
    return np.transpose(
        [ad.grad(loss, [c])[0].value for loss, c in zip(losses, columns, strict=True)]
    )


def matching_loss(g, G, z, y):
    loss = np.mean(G(z) - y * z)
    delta = (g(z) - y) / np.size(z)
    return loss, delta


def line(z):
    return 1.0 * z


def sigmoid(z):
    return bp.sigmoid(z)


def relu(z):
    return np.maximum(z, 0.0)


# For each output: its G, the same for reverse mode, and the output's slope.
MATCHING: dict[Any, tuple[Any, Any, Any]] = {
    line: (lambda z: z**2 / 2, lambda z: 0.5 * z**2, lambda z: 0.0 * z + 1.0),
    sigmoid: (
        lambda z: np.logaddexp(0.0, z),
        ad.softplus,
        lambda z: bp.sigmoid(z) * (1.0 - bp.sigmoid(z)),
    ),
    np.tanh: (
        lambda z: np.log(np.cosh(z)),
        lambda z: z + ad.softplus(-2.0 * z) - np.log(2.0),
        lambda z: 1.0 - np.tanh(z) ** 2,
    ),
    relu: (
        lambda z: np.maximum(z, 0.0) ** 2 / 2,
        lambda z: 0.5 * ad.relu(z) ** 2,
        lambda z: 1.0 * (z > 0.0),
    ),
    np.exp: (np.exp, ad.exp, np.exp),
    np.sinh: (np.cosh, lambda z: 0.5 * (ad.exp(z) + ad.exp(-z)), np.cosh),
}


def outputs_of_all_kinds(rng):
    """Batches, and single examples without an axis; the targets lie around what the output says."""
    for g, m in (
        *((np.tanh, 4), (np.exp, 3), (line, 5), (sigmoid, 2)),
        *((np.sinh, None), (relu, 6), (np.exp, None), (np.sinh, 3)),
    ):
        z = rng.normal(0.0, 1.5, size=m)
        y = g(z) + rng.normal(size=m)
        yield {"g": g, "G": MATCHING[g][0], "z": np.round(z, 3), "y": np.round(y, 3)}


def by_reverse_mode_of_the_area(g, G, z, y):
    logit = ad.var(z)
    loss = (MATCHING[g][1](logit) - y * logit).mean()
    return loss.value, ad.grad(loss, [logit])[0].value


def with_slope(slope):
    """The loss is right, and *delta* is multiplied by a slope."""

    def answer(g, G, z, y):
        loss, delta = matching_loss(g, G, z, y)
        return loss, delta * slope(g, z)

    return answer


EXERCISES = [
    Exercise(
        id="outputs-1",
        title="A loss that never overflows",
        practises="computing binary cross-entropy from logits, however far out they are",
        covers=(4,),
        minutes=15,
        difficulty="hard",
        solution=loss_from_logits,
        explanation="−log σ(z) is softplus(−z), and −log(1 − σ(z)) is softplus(z): no probability is ever rounded to 0 "
        "or 1. For softplus, log(1 + e^z) = max(z, 0) + log(1 + e^(−|z|)), and this exponential never exceeds one.",
        hints=(
            "Do not compute the probability. Write −log σ(z) and −log(1 − σ(z)) as functions of z, and simplify.",
            "They are softplus(-z) and softplus(z). With np.abs(z), softplus needs no exponential above one: take "
            "max(z, 0) out of the logarithm.",
        ),
        cases=yes_and_no,
        library=as_two_classes,
        mistakes=(
            *(Mistake("clipped", CLIPPED, make(s)) for s in SMALL for make in (clipped, padded)),
            Mistake(
                "swapped",
                "The two terms are exchanged: this is the loss for the targets 1 − y.",
                lambda z, y: loss_from_logits(z, 1 - y),
            ),
            Mistake(
                "first term only",
                "Examples with the target 0 cost nothing here. Where is the term with 1 − y?",
                lambda z, y: np.mean(y * bp.softplus(-z)),
            ),
            Mistake(
                "second term only",
                "Examples with the target 1 cost nothing here. Where is the term with y?",
                lambda z, y: np.mean((1 - y) * bp.softplus(z)),
            ),
        ),
        factors=lambda z, y: {"the number m of examples": z.size},
    ),
    Exercise(
        id="outputs-2",
        title="Back through softmax and cross-entropy",
        practises="the gradient of softmax cross-entropy for a batch, without overflow",
        covers=(2, 4),
        minutes=15,
        difficulty="hard",
        solution=softmax_gradient,
        explanation="Softmax down each column, less the targets, over the number of examples. Taking a column's "
        "largest logit away changes no probability, and no exponent is positive then; so nothing overflows, and no "
        "denominator is below one.",
        hints=(
            "Each column is an example of its own. What remains of the softmax's Jacobian once cross-entropy has "
            "been multiplied in, and what does a mean do to a gradient?",
            "delta is (a - y) / m. For a, subtract each column's largest logit before exp, and sum along axis 0.",
        ),
        cases=logits,
        library=by_reverse_mode,
        mistakes=(
            Mistake(
                "wrong axis",
                "The softmax runs along the rows, over the examples. It belongs down each column, over the classes.",
                softmax_along(1),
            ),
            Mistake(
                "diagonal",
                "Only the diagonal of the softmax's Jacobian is used. Each probability depends on every logit, and "
                "the paths add.",
                diagonal_only,
            ),
            Mistake(
                "sigmoid",
                "Each logit went through a sigmoid of its own. The probabilities of a column should sum to one.",
                lambda z, y: (bp.sigmoid(z) - y) / z.shape[1],
            ),
            Mistake(
                "one step short",
                "This is the gradient with respect to the probabilities. Carry it back through the softmax.",
                lambda z, y: -y / bp.softmax(z) / z.shape[1],
            ),
        ),
        factors=lambda z, y: {
            "the factor 1/m of the mean": 1 / z.shape[1],
            "the factor 1/n": 1 / len(z),
            "the slope a(1 − a)": bp.softmax(z) * (1 - bp.softmax(z)),
        },
        loss=lambda z, y: bp.cross_entropy.from_logits(z, y),
        wrt=("z",),
    ),
    Exercise(
        id="outputs-3",
        title="Back through a softmax alone",
        practises="the product with a softmax's Jacobian, without writing the Jacobian down",
        covers=(3,),
        minutes=15,
        difficulty="hard",
        solution=softmax_back,
        explanation="Down column k of the Jacobian stands a_i([i=k] - a_k), so the sum over i of upstream_i times that is "
        "a_k times upstream_k less the average of upstream, weighed with the probabilities. No table is made.",
        hints=(
            "Write the sum over the rows of one column of the Jacobian, and see which part of it does not depend on the row.",
            "With a the softmax of each column: a times (upstream minus the sum of a * upstream along axis 0).",
        ),
        cases=columns_from_behind,
        library=back_by_reverse_mode,
        mistakes=(
            Mistake(
                "diagonal",
                "Only the diagonal of the Jacobian is used. Each probability depends on every logit, and the paths add.",
                lambda z, upstream: bp.softmax(z) * (1 - bp.softmax(z)) * upstream,
            ),
            Mistake(
                "wrong axis",
                "The average runs along the rows, over the examples. It belongs to each column on its own.",
                lambda z, upstream: (
                    bp.softmax(z)
                    * (upstream - (bp.softmax(z) * upstream).sum(axis=1, keepdims=True))
                ),
            ),
            Mistake(
                "no probability in front",
                "The average is right, but the probability in front of the bracket is missing.",
                lambda z, upstream: upstream - (bp.softmax(z) * upstream).sum(axis=0),
            ),
            Mistake(
                "plain mean",
                "The average counts all classes alike. Weigh it with the probabilities.",
                lambda z, upstream: bp.softmax(z) * (upstream - upstream.mean(axis=0)),
            ),
        ),
        loss=lambda z, upstream: np.sum(bp.softmax(z) * upstream),
        wrt=("z",),
    ),
    Exercise(
        id="outputs-4",
        title="The loss that goes with any output",
        practises="building the loss whose slope is prediction minus target, over a batch",
        covers=(2,),
        minutes=10,
        difficulty="medium",
        solution=matching_loss,
        explanation="G(z) - y z has the slope g(z) - y, because G has the slope g; nothing else is needed. The loss is the mean over "
        "m examples, so each of them has 1/m of it, in delta as well.",
        hints=(
            "The chapter's recipe gives the loss of one example. Which slope has it? Then think of what a mean does to both.",
            "The loss is the mean of G(z) - y * z, and delta is (g(z) - y) over the number of examples, np.size(z).",
        ),
        cases=outputs_of_all_kinds,
        outputs=("loss", "delta"),
        library=by_reverse_mode_of_the_area,
        mistakes=(
            *(
                Mistake(
                    "slope kept",
                    "Your delta is multiplied by the slope of the output once more. This loss has divided it out.",
                    with_slope(slope),
                )
                for slope in (
                    lambda g, z: MATCHING[g][2](z),
                    lambda g, z: g(z) * (1.0 - g(z)),
                )
            ),
            Mistake(
                "no mean",
                "You add the losses of the examples and do not average them, in delta neither.",
                lambda g, G, z, y: (np.sum(G(z) - y * z), g(z) - y),
            ),
            Mistake(
                "no mean in delta",
                "Your loss is a mean and your delta is that of a sum: each example has only its share of the mean.",
                lambda g, G, z, y: (np.mean(G(z) - y * z), g(z) - y),
            ),
            Mistake(
                "G of y",
                "You take G(y) away. It does not depend on z, so the slope of your loss knows no target.",
                lambda g, G, z, y: (np.mean(G(z) - G(y)), (g(z) - y) / np.size(z)),
            ),
            Mistake(
                "y times the output",
                "You take y times the output away. What has the slope y, if z moves?",
                lambda g, G, z, y: (np.mean(G(z) - y * g(z)), (g(z) - y) / np.size(z)),
            ),
            Mistake(
                "z for the output",
                "Your delta compares z with y. What does the unit say?",
                lambda g, G, z, y: (np.mean(G(z) - y * z), (z - y) / np.size(z)),
            ),
        ),
        factors=lambda g, G, z, y: {"the number m of examples": np.size(z)},
    ),
]
