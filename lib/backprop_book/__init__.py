"""What is this book's own: its exercises, its figures and the network that runs through it."""
