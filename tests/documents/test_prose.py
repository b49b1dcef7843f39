"""What prose assumes, claims, denies and leaves in doubt: words that do not state a hypothesis give none."""

import pytest

from everystep.documents.check import check_text
from everystep.reader.prose import Sentence, Stance, stance
from everystep.reader.said import Said, said_of

SQUARE = "Let $A, B \\in \\mathbb{R}^{n \\times n}$. "
SYMMETRIC = "\\[ A^\\top = A \\]"


def statuses(text: str, markdown: bool = False) -> list[str]:
    return [str(step.status) for step in check_text(text, markdown=markdown).steps]


@pytest.mark.parametrize(
    "words",
    [
        "Suppose $A$ is symmetric.",
        "We assume that $A$ is symmetric.",
        "$A$ is symmetric.",
        "Here the matrix $A$ is symmetric and invertible.",
        "Let $A$ be square, symmetric and positive definite.",
        "Let $A$ be a real, symmetric, positive definite matrix.",
        "Consider a symmetric matrix $A$.",
        "Both $A$ and $B$ are symmetric.",
        "If $A$ is symmetric, then",
        "For symmetric $A$ this is",
        "If $A$ is symmetric, show the following.",
        "Let $A$ be the kernel matrix, assumed to be symmetric.",
        "Let $A = A^\\top$.",
        "On suppose que $A$ est symétrique.",
        "Soit $A$ une matrice symétrique.",
        "Soient $A$ et $B$ deux matrices symétriques.",
        "La matrice $A$ vérifie $A^\\top = A$.",
        "Assumptions: $A$ is symmetric.",
        "Proof: let $A$ be symmetric.",
        "Question 3. Let $A$ be symmetric.",
        "In what follows we assume that $A$ is symmetric.",
        "Dans cette partie, on suppose que $A$ est symétrique.",
    ],
)
def test_what_a_sentence_assumes_is_used(words: str) -> None:
    assert statuses(f"{SQUARE}{words} {SYMMETRIC}") == ["proved"]


