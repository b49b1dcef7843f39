"""A context and the expressions over it, prepared for evaluation.

A :class:`Node` is an expression compiled to a function of an evaluator, with what decides when a value may be used
again: ``mask``, the names that the value depends on (through definitions and recurrences), and ``bound``, the index
symbols that it mentions.  ``BUILDERS`` holds one row for each class of expression; an expression without a
row raises.  May import ``everystep.algebra`` and the rest of this package's arithmetic only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from sympy import Basic, Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random, Recurrence
from everystep.algebra.functions import known
from everystep.prove.exact.errors import Unsupported
from everystep.prove.exact.integers import IntegerFunction, compiled, symbols_of
from everystep.prove.exact.jets import Jet

if TYPE_CHECKING:
    from everystep.prove.exact.evaluator import Evaluator

Run: TypeAlias = "Callable[[Evaluator], Jet]"
Builder: TypeAlias = "Callable[[Program, ex.Expression], Run]"

Name: TypeAlias = tuple[str, int]
"""A name with its number of indices: the loss ``L`` and the losses ``L_t`` are two things."""

APPROXIMATE, KINKED, RANKED, MEAN = 1, 2, 4, 8
"""Bits in masks besides those of names: a value rests on a limit, which is not computed rigorously; on a function that
treats signs differently; on a rank, which generic values do not show; on an expectation.
"""

NODED = ("gaussian", "normal entries", "uniform entries")
"""Laws that nodes stand for, as many as the degree of what is averaged asks for."""

_FLAGS = 4

BUILDERS: dict[type[ex.Expression], Builder] = {}


def builds(*kinds: type[ex.Expression]) -> Callable[[Builder], Builder]:
    """Enter a builder in the table."""

    def enter(builder: Builder) -> Builder:
        for kind in kinds:
            BUILDERS[kind] = builder
        return builder

    return enter


def name_of(expression: ex.Var | ex.Member) -> Name:
    """The name of a variable, or of the family that a member belongs to."""
    arguments = expression.args
    # Not ``expression.name``: that asks a printer.
    return str(arguments[0].name), max(0, len(arguments) - 3)


class Node:
    """A compiled expression."""

    __slots__ = ("bound", "expression", "mask", "run", "uid")

    def __init__(self, uid: int, expression: ex.Expression, run: Run, mask: int, bound: tuple[str, ...]) -> None:
        self.uid = uid
        self.expression = expression
        self.run = run
        self.mask = mask
        self.bound = bound


class Meaning:
    """What a name stands for: its definitions, its recurrence, its law; all may be absent."""

    __slots__ = ("at_numbers", "general", "law", "recurrence")

    def __init__(self) -> None:
        self.at_numbers: dict[tuple[int, ...], Definition] = {}
        self.general: Definition | None = None
        self.recurrence: Recurrence | None = None
        self.law: Random | None = None


class Program:
    """The definitions, recurrences and random quantities of a context, and all nodes compiled under them.

    ``masks`` are those of the nodes by their number.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.meanings: dict[Name, Meaning] = {}
        self.ranges: dict[str, tuple[IntegerFunction, IntegerFunction]] = {
            name: (compiled(low), compiled(high)) for name, low, high in context.ranges
        }
        self.numbers: dict[Any, int] = {}
        self.instances: dict[Any, Any] = {}
        self.symbols: dict[ex.Expression, Any] = {}
        self.prepared: dict[Hypothesis, Any] = {}
        self.cases: dict[Any, Any] = {}
        self.windows: dict[Any, list[Any]] = {}
        self.masks: list[int] = []
        self._shapes: dict[Name, object] = {}
        self._nodes: dict[ex.Expression, Node] = {}
        self._bits: dict[Name, int] = {}
        self._reach: dict[Name, int] = {}
        self._masks: dict[ex.Expression, int] = {}
        for definition in context.definitions:
            self._enter_definition(definition)
        for recurrence in context.recurrences:
            self._meaning(name_of(recurrence.target)).recurrence = recurrence
        for law in context.random:
            self._meaning(name_of(law.target)).law = law
        self.random_mask = self.normal_mask = 0
        for name, meaning in self.meanings.items():
            if meaning.law is not None:
                self.random_mask |= self.bit(name)
                if meaning.law.law in NODED:
                    self.normal_mask |= self.bit(name)
        self._close()

    def number(self, key: object) -> int:
        """A number for what is long to compare, always the same."""
        return self.numbers.setdefault(key, len(self.numbers))

    def admits(self, expressions: tuple[ex.Expression, ...]) -> bool:
        """Whether every name has the shape that it had before; the shapes are remembered."""
        shapes: dict[Name, object] = {}
        for expression in expressions:
            for node in expression.leaves:
                name = name_of(node)
                known = shapes.setdefault(name, self._shapes.get(name, node.shape))
                if known != node.shape:
                    return False
        self._shapes.update(shapes)
        return True

    def meaning(self, name: str, at: tuple[int, ...]) -> Meaning | None:
        """What a name with its indices stands for; None when it is free."""
        return self.meanings.get((name, len(at)))

    def _meaning(self, name: Name) -> Meaning:
        return self.meanings.setdefault(name, Meaning())

    def _enter_definition(self, definition: Definition) -> None:
        target = definition.target
        meaning = self._meaning(name_of(target))
        at = target.at if isinstance(target, ex.Member) else ()
        if at and all(i.is_Integer for i in at):
            meaning.at_numbers[tuple(int(i) for i in at)] = definition
        elif all(isinstance(i, Symbol) for i in at):
            meaning.general = definition
        else:
            raise Unsupported(f"a definition of {target.name} at {at}")

    # names and what depends on them ----------------------------------------------------------------

    def bit(self, name: Name) -> int:
        """The name's own bit in masks."""
        found = self._bits.get(name)
        if found is None:
            found = self._bits[name] = 1 << (_FLAGS + len(self._bits))
        return found

    def reach(self, name: Name) -> int:
        """The name and all names that its value depends on."""
        return self._reach.get(name) or self.bit(name)

    def bodies(self, name: Name) -> list[ex.Expression]:
        """The right sides of the definitions and recurrences of a name."""
        meaning = self.meanings.get(name)
        if meaning is None:
            return []
        rules: list[Definition | Recurrence | None] = [
            *meaning.at_numbers.values(),
            meaning.general,
            meaning.recurrence,
        ]
        return [rule.body for rule in rules if rule is not None]

    def _close(self) -> None:
        bodies = {name: self.bodies(name) for name in self.meanings}
        for name in bodies:
            self._reach[name] = self.bit(name)
        changed = True
        while changed:
            changed = False
            self._masks.clear()
            for name, expressions in bodies.items():
                mask = self._reach[name]
                for body in expressions:
                    mask |= self.mask_of(body)
                if mask != self._reach[name]:
                    self._reach[name] = mask
                    changed = True

    def mask_of(self, expression: ex.Expression) -> int:
        """The names that the value of an expression depends on; an expectation integrates random ones out."""
        found = self._masks.get(expression)
        if found is None:
            found = self._masks[expression] = self._mask(expression)
        return found

    def _mask(self, expression: ex.Expression) -> int:
        if isinstance(expression, (ex.Var, ex.Member)):
            return self.reach(name_of(expression))
        if isinstance(expression, ex.LimitAt) and isinstance(expression.variable, ex.Var):
            # The variable is bound; what rests on it through definitions is computed anew within.
            own = self.bit(name_of(expression.variable))
            return APPROXIMATE | self.mask_of(expression.operands[0]) & ~own | self.mask_of(expression.point)
        if isinstance(expression, ex.Given):
            mask = self.mask_of(expression.mean)
            for name in expression.held:
                mask |= self.mask_of(name)
            return mask
        flagged = type(expression) in FLAGGED
        mask = flag_of(expression) if flagged else 0
        for operand in (flagged and under_even_power(expression)) or expression.operands:
            mask |= self.mask_of(operand)
        if mask & self.random_mask and isinstance(expression, ex.MEANS):
            hit = mask & self.random_mask
            mask &= ~self.random_mask
            for meaning in self.meanings.values():
                if meaning.law is not None and self.bit(name_of(meaning.law.target)) & hit:
                    for parameter in meaning.law.parameters:
                        mask |= self.mask_of(parameter)
        return mask

    # nodes -----------------------------------------------------------------------------------------

    def compile(self, expression: ex.Expression) -> Node:
        """The node of an expression; raises Unsupported for a class without a row in ``BUILDERS``."""
        found = self._nodes.get(expression)
        if found is not None:
            return found
        builder = BUILDERS.get(type(expression))
        if builder is None:
            raise Unsupported(f"no evaluation for {type(expression).__name__}")
        run = builder(self, expression)
        mask, bound = self.mask_of(expression), tuple(sorted(self._index_symbols(expression)))
        # Counted last: what stands above compiles further nodes.
        node = self._nodes[expression] = Node(len(self.masks), expression, run, mask, bound)
        self.masks.append(mask)
        return node

    def _index_symbols(self, expression: ex.Expression) -> set[str]:
        """The index symbols that are free in an expression.  Sizes are fixed while an instance lasts."""
        names: set[str] = set()
        for argument in expression.args:
            if isinstance(argument, ex.Expression):
                names.update(self.compile(argument).bound)
            elif isinstance(argument, Expr) and not argument.is_Integer:
                names |= varying(argument)
        if isinstance(expression, ex.SumOver | ex.Limit):
            inner = expression.args[1]
            names -= symbols_of(inner)
            if isinstance(expression, ex.SumOver):
                for end in expression.range:
                    names |= varying(end)
        return names


