"""Claims in floating point: compiled formulas and numeric kernels on instances of a realistic size.

Loads NumPy; nothing of the engine imports it before there is a claim to check.
"""
