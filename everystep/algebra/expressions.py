"""The surface: what an author writes, as SymPy expression trees that nothing evaluates.

Every node is a ``sympy.Basic`` whose arguments are kept exactly as given: ``A * A.I`` stays a product of two
factors, ``(A*B).T`` stays a transpose, the terms of a sum stay in the author's order.  Sizes and indices are plain
SymPy integer expressions (:mod:`everystep.algebra.shapes`); everything else is an :class:`Expression`.

A node can be built with operands that do not fit: its :attr:`~Expression.shape` then raises
:class:`~everystep.algebra.shapes.ShapeError`, which names the operation and the two shapes.  Vectors are columns
``(n, 1)``, numbers have shape ``(1, 1)``.  A product that is 1 x 1 is a number and may scale what stands beside it.

This module is the one place where other packages take the nodes from.  They are defined by topic: :mod:`.nodes` has the
base class and arithmetic, :mod:`.matrix_nodes`, :mod:`.function_nodes`, :mod:`.calculus_nodes` and
:mod:`.chance_nodes` the others, :mod:`.shorthands` what authors write.

May import the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from everystep.algebra.calculus_nodes import (
    DERIVATIVES,
    PARTIAL_DERIVATIVES,
    Differential,
    Gradient,
    Hessian,
    Jacobian,
    Limit,
    LimitAt,
    ScalarDerivative,
)
from everystep.algebra.chance_nodes import (
    MEANS,
    Covariance,
    Expectation,
    Given,
    Variance,
)
from everystep.algebra.function_nodes import (
    Apply,
    Call,
    LogSumExp,
    MatrixFunction,
    Max,
    Min,
    Norm,
    ProdOver,
    Softmax,
    SumOver,
)
from everystep.algebra.matrix_nodes import (
    Adjugate,
    Block,
    Col,
    Det,
    Diag,
    DiagPart,
    EigMax,
    EigMin,
    Entry,
    Eye,
    Hadamard,
    Kron,
    Ones,
    PseudoInverse,
    Rank,
    Row,
    Trace,
    Unit,
    Vec,
    Zeros,
)
from everystep.algebra.nodes import (
    Add,
    Div,
    Expression,
    Int,
    Inverse,
    Member,
    Mul,
    Neg,
    Num,
    Pow,
    Transpose,
    Var,
    as_expression,
    walk,
)
from everystep.algebra.shorthands import (
    Family,
    diag,
    log,
    logistic,
    matrix,
    norm,
    odot,
    scalar,
    sq,
    sqrt,
    total,
    vector,
)

__all__ = [
    "DERIVATIVES",
    "MEANS",
    "PARTIAL_DERIVATIVES",
    "Add",
    "Adjugate",
    "Apply",
    "Block",
    "Call",
    "Col",
    "Covariance",
    "Det",
    "Diag",
    "DiagPart",
    "Differential",
    "Div",
    "EigMax",
    "EigMin",
    "Entry",
    "Expectation",
    "Expression",
    "Eye",
    "Family",
    "Given",
    "Gradient",
    "Hadamard",
    "Hessian",
    "Int",
    "Inverse",
    "Jacobian",
    "Kron",
    "Limit",
    "LimitAt",
    "LogSumExp",
    "MatrixFunction",
    "Max",
    "Member",
    "Min",
    "Mul",
    "Neg",
    "Norm",
    "Num",
    "Ones",
    "Pow",
    "ProdOver",
    "PseudoInverse",
    "Rank",
    "Row",
    "ScalarDerivative",
    "Softmax",
    "SumOver",
    "Trace",
    "Transpose",
    "Unit",
    "Var",
    "Variance",
    "Vec",
    "Zeros",
    "as_expression",
    "diag",
    "log",
    "logistic",
    "matrix",
    "norm",
    "odot",
    "scalar",
    "sq",
    "sqrt",
    "total",
    "vector",
    "walk",
]
