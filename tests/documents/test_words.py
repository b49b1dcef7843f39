"""Words that say something of a name: signs of numbers are hypotheses, and what is not known keeps a step from being
called wrong."""

import pytest

from everystep.documents.check import check_text


def status(text: str) -> str:
    return str(check_text(text).steps[-1].status)


@pytest.mark.parametrize(
    "text",
    [
        "Let $a \\in \\mathbb{R}$ be positive. \\[ |a| = a \\]",
        "Let $a$ be a positive scalar. \\[ |a| = a \\]",
        "Let $a$ be a positive constant. \\[ |a| = a \\]",
        "Let $a$ be a positive real number. \\[ |a| = a \\]",
        "where $a$ is a positive scalar. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. For positive $a$, \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. If $a$ is positive, then \\[ |a| = a \\]",
        "for some positive constant $a$ \\[ |a| = a \\]",
        "Let $a, b \\in \\mathbb{R}$ be nonnegative. \\[ |a b| = a b \\]",
        "Let $a \\in \\mathbb{R}$ be non-negative. \\[ |a| = a \\]",
        "Let $a, b$ be positive numbers. \\[ |a b| = a b \\]",
        "Soit $a$ un réel positif. \\[ |a| = a \\]",
        "Soit $a$ un réel strictement positif. \\[ |a| > 0 \\]",
        "Let $a \\in \\mathbb{R}$ be negative. \\[ |a| = -a \\]",
        "$a$ is a positive real. \\[ |a| = a \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be positive. \\[ A_{11} = A_{11} \\]",
        "Let $N \\in \\mathbb{R}^{n \\times n}$ be nilpotent. \\[ \\det(I + N) = 1 \\]",
        "Soit $N \\in \\mathbb{R}^{n \\times n}$ une matrice nilpotente. \\[ \\operatorname{tr} N = 0 \\]",
        "Suppose $N \\in \\mathbb{R}^{n \\times n}$ is nilpotent with $N^2 = 0$. \\[ e^N = I + N \\]",
        "Let $n$ be a positive integer and $x \\in \\mathbb{R}^n$. \\[ x^\\top x = \\|x\\|^2 \\]",
    ],
)
def test_signs_in_words_are_hypotheses(text: str) -> None:
    assert status(text) == "proved"


@pytest.mark.parametrize(
    "text",
    [
        "Soit $a$ un réel positif. \\[ |a| > 0 \\]",
        "Let $a \\in \\mathbb{R}$ be not positive. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. We show that $a$ is positive. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. Is $a$ positive? \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. Hence $a$ is positive. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. Suppose for contradiction that $a$ is positive. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. $a$ need not be positive. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. $a$ is either positive or negative. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. $a$ is positive or negative. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. If $a$ is positive, it is easy. In general, \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. The positive part of $a$ is. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. $a$ may be positive. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. $a$ has positive mean. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. $a$ has a positive derivative. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. Let $a$ have positive probability. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. The number of positive $a$ is \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$. We take the positive root $a$. \\[ |a| = a \\]",
    ],
)
def test_signs_that_are_not_assumed_prove_nothing(text: str) -> None:
    assert status(text) != "proved"


def test_in_french_what_is_positive_may_be_zero() -> None:
    declared = "%! a \\in \\mathbb{R}; a \\text{ positif}\n"
    assert status(declared + "\\[ |a| = a \\]") == "proved"
    assert status(declared + "\\[ |a| > 0 \\]") == "refuted"
    assert status(declared.replace("positif", "strictement positif") + "\\[ |a| > 0 \\]") == "proved"


