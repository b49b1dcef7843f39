"""Templates as data: document layouts, figures, and each problem's prose; read by ``render``.

Holds no code; may import nothing.
"""
