"""Compiled expressions: arguments are bound and checked, the plan for their sizes is made once and run.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, Integer, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context
from everystep.compiler.graph import Graph, Node
from everystep.compiler.lowering import Lowering
from everystep.compiler.operations import OPERATIONS

Array: TypeAlias = NDArray[Any]
_DTYPES = (np.dtype(np.float32), np.dtype(np.float64))
_KEPT_PLANS = 64
_VIEWS = ("transpose", "part", "diagonal", "vec", "unvec", "spread")


class Compiled:
    """An expression as a function of arrays, given by name.

    A matrix has shape (rows, columns), a column vector (rows,), a row vector (1, columns), a number ().  Any argument
    may have one more axis in front, of instances; the result then has it too.  A family over an index is given as a
    mapping from the index (or a tuple of indices) to such arrays.  All arrays are float32 or all are float64 (whole
    numbers and Python's floats become what the others are); the result has that dtype.  An index or a size that no
    array tells is given as a whole number.

    Attributes:
        expression: what was compiled.
        arguments: the names of arrays to give, sorted.
        integers: the names of indices and sizes to give, sorted.
    """

    def __init__(self, expression: ex.Expression, context: Context | None = None) -> None:
        self.expression = expression
        self.context = Context() if context is None else context
        expression.shape  # noqa: B018 - raises where the shapes do not fit
        self._given, trees = _given(expression, self.context)
        self.arguments: tuple[str, ...] = tuple(sorted({name for name, _ in self._given}))
        told = {s for sample in self._given.values() for size in sample.shape for s in size.free_symbols}
        open_symbols = set().union(*(_free(tree) - bound for tree, bound in trees)) - told
        self._symbols = {str(symbol.name): symbol for symbol in open_symbols}
        self.integers: tuple[str, ...] = tuple(sorted(self._symbols))
        clash = sorted(set(self.arguments) & set(self.integers))
        if clash:
            raise ValueError(f"{clash[0]} is both an array and an index or a size; expected different names")
        self._plans: dict[Any, _Plan] = {}
        self._bound: dict[tuple[Any, ...], tuple[_Plan, int | None]] = {}
        # How many axes each array has in place of two; None if a family is among them.
        indexed = any(indexed for _, indexed in self._given)
        self._axes = None if indexed else {name: _axes(sample) for (name, _), sample in self._given.items()}

    def __call__(self, **arrays: ArrayLike | Mapping[Any, ArrayLike]) -> Any:
        """The value: an array of the expression's shape, vectors without their second axis, numbers without any.

        Raises:
            ValueError: an argument that is missing or unknown, or of a shape or dtype that does not fit; a plan that
                cannot be made (:class:`~everystep.compiler.lowering.NotCompiled`).
        """
        key = self._key(arrays)
        bound = None if key is None else self._bound.get(key)
        if bound is not None:
            # Shapes and dtypes that have been checked before.
            plan, batch = bound
            values = self._known(arrays, plan.dtype)
        else:
            checked, sizes, batch = self._values(arrays)
            plan = self._plan(checked, sizes)
            values = {place: value for place, (value, _) in checked.items()}
            if key is not None:
                if len(self._bound) >= _KEPT_PLANS:
                    self._bound.clear()
                self._bound[key] = plan, batch
        return plan.finished(plan.run(values), batch)

    def source(self, **arrays: ArrayLike | Mapping[Any, ArrayLike]) -> str:
        """The plan for arguments of these shapes as NumPy code for one instance, line by line.

        Vectors are columns there, and names are made Python's (``lambda_`` for ``lambda``).

        Raises:
            ValueError: as a call.
        """
        values, sizes, _ = self._values(arrays)
        return self._plan(values, sizes).text()

    def operations(self, **arrays: ArrayLike | Mapping[Any, ArrayLike]) -> tuple[tuple[str, tuple[int, int]], ...]:
        """The operations of the plan for arguments of these shapes, in order, each with the shape that it makes.

        Raises:
            ValueError: as a call.
        """
        values, sizes, _ = self._values(arrays)
        return tuple((node.name, node.shape) for node in self._plan(values, sizes).steps)

    # ------------------------------------------------------------------------------------------------

    def _key(self, arrays: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """What decides the plan, if all arguments are arrays, Python floats and ints."""
        if self._axes is None or len(arrays) != len(self.arguments) + len(self.integers):
            return None
        parts: list[Any] = []
        for name in self.arguments:
            value = arrays.get(name)
            if type(value) is np.ndarray:
                parts.append((value.shape, value.dtype))
            elif type(value) is float:
                parts.append(float)
            else:
                return None
        for name in self.integers:
            value = arrays.get(name)
            if type(value) is not int:
                return None
            parts.append(value)
        return tuple(parts)

    def _known(self, arrays: Mapping[str, Any], dtype: np.dtype[Any]) -> dict[_Place, Array]:
        values: dict[_Place, Array] = {}
        for name, axes in (self._axes or {}).items():
            value = arrays[name]
            if type(value) is float:
                value = dtype.type(value)
            else:
                if value.dtype != dtype:
                    value = value.astype(dtype)
                if axes < 2 and value.ndim > 0:
                    value = value[..., None] if axes == 1 else value[..., None, None]
            values[name, ()] = value
        return values

    def _values(self, arrays: Mapping[str, Any]) -> tuple[_Values, dict[Symbol, int], int | None]:
        wanted = (*self.arguments, *self.integers)
        unknown = sorted(set(arrays) - set(wanted))
        missing = sorted(set(wanted) - set(arrays))
        if unknown or missing:
            said = [f"{name} is not given" for name in missing] + [f"{name} is not an argument" for name in unknown]
            raise ValueError(f"{'; '.join(said)}; expected {', '.join(wanted) or 'no arguments'}")
        raw: _Values = {}
        weak: set[_Place] = set()
        for (name, indexed), sample in self._given.items():
            value = arrays[name]
            if not indexed:
                raw[name, ()] = _array(name, value), sample
                if type(value) is float:
                    weak.add((name, ()))
                continue
            if not isinstance(value, Mapping):
                raise ValueError(f"{name} is {type(value).__name__}; expected a mapping from its index to arrays")
            for at, member in value.items():
                place = at if isinstance(at, tuple) else (at,)
                raw[name, place] = _array(f"{name}[{', '.join(map(str, place))}]", member), sample
        dtype = _common_dtype({place: given for place, given in raw.items() if place not in weak})
        sizes = {symbol: _whole(name, arrays[name]) for name, symbol in self._symbols.items()}
        values: _Values = {}
        batch: int | None = None
        for key, (array, sample) in raw.items():
            label = key[0] if not key[1] else f"{key[0]}[{', '.join(map(str, key[1]))}]"
            shaped, instances = _shaped(label, array.astype(dtype, copy=False), sample, sizes)
            if instances is not None:
                if batch is not None and instances != batch:
                    raise ValueError(f"{label} has shape {array.shape}; expected {batch} instances, as the others have")
                batch = instances
            values[key] = shaped, sample
        self._check(values, sizes)
        return values, sizes, batch

    def _check(self, values: _Values, sizes: Mapping[Symbol, int]) -> None:
        """Shapes that are expressions of sizes, after all plain sizes are known."""
        for (name, _), (array, sample) in values.items():
            for axis, size in zip((-2, -1), sample.shape, strict=True):
                known = size.xreplace({symbol: Integer(n) for symbol, n in sizes.items()})
                if not known.is_Integer:
                    raise ValueError(f"{name} has a size {size}; expected an argument that tells it")
                if int(known) != array.shape[axis]:
                    raise ValueError(
                        f"{name} has {array.shape[axis]} {'rows' if axis == -2 else 'columns'}; "
                        f"expected {size} = {known}"
                    )

    def _plan(self, values: _Values, sizes: Mapping[Symbol, int]) -> _Plan:
        dtype = next((array.dtype for array, _ in values.values()), np.dtype(np.float64))
        key = dtype, tuple(sorted((str(s), n) for s, n in sizes.items())), tuple(sorted(values))
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _KEPT_PLANS:
                self._plans.clear()
            plan = self._plans[key] = _Plan(self.expression, self.context, sizes, dtype)
        return plan


_Place: TypeAlias = tuple[str, tuple[int, ...]]
_Values: TypeAlias = dict[_Place, tuple[Array, ex.Expression]]


class _Plan:
    """The operations for one assignment of sizes, in order."""

    def __init__(
        self, expression: ex.Expression, context: Context, sizes: Mapping[Symbol, int], dtype: np.dtype[Any]
    ) -> None:
        self.dtype = dtype
        self.output = Lowering(Graph(dtype), context, sizes).node(expression)
        self.steps: list[Node] = []
        self.inputs: list[Node] = []
        self._constants: dict[int, Any] = {}
        self._order(self.output)
        # Whether the result may lie in an argument's memory or in that of a constant.
        seen = self.output
        while seen.name in _VIEWS:
            seen = seen.args[0]
        self._shared = not seen.args
        last: dict[int, int] = {}
        for place, node in enumerate(self.steps):
            for argument in node.args:
                last[argument.uid] = place
        kept = {self.output.uid, *self._constants}
        # What each step is the last to read; its memory is given back at once.
        ends = [
            tuple({a.uid for a in node.args if last[a.uid] == place and a.uid not in kept})
            for place, node in enumerate(self.steps)
        ]
        self._code = [
            (_bound_operation(node), tuple(a.uid for a in node.args), node.uid, ends)
            for node, ends in zip(self.steps, ends, strict=True)
        ]

    def _order(self, output: Node) -> None:
        seen: set[int] = set()
        stack: list[tuple[Node, bool]] = [(output, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                self.steps.append(node)
            elif node.uid not in seen:
                seen.add(node.uid)
                if node.name == "argument":
                    self.inputs.append(node)
                elif node.name == "constant":
                    self._constants[node.uid] = node.constant
                elif node.name == "array":
                    self._constants[node.uid] = _constant_array(node, self.dtype)
                else:
                    stack.append((node, True))
                    stack += [(argument, False) for argument in reversed(node.args)]

    def run(self, values: Mapping[_Place, Array]) -> Any:
        """The value of the output."""
        memory: dict[int, Any] = dict(self._constants)
        for node in self.inputs:
            key = (node.parameters[0], node.parameters[1])
            if key not in values:
                raise ValueError(
                    f"{key[0]}[{', '.join(map(str, key[1]))}] is not given; expected it, as the value needs it"
                )
            memory[node.uid] = values[key]
        for run, arguments, uid, ends in self._code:
            if len(arguments) == 2:
                memory[uid] = run(memory[arguments[0]], memory[arguments[1]])
            else:
                memory[uid] = run(*[memory[a] for a in arguments])
            for end in ends:
                del memory[end]
        return memory[self.output.uid]

    def finished(self, result: Any, batch: int | None) -> Any:
        """Vectors without their second axis, numbers without any; an axis of instances if there were any."""
        shape = self.output.shape
        full = shape if batch is None else (batch, *shape)
        array = np.asarray(result, self.dtype)
        if array.shape != full:
            array = np.broadcast_to(array.reshape(1, 1) if array.ndim < 2 else array, full)
        if self._shared or not array.flags.writeable:
            array = array.copy()
        if shape == (1, 1):
            return array[0, 0] if batch is None else array[:, 0, 0]
        return array[..., 0] if shape[1] == 1 else array

    def text(self) -> str:
        """The steps as assignments; names of temporaries are t1, t2, ..."""
        names: dict[int, str] = {uid: repr(value) for uid, value in self._constants.items() if isinstance(value, float)}
        lines = []
        for node in self.inputs:
            name, at = node.parameters
            names[node.uid] = _identifier(name) + (f"[{', '.join(map(str, at))}]" if at else "")
        for uid, value in self._constants.items():
            if uid not in names:
                names[uid] = f"c{uid}"
                kind = "ones" if np.all(value == 1.0) else "zeros"
                lines.append(f"c{uid} = np.{kind}({value.shape})")
                if kind == "zeros":
                    lines += [f"c{uid}[{row}, 0] = 1" for row, _ in np.argwhere(value)]
        for number, node in enumerate(self.steps, start=1):
            names[node.uid] = f"t{number}"
            lines.append(f"t{number} = {_line(node, [names[a.uid] for a in node.args])}")
        lines.append(f"return {names[self.output.uid]}")
        return "\n".join(lines)


def _identifier(name: str) -> str:
    """A name as Python's."""
    result = re.sub(r"\W", "_", name)
    return f"{result}_" if keyword.iskeyword(result) or result in ("np", "") or result[0].isdigit() else result


def _bound_operation(node: Node) -> Callable[..., Any]:
    """The function of a node, with its parameters; numbers get their two axes where it wants arrays."""
    operation = OPERATIONS[node.name]
    if node.name == "combine":
        if node.parameters[0] in ((1, 1), (1, -1)):
            return np.add if node.parameters[0] == (1, 1) else np.subtract
        return partial(operation.run, signs=node.parameters[0])
    parameters = node.parameters
    if not operation.elementwise and any(argument.is_number for argument in node.args):
        return lambda *operands: operation.run(*map(np.atleast_2d, operands), *parameters)
    return (lambda *operands: operation.run(*operands, *parameters)) if parameters else operation.run


def _line(node: Node, operands: list[str]) -> str:
    if node.name == "combine":
        text = "".join(
            f" {'+' if sign == 1 else '-'} {o}" for sign, o in zip(node.parameters[0], operands, strict=True)
        )
        return text[3:] if text.startswith(" + ") else f"-{text[3:]}"
    if node.name == "block":
        width = node.parameters[0]
        rows = [f"[{', '.join(operands[i : i + width])}]" for i in range(0, len(operands), width)]
        return f"np.block([{', '.join(rows)}])"
    if node.name == "largest":
        function = "max" if node.parameters[0] == 1 else "min"
        each = [f"np.{function}({o})" for o in operands]
        return each[0] if len(each) == 1 else f"{function}({', '.join(each)})"
    return OPERATIONS[node.name].text.format(*operands, p=node.parameters)


def _constant_array(node: Node, dtype: np.dtype[Any]) -> Array:
    kind, shape, place = node.parameters
    array = np.full(shape, 1.0 if kind == "ones" else 0.0 if kind != "value" else place, dtype)
    if kind == "unit":
        array[place, 0] = 1.0
    return array


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name} is {value!r}; expected a whole number, as an index or a size")
    return int(value)


