"""Plans as straight-line Python: what runs is what is printed.

The text is made from the nodes of a plan only: names are our own (``a0``, ``t1``), whatever comes from outside (the
author's names, constant arrays) stands in the namespace that the code runs in.  For one instance vectors have one axis
and numbers none, as one would write by hand, and what is needed once is not given a name; for many instances every
operation is a call of its function on arrays with all their axes.  May import this package and NumPy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from everystep.compiler.graph import Node, Size
from everystep.compiler.operations import CALL, FACTOR, HELPERS, OPERATIONS, SUM
from everystep.records import dataclass

_MOST_NESTED = 6
_ALIASES = ("transpose", "vec", "unvec")
"""Operations that leave a vector of one axis as it is."""
_LOOPS = ("total_over", "stack_over")
_READ_ONLY = ("diagonal", "spread")
_VIEWS = (*_ALIASES, *_READ_ONLY, "part")


@dataclass(frozen=True)
class Text:
    """A piece of code: how tightly it binds, and how deep it is nested."""

    code: str
    level: int = CALL
    depth: int = 0

    def within(self, level: int) -> str:
        """In brackets if it binds less tightly."""
        return self.code if self.level >= level else f"({self.code})"


class Plan:
    """The operations that an output needs, in order, as functions of the inputs.

    Attributes:
        output: the node whose value is wanted.
        steps: the operations, each after those that it rests on.
        inputs: the arguments that are needed.
        functions: the functions that are to be given, each a node of what it is called.
        bodies: the plans of the bodies of loops, by the loop's node.
        axes: the axes that each name is given with for one instance, and the members of each family; without an entry
            a name has those that it has in code.
    """

    def __init__(self, output: Node, dtype: np.dtype[Any], axes: Mapping[tuple[str, bool], int]) -> None:
        self.output = output
        self.axes = axes
        self.dtype = dtype
        self.steps: list[Node] = []
        self.inputs: list[Node] = []
        self.constants: list[Node] = []
        self.functions: list[Node] = []
        self.bodies: dict[int, Plan] = {}
        self._order()
        self._single: Callable[..., Any] | None = None
        self._many: Callable[..., Any] | None = None

    def _order(self) -> None:
        seen: set[int] = set()
        stack: list[tuple[Node, bool]] = [(self.output, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                self.steps.append(node)
            elif node.uid not in seen:
                seen.add(node.uid)
                if node.name == "argument":
                    self.inputs.append(node)
                elif node.name == "function":
                    self.functions.append(node)
                elif node.name in ("constant", "array"):
                    self.constants.append(node)
                else:
                    if node.name in _LOOPS:
                        self.bodies[node.uid] = Plan(node.parameters[0].output, self.dtype, {})
                    stack.append((node, True))
                    stack += [(argument, False) for argument in reversed(node.args)]

    @property
    def is_shared(self) -> bool:
        """Whether the result may lie in the memory of an argument or a constant."""
        return not self._views()[-1].args

    def _views(self) -> list[Node]:
        """The output, what it may be a view of, what that may be a view of, and so on."""
        found = [self.output]
        while found[-1].name in _VIEWS or (found[-1].name == "einsum" and len(found[-1].args) == 1):
            found.append(found[-1].args[0])
        return found

    # one instance ----------------------------------------------------------------------------------

    def single(self) -> Callable[..., Any]:
        """The value for one instance as a function of the inputs and the functions, in their order.

        An input has the axes of its declaration: two, one for a column, none for a number.
        """
        if self._single is None:
            names = self._names()
            lines = self.lines(names)
            self._single = function(", ".join(names.values()), lines, self.constant_arrays())
        return self._single

    def _names(self) -> dict[int, str]:
        """What the inputs and the functions are called in code, in order."""
        names = {node.uid: f"a{k}" for k, node in enumerate(self.inputs)}
        return names | {node.uid: f"g{k}" for k, node in enumerate(self.functions)}

    def constant_arrays(self) -> dict[str, Any]:
        """The constant arrays of :meth:`lines`, by name."""
        return self._constants(flat)

    def lines(self, inputs: Mapping[int, str], *, inside: bool = False) -> list[str]:
        """The code for one instance, given the names of the inputs and the functions by node.

        ``inside``: of a body, whose row vectors have one axis.
        """
        writer = _Writer(self, inputs)
        result = writer.text(self.output)
        rows, columns = self.output.shape
        code = f"{result.within(CALL)}[None, :]" if rows == 1 and columns > 1 and not inside else result.code
        if self.output.is_number:
            if self.output.constant is not None or self.dtype != np.float64:
                code = f"np.{self.dtype}({code})"
        elif self.is_shared or any(node.name in _READ_ONLY for node in self._views()):
            code = f"np.array({code}, np.{self.dtype})"
        elif self.dtype != np.float64:
            code = f"np.asarray({code}, np.{self.dtype})"
        return [*self._defined(), *writer.freed(f"return {code}")]

    def _defined(self) -> list[str]:
        """The functions that are the bodies of loops."""
        found: list[str] = []
        for node in self.steps:
            if node.name in _LOOPS:
                names = {a.uid: f"b{k}" for k, a in enumerate(node.parameters[0].arguments)}
                found.append(f"def f{node.uid}({', '.join(names.values())}):")
                found += [f"    {line}" for line in self.bodies[node.uid].lines(names, inside=True)]
        return found

    def body(self, node: Node) -> Callable[..., Any]:
        """The function that is the body of a loop, on arrays as they are in code."""
        names = {a.uid: f"b{k}" for k, a in enumerate(node.parameters[0].arguments)}
        plan = self.bodies[node.uid]
        return function(", ".join(names.values()), plan.lines(names, inside=True), plan.constant_arrays())

    def all_constants(self) -> list[Node]:
        """The constants of the plan and of the bodies of its loops."""
        found = {node.uid: node for node in self.constants}
        for plan in self.bodies.values():
            found |= {node.uid: node for node in plan.all_constants()}
        return list(found.values())

    # many instances --------------------------------------------------------------------------------

    def many(self) -> Callable[..., Any]:
        """The value for instances along a first axis as a function of the inputs, each with two axes or three."""
        if self._many is not None:
            return self._many
        names = self._names()
        arguments = tuple(names.values())
        space: dict[str, Any] = self._constants(lambda array: array)
        for node in self.constants:
            names[node.uid] = repr(node.constant) if node.constant is not None else f"c{node.uid}"
        last = {a.uid: place for place, node in enumerate(self.steps) for a in node.args}
        lines = []
        for place, node in enumerate(self.steps):
            names[node.uid] = f"t{node.uid}"
            space[f"f{node.uid}"] = self._looping(node) if node.name in _LOOPS else bound_operation(node)
            lines.append(f"t{node.uid} = f{node.uid}({', '.join(names[a.uid] for a in node.args)})")
            # Memory is given back as soon as nothing more reads it.
            ends = {names[a.uid] for a in node.args if last[a.uid] == place and a.args and a is not self.output}
            if ends:
                lines.append(f"del {', '.join(sorted(ends))}")
        lines.append(f"return {names[self.output.uid]}")
        self._many = function(", ".join(arguments), lines, space)
        return self._many

    def _looping(self, node: Node) -> Callable[..., Any]:
        """A loop on arrays with two axes or three, one instance at a time."""
        inner, one, body = self.body(node), OPERATIONS[node.name].run, node.parameters[0]

        def run(*operands: Any) -> Any:
            arrays = [a if callable(a) else np.atleast_2d(a) for a in operands]
            instances = {len(a) for a in arrays if not callable(a) and a.ndim == 3}

            def at(k: int) -> Any:
                each = [a if callable(a) else flat(a[k] if a.ndim == 3 else a) for a in arrays]
                value = one(inner, body.count, tuple(each[: body.looped]), tuple(each[body.looped :]))
                return np.reshape(value, node.shape)

            return np.stack([at(k) for k in range(*instances)]) if instances else at(0)

        return run

    def finished(self, result: Any, instances: int) -> Any:
        """The result of :meth:`many` without the axes that vectors and numbers do not have."""
        shape = self.output.shape
        full = (instances, *shape)
        array = np.asarray(result, self.dtype)
        if array.shape != full:
            array = np.broadcast_to(array.reshape(1, 1) if array.ndim < 2 else array, full)
        if self.is_shared or not array.flags.writeable:
            array = array.copy()
        if shape == (1, 1):
            return array[:, 0, 0]
        return array[..., 0] if shape[1] == 1 else array

    def _constants(self, form: Callable[[Any], Any]) -> dict[str, Any]:
        return {f"c{n.uid}": form(constant_array(n, self.dtype)) for n in self.all_constants() if n.name == "array"}


def function(arguments: str, lines: Sequence[str], space: Mapping[str, Any]) -> Callable[..., Any]:
    """The function with these arguments and this body; the namespace and the helpers are at hand."""
    body = "\n    ".join(lines)
    scope: dict[str, Any] = {"np": np, **HELPERS, **space}
    text = f"def value({arguments}):\n    {body}\n"
    exec(compile(text, "<everystep.compile>", "exec"), scope)  # noqa: S102 - a text of this package alone
    made: Callable[..., Any] = scope["value"]
    return made


def flat(array: Any) -> Any:
    """An array of two axes without those that a vector or a number does not have."""
    rows, columns = array.shape
    return array[0, 0] if rows == columns == 1 else array[0] if rows == 1 else array[:, 0] if columns == 1 else array


def constant_array(node: Node, dtype: np.dtype[Any]) -> Any:
    """The array, with two axes, of an ``array`` node."""
    kind, shape, place = node.parameters
    array = np.full(shape, 1.0 if kind == "ones" else 0.0 if kind != "value" else place, dtype)
    if kind == "unit":
        array[place, 0] = 1.0
    return array


class _Writer:
    """Writes the code of a plan for one instance."""

    def __init__(self, plan: Plan, inputs: Mapping[int, str]) -> None:
        self.lines: list[str] = []
        self._texts: dict[int, Text] = {}
        self._uses: dict[int, int] = {}
        self._named: set[str] = set()
        steps = [node for node in plan.steps if _bare(node) is node]
        for node in (*(a for step in steps for a in step.args), plan.output):
            uid = _bare(node).uid
            self._uses[uid] = self._uses.get(uid, 0) + 1
        for node in plan.inputs:
            axes = plan.axes.get((node.parameters[0], node.parameters[1] != ()))
            name = inputs[node.uid]
            self._texts[node.uid] = Text(name) if axes is None else _input(node, name, axes)
        for node in plan.functions:
            self._texts[node.uid] = Text(inputs[node.uid])
        for node in plan.constants:
            value = node.constant
            if value is None and node.is_number:
                value = float(constant_array(node, plan.dtype)[0, 0])
            self._texts[node.uid] = Text(f"c{node.uid}") if value is None else _number(value)
        for node in steps:
            text = _written(node, [self.text(a) for a in node.args], self._name)
            again = self._uses[node.uid] > 1 and not (node.name == "transpose" and text.depth <= 1)
            if again or (text.depth > _MOST_NESTED and node is not plan.output):
                text = self._name(text, node.shape)
            self._texts[node.uid] = text

    def text(self, node: Node) -> Text:
        """The code that stands for a node."""
        return self._texts[_bare(node).uid]

    def _name(self, text: Text, shape: Size) -> Text:
        """The value gets a name: it is needed more than once, or its line would be hard to read."""
        name = f"t{len(self.lines) + 1}"
        self.lines.append(f"{name} = {text.code}")
        if shape != (1, 1):
            self._named.add(name)
        return Text(name)

    def freed(self, last: str) -> list[str]:
        """The lines and the last one; an array is given back as soon as nothing more reads it."""
        lines = [*self.lines, last]
        reads = {name: place for place, line in enumerate(lines) for name in _NAMES.findall(line)}
        ends: dict[int, list[str]] = {}
        for name in sorted(self._named):
            if reads[name] < len(lines) - 1:
                ends.setdefault(reads[name], []).append(name)
        result = []
        for place, line in enumerate(lines):
            result.append(line)
            if place in ends:
                result.append(f"del {', '.join(ends[place])}")
        return result


def _bare(node: Node) -> Node:
    """The node whose value it has in code where vectors have one axis."""
    while node.name in _ALIASES and 1 in node.shape and 1 in node.args[0].shape:
        node = node.args[0]
    return node


def _input(node: Node, name: str, axes: int) -> Text:
    """An argument that is declared with so many axes, of which some may have turned out to be 1."""
    rows, columns = node.shape
    given = (rows, columns)[:axes]
    if 1 not in given:
        return Text(name)
    return Text(f"{name}[{', '.join('0' if size == 1 else ':' for size in given)}]")


def _number(value: float) -> Text:
    if not np.isfinite(value):
        return Text(f'float("{value}")')
    return Text(repr(value), CALL if value >= 0 else FACTOR)


def _aligned(text: Text, shape: Size, target: Size) -> Text:
    """An operand that spreads entry by entry over an array of the target's shape."""
    if 1 not in target and shape[1] == 1 and shape[0] > 1:
        return Text(f"{text.within(CALL)}[:, None]", CALL, text.depth)
    return text


