"""Documents: displays, declarations, orders, includes, and input that is broken or hostile."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from everystep.reader import document as module
from everystep.reader import files
from everystep.reader.document import ReadError, read_document, read_text
from everystep.reader.source import Declaration, Display, Document, Place, Pragma, Trouble
from everystep.reader.tokens import listed

KINDS = {"command", "char", "open", "close", "sub", "sup", "align", "newline", "space", "begin", "end", "text"}


def of(document: Document, kind: type) -> list:
    return [event for event in document.events if isinstance(event, kind)]


def written(event: Display | Declaration) -> str:
    names = {"command": "\\{} ", "text": '"{}"', "begin": "<{}>", "end": "</{}>", "space": ""}
    return "".join(names.get(t.kind, "{}").format(t.text) for t in event.tokens)


def formulas(text: str, markdown: bool = False) -> list[str]:
    """The displays of a text in which nothing is wrong."""
    document = read_text(text, markdown=markdown)
    assert of(document, Trouble) == []
    return [written(display) for display in of(document, Display)]


def messages(document: Document) -> list[str]:
    return [f"{t.place.line}:{t.place.column} {t.message}" for t in of(document, Trouble)]


# Displays


@pytest.mark.parametrize(
    ("text", "environment", "tokens"),
    [
        (r"\[ a = b \]", "\\[", "a=b"),
        ("$$ a = b $$", "$$", "a=b"),
        *((rf"\begin{{{name}}} a = b \end{{{name}}}", name, "a=b") for name in (
            "equation", "equation*", "align", "align*", "aligned", "gather", "gather*", "multline", "eqnarray",
            "eqnarray*", "split", "displaymath", "flalign*", "dmath",
        )),
        (r"\begin{alignat*}{2} a &= b \end{alignat*}", "alignat*", "a&=b"),
        (r"\begin{IEEEeqnarray}{rCl} a & = & b \end{IEEEeqnarray}", "IEEEeqnarray", "a&=&b"),
        (r"\begin{subequations}\label{x}\begin{align} a \end{align}\end{subequations}", "align", "a"),
        (r"$$\begin{align} a \\ b \end{align}$$", "$$", r"<align>a\\b</align>"),
        (r"\[ \begin{array}{rcl} a &=& b \end{array} \]", "\\[", "<array>a&=&b</array>"),
        (r"\[ \begin{cases} a & \text{if $x$ \\ b} \end{cases} \]", "\\[", '<cases>a&"if $x$ b"</cases>'),
        ("\\[ a % \\] no\n= b \\]", "\\[", "a=b"),
        ("\\begin{align}\na\n\n&= b\n\\end{align}", "align", "a&=b"),
        ("\\begin%\n{align} a \\end {align}", "align", "a"),
    ],
)  # fmt: skip
def test_every_display_is_read(text: str, environment: str, tokens: str) -> None:
    document = read_text(f"Before.\n{text} after $x$ and \\verb|$$ no $$|.")
    (display,) = of(document, Display)
    assert (display.environment, written(display)) == (environment, tokens)
    assert of(document, Trouble) == []


def test_a_display_knows_its_place_its_end_and_the_words_before_it() -> None:
    text = "Soit $x$ donn\\'e.\n\n  On a \\[ a\n= b \\] puis $y$ et\n\\[ c \\]"
    first, second = of(read_text(text, "hw.tex"), Display)
    assert (first.place, first.end) == (Place("hw.tex", 3, 8), Place("hw.tex", 4, 7))
    assert first.tokens[-1].place == Place("hw.tex", 4, 3)
    assert (first.prose, second.prose) == ("Soit $ donné.\nOn a", "puis $ et")


def test_windows_line_ends_and_a_byte_order_mark_move_nothing(tmp_path: Path) -> None:
    file = tmp_path / "hw.tex"
    file.write_bytes("\ufeff\\[ a\r\n= b \\]\r\n".encode())
    (display,) = of(read_document(file), Display)
    assert [(t.text, t.place.line, t.place.column) for t in display.tokens if t.kind == "char"] == [
        ("a", 1, 4),
        ("=", 2, 1),
        ("b", 2, 3),
    ]


@pytest.mark.parametrize(
    ("text", "expected", "said"),
    [
        ("\\[ a = b\n\nWords, $x$.\n\n\\[ c \\]", ["a=b", "c"], "1:1 \\[ has no end"),
        ("\\begin{align} a\n\n\\section{B}\n\\[ c \\]", ["a", "c"], "1:1 \\begin{align} has no end"),
        ("\\begin{align} a \\begin{align} c \\end{align}", ["a", "c"], "1:1 \\begin{align} has no end"),
        ("\\begin{proof}\\[ a \\end{proof} \\[ c \\]", ["a", "c"], "\\end{proof} in line 1"),
        ("\\[ a \\[ c \\]", ["a", "c"], "1:1 \\[ has no end"),
        ("$$ a\n\nThen we have many words here.\n\n$$ c $$", ["a", "c"], "1:1 $$ has no end"),
        ("\\[ \\begin{cases} a \\] \\[ c \\]", ["<cases>a", "c"], "1:4 \\begin{cases} has no end"),
        ("\\[ a", ["a"], "the end of the file"),
        ("\\] \\[ c \\]", ["c"], "1:1 \\] ends what was not begun"),
        ("\\end{align} \\[ c \\]", ["c"], "1:1 \\end{align} ends what was not begun"),
        ("Cost $5.\n\nThen \\[ c \\]", ["c"], "1:6 $ has no end"),
        ("\\begin{verbatim} \\[ a \\]", [], "1:1 \\begin{verbatim} has no end"),
    ],
)
def test_a_missing_end_is_said_and_what_follows_is_read(text: str, expected: list[str], said: str) -> None:
    document = read_text(text)
    assert [written(display) for display in of(document, Display)] == expected
    assert any(said in message for message in messages(document))


@pytest.mark.parametrize(
    "environment",
    ["verbatim", "lstlisting", "minted", "comment", "tikzpicture", "thebibliography", "filecontents*"],
)
def test_what_is_no_mathematics_is_passed_over(environment: str) -> None:
    assert formulas(f"\\begin{{{environment}}} $$ x $$ %! \\end{{{environment}}} \\[ a \\]") == ["a"]


def test_only_the_body_of_a_document_is_read_but_orders_and_macros_before_it_are() -> None:
    document = read_text(
        "%!TEX root = x\n\\documentclass{article}\n%! n \\in \\N\n\\newcommand{\\x}{y}\n\\title{$t$ \\[ t \\]}\n"
        "\\begin{document}\n\\[ \\x \\]\n\\end{document}\n\\[ z \\] %! q"
    )
    assert [(type(event).__name__, written(event)) for event in document.events] == [
        ("Declaration", r"n\in \N "),
        ("Display", "y"),
    ]


# Declarations


def test_orders_are_split_and_pragmas_are_told_apart() -> None:
    text = (
        "%! problem B.1\n%! A \\in \\mathbb{R}; f(x; y) := \\text{a;b}; p \\in (0, 1]; q % remark\n"
        "%! layout: numerator\n\\[ a\n  %! skip\n = b \\]\n%!define\n%! Assume.\n%!\n%! problems > 0"
    )
    document = read_text(text)
    assert [(p.name, p.argument, p.place.line) for p in of(document, Pragma)] == [
        ("problem", "B.1", 1),
        ("layout", "numerator", 3),
        ("skip", "", 5),
        ("define", "", 7),
        ("assume", "", 8),
    ]
    assert [(written(d), d.place.column) for d in of(document, Declaration)] == [
        (r"A\in \mathbb {R}", 4),
        ('f(x;y):="a;b"', 22),
        (r"p\in (0,1]", 45),
        ("q", 59),
        ("problems>0", 4),
    ]
    kinds = [type(event).__name__ for event in document.events]
    assert kinds.index("Display") == 7, "an order within a display comes before it"


def test_inline_mathematics_comes_with_the_words_of_its_sentence() -> None:
    text = (
        "First. Let~$X \\in A$ be \\emph{symmetric}, e.g.\\ $Y$, with \\(z > 0\\).\n"
        "Here $k$-means is \\'evident. $W$ is i.i.d. Then\n\n$V$ \\[ x \\] where $b$ is."
    )
    found = [(written(d), d.before, d.after, d.inline) for d in of(read_text(text), Declaration)]
    assert found == [
        (r"X\in A", "Let", "be symmetric, e.g. $, with $.", True),
        ("Y", "Let $ be symmetric, e.g.", ", with $.", True),
        ("z>0", "Let $ be symmetric, e.g. $, with", ".", True),
        ("k", "Here", "-means is évident.", True),
        ("W", "", "is i.i.d.", True),
        ("V", "", "", True),
        ("b", "where", "is.", True),
    ]


def test_mathematics_in_macros_of_the_prose_and_in_notes_is_read() -> None:
    text = "\\newcommand{\\R}{\\ensuremath{\\mathbb{R}}}\nOver \\R\\footnote{Where $n > 0$.} we work.\n\nNext."
    found = [(written(d), d.before, d.after) for d in of(read_text(text), Declaration)]
    assert found == [(r"\mathbb {R}", "Over", "we work."), ("n>0", "Where", ".")]


# Structure


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (r"\begin{questions}\question[5] a \question b \begin{parts}\part c \part[2] @", "question 2, part b"),
        (r"\question \begin{parts}\part \begin{subparts}\subpart \subpart @", "question 1, part a, subpart ii"),
        (r"\question \begin{parts}\part x \end{parts} @", "question 1"),
        (r"\question \begin{parts}\part x \end{parts} \question \begin{parts}\part @", "question 2, part a"),
        (r"\section*{Question 3} x @", "question 3"),
        (r"\section*{Question 3} \subsection{Solution} @", "question 3"),
        (r"\section*{Question 3} \section{Other} @", ""),
        (r"\subsection*{Problem 3.2 (b): traces} @", "problem 3.2, part b"),
        (r"\section*{Exercice 2a} @", "exercice 2, part a"),
        (r"\section{Question 3: a remark} @", "question 3"),
        (r"\section{Question 3} \subsection{Part (b)} @", "question 3, part b"),
        (r"\begin{exercise} @ \end{exercise}", "exercise 1"),
        (r"\begin{problem}[4] x \end{problem} \begin{solution} @ \end{solution}", "problem 4"),
        (r"\begin{problem} \begin{enumerate} \item x \item @", "problem 1, part b"),
        (r"\begin{problem} \begin{enumerate} \item x \begin{enumerate} \item @", "problem 1, part a, subpart i"),
        (r"\begin{problem} \begin{enumerate} \item[(c)] @", "problem 1, part c"),
        (r"\begin{enumerate} \item x \item @", "item 2"),
        (r"\begin{itemize} \item x \item @", ""),
        (r"\newtheorem{exo}{Exercice} \begin{exo} @", "exercice 1"),
        (r"\newcommand{\Question}[1]{\section*{Question #1}} \Question{7} @", "question 7"),
        (r"\newenvironment{problem}{\textbf{P}}{} \begin{problem} @ \end{problem}", "problem 1"),
        (r"\Question @", "question 1"),
        (r"\noindent\textbf{Problem 3.} @", "problem 3"),
        (r"\begin{solution} @ \end{solution}", ""),
    ],
)
def test_a_display_says_in_which_question_and_part_it_stands(text: str, where: str) -> None:
    (display,) = of(read_text(text.replace("@", r"\[ x \]")), Display)
    assert display.where == where


# Markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$$ a $$ and $$\nb\n$$", ["a", "b"]),
        ("```math\na &= b \\\\\nc\n```\n", ["a&=b\\\\c"]),
        ("```python\n$$ a $$\n```\n`$$ b $$` ``\\[ ` \\]`` \\[ c \\]", ["c"]),
        ("\\begin{align*}\na % x\n\\end{align*}", ["a"]),
        ("$$\\newcommand{\\R}{r}$$\n\\def\\x{y}\n$$ \\R \\x $$", ["ry"]),
        ("> $$\n> a\n> = b\n> $$", ["a=b"]),
        ("$$\na\n> b\n$$", ["a>b"]),
        ("<!-- $$ a $$ --> $$ b $$", ["b"]),
        ("~~~\n$$ a $$", []),
    ],
)
def test_displays_of_markdown_are_read(text: str, expected: list[str]) -> None:
    assert formulas(text, markdown=True) == expected


def test_orders_inline_mathematics_and_headings_of_markdown_are_read() -> None:
    text = (
        "# Homework\nIt costs $5 and $6. Let $X$ be *symmetric* and \\(y\\), $`z`$.\n\n"
        "<!--! problem M1\n n, d,\n m \\in \\mathbb{N}; \\lambda > 0\nskip -->\n## Question 2 (b)\n$$ a $$\n"
        "Problem 3\n---------\n$$ b $$\n**Exercise 4**\n\n$$ c $$"
    )
    document = read_text(text, "hw.md", markdown=True)
    assert of(document, Trouble) == []
    assert [(p.name, p.argument, p.place.line) for p in of(document, Pragma)] == [("problem", "M1", 4), ("skip", "", 7)]
    assert [(written(d), d.before, d.after) for d in of(document, Declaration)] == [
        ("X", "Let", "be symmetric and $, $."),
        ("y", "Let $ be symmetric and", ", $."),
        ("z", "Let $ be symmetric and $,", "."),
        (r"n,d,m\in \mathbb {N}", "", ""),
        (r"\lambda >0", "", ""),
    ]
    assert [d.where for d in of(document, Display)] == ["question 2, part b", "problem 3", "exercise 4"]


def test_a_missing_end_in_markdown_is_said_and_what_follows_is_read() -> None:
    document = read_text("\\[ a\n$$ b $$\n<!--! x", markdown=True)
    assert [written(display) for display in of(document, Display)] == ["a", "b"]
    assert messages(document) == [
        "1:1 \\[ has no end; it is read up to $$ in line 2",
        "3:1 <!--! has no end; what stands behind it is not read",
    ]


def test_the_name_of_the_file_decides_between_latex_and_markdown(tmp_path: Path) -> None:
    for name, count in (("a.md", 0), ("a.tex", 1)):
        (tmp_path / name).write_text("`\\[ a \\]`")
        assert len(of(read_document(tmp_path / name), Display)) == count


# Files


def make(folder: Path, files: dict[str, str]) -> Document:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return read_document(folder / "main.tex")


def test_included_files_are_read_where_they_stand(tmp_path: Path) -> None:
    document = make(
        tmp_path,
        {
            "main.tex": "\\input{macros}\\[ a \\] \\input{parts/one.tex} \\include{two}\\subfile{three} "
            "\\input two \\[ z \\]",
            "macros.tex": "\\newcommand{\\x}{y}",
            "parts/one.tex": "\n \\[ \\x \\]",
            "two.tex": "\\[ c \\]",
            "three.tex": "\\documentclass[main]{subfiles}\\begin{document}\\[ d \\]\\end{document}\\[ no \\]",
        },
    )
    assert of(document, Trouble) == []
    assert [written(d) for d in of(document, Display)] == ["a", "y", "c", "d", "c", "z"]
    assert of(document, Display)[1].place == Place(str(tmp_path / "parts/one.tex"), 2, 2)


def test_local_packages_and_classes_are_read_for_their_definitions(tmp_path: Path) -> None:
    document = make(
        tmp_path,
        {
            "main.tex": "\\documentclass{my}\\usepackage[x]{amsmath,one}\\begin{document}"
            "\\[ \\x\\y\\z\\frac12 \\]\\end{document}",
            "my.cls": "\\LoadClass{article}\\newcommand{\\x}{1}",
            "one.sty": "\\RequirePackage{two}\\newcommand{\\y}{2}\\def\\frac#1#2{\\@frac} \\[ no \\]",
            "two.sty": "\\RequirePackage{one}\\def\\my@z{3}\\newcommand{\\z}{3}",
        },
    )
    assert [written(d) for d in of(document, Display)] == [r"123\frac 12"]
    assert of(document, Trouble) == []


@pytest.mark.parametrize(
    ("include", "said"),
    [
        (r"\input{/etc/passwd}", "/etc/passwd is not read: it lies outside of the document's folder"),
        (r"\input{../secret}", "../secret is not read: it lies outside of the document's folder"),
        (r"\input{a/../../secret}", "a/../../secret is not read: it lies outside of the document's folder"),
        (r"\input{link}", "link is not read: it lies outside of the document's folder"),
        (r"\usepackage{../secret}", "../secret is not read: it lies outside of the document's folder"),
        (r"\input{missing}", "the file missing does not exist in the document's folder"),
        (r"\input{main}", "main is not read again: it includes itself"),
        (r"\input{./sub/../main}", "./sub/../main is not read again: it includes itself"),
        (r"\input{loop}", "loop is not read again: it includes itself"),
        (r"\input{\x}", "is no name of a file"),
        (r"\input{binary}", "this is a binary file"),
        (r"\input{}", "is no name of a file"),
        (r"\input{" + "a" * 300 + "}", "a"),
    ],
)
def test_only_files_of_the_documents_folder_are_included(tmp_path: Path, include: str, said: str) -> None:
    (tmp_path / "secret.tex").write_text("\\[ secret \\]")
    folder = tmp_path / "document"
    folder.mkdir()
    (folder / "sub").mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    (folder / "binary.tex").write_bytes(b"\0\1\2")
    document = make(folder, {"main.tex": f"\n {include}\\[ a \\]", "loop.tex": "\\input{loop}"})
    assert [written(d) for d in of(document, Display)] == ["a"]
    (trouble,) = of(document, Trouble)
    assert said in trouble.message
    assert trouble.place.line in (1, 2)


def test_a_text_without_a_folder_includes_nothing() -> None:
    assert messages(read_text(r"\input{x}")) == ["1:1 x is not read: this text stands in no folder"]


def test_files_that_include_each_other_twice_end(tmp_path: Path) -> None:
    files = {f"f{i}.tex": f"\\input{{f{i + 1}}}\\input{{f{i + 1}}}" for i in range(40)}
    document = make(tmp_path, {"main.tex": "\\input{f0} \\[ a \\]", **files})
    assert [written(d) for d in of(document, Display)] == ["a"]
    assert any("deep" in message for message in messages(document))
    assert any("more than" in message for message in messages(document))


def test_latin_1_is_read_with_a_remark(tmp_path: Path) -> None:
    file = tmp_path / "hw.tex"
    file.write_bytes("\n voil\xe0 $x$".encode("latin-1"))
    document = read_document(file)
    assert messages(document) == ["2:6 the file is not UTF-8; it is read as Latin-1"]
    assert of(document, Declaration)[0].before == "voilà"


def _nothing(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (_nothing, "there is no such file"),
        (lambda path: path.mkdir(), "this is a folder, not a file"),
        (lambda path: path.write_bytes(b"ab\nc\0d"), ":2:2: this is a binary file"),
        (lambda path: path.write_bytes(b"%PDF-1.5 \xff"), "this is a binary file"),
        (lambda path: path.write_bytes(b""), "hw.tex:1:1: the file is empty"),
        (lambda path: path.write_bytes(b"\xef\xbb\xbf \n\n"), "hw.tex:1:1: the file is empty"),
        (lambda path: path.write_bytes(b"a" * 101), "the file is larger than"),
    ],
)
def test_files_that_cannot_be_read_at_all_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], object], said: str
) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    path = tmp_path / "hw.tex"
    write(path)
    with pytest.raises(ReadError) as caught:
        read_document(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_other_unreadable_input_is_refused_or_said() -> None:
    with pytest.raises(ReadError, match="NUL"):
        read_text("a\0b")
    with pytest.raises(ReadError, match="no name of a file"):
        read_document(Path("a\0b"))
    with pytest.raises(ReadError, match="not a regular file"):
        read_document(Path("/dev/null"))
    assert messages(read_text(" \n")) == ["1:1 the text is empty"]


# Hostile input


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\\[" + "{" * 500_000 + "}" * 500_000 + "\\]", id="nested braces in a display"),
        pytest.param("{" * 1_000_000, id="nested braces in prose"),
        pytest.param("\\begin{aligned}" * 50_000, id="environments without end"),
        pytest.param("\\[ a\n\n" * 50_000, id="displays without end"),
        pytest.param("$" * 200_001, id="dollars"),
        pytest.param("\\newcommand{\\x}[1]{#1}" + "\\x{" * 50_000, id="arguments without end"),
        pytest.param("\\newcommand{\\x}[1]{#1}\\[" + "\\x{" * 50_000 + "}" * 50_000 + "\\]", id="nested calls"),
        pytest.param("\\def\\x#1;{#1}" + "\\x a " * 50_000, id="delimiters that do not come"),
        pytest.param("\\question[" * 50_000, id="brackets without end"),
        pytest.param("\\iffalse " * 50_000, id="conditionals without end"),
        pytest.param("\\footnote{a} " * 50_000, id="notes"),
        pytest.param("\\[" + "√(" * 20_000 + "\\]", id="nested roots"),
        pytest.param("\\[" + "\\overset{a}{" * 20_000 + "\\]", id="nested notes"),
        pytest.param("<!-- <!--! ```math\n `` ` " * 20_000, id="marks of Markdown without end"),
        pytest.param("# $ $$ > \n" * 20_000, id="marks of Markdown"),
    ],
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    for markdown in (False, True):
        begin = time.perf_counter()
        read_text(text + "\n\\[ a = b \\]", markdown=markdown)
        assert time.perf_counter() - begin < 30


def test_too_long_a_formula_is_not_read_and_what_follows_is() -> None:
    document = read_text("\\[" + "x" * (module.MAX_FORMULA + 1) + "\\] \\[ a \\]")
    assert [written(d) for d in of(document, Display)] == ["a"]
    assert messages(document) == [f"1:1 this formula has more than {module.MAX_FORMULA} tokens; it is not read"]


def test_long_documents_are_read_in_time() -> None:
    paragraph = (
        "Let $X \\in \\mathbb{R}^{n \\times d}$ be data and $\\lambda > 0$. " + "Words that fill the page. " * 20
        + "\\begin{align*} (A+B)^2 &= A^2 + AB \\\\ &\\quad + BA + B^2 \\end{align*}\nand so on.\n\n"
    )  # fmt: skip
    count = 2_000_000 // len(paragraph)
    for markdown in (False, True):
        begin = time.perf_counter()
        document = read_text(paragraph * count, markdown=markdown)
        assert time.perf_counter() - begin < 20
        assert len(of(document, Display)) == count
        assert of(document, Trouble) == []


_BITS = sorted(
    listed(
        r"\[ \] $ $$ { } \begin{align} \end{align} \begin{ \text{ \left \right | \underbrace \def \newcommand \let \fi "
        r"\else \iffalse %! % ; _ ^ & \\ # #1 \x \question \part \item \section \input{a} ² √( ̂ é \' ` ``` <!--! -->"
        r" \verb \rm \~"
    )
)


def test_mutated_documents_never_fail_and_places_lie_inside_of_the_text() -> None:
    seed = (
        "\\newcommand{\\x}[1]{#1^2}\n\\begin{questions}\\question Let $a$ be.\n%! b > 0; c\n\\begin{align} \\x{a} &= b"
        " \\\\ &= \\text{if $c$}\\end{align}\n\n```math\nd\n```\n\\[ \\left| e \\right| \\]"
    )
    for number in range(300):
        chance = random.Random(number)
        pieces = list(seed)
        for _ in range(chance.randrange(1, 40)):
            at = chance.randrange(len(pieces) + 1)
            if chance.random() < 0.7:
                pieces[at:at] = chance.choice(_BITS)
            else:
                del pieces[at : at + chance.randrange(20)]
        text = "".join(pieces)
        lines = text.split("\n")
        for event in (*read_text(text).events, *read_text(text, markdown=True).events):
            tokens = getattr(event, "tokens", ())
            assert {token.kind for token in tokens} <= KINDS, number
            for place in (event.place, *(token.place for token in tokens)):
                assert 1 <= place.line <= len(lines), number
                assert 1 <= place.column <= len(lines[place.line - 1]) + 1, number