@pytest.mark.parametrize(
    "text",
    [
        "Let $\\Sigma \\in \\mathbb{R}^{n \\times n}$ be a covariance matrix. \\[ \\Sigma = \\Sigma^\\top \\]",
        "Let $K \\in \\mathbb{R}^{n \\times n}$ be a kernel matrix. \\[ K = K^\\top \\]",
        "Let $G \\in \\mathbb{R}^{n \\times n}$ be a Gram matrix. \\[ G = G^\\top \\]",
        "Let $P \\in \\mathbb{R}^{n \\times n}$ be a precision matrix. \\[ P = P^\\top \\]",
        "Let $L \\in \\mathbb{R}^{n \\times n}$ be a graph Laplacian. \\[ L \\mathbf{1} = 0 \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be the adjacency matrix of an undirected graph. \\[ A = A^\\top \\]",
        "Let $H \\in \\mathbb{R}^{n \\times n}$ be a Hessian matrix. \\[ H = H^\\top \\]",
        "Let $p \\in \\mathbb{R}^n$ be a probability vector. \\[ \\mathbf{1}^\\top p = 1 \\]",
        "Let $p \\in \\mathbb{R}^n$ be a probability distribution. \\[ \\mathbf{1}^\\top p = 1 \\]",
        "Let $y \\in \\mathbb{R}^n$ be a one-hot vector. \\[ y^\\top y = 1 \\]",
        "Let $y \\in \\mathbb{R}^n$ be one-hot. \\[ y^\\top y = 1 \\]",
        "Let $p \\in \\mathbb{R}$ be a probability. \\[ |p| = p \\]",
        "Let $a \\in \\mathbb{R}$ be greater than 1. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$ be at least one. \\[ |a| = a \\]",
        "Let $a \\in \\mathbb{R}$ be between 0 and 1. \\[ |a| = a \\]",
        "Let $a$ be a real number larger than zero. \\[ |a| = a \\]",
        "Let $x \\in \\mathbb{R}^n$ be normalized. \\[ x^\\top x = 1 \\]",
        "Let $x \\in \\mathbb{R}^n$ be of norm one. \\[ x^\\top x = 1 \\]",
        "Let $x \\in \\mathbb{R}^n$ be on the unit sphere. \\[ x^\\top x = 1 \\]",
        "Let $x \\in \\mathbb{R}^n$ be centred. \\[ \\mathbf{1}^\\top x = 0 \\]",
        "Let $x \\in \\mathbb{R}^n$ have zero mean. \\[ \\mathbf{1}^\\top x = 0 \\]",
        "Let $X \\in \\mathbb{R}^{n \\times d}$ be a centred data matrix. \\[ X^\\top \\mathbf{1} = 0 \\]",
        "Let $W \\in \\mathbb{R}^{n \\times d}$ have orthonormal columns. \\[ W^\\top W = I \\]",
        "Let $W \\in \\mathbb{R}^{n \\times d}$ be semi-orthogonal. \\[ W^\\top W = I \\]",
        "Let $u, v \\in \\mathbb{R}^{n}$ be orthonormal. \\[ u^\\top v = 0 \\]",
        "Let $u, v \\in \\mathbb{R}^{n}$ be perpendicular. \\[ u^\\top v = 0 \\]",
        "Let $u, v \\in \\mathbb{R}^{n}$ be parallel. \\[ (u^\\top v)^2 = u^\\top u v^\\top v \\]",
        "Let $u, v \\in \\mathbb{R}^{n}$ be linearly dependent. \\[ (u^\\top v)^2 = u^\\top u v^\\top v \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be traceless. \\[ \\operatorname{tr} A = 0 \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be unimodular. \\[ \\det A = 1 \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be scalar. \\[ A B = B A \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be nilpotent of order two. \\[ A^2 = 0 \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be the identity matrix. \\[ A^2 = A \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be the zero matrix. \\[ A^2 = A \\]",
        "Let $J \\in \\mathbb{R}^{n \\times n}$ be the all-ones matrix. \\[ J^2 = n J \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be normal. \\[ A A^\\top = A^\\top A \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be bisymmetric. \\[ A = A^\\top \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be a symmetric matrix. \\[ A = A^\\top \\]",
        "Let $A, B \\in \\mathbb{R}^{n \\times n}$ be simultaneously diagonalizable. \\[ A B = B A \\]",
        "Let $A, B \\in \\mathbb{R}^{n \\times n}$ be equal. \\[ A = B \\]",
        "Let $A, B \\in \\mathbb{R}^{n \\times n}$ be commuting matrices. \\[ A B = B A \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ be its own inverse. \\[ A^2 = I \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ have trace one. \\[ \\operatorname{tr} A = 1 \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ have determinant one. \\[ \\det A = 1 \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ have rank one. \\[ \\det A = \\det A \\]",
        "Let $A \\in \\mathbb{R}^{n \\times n}$ have nonnegative eigenvalues. \\[ \\det A \\ge 0 \\]",
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$ be even. Let $x \\in \\mathbb{R}$. \\[ f(-x) = f(x) \\]",
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$ be linear. Let $x \\in \\mathbb{R}$. \\[ f(2x) = 2 f(x) \\]",
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$ be increasing. Let $x \\in \\mathbb{R}$. \\[ f(x) \\le f(x + 1) \\]",
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$ be nonnegative. Let $x \\in \\mathbb{R}$. \\[ f(x) \\ge 0 \\]",
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$ be constant. Let $x, y \\in \\mathbb{R}$. \\[ f(x) = f(y) \\]",
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$ be periodic. Let $x \\in \\mathbb{R}$. \\[ f(x) = f(x + 1) \\]",
        "Let $f : \\mathbb{R}^n \\to \\mathbb{R}$ be convex, $x \\in \\mathbb{R}^n$. \\[ 2 f(x) \\le f(2 x) + f(0) \\]",
        "Let $f : \\mathbb{R}^n \\to \\mathbb{R}$ be homogeneous. Let $x \\in \\mathbb{R}^n$. \\[ f(2 x) = 2 f(x) \\]",
        "Soit $\\Sigma \\in \\mathbb{R}^{n \\times n}$ une matrice de covariance. \\[ \\Sigma = \\Sigma^\\top \\]",
        "Soit $x \\in \\mathbb{R}^n$ un vecteur normé. \\[ x^\\top x = 1 \\]",
        "Soit $x \\in \\mathbb{R}^n$ un vecteur de norme 1. \\[ x^\\top x = 1 \\]",
        "Soit $a$ un réel supérieur à 1. \\[ |a| = a \\]",
        "Soit $A \\in \\mathbb{R}^{n \\times n}$ de trace nulle. \\[ \\operatorname{tr} A = 0 \\]",
        "Soit $A \\in \\mathbb{R}^{n \\times n}$ une matrice de Gram. \\[ A = A^\\top \\]",
    ],
)
def test_a_step_about_what_is_called_by_an_unknown_word_is_not_refuted(text: str) -> None:
    assert status(text) not in ("refuted", "undefined")


@pytest.mark.parametrize(
    "text",
    [
        "Let $W \\in \\mathbb{R}^{n \\times n}$ be the weight matrix. \\[ W = W^\\top \\]",
        "Let $x \\in \\mathbb{R}^n$ be an input. \\[ x^\\top x = 1 \\]",
        "Let $b \\in \\mathbb{R}$ be a real number. \\[ |b| = b \\]",
        "Let $f : \\mathbb{R} \\to \\mathbb{R}$ be differentiable. Let $x \\in \\mathbb{R}$. \\[ f(2 x) = 2 f(x) \\]",
        "Soit $A \\in \\mathbb{R}^{n \\times n}$ une matrice réelle. \\[ A = A^\\top \\]",
    ],
)
def test_words_that_say_nothing_leave_mistakes_mistakes(text: str) -> None:
    assert status(text) == "refuted"