FLAGGED = frozenset(
    (
        *(ex.Limit, ex.LimitAt, ex.Norm, ex.Max, ex.Min, ex.EigMax, ex.EigMin, ex.Apply, ex.Pow),
        *(ex.Rank, ex.PseudoInverse, ex.Adjugate, *ex.MEANS),
    )
)
"""The classes of nodes that may add a bit to a mask."""

_SMOOTH = frozenset(("exp", "logistic", "tanh", "softplus", "sin", "cos", "reciprocal"))


def flag_of(expression: ex.Expression) -> int:
    """The bit that this node adds to a mask, whatever its operands are."""
    if isinstance(expression, ex.Limit | ex.LimitAt):
        return APPROXIMATE
    if isinstance(expression, ex.Norm | ex.Max | ex.Min | ex.EigMax | ex.EigMin):
        return KINKED
    if isinstance(expression, ex.Apply):
        return KINKED if known(expression.function) and expression.function not in _SMOOTH else 0
    if isinstance(expression, ex.Pow):
        exponent = expression.operands[1]
        return 0 if isinstance(exponent, ex.Num | ex.Int) and exponent.value.is_integer else KINKED
    if isinstance(expression, ex.Rank | ex.PseudoInverse | ex.Adjugate):
        return RANKED
    return MEAN if isinstance(expression, ex.MEANS) else 0


