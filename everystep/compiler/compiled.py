"""Compiled expressions: arguments are bound and checked, the plan for their sizes is made once and run.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, Signature
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sympy import Expr, Integer, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import said_of
from everystep.algebra.context import Context
from everystep.algebra.functions import known
from everystep.algebra.substitution import BINDERS
from everystep.compiler import applied, derivatives, matrices  # noqa: F401 - they enter their builders
from everystep.compiler.calls import checked, described, is_derivative
from everystep.compiler.code import Plan, constant_array, flat, function
from everystep.compiler.graph import Graph, Node, below
from everystep.compiler.lowering import Limits, Lowering, NotCompiled, declared_axes
from everystep.compiler.operations import HELPERS
from everystep.compiler.solves import together

Array: TypeAlias = NDArray[Any]
_DTYPES = (np.dtype(np.float32), np.dtype(np.float64))
_KEPT_PLANS = 64


_MISSING: Any = object()
"""What stands for an argument that is not given."""
_PLAIN = re.compile(r"(?![tcgbf]\d+\Z)[A-Za-z][A-Za-z0-9_]*")
_TAKEN = frozenset((*keyword.kwlist, *HELPERS, "np", "dict", "float", "len", "type"))
"""Names that may be parameters, but for those that generated code has for its own."""


class Compiled:
    """An expression as a function of arrays, given by name.

    A matrix has shape (rows, columns), a column vector (rows,), a row vector (1, columns), a number ().  Any argument
    may have one more axis in front, of instances; the result then has it too.  A family over an index is given as a
    mapping from the index (or a tuple of indices) to such arrays.  All arrays are float32 or all are float64 (whole
    numbers and Python's floats become what the others are); the result has that dtype.  An index or a size that no
    array tells is given as a whole number.  NaN and infinity go through, and hypotheses are not checked.

    Attributes:
        expression: what was compiled.
        arguments: the names of arrays to give, sorted.
        integers: the names of indices and sizes to give, sorted.
        functions: the functions that are only declared, sorted: the value needs them, or derivatives of them by name
            (:mod:`everystep.compiler.calls`), which are given as Python functions.
    """

    def __init__(self, expression: ex.Expression, context: Context | None = None, limits: Limits = None) -> None:
        self.expression = expression
        self._limits = limits
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
        functions = {f for tree, _ in trees for f in _unknown_functions(tree) if not said_of(f)}
        self.functions: tuple[str, ...] = tuple(sorted(functions))
        clash = sorted(name for name in (*self.arguments, *self.integers) if self._is_function(name))
        if clash:
            raise ValueError(f"{clash[0]} is both an array and a function; expected different names")
        self._axes = {key: declared_axes(sample) for key, sample in self._given.items()}
        self._plans: dict[Any, Plan] = {}
        self._entries: dict[tuple[Any, ...], Callable[..., Any]] = {}
        self._last: Callable[..., Any] = self._any

    if TYPE_CHECKING:

        def __call__(self, **arrays: ArrayLike | Mapping[Any, ArrayLike] | Callable[..., Any]) -> Any:
            """The value: an array of the expression's shape, vectors without their second axis, numbers without any.

            Raises:
                TypeError: arguments without a name.
                ValueError: an argument that is missing or unknown, or of a shape or dtype that does not fit, or has
                    masked entries; a plan that cannot be made
                    (:class:`~everystep.compiler.lowering.NotCompiled`).
            """
    else:
        # The code of the last call itself, which looks whether its arguments are like those: a function around it
        # would be a tenth of the time of a small formula.
        __call__ = property(attrgetter("_last"))
        __signature__ = Signature([Parameter("arrays", Parameter.VAR_KEYWORD)])

    def __repr__(self) -> str:
        return f"<compiled function of {', '.join((*self.arguments, *self.integers, *self.functions)) or 'nothing'}>"

    def _any(self, *unnamed: Any, **arrays: Any) -> Any:
        """The value for any arguments; what fits an earlier call is found by its key."""
        if unnamed:
            wanted = (*self.arguments, *self.integers, *self.functions)
            raise TypeError(f"arguments are given by name, not by place; expected {', '.join(wanted) or 'none'}")
        key = self._key(arrays)
        entry = None if key is None else self._entries.get(key)
        if entry is not None:
            self._last = entry
            return entry(**arrays)
        given, sizes, batch = self._values(arrays)
        plan = self._plan(given, sizes)
        for node in plan.inputs:
            if _place(node) not in given:
                name, at = _place(node)
                raise ValueError(f"{name}[{', '.join(map(str, at))}] is not given; expected it, as the value needs it")
        values = [given[_place(node)][0] for node in plan.inputs]
        functions = self._functions(plan, arrays)
        if batch is None:
            axes = [self._axes[name, at != ()] for name, at in map(_place, plan.inputs)]
            result = plan.single()(*(_declared(value, k) for value, k in zip(values, axes, strict=True)), *functions)
        else:
            result = plan.finished(plan.many()(*values, *functions), batch)
        if key is not None:
            if len(self._entries) >= _KEPT_PLANS:
                self._entries.clear()
            self._last = self._entries[key] = self._entry(plan, arrays, batch)
        return result

    def source(self, **arrays: ArrayLike | Mapping[Any, ArrayLike]) -> str:
        """The plan for arguments of these shapes as NumPy code for one instance, line by line.

        It is the code that runs, with the arguments' names, made Python's (``lambda_`` for ``lambda``).

        Raises:
            ValueError: as a call.
        """
        values, sizes, _ = self._values(arrays)
        plan = self._plan(values, sizes)
        names = {}
        for node in plan.inputs:
            name, at = _place(node)
            names[node.uid] = _identifier(name) + (f"[{', '.join(map(str, at))}]" if at else "")
        for node in plan.functions:
            names[node.uid] = _identifier(node.parameters[0].replace("'", "_prime"))
        lines = plan.lines(names)
        helpers = [name for name in HELPERS if any(re.search(rf"\b{name}\(", line) for line in lines)]
        if helpers:
            lines.insert(0, f"from everystep.compiler.operations import {', '.join(helpers)}")
        constants = []
        for node in plan.all_constants():
            if any(re.search(rf"\bc{node.uid}\b", line) for line in lines):
                constants += _constant_lines(node)
        return "\n".join(lines[: len(helpers) > 0] + constants + lines[len(helpers) > 0 :])

    def operations(self, **arrays: ArrayLike | Mapping[Any, ArrayLike]) -> tuple[tuple[str, tuple[int, int]], ...]:
        """The operations of the plan for arguments of these shapes, in order, each with the shape that it makes.

        Raises:
            ValueError: as a call.
        """
        values, sizes, _ = self._values(arrays)
        return tuple((node.name, node.shape) for node in self._plan(values, sizes).steps)

    # ------------------------------------------------------------------------------------------------

    def _key(self, arrays: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """What decides the code, if all arguments are arrays or numbers of one dtype, Python's floats and ints."""
        if any(indexed for _, indexed in self._given) or len(arrays) != len(self.arguments) + len(self.integers):
            return None
        parts: list[Any] = []
        dtypes: set[Any] = set()
        for name in self.arguments:
            value = arrays.get(name)
            if type(value) is np.ndarray and any(value.dtype is dtype for dtype in _DTYPES):
                parts.append(value.shape)
                dtypes.add(value.dtype)
            elif type(value) is float:
                parts.append(float)
            elif isinstance(value, np.float32 | np.float64):
                parts.append(type(value))
                dtypes.add(value.dtype)
            else:
                return None
        for name in self.integers:
            value = arrays.get(name)
            if type(value) is not int:
                return None
            parts.append(value)
        return (*parts, *dtypes) if len(dtypes) == 1 else None

    def _entry(self, plan: Plan, arrays: Mapping[str, Any], batch: int | None) -> Callable[..., Any]:
        """The value for arguments like these, which were found to fit; for others, that of ``_any``.

        What is compared of each argument is its type, shape and dtype: that is what the plan rests on.
        """
        names = (*self.arguments, *self.integers)
        # Plain names are parameters of their own; of others all arguments are one dictionary, and never part of a text.
        plain = all(_PLAIN.fullmatch(name) and name not in _TAKEN for name in names)
        places = {name: name if plain else f"_a{k}" for k, name in enumerate(names)}
        space: dict[str, Any] = {
            "_missing": _MISSING,
            "_other": self._others,
            "_dtype": plan.dtype,
            "_array": np.ndarray,
            "_number": plan.dtype.type,
        }
        checks = ["_unnamed", "_more" if plain else f"len(_more) != {len(names)}"]
        changed: dict[str, str] = {}
        for k, (name, place) in enumerate(places.items()):
            value = arrays[name]
            if isinstance(value, np.ndarray):
                space[f"_shape{k}"] = value.shape
                checks.append(
                    f"type({place}) is not _array or {place}.dtype is not _dtype or {place}.shape != _shape{k}"
                )
                axes = self._axes[name, False]
                if value.ndim == 0:
                    changed[name] = f"{place}[()]"
                elif batch is not None and axes < 2:
                    changed[name] = f"{place}[..., None]" if axes == 1 else f"{place}[..., None, None]"
            elif isinstance(value, np.floating):
                checks.append(f"type({place}) is not _number")
            elif isinstance(value, float):
                checks.append(f"type({place}) is not float")
                changed[name] = f"_number({place})"
            else:
                space[f"_value{k}"] = value
                checks.append(f"type({place}) is not int or {place} != _value{k}")
        if plain:
            parameters = ", ".join(["*_unnamed", *(f"{name}=_missing" for name in names), "**_more"])
            given = f"dict({', '.join(f'{name}={name}' for name in names)}, **_more)"
            lines = []
        else:
            parameters, given = "*_unnamed, **_more", "_more"
            space |= {f"_name{k}": name for k, name in enumerate(names)}
            lines = [f"_a{k} = _more.get(_name{k}, _missing)" for k in range(len(names))]
        lines.append(f"if {' or '.join(checks)}: return _other(_unnamed, {given})")
        inputs = {node.uid: places[node.parameters[0]] for node in plan.inputs}
        lines += [f"{inputs[n.uid]} = {changed[name]}" for n in plan.inputs if (name := n.parameters[0]) in changed]
        if batch is None:
            space |= plan.constant_arrays()
            lines += plan.lines(inputs)
        else:
            space |= {"_many": plan.many(), "_finished": plan.finished, "_instances": batch}
            lines.append(f"return _finished(_many({', '.join(inputs.values())}), _instances)")
        return function(parameters, lines, space)

    def _others(self, unnamed: tuple[Any, ...], arrays: Mapping[str, Any]) -> Any:
        """The value for arguments that are not like those of the last call."""
        return self._any(*unnamed, **{name: value for name, value in arrays.items() if value is not _MISSING})

    def _values(self, arrays: Mapping[str, Any]) -> tuple[_Values, dict[Symbol, int], int | None]:
        wanted = (*self.arguments, *self.integers)
        unknown = sorted(name for name in set(arrays) - set(wanted) if not self._is_function(name))
        missing = sorted(set(wanted) - set(arrays))
        if unknown or missing:
            said = [f"{name} is not given" for name in missing] + [f"{name} is not an argument" for name in unknown]
            raise ValueError(f"{'; '.join(said)}; expected {', '.join((*wanted, *self.functions)) or 'no arguments'}")
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
        sources: dict[Symbol, str] = {}
        batch: int | None = None
        for key, (array, sample) in raw.items():
            label = key[0] if not key[1] else f"{key[0]}[{', '.join(map(str, key[1]))}]"
            axes = self._axes[key[0], key[1] != ()]
            shaped, instances = _shaped(label, array.astype(dtype, copy=False), sample, axes, sizes, sources)
            if instances is not None:
                if batch is not None and instances != batch:
                    raise ValueError(f"{label} has shape {array.shape}; expected {batch} instances, as the others have")
                batch = instances
            values[key] = shaped, sample
        self._check(values, sizes)
        return values, sizes, batch

    def _is_function(self, name: str) -> bool:
        """Whether a name is that of a function that is only declared, or of a derivative of one."""
        return any(is_derivative(name, function) for function in self.functions)

    def _functions(self, plan: Plan, arrays: Mapping[str, Any]) -> list[Callable[..., Any]]:
        """The functions that a plan calls, in order."""
        missing = [node for node in plan.functions if node.parameters[0] not in arrays]
        if missing:
            raise ValueError("; ".join(f"{n.parameters[0]} is not given; expected {described(n)}" for n in missing))
        return [checked(node, arrays[node.parameters[0]], plan.dtype) for node in plan.functions]

    def _check(self, values: _Values, sizes: Mapping[Symbol, int]) -> None:
        """Shapes that are expressions of sizes, after all plain sizes are known."""
        numbers = {symbol: Integer(n) for symbol, n in sizes.items()}
        found: dict[Expr, Expr] = {}
        for (name, _), (array, sample) in values.items():
            for axis, size in zip((-2, -1), sample.shape, strict=True):
                known = found.get(size)
                if known is None:
                    known = found[size] = size.xreplace(numbers)
                if not known.is_Integer:
                    raise ValueError(f"{name} has a size {size}; expected an argument that tells it")
                if int(known) != array.shape[axis]:
                    raise ValueError(
                        f"{name} has {array.shape[axis]} {'rows' if axis == -2 else 'columns'}; "
                        f"expected {size} = {known}"
                    )

    def _plan(self, values: _Values, sizes: Mapping[Symbol, int]) -> Plan:
        dtype = next((array.dtype for array, _ in values.values()), np.dtype(np.float64))
        dtype = np.dtype(dtype.type)  # there are others that are equal: those of arrays that were unpickled
        key = dtype, tuple(sorted((str(s), n) for s, n in sizes.items())), tuple(sorted(values))
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _KEPT_PLANS:
                self._plans.clear()
            graph = Graph(dtype)
            output = together(graph, Lowering(graph, self.context, sizes, limits=self._limits).node(self.expression))
            _refuse_unstated(output)
            plan = self._plans[key] = Plan(output, dtype, self._axes)
        return plan


_Place: TypeAlias = tuple[str, tuple[int, ...]]
_Values: TypeAlias = dict[_Place, tuple[Array, ex.Expression]]


def _refuse_unstated(output: Node) -> None:
    """Raises NotCompiled where a value rests on a conditional mean or variance of which nothing is stated."""
    for node in below(output):
        said = said_of(node.parameters[0]) if node.name in ("argument", "function") else ""
        if said:
            raise NotCompiled(f"Given is not compiled: {said} is not stated, and the value rests on it")


def _place(node: Node) -> _Place:
    name, at = node.parameters
    return name, at


def _declared(value: Array, axes: int) -> Array:
    """An array of two axes with those that it was declared with."""
    declared: Array = value[0, 0] if axes == 0 else value[:, 0] if axes == 1 else value
    return declared


def _constant_lines(node: Node) -> list[str]:
    """A constant array of the printed code."""
    name, array = f"c{node.uid}", flat(constant_array(node, np.dtype(np.float64)))
    kind, _, place = node.parameters
    if kind == "unit":
        return [f"{name} = np.zeros({array.shape})", f"{name}[{place}] = 1.0"]
    if np.ndim(array) == 0:
        return [f"{name} = {float(array)!r}"]
    return [f"{name} = np.full({array.shape}, {float(array.flat[0])!r})"]


def _identifier(name: str) -> str:
    """A name as Python's."""
    result = re.sub(r"\W", "_", name)
    return f"{result}_" if keyword.iskeyword(result) or result in ("np", "") or result[0].isdigit() else result


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name} is {value!r}; expected a whole number, as an index or a size")
    return int(value)


