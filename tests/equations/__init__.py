"""The book's labelled equations, one module for each chapter, checked by independent witnesses.

A module holds one function for each label of its chapter, named as the label with underscores for
hyphens. It computes the two sides of the equation in two different ways and compares them.
"""