def _full(text: Text, shape: Size) -> str:
    """An operand with both its axes."""
    rows, columns = shape
    if rows == columns == 1:
        return f"np.atleast_2d({text.code})"
    if 1 not in shape:
        return text.code
    return f"{text.within(CALL)}[{'None, :' if rows == 1 else ':, None'}]"


_NAMES = re.compile(r"\bt\d+\b")
_MOST_OPERANDS = 40
Named: TypeAlias = Callable[[Text, Size], Text]


def _written(node: Node, operands: list[Text], named: Named) -> Text:
    depth = 1 + max((o.depth for o in operands), default=0)
    writer = WRITERS.get(node.name)
    if writer is not None:
        code, level = writer(node, operands, named)
        return Text(code, level, depth)
    operation = OPERATIONS[node.name]
    if operation.flat:
        loose = "({0}" in operation.text
        code = operation.text.format(*(o.code if loose else o.within(CALL) for o in operands), p=node.parameters)
        return Text(code, operation.level, depth)
    # What spreads over a diagonal may stay a number.
    full = [
        o.code if node.name == "add_diagonal" and a.is_number else _full(o, a.shape)
        for o, a in zip(operands, node.args, strict=True)
    ]
    return Text(operation.text.format(*full, p=node.parameters) + _dropped(node.shape), CALL, depth)


