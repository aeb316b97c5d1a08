"""Chapter 13: spot the bug."""

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from livetext.checks import Exercise, Mistake
from livetext.questions import Field, Numbers, OneOf, Option, Question

TITLE = "Spot the bug"
PAGE = "13-bugs.html"

WHICH = "What is wrong, and in which line?"


# Questions


def broadcast(n, m):
    """What ``W @ X + b`` makes of n units and m examples: stops, rows for columns, a square, or right."""
    return {"which": 1.0 * (m == n) + 2.0 * (m == 1)}


def widths(n1, n2):
    """What ``W2 @ delta2`` does between n1 and n2 units: it stops, or is wrong in the first layer."""
    return {"which": 1.0 * (n1 == n2)}


def evidence(suspect, m, h):
    """Relative errors of W1, b1, W2, b2 as the check by block prints them: of the suspect that is drawn."""
    rows = (
        [0.21, 0.19, 0 * m, 0 * m],  # the first layer's blame
        [m - 1] * 4,  # the mean
        [0.75 + 0 * m] * 4,  # a slope too many at the output
        [0 * m, 1 + 0 * m, 0 * m, h - 1],  # biases moved once a weight
        [0 * m] * 4,  # sums that are never zeroed
    )
    blocks = {
        name: sum(ad.where(suspect == k, row[i], 0.0) for k, row in enumerate(rows))
        for i, name in enumerate(("W1", "b1", "W2", "b2"))
    }
    return blocks | {"which": 1.0 * suspect, "place": suspect + 1}


# Of each curve in the picture: where its case stands among the options, which go by the chapter.
MATCHES = (9, 0, 5, 2, 1, 8, 6, 7, 3, 10, 4, 11)


def matched(curve):
    """The curve's number in the picture, to the option that names its case, and that one's place."""
    which = sum(ad.where(curve == k, 1.0 * place, 0.0) for k, place in enumerate(MATCHES, start=1))
    return {"which": which, "place": which + 1}


def floors(K):
    wrong = {"none": 0 * K + 1e-3, "chance": ad.log(K), "inverted": ad.log(1 + (K - 1) * np.e)}
    q = np.e / (np.e + K - 1)
    return {"q": q, "least": ad.log(1 + (K - 1) / np.e)} | wrong


def first_losses(m, K):
    wrong = {"classes": ad.log(K), "both": ad.log(m * K), "root": ad.log(m) / 2}
    return {"loss": ad.log(m + 0 * K)} | wrong


def sums(g, k, lr):
    """How far a weight moves in k steps of a constant slope, where the sums are never zeroed."""
    wrong = {"plain": lr * g * k, "square": lr * g * k * k, "last": lr * g * k * (k - 1) / 2}
    return {"path": lr * g * k * (k + 1) / 2} | wrong


def equal_rates(m, lr):
    wrong = {"divided": lr / m, "same": lr + 0 * m, "root": lr * m**0.5}
    return {"rate": lr * m} | wrong


def first_steps(beta1, beta2):
    one, two = 1 - beta1, 1 - beta2
    wrong = {"no_root": one / two, "inverted": two**0.5 / one, "mean": one + 0 * two}
    return {"one": one, "two": two, "times": one / two**0.5} | wrong


def spot(
    id: str,
    title: str,
    practises: str,
    options: list[Option],
    hints: tuple[str, str],
    solution: str,
    covers: tuple[int, ...] = (2,),
    difficulty: str = "medium",
) -> Question:
    """A case: one guilty line, or none."""
    return Question(
        id=id,
        title=title,
        practises=practises,
        covers=covers,
        minutes=3,
        difficulty=difficulty,
        ask=WHICH,
        answer=OneOf(options),
        hints=hints,
        solution=solution,
    )


