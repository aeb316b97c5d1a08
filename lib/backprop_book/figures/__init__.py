"""The figures of the chapters, a module for each chapter and in it a function for each figure.

A function takes what its figure shows of the page, most often the tape that the page has recorded, so
that the figure runs the code that the reader sees. It adds the sliders, the pictures and the words.
"""