@pytest.mark.parametrize(
    "words",
    [
        "Neither $A$ nor $B$ is symmetric.",
        "We do not assume that $A$ is symmetric.",
        "One of $A$ and $B$ is symmetric.",
        "Either $A$ or $B$ is symmetric.",
        "If $A$ were symmetric we would be done. But",
        "Were $A$ symmetric, we could write",
        "$B$, unlike $A$, is symmetric.",
        "The product of $A$ and $B$ is symmetric.",
        "The inverse of $A$ is symmetric.",
        "Let $A$ be asymmetric.",
        "$A$ need not be symmetric.",
        "$A$ isn't symmetric.",
        "Is $A$ symmetric?",
        "When is $A$ symmetric?",
        "A common mistake is to assume that $A$ is symmetric.",
        "It is wrong that $A$ is symmetric.",
        "In the special case where $A$ is symmetric, this is simple. In general,",
        "When $A$ is symmetric we can do better. But here",
        "Show that $A$ is symmetric.",
        "Hence $A$ is symmetric.",
        "Even if $A$ is symmetric, this is hard.",
        "The matrix $(A + A^\\top)/2$, where $A$ is arbitrary, is symmetric.",
        "$S = \\frac{1}{2}(A + A^\\top)$ is symmetric.",
        "The claim $A = A^\\top$ is false.",
        "Suppose for contradiction that $A = A^\\top$.",
        "Consider the equation $A = A^\\top$. When does it hold?",
        "For which $A$ does $A = A^\\top$ hold?",
        "$A$ is symmetric if and only if $B$ is.",
        "$A$ is similar to a symmetric matrix.",
        "Let $A$ be block symmetric.",
        "Soit $A$ antisymétrique.",
        "$A$ n'est pas supposée symétrique.",
        "Si $A$ était symétrique, on aurait fini. Mais",
        "$A$ est quelconque, pas forcément symétrique.",
        "Sans supposer que $A$ est symétrique,",
        "Nobody assumes that $A$ is symmetric.",
        "We refrain from assuming that $A$ is symmetric.",
        "Many textbooks assume that $A$ is symmetric. Here we do not.",
        "Rather than assume that $A$ is symmetric, we prove it.",
        "Too strong an assumption: $A$ is symmetric.",
        "Claim: $A$ is symmetric.",
        "Wrong: $A$ is symmetric.",
        "Goal: $A$ is symmetric.",
        "Conjecture. $A$ is symmetric.",
        "True or false? $A$ is symmetric.",
        "Theorem. $A$ is symmetric. Proof.",
        "\\begin{theorem} $A$ is symmetric. \\end{theorem} Indeed,",
        "\\begin{lemma} The matrix $A$ is symmetric. \\end{lemma}\\begin{proof} We see",
        "The symmetric matrix $A$ of the previous exercise is replaced.",
        "Suppose $A$ is invertible but $B$ is symmetric.",
        "Let $B$ be symmetric and $A$ arbitrary.",
        "Assume $A = A^\\top$ or $B = B^\\top$.",
        "The student assumed that $A$ is symmetric.",
        "Can we assume that $A = A^\\top$?",
        "In the next section, let $A = A^\\top$.",
        "In Section 4, let $A$ be symmetric.",
        "Assume that $A$ is symmetric in part (b).",
        "À la question 3, on suppose $A = A^\\top$.",
        "As a counterexample, take $A = A^\\top$.",
        "E.g. let $A$ be symmetric.",
        "Consider the set where $A = A^\\top$.",
        "Let $p$ be the probability that $A = A^\\top$.",
        "Denote by $H_0$ the hypothesis $A = A^\\top$.",
        "``Let $A = A^\\top$'', the book says.",
        "Le livre dit « soit $A = A^\\top$ ».",
        "(Let $A = A^\\top$ was in an older version.)",
        "Suppose that $A = A^\\top$ cannot be guaranteed.",
        "Let us see where the assumption $A = A^\\top$ is needed.",
        "\\sout{Let $A$ be symmetric.}",
        "\\todo{Let $A$ be symmetric.}",
        "\\begin{remark} Let $A$ be symmetric. \\end{remark} In general,",
        "\\begin{example} Let $A$ be symmetric. \\end{example} Now",
    ],
)
def test_words_that_do_not_assume_prove_nothing(words: str) -> None:
    assert "proved" not in statuses(f"{SQUARE}{words} {SYMMETRIC}")


NUMBER = "Let $a, b \\in \\mathbb{R}$. "
MODULUS = "\\[ |a| = a \\]"


@pytest.mark.parametrize(
    "words",
    [
        "The learning rate is $a > 0$.",
        "Here $a > 0$ is the learning rate and",
        "With a penalty of strength $a > 0$, we get",
        "where $a > 0$ does not depend on $b$",
        "Given a tolerance $a > 0$ and $b < 1$,",
        "Suppose that the noise has variance $a > 0$.",
        "Under the assumption $a > 0$,",
        "For all $a > 0$ we have",
        "We compute the gradient for $a > 0$.",
        "Consider ridge regression for $a > 0$.",
        "Suppose that there is a constant $a > 0$.",
        "This holds for $a > 0$:",
        "The condition $a > 0$ holds.",
        "Let $a > 0$ be the step size, which controls how far we go.",
        "In this section, let $a > 0$.",
        "Each unit is dropped at a rate $a > 0$.",
        "Soit $a > 0$ où $b$ est quelconque.",
        "On note $a > 0$ le pas.",
        "Dans cette partie, $a > 0$ est le taux d'apprentissage.",
    ],
)
def test_a_range_is_used_in_any_words(words: str) -> None:
    assert statuses(f"{NUMBER}{words} {MODULUS}") == ["proved"]


