"""The library behind the book: neural networks and their gradients, in NumPy."""
