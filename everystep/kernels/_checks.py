"""Argument checks that all kernels share: what they accept, and the one wording of their refusals.

Every refusal is a ``ValueError`` that names the argument, what was given (shape, dtype or value)
and what was expected. Imports NumPy only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Real = np.floating[Any]
RealArray = NDArray[Real]
Given = TypeVar("Given")

_REAL_DTYPES = (np.dtype(np.float32), np.dtype(np.float64))


class Sizes:
    """The sizes met so far, ``n = 32``: each argument is checked against those before it."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, str]] = {}

    def __getitem__(self, name: str) -> int:
        return self._known[name][0]

    def bind(self, argument: str, shape: tuple[int, ...], expected: Sequence[str]) -> None:
        """Check ``shape`` against size names such as ``("n", "d")``; a new name is bound.

        Raises:
            ValueError: the number of axes differs, an axis is empty, or a size contradicts an
                earlier argument.
        """
        wanted = "(" + ", ".join(expected) + ("," if len(expected) == 1 else "") + ")"
        if len(shape) != len(expected):
            raise ValueError(f"{argument} has shape {shape}; expected {len(expected)} axes, {wanted}")
        for name, size in zip(expected, shape, strict=True):
            if size == 0:
                raise ValueError(f"{argument} has shape {shape} and is empty; expected {wanted}, every size at least 1")
            known, source = self._known.setdefault(name, (size, argument))
            if known != size:
                where = "" if source == argument else f" as in {source}"
                raise ValueError(f"{argument} has shape {shape}; expected {wanted} with {name} = {known}{where}")


def real_array(argument: str, value: ArrayLike, expected: Sequence[str], sizes: Sizes) -> RealArray:
    """``value`` as a finite array of float32 or float64, its shape checked.

    Whole numbers become float64. The array is not copied when it already has one of the two dtypes.

    Raises:
        ValueError: another dtype, another shape, an empty axis, an entry that is NaN or infinite.
    """
    array = _real(argument, value)
    sizes.bind(argument, array.shape, expected)
    return _finite(argument, array)


def analytic_array(argument: str, value: ArrayLike, expected: Sequence[str], sizes: Sizes) -> NDArray[Any]:
    """``value`` as ``real_array``, or as a finite complex array: what a complex step is taken through.

    Raises:
        ValueError: as ``real_array``.
    """
    array = any_array(argument, value)
    if array.dtype.kind != "c":
        return real_array(argument, array, expected, sizes)
    sizes.bind(argument, array.shape, expected)
    return _finite(argument, array)


def real_tensor(argument: str, value: ArrayLike, *, axes: int = 0) -> RealArray:
    """``value`` as a finite array of float32 or float64, of any shape with at least ``axes`` axes.

    Dtypes are as for ``real_array``.

    Raises:
        ValueError: another dtype, fewer axes, an empty axis, an entry that is NaN or infinite.
    """
    array = _real(argument, value)
    if array.ndim < axes:
        raise ValueError(f"{argument} has shape {array.shape}; expected at least {axes} axes")
    if array.size == 0:
        raise ValueError(f"{argument} has shape {array.shape} and is empty; expected every size at least 1")
    return _finite(argument, array)