@pytest.mark.parametrize(
    "words",
    [
        "Assume $a > 0$ or $b > 0$.",
        "Soit $a > 0$ ou $b > 0$.",
        "Claim: $a > 0$.",
        "Conjecture. $a > 0$.",
        "True or false? $a > 0$.",
        "Theorem. $a > 0$.",
        "\\begin{theorem} $a > 0$. \\end{theorem} Proof.",
        "Vrai ou faux ? $a > 0$.",
        "We argue by contradiction. Let $a > 0$.",
        "Raisonnons par l'absurde : soit $a > 0$.",
        "The student took $a > 0$, which is not required.",
        "Suppose that $a > 0$ cannot be guaranteed.",
        "Drop the assumption $a > 0$.",
        "Oublions que $a > 0$.",
        "We reject $a > 0$.",
        "The condition $a > 0$ is sufficient.",
        "The assumption $a > 0$ was a mistake.",
        "La condition $a > 0$ est inutile.",
        "Nothing forces $a > 0$.",
        "Rien n'impose $a > 0$.",
        "where possibly $a > 0$",
        "avec peut-être $a > 0$",
        "Let $E$ be the event $a > 0$.",
        "Let $p$ be the probability that $a > 0$.",
        "Soit $p$ la probabilité que $a > 0$.",
        "Let $N$ be the number of times $a > 0$.",
        "Test the null hypothesis $a > 0$.",
        "If $a > 0$ had been given,",
        "Assume $a > 0$ in part (b). (a) We have",
        "In the next section, $a > 0$.",
        'He said "let $a > 0$".',
        "It is forbidden to assume $a > 0$.",
        "Il suffit de supposer $a > 0$.",
        "À tort, on suppose $a > 0$.",
        "Sauf si $a > 0$,",
        "À moins que $a > 0$,",
        "Repeat until $a > 0$.",
        "$|a| = a$ iff $a > 0$.",
        "$|a| = a$ for $a > 0$.",
        "It diverges for $a > 0$.",
        "There exists $a > 0$ with $b < 1$.",
        "There is a point where $a > 0$.",
        "\\phantom{Let $a > 0$.}",
    ],
)
def test_a_range_that_is_not_assumed_proves_nothing(words: str) -> None:
    assert "proved" not in statuses(f"{NUMBER}{words} {MODULUS}")


def test_a_doubtful_assumption_refutes_nothing_either() -> None:
    report = check_text(f"{SQUARE}Recall that $A$ is symmetric. {SYMMETRIC}")
    (step,) = report.steps
    assert str(step.status) == "tested"
    assert "$A$ is symmetric (line 1)" in step.verdict.message


def test_a_denied_assumption_stays_refuted() -> None:
    assert statuses(f"{SQUARE}$A$ need not be symmetric. {SYMMETRIC}") == ["refuted"]


SHOWN = "\\[A^\\top = A\\]"
ASSUMED = f"Suppose $A$ is symmetric. {SHOWN}"
PARTS = [
    f"\\begin{{enumerate}}\\item {ASSUMED} \\item Show that {SHOWN} \\end{{enumerate}}",
    f"\\question \\begin{{parts}}\\part {ASSUMED} \\part Then {SHOWN} \\end{{parts}}",
    f"\\begin{{lemma}} {ASSUMED} \\end{{lemma}} We see that {SHOWN}",
    f"\\begin{{lemma}} {ASSUMED} \\end{{lemma}}\\begin{{theorem}} We have {SHOWN} \\end{{theorem}}",
    f"\n\n(a) {ASSUMED}\n\n(b) Now {SHOWN}",
    f"\n\n\\textbf{{(a)}} {ASSUMED}\n\n\\textbf{{(b)}} Now {SHOWN}",
    f"If $A$ is symmetric, then {SHOWN} Without this, {SHOWN}",
    f"Show that if $A$ is symmetric, then {SHOWN} Show that if $B$ is symmetric, then {SHOWN}",
    f"{ASSUMED} Is this true for every matrix $A$? {SHOWN}",
]


LABELS = [
    ("1.", "2."), ("1)", "2)"), ("(i)", "(ii)"), ("iii)", "iv)"), ("A.", "B."), ("Question 1 :", "Question 2 :"),
    ("Exercise 3.", "Exercise 5."), ("Case 1:", "Case 2:"), ("Cas i)", "Cas ii)"), ("1. (a)", "2. (a)"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), LABELS)
