"""Convolutions against loops, matrices and complex steps, and the facts of questions I1 to I8."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from everystep.kernels import convolution
from everystep.kernels.convolution import Window

CASES = [
    # batch, channels in and out, size, kernel, stride, padding
    (1, 1, 1, (3, 3), (3, 3), (2, 2), (1, 1)),
    (2, 3, 4, (6, 5), (3, 2), (1, 1), (0, 0)),
    (1, 2, 3, (7, 4), (2, 3), (3, 1), (0, 2)),
    (3, 1, 2, (5, 5), (5, 5), (1, 1), (0, 0)),
    (1, 2, 1, (4, 4), (1, 1), (2, 3), (1, 0)),
    (2, 1, 1, (1, 1), (3, 3), (1, 1), (1, 1)),
]


def problem(case: Any, dtype: type = np.float64) -> tuple[Any, Any, Any, dict[str, Any]]:
    batch, channels_in, channels_out, size, kernel, stride, padding = case
    random = np.random.default_rng(0)
    return (
        random.standard_normal((batch, channels_in, *size)).astype(dtype),
        random.standard_normal((channels_out, channels_in, *kernel)).astype(dtype),
        random.standard_normal(channels_out).astype(dtype),
        {"stride": stride, "padding": padding},
    )


def by_loops(x: Any, kernel: Any, stride: tuple[int, int], padding: tuple[int, int]) -> Any:
    """A number at a time; pixels outside are 0."""
    batch, channels_in, height, width = x.shape
    channels_out, _, kernel_h, kernel_w = kernel.shape
    out = [
        (n + 2 * p - k) // s + 1 for n, p, k, s in zip((height, width), padding, kernel.shape[2:], stride, strict=True)
    ]
    y = np.zeros((batch, channels_out, *out), dtype=np.result_type(x, kernel))
    for m, c, a, b in np.ndindex(*y.shape):
        for e, i, j in np.ndindex(channels_in, kernel_h, kernel_w):
            row, column = stride[0] * a + i - padding[0], stride[1] * b + j - padding[1]
            if 0 <= row < height and 0 <= column < width:
                y[m, c, a, b] += kernel[c, e, i, j] * x[m, e, row, column]
    return y


@pytest.mark.parametrize("case", CASES)
def test_the_direct_convolution_and_the_matrix_are_the_loops(case: Any) -> None:
    x, kernel, bias, options = problem(case)
    expected = by_loops(x, kernel, **options)
    np.testing.assert_allclose(convolution.convolve(x, kernel, **options), expected, rtol=1e-12, atol=1e-13)
    with_bias = convolution.convolve(x, kernel, bias, **options)
    np.testing.assert_allclose(with_bias, expected + bias[:, None, None], rtol=1e-12, atol=1e-13)
    turned = by_loops(x, kernel[:, :, ::-1, ::-1], **options)
    np.testing.assert_allclose(convolution.convolve(x, kernel, flip=True, **options), turned, rtol=1e-12, atol=1e-13)
    for flip, wanted in ((False, expected), (True, turned)):
        matrix = convolution.convolution_matrix(kernel, x.shape[2:], flip=flip, **options)
        assert (np.diff(matrix.rows) >= 0).all()
        for image, y in zip(x, wanted, strict=True):
            np.testing.assert_allclose(matrix.times(image.reshape(-1)), y.reshape(-1), rtol=1e-12, atol=1e-13)
            np.testing.assert_allclose(matrix.dense() @ image.reshape(-1), y.reshape(-1), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_gradients_are_those_of_the_loops(case: Any) -> None:
    x, kernel, _, options = problem(case)
    y = convolution.convolve(x, kernel, **options)
    g = np.random.default_rng(1).standard_normal(y.shape)
    gradients = convolution.backward(x, kernel, g, **options)

    # Linear in each argument: a derivative by an entry is the convolution of a unit array.
    def by_units(shape: tuple[int, ...], other: Any) -> Any:
        found = np.zeros(shape)
        for place in np.ndindex(*shape):
            unit = np.zeros(shape)
            unit[place] = 1.0
            found[place] = np.sum(g * other(unit))
        return found

    by_x = by_units(x.shape, lambda unit: by_loops(unit, kernel, **options))
    by_kernel = by_units(kernel.shape, lambda unit: by_loops(x, unit, **options))
    np.testing.assert_allclose(gradients.x, by_x, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(gradients.kernel, by_kernel, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(gradients.bias, g.sum(axis=(0, 2, 3)), rtol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_the_transposed_convolution_is_the_transposed_matrix(case: Any) -> None:
    x, kernel, _, options = problem(case)
    y = convolution.convolve(x, kernel, **options)
    g = np.random.default_rng(2).standard_normal(y.shape)
    sizes = [
        convolution.transposed_output_size(n, Window(k, s, p))
        for n, k, s, p in zip(y.shape[2:], kernel.shape[2:], options["stride"], options["padding"], strict=True)
    ]
    back = convolution.transposed(g, kernel, **options)
    assert back.shape == (len(x), x.shape[1], *sizes)
    # A convolution whose stride leaves pixels over has an input larger than what the transpose gives.
    matrix = convolution.convolution_matrix(kernel, (sizes[0], sizes[1]), **options)
    for image, result in zip(g, back, strict=True):
        np.testing.assert_allclose(matrix.transpose.times(image.reshape(-1)), result.reshape(-1), atol=1e-12)
        np.testing.assert_allclose(matrix.dense().T @ image.reshape(-1), result.reshape(-1), atol=1e-12)


# Question I3: the 9 x 4 table of the stride-2 convolution with padding 1; images are rows there.
TABLE_3 = """
w11 0 0 0 / w12 w10 0 0 / 0 w11 0 0 / w21 0 w01 0 / w22 w20 w02 w00 / 0 w21 0 w01 / 0 0 w11 0 / 0 0 w12 w10 / 0 0 0 w11
"""
# Question I4: the 4 x 16 table of the transposed convolution.
TABLE_4 = """
w00 w01 0 0 w10 w11 0 0 0 0 0 0 0 0 0 0 / 0 0 w00 w01 0 0 w10 w11 0 0 0 0 0 0 0 0 /
0 0 0 0 0 0 0 0 w00 w01 0 0 w10 w11 0 0 / 0 0 0 0 0 0 0 0 0 0 w00 w01 0 0 w10 w11
"""


def read(table: str) -> list[list[str]]:
    return [row.split() for row in table.split("/")]


def written(pattern: convolution.Pattern) -> list[list[str]]:
    rows = [["0"] * pattern.shape[1] for _ in range(pattern.shape[0])]
    width = pattern.kernel_shape[3]
    for row, column, entry in zip(pattern.rows, pattern.columns, pattern.entries, strict=True):
        rows[row][column] = f"w{entry // width}{entry % width}"
    return rows


def test_the_matrices_of_the_questions_hold_the_printed_entries() -> None:
    third = convolution.convolution_pattern((1, 1, 3, 3), (3, 3), stride=2, padding=1)
    assert [list(column) for column in zip(*written(third), strict=True)] == read(TABLE_3)
    fourth = convolution.convolution_pattern((1, 1, 2, 2), (4, 4), stride=2)
    assert written(fourth) == read(TABLE_4)


def test_the_transposed_convolution_of_the_question_is_a_kronecker_product() -> None:
    random = np.random.default_rng(3)
    x, w = random.standard_normal((2, 2)), random.standard_normal((2, 2))
    found = convolution.transposed(x[None, None], w[None, None], stride=2)
    np.testing.assert_allclose(found[0, 0], np.kron(x, w), rtol=1e-15)


def test_sizes_are_those_of_the_questions() -> None:
    conv3, pool2 = Window(3), Window(2, stride=2)
    first = (conv3, conv3, pool2, conv3)
    assert convolution.output_sizes(32, first) == (32, 30, 28, 14, 12)
    assert convolution.output_sizes(32, [Window(3, padding=1)] * 4) == (32,) * 5
    assert convolution.least_size([Window(5), Window(5)]) == 9
    assert convolution.transposed_output_size(2, Window(2, stride=2)) == 4
    image = np.random.default_rng(4).standard_normal((1, 1, 32, 32))
    for window in first:
        if window is pool2:
            image = convolution.max_pool(image, window)
        else:
            image = convolution.convolve(image, np.ones((1, 1, 3, 3)))
    assert image.shape == (1, 1, 12, 12)


def test_the_least_size_is_the_first_that_passes() -> None:
    random = np.random.default_rng(5)
    for _ in range(100):
        windows = [Window(*(int(n) for n in random.integers((1, 1, 0), (6, 4, 3)))) for _ in range(3)]
        passing = []
        for size in range(1, 80):
            try:
                convolution.output_sizes(size, windows)
            except ValueError:
                continue
            passing.append(size)
        assert passing[0] == convolution.least_size(windows)
        assert passing == list(range(passing[0], 80))


def test_receptive_fields_by_formula_and_by_gradient_agree() -> None:
    assert convolution.receptive_field([Window(3, padding=1)] * 4) == 9
    assert convolution.receptive_field([Window(3)] * 2) == 5
    random = np.random.default_rng(6)
    stacks = [[Window(3, padding=1)] * 4, [Window(3)] * 2, [Window(3), Window(3), Window(2, 2), Window(3)]]
    stacks += [
        [Window(*(int(n) for n in random.integers((1, 1, 0), (5, 4, 3)))) for _ in range(int(random.integers(1, 4)))]
        for _ in range(20)
    ]
    for windows in stacks:
        field = convolution.receptive_field_by_gradient(windows)
        assert field.height == field.width == convolution.receptive_field(windows)
        assert field.support.shape == (field.size, field.size)
    assert convolution.receptive_field_by_gradient([Window(3)] * 2).support.sum() == 25


def shifting_network(image: Any) -> Any:
    """Question I8: four layers of 3 x 3 convolutions with relu that compare opposite corners of a 5 x 5 image."""
    diagonals = list(itertools.product((-1, 1), repeat=2))

    def picks(*entries: tuple[int, int, tuple[int, int], float], out: int, channels: int) -> Any:
        """A kernel whose output channel c takes input channel e at an offset, with a factor."""
        kernel = np.zeros((out, channels, 3, 3))
        for c, e, (down, right), factor in entries:
            kernel[c, e, 1 + down, 1 + right] += factor
        return kernel

    same = (0, 0)
    first = picks((0, 0, same, 1.0), *((1 + k, 0, d, 1.0) for k, d in enumerate(diagonals)), out=5, channels=1)
    second = picks((0, 0, same, 1.0), *((1 + k, 1 + k, d, 1.0) for k, d in enumerate(diagonals)), out=5, channels=5)
    entries = []
    for k, (down, right) in enumerate(diagonals):
        for sign in (0, 1):
            factor = 1.0 - 2.0 * sign
            entries += [(2 * k + sign, 1 + k, (down, right), factor), (2 * k + sign, 0, (-down, -right), -factor)]
    third = picks(*entries, out=8, channels=5)
    last = picks(*((0, 2 * k + sign, d, -1.0) for k, d in enumerate(diagonals) for sign in (0, 1)), out=1, channels=8)
    z = image[None, None]
    for kernel in (first, second, third):
        z = np.maximum(convolution.convolve(z, kernel, padding=1), 0.0)
    return convolution.convolve(z, last, [1.0], padding=1)[0, 0]


CORNERS = ((0, 0), (0, 4), (4, 0), (4, 4))


def test_four_layers_with_relu_tell_whether_opposite_corners_are_equal() -> None:
    for values in itertools.product((0.0, 1.0), repeat=4):
        image = np.zeros((5, 5))
        for corner, value in zip(CORNERS, values, strict=True):
            image[corner] = value
        found = shifting_network(image)
        for down, right in CORNERS:
            equal = image[down, right] == image[4 - down, 4 - right]
            assert found[down, right] == (1.0 if equal else 0.0)


def test_without_relu_the_four_cases_of_two_corners_lie_on_a_plane() -> None:
    random = np.random.default_rng(7)
    kernels = [random.standard_normal(shape) for shape in ((4, 1, 3, 3), (4, 4, 3, 3), (4, 4, 3, 3), (1, 4, 3, 3))]
    output = {}
    for one, other in itertools.product((0.0, 1.0), repeat=2):
        image = np.zeros((5, 5))
        image[0, 0], image[4, 4] = one, other
        z = image[None, None]
        for place, kernel in enumerate(kernels):
            after = convolution.convolve(z, kernel, padding=1)
            z = after + z if place in (1, 2) else after  # a residual connection changes nothing
        output[one, other] = z[0, 0, 0, 0]
    assert output[0, 0] + output[1, 1] == pytest.approx(output[0, 1] + output[1, 0], rel=1e-12)
    assert abs(output[0, 1]) > 1e-3


def test_single_precision_stays_single() -> None:
    x, kernel, bias, options = problem(CASES[1], np.float32)
    y = convolution.convolve(x, kernel, bias, **options)
    gradients = convolution.backward(x, kernel, y, **options)
    matrix = convolution.convolution_matrix(kernel, (6, 5), **options)
    found = [y, gradients.x, gradients.kernel, gradients.bias, matrix.times(x[0].reshape(-1)), matrix.dense()]
    assert {array.dtype for array in found} == {np.dtype(np.float32)}


def test_max_pooling_is_the_loop() -> None:
    x = np.random.default_rng(8).standard_normal((2, 3, 7, 6))
    y = convolution.max_pool(x, Window(3, 2))
    assert y.shape == (2, 3, 3, 2)
    for m, c, a, b in np.ndindex(*y.shape):
        assert y[m, c, a, b] == max(x[m, c, 2 * a + i, 2 * b + j] for i in range(3) for j in range(3))


IMAGE, KERNEL = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Window(0), "kernel is 0; expected a whole number of at least 1"),
        (lambda: Window(1, 0), "stride is 0; expected"),
        (lambda: Window(1, 1, -1), "padding is -1; expected"),
        (lambda: convolution.output_size(2, Window(3)), "size is 2 and the padding 0; expected room for a kernel of 3"),
        (lambda: convolution.output_sizes(0, []), "size is 0; expected"),
        (lambda: convolution.transposed_output_size(1, Window(1, 1, 1)), "expected an output of at least 1"),
        (lambda: convolution.receptive_field([]), "windows is empty"),
        (lambda: convolution.least_size([]), "windows is empty"),
        (lambda: convolution.convolve(IMAGE[0], KERNEL), r"x has shape \(1, 3, 3\); expected 4 axes"),
        (lambda: convolution.convolve(IMAGE, np.ones((1, 2, 2, 2))), r"kernel has shape .*channels_in = 1"),
        (lambda: convolution.convolve(IMAGE, np.ones((1, 1, 4, 1))), r"expected a height of at most 3.*padded by 0"),
        (lambda: convolution.convolve(IMAGE, KERNEL, [1.0, 2]), r"bias has shape \(2,\).*channels_out = 1"),
        (lambda: convolution.convolve(IMAGE, KERNEL, stride=0), "stride is 0; expected"),
        (
            lambda: convolution.convolve(IMAGE, KERNEL, padding=(1, 2, 3)),
            r"padding is \(1, 2, 3\); expected one number",
        ),
        (lambda: convolution.convolve(IMAGE, KERNEL.astype(np.float32)), "kernel .* float32; expected float64"),
        (lambda: convolution.convolve(IMAGE * np.nan, KERNEL), "x of shape .* holds nan"),
        (
            lambda: convolution.backward(IMAGE, KERNEL, IMAGE),
            r"grad_y has shape \(1, 1, 3, 3\).*height_out = 2 as in y",
        ),
        (lambda: convolution.transposed(IMAGE, np.ones((2, 1, 2, 2))), r"kernel has shape .*channels_in = 1"),
        (lambda: convolution.max_pool(IMAGE, Window(2, 2, 1)), "expected padding 0"),
        (
            lambda: convolution.max_pool(IMAGE, Window(4)),
            r"x has shape \(1, 1, 3, 3\); expected a height of at least 4",
        ),
        (lambda: convolution.convolution_pattern((1, 1, 2), (3, 3)), r"kernel_shape is \(1, 1, 2\); expected four"),
        (lambda: convolution.convolution_pattern((1, 1, 0, 2), (3, 3)), "kernel_shape kernel_h is 0; expected"),
        (lambda: convolution.convolution_matrix(KERNEL, (3,)), r"size is \(3,\); expected two numbers"),
        (lambda: convolution.convolution_matrix(KERNEL, (3, 3)).times([1.0]), r"vector has shape \(1,\).*columns = 9"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


GOOD: dict[str, Any] = {"rows": [0, 1], "columns": [2, 0], "values": [1.0, 2.0], "shape": (2, 3)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [1.0, np.nan]}, r"values of shape \(2,\) holds nan at index \(1,\); expected finite"),
        ({"values": []}, r"values has shape \(0,\) and is empty; expected"),
        ({"rows": [0]}, r"rows has shape \(1,\); expected \(entries,\) with entries = 2"),
        ({"rows": [0.0, 1.0]}, r"rows has shape \(2,\) and dtype float64; expected whole numbers"),
        ({"rows": [0, 2]}, r"rows of shape \(2,\) leaves the matrix; expected numbers from 0 to 1"),
        ({"rows": [1, 0]}, r"rows of shape \(2,\) fall somewhere; expected the entries sorted by row"),
        ({"columns": [-1, 0]}, r"columns of shape \(2,\) leaves the matrix; expected numbers from 0 to 2"),
    ],
)
def test_entries_beside_a_sparse_matrix_are_named(change: dict[str, Any], message: str) -> None:
    assert convolution.SparseMatrix(**GOOD).times([1.0, 1.0, 1.0]).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match=message):
        convolution.SparseMatrix(**{**GOOD, **change})


def test_rows_of_a_sparse_matrix_may_be_empty() -> None:
    sparse = convolution.SparseMatrix(np.array([1, 1, 3]), np.array([2, 0, 1]), np.array([2.0, 3.0, 5.0]), (5, 3))
    assert sparse.times([1.0, 10.0, 100.0]).tolist() == [0.0, 203.0, 0.0, 50.0, 0.0]
    assert sparse.transpose.times(np.arange(5.0)).tolist() == (sparse.dense().T @ np.arange(5.0)).tolist()
