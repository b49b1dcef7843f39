"""Definitions and calls: what a macro expands to, where its tokens stand, and what stops it."""

import time

import pytest

from everystep.reader.document import read_text
from everystep.reader.source import Display, Document, Place, Trouble


def displays(document: Document) -> list[Display]:
    return [event for event in document.events if isinstance(event, Display)]


def troubles(document: Document) -> list[str]:
    return [event.message for event in document.events if isinstance(event, Trouble)]


def read(definitions: str, formula: str) -> str:
    """The formula's tokens without blanks."""
    document = read_text(f"{definitions}\n\\[ {formula} \\]")
    assert troubles(document) == []
    return written(displays(document)[-1])


def written(display: Display) -> str:
    names = {"command": "\\{} ", "text": '"{}"', "begin": "<{}>", "end": "</{}>", "space": ""}
    return "".join(names.get(t.kind, "{}").format(t.text) for t in display.tokens)


@pytest.mark.parametrize(
    ("definitions", "formula", "expected"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", r"x \in \R^n", r"x\in \mathbb {R}^n"),
        (r"\newcommand\R{\mathbb{R}}", r"\R", r"\mathbb {R}"),
        (r"\newcommand*{\pd}[2]{\frac{\partial #1}{\partial #2}}", r"\pd{f}x", r"\frac {\partial f}{\partial x}"),
        (r"\newcommand{\d}[2][1]{#1:#2}", r"\d{x} \d[2]{y}", "1:x2:y"),
        (r"\renewcommand{\vec}[1]{\boldsymbol{#1}}", r"\vec{x}", r"\boldsymbol {x}"),
        (r"\newcommand{\a}{1} \providecommand{\a}{2}\providecommand{\b}{3}", r"\a\b", "13"),
        (r"\newcommand{\a}{1} \renewcommand{\a}{2}", r"\a", "2"),
        (r"\def\T{^{\mathsf T}}", r"a\T b", r"a^{\mathsf T}b"),
        (r"\def\two#1#2{#2#1}", r"\two{ab}c", "cab"),
        (r"\def\ip<#1,#2>{\langle #1, #2 \rangle}", r"\ip<a,{b,c}>", r"\langle a,b,c\rangle "),
        (r"\def\upto#1;{[#1]}", r"\upto ab; c", "[ab]c"),
        (r"\let\eps\varepsilon", r"\eps", r"\varepsilon "),
        (r"\newcommand{\a}{1}\let\b=\a\renewcommand{\a}{2}", r"\b\a", "12"),
        (r"\let\oldsqrt\sqrt \renewcommand{\sqrt}[1]{\oldsqrt{#1}}", r"\sqrt{2}", r"\sqrt {2}"),
        (r"\DeclareMathOperator{\tr}{tr}", r"\tr(A)", r"\operatorname {tr}(A)"),
        (r"\DeclareMathOperator*{\argmax}{arg\,max}", r"\argmax_x", r"\operatorname {argmax}_x"),
        (r"\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}", r"\norm{x}+\norm*{y}+\norm[\big]{z}",
         r"\lVert x\rVert +\lVert y\rVert +\lVert z\rVert "),
        (r"\newcommand{\norm}[1]{\left\| #1 \right\|}", r"\norm{\norm{x}}", r"\lVert \lVert x\rVert \rVert "),
        (r"\NewDocumentCommand{\pd}{O{x} m}{#2_{#1}}", r"\pd{f}\pd[y]{f}", "f_{x}f_{y}"),
        (r"\newcommand{\x}[1]{\newcommand{\y}{#1##}}", r"\x{2}\y", "2#"),
        (r"\newif\ifsol\soltrue", r"a\ifsol b\else c\fi", "abc"),
        ("", r"a\iffalse b\iftrue c\fi\else d\fi e", "ade"),
        ("", r"a\iftrue b\else c\fi", "ab"),
        ("", r"\ifprintanswers b\fi", "b"),
        (r"\makeatletter\def\my@x{1}\newcommand{\x}{\my@x}\makeatother", r"\x", "1"),
        # Programs are left alone.
        (r"\newcommand{\indep}{\mathpalette{\x}{\perp}}", r"\indep", r"\indep "),
    ],
)  # fmt: skip
def test_macros_are_expanded(definitions: str, formula: str, expected: str) -> None:
    assert read(definitions, formula) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\def\x{A} {\def\x{B} \[ \x \]} \[ \x \]", "BA"),
        (r"\def\x{A} \begingroup \def\x{B} \[ \x \] \endgroup \[ \x \]", "BA"),
        (r"\def\x{A} \begin{itemize} \item \def\x{B} \[ \x \] \end{itemize} \[ \x \]", "BA"),
        (r"\def\x{A} \begin{quote} {\let\x=B \[ \x \] \end{quote} \[ \x \]", "BA"),
        (r"\def\x{A} {\gdef\x{B} \[ \x \]} \[ \x \]", "BB"),
        (r"\def\x{A} {\def\x{C} \global\def\x{B} \[ \x \]} \[ \x \]", "BB"),
        (r"\def\x{A} \end{quote} } \endgroup \[ \x \] \def\x{B} \[ \x \]", "AB"),
        (r"{\newcommand{\x}{B} \[ \x \]} \newcommand{\x}{A} \[ \x \]", "BA"),
    ],
)
def test_what_is_defined_in_a_group_ends_with_it(text: str, expected: str) -> None:
    assert "".join(written(display) for display in displays(read_text(text))) == expected


