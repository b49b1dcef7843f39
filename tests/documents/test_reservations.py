"""Pairs: words and places that grant nothing, and beside them those that do, of the same statement."""

import pytest

from everystep.documents.check import check_text

NAMES = "Let $A, B \\in \\mathbb{R}^{n \\times n}$ and $a, b \\in \\mathbb{R}$. "
ONE = " \\[ a^2 = a \\]"
MODULUS = " \\[ |a| = a \\]"
SYMMETRIC = " \\[ A^\\top = A \\]"


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        "E.g., with $a = 1$ this is trivial.",
        "(Think of $a = 1$.)",
        "The reader may set $a = 1$ to see the idea.",
        "For $a = 1$ this is the classical rule. More generally,",
        "In our experiments we set $a = 1$.",
        "We consider $a = 1$ in Figure 2.",
        "Other than for $a = 1$,",
        "For values other than $a = 1$,",
        "The estimator with $a = 1$ is unbiased.",
        "Compare with $a = 1$.",
        "If $a = 1$ then we are done; if not,",
        "Suppose $a = 1$ with probability $b$.",
        "If $a = 1$ is violated,",
        "Assume the opposite of $a = 1$.",
        "For $a = 0, 2$,",
        "En dehors du cas $a = 1$,",
        "Soit $a = 1$, soit $b = 1$.",
        "Ou bien $a = 1$, ou bien $b = 1$.",
        "Supposons $a = 1$ pour commencer. Passons au cas général.",
        "Dans le cas particulier où $a = 1$, c'est clair.",
        "Asymptotically $a = 1$.",
        "\\begin{tabular}{ll} rate & default \\\\ $a$ & $a = 1$ \\end{tabular}",
        "\\begin{figure}\\caption{The curve for $a = 1$.}\\end{figure}",
    ],
)
def test_the_value_of_one_case_is_none_of_all(words: str) -> None:
    assert "proved" not in statuses(NAMES + words + ONE)


@pytest.mark.parametrize(
    "words",
    ["Let $a = 1$.", "Set $a = 1$.", "For $a = 1$ we get", "If $a = 1$, then", "Posons $a = 1$.", "where $a = 1$"],
)
def test_a_value_that_is_given_is_used(words: str) -> None:
    assert statuses(NAMES + words + ONE) == ["proved"]


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("\\begin{tabular}{l} $a > 0$ \\end{tabular}", MODULUS),
        ("\\begin{figure}\\caption{Here $a \\ge 0$.}\\end{figure}", MODULUS),
        ("\\begin{figure}\\caption{Let $A$ be symmetric.}\\end{figure}", SYMMETRIC),
        ("\\begin{theorem} Let $A$ be symmetric. Then it is nice. \\end{theorem} Now", SYMMETRIC),
        ("\\ifdefined\\x Let $A$ be symmetric. \\else Let $B$ be symmetric. \\fi", SYMMETRIC),
        ("\\ifx\\x\\y $A$ is arbitrary. \\else Let $A$ be symmetric. \\fi", SYMMETRIC),
        ("\\ifprintanswers Let $a > 0$. \\fi", MODULUS),
        ("A matrix $A$ with $A^\\top = A$ is called symmetric.", SYMMETRIC),
        ("Soit $A$ une matrice, symétrique ou non.", SYMMETRIC),
        ("Supposons $A$ symétrique ou $B$ symétrique.", SYMMETRIC),
        ("Que $A$ soit symétrique ou non importe peu.", SYMMETRIC),
        ("Soit $A$ symétrique par blocs.", SYMMETRIC),
        ("Soit $a$ positif ou négatif.", MODULUS),
        ("Let $a$ be less than a positive number.", MODULUS),
        ("Let $a$ be at most the positive $b$.", MODULUS),
        ("The singular vectors of $A$.", " \\[ \\det A = 0 \\]"),
        ("Soit $a = 1$ et non $b = 1$.", " \\[ b^2 = b \\]"),
        ("Let $a \\stackrel{?}{=} b$.", " \\[ 2 a = 2 b \\]"),
        ("Let $a \\stackrel{d}{=} b$.", " \\[ 2 a = 2 b \\]"),
        ("\n\n(a) Let $A$ be symmetric. Discuss.\n\n(b) In general", SYMMETRIC),
        ("\\begin{itemize}\\item Case 1: let $A$ be symmetric. \\item Case 2:", SYMMETRIC + "\\end{itemize}"),
    ],
)
def test_what_is_put_aside_proves_nothing(words: str, step: str) -> None:
    assert "proved" not in statuses(NAMES + words + step)


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("Suppose $A$ (not $B$) is symmetric.", SYMMETRIC),
        ("Soit $a$ positif ou nul.", MODULUS),
        ("Let $a$ be positive or zero.", MODULUS),
        ("Soit $A$ symétrique, où $B$ est quelconque.", SYMMETRIC),
        ("\\iftrue Let $A$ be symmetric. \\fi", SYMMETRIC),
        ("Assume: \\begin{itemize}\\item $a > 0$ \\item $A$ is symmetric. \\end{itemize} Now", SYMMETRIC),
        ("\\begin{lemma} Let $A$ be symmetric. \\end{lemma}\\begin{proof} Now", SYMMETRIC + "\\end{proof}"),
        ("\\section{Setup} Let $A$ be symmetric. \\section{Derivation}", SYMMETRIC),
        ("Let $A$ be non-invertible.", " \\[ \\det A = 0 \\]"),
    ],
)
def test_what_is_granted_beside_it_is_used(words: str, step: str) -> None:
    assert statuses(NAMES + words + step) == ["proved"]


