"""The data classes of the engine do what those of the standard library do."""

import ast
import copy
import dataclasses
import inspect
import math
import pickle
from pathlib import Path
from typing import Any

import pytest

from everystep import records

ROOT = Path(__file__).resolve().parent.parent


@records.dataclass(frozen=True)
class Frozen:
    """Of each kind of field one."""

    name: str
    count: int = 1
    parts: list[int] = records.field(default_factory=list)
    seconds: float = records.field(default=0.0, compare=False, repr=False)


@records.dataclass
class Open:
    """Its fields may change."""

    name: str = ""
    parts: list[Any] = records.field(default_factory=list)


@records.dataclass(frozen=True, slots=True)
class Slotted:
    """Without a dictionary."""

    name: str
    count: int = 1

    def __str__(self) -> str:
        return self.name


@records.dataclass(frozen=True)
class Checked:
    """Has a method of its own for comparison, and looks at what it is given."""

    values: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("no values")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Checked) and set(self.values) == set(other.values)


@records.dataclass(frozen=True)
class Wider(Frozen):
    """A derived class, with a field more."""

    more: str = "m"


def twin(cls: type, **options: bool) -> Any:
    """The class as the standard library makes it, from what the author has written."""
    mine = ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__getstate__", "__setstate__")
    written = {
        name: value
        for name, value in vars(cls).items()
        if not name.startswith("__dataclass") and name not in (*mine, "__dict__", "__weakref__")
    }
    written |= {f.name: f for f in map(copy.copy, dataclasses.fields(cls))}
    return dataclasses.dataclass(**options)(type(cls.__name__, (), written))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "arguments",
    [
        ((), {}),
        (("a",), {}),
        (("a", 2), {}),
        (("a",), {"seconds": 3.0}),
        (("a", 2, [1]), {"seconds": 3.0}),
        (("a", 2, [1], 3.0, 4), {}),
        (("a",), {"name": "b"}),
        (("a",), {"nothing": 1}),
    ],
)
def test_an_instance_is_made_as_by_the_standard_library(arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
    values, named = arguments

    def outcome(cls: Any) -> object:
        try:
            made = cls(*values, **named)
        except TypeError as error:
            return str(error)
        return dataclasses.astuple(made), repr(made)

    assert outcome(Frozen) == outcome(twin(Frozen, frozen=True))


def test_equal_is_what_has_equal_fields_and_the_same_class() -> None:
    assert Frozen("a", 1, [2]) == Frozen("a", 1, [2], seconds=9)
    assert Frozen("a", 1, [2]) != Frozen("a", 1, [3])
    assert Frozen("a") != Wider("a")
    assert Frozen("a") != "a"
    assert Frozen("a").__eq__("a") is NotImplemented
    assert Slotted("a") == Slotted("a") != Slotted("b")
    assert Checked((1, 2)) == Checked((2, 1))
    assert Open("a", [math.nan]) == Open("a", [math.nan])  # as tuples and lists compare


def test_the_hash_of_a_frozen_instance_is_that_of_its_fields_and_others_have_none() -> None:
    assert hash(Slotted("a", 2)) == hash(Slotted("a", 2)) == hash(("a", 2))
    assert hash(Checked((1,))) == hash(((1,),))
    assert len({Slotted("a"), Slotted("a"), Slotted("b")}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Open())
    with pytest.raises(TypeError, match="unhashable"):
        hash(Frozen("a"))  # for the list in it


def test_a_frozen_instance_cannot_be_changed() -> None:
    for instance in (Frozen("a"), Slotted("a"), Wider("a")):
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
            instance.name = "b"  # type: ignore[misc]
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
            del instance.name
    changed = Open("a")
    changed.name = "b"
    assert changed == Open("b")


def test_each_instance_has_a_list_of_its_own() -> None:
    first, second = Open(), Open()
    first.parts.append(1)
    assert second.parts == []


def test_what_a_class_checks_is_checked_and_its_own_methods_stay() -> None:
    with pytest.raises(ValueError, match="no values"):
        Checked(())
    with pytest.raises(ValueError, match="no values"):
        records.replace(Checked((1,)), values=())
    assert str(Slotted("a")) == "a"
    assert not hasattr(Slotted("a"), "__dict__")


@pytest.mark.parametrize(
    "instance", [Frozen("a", 2, [3], 4.0), Open("a", [1]), Slotted("a", 2), Checked((1,)), Wider("w")]
)
def test_copies_and_pickles_are_equal(instance: Any) -> None:
    for other in (copy.copy(instance), copy.deepcopy(instance), pickle.loads(pickle.dumps(instance))):
        assert other == instance
        assert repr(other) == repr(instance)
    assert records.replace(instance) == instance


def test_what_inspects_data_classes_knows_them() -> None:
    assert dataclasses.is_dataclass(Frozen)
    assert [f.name for f in dataclasses.fields(Wider)] == ["name", "count", "parts", "seconds", "more"]
    Frozen("a")
    assert str(inspect.signature(Wider.__eq__)) == "(self: 'Any', other: 'object') -> 'Any'"
    match Slotted("a", 2):
        case Slotted(name, count):
            assert (name, count) == ("a", 2)


def test_an_instance_that_holds_itself_is_printed() -> None:
    loop = Open("a")
    loop.parts.append(loop)
    assert repr(loop) == "Open(name='a', parts=[...])"


def test_the_engine_has_no_other_data_classes() -> None:
    """The kernels stand alone, and are loaded one at a time."""
    for folder in ("everystep", "render"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name == "records.py" or "kernels" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
                    assert "dataclass" not in {alias.name for alias in node.names}, path
