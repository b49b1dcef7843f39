"""Every argument of every public function of the kernels, with each kind of bad input.

The calls and what their arguments are stand in ``calls.py``; the bad values follow from that. A refusal is a
``ValueError`` that names the argument, its shape (or its value, if it is a number) and what was expected.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from everystep import kernels
from everystep.kernels import convolution, dropout, hessian_vector, optimisers
from tests.kernels.calls import TABLE, Array, Call, Choice, Function, Kind, Number, Whole


def bad_values(name: str, kind: Kind, good: Any) -> Iterator[tuple[str, Any, str]]:
    """What is wrong, the value, and a pattern of the message."""
    if isinstance(kind, Array):
        called = re.escape(kind.called or name)
        for label, value in bad_arrays(kind, np.asarray(good)):
            yield label, value, rf"{called} (has|of) shape {re.escape(str(np.shape(value)))}.*; expected"
        for label, value in (("ragged", [[1.0], [1.0, 2.0]]), ("deeply ragged", [[1.0, 2.0], [[3.0], 4.0]])):
            yield label, value, rf"{called} is ragged.*; expected"
    elif isinstance(kind, Number):
        for value in (
            *kind.outside,
            np.nan,
            np.inf,
            -np.inf,
            "a",
            1j,
            True,
            [0.5],
            np.array([0.5, 0.5]),
            10**400,
            *(() if kind.optional else (None,)),
        ):
            yield repr(value)[:20], value, rf"{name} is .*; expected"
    elif isinstance(kind, Whole):
        for value in (*kind.outside, 1.5, np.nan, "a", 1j, True, [1], *(() if kind.optional else (None,))):
            yield repr(value), value, rf"{name} is .*; expected"
    elif isinstance(kind, Choice):
        for value in ("nonsense", None, 3, ["tanh"]):
            yield repr(value), value, rf"{name} is {re.escape(repr(value))}; expected one of"
    elif isinstance(kind, Function):
        yield "no function", 3, rf"{name} is 3; expected a function"
        called = re.escape(kind.called)
        for label, result in (
            ("short", np.ones(2)),
            ("nan", np.full(3, np.nan)),
            ("complex", np.ones(3, complex)),
            ("nothing", None),
            ("0-d", 1.0),
        ):
            yield (
                f"returns {label}",
                lambda *_, result=result: result,
                rf"{called} (has|of) shape {re.escape(str(np.shape(result)))}.*; expected",
            )
    else:
        for value, message in kind.bad:
            yield getattr(value, "__name__", repr(value)[:30]), value, re.escape(message)


def bad_arrays(kind: Array, good: Any) -> Iterator[tuple[str, Any]]:
    for dtype in ("complex", "str", "object", "datetime64[s]", "float16", "longdouble"):
        if not (kind.analytic and dtype == "complex"):
            yield dtype, np.zeros(good.shape, dtype)
    if not kind.optional:
        yield "none", None
    yield "none inside", np.full(good.shape, None)
    yield "masked", np.ma.array(good, mask=np.arange(good.size).reshape(good.shape) == 0)
    for axis in range(good.ndim):
        if not (kind.empty and axis == 0):
            yield (
                f"empty axis {axis}",
                np.zeros([0 if at == axis else size for at, size in enumerate(good.shape)], good.dtype),
            )
        if axis not in kind.free and kind.axes:
            yield f"long axis {axis}", np.concatenate([good, good.take([0], axis)], axis)
    if kind.axes:
        yield "one axis more", good[None]
        yield "one axis less", good[0]
        yield "0-d", good.flat[0]
    if kind.whole:
        yield "fractions", good + 0.5
        yield "negative", -1 - good
        yield "large", good + 100
    else:
        for entry in (np.nan, np.inf) if kind.infinite else (np.nan, np.inf, -np.inf):
            spoilt = good.astype(float)
            spoilt.flat[-1] = entry
            yield str(entry), spoilt
    if kind.single:
        yield "single precision", good.astype(np.float32)


CASES = [
    pytest.param(call, name, label, value, message, id=f"{call}-{name}-{label}")
    for call in TABLE
    for name, kind in call.kinds.items()
    for label, value, message in bad_values(name, kind, call.good.get(name))
]


@pytest.mark.parametrize("call", TABLE, ids=str)
def test_the_good_calls_are_good(call: Call) -> None:
    call.function(**call.good)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("call", "name", "label", "value", "message"), CASES)
def test_bad_input_names_the_argument_its_shape_and_what_was_expected(
    call: Call, name: str, label: str, value: Any, message: str
) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        call.function(**{**call.good, name: value})
    found = str(caught.value)
    # Where two arguments contradict one another, either may be named, with its own shape.
    others = [
        rf"{re.escape(kind.called or other)} (has|of) shape {re.escape(str(np.shape(call.good[other])))}.*; expected"
        for other, kind in call.kinds.items()
        if isinstance(kind, Array) and other != name
    ]
    others.append(r"trajectory\.\w+ (has|of) shape .*; expected")
    if label.startswith(("long axis", "single precision")):
        message = "|".join([message, *others])
    assert re.match(message, found), found
    assert "\n" not in found


def test_the_table_has_every_public_function_and_every_argument() -> None:
    public = {
        f"{module}.{label}": value
        for module in kernels.__all__
        for label, value in vars(getattr(kernels, module)).items()
        if inspect.isfunction(value) and value.__module__.endswith(f".{module}") and not label.startswith("_")
    }
    tested: dict[str, set[str]] = {}
    for call in TABLE:
        tested.setdefault(str(call), set()).update(call.kinds)
        assert set(call.kinds) <= set(call.good)
    assert set(public) <= set(tested)
    for name, function in public.items():
        assert tested[name] == set(inspect.signature(function).parameters), name


@pytest.mark.parametrize("size", [2**33, 2**62, 10**400])
def test_what_no_memory_holds_is_refused_by_name(size: int) -> None:
    image, kernel = np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2))
    for call in (
        lambda: convolution.convolve(image, kernel, padding=size),
        lambda: convolution.backward(image, kernel, np.ones((1, 1, 3, 3)), padding=size),
        lambda: convolution.convolution_pattern((1, 1, 2, 2), (4, 4), padding=size),
        lambda: convolution.convolution_matrix(kernel, (4, 4), padding=size),
    ):
        with pytest.raises(ValueError, match=rf"^padding is {size}; expected a number that asks for less than \d+ GB"):
            call()
    with pytest.raises(ValueError, match=rf"^stride is {size}; expected"):
        convolution.transposed(image, kernel, stride=size)
    network = hessian_vector.Network((size, 1))
    with pytest.raises(ValueError, match=rf"^network.parameters is {size + 1}; expected"):
        hessian_vector.random_weights(network)
    with pytest.raises(ValueError, match=rf"^steps is {size}; expected"):
        optimisers.run(optimisers.SGD(0.1), lambda theta, t: theta, np.ones(3), steps=size, keep_path=True)


def test_a_number_just_outside_an_interval_is_shown_with_all_its_digits() -> None:
    with pytest.raises(ValueError, match=r"^p is 1\.0000000000000002; expected a number in \[0, 1\]$"):
        dropout.expected_loss([[1.0]], [1.0], [1.0], np.nextafter(1.0, 2.0))
