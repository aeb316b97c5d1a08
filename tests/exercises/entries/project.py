"""The project."""

CODE = {
    "project-1": {"hint 1": "rng.normal takes a size", "hint 2": "take their places in W2"},
    "project-2": {
        "sigmoid twice": "Both layers have a sigmoid",
        "tanh twice": "Both layers have tanh",
        "exchanged": "activations are exchanged",
        "no bend": "no activation",
        "Z1 for A1": "is given Z1",
        "no biases": "biases are missing",
        "hint 1": "Four lines",
        "hint 2": "does the same with A1",
    },
    "project-3": {
        "clipped": "away from 0 and 1",
        "y exchanged": "costs of y = 0 and y = 1",
        "squared error": "This is the squared error",
        "hint 1": "simplify on paper",
        "hint 2": "log(1 + exp(z)) − yz",
    },
    "project-4": {
        "no slope": "multiplies by its slope at Z1",
        "slope at A1": "taken at A1",
        "another slope": "slope of a sigmoid",
        "σ′ kept": "still has the factor σ′",
        "not through W2": "pass the weights W2",
        "biases averaged": "divided by m twice",
        "hint 1": "Call forward first",
        "hint 2": "What is that slope in A1",
    },
    "project-5": {
        "uphill": "uphill",
        "no learning rate": "multiply it by the learning rate",
        "averaged twice": "divided by m once more",
        "biases": "biases did not move",
        "updated W2": "before all the gradients were taken",
        "hint 1": "Two stages",
        "hint 2": "None of them may enter",
    },
    "project-6": {"hint 1": "What is missing is a loop", "hint 2": "rng = np.random"},
    "project-7": {"hint 1": "How many bends", "hint 2": "A dozen hidden units"},
    "project-8": {"hint 1": "any number of inputs and outputs", "hint 2": "shuffle the columns"},
}

EXPLAINS = {
    "project-1": ["divided by the root of the number of inputs"],
    "project-2": ["turns the biases into a column"],
    "project-3": [
        "softplus(z) − yz, with softplus(z) = log(1 + exp(z))",
        "max(z, 0) + log(1 + exp(−|z|))",
    ],
    "project-4": ["(A2 − y)/m", "the transpose of W2", "1 − A1²"],
    "project-5": ["the four gradients of the old parameters"],
    "project-6": ["the same network again"],
    "project-7": ["a learning rate of one is still stable"],
    "project-8": ["64 inputs and ten outputs", "largest of the ten outputs"],
}
