"""Output: expressions to LaTeX and text, problems to PDF, verdicts to the terminal; the command
line.

May import ``everystep`` and ``derivations``.  Nothing imports ``render``.
"""