def test_labels_of_paragraphs_begin_parts(first: str, second: str) -> None:
    before = "(i) We see.\n\n(ii) So.\n\n" if first == "iii)" else ""
    text = f"{SQUARE}\n\n{before}{first} Suppose $A$ is symmetric. {SHOWN}\n\n{second} Now {SHOWN}"
    assert statuses(text) == ["proved", "tested"]


def test_steps_of_one_argument_share_what_is_assumed() -> None:
    text = f"{SQUARE}\n\nStep 1: Suppose $A$ is symmetric. {SHOWN}\n\nStep 2: Now {SHOWN}"
    assert statuses(text) == ["proved", "proved"]


ENDINGS = [
    "Conversely,", "Otherwise,", "In both cases,", "In all cases,", "In general,", "For every real matrix,",
    "($\\Leftarrow$)", "This is a contradiction.", "The other case:", "If instead $B$ is arbitrary,", "Réciproquement,",
    "Sinon,", "Dans tous les cas,", "En général,", "C'est absurde.",
]  # fmt: skip


@pytest.mark.parametrize("words", ENDINGS)
def test_words_that_end_what_was_supposed(words: str) -> None:
    text = f"{SQUARE}Suppose $A$ is symmetric. {SHOWN} {words} {SHOWN}"
    assert statuses(text) == ["proved", "tested"]
    introduced = f"Let $A \\in \\mathbb{{R}}^{{n \\times n}}$ be symmetric. {SHOWN} {words} {SHOWN}"
    assert statuses(introduced) == ["proved", "proved"]


def test_what_a_proof_supposes_ends_with_it() -> None:
    text = f"{SQUARE}\\begin{{proof}} Suppose $A$ is symmetric. {SHOWN} \\end{{proof}} Hence {SHOWN}"
    assert statuses(text) == ["proved", "tested"]


def test_cases_that_leave_a_value_out_have_none_there() -> None:
    gap = "\\[ |a| = \\begin{cases} a & a > 0 \\\\ -a & a < 0 \\end{cases} \\]"
    assert statuses(f"{NUMBER}{gap}") == ["tested"]
    assert statuses(NUMBER + gap.replace("a < 0", "a \\le 0")) == ["proved"]


@pytest.mark.parametrize("text", PARTS)
def test_what_one_part_assumes_is_in_doubt_in_the_next(text: str) -> None:
    assert statuses(SQUARE + text) == ["proved", "tested"]


def test_what_a_lemma_assumes_holds_in_its_proof() -> None:
    text = "\\begin{lemma} Suppose $A$ is symmetric. \\end{lemma}\\begin{proof} We see \\[A^\\top = A\\] \\end{proof}"
    assert statuses(SQUARE + text) == ["proved"]


def test_a_list_of_assumptions_is_no_part_of_its_own() -> None:
    items = "\\item $A$ is symmetric. \\item $B$ is invertible."
    text = f"We assume:\\begin{{itemize}} {items} \\end{{itemize}} Then {SHOWN}"
    assert statuses(SQUARE + text) == ["proved"]


def test_the_stem_of_a_question_holds_in_its_parts() -> None:
    text = (
        "\\begin{questions}\\question Let $A$ be symmetric. \\begin{parts}\\part Show \\[A^\\top = A\\] "
        "\\part Show \\[A A^\\top = A^2\\] \\end{parts}\\end{questions}"
    )
    assert statuses(SQUARE + text) == ["proved", "proved"]


def test_names_that_are_not_called_independent_are_not() -> None:
    laws = (
        "%! x, y, z \\in \\mathbb{R}^n\nLet $\\mathbb{E}[x] = \\mu$, $\\mathbb{E}[y] = \\nu$, $\\mathbb{E}[z] = \\nu$. "
    )
    mean = "\\[ \\mathbb{E}[x y^\\top] = \\mu \\nu^\\top \\] \\[ \\mathbb{E}[x z^\\top] = \\mu \\nu^\\top \\]"
    assert statuses(f"{laws}The vectors $x$ and $y$ are independent. {mean}") == ["proved", "unreadable"]
    assert statuses(f"{laws}The vectors $x$, $y$ and $z$ are independent. {mean}") == ["proved", "proved"]
    assert statuses(f"{laws}If $x$ and $y$ were independent, we would be done. {mean}") == ["unreadable", "unreadable"]
    assert statuses(f"{laws}The vectors $x$ and $y$ are not independent. {mean}") == ["unreadable", "unreadable"]


