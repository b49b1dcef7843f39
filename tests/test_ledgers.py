"""TRUSTED.md counts what it says it counts.

``python tests/test_ledgers.py`` writes the table anew.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEDGER = ROOT / "TRUSTED.md"
BEGIN, END = "<!-- counted: begin -->\n", "<!-- counted: end -->\n"


def code_lines(source: str) -> int:
    """Lines that hold code: no blank lines, comments or docstrings."""
    strings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            strings.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in skipped:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - strings)


GROUPS = {
    "the surface, which both judges read": ["everystep/algebra", "everystep/records.py"],
    "the normal form: the core": ["everystep/calculus"],
    "the normal form: the prover": [
        "everystep/prove/normal_form.py",
        "everystep/prove/joined_sums.py",
        "everystep/prove/triangle_sums.py",
        "everystep/prove/said.py",
        "everystep/prove/equations.py",
        "everystep/prove/overlaps.py",
        "everystep/prove/words.py",
        "everystep/prove/bound.py",
        "everystep/prove/spans.py",
        "everystep/prove/descending.py",
        "everystep/prove/short_sums.py",
        "everystep/prove/order.py",
        "everystep/prove/eigenvalue_signs.py",
        "everystep/prove/said_of_defined.py",
        "everystep/prove/skew.py",
        "everystep/prove/signs_as_written.py",
        "everystep/prove/definiteness.py",
        "everystep/prove/bilinear.py",
        "everystep/prove/cases.py",
        "everystep/prove/scalars.py",
        "everystep/prove/forms.py",
        "everystep/prove/letters.py",
        "everystep/prove/fixed_members.py",
        "everystep/prove/solved_recurrences.py",
        "everystep/prove/solved.py",
        "everystep/prove/families.py",
        "everystep/prove/split_values.py",
        "everystep/prove/adjugates.py",
        "everystep/prove/multiples.py",
        "everystep/prove/matrix_exponentials.py",
        "everystep/prove/rewritten.py",
        "everystep/prove/eigenvalue_products.py",
        "everystep/prove/matrix_squares.py",
        "everystep/prove/small_matrices.py",
        "everystep/prove/closed_sums.py",
        "everystep/prove/second_moments.py",
        "everystep/prove/mean_recurrences.py",
        "everystep/prove/both_sides.py",
        "everystep/prove/blocks.py",
        "everystep/prove/block_operations.py",
        "everystep/prove/entries.py",
        "everystep/prove/sides.py",
        "everystep/prove/lemmas.py",
        "everystep/prove/semidefinite_lemmas.py",
        "everystep/prove/further_lemmas.py",
        "everystep/prove/analysis_lemmas.py",
        "everystep/prove/norm_bounds.py",
        "everystep/prove/known_bounds.py",
        "everystep/prove/jacobian_bounds.py",
        "everystep/prove/rank_lemmas.py",
        "everystep/prove/linear_programs.py",
        "everystep/prove/bounded_matrices.py",
        "everystep/prove/commuting.py",
        "everystep/prove/trace_lemmas.py",
        "everystep/prove/convexity_lemmas.py",
        "everystep/prove/entropy_lemmas.py",
        "everystep/prove/determinant_lemmas.py",
        "everystep/prove/slope_lemmas.py",
        "everystep/prove/course_lemmas.py",
        "everystep/prove/weighted_hypotheses.py",
        "everystep/prove/as_written.py",
        "everystep/prove/ordered_lemmas.py",
        "everystep/prove/polynomials.py",
        "everystep/prove/determined.py",
        "everystep/prove/triangular.py",
        "everystep/prove/limits.py",
        "everystep/prove/real_limits.py",
        "everystep/prove/real_variables.py",
        "everystep/prove/real_points.py",
        "everystep/prove/growth.py",
        "everystep/prove/definedness.py",
        "everystep/prove/presuppositions.py",
        "everystep/prove/prover.py",
        "everystep/prove/induction.py",
    ],
    "the verdict": ["everystep/prove/checker.py", "everystep/prove/verdict.py", "everystep/prove/parallel.py"],
    "the exact judge, which must agree": ["everystep/prove/exact"],
    "differences, which may take a verdict away and give none": ["everystep/prove/gradients.py", "everystep/numeric"],
    "remarks on wrong steps, on which no verdict rests": ["everystep/prove/hints.py", "everystep/prove/repairs"],
}


def files(place: str) -> list[Path]:
    path = ROOT / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def table() -> str:
    rows = ["| part | module | lines of code | what it decides |\n", "| --- | --- | ---: | --- |\n"]
    for group, places in GROUPS.items():
        total = 0
        for place in places:
            for path in files(place):
                source = path.read_text(encoding="utf-8")
                count = code_lines(source)
                total += count
                summary = (ast.get_docstring(ast.parse(source)) or "").split("\n", 1)[0].rstrip(".")
                summary = summary.replace("|", "\\|")
                rows.append(f"| | `{path.relative_to(ROOT)}` | {count} | {summary} |\n")
        rows.append(f"| **{group}** | | **{total}** | |\n")
    return "".join(rows)


def test_the_table_of_trusted_modules_is_up_to_date() -> None:
    text = LEDGER.read_text(encoding="utf-8")
    assert BEGIN in text
    assert text.split(BEGIN)[1].split(END)[0] == table(), "run: python tests/test_ledgers.py"


def test_every_module_of_the_prover_is_counted() -> None:
    counted = {path for places in GROUPS.values() for place in places for path in files(place)}
    there = {path for part in ("algebra", "calculus", "prove") for path in (ROOT / "everystep" / part).rglob("*.py")}
    # hints.py decides no verdict: it only words what the prover has found.
    assert {path for path in there if path.name not in ("__init__.py", "hints.py")} <= counted


def test_code_lines_leaves_out_blank_lines_comments_and_docstrings() -> None:
    assert code_lines('"""Doc.\n\nMore.\n"""\n\nx = 1  # why\n# a comment\ny = """two\nlines"""\n') == 3


if __name__ == "__main__":
    before, rest = LEDGER.read_text(encoding="utf-8").split(BEGIN)
    LEDGER.write_text(before + BEGIN + table() + END + rest.split(END)[1], encoding="utf-8")
    sys.stdout.write("TRUSTED.md written\n")


def rules(source: str) -> list[tuple[str, bool]]:
    """The functions that note a rule as used, and whether a docstring says what they do."""
    tree = ast.parse(source)
    functions = [n for scope in ast.walk(tree) if isinstance(scope, (ast.Module, ast.ClassDef)) for n in scope.body]
    return [
        (function.name, bool(ast.get_docstring(function)))
        for function in functions
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(n, ast.Attribute) and n.attr == "used" for n in ast.walk(function))
    ]


def test_every_rule_says_what_it_does() -> None:
    found = {
        f"{path.name}: {name}": says
        for part in ("calculus", "prove")
        for path in (ROOT / "everystep" / part).glob("*.py")
        for name, says in rules(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 50
    assert [name for name, says in found.items() if not says] == []


def test_a_rule_without_a_docstring_is_seen() -> None:
    assert rules("def f(core):\n    core.used('r')\n\ndef g(core):\n    '''R.'''\n    core.used('r')\n") == [
        ("f", False),
        ("g", True),
    ]
