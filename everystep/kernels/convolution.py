"""Convolutions of images: direct, as a sparse matrix, transposed; their sizes and receptive fields.

Cross-correlation with stride s and zero padding p, as layers compute it (derivation convolution, derivation
receptive_field; questions I1 to I8 of the catalogue)::

    y[c, a, b] = sum over channels e and offsets i, j of  kernel[c, e, i, j] x[e, s a + i - p, s b + j - p]  + bias[c]

    x (batch, channels_in, height, width)
    kernel (channels_out, channels_in, kernel_h, kernel_w)    bias (channels_out,)

``flip`` turns the kernel by half a turn (convolution in the sense of analysis). Sizes, an axis at a time::

    convolution             floor((n + 2 p - k) / s) + 1
    transposed              (n - 1) s + k - 2 p
    receptive field         1 + sum_l (k_l - 1) prod_{m < l} s_m

Flattened row by row (channels first), y = M x with M of shape (outputs, inputs), a few entries of the kernel a row; a
layout in which images are rows, vec(y) = vec(x) A, has A = M^T. The transposed convolution is M^T: it takes images of
the size of y to images of the size of x and is also how a gradient passes back.

All arrays float32 or all float64; results have that dtype. With N the entries of y and c k^2 those of one kernel: a
convolution is 2 N c k^2 flops and a copy of N c k^2 / channels_out numbers (a matrix product over all windows); the
backward pass twice that; the matrix for one image has at most N c k^2 entries of two indices and a number each. Units:
sizes, strides and padding are in pixels, y is in those of kernel times x.

Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import (
    Real,
    RealArray,
    Sizes,
    any_array,
    flag,
    instance,
    real_array,
    room,
    same_dtype,
    several,
    whole,
)

Indices = NDArray[np.intp]
Pair = int | tuple[int, int]


@dataclass(frozen=True)
class Window:
    """What a convolution or a pooling does to one axis.

    Attributes:
        kernel: k, at least 1.
        stride: s, at least 1.
        padding: p on each side, at least 0.
    """

    kernel: int
    stride: int = 1
    padding: int = 0

    def __post_init__(self) -> None:
        whole("kernel", self.kernel, low=1)
        whole("stride", self.stride, low=1)
        whole("padding", self.padding)


@dataclass(frozen=True)
class ConvolutionGradients:
    """Gradients through a convolution, each of the shape of its variable.

    Attributes:
        x, kernel, bias: as given; bias has shape (channels_out,).
    """

    x: RealArray
    kernel: RealArray
    bias: RealArray


@dataclass(frozen=True)
class SparseMatrix:
    """A matrix by its entries, no place twice, sorted by row.

    Attributes:
        rows, columns: the places, shape (entries,).
        values: shape (entries,).
        shape: of the matrix.
    """

    rows: Indices
    columns: Indices
    values: RealArray
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        """Raises ValueError for places that are not whole numbers inside the matrix, one a value, sorted by row."""
        sizes = Sizes()
        object.__setattr__(self, "values", real_array("values", self.values, ("entries",), sizes))
        for name, size in zip(("rows", "columns"), self.shape, strict=True):
            places = any_array(name, getattr(self, name))
            sizes.bind(name, places.shape, ("entries",))
            if places.dtype.kind not in "iu":
                raise ValueError(f"{name} has shape {places.shape} and dtype {places.dtype}; expected whole numbers")
            object.__setattr__(self, name, places)
            if places.min() < 0 or places.max() >= size:
                raise ValueError(
                    f"{name} of shape {places.shape} leaves the matrix; expected numbers from 0 to {size - 1}"
                )
        if (self.rows[1:] < self.rows[:-1]).any():
            raise ValueError(f"rows of shape {self.rows.shape} fall somewhere; expected the entries sorted by row")
        # Where each row that has entries begins; no field, as it follows from the rows.
        begins = np.flatnonzero(self.rows[1:] != self.rows[:-1]) + 1
        object.__setattr__(self, "_starts", np.concatenate([[0], begins]))

    @property
    def transpose(self) -> SparseMatrix:
        """The transposed matrix."""
        order = np.lexsort((self.rows, self.columns))
        return SparseMatrix(self.columns[order], self.rows[order], self.values[order], self.shape[::-1])

    def dense(self) -> RealArray:
        """All entries, shape ``shape``."""
        full: RealArray = np.zeros(self.shape, self.values.dtype)
        full[self.rows, self.columns] = self.values
        return full

    def times(self, vector: ArrayLike) -> RealArray:
        """The product with a vector of shape (columns,): (rows,); 2 flops an entry, sums in float64, a number an entry.

        Raises:
            ValueError: a vector of another shape, or with NaN or infinity.
        """
        sizes = Sizes()
        sizes.bind("matrix", self.shape, ("rows", "columns"))
        x = real_array("vector", vector, ("columns",), sizes)
        products = x.take(self.columns).astype(np.float64, copy=False)
        products *= self.values
        starts: Indices = self._starts  # type: ignore[attr-defined]
        result: RealArray = np.zeros(self.shape[0], self.values.dtype)
        result[self.rows[starts]] = np.add.reduceat(products, starts)
        return result


@dataclass(frozen=True)
class Pattern:
    """Where the entries of a kernel stand in the matrix of its convolution.

    Attributes:
        rows, columns: the places, shape (entries,), sorted by row.
        entries: which entry of the kernel, flattened, stands there; shape (entries,).
        shape: of the matrix, (outputs, inputs).
        kernel_shape: of the kernel.
    """

    rows: Indices
    columns: Indices
    entries: Indices
    shape: tuple[int, int]
    kernel_shape: tuple[int, int, int, int]


@dataclass(frozen=True)
class ReceptiveField:
    """The pixels that one output depends on.

    Attributes:
        height, width: of the smallest rectangle that holds them.
        support: which pixels they are, shape (size, size).
        output: the output looked at, (row, column).
        size: of the square image.
    """

    height: int
    width: int
    support: NDArray[np.bool_]
    output: tuple[int, int]
    size: int


def output_size(size: int, window: Window) -> int:
    """floor((n + 2 p - k) / s) + 1, in pixels; a few operations on whole numbers.

    Raises:
        ValueError: size is not a whole number of at least 1, or the kernel is larger than the padded image.
    """
    size, window = whole("size", size, low=1), instance("window", window, Window)
    room = size + 2 * window.padding - window.kernel
    if room < 0:
        raise ValueError(
            f"size is {size} and the padding {window.padding}; expected room for a kernel of {window.kernel}"
        )
    return room // window.stride + 1


def transposed_output_size(size: int, window: Window) -> int:
    """(n - 1) s + k - 2 p, in pixels; a few operations on whole numbers.

    Raises:
        ValueError: size is not a whole number of at least 1, or nothing is left within the padding.
    """
    size, window = whole("size", size, low=1), instance("window", window, Window)
    result = (size - 1) * window.stride + window.kernel - 2 * window.padding
    if result < 1:
        raise ValueError(f"size is {size}; expected an output of at least 1 from {window}, not {result}")
    return result


def output_sizes(size: int, windows: Sequence[Window]) -> tuple[int, ...]:
    """The size before the first layer and after each, in pixels; a few operations on whole numbers a layer.

    Raises:
        ValueError: as ``output_size``, at some layer.
    """
    sizes = [whole("size", size, low=1)]
    for window in _windows(windows, low=0):
        sizes.append(output_size(sizes[-1], window))
    return tuple(sizes)


def least_size(windows: Sequence[Window]) -> int:
    """The size in pixels of the smallest image from which every layer gets an output; a few operations a layer.

    Raises:
        ValueError: windows is empty.
    """
    size = 1
    for window in reversed(_windows(windows)):
        size = max(1, (size - 1) * window.stride + window.kernel - 2 * window.padding)
    return size


def receptive_field(windows: Sequence[Window]) -> int:
    """1 + sum_l (k_l - 1) prod_{m < l} s_m, the size in pixels of what an output sees; a few operations a layer.

    Raises:
        ValueError: windows is empty.
    """
    extent, jump = 1, 1
    for window in _windows(windows):
        extent += (window.kernel - 1) * jump
        jump *= window.stride
    return extent


def receptive_field_by_gradient(windows: Sequence[Window], seed: int = 0) -> ReceptiveField:
    """The pixels whose gradient is not zero, in a network that is really run: the formula's independent check.

    Each layer is a convolution of one channel with positive random weights, with relu between the layers and a positive
    random image, so that nothing cancels and no unit is off. The image grows until what the middle output depends on
    lies strictly within every layer: then no padding hides a part of it. A forward and a backward pass for each of the
    log2 of its size images that it takes, O(size^2) numbers each.

    Raises:
        ValueError: windows is empty, or a seed that is not a whole number of at least 0.
    """
    windows, random = _windows(windows), np.random.default_rng(whole("seed", seed))
    size = least_size(windows)
    while True:
        size = 2 * size + 1
        image: RealArray = random.uniform(0.5, 1.5, (1, 1, size, size))
        layers, activations = [], [image]
        for window in windows:
            kernel = random.uniform(0.5, 1.5, (1, 1, window.kernel, window.kernel)) / window.kernel**2
            layers.append((kernel, window))
            before = convolve(activations[-1], kernel, stride=window.stride, padding=window.padding)
            activations.append(np.maximum(before, 0.0))
        middle = (activations[-1].shape[2] // 2, activations[-1].shape[3] // 2)
        g: RealArray = np.zeros_like(activations[-1])
        g[0, 0, middle[0], middle[1]] = 1.0
        inside = True
        for (kernel, window), after, before in zip(layers[::-1], activations[:0:-1], activations[-2::-1], strict=True):
            g = backward(before, kernel, g * (after > 0.0), stride=window.stride, padding=window.padding).x
            on = g[0, 0] != 0.0
            inside = inside and bool(on.any()) and not (on[0] | on[-1] | on[:, 0] | on[:, -1]).any()
        if inside:
            break
    rows, columns = np.flatnonzero(on.any(axis=1)), np.flatnonzero(on.any(axis=0))
    return ReceptiveField(int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1, on, middle, size)


def convolve(
    x: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    flip: bool = False,
) -> RealArray:
    """The convolution of the module's docstring; shape (batch, channels_out, height_out, width_out). Cost as there.

    Args:
        x, kernel, bias: as in the module's docstring; no bias by default.
        stride, padding: one number, or one for height and one for width.
        flip: turn the kernel by half a turn first.

    Raises:
        ValueError: shapes that do not fit, other dtypes, NaN or infinity; a stride below 1, a negative padding, or a
            kernel larger than the padded image.
    """
    x, kernel, strides, paddings = _checked(x, kernel, stride, padding)
    turned = flag("flip", flip)
    y: RealArray = np.moveaxis(
        np.tensordot(
            _patches(x, kernel.shape[2:], strides, paddings),
            kernel[:, :, ::-1, ::-1] if turned else kernel,
            axes=([1, 4, 5], [1, 2, 3]),
        ),
        -1,
        1,
    )
    if bias is not None:
        sizes = Sizes()
        sizes.bind("kernel", kernel.shape[:1], ("channels_out",))
        offset = real_array("bias", bias, ("channels_out",), sizes)
        same_dtype({"x": x, "bias": offset})
        y = y + offset[:, None, None]
    return np.ascontiguousarray(y)


def backward(
    x: ArrayLike, kernel: ArrayLike, grad_y: ArrayLike, *, stride: Pair = 1, padding: Pair = 0
) -> ConvolutionGradients:
    """The gradients in x, kernel and bias, given that in y; twice the flops of a convolution.

    Args:
        x, kernel, stride, padding: as given to ``convolve``.
        grad_y: shape of y.

    Raises:
        ValueError: as ``convolve``; grad_y of another shape.
    """
    x, kernel, strides, paddings = _checked(x, kernel, stride, padding)
    patches = _patches(x, kernel.shape[2:], strides, paddings)
    sizes = Sizes()
    names = ("batch", "channels_out", "height_out", "width_out")
    sizes.bind("y", (len(x), len(kernel), *patches.shape[2:4]), names)
    grad_y = real_array("grad_y", grad_y, names, sizes)
    same_dtype({"x": x, "grad_y": grad_y})
    grad_kernel: RealArray = np.tensordot(grad_y, patches, axes=([0, 2, 3], [0, 2, 3]))
    grad_bias: RealArray = grad_y.sum(axis=(0, 2, 3), dtype=np.float64).astype(x.dtype, copy=False)
    grad_x = _scatter(grad_y, kernel, strides, paddings, (x.shape[2], x.shape[3]))
    return ConvolutionGradients(x=grad_x, kernel=grad_kernel, bias=grad_bias)


def transposed(x: ArrayLike, kernel: ArrayLike, *, stride: Pair = 1, padding: Pair = 0) -> RealArray:
    """The transposed convolution: every pixel lays down a copy of the kernel that it scales, and the copies add up.

    ``kernel`` is that of the convolution whose transpose this is, (channels of x, channels of the result, kernel_h,
    kernel_w). The result has shape (batch, channels, height, width) by ``transposed_output_size``. Two flops for every
    product of a pixel of x and an entry of the kernel that it meets, and as many numbers of memory.

    Raises:
        ValueError: as ``convolve``; nothing left within the padding.
    """
    sizes = Sizes()
    x = real_array("x", x, ("batch", "channels_in", "height", "width"), sizes)
    kernel = real_array("kernel", kernel, ("channels_in", "channels_out", "kernel_h", "kernel_w"), sizes)
    same_dtype({"x": x, "kernel": kernel})
    strides, paddings = _pair("stride", stride, 1), _pair("padding", padding, 0)
    height, width = (
        transposed_output_size(size, Window(k, s, p))
        for size, k, s, p in zip(x.shape[2:], kernel.shape[2:], strides, paddings, strict=True)
    )
    above, beside = paddings
    room("stride", stride, len(x) * kernel.shape[1] * (height + 2 * above) * (width + 2 * beside))
    return _scatter(x, kernel, strides, paddings, (height, width))


def max_pool(x: ArrayLike, window: Window) -> RealArray:
    """The largest entry of every window, channel by channel; shape (batch, channels, height_out, width_out).

    A comparison for every entry of every window.

    Raises:
        ValueError: x has another number of axes, is empty, or holds NaN or infinity; padding other than 0; a window
            larger than the image.
    """
    x = real_array("x", x, ("batch", "channels", "height", "width"), Sizes())
    if instance("window", window, Window).padding:
        raise ValueError(f"window is {window}; expected padding 0")
    for name, size in zip(("height", "width"), x.shape[2:], strict=True):
        if size < window.kernel:
            raise ValueError(f"x has shape {x.shape}; expected a {name} of at least {window.kernel} for {window}")
    patches = _patches(x, (window.kernel, window.kernel), (window.stride, window.stride), (0, 0))
    pooled: RealArray = patches.max(axis=(4, 5))
    return pooled


def convolution_pattern(
    kernel_shape: tuple[int, int, int, int], size: tuple[int, int], *, stride: Pair = 1, padding: Pair = 0
) -> Pattern:
    """Where each entry of a kernel stands in the matrix M of the convolution of one image of ``size``.

    A few operations on whole numbers, and three numbers of memory, for each entry of M that is not off the image.

    Args:
        kernel_shape: (channels_out, channels_in, kernel_h, kernel_w).
        size: (height, width).
        stride, padding: as for ``convolve``.

    Raises:
        ValueError: a size below 1, or what ``convolve`` refuses.
    """
    names = ("channels_out", "channels_in", "kernel_h", "kernel_w")
    if not isinstance(kernel_shape, tuple) or len(kernel_shape) != len(names):
        raise ValueError(f"kernel_shape is {kernel_shape!r}; expected four numbers, ({', '.join(names)})")
    for name, number in zip(names, kernel_shape, strict=True):
        whole(f"kernel_shape {name}", number, low=1)
    if not isinstance(size, tuple) or len(size) != 2:
        raise ValueError(f"size is {size!r}; expected two numbers, (height, width)")
    strides, paddings = _pair("stride", stride, 1), _pair("padding", padding, 0)
    channels_out, channels_in, kernel_h, kernel_w = kernel_shape
    out_h, out_w = (
        output_size(n, Window(k, s, p))
        for n, k, s, p in zip(size, (kernel_h, kernel_w), strides, paddings, strict=True)
    )
    entries_of_m = channels_out * out_h * out_w * channels_in * kernel_h * kernel_w
    room("padding", padding, entries_of_m)
    room("stride", stride, max(strides) if max(strides) > 2**62 else 0)
    # Axes: channel out, row out, column out, channel in, kernel row, kernel column.
    c, a, b, e, i, j = np.ogrid[:channels_out, :out_h, :out_w, :channels_in, :kernel_h, :kernel_w]
    row = strides[0] * a + i - paddings[0]
    column = strides[1] * b + j - paddings[1]
    target = (c * out_h + a) * out_w + b
    source = (e * size[0] + row) * size[1] + column
    entry = ((c * channels_in + e) * kernel_h + i) * kernel_w + j
    inside = (row >= 0) & (row < size[0]) & (column >= 0) & (column < size[1])
    shape = (channels_out, out_h, out_w, channels_in, kernel_h, kernel_w)
    kept = np.broadcast_to(inside, shape)
    rows, columns, entries = (np.broadcast_to(index, shape)[kept] for index in (target, source, entry))
    return Pattern(
        rows, columns, entries, (channels_out * out_h * out_w, channels_in * size[0] * size[1]), kernel_shape
    )


def convolution_matrix(
    kernel: ArrayLike, size: tuple[int, int], *, stride: Pair = 1, padding: Pair = 0, flip: bool = False
) -> SparseMatrix:
    """The matrix M with y = M x for flattened images, shape (outputs, inputs), sparse; cost as the pattern.

    Args:
        kernel: shape (channels_out, channels_in, kernel_h, kernel_w).
        size: (height, width) of the image.
        stride, padding, flip: as for ``convolve``.

    Raises:
        ValueError: as ``convolution_pattern``; a kernel of another shape or dtype, or with NaN or infinity.
    """
    kernel = real_array("kernel", kernel, ("channels_out", "channels_in", "kernel_h", "kernel_w"), Sizes())
    channels_out, channels_in, kernel_h, kernel_w = kernel.shape
    pattern = convolution_pattern((channels_out, channels_in, kernel_h, kernel_w), size, stride=stride, padding=padding)
    values = (kernel[:, :, ::-1, ::-1] if flag("flip", flip) else kernel).reshape(-1)[pattern.entries]
    return SparseMatrix(pattern.rows, pattern.columns, values, pattern.shape)


def _windows(windows: Sequence[Window], low: int = 1) -> tuple[Window, ...]:
    layers = several("windows", windows, low=low)
    return tuple(instance(f"windows[{place}]", window, Window) for place, window in enumerate(layers))


def _pair(name: str, value: Pair, low: int) -> tuple[int, int]:
    both = value if isinstance(value, tuple) else (value, value)
    if len(both) != 2:
        raise ValueError(f"{name} is {value}; expected one number or two")
    return whole(name, both[0], low=low), whole(name, both[1], low=low)


def _checked(
    x: ArrayLike, kernel: ArrayLike, stride: Pair, padding: Pair
) -> tuple[RealArray, RealArray, tuple[int, int], tuple[int, int]]:
    sizes = Sizes()
    x = real_array("x", x, ("batch", "channels_in", "height", "width"), sizes)
    kernel = real_array("kernel", kernel, ("channels_out", "channels_in", "kernel_h", "kernel_w"), sizes)
    same_dtype({"x": x, "kernel": kernel})
    strides, paddings = _pair("stride", stride, 1), _pair("padding", padding, 0)
    above, beside = paddings
    room("padding", padding, len(x) * x.shape[1] * (x.shape[2] + 2 * above) * (x.shape[3] + 2 * beside))
    for name, size, k, p in zip(("height", "width"), x.shape[2:], kernel.shape[2:], paddings, strict=True):
        if k > size + 2 * p:
            raise ValueError(
                f"kernel has shape {kernel.shape}; expected a {name} of at most {size + 2 * p}, that of x of shape "
                f"{x.shape} padded by {p}"
            )
    return x, kernel, strides, paddings


def _patches(
    x: RealArray, kernel: tuple[int, ...], strides: tuple[int, int], paddings: tuple[int, int]
) -> NDArray[Real]:
    """All windows, a view: (batch, channels, height_out, width_out, kernel_h, kernel_w)."""
    (above, beside) = paddings
    padded = np.pad(x, ((0, 0), (0, 0), (above, above), (beside, beside))) if above or beside else x
    return sliding_window_view(padded, kernel, axis=(2, 3))[:, :, :: strides[0], :: strides[1]]


def _scatter(
    y: RealArray,
    kernel: RealArray,
    strides: tuple[int, int],
    paddings: tuple[int, int],
    size: tuple[int, int],
) -> RealArray:
    """M^T y: (batch, kernel.shape[0], h, w) to (batch, kernel.shape[1], *size)."""
    (height, width), (above, beside) = size, paddings
    batch, _, out_h, out_w = y.shape
    kernel_h, kernel_w = kernel.shape[2:]
    copies = np.tensordot(kernel, y, axes=([0], [1]))  # (channels, kernel_h, kernel_w, batch, h, w)
    padded = np.zeros((kernel.shape[1], batch, height + 2 * above, width + 2 * beside), y.dtype)
    for i in range(kernel_h):
        for j in range(kernel_w):
            padded[:, :, i : i + strides[0] * out_h : strides[0], j : j + strides[1] * out_w : strides[1]] += copies[
                :, i, j
            ]
    inner = padded[:, :, above : above + height, beside : beside + width]
    return np.ascontiguousarray(np.moveaxis(inner, 0, 1))