QUESTIONS = [
    Question(
        id="bugs-flat",
        title="How wide, how many?",
        practises="seeing which shapes hide a flat bias",
        covers=(1, 2),
        minutes=3,
        difficulty="easy",
        text="The layer has *n = {n}* units, and is given *m = {m}* examples.",
        ask="What does `W @ X + b` do, with `b` of *n* entries?",
        answer=OneOf(
            [
                Option(
                    "It stops with an error.",
                    "NumPy lines up last axes. Do *m* and *n* fit each other, or is one of them 1?",
                ),
                Option(
                    "It runs, and gives each example a bias of its own.",
                    "For this the entries of `b` must be as many as the examples. Are they?",
                ),
                Option(
                    "It runs, and the result has the shape *n × n*.",
                    "This happens where a single column meets a row. Is there a single column?",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "The product has *n* rows and *m* columns; `b` is one row of *n* entries.",
            "Rows are repeated downwards, a single column is repeated sideways, and anything else must agree.",
        ),
        solution="The product is *{n} × {m}*, and `b` a row of {n}. Where *m = n* the row is added to each row: a bias for each example. Where "
        "*m = 1* the column is repeated, and the result is square. Else NumPy stops.",
        tape=ad.trace(broadcast, n=3.0, m=3.0),
        draws={"n": [2.0, 3.0, 4.0, 5.0], "m": [1.0, 3.0, 4.0, 5.0]},
    ),
    spot(
        "bugs-mean",
        "A loss of ninety",
        "telling a step that is too long from a wrong direction",
        [
            Option(
                "`A2 = …`: the sigmoid overflows.",
                "The library's sigmoid does not overflow, and at the first step its sums are small.",
            ),
            Option(
                "`delta2 = …`: the mean over the examples is missing.",
                "The sums over a hundred examples are a hundred times their mean.",
                right=True,
            ),
            Option(
                "`delta1 = …`: the transpose is on the wrong side.",
                "The shapes say where it belongs: from one output to eight units.",
            ),
            Option(
                "Nothing: only the learning rate is too large.",
                "A smaller rate would hide it. But for the same rate the right program learns.",
            ),
        ],
        (
            "By how much would the learning rate have to be smaller?",
            "What would be the same if there were one example?",
        ),
        "`delta2 = A2 - Y` lacks the division by the number of examples, so that every slope is *m* times too long. All arrays are off by the same factor.",
        covers=(1, 2),
    ),
    Question(
        id="bugs-square",
        title="Which widths hide it?",
        practises="choosing widths that let no transpose slip through",
        covers=(1, 2),
        minutes=3,
        difficulty="easy",
        text="The guilty line is `delta1 = (W2 @ delta2) * (1 - A1**2)`. The program runs on a network 2-*n_1*-*n_2*-1 with *n_1 = {n1}* and *n_2 = {n2}*.",
        ask="What happens?",
        answer=OneOf(
            [
                Option(
                    "It stops with an error.",
                    "Only if the shapes do not fit: how many columns has `W2`, and how many rows `delta2`?",
                ),
                Option(
                    "It runs, and the gradient of the first layer is wrong.",
                    "For this `W2` would have to be square.",
                ),
                Option(
                    "It runs, and the gradients of all layers are wrong.",
                    "The gradients of the second and third layer are taken before this line, and without it.",
                ),
                Option(
                    "It runs, and every gradient is right.",
                    "A square matrix is not its own transpose. Which array is then wrong?",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "`W2` has a row for each unit of its own layer, and a column for each unit before it.",
            "`delta2` has *n_2* rows. A product needs as many columns on its left.",
        ),
        solution="`W2` is *{n2} × {n1}* and `delta2` has {n2} rows. The product exists only where both widths are the same; then it "
        "runs, and the first layer alone gets a wrong gradient. Take widths that differ.",
        tape=ad.trace(widths, n1=8.0, n2=8.0),
        draws={"n1": [4.0, 6.0, 8.0], "n2": [4.0, 6.0, 8.0]},
    ),
    spot(
        "bugs-once-more",
        "It learns, and then it hardly does",
        "seeing a slope that does not belong to the loss",
        [
            Option(
                "`A1 = …`: tanh should be a ReLU.",
                "A choice of activation is no bug; the right program has the same.",
            ),
            Option(
                "`delta2 = …`: the sigmoid's slope does not belong there.",
                "With cross-entropy it has cancelled.",
                right=True,
            ),
            Option(
                "`delta1 = …`: the slope should be taken at the sums.",
                "It is: one minus the square of tanh *is* the slope at the sum.",
            ),
            Option(
                "Nothing: the network is too small.",
                "The same network reaches a tenth of this loss in the same number of steps.",
            ),
        ],
        (
            "What is the derivative of cross-entropy by the sum before the sigmoid?",
            "Where is the product of `A2` and `1 - A2` small? Should those points be given up?",
        ),
        "Behind a sigmoid with cross-entropy the output's delta is prediction minus target. The factor `A2 * (1 - A2)` is the slope of the sigmoid once more.",
    ),
    spot(
        "bugs-labels",
        "It does not learn at all",
        "looking for a bug outside of the gradient",
        [
            Option(
                "`order = …`: the numbers should be drawn with repetition.",
                "Each example once an epoch is what is wanted.",
            ),
            Option(
                "`part = …`: the last batch is too short.",
                "It is, and nothing is wrong with that: the mean takes care of it.",
            ),
            Option(
                "`yield …`: images and labels are not picked alike.",
                "The images are shuffled, and the labels stand in their old order.",
                right=True,
            ),
            Option(
                "Nothing: the learning rate is too small.",
                "At this rate the right program is down at a tenth of this loss after ten epochs.",
            ),
        ],
        (
            "The loss stays at that of a network that knows nothing. What must be missing?",
            "Read the line that hands over a batch: what picks the images, what picks the labels?",
        ),
        "`X[:, part]` is shuffled and `Y[:, start : start + 32]` is not. Images and labels no longer belong together, so there is nothing to learn.",
        covers=(1,),
        difficulty="easy",
    ),
    spot(
        "bugs-kink",
        "Ninety-five in a hundred",
        "reading a slope off an output",
        [
            Option(
                "`A2 = …`: the softmax should run along the rows.",
                "Columns are examples, and the library's softmax runs down each column.",
            ),
            Option(
                "`delta2 = …`: the slope of the softmax is missing.",
                "With cross-entropy it has cancelled, as with the sigmoid.",
            ),
            Option(
                "`delta1 = …`: the condition is always true.",
                "The output of a ReLU is never negative.",
                right=True,
            ),
            Option(
                "Nothing: 0 and 1 are both allowed at the corner.",
                "They are, at a *sum* of zero. Here an *output* is zero, and that is half of all units.",
            ),
        ],
        (
            "For how many entries of `A1` is the condition false?",
            "An output of zero belongs to every sum that is not positive.",
        ),
        "`A1` is an output, and outputs of a ReLU are never below zero: `A1 >= 0` holds everywhere, and the ReLU is missing on the way back. It must be `A1 > 0`.",
    ),
    spot(
        "bugs-quiet",
        "The same corner once more",
        "acquitting a line that only looks wrong",
        [
            Option(
                "`delta1[A1 == 0] = 0`: negative entries are forgotten.",
                "Are there any in the output of a ReLU?",
            ),
            Option(
                "`delta1[A1 == 0] = 0`: two floats should not be compared for equality.",
                "In general not. But the ReLU puts an exact zero there, and nothing was computed with it.",
            ),
            Option(
                "`delta1 = W2.T @ delta2`: the ReLU's slope is missing.",
                "It comes in the next line: where the unit is on, it is a factor of 1.",
            ),
            Option(
                "Nothing: what is set to zero should be zero.",
                "The zeros of the output are just the places where the slope is zero.",
                right=True,
            ),
        ],
        (
            "Where is the output of a ReLU exactly zero?",
            "What has happened to the entries that the line does not touch?",
        ),
        "Nothing is wrong. `A1` is zero exactly where the sum is not positive, and there the slope is zero; everywhere else it is 1.",
        covers=(3,),
    ),
    spot(
        "bugs-order",
        "One line too early",
        "finding a bug that hides in the order of right lines",
        [
            Option(
                "`delta2 = …`: the slope of the sigmoid is missing.",
                "It has cancelled against the cross-entropy.",
            ),
            Option(
                "`W2 -= …`: it moves while its old value is still needed.",
                "The next delta is taken through the new weights.",
                right=True,
            ),
            Option(
                "`b2 -= …`: the bias should be averaged.",
                "The division by the number of examples is in `delta2` already.",
            ),
            Option(
                "Nothing: a difference in the third digit is rounding.",
                "Rounding is in the sixteenth digit, and the runs begin to differ after one step.",
            ),
        ],
        (
            "Every line is right. Are they in the right order?",
            "Which value of `W2` made the prediction whose blame is handed back?",
        ),
        "`delta1` must be taken through the `W2` of the forward pass. Move the two updates of the second layer below it.",
    ),
    spot(
        "bugs-slope",
        "As good as right",
        "telling where a derivative is taken",
        [
            Option(
                "`A1 = …`: the library's tanh takes one number at a time.",
                "It takes arrays of any shape, entry by entry.",
            ),
            Option(
                "`delta2 = …`: the sum over examples is missing.",
                "It comes with the matrix products below.",
            ),
            Option(
                "`delta1 = …`: the derivative is taken at the activation.",
                "It is a function of the weighted sum.",
                right=True,
            ),
            Option(
                "Nothing: it learns as well as the right program.",
                "Nearly. Ask the witness before you acquit.",
            ),
        ],
        (
            "What does `bp.tanh.derivative` want to be given?",
            "`A1` is tanh of the sum. So tanh is taken twice here. Where is that nearly the same?",
        ),
        "`bp.tanh.derivative` takes the weighted sum: it should be `bp.tanh.derivative(Z1)`. Small sums hide it, for there tanh is nearly the identity.",
    ),
    spot(
        "bugs-twice",
        "Slow, and never sure",
        "seeing that an output and its loss do not fit",
        [
            Option(
                "`output = …`: this loss wants logits.",
                "It has a softmax of its own.",
                right=True,
            ),
            Option(
                "`slope_of_loss = …`: prediction minus target is only half of it.",
                "For a loss that takes logits, it is all of it.",
            ),
            Option(
                "`delta2 = …`: the Jacobian of the softmax does not belong there.",
                "If the output is a softmax, its Jacobian must be on the way back.",
            ),
            Option(
                "Nothing: the learning rate is too small.",
                "A larger one helps: at the start these steps are a tenth as long as the right ones. But look at how small this loss can become at all.",
            ),
        ],
        (
            "How often is a softmax taken between the sums and the loss?",
            "Follow a perfect answer: all on one class. What is it after the second softmax?",
        ),
        "The loss applies a softmax to what it is given, so the output should be the identity: `output = bp.identity`.",
        covers=(1, 2),
    ),
    spot(
        "bugs-log-twice",
        "The logarithm of that",
        "acquitting what is superfluous and harmless",
        [
            Option(
                "`scores = …`: as in the last case, the loss takes it once more.",
                "Look again: what are the exponentials of `scores`, and what is their sum?",
            ),
            Option(
                "`delta2 = …`: the Jacobian of the first call is missing.",
                "It subtracts a multiple of the column's sum. What is the sum of prediction minus target?",
            ),
            Option(
                "`Z = Z - Z.max(…)`: this changes the result.",
                "One number for a whole column cancels. It keeps the exponentials small.",
            ),
            Option(
                "Nothing: the second logarithm changes no number.",
                "The second call subtracts the logarithm of 1.",
                right=True,
            ),
        ],
        (
            "What are the exponentials of a log-softmax, and to what do they add up?",
            "What does a log-softmax subtract from its input?",
        ),
        "Nothing is wrong. The exponentials of `scores` add up to 1, and so the second call subtracts log 1, which is 0.",
        covers=(3,),
        difficulty="hard",
    ),
    spot(
        "bugs-clip",
        "A belt that does not hold",
        "finding a line that comes too late",
        [
            Option(
                "`norm = …`: each array should have a norm of its own.",
                "Then the direction of the step would change; one norm for all is right.",
            ),
            Option(
                "`p -= …`: it uses gradients that are not clipped yet.",
                "The clipping comes when the step has been taken.",
                right=True,
            ),
            Option(
                "`g *= …`: the factor should be `limit / norm` alone.",
                "Then short gradients would be stretched.",
            ),
            Option(
                "Nothing: the gradients are shorter than the limit.",
                "The first one is more than three times as long.",
            ),
        ],
        (
            "What would be different without the last three lines?",
            "Follow the gradients of one batch: when are they used, when are they shortened?",
        ),
        "The step is taken with the unclipped gradients, and the clipped ones are thrown away with the next batch. The clipping belongs before the step.",
        difficulty="easy",
    ),
    spot(
        "bugs-bias",
        "Better than right: a third less",
        "distrusting a better number",
        [
            Option(
                "`W[:, j] -= …`: a column should not be moved alone.",
                "All columns get their turn, each with its own gradient.",
            ),
            Option(
                "`b -= …`: it stands inside the loop over the columns.",
                "The bias moves once for each incoming weight.",
                right=True,
            ),
            Option(
                "`W, b, dW, db = …`: these are copies, so nothing is moved.",
                "They are names for the same arrays, and the loss does fall.",
            ),
            Option(
                "Nothing: its loss is smaller than the right one's.",
                "A smaller loss is no proof. Ask the witness.",
            ),
        ],
        (
            "How often is each line carried out for one batch?",
            "Count the updates of `b` in a layer with eight inputs.",
        ),
        "`b -= alpha * db` must stand outside of the loop over `j`; there it moves once for each weight.",
        covers=(2, 5),
        difficulty="easy",
    ),
    spot(
        "bugs-zero",
        "Better than right: a hundredfold",
        "looking at the second step",
        [
            Option(
                "`sums = …`: it stands before the loop.",
                "What is added up is never set back to zero.",
                right=True,
            ),
            Option(
                "`total += g`: it changes the gradients.",
                "It changes the sums in place; the gradients stay.",
            ),
            Option(
                "`p -= …`: it should use `g + total`.",
                "Then the gradient would count twice even in the first step.",
            ),
            Option(
                "Nothing: it learns the moons perfectly.",
                "It learns those hundred points by heart. How many new ones are right?",
            ),
        ],
        (
            "The first step is right. What is different in the second?",
            "What does `total` hold when the second batch comes?",
        ),
        "`sums` should be made anew, or set to zero, for each batch. As it stands, every step repeats all gradients that came before.",
        covers=(1, 5),
    ),
    spot(
        "bugs-adam",
        "Better than right: in one epoch",
        "measuring the length of a first step",
        [
            Option(
                "`first[k] = …`: the factors should be exchanged.",
                "The mean keeps nine tenths of what it was, as it should.",
            ),
            Option(
                "`second[k] = …`: the square should be of the mean.",
                "Adam takes the mean of the squares.",
            ),
            Option(
                "`step = …`: both means begin at zero, and nobody corrects it.",
                "They are too small at first, the one under the root far more so.",
                right=True,
            ),
            Option(
                "Nothing: it is faster than the right one.",
                "Faster, because its steps are longer than it says. How long is the first?",
            ),
        ],
        (
            "What are the two means after one batch, as multiples of the gradient and its square?",
            "A tenth of the gradient, over the root of a thousandth of its square.",
        ),
        "Both means are too small at first. In step *t* divide each by one minus the power *t* of its own factor, before the quotient is taken.",
        covers=(1, 5),
    ),
    spot(
        "bugs-rows",
        "It passes every check",
        "finding what no gradient check finds",
        [
            Option(
                "`along = …`: the softmax runs over the examples.",
                "It should run down each column, over the classes.",
                right=True,
            ),
            Option(
                "`odds = …`: the exponentials overflow.",
                "For large sums they would. These are small, and no number is lost.",
            ),
            Option(
                "`delta2 = …`: the factor before `A2` does not belong there.",
                "For this loss it does: a check of its gradient passes.",
            ),
            Option(
                "Nothing: the check passes.",
                "A check compares a gradient with the loss that it is given. Is that the right loss?",
            ),
        ],
        (
            "What are the sums of the columns, and of the rows?",
            "Columns are examples. Over what does axis 1 run?",
        ),
        'With `"axis": 1` the probabilities of a class add up to 1 over the examples of the batch. It must be axis 0: for each example over the classes.',
        covers=(1, 2),
        difficulty="hard",
    ),
    Question(
        id="bugs-match",
        title="Which case is curve {curve}?",
        practises="reading what a curve says, and what it does not",
        covers=(1, 5),
        minutes=4,
        difficulty="medium",
        text="In the figure of all curves, look at number {curve}. The first seven are runs on the moons, the others on the digits.",
        ask="Which program is it?",
        answer=OneOf(
            [
                Option(
                    "The mean is forgotten.",
                    "Steps that are a hundred times too long do not come down at all.",
                ),
                Option(
                    "`W2` for its transpose, with one layer more.",
                    "Such a run comes down to a hundredth, but its twin is three layers deep, too, and comes down sooner.",
                ),
                Option(
                    "The sigmoid's slope once more.",
                    "Such a run comes down, and then stalls at a quarter.",
                ),
                Option(
                    "Labels left behind.",
                    "Such a run, on the digits, is level from the start.",
                ),
                Option(
                    "The ReLU's slope with ≥.",
                    "Such a run, on the digits, is close to its twin, and always a little above.",
                ),
                Option(
                    "`W2` moves too early.",
                    "Such a run lies next to its twin all the way, and ends a little above it.",
                ),
                Option(
                    "The slope taken at the activation.",
                    "Such a run stays up longer than the right one, and then ends where it should.",
                ),
                Option(
                    "Softmax twice.",
                    "Such a run learns, on the digits, and hardly gets down.",
                ),
                Option(
                    "The bias once for each weight.",
                    "Such a run stays close to the right one, and ends a little below it.",
                ),
                Option(
                    "Gradients that are never zeroed.",
                    "Such a run is a ball without friction: it races down, far below the others.",
                ),
                Option(
                    "Adam without its correction.",
                    "Such a run, on the digits, takes long first steps: it is down after one epoch.",
                ),
                Option(
                    "Softmax along the rows.",
                    "Such a run, on the digits, learns at half the speed.",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "Which programs take steps that are too long, and which too short?",
            "Pick its number: its mended twin is laid over it. Is it above the twin or below, and when?",
        ),
        solution="Number {curve} is the run of the program that stands in place {place} of this list; the picture says so, too, if its case is shown.\n\n"
        "- Steps that are too long are far down early, or never: no mean, sums never zeroed, the bias once for each weight, Adam.\n"
        "- Steps that are too short, or go a little wrong, come down late: the slope once more, a transpose, the order, the slope at the activation, the corner.\n"
        "- A wrong loss or wrong data leave a floor far above: softmax twice, by rows, the labels.\n\n"
        "Most of these curves you would have taken for good ones.",
        tape=ad.trace(matched, curve=4.0),
        draws={"curve": [float(k) for k in range(1, 13)]},
    ),
    Question(
        id="bugs-evidence",
        title="Four numbers, one suspect",
        practises="naming the line from a check by block",
        covers=(2,),
        minutes=3,
        difficulty="medium",
        text="A network with two inputs, *h = {h}* tanh units, a sigmoid and cross-entropy is checked on *m = {m}* points. The check by block prints relative errors: *W_1* {W1}, *b_1* {b1}, *W_2* {W2}, *b_2* {b2}.",
        ask="Which suspect fits?",
        answer=OneOf(
            [
                Option(
                    "`W2` moves before the first layer's delta is taken.",
                    "Then the second layer's gradient is right, and that of the first is not.",
                ),
                Option(
                    "The mean over the examples is forgotten.",
                    "Then every array is *m* times too long, so off by *m − 1* times its size.",
                ),
                Option(
                    "The sigmoid's slope is multiplied in once more.",
                    "Then every array is about four times too short, so off by three quarters.",
                ),
                Option(
                    "Each bias moves once for every incoming weight.",
                    "Then weights are right, and the biases are off by whole numbers.",
                ),
                Option(
                    "The sums of the gradients are never zeroed.",
                    "Then the first step is right, and the check sees no other: all errors are 0.",
                ),
            ],
            quantity="which",
        ),
        hints=(
            "Which arrays are right? What do the wrong ones have in common?",
            "All alike: a factor at the output. One layer: what is handed to it. Biases alone: how they are added or moved. None: what comes after the first step.",
        ),
        solution="The errors are {W1}, {b1}, {W2} and {b2}: that is suspect number {place}. One factor for all arrays is made at the output, and its size says which: "
        "*m − 1* for a sum in place of a mean, three quarters for a slope too many. One wrong layer is made by what it is handed, and wrong "
        "biases with right weights by the way in which biases are moved. Where nothing is wrong, the bug begins with the second step.",
        tape=ad.trace(evidence, suspect=0.0, m=100.0, h=8.0),
        draws={
            "suspect": [0.0, 1.0, 2.0, 3.0, 4.0],
            "m": [50.0, 100.0, 200.0],
            "h": [4.0, 8.0, 16.0],
        },
    ),
    Question(
        id="bugs-rate",
        title="Which rate hides it?",
        practises="what a forgotten mean does to the learning rate",
        covers=(5,),
        minutes=2,
        difficulty="easy",
        text="A program forgets the mean over its *m = {m}* examples and runs with *α = {lr}*.",
        ask="With which learning rate does the right program make the same step?",
        answer=Numbers(
            [
                Field(
                    "rate",
                    "*α*",
                    {
                        "divided": "Which of the two gradients is the longer one?",
                        "same": "The gradients of the two programs differ by a factor.",
                        "root": "The noise of a mean goes with the root of the number of examples, the length of a sum with the number itself.",
                    },
                )
            ]
        ),
        hints=(
            "By which factor is a sum larger than a mean?",
            "The step is the rate times the gradient, and the gradient without the mean is *m* times as long.",
        ),
        solution="- Without the mean the gradient is {m} times as long.\n- The right program needs *{m}·{lr} = {rate}* for the same step.\n\nSo a small rate hides the bug, until the batch size changes.",
        tape=ad.trace(equal_rates, m=32.0, lr=0.005),
        draws={"m": [8.0, 20.0, 32.0, 50.0], "lr": [0.002, 0.005, 0.01, 0.03]},
    ),
    Question(
        id="bugs-floor",
        title="How low can it go?",
        practises="the least loss behind two softmaxes",
        covers=(1,),
        minutes=4,
        difficulty="medium",
        text="A network with *K = {K}* classes ends in a softmax, and its loss applies another one before it takes the logarithm.",
        ask="Which loss do perfect answers have?",
        answer=Numbers(
            [
                Field(
                    "least",
                    "loss",
                    {
                        "none": "It would be zero behind one softmax. Behind the second one, all classes have some probability.",
                        "chance": "This is the loss of a network that knows nothing.",
                        "inverted": "This is the loss where all the probability is on a wrong class.",
                    },
                )
            ]
        ),
        hints=(
            "The second softmax is given 1 for the right class and 0 for all others.",
            "The exponentials are *e* and 1: what share has the right class?",
        ),
        solution="- The right class has the share *q = exp(1)/(exp(1) + {K} − 1) = {q}*.\n- The loss is *−log q = {least}*.\n\nNo network can fall below it.",
        tape=ad.trace(floors, K=10.0),
        draws={"K": [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 50.0, 100.0]},
    ),
    Question(
        id="bugs-first-loss",
        title="The first loss of the wrong axis",
        practises="reading a first loss",
        covers=(1,),
        minutes=2,
        difficulty="easy",
        text="A softmax runs over the *m = {m}* examples of a batch, in place of the *K = {K}* classes. At the start all logits are about equal.",
        ask="What is the first loss, about?",
        answer=Numbers(
            [
                Field(
                    "loss",
                    "first loss",
                    {
                        "classes": "This would be right for a softmax over the classes.",
                        "both": "One unit of probability is shared among the examples alone, for each class.",
                        "root": "The logarithm is of the number of shares, not of its root.",
                    },
                )
            ]
        ),
        hints=(
            "Among how many entries is one unit of probability shared?",
            "Each entry gets the share *1/m*. The loss is minus its logarithm.",
        ),
        solution="Each row holds *m = {m}* equal shares, so the label's entry is 1 over {m}, and the loss *log m = log {m} = {loss}*, whatever *K* is. With another batch size it is another number: a loss that knows how many examples there are is none.",
        tape=ad.trace(first_losses, m=32.0, K=10.0),
        draws={"m": [8.0, 16.0, 32.0, 64.0, 128.0], "K": [3.0, 5.0, 10.0, 20.0]},
    ),
    Question(
        id="bugs-sums",
        title="Never zeroed",
        practises="what sums that are never zeroed do to the steps",
        covers=(5,),
        minutes=4,
        difficulty="medium",
        text="On a long slope the gradient of a weight is *{g}* in every step, and *α = {lr}*. A program never zeroes its sums.",
        ask="How far has it moved the weight after *k = {k}* steps?",
        answer=Numbers(
            [
                Field(
                    "path",
                    "distance",
                    {
                        "plain": "So far goes the right program, with the same step each time.",
                        "square": "Only the last step is *k* times as long as the first.",
                        "last": "The first step already has one gradient in its sum.",
                    },
                )
            ]
        ),
        hints=(
            "What is in the sum at the first step, at the second, at the third?",
            "The steps are one, two, three … times the first. Add them up.",
        ),
        solution="- The sums are 1, 2, …, {k} times {g}.\n- Together *k(k + 1)/2 = {k}·({k} + 1)/2* of them, so the weight moves by *{lr}·{g}·{k}·({k} + 1)/2 = {path}*.",
        tape=ad.trace(sums, g=0.5, k=4.0, lr=0.1),
        draws={"g": [0.2, 0.5, 2.0], "k": [3.0, 4.0, 5.0, 6.0], "lr": [0.1, 0.2, 0.3]},
    ),
    Question(
        id="bugs-first-step",
        title="The first step of Adam",
        practises="what the missing correction does to the first step",
        covers=(5,),
        minutes=3,
        difficulty="medium",
        text="Adam with *β_1 = {beta1}* and *β_2 = {beta2}*, both means at zero, and no correction.",
        ask="How many times *α* is the first step?",
        answer=Numbers(
            [
                Field(
                    "times",
                    "times *α*",
                    {
                        "no_root": "The mean square stands under a root.",
                        "inverted": "Upside down: the mean gradient is above the line.",
                        "mean": "The mean square is too small as well. It stands below the line.",
                    },
                )
            ]
        ),
        hints=(
            "After one step the means are *(1 − β_1)g* and *(1 − β_2)g²*.",
            "Divide the first by the root of the second. What becomes of *g*?",
        ),
        solution="- The mean gradient is {one} times *g*, the mean square {two} times *g²*.\n- The first over the root of the second is {times}, and *g* has cancelled.",
        tape=ad.trace(first_steps, beta1=0.9, beta2=0.999),
        draws={"beta1": [0.6, 0.8, 0.9, 0.95], "beta2": [0.98, 0.99, 0.999]},
    ),
]


# Code exercises


def step(W1, b1, W2, b2, X, Y, alpha):
    A1 = np.tanh(W1 @ X + b1[:, None])
    A2 = bp.sigmoid(W2 @ A1 + b2[:, None])
    delta2 = (A2 - Y) / X.shape[1]
    delta1 = (W2.T @ delta2) * (1 - A1**2)
    W2 = W2 - alpha * delta2 @ A1.T
    b2 = b2 - alpha * delta2.sum(axis=1)
    W1 = W1 - alpha * delta1 @ X.T
    b1 = b1 - alpha * delta1.sum(axis=1)
    return W1, b1, W2, b2


def networks(rng):
    """Networks of odd widths on a batch, with biases off zero."""
    for sign, (n, h, m) in zip(
        (1, -1, 1, -1), ((2, 3, 5), (3, 4, 6), (4, 2, 3), (2, 5, 4)), strict=True
    ):
        yield {
            "W1": rng.normal(size=(h, n)),
            "b1": rng.normal(size=h),
            "W2": rng.normal(size=(1, h)),
            "b2": sign * rng.uniform(0.2, 1, size=1),
            "X": rng.normal(size=(n, m)),
            "Y": rng.permutation(np.arange(m) % 2.0)[None, :],
            "alpha": rng.uniform(0.3, 0.9),
        }


def moved(W1, b1, W2, b2, X, Y, alpha):
    """By the library."""
    layers = [bp.Dense(W1, b1, "tanh"), bp.Dense(W2, b2, "sigmoid")]
    net = bp.Network(layers, loss="binary_cross_entropy")
    net.update(net.backward(net.forward(X), Y), alpha)
    return tuple(array for layer in net.layers for array in (layer.W, layer.b))


def stepped(early=False, mean=True, rate=1.0):
    """The program with one of its bugs, with both, or with a smaller rate."""

    def answer(W1, b1, W2, b2, X, Y, alpha):
        alpha = alpha * rate
        A1 = np.tanh(W1 @ X + b1[:, None])
        delta2 = bp.sigmoid(W2 @ A1 + b2[:, None]) - Y
        delta2 = delta2 / X.shape[1] if mean else delta2
        W2_next = W2 - alpha * delta2 @ A1.T
        delta1 = ((W2_next if early else W2).T @ delta2) * (1 - A1**2)
        W1, b1 = W1 - alpha * delta1 @ X.T, b1 - alpha * delta1.sum(axis=1)
        return W1, b1, W2_next, b2 - alpha * delta2.sum(axis=1)

    return answer


def loss_and_gradient(Z, Y):
    odds = np.exp(Z)
    A = odds / odds.sum(axis=0)
    loss = -(Y * np.log(A)).sum() / Z.shape[1]
    return loss, (A - Y) / Z.shape[1]


def scores(rng):
    """Logits of classes, and one label a column."""
    for n, m in ((3, 4), (4, 3), (5, 2), (2, 5)):
        labels = rng.permutation(np.arange(m) % n)
        yield {"Z": rng.normal(size=(n, m)), "Y": np.eye(n)[:, labels]}


def by_library(Z, Y):
    layer = bp.Dense(np.eye(len(Z)), np.zeros(len(Z)), "softmax")
    net = bp.Network([layer], loss="cross_entropy")
    run = net.forward(Z)
    return net.loss(Z, Y), net.backward(run, Y).delta[0]


def softened(axis=0, mean=True):
    def answer(Z, Y):
        m = Z.shape[1] if mean else 1
        A = np.exp(Z) / np.exp(Z).sum(axis=axis, keepdims=True)
        return -(Y * np.log(A)).sum() / m, (A - Y) / m

    return answer


def largest_error(f, x, gradient, h):
    errors = []
    for k in range(len(x)):
        above, below = x.copy(), x.copy()
        above[k] += h
        below[k] -= h
        n = (f(above) - f(below)) / (2 * h)
        errors.append(abs(gradient[k] - n) / max(abs(gradient[k]), abs(n)))
    return np.max(errors)


def claims(rng):
    """Losses of vectors, and gradients of which one entry is wrong."""
    for n in (3, 4, 5, 6):
        w = rng.normal(size=n)

        def f(x, w=w):
            return float((w * np.sin(x)).sum() + 0.3 * (x**3).sum())

        x = rng.normal(size=n).round(3)
        gradient = w * np.cos(x) + 0.9 * x**2
        gradient[rng.integers(n)] *= rng.uniform(0.3, 0.7)
        yield {"f": f, "x": x, "gradient": gradient, "h": rng.uniform(0.05, 0.2)}


def errors_by(sides, chosen):
    """The relative errors by one side or two, and the one that is reported."""

    def answer(f, x, gradient, h):
        found = []
        for g, e in zip(gradient, np.eye(len(x)), strict=True):
            n = (f(x + h * e) - f(x - (sides - 1) * h * e)) / (sides * h)
            found.append(abs(g - n) / max(abs(g), abs(n)))
        return chosen(found)

    return answer


def reported(f, x, gradient, h):
    numeric = bp.check_gradient(f, x, gradient, h=h).numeric
    sizes = np.maximum(np.abs(gradient), np.abs(numeric))
    return (np.abs(gradient - numeric) / sizes).max()


EXERCISES = [
    Exercise(
        id="bugs-1",
        title="A step",
        practises="mending a step, and not its symptom",
        covers=(4,),
        minutes=12,
        difficulty="medium",
        solution=step,
        explanation="The mean belongs into delta2, and delta1 is taken before W2 moves. Then the rate can be what it says: a tenth "
        "of it only hid the sum over the examples.",
        hints=(
            "Why was it unstable? Compare with a batch of one example.",
            "Divide delta2 by the number of examples, take delta1 before W2 moves, and give alpha back its size.",
        ),
        cases=networks,
        library=moved,
        outputs=("W1", "b1", "W2", "b2"),
        exact=True,
        mistakes=(
            Mistake(
                "symptom patched",
                "Both bugs are mended, and the rate is still a tenth of what was asked for. What was it to cure?",
                stepped(rate=0.1),
            ),
            Mistake(
                "symptom patched",
                "The rate is smaller, and both bugs are still there. What was it to cure?",
                stepped(early=True, mean=False, rate=0.1),
            ),
            Mistake(
                "only the mean",
                "The mean is there. But the first layer's gradient is still taken through weights that have moved.",
                stepped(early=True),
            ),
            Mistake(
                "only the order",
                "The order is right. But look at a batch of one example, and then at two: how do the steps compare?",
                stepped(mean=False),
            ),
            Mistake(
                "neither",
                "The rate is back, and so is the instability: both bugs are still there.",
                stepped(early=True, mean=False),
            ),
        ),
    ),
    Exercise(
        id="bugs-2",
        title="A loss and its gradient",
        practises="mending a loss of which a check knows nothing",
        covers=(4,),
        minutes=12,
        difficulty="medium",
        solution=loss_and_gradient,
        explanation="Each column is an example, so the probabilities of a column add up to 1: axis 0. And both the loss and its gradient are means "
        "over the examples.",
        hints=(
            "Which sums of A should be 1? And what should become of the loss if a batch is taken twice?",
            "Sum the exponentials along axis 0, and divide loss and gradient by the number of columns.",
        ),
        cases=scores,
        library=by_library,
        outputs=("loss", "gradient"),
        mistakes=(
            Mistake(
                "only the mean",
                "The mean is there. But which sums of your probabilities are 1: those of the columns?",
                softened(axis=1),
            ),
            Mistake(
                "only the axis",
                "The columns sum to 1. But a batch that is taken twice has twice the loss.",
                softened(mean=False),
            ),
            Mistake(
                "neither",
                "Both bugs are still there. Take a batch twice: what becomes of the loss? And which of your sums are 1?",
                softened(axis=1, mean=False),
            ),
            Mistake(
                "test weakened",
                "The gradient was made that of a row-wise softmax, so that a check passes. The loss is still the wrong one.",
                lambda Z, Y: (
                    softened(axis=1)(Z, Y)[0],
                    (
                        Y.sum(axis=1, keepdims=True)
                        * np.exp(Z)
                        / np.exp(Z).sum(axis=1, keepdims=True)
                        - Y
                    )
                    / Z.shape[1],
                ),
            ),
        ),
    ),
    Exercise(
        id="bugs-3",
        title="The witness itself",
        practises="a check that cannot be lulled",
        covers=(4,),
        minutes=12,
        difficulty="hard",
        solution=largest_error,
        explanation="Two sides, or the step's own error drowns the small ones; and the largest error, for a median says nothing "
        "of a single wrong entry.",
        hints=(
            "Which error has a difference to one side? And what does a median say of one wrong entry among five?",
            "Compare f a step above and a step below, over two steps, and return the largest of all errors.",
        ),
        cases=claims,
        library=reported,
        mistakes=(
            Mistake(
                "only the sides",
                "The difference has two sides now. But one wrong entry still disappears among the right ones.",
                errors_by(2, np.median),
            ),
            Mistake(
                "only the largest",
                "It reports the largest error. But the difference is to one side, so even a right gradient seems wrong.",
                errors_by(1, np.max),
            ),
            Mistake(
                "neither",
                "Both bugs are still there: how near is the difference to the slope, and which of the errors is reported?",
                errors_by(1, np.median),
            ),
            Mistake(
                "test weakened",
                "An average lets a wrong entry hide behind right ones. Which entry is the worst?",
                errors_by(2, np.mean),
            ),
            Mistake(
                "test weakened",
                "The smallest error only says that something is right. Which entry is the worst?",
                errors_by(2, np.min),
            ),
        ),
    ),
]