@pytest.mark.parametrize("kind", ["parts", "questions"])
def test_what_a_part_without_steps_assumes_is_its_own(kind: str) -> None:
    item = "part" if kind == "parts" else "question"
    text = f"\\begin{{{kind}}}\\{item} Let $A$ be symmetric. \\{item} {SYMMETRIC} \\end{{{kind}}}"
    assert statuses(NAMES + text) == ["tested"]


@pytest.mark.parametrize(
    "words", ["for $a > 0$.", "if $a > 0$.", "whenever $a > 0$.", "pour $a > 0$.", "where $a > 0$."]
)
def test_a_condition_behind_a_display_is_one_for_it(words: str) -> None:
    found = statuses(f"{NAMES}{MODULUS} {words} Now {MODULUS}")
    assert found[0] == "proved"
    assert found[1] == ("proved" if words.startswith("where") else "tested")


@pytest.mark.parametrize(
    "words", ["unless $a > 0$.", "even if $a < 0$.", "iff $a \\ge 0$.", "For $b > 0$ we go on.", "so that $a > 0$."]
)
def test_other_words_behind_a_display_are_none(words: str) -> None:
    assert statuses(f"{NAMES}{MODULUS} {words}") != ["proved"]


SQUARE = "$f(x) = x^2$"
SLOPE = " \\[ f'(x) = 2 x \\]"


@pytest.mark.parametrize(
    "words",
    [
        "Perhaps {}.",
        "For instance, {}.",
        "If {}, fine. In general,",
        "Unless {},",
        "Even if {},",
        "As a counterexample, {}.",
        "Par exemple, {}.",
        "\\begin{{example}} Let {}. \\end{{example}}",
        "\\begin{{remark}} Now let {}. \\end{{remark}}",
        "\\begin{{tabular}}{{l}} {} \\end{{tabular}}",
    ],
)
def test_a_formula_that_is_not_given_for_good_defines_no_function(words: str) -> None:
    before = "Let $f : \\mathbb{R} \\to \\mathbb{R}$ and $x \\in \\mathbb{R}$. "
    found = statuses(before + words.format(SQUARE) + SLOPE)
    assert len(found) == 1
    assert found[0] in ("tested", "unreadable")


@pytest.mark.parametrize(
    "words", ["Unless $c = 3$,", "Suppose $c = 3$ fails.", "If $c = 3$, fine.", "Wrong: $c = 3$.", "Sauf si $c = 3$,"]
)
def test_a_value_that_is_not_given_for_good_defines_no_name(words: str) -> None:
    assert statuses(f"{words} \\[ c^2 = 9 \\]") == ["unreadable"]
    assert statuses(f"{words} stop. Let $c = 3$. \\[ c^2 = 9 \\]") == ["proved"]