def any_array(argument: str, value: ArrayLike) -> NDArray[Any]:
    """``value`` as an array of any dtype and shape.

    Raises:
        ValueError: ``value`` is ragged, or no array can be made of it; entries are masked, which an array cannot say.
    """
    mask = getattr(value, "mask", None)
    if isinstance(mask, np.ndarray) and mask.any():
        raise ValueError(f"{argument} of shape {mask.shape} has masked entries; expected an array without")
    try:
        return np.asarray(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{argument} is ragged or no array; expected numbers of one shape ({error})") from error


def _real(argument: str, value: ArrayLike) -> RealArray:
    array = any_array(argument, value)
    if array.dtype.kind in "iub":
        array = array.astype(np.float64)
    if array.dtype not in _REAL_DTYPES:
        raise ValueError(f"{argument} has shape {array.shape} and dtype {array.dtype}; expected float32 or float64")
    return array


def _finite(argument: str, array: NDArray[Any]) -> NDArray[Any]:
    finite = np.isfinite(array)
    if not finite.all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ValueError(
            f"{argument} of shape {array.shape} holds {array[place]} at index {place}; expected finite numbers"
        )
    return array


def scaled(array: RealArray) -> tuple[RealArray, int]:
    """``array`` times 2^-e with its largest magnitude in [1/2, 1), exactly, and e (0 for zeros).

    Squares and products of what it returns neither overflow nor vanish as a whole; ``unscaled`` puts 2^e back in.
    """
    e = int(np.frexp(np.abs(array).max())[1])
    return np.ldexp(array, -e), e


def unscaled(array: Any, e: Any) -> Any:
    """``array`` times 2^e: infinite or 0 only where the value leaves the range of the dtype."""
    with np.errstate(over="ignore", under="ignore"):
        return np.ldexp(array, e)


def length(vector: RealArray) -> float:
    """The Euclidean norm, also where the square of an entry leaves the range of the dtype."""
    with np.errstate(over="ignore", under="ignore"):
        plain = float(np.linalg.norm(vector))
    limits = np.finfo(vector.dtype)
    if float(limits.tiny) ** 0.25 < plain < float(limits.max) ** 0.25:
        return plain
    small, e = scaled(vector)
    return float(unscaled(np.linalg.norm(small), e))


def same_dtype(arrays: dict[str, RealArray]) -> np.dtype[Real]:
    """The one dtype of all ``arrays``.

    Raises:
        ValueError: two of them differ; a silent conversion would cost memory or precision.
    """
    (first, reference), *rest = arrays.items()
    for name, array in rest:
        if array.dtype != reference.dtype:
            raise ValueError(
                f"{name} of shape {array.shape} has dtype {array.dtype}; expected {reference.dtype} as {first} has"
            )
    return reference.dtype


def number(
    argument: str,
    value: float,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """``value`` as a finite float within the stated interval.

    Raises:
        ValueError: not a real number, not finite, or outside the interval.
    """
    left = "(" if open_low or low == -np.inf else "["
    right = ")" if open_high or high == np.inf else "]"
    interval = f"{left}{low:g}, {high:g}{right}"
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"{argument} is {value!r}; expected a real number in {interval}")
    try:
        result = float(value)
    except OverflowError:  # a whole number beyond the floats
        result = np.inf if value > 0 else -np.inf
    inside = (low < result if open_low else low <= result) and (result < high if open_high else result <= high)
    if not np.isfinite(result) or not inside:
        shown = f"{result:g}" if float(f"{result:g}") == result or not np.isfinite(result) else repr(result)
        raise ValueError(f"{argument} is {shown}; expected a number in {interval}")
    return result


def whole(argument: str, value: int, *, low: int = 0, high: int | None = None) -> int:
    """``value`` as an int with ``low <= value <= high``.

    Raises:
        ValueError: not a whole number, or out of range.
    """
    wanted = f"a whole number of at least {low}" if high is None else f"a whole number from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{argument} is {value!r}; expected {wanted}")
    if value < low or (high is not None and value > high):
        raise ValueError(f"{argument} is {int(value)}; expected {wanted}")
    return int(value)


def flag(argument: str, value: Any) -> bool:
    """``value`` if it is True or False.

    Raises:
        ValueError: it is anything else: the truth of an array, or of a word, is hardly what was meant.
    """
    if not isinstance(value, bool | np.bool_):
        shown = f"has shape {value.shape}" if isinstance(value, np.ndarray) else f"is {value!r}"
        raise ValueError(f"{argument} {shown}; expected True or False")
    return bool(value)


def room(argument: str, value: Any, numbers: int) -> None:
    """Check that an array of so many numbers of 8 bytes, which this argument asks for, is no more than all memory.

    Raises:
        ValueError: it is more.
    """
    if numbers * 8 > _MEMORY:
        raise ValueError(f"{argument} is {value}; expected a number that asks for less than {_MEMORY / 2**30:.0f} GB")


def _memory() -> int:
    """The bytes of memory that the machine has; where it does not tell, 2^40."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2**40


_MEMORY = _memory()


def choice(argument: str, value: str, valid: Sequence[str]) -> str:
    """``value`` if it is one of ``valid``.

    Raises:
        ValueError: it is not; the message lists the valid ones.
    """
    if not isinstance(value, str) or value not in valid:
        raise ValueError(f"{argument} is {value!r}; expected one of {', '.join(valid)}")
    return value


def function(argument: str, value: Callable[..., Given]) -> Callable[..., Given]:
    """``value`` if it can be called.

    Raises:
        ValueError: it cannot.
    """
    if not callable(value):
        raise ValueError(f"{argument} is {value!r}; expected a function")
    return value


def instance(argument: str, value: Any, of: type[Given]) -> Given:
    """``value`` if it is one of that class.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(value, of):
        raise ValueError(f"{argument} is {value!r}; expected a {of.__name__}")
    return value


def several(argument: str, value: Sequence[Given], *, low: int) -> tuple[Given, ...]:
    """``value`` as a tuple of at least ``low`` entries.

    Raises:
        ValueError: it is no sequence, or too short.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError(f"{argument} is {value!r}; expected a sequence of {low} or more")
    if len(value) < low:
        shown = f"is {value!r}" if len(value) else "is empty"
        raise ValueError(f"{argument} {shown}; expected {low} or more")
    return tuple(value)