def test_properties_that_cannot_be_expressed_leave_no_refutation() -> None:
    (step,) = check_text("Let $R \\in \\mathbb{R}^{n \\times n}$ be a Toeplitz matrix. \\[ R_{21} = R_{32} \\]").steps
    assert str(step.status) == "unreadable"
    assert "'toeplitz'" in step.verdict.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let $P \\in \\mathbb{R}^{n \\times n}$ be an orthogonal projection. \\[ P = P^\\top P \\]", "proved"),
        ("Let $P \\in \\mathbb{R}^{n \\times n}$ be a projection. \\[ P = P^\\top \\]", "refuted"),
        ("Let $u \\in \\mathbb{R}^n$ be a unit vector. \\[ (I - 2 u u^\\top)^2 = I \\]", "proved"),
        ("Let $x, y \\in \\mathbb{R}^n$ be orthogonal. \\[ x^\\top y = 0 \\]", "proved"),
        ("Let $A \\in \\mathbb{R}^{n \\times n}$ be singular. \\[ \\det A = 0 \\]", "proved"),
        ("Let $x, y \\in \\mathbb{R}^n$ be orthogonal. \\[ x^\\top x = 1 \\]", "refuted"),
        (
            "%! x \\in \\mathbb{R}^n\nLet $A \\in \\mathbb{R}^{n \\times n}$ be skew-symmetric. \\[ A^\\top = -A \\]",
            "proved",
        ),
        ("Let $A, B \\in \\mathbb{R}^{n \\times n}$ be matrices that commute. \\[ A B A = B A A \\]", "proved"),
    ],
)
def test_further_properties(text: str, expected: str) -> None:
    assert statuses(text) == [expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Let", "", Stance.ASSUMED),
        ("We want to show that", "", Stance.NOTHING),
        ("Suppose that a demon has", "", Stance.DOUBTFUL),
        ("Then", "", Stance.NOTHING),
        ("", "", Stance.NOTHING),
        ("Assume that", "does not hold", Stance.DOUBTFUL),
        ("We never assume that", "", Stance.NOTHING),
        ("whenever", "", Stance.DOUBTFUL),
    ],
)
def test_the_stance_of_a_sentence(before: str, after: str, expected: Stance) -> None:
    assert stance(Sentence(before, after)) is expected


def test_an_open_if_clause_holds_for_its_display() -> None:
    assert stance(Sentence("whenever", "", is_open=True)) is Stance.WITHIN
    assert said_of(Sentence("If", "is symmetric, then", True)) == [Said(Stance.WITHIN, "symmetric")]
    assert said_of(Sentence("If", "is symmetric, it is easy.")) == [Said(Stance.DOUBTFUL, "symmetric")]


def test_what_a_section_assumes_holds_in_its_paragraphs() -> None:
    given = r"\section{Ridge} Let $u \in \mathbb{R}^n$ with $\|u\| = 1$. \[ \|2u\| = 2 \] "
    claim = r" Then \[ \|3u\| = 3 \]"
    for heading, status in (
        (r"\paragraph{Scores.}", "proved"),
        (r"\subsection{Scores}", "proved"),
        (r"\paragraph{The general case.}", "tested"),
        (r"\section{Scores}", "tested"),
    ):
        assert statuses(given + heading + claim) == ["proved", status]
    inner = r"\section{One} \paragraph{A.} Let $u \in \mathbb{R}^n$ with $\|u\| = 1$. \[ \|2u\| = 2 \] "
    assert statuses(inner + r"\paragraph{B.} Then \[ \|3u\| = 3 \]") == ["proved", "tested"]