def _free(expression: ex.Expression) -> set[Symbol]:
    """The integer symbols that are not bound by a sum or a product."""
    found: set[Symbol] = set()
    for argument in expression.args:
        if isinstance(argument, ex.Expression):
            inside = _free(argument)
            found |= inside - {expression.index} if isinstance(expression, ex.SumOver) else inside
        elif isinstance(argument, Expr) and not (isinstance(expression, ex.SumOver) and argument == expression.index):
            found |= argument.free_symbols
    return found


def _given(
    expression: ex.Expression, context: Context
) -> tuple[dict[tuple[str, bool], ex.Expression], list[tuple[ex.Expression, set[Symbol]]]]:
    """The names that a value rests on, with and without indices, each with one occurrence; and all expressions that it
    rests on, with the symbols that are bound in each.
    """
    bodies: dict[tuple[str, bool], list[tuple[ex.Expression, set[Symbol]]]] = {}
    free: set[tuple[str, bool]] = set()
    fixed = {definition.target for definition in context.definitions}
    recurring = {recurrence.target.name for recurrence in context.recurrences}
    for definition in context.definitions:
        key = definition.target.name, isinstance(definition.target, ex.Member)
        bodies.setdefault(key, []).append((definition.body, _indices(definition.target)))
        if key[1] and not _indices(definition.target) and key[0] not in recurring:
            free.add(key)  # other members may be given
    for recurrence in context.recurrences:
        key = recurrence.target.name, True
        bodies.setdefault(key, []).append((recurrence.body, _indices(recurrence.target)))
        # A recurrence needs its first member, unless that is defined.
        start = ex.Member(recurrence.target.name, *recurrence.target.args[1:3], recurrence.first - 1)
        if start not in fixed:
            free.add(key)
    found: dict[tuple[str, bool], ex.Expression] = {}
    trees: list[tuple[ex.Expression, set[Symbol]]] = [(expression, set())]
    seen: set[tuple[str, bool]] = set()
    for tree, _ in trees:  # grows
        for node in ex.walk(tree):
            if isinstance(node, (ex.Var, ex.Member)):
                key = node.name, isinstance(node, ex.Member)
                if key not in seen:
                    seen.add(key)
                    trees += bodies.get(key, [])
                if key not in bodies or key in free:
                    found.setdefault(key, node)
    return found, trees