def test_tokens_of_a_body_stand_at_the_call_and_those_of_an_argument_where_they_are() -> None:
    document = read_text("\\newcommand{\\sq}[1]{(#1)^2}\n\\[ \\sq{x +\ny} \\]")
    (display,) = displays(document)
    places = [(token.text, token.place.line, token.place.column) for token in display.tokens if token.kind != "space"]
    assert places == [("(", 2, 4), ("x", 2, 8), ("+", 2, 10), ("y", 3, 1), (")", 2, 4), ("^", 2, 4), ("2", 2, 4)]


def test_tokens_of_a_default_stand_at_the_call() -> None:
    (display,) = displays(read_text("\\newcommand{\\x}[1][a]{#1}\n\\[ \\x[]\n\\x \\]"))
    assert [(token.text, token.place) for token in display.tokens] == [("a", Place("<text>", 3, 1))]


@pytest.mark.parametrize(
    ("definitions", "formula", "environment"),
    [
        (r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}", r"\be a = b \ee", "equation"),
        (r"\def\bal{\begin{align*}}\def\eal{\end{align*}}", r"\bal a = b \eal", "align*"),
        (r"\newenvironment{eq}{\begin{equation}}{\end{equation}}", r"\begin{eq} a = b \end{eq}", "equation"),
        (r"\newenvironment{eq}[1]{\begin{equation}\label{#1}}{\end{equation}}", r"\begin{eq}{l} a = b \end{eq}",
         "equation"),
        (r"\newenvironment{wrap}[2][x]{\begin{#2}}{\end{align}}", r"\begin{wrap}{align} a = b \end{wrap}", "align"),
        (r"\newcommand{\eq}[1]{\begin{equation}#1\end{equation}}", r"\eq{a = b}", "equation"),
        (r"\newcommand{\sol}[1]{\textbf{Solution} #1}", r"\sol{So \[ a = b \] holds.}", "\\["),
    ],
)  # fmt: skip
def test_displays_are_found_behind_macros(definitions: str, formula: str, environment: str) -> None:
    document = read_text(f"{definitions}\n{formula}")
    (display,) = displays(document)
    assert (display.environment, written(display), display.place.line) == (environment, "a=b", 2)
    assert troubles(document) == []


@pytest.mark.parametrize(
    "definitions",
    [
        r"\def\x{\x}",
        r"\def\x{a\x b}",
        r"\newcommand{\x}{\y}\newcommand{\y}{1\x}",
        r"\def\x#1{\x{#1#1}}",
        "".join(f"\\def\\{a}{{\\{b}\\{b}}}" for a, b in zip("xabcdefghijklmnopqr", "abcdefghijklmnopqrs", strict=True)),
        r"\newcommand{\x}{\newcommand{\y}{1}\x}",
    ],
)
def test_a_macro_without_end_is_left_as_it_is_and_said(definitions: str) -> None:
    begin = time.perf_counter()
    document = read_text(f"{definitions}\n\\[ q = \\x{{1}} + 1 \\]\n\\[ c = d \\]\n\\[ \\x \\]")
    assert time.perf_counter() - begin < 10
    (trouble,) = [event for event in document.events if isinstance(event, Trouble)]
    assert trouble == Trouble("the macro \\x expands without end", Place("<text>", 2, 8))
    first, second, third = displays(document)
    assert [written(d) for d in (second, third)] == ["c=d", "\\x "]
    assert written(first).startswith("q=\\x ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r"\newcommand{\x}[2]{#1#2} \[ \x{a} \]", None),
        (r"\newcommand{\x}[1]{#1} \[ {\x} \]", r"the macro \x lacks its argument 1"),
        (r"\newcommand{\x}[1]{#1} \[ \x{a \]", r"the macro \x lacks its argument 1"),
        (r"\newcommand{\x}", r"the definition that begins with \newcommand could not be read"),
        (r"\def\x{", r"the definition that begins with \def could not be read"),
        (r"\let", r"the definition that begins with \let could not be read"),
        (r"\DeclareMathOperator{\x}", r"the definition that begins with \DeclareMathOperator could not be read"),
        (r"\newenvironment{x}{a}", r"the definition that begins with \newenvironment could not be read"),
        (r"\def\x#1;{#1} \[ \x a \]", r"the macro \x is not called as it was defined"),
    ],
)
def test_broken_definitions_and_calls_are_said(text: str, message: str | None) -> None:
    found = troubles(read_text(text))
    assert message is None or message in found