def test_an_example_gives_its_new_names() -> None:
    assert statuses("For instance, let $c = 3$. \\[ c^2 = 9 \\]") == ["proved"]
    assert statuses("If $c = 3$, then \\[ c^2 = 9 \\]") == ["proved"]


CHANCE = "Let $u, v, w$ be real random variables. "
PRODUCT = " \\[ \\mathbb{E}[u v] = \\mathbb{E}[u]\\,\\mathbb{E}[v] \\]"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("$u$ is independent of $w$ and $v$ is independent of $w$.", "unreadable"),
        ("$u, v$ are independent of $w$.", "unreadable"),
        ("$u + v$ and $w$ are independent.", "unreadable"),
        ("$u + w$ and $v$ are independent.", "unreadable"),
        ("Assume first that $u$ and $v$ are independent. In general,", "unreadable"),
        ("\\begin{tabular}{l} $u$ and $v$ independent \\end{tabular}", "unreadable"),
        ("$u$ and $v$ are independent.", "proved"),
        ("$u, v$ and $w$ are independent.", "proved"),
        ("$u$ is independent of $v$ and $w$.", "proved"),
        ("$w, u$ are independent of $v$.", "proved"),
    ],
)
def test_independence_is_that_of_the_names_in_their_own_formulas(words: str, expected: str) -> None:
    assert statuses(CHANCE + words + PRODUCT) == [expected]


SUM = " \\[ \\sum_i x_i \\ge 0 \\]"


@pytest.mark.parametrize(
    "words",
    ["for some $i$", "for even $i$", "except for $i = 1$", "for all but one $i$", "for $i = 2$", "for $i \\in S$"],
)
def test_what_holds_at_some_indices_does_not_hold_at_all(words: str) -> None:
    assert "proved" not in statuses(f"Let $x \\in \\mathbb{{R}}^n$. Let $x_i \\ge 0$ {words}. {SUM}")


@pytest.mark.parametrize("words", ["", "for all $i$", "for each $i$", "for $i = 1, \\dots, n$"])
def test_what_holds_at_all_indices_is_not_called_wrong(words: str) -> None:
    (found,) = statuses(f"Let $x \\in \\mathbb{{R}}^n$. Let $x_i \\ge 0$ {words}. {SUM}")
    assert found in ("proved", "tested")


def test_the_expectation_beside_a_matrix_e() -> None:
    text = "%! E \\in \\mathbb{R}^{n \\times n}; x \\in \\mathbb{R}^n; \\mathbb{E}[x] = \\mu\n"
    assert statuses(text + "\\[ \\mathbb{E}[x] = \\mu \\] \\[ E x = \\mu \\]") == ["proved", "refuted"]


def test_shapes_that_fit_because_sizes_are_equal_are_not_called_wrong() -> None:
    text = "Let $A \\in \\mathbb{R}^{n \\times m}$, $B \\in \\mathbb{R}^{n \\times n}$"
    assert statuses(f"{text} with $n = m$. \\[ A B = A B \\]") == ["unreadable"]
    assert statuses(f"{text}. \\[ A B = A B \\]") == ["ill-typed"]