def _dropped(shape: Size) -> str:
    """What takes an array with two axes to one without those of size 1."""
    rows, columns = shape
    return "[0, 0]" if rows == columns == 1 else "[0]" if rows == 1 else "[:, 0]" if columns == 1 else ""


def _combine(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    signs: tuple[int, ...] = node.parameters[0]
    whole = any(a.shape == node.shape and a.name != "array" for a in node.args)
    parts = [
        (sign, (_entry(a) if whole else None) or _aligned(text, a.shape, node.shape))
        for sign, text, a in zip(signs, operands, node.args, strict=True)
    ]
    parts.sort(key=lambda part: -part[0])  # one that is added comes first, where there is one
    while len(parts) > _MOST_OPERANDS:
        first = _sum_of(parts[:_MOST_OPERANDS])
        parts = [(1, named(Text(first, SUM), node.shape)), *parts[_MOST_OPERANDS:]]
    return _sum_of(parts), SUM


def _entry(node: Node) -> Text | None:
    """The number that a constant array holds everywhere."""
    if node.name != "array" or node.parameters[0] not in ("ones", "zeros"):
        return None
    return Text("1.0" if node.parameters[0] == "ones" else "0.0")


def _sum_of(parts: list[tuple[int, Text]]) -> str:
    text = "".join(f" {'+' if sign == 1 else '-'} {o.within(FACTOR)}" for sign, o in parts)
    return text[3:] if text.startswith(" + ") else f"-{text[3:]}"


def _entrywise(sign: str) -> Callable[[Node, list[Text], Named], tuple[str, int]]:
    def write(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
        a, b = (_aligned(o, arg.shape, node.shape) for o, arg in zip(operands, node.args, strict=True))
        if a.code == "-1.0" and sign == "*":
            return f"-{b.within(CALL)}", SUM
        return f"{a.within(FACTOR)} {sign} {b.within(CALL)}", FACTOR

    return write


def _matmul(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    return f"{operands[0].within(FACTOR)} @ {operands[1].within(CALL)}", FACTOR


def _inner(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    if 1 in node.args[0].shape:
        return _matmul(node, operands, named)
    return f"inner({operands[0].code}, {operands[1].code})", CALL


def _columns(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    return f"np.column_stack(({', '.join(o.code for o in operands)}))", CALL


def _part(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    (base,) = node.args
    r0, r1, c0, c1 = node.parameters
    at = [
        str(start) if stop - start == 1 else ":" if stop - start == size else f"{start}:{stop}"
        for start, stop, size in ((r0, r1, base.shape[0]), (c0, c1, base.shape[1]))
        if size > 1
    ]
    return f"{operands[0].within(CALL)}[{', '.join(at)}]" if at else operands[0].code, CALL


def _spread(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    shape = tuple(size for size in node.shape if size > 1)
    return f"np.broadcast_to({_aligned(operands[0], node.args[0].shape, node.shape).code}, {shape})", CALL


def _largest(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    whole, pair = ("np.max", "np.maximum") if node.parameters[0] == 1 else ("np.min", "np.minimum")
    each = [o.code if a.is_number else f"{whole}({o.code})" for o, a in zip(operands, node.args, strict=True)]
    code = each[0]
    for other in each[1:]:
        code = f"{pair}({code}, {other})"
    return code, CALL


def _block(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    full = ", ".join(_full(o, a.shape) for o, a in zip(operands, node.args, strict=True))
    return f"block({full}, width={node.parameters[0]}){_dropped(node.shape)}", CALL


def _attained(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    full = ", ".join(_full(o, a.shape) for o, a in zip(operands, node.args, strict=True))
    sign, which = node.parameters
    return f"attained({full}, sign={sign}, which={which}){_dropped(node.shape)}", CALL


def _einsum(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    """Axes of size 1, which arrays do not have here, are left out of the subscripts."""
    subscripts, result, lengths, path, shape = node.parameters
    kept = [
        "".join(letter for letter, size in zip(letters, a.shape, strict=False) if size > 1)
        for letters, a in zip(subscripts, node.args, strict=True)
    ]
    there = {letter for letters in kept for letter in letters}
    output = "".join(letter for letter in result if letter in there)
    arrays = ", ".join(o.code for o in operands)
    code = f'np.einsum("{",".join(kept)}->{output}", {arrays}, optimize={list(path)!r})'
    flat_shape = tuple(size for size in shape if size > 1)
    if len(lengths) > 2 or tuple(n for n in lengths if n > 1) != flat_shape:
        code += f".reshape({flat_shape!r})" if flat_shape else "[()]"
    return code, CALL


def _call(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    function, *arrays = operands
    _, by, value, given = node.parameters
    if value is None:
        return f"{function.code}({arrays[0].code})", CALL
    natural = sum((given[k - 1] for k in by), value)
    parts = [
        o.code if _flat_shape(a.shape) == wanted else f"np.reshape({o.code}, {wanted})"
        for o, a, wanted in zip(arrays, node.args[1:], given, strict=True)
    ]
    code, shape = f"{function.code}({', '.join(parts)})", _flat_shape(node.shape)
    if not shape:
        return (code if not natural else f"{code}.flat[0]"), CALL
    return (code if natural == shape else f'np.reshape({code}, {shape}, order="F")'), CALL


def _loop(node: Node, operands: list[Text], named: Named) -> tuple[str, int]:
    body = node.parameters[0]
    looped, still = (
        f"({''.join(f'{o.code}, ' for o in part).strip()})"
        for part in (operands[: body.looped], operands[body.looped :])
    )
    code = f"{node.name}(f{node.uid}, {body.count}, {looped}, {still})"
    if node.name == "stack_over" and 1 in node.shape:
        code = f"np.reshape({code}, {_flat_shape(node.shape)})" if node.shape != (1, 1) else f"{code}[0, 0]"
    return code, CALL


def _flat_shape(shape: Size) -> tuple[int, ...]:
    return tuple(size for size in shape if size > 1)


WRITERS: dict[str, Callable[[Node, list[Text], Named], tuple[str, int]]] = {
    "combine": _combine,
    "multiply": _entrywise("*"),
    "divide": _entrywise("/"),
    "matmul": _matmul,
    "inner": _inner,
    "einsum": _einsum,
    "columns": _columns,
    "part": _part,
    "spread": _spread,
    "largest": _largest,
    "block": _block,
    "attained": _attained,
    "call": _call,
    "total_over": _loop,
    "stack_over": _loop,
}
"""How operations are written whose code depends on the shapes or on the number of operands: the code and its level."""


def bound_operation(node: Node, run: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The function of a node (its operation's, or ``run`` in its place), with its parameters; numbers get their two
    axes where it wants arrays.
    """
    operation = OPERATIONS[node.name]
    run = operation.run if run is None else run
    parameters = node.parameters
    if node.name == "combine":
        if parameters[0] in ((1, 1), (1, -1)):
            return np.add if parameters[0] == (1, 1) else np.subtract
        return partial(run, signs=parameters[0])
    if node.name == "call":
        return partial(run, given=parameters[3], shape=node.shape)
    if not operation.elementwise and any(argument.is_number for argument in node.args):
        return lambda *operands: run(*map(np.atleast_2d, operands), *parameters)
    return (lambda *operands: run(*operands, *parameters)) if parameters else run
