"""``dataclass``, as that of the standard library, for packages with many of them: it compiles one method, that six.

A hundred classes of the standard library take as long to load as a page of homework takes to check: the source of each
method of each class is written and compiled.  Here that is done for ``__init__`` alone, when a first instance is made;
comparison, hash and ``repr`` go over the fields.  They do the same.  May import the standard library only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import MISSING, FrozenInstanceError, field, fields, replace
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "field", "replace"]

_FRESH = object()
"""Stands for a value that a factory makes for each instance."""

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, *, frozen: bool = False, slots: bool = False) -> Any:
        """``dataclasses.dataclass`` with two of its options; a field has a default or a factory, ``compare``, ``repr``.

        A frozen instance takes no attribute at all, not even in a derived class.
        """

        def made(cls: type) -> type:
            cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
            # Where an author writes __eq__ and no __hash__, Python has put None in its place.
            own = {name for name, value in vars(cls).items() if name != "__hash__" or value is not None}
            for method in _methods(cls, frozen, slots):
                if method.__name__ not in own:
                    method.__qualname__ = f"{cls.__qualname__}.{method.__name__}"
                    setattr(cls, method.__name__, method)
            if not frozen and "__hash__" not in own:
                cls.__hash__ = None
            return cls

        return made if cls is None else made(cls)


def _methods(cls: type, frozen: bool, slots: bool) -> Iterator[Callable[..., Any]]:
    """The methods of a class with these fields that it may not have itself."""
    names = [f.name for f in fields(cls)]
    compared = _values([f.name for f in fields(cls) if f.compare])
    shown = [f.name for f in fields(cls) if f.repr]

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        cls.__init__ = _initializer(cls, frozen)  # type: ignore[misc]
        cls.__init__(self, *values, **named)  # type: ignore[misc]

    @recursive_repr()
    def __repr__(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def __eq__(self: Any, other: object) -> Any:
        if self is other:
            return True
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    yield from (__init__, __repr__, __eq__)
    if not frozen:
        return

    def __hash__(self: Any) -> int:
        return hash(compared(self))

    def __setattr__(self: Any, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self: Any, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    yield from (__hash__, __setattr__, __delattr__)
    if not slots:
        return

    def __getstate__(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    yield from (__getstate__, __setstate__)


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of these attributes, as a tuple whatever their number."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda instance: tuple(getattr(instance, name) for name in names)


def _initializer(cls: type, frozen: bool) -> Callable[..., None]:
    """``__init__``: a parameter for each field, then ``__post_init__``, where the class has one."""
    known: dict[str, Any] = {"_fresh": _FRESH, "_set": object.__setattr__}
    parameters, lines = ["self"], []
    for f in fields(cls):
        parameter, value = f.name, f.name
        if f.default is not MISSING:
            known[f"_default_{f.name}"] = f.default
            parameter = f"{f.name}=_default_{f.name}"
        elif f.default_factory is not MISSING:
            known[f"_make_{f.name}"] = f.default_factory
            parameter, value = f"{f.name}=_fresh", f"_make_{f.name}() if {f.name} is _fresh else {f.name}"
        parameters.append(parameter)
        lines.append(f"_set(self, {f.name!r}, {value})" if frozen else f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    source = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"])
    exec(source, known)  # noqa: S102 - the names of fields, as the standard library does
    method: Callable[..., None] = known["__init__"]
    method.__qualname__ = f"{cls.__qualname__}.__init__"
    method.__annotations__ = {f.name: f.type for f in fields(cls)} | {"return": None}
    return method