def under_even_power(expression: ex.Expression) -> tuple[ex.Expression, ...]:
    """What is under a Euclidean norm of even power: no root is taken there."""
    if isinstance(expression, ex.Pow):
        base, exponent = expression.operands
        if isinstance(base, ex.Norm) and base.is_euclidean and isinstance(exponent, ex.Num):
            return base.operands if exponent.value.is_even else ()
    return ()


def varying(expression: Basic) -> frozenset[str]:
    """The symbols of an integer expression that may be bound by a sum, a limit or a definition."""
    if isinstance(expression, Symbol):
        return frozenset() if expression.is_positive else frozenset((str(expression.name),))
    return frozenset(str(s.name) for s in expression.free_symbols if not s.is_positive)


def bound_index(expression: Expr) -> str:
    """The name of an index that a sum, a limit or a definition binds."""
    if not isinstance(expression, Symbol):
        raise Unsupported(f"{expression} cannot be summed over")
    if expression.is_positive:
        raise Unsupported(f"{expression} is a size and cannot be bound; declare it as an index")
    return str(expression.name)


_PROGRAMS: dict[object, Program] = {}
_KEPT = 64


def forget_programs() -> None:
    """Make all programs anew: an evaluation that was broken off may have left one half made."""
    _PROGRAMS.clear()


def program_for(context: Context, expressions: tuple[ex.Expression, ...] = ()) -> Program:
    """The program of a context; contexts that differ in hypotheses only share one.

    A name that comes with another shape than before is another symbol: such claims get a program of their own.
    """
    found = _shared_program(context)
    sides = [h.subject if isinstance(h, Predicate) else h.left for h in context.hypotheses]
    sides += [h.right for h in context.hypotheses if not isinstance(h, Predicate)]
    return found if found.admits((*expressions, *sides)) else Program(context)


def _shared_program(context: Context) -> Program:
    key = (context.definitions, context.recurrences, context.random, context.ranges)
    found = _PROGRAMS.get(key)
    if found is None:
        if len(_PROGRAMS) >= _KEPT:
            del _PROGRAMS[next(iter(_PROGRAMS))]
        found = _PROGRAMS[key] = Program(context)
    return found
