"""Frozen dataclasses that are quick to define.

``dataclass``, ``field`` and ``replace`` are those of the standard library, and a type checker sees nothing else.  Where
a class is frozen, its comparison, hash and representation are functions that all such classes share: the standard
library (before Python 3.13) compiles six methods for each class, which for a hundred classes takes a sixth of the time
of importing SymPy.  For the same reason nothing but the type checker keeps their fields from being set.

Imports the standard library only.
"""

from __future__ import annotations

from dataclasses import field, fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "field", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    import inspect

    def dataclass(cls: type | None = None, /, *, frozen: bool = False, **options: Any) -> Any:
        """``dataclasses.dataclass``; frozen classes without other options get the shared methods."""
        if frozen and not options:
            return _frozen if cls is None else _frozen(cls)
        return dataclasses.dataclass(cls, frozen=frozen, **options)

    def _frozen(cls: type) -> type:
        if cls.__doc__ is None:
            cls.__doc__ = cls.__name__  # else one is made of the signature, which takes longer than all the rest
        annotations = inspect.get_annotations(cls)
        if not any("ClassVar" in str(said) or "InitVar" in str(said) for said in annotations.values()):
            # Else the standard library searches the text of each for these two.
            cls.__annotations__ = dict.fromkeys(annotations, object)
        made = dataclasses.dataclass(repr=False, eq=False)(cls)
        cls.__annotations__ = annotations
        names = [part.name for part in fields(made) if part.compare]
        key = attrgetter(*names) if names else _nothing

        def equal(self: Any, other: object) -> Any:
            return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

        def hashed(self: Any) -> int:
            return hash(key(self))

        for name, method in (("__eq__", equal), ("__hash__", hashed), ("__repr__", _shown)):
            if name not in cls.__dict__:
                setattr(made, name, method)
        return made

    def _nothing(record: object) -> tuple[()]:
        return ()

    def _shown(self: Any) -> str:
        parts = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in fields(self) if part.repr)
        return f"{type(self).__qualname__}({parts})"