def _indices(target: ex.Expression) -> set[Symbol]:
    return {s for s in target.args[3:] if isinstance(s, Symbol)} if isinstance(target, ex.Member) else set()


def _array(label: str, value: Any) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{label} is ragged or not an array; expected numbers of one shape ({error})") from error
    if array.dtype.kind not in "iub" and array.dtype not in _DTYPES:
        raise ValueError(f"{label} has shape {array.shape} and dtype {array.dtype}; expected float32 or float64")
    return array


def _common_dtype(raw: Mapping[Any, tuple[Array, ex.Expression]]) -> np.dtype[Any]:
    found: dict[np.dtype[Any], str] = {}
    for (name, _), (array, _) in raw.items():
        if array.dtype in _DTYPES:
            found.setdefault(array.dtype, name)
    if len(found) > 1:
        said = " and ".join(f"{name} is {dtype}" for dtype, name in found.items())
        raise ValueError(f"{said}; expected one dtype")
    return next(iter(found), np.dtype(np.float64))


def _axes(sample: ex.Expression) -> int:
    """The axes of an argument: none for a number, one for a column."""
    rows, columns = sample.shape
    return 0 if rows == 1 and columns == 1 else 1 if columns == 1 else 2


def _shaped(label: str, array: Array, sample: ex.Expression, sizes: dict[Symbol, int]) -> tuple[Array, int | None]:
    """The array with its two axes, perhaps one of instances in front; plain sizes are bound."""
    rows, columns = sample.shape
    axes = _axes(sample)
    wanted = ("()", f"({rows},)", f"({rows}, {columns})")[axes]
    if array.ndim not in (axes, axes + 1):
        raise ValueError(f"{label} has shape {array.shape}; expected {wanted}, or one axis of instances before it")
    if 0 in array.shape:
        raise ValueError(f"{label} has shape {array.shape} and is empty; expected every size at least 1")
    batch = array.shape[0] if array.ndim == axes + 1 else None
    if axes < 2:
        array = array[..., None] if axes == 1 else array[..., None, None]
    for axis, size in zip((-2, -1), (rows, columns), strict=True):
        if isinstance(size, Symbol):
            known = sizes.setdefault(size, array.shape[axis])
            if known != array.shape[axis]:
                raise ValueError(f"{label} has {array.shape[axis]} for {size}; expected {wanted} with {size} = {known}")
    return array, batch
