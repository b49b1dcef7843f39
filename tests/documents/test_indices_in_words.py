"""Conditions on indices that words put, "for $i = j$", for one display; derivatives by rows and columns."""

from everystep.documents.check import check_text

SOFTMAX = r"Let $z \in \mathbb{R}^n$ and $p = \mathrm{softmax}(z)$. "


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


def test_equal_indices_are_meant_for_their_display() -> None:
    text = r"""For $i = j$:
\[ \frac{\partial p_i}{\partial z_j} = p_i (1 - p_j) \]
and for $i \ne j$:
\[ \frac{\partial p_i}{\partial z_j} = -p_i p_j \]
Hence in both cases
\[ \frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j), \frac{\partial p_i}{\partial z_j} = -p_i p_j \]
"""
    assert statuses(SOFTMAX + text) == ["proved", "proved", "proved", "tested"]


def test_the_class_that_a_definition_speaks_of_is_an_index() -> None:
    text = r"""Let $J = -\log p_c$. Si $k = c$, alors
\[ \frac{\partial J}{\partial z_k} = p_k - 1 \]
"""
    assert statuses(SOFTMAX + text) == ["proved"]
    assert statuses(SOFTMAX + text.replace("- 1", "")) == ["refuted"]


def test_both_an_index_and_the_others_are_all() -> None:
    text = r"""Let $c \in \{1, \dots, n\}$ and $J = -\log p_c$. Both for $k = c$ and for $k \ne c$ we have
\[ \frac{\partial J}{\partial z_k} = p_k - \delta_{kc}, \frac{\partial J}{\partial z_k} = p_k - 1 \]
"""
    assert statuses(SOFTMAX + text) == ["proved", "refuted"]


def test_a_bound_index_is_not_the_one_that_is_compared() -> None:
    text = r"Let $A \in \mathbb{R}^{n \times n}$. If $i = j$, then \[ \sum_{i=1}^n A_{ij} = A_{jj} \]"
    assert statuses(text) == ["refuted"]


LINES = r"Let $X \in \mathbb{R}^{n \times d}$ with rows $x_i^\top$, $v \in \mathbb{R}^d$ and $J = \|X v\|^2$. "


def test_a_derivative_by_a_row_is_a_row_of_the_derivative() -> None:
    text = r"\[ \frac{\partial J}{\partial x_i} = 2 (x_i^\top v) v, \nabla_{x_i} J = 2 (x_i^\top v) v \]"
    assert statuses(LINES + text) == ["proved", "proved"]
    assert statuses(LINES + r"\[ \frac{\partial J}{\partial x_i} = 2 (x_1^\top v) v \]") == ["refuted"]
    assert statuses(LINES + r"\[ \frac{\partial J}{\partial x_i} = 2 (x_i^\top v) v^\top \]") == ["ill-typed"]
    assert statuses(LINES + r"\[ \frac{\partial J}{\partial x_i^\top} = 2 (x_i^\top v) v^\top \]") == ["proved"]


def test_layouts_turn_a_derivative_by_a_row() -> None:
    text = "%! layout: numerator\n" + LINES + r"\[ \frac{\partial J}{\partial x_i} = 2 (x_i^\top v) v^\top \]"
    assert statuses(text) == ["proved"]


def test_of_a_vector_it_is_not_read() -> None:
    assert statuses(LINES + r"\[ \frac{\partial (X v)}{\partial x_1} = 0 \]") == ["unreadable"]


def test_a_derivative_by_a_column_likewise() -> None:
    text = r"""Let $U \in \mathbb{R}^{d \times n}$ have columns $u_1, \dots, u_n$. Then
\[ \nabla_{u_j} \sum_{i=1}^n \|u_i\|^2 = 2 u_j, \nabla_{u_j} \sum_{i=1}^n \|u_i\|^2 = 2 U \mathbf{1} \]
"""
    assert statuses(text) == ["proved", "refuted"]
