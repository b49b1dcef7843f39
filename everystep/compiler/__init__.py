"""The compiler: an expression of the surface becomes a function on NumPy arrays, in a sensible order of evaluation.

``lowering`` turns the surface into sums of products, by the builders there, in ``matrices`` and in ``applied``;
``products`` chooses how each is evaluated for the sizes at hand, ``functions`` knows the derivatives of scalar
functions, ``graph`` holds the operations, each once, ``operations`` says what they do in NumPy, ``code`` writes a plan
as Python code, ``compiled`` checks arguments and runs it.  ``derivatives`` has the builders of derivatives and means:
``closed_forms`` has the calculus differentiate and reads back what it finds, with ``heads`` and ``contraction``;
``reverse`` differentiates the operations themselves, by the table in ``adjoints``; rows of large Jacobians and points
of a mean by ``quadrature`` are ``loops``; ``calls`` are those of functions that are only declared.  May import
``everystep.algebra``, ``everystep.calculus`` and NumPy.
"""
