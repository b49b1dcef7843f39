"""Searches for likely sequences of words, and the checks of the problem ``decoding`` that run them."""