@pytest.mark.parametrize("note", ["?", "d", "\\text{law}", "\\mathcal{D}", "a.s."])
def test_an_equation_of_another_kind_is_not_judged(note: str) -> None:
    assert statuses(f"{NAMES} \\[ a \\overset{{{note}}}{{=}} -a \\]") == ["unreadable"]
    assert statuses(f"{NAMES} \\[ a \\overset{{(a)}}{{=}} -a \\]") == ["refuted"]


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("Let $b = 1$ if $a > 0$ and $b = 0$ otherwise.", " \\[ b = 1 \\]"),
        ("Let $b = 1$ for $a > 0$ and $b = 0$ for $a \\le 0$.", " \\[ b = 1 \\]"),
        ("Set $b = 1$ when $a > 0$.", " \\[ b = 1 \\]"),
        ("Soit $b = 1$ si $a > 0$, $0$ sinon.", " \\[ b = 1 \\]"),
        ("Let $c = 1$ if $a > 0$, else $c = 0$.", " \\[ c = 1 \\]"),
        ("Define $f(a) = a$ if $a > 0$ and $f(a) = 0$ otherwise.", " \\[ f(a) = a \\]"),
        ("Define $f(a) = a$ for $a > 0$.", " \\[ f(-1) = -1 \\]"),
        ("The set of $a > 0$ is open.", MODULUS),
        ("Let $a$ be positive in expectation.", MODULUS),
        ("Let $A$ be the eigenvector matrix of a symmetric matrix.", SYMMETRIC),
        ("Let $A$ have the symmetric matrix $B$ as a factor.", SYMMETRIC),
        ("Let $A$ be a symmetric matrix with one entry changed.", SYMMETRIC),
        ("Let the columns of $A$ be orthogonal.", " \\[ A^\\top A = I \\]"),
        ("Let $A$ be orthogonal with respect to $B$.", " \\[ A^\\top A = I \\]"),
        ("Let $B$, $A$ be symmetric, respectively diagonal.", " \\[ A^\\top = A \\]"),
        ("Let $a \\ge 0 \\text{ or } b \\ge 0$.", MODULUS),
        ("Let $a \\ge 0 \\text{ unless } b \\ge 0$.", MODULUS),
        ("\n%! \\text{not } a > 0\n", MODULUS),
        ("\n%! a > 0 \\text{ or } b > 0\n", MODULUS),
        ("\n%! a = 1 \\text{ for } b = 1\n", ONE),
        ("\n%! A \\text{ symmetric or orthogonal}\n", SYMMETRIC),
        ("", "\\[ |a| = a \\text{ if } b > 0 \\text{ or } a > 0 \\]"),
        ("", "\\[ |a| = a \\text{ si } b > 0 \\text{ ou } a > 0 \\]"),
    ],
)
def test_what_holds_in_a_case_or_of_another_proves_nothing(words: str, step: str) -> None:
    found = statuses(NAMES + words + step)
    assert found
    assert "proved" not in found


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("Let $a > 0 \\text{ and } b > 0$.", " \\[ |b| = b \\]"),
        ("\n%! a > 0 \\text{ and } b > 0\n", " \\[ |b| = b \\]"),
        ("\n%! A \\text{ and } B \\text{ symmetric}\n", " \\[ B^\\top = B \\]"),
        ("", "\\[ |b| = b \\text{ if } a > 0 \\text{ and } b > 0 \\]"),
        ("Let $A$ be a matrix and $B$ a symmetric matrix.", " \\[ B^\\top = B \\]"),
        ("Let $A$ be of full rank.", " \\[ \\det(A) / \\det(A) = 1 \\]"),
        ("Define $f(a) = a^2$ for $a \\in \\mathbb{R}$.", " \\[ f'(a) = 2 a \\]"),
    ],
)
def test_what_is_joined_by_and_is_used(words: str, step: str) -> None:
    assert statuses(NAMES + words + step) == ["proved"]


@pytest.mark.parametrize(
    "words",
    [
        "Now $A$ is any matrix.",
        "Without symmetry,",
        "Dropping symmetry,",
        "For nonsymmetric $A$,",
        "Now let $A$ be nonsymmetric.",
        "Consider instead a nonsymmetric matrix $A$.",
        "Sans cette hypothèse,",
        "On abandonne la symétrie.",
    ],
)
def test_a_property_that_is_given_up_proves_nothing_more(words: str) -> None:
    given = f"Let $A \\in \\mathbb{{R}}^{{n \\times n}}$ be symmetric. {SYMMETRIC} "
    assert statuses(given + words + SYMMETRIC) == ["proved", "tested"]
    assert statuses(given + "Let $B$ be nonsymmetric." + SYMMETRIC) == ["proved", "proved"]


def test_a_sign_that_is_given_up_proves_nothing_more() -> None:
    found = statuses(f"Let $a > 0$. {MODULUS} What if $a$ may be negative? {MODULUS}")
    assert found == ["proved", "tested"]


