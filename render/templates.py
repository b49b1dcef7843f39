r"""Templates: the Jinja environment, and what a problem's prose may call.

The delimiters are TeX-safe: ``((* ... *))`` for statements, ``((( ... )))`` for values, ``((= ...
=))`` for comments. An undefined name is an error.

A problem's prose is ``templates/problems/<id>.<language>.tex.j2``.  It defines the macros
``statement()`` and, for every part, ``question_<part>()`` and ``solution_<part>()``.  It holds
words only; mathematics comes from the derivation through

- ``chain("name")``: the display of that chain, a numbered line for every step;
- ``claim("name")``: what a chain shows (its start against its last expression) or what one step
  claims, unnumbered, without dollar signs: ``\[ ((( claim("recursion") ))) \]``;
- ``m("key")``: an entry of the derivation's ``notation``, without dollar signs; quotients are built
  up in a display and written with a slash in a line, unless ``m("key", display=True)`` decides;
- ``ref("step name")``: the number of a step, ``(1.3)``, as a link;
- ``value("check", "key")``: what a check has computed, to loop over or to print with ``num``;
- ``num(x)``, ``num(x, 2)``: a value exactly, or rounded to two decimals; ``matrix(rows)``: a table of them, both
  without dollar signs;
- ``plot("name")``: a plot of ``render.plots`` with its caption, for solutions;
- ``figure("name", labelled=True)``: ``templates/figures/<name>.tex.j2``, which gets ``labelled``,
  ``lang`` and ``kind``, and may call ``value`` and ``num``.

``variant`` is the variant that is asked, ``parts`` the ids of the parts.  A macro ``formulary()``, where there is
one, takes the place of the statement in the formulary; ``numeric(what)`` words a numeric check.

Every step of the parts asked must be printed by the solutions; what is missing or unknown fails with one sentence.
May import ``everystep``, Jinja2 and the rest of ``render``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2

from everystep.algebra.context import Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.derivation import Chain, Problem, Question, question
from everystep.prove.verdict import Verdict
from render import plots
from render.assets import MissingTemplateError, read_template
from render.choices import one_of
from render.display import display, formula
from render.latex import latex
from render.numbers import matrix, number
from render.strings import Strings
from render.typography import decimal, french, tex

_MARK = re.compile("\x02(.*?)\x03")
_DISPLAY = re.compile(
    r"(\\\[.*?\\\]|\\begin\{(?:align|gather|equation)\*?\}.*?\\end\{(?:align|gather|equation)\*?\})",
    re.DOTALL,
)


class TemplateError(ValueError):
    """A template that names what is not there, leaves out a step, or cannot be read."""


@cache
def environment() -> jinja2.Environment:
    """The one environment of all templates."""
    result = jinja2.Environment(
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((=",
        comment_end_string="=))",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(_load),
    )
    result.filters["tex"] = tex
    return result


def _load(name: str) -> str | None:
    try:
        return read_template(name)
    except MissingTemplateError:
        return None


def render(name: str, values: Mapping[str, Any]) -> str:
    """A layout with its values; raises TemplateError with the place of a fault."""
    try:
        return environment().get_template(name).render(values)
    except jinja2.TemplateError as error:
        raise _fault(name, error) from error


def _fault(name: str, error: jinja2.TemplateError) -> TemplateError:
    if isinstance(error, jinja2.TemplateNotFound):
        try:
            read_template(str(error.name))
        except MissingTemplateError as missing:
            return TemplateError(str(missing))
    place = f"templates/{name}"
    if isinstance(error, jinja2.TemplateSyntaxError):
        place = f"templates/{error.name or name}, line {error.lineno}"
    return TemplateError(f"{place}: {error.message}")


class Prose:
    """The prose of one problem in one language, with the mathematics of its derivation put in.

    ``position`` is the question's number; ``verdicts`` those of its steps, or None for a document
    without marks (then chains are printed without numbers, and ``ref`` is an error).  ``margin`` is what a
    marking copy prints at the margin of a step, by the step's name.
    """

    def __init__(
        self,
        asked: Question | Problem,
        language: str,
        kind: str,
        position: int,
        verdicts: Mapping[str, Verdict] | None,
    ) -> None:
        self.question_asked = question(asked) if isinstance(asked, Problem) else asked
        self.problem = self.question_asked.problem
        self.language = language
        self.kind = kind
        self.number = position
        self.verdicts = verdicts
        self.strings = Strings(language)
        self.name = f"problems/{self.problem.id}.{language}.tex.j2"
        self.printed: set[str] = set()
        self.margin: dict[str, str] = {}
        derivation = self.problem.derivation
        self._chains: dict[str, Chain] = {c.name: c for c in derivation.chains}
        self._notation: dict[str, Expression] = dict(derivation.notation)
        self.numbers = step_numbers(self.question_asked, position)
        self._module = self._read()

    def _read(self) -> Any:
        functions = {
            "chain": self.chain,
            "claim": self.claim,
            "m": self.m,
            "ref": self.ref,
            "figure": self.figure,
            "plot": self.plot,
            "value": self.value,
            "num": self.num,
            "matrix": lambda rows, digits=None: matrix(rows, self.language, digits),
            "variant": self.question_asked.variant,
            "parts": tuple(part.id for part in self.question_asked.parts),
            "decimal": lambda value: decimal(str(value), self.language),
            "lang": self.language,
            "kind": self.kind,
            "number": self.number,
        }
        try:
            return environment().get_template(self.name).make_module(functions)
        except jinja2.TemplateError as error:
            raise _fault(self.name, error) from error

    # what documents ask for --------------------------------------------------------------------

    def statement(self) -> str:
        """The facts of the problem."""
        return self._call("statement")

    def question(self, part: str) -> str:
        """The question of a part."""
        return self._call(f"question_{part}")

    def solution(self, part: str) -> str:
        """The solution of a part."""
        return self._call(f"solution_{part}")

    def setting(self) -> str:
        """What a formulary says before the results: the macro ``formulary``, else the statement."""
        return self._call("formulary" if getattr(self._module, "formulary", None) is not None else "statement")

    def check(self, what: str) -> str:
        """The words for a numeric check: what the macro ``numeric`` makes of them, if there is
        one."""
        if getattr(self._module, "numeric", None) is not None:
            return self._call("numeric", what)
        return french(tex(what)) if self.language == "fr" else tex(what)

    def check_complete(self) -> None:
        """Raises TemplateError when a step was not printed."""
        missing = [name for name in self.numbers if name not in self.printed]
        if missing:
            chains = dict.fromkeys(c.name for c in self._chains.values() for s in c.steps if s.name in missing)
            raise TemplateError(
                f"templates/{self.name} does not print the step{'s' * (len(missing) > 1)} "
                f"{', '.join(missing)}; call chain(...) with {', '.join(chains)}"
            )

    def _call(self, macro: str, *arguments: str) -> str:
        function = getattr(self._module, macro, None)
        if function is None:
            wanted = ["statement"]
            for part in self.question_asked.parts:
                wanted += [f"question_{part.id}", f"solution_{part.id}"]
            raise TemplateError(
                f"templates/{self.name} does not define the macro {macro}(); it must define {', '.join(wanted)}"
            )
        try:
            text = str(function(*arguments)).strip()
        except jinja2.TemplateError as error:
            raise TemplateError(f"templates/{self.name}, {macro}(): {error.message}") from error
        except TypeError as error:
            raise TemplateError(f"templates/{self.name}, {macro}(): {error}") from error
        text = self._placed(text)
        return french(text) if self.language == "fr" else text

    def _placed(self, text: str) -> str:
        """The mathematics of ``m``, built up within displays, with slashes within lines."""

        def fill(part: str, display: bool) -> str:
            return _MARK.sub(lambda m: latex(self._notation[m[1]], display=display), part)

        parts = _DISPLAY.split(text)
        return "".join(fill(part, i % 2 == 1) for i, part in enumerate(parts))

    # what prose may call -----------------------------------------------------------------------

    def chain(self, name: str) -> str:
        """The display of a chain."""
        found = self._find("chain", self._chains, name)
        self.printed.update(step.name for step in found.steps)
        return display(found, self._tag, self._words)

    def claim(self, name: str) -> str:
        """What a chain shows as a whole, or what a step claims."""
        found = self._chains.get(name)
        if found is not None and found.links:
            return formula(found.start, _overall(found), found.links[-1].to)
        steps = {step.name: step for step in self.problem.derivation.steps}
        known = self._find("chain or step", {**steps, **self._chains}, name)
        claim = known.steps[0].claim if isinstance(known, Chain) else known.claim
        if isinstance(claim, Relation):
            return formula(claim.left, claim.op, claim.right)
        return rf"{latex(claim.subject, display=True)} \ \text{{{self._words(claim)}}}"

    def m(self, key: str, *, display: bool | None = None) -> str:
        """Mathematics for prose: filled in when it is known to stand in a line or a display."""
        found = self._find("notation", self._notation, key)
        return f"\x02{key}\x03" if display is None else latex(found, display=display)

    def ref(self, name: str) -> str:
        """The number of a step, as a link to it."""
        for part in self.problem.parts:
            if name not in self.numbers and name in step_numbers(Question(self.problem, (part,)), 0):
                raise TemplateError(
                    f"templates/{self.name} refers to the step {name}, which belongs to the part {part.id}; "
                    "that part is not asked here"
                )
        place = self._find("step", self.numbers, name)
        if self.verdicts is None:
            raise TemplateError(f"templates/{self.name}: ref({name!r}) in a document that does not print the steps")
        return rf"\steplink{{{self._anchor(name)}}}{{({place})}}"

    def value(self, name: str, key: str) -> Any:
        """A value of a check."""
        try:
            values = self.problem.check(name, self.question_asked.variant).outcome.values
        except KeyError as error:
            raise TemplateError(f"templates/{self.name}: {error.args[0]}") from error
        if key not in values:
            raise TemplateError(
                f"templates/{self.name}: the check {name} has no value {key!r}; one of {one_of(values, key)}"
            )
        return values[key]

    def num(self, value: Any, digits: int | None = None, display: bool = False) -> str:
        """A value as mathematics, exactly or rounded."""
        return number(value, self.language, digits, display=display)

    def figure(self, name: str, labelled: bool = False) -> str:
        """A drawing; a blank one is for the assignment, the solutions print only what they fill in."""
        values = {
            "labelled": labelled,
            "lang": self.language,
            "kind": self.kind,
            "value": self.value,
            "num": self.num,
        }
        drawing = render(f"figures/{name}.tex.j2", values).strip()
        if self.kind in ("solutions", "marking") and not labelled:
            return ""
        return f"\\begin{{center}}\n{drawing}\n\\end{{center}}"

    def plot(self, name: str) -> str:
        """A plot of ``render.plots`` with its caption; the build draws the file that the source names."""
        try:
            text = plots.caption(name, self.language)
        except plots.PlotError as error:
            raise TemplateError(f"templates/{self.name}: {error}") from error
        words = text.split("`")
        text = "".join(self.m(word, display=False) if i % 2 else word for i, word in enumerate(words))
        return rf"\plot{{{plots.file_name(name, self.language)}}}{{{text}}}"

    def _find(self, what: str, table: Mapping[str, Any], name: str) -> Any:
        if name not in table:
            raise TemplateError(
                f"templates/{self.name} names the {what} {name!r}, which the derivation "
                f"{self.problem.derivation.id} does not have; one of {one_of(table, name)}"
            )
        return table[name]

    def _words(self, predicate: Predicate) -> str:
        return self.strings[f"predicate.{predicate.kind}"]

    def _anchor(self, step: str) -> str:
        return f"{self.problem.id}:{step}"

    def _tag(self, step: str) -> str:
        if self.verdicts is None:
            return r" \notag"
        status = self.verdicts[step].status
        at_margin = f"[{self.margin[step]}]" if step in self.margin else ""
        return rf" \steptag{at_margin}{{{self._anchor(step)}}}{{{self.numbers[step]}}}{{{status}}}"


def step_numbers(asked: Question, position: int) -> dict[str, str]:
    """The numbers ``4.1``, ``4.2``, ... of the steps that a question prints, by name, in the order of its parts."""
    steps = [
        step
        for part in asked.parts
        for chain in asked.problem.derivation.chains
        if chain.name in part.chains
        for step in chain.steps
    ]
    return {step.name: f"{position}.{i}" for i, step in enumerate(steps, 1)}


def _overall(chain: Chain) -> str:
    """The relation between the ends of a chain."""
    ops = {link.op for link in chain.links}
    for down, up in (("<=", ">="), ("<", ">")):
        if up in ops and not ops & {"<", "<=", "!="}:
            return ">" if ">" in ops else ">="
        if down in ops and not ops & {">", ">=", "!="}:
            return "<" if "<" in ops else "<="
    if ops == {"="}:
        return "="
    if len(chain.links) == 1:
        return chain.links[0].op
    raise TemplateError(f"the chain {chain.name} has no one relation between its ends; claim a step")
