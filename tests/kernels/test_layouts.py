"""Arrays in any layout: results are the same, and no argument is written to."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import numpy as np
import pytest

from tests.kernels.calls import TABLE, Array, Call


def backwards(array: Any) -> Any:
    """The same entries, by strides below zero and with gaps."""
    spaced = np.zeros([2 * size for size in array.shape], array.dtype)
    view = spaced[tuple(slice(None, None, -2) for _ in array.shape)]
    view[...] = array
    return view


def read_only(array: Any) -> Any:
    array = array.copy()
    array.flags.writeable = False
    return array


LAYOUTS = {
    "read-only": read_only,
    "by columns": lambda array: np.asfortranarray(array.copy()),
    "backwards": backwards,
    "nested lists": lambda array: array.tolist(),
    "a subclass": lambda array: array.copy().view(np.recarray if array.ndim != 2 else np.matrix),
}


def leaves(result: Any) -> list[Any]:
    """All numbers and arrays of a result."""
    if dataclasses.is_dataclass(result):
        return [leaf for part in dataclasses.fields(result) for leaf in leaves(getattr(result, part.name))]
    if isinstance(result, tuple):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def same(one: Any, other: Any) -> None:
    for left, right in zip(leaves(one), leaves(other), strict=True):
        if isinstance(left, np.ndarray):
            assert type(right) is np.ndarray
            assert left.dtype == right.dtype
        if isinstance(left, np.ndarray | float | np.floating):
            np.testing.assert_allclose(right, left, rtol=1e-12, atol=1e-13)
        else:
            assert left == right


WITH_ARRAYS = [call for call in TABLE if any(isinstance(kind, Array) for kind in call.kinds.values())]


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("call", WITH_ARRAYS, ids=str)
def test_the_layout_of_an_array_does_not_matter(call: Call, layout: str) -> None:
    names = [name for name, kind in call.kinds.items() if isinstance(kind, Array)]
    expected = call.function(**call.good)
    changed = {name: LAYOUTS[layout](np.asarray(call.good[name])) for name in names}
    same(expected, call.function(**{**call.good, **changed}))


@pytest.mark.parametrize("call", WITH_ARRAYS, ids=str)
def test_no_argument_is_written_to(call: Call) -> None:
    before = copy.deepcopy({name: value for name, value in call.good.items() if isinstance(value, np.ndarray)})
    result = call.function(**call.good)
    for leaf in leaves(result):  # nor is a result a view of an argument
        if isinstance(leaf, np.ndarray) and leaf.flags.writeable and leaf.dtype.kind == "f":
            leaf[...] = 12345.0
    for name, value in before.items():
        np.testing.assert_array_equal(call.good[name], value)


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8", "bool"])
@pytest.mark.parametrize("call", WITH_ARRAYS, ids=str)
def test_whole_numbers_are_taken_as_double_precision(call: Call, dtype: str) -> None:
    names = [
        name
        for name, kind in call.kinds.items()
        if isinstance(kind, Array) and not kind.whole and not kind.infinite and name != "H"
    ]
    random = np.random.default_rng(1)
    whole = {name: random.integers(0, 2, np.shape(call.good[name])) for name in names}
    values = {name: value.astype(dtype) for name, value in whole.items()}
    doubles = {name: value.astype(float) for name, value in whole.items()}
    same(*(called(call, given) for given in (doubles, values)))


def called(call: Call, given: dict[str, Any]) -> Any:
    """The result, or the refusal: a rank that is not full, a direction that is zero."""
    try:
        return call.function(**{**call.good, **given})
    except ValueError as error:
        return str(error)


# What an earlier pass returned is in double precision.
WITHOUT_RECORDS = [call for call in WITH_ARRAYS if not {"trajectory", "normalised"} & set(call.good)]


@pytest.mark.parametrize("call", WITHOUT_RECORDS, ids=str)
def test_single_precision_is_close_to_double(call: Call) -> None:
    names = [name for name, kind in call.kinds.items() if isinstance(kind, Array) and not kind.whole]
    single = {name: np.asarray(call.good[name]).astype(np.float32) for name in names}
    if "model" in call.good:
        single["model"] = np.minimum(single["model"], 0)
    double = {name: value.astype(float) for name, value in single.items()}
    one, other = (call.function(**{**call.good, **values}) for values in (single, double))
    for left, right in zip(leaves(one), leaves(other), strict=True):
        if isinstance(left, np.ndarray | float | np.floating):
            np.testing.assert_allclose(left, right, rtol=2e-4, atol=2e-5)
        else:
            assert left == right