def _unknown_functions(tree: ex.Expression) -> set[str]:
    return {
        node.function
        for node in ex.walk(tree)
        if isinstance(node, ex.Call) or (isinstance(node, ex.Apply) and not known(node.function))
    }


def _free(expression: ex.Expression) -> set[Symbol]:
    """The integer symbols that are not bound by a sum or a product."""
    found: set[Symbol] = set()
    for argument in expression.args:
        if isinstance(argument, ex.Expression):
            inside = _free(argument)
            found |= inside - {expression.index} if isinstance(expression, BINDERS) else inside
        elif isinstance(argument, Expr) and not (isinstance(expression, BINDERS) and argument == expression.index):
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
    laws = {(r.target.name, isinstance(r.target, ex.Member)): r for r in context.random}
    found: dict[tuple[str, bool], ex.Expression] = {}
    trees: list[tuple[ex.Expression, set[Symbol]]] = [(expression, set())]
    averaged: list[_Held] = [None]  # of each tree, in which mean it stands
    seen: set[tuple[str, bool, _Held]] = set()
    written = (expression, *(d.body for d in context.definitions))
    moving = {node.variable for tree in written for node in ex.walk(tree) if isinstance(node, ex.LimitAt)}
    for (tree, _), within in zip(trees, averaged, strict=False):  # they grow
        for node, inside in _names(tree, within):
            if node in moving:
                continue
            key = node.name, isinstance(node, ex.Member)
            more = bodies.get(key, [])
            drawn = key in laws and inside is not None and key[0] not in inside
            if drawn:
                # A mean is taken over it: what its law says of it is needed instead.
                more = [(parameter, _indices(laws[key].target)) for parameter in laws[key].parameters]
            elif (key not in bodies or key in free) and not said_of(key[0]):
                found.setdefault(key, node)
            if (*key, inside) not in seen:
                seen.add((*key, inside))
                trees += more
                averaged += [None if drawn else inside] * len(more)
    return found, trees