@pytest.mark.parametrize(
    "words",
    [
        "Here, $a > 0$ is what we want to show.", "We look for $a > 0$.", "We seek $a > 0$ such that $b = 1$.",
        "For which $a > 0$ is this true?", "The result for $a > 0$ is classical.", "In [3], $a > 0$.",
        "Let us try $a > 0$.", "It seems that $a > 0$.", "Old version: let $a > 0$.", "TODO: assume $a > 0$.",
        "Hint: first treat $a > 0$.", "Exercise: what if $a > 0$?", "Nowhere is $a > 0$ used.",
        "Replacing $a > 0$ by $b > 0$,", "Irrespective of $a > 0$,", "Despite $a > 0$ failing,", "In practice $a > 0$.",
        "Some authors take $a > 0$.", "By convention $a > 0$ in physics.", "On cherche $a > 0$.",
        "Pour quels $a > 0$ est-ce vrai ?", "Au lieu de $a > 0$, on suppose $b > 0$.", "D'habitude $a > 0$.",
        "Malgré $a > 0$,", "Il semble que $a > 0$.",
    ],
)  # fmt: skip
def test_a_range_that_is_only_spoken_of_proves_nothing(words: str) -> None:
    assert "proved" not in statuses(NAMES + words + MODULUS)


@pytest.mark.parametrize("kind", ["note", "rem", "examples", "solution", "answer", "preuve", "conjecture", "theo"])
def test_environments_keep_what_they_suppose(kind: str) -> None:
    inside = f"\\begin{{{kind}}} Let $a > 0$. {MODULUS} \\end{{{kind}}} Now {MODULUS}"
    assert statuses(NAMES + inside) == ["proved", "tested"]


@pytest.mark.parametrize(
    "behind",
    [
        "on the kernel of $B$",
        "on a subspace",
        "in a suitable basis",
        "in the limit",
        "in theory",
        "in floating point",
        "but not always",
        "but only for $n = 1$",
        "for all but one value of $b$",
        "for all $n$ except $n = 3$",
        "with one exception",
        "so to speak",
        "and only then",
        ", at least approximately",
        ", in a sense",
        ", except in the last row",
        ", up to rounding",
        ", we hope",
        ", for $n = 2$",
        ", though not in general",
        ", which is not true in general",
        ", which turns out to be false",
        "(almost)",
        "(up to scaling)",
        "(for $n = 1$)",
        "(to be shown)",
        "(not used)",
        "(why?)",
    ],
)
@pytest.mark.parametrize("said", ["Let $A$ be symmetric{}.", "Assume that $A$ is symmetric{}.", "Let $A = A^\\top${}."])
def test_a_property_that_is_restricted_is_not_granted(said: str, behind: str) -> None:
    if behind in ("on the kernel of $B$", "on a subspace", "in the limit", "in floating point") and "=" in said:
        pytest.skip("said of a matrix, not of an equation")
    words = said.format(behind if behind.startswith(",") else f" {behind}")
    assert "proved" not in statuses(NAMES + words + SYMMETRIC)


@pytest.mark.parametrize(
    "behind",
    [
        "in the following",
        "in what follows",
        "in all questions",
        "in addition",
        "but not diagonal",
        ", not necessarily diagonal",
        "(but not necessarily diagonal)",
        "by construction",
        ", as usual",
        ", which simplifies the algebra",
        "for every question",
        "dans la suite",
    ],
)
def test_a_property_with_harmless_words_behind_it_is_granted(behind: str) -> None:
    words = f"Let $A$ be symmetric{behind if behind.startswith(',') else f' {behind}'}."
    assert statuses(NAMES + words + SYMMETRIC) == ["proved"]


@pytest.mark.parametrize(
    "words",
    [
        "For what values is $a > 0$?",
        "In \\cite{smith} it is assumed that $a > 0$.",
        "This holds with $a > 0$ allowed.",
        "We take any number with the exception of $a > 0$.",
    ],
)
def test_what_is_asked_allowed_excepted_or_assumed_by_others_is_not_granted(words: str) -> None:
    assert "proved" not in statuses(NAMES + words + MODULUS)
