"""A letter that is a size in one place and an index in another is one integer."""

from everystep.documents.check import check_text


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


def test_the_length_of_a_list_with_a_least_value() -> None:
    text = r"Let $n \ge 2$, $S := \sum_{t=1}^n g_t$ and $g_t \in \mathbb{R}$."
    assert statuses(text + r"\[ S = \sum_{t=0}^{n-1} g_{t+1} \]") == ["proved"]
    assert statuses(text + r"\[ S = \sum_{t=0}^{n-1} g_t \]") == ["refuted"]


def test_the_length_of_a_sum_and_a_time_below_it() -> None:
    given = r"""%! f : \mathbb{R} \to \mathbb{R}; U \in \mathbb{R}^{m \times m}; h_t, y_t \in \mathbb{R}^m
%! h_t := f(U h_{t-1})
%! L := \sum_{t=1}^{T} \frac12 \|h_t - y_t\|^2
For $1 \le t < T$:
"""
    true = r"\[ \nabla_{h_t} L = (h_t - y_t) + U^\top (f'(U h_t) \odot \nabla_{h_{t+1}} L) \]"
    assert statuses(given + true) == ["proved"]
    assert statuses(given + true.replace(r"U^\top (", "U (")) == ["refuted"]


def test_an_index_of_a_family_that_is_declared_as_a_natural_number() -> None:
    given = r"%! a, b \in \mathbb{R}; h_0 \in \mathbb{R}; h_t := a h_{t-1} + b; t \in \mathbb{N}" + "\n"
    assert statuses(given + r"\[ h_t = a^t h_0 + b \sum_{k=0}^{t-1} a^k \]") == ["proved"]
    assert statuses(given + r"\[ h_t = a^t h_0 + b \sum_{k=0}^{t} a^k \]") == ["refuted"]


def test_an_affine_recurrence_has_a_value_from_its_start_on() -> None:
    given = r"%! a, b \in \mathbb{R}; a \ne 1; h_0 \in \mathbb{R}; h_t := a h_{t-1} + b" + "\n"
    chain = r"\[ h_t = a^t h_0 + b \sum_{k=0}^{t-1} a^k = a^t h_0 + \frac{b (1 - a^t)}{1 - a} \]"
    assert statuses(given + chain) == ["proved", "proved"]
    assert statuses(given + chain.replace("(1 - a^t)", "(1 - a^{t-1})")) == ["proved", "refuted"]


def test_what_enters_a_recurrence_begins_with_it() -> None:
    given = (
        r"%! A \in \mathbb{R}^{m \times m}; B \in \mathbb{R}^{m \times d}; u_t \in \mathbb{R}^d; h_t \in \mathbb{R}^m"
    )
    given += "; h_t := A h_{t-1} + B u_t\n"
    assert statuses(given + r"\[ \frac{\partial h_t}{\partial u_t} = B \]") == ["proved"]
    assert statuses(given + r"\[ \frac{\partial h_t}{\partial u_t} = A B \]") == ["refuted"]
    assert statuses(given + r"\[ \frac{\partial h_{t+1}}{\partial u_t} = A B \]") == ["proved"]


def test_an_input_that_the_start_is_made_of_begins_with_the_start() -> None:
    given = r"%! A \in \mathbb{R}^{m \times m}; u_t \in \mathbb{R}^m; h_t \in \mathbb{R}^m" + "\n"
    given += r"%! h_0 := u_0; h_t := A h_{t-1} + u_t" + "\n"
    assert statuses(given + r"\[ \frac{\partial h_t}{\partial u_t} = A \]") == ["refuted"]
    assert statuses(given + r"\[ \frac{\partial h_t}{\partial u_t} = I \]") != ["refuted"]
