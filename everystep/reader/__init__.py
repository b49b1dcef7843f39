"""Reading documents: LaTeX and Markdown -> statements of the surface, with their places.

May import ``everystep.algebra`` only.
"""