_Held: TypeAlias = frozenset[str] | None
"""The names that are given to the mean that an expression stands in; None outside of means."""


def _names(tree: ex.Expression, held: _Held) -> Iterator[tuple[ex.Var | ex.Member, _Held]]:
    """The names in an expression, and in which mean each stands."""
    stack = [(tree, held)]
    while stack:
        node, within = stack.pop()
        if isinstance(node, (ex.Var, ex.Member)):
            yield node, within
        if within is None and isinstance(node, ex.Given):
            given = frozenset(name.name for name in node.held if isinstance(name, ex.Var | ex.Member))
            stack.append((node.mean, given))
            stack += [(name, None) for name in node.held]
            continue
        if within is None and isinstance(node, ex.MEANS):
            within = frozenset()
        stack += [(operand, within) for operand in reversed(node.operands)]


def _indices(target: ex.Expression) -> set[Symbol]:
    return {s for s in target.args[3:] if isinstance(s, Symbol)} if isinstance(target, ex.Member) else set()


def _array(label: str, value: Any) -> Array:
    mask = getattr(value, "mask", None)
    if isinstance(mask, np.ndarray) and mask.any():
        raise ValueError(f"{label} of shape {mask.shape} has masked entries; expected an array without")
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


def _shaped(
    label: str, array: Array, sample: ex.Expression, axes: int, sizes: dict[Symbol, int], sources: dict[Symbol, str]
) -> tuple[Array, int | None]:
    """The array with its two axes, perhaps one of instances in front; plain sizes are bound, and whose they are."""
    if array.ndim not in (axes, axes + 1):
        wanted = _wanted(sample, axes)
        raise ValueError(f"{label} has shape {array.shape}; expected {wanted}, or one axis of instances before it")
    if 0 in array.shape:
        raise ValueError(f"{label} has shape {array.shape} and is empty; expected every size at least 1")
    batch = array.shape[0] if array.ndim == axes + 1 else None
    source = label if batch is None else f"{label} of shape {array.shape}, instances first"
    if axes < 2:
        array = array[..., None] if axes == 1 else array[..., None, None]
    for axis, size in zip((-2, -1), sample.shape, strict=True):
        if isinstance(size, Symbol):
            if size not in sizes:
                sizes[size], sources[size] = array.shape[axis], source
            known = sizes[size]
            if known != array.shape[axis]:
                wanted = f"{_wanted(sample, axes)} with {size} = {known}"
                where = f" as in {sources[size]}" if sources.get(size, label) != label else ""
                raise ValueError(f"{label} has {array.shape[axis]} for {size}; expected {wanted}{where}")
    return array, batch


def _wanted(sample: ex.Expression, axes: int) -> str:
    rows, columns = sample.shape
    return ("()", f"({rows},)", f"({rows}, {columns})")[axes]
