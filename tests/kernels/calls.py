"""A good call of every public function of the kernels, and what its arguments are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from everystep.kernels import (
    activations,
    bptt,
    convolution,
    counts,
    decoding,
    dropout,
    gradient_check,
    hessian_vector,
    least_squares,
    messages,
    normalisation,
    optimisers,
    weight_norm,
)


@dataclass(frozen=True)
class Array:
    """Finite real numbers of one shape.

    Attributes:
        free: the axes whose size no other argument shares.
        axes: whether there has to be one certain number of axes.
        single: whether float32 beside float64 is refused.
        whole: whether the entries are whole numbers (indices): then NaN has no place, and fractions are refused.
        infinite: whether minus infinity is an entry like others.
        empty: whether it may be empty.
        analytic: whether complex numbers are let through, for complex steps.
        optional: whether None stands for an argument that is not given.
        called: how messages name it, if not as the signature does.
    """

    free: tuple[int, ...] = ()
    axes: bool = True
    single: bool = False
    whole: bool = False
    infinite: bool = False
    empty: bool = False
    analytic: bool = False
    optional: bool = False
    called: str = ""


@dataclass(frozen=True)
class Number:
    """A number from an interval; the numbers outside are examples."""

    outside: tuple[float, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Whole:
    """A whole number from an interval; the numbers outside are examples."""

    outside: tuple[int, ...] = (-1,)
    optional: bool = False


@dataclass(frozen=True)
class Choice:
    """One of a few words."""


@dataclass(frozen=True)
class Function:
    """A function of an array (and of what comes after) that returns an array."""

    called: str


@dataclass(frozen=True)
class Others:
    """What is special to one argument: bad values with what the message holds."""

    bad: tuple[tuple[Any, str], ...] = ()


Kind = Array | Number | Whole | Choice | Function | Others


@dataclass(frozen=True)
class Call:
    """A good call, and what its arguments are."""

    function: Callable[..., Any]
    good: dict[str, Any]
    kinds: dict[str, Kind] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__qualname__}"


def _flag(name: str) -> Others:
    """True or False."""
    return Others(
        (
            (np.array([True, False]), f"{name} has shape (2,); expected True or False"),
            (1, f"{name} is 1; expected True or False"),
            (None, f"{name} is None; expected True or False"),
        )
    )


NO_FUNCTION: tuple[tuple[Any, str], ...] = (
    (None, "f is None; expected a function"),
    (3, "f is 3; expected a function"),
    (lambda x: None, "f returned shape () and dtype object; expected"),
    (lambda x: "a", "f returned shape () and dtype <U1; expected"),
    (lambda x: [[1.0], [1.0, 2.0]], "f's value is ragged or no array; expected"),
    (lambda x: np.zeros((0, 2)), "f returned shape (0, 2), which is empty; expected"),
    (lambda x: x[0] * np.nan, "f returned NaN or infinity in shape (); expected"),
)
"""What is no function of an array with a number as its value."""
random = np.random.default_rng(0)


def normal(*shape: int) -> Any:
    return random.standard_normal(shape)


POINT: dict[str, Any] = {"f": lambda x: (x * x).sum(), "x": normal(3)}
STEPS: dict[str, Any] = {"seed": 0, "step": 0.1, "levels": 2, "vectorised": False}
POINT_KINDS: dict[str, Kind] = {
    "f": Others(NO_FUNCTION),
    "x": Array(axes=False),
    "step": Number((0.0, -1.0, 5e-324), optional=True),
    "vectorised": _flag("vectorised"),
}
RECURRENT = {
    "x": normal(4, 2, 3),
    "z": normal(4, 2, 2),
    "h0": normal(2, 5),
    "W": normal(5, 3),
    "U": normal(5, 5),
    "V": normal(2, 5),
    "activation": "tanh",
}
RECURRENT_KINDS: dict[str, Kind] = {
    **{name: Array(single=True) for name in ("z", "h0", "W", "U", "V")},
    "x": Array(single=True),
    "activation": Choice(),
}
TRAJECTORY = bptt.forward(**RECURRENT)
IMAGE, KERNEL = normal(2, 3, 6, 5), normal(4, 3, 3, 2)
STRIDE: dict[str, Kind] = {
    "stride": Others(
        (
            (0, "stride is 0; expected"),
            (1.5, "stride is 1.5; expected"),
            ((1, 2, 3), "stride is (1, 2, 3); expected"),
            (None, "stride is None; expected"),
            ((1, -1), "stride is -1; expected"),
        )
    ),
    "padding": Others(
        (
            (-1, "padding is -1; expected"),
            ("a", "padding is 'a'; expected"),
            ((1,), "padding is (1,); expected"),
            ((0, None), "padding is None; expected"),
        )
    ),
}
WINDOWS = (convolution.Window(3), convolution.Window(2, 2))
NO_WINDOWS = Others(
    (
        ((), "windows is empty; expected"),
        ((3, 2), "windows[0] is 3; expected"),
        (None, "windows is None; expected"),
        (WINDOWS[0], "windows is Window("),
    )
)
NO_WINDOW = Others(((3, "window is 3; expected"), (None, "window is None; expected")))
LOG_P = np.log(np.full((3, 3), 1 / 3))
SEARCH: dict[str, Kind] = {
    "start": Whole((-1, 3)),
    "length": Whole((0, -2, 2**62, 10**400)),
    "vocabulary": Others(((2, "vocabulary is 2; expected 3"), ("a", "vocabulary is 'a'; expected"))),
}
MODEL = Array(infinite=True, called="model")
MASKED = {"X": normal(3, 4), "y": normal(3), "w": normal(4), "p": 0.4}
MASKED_KINDS: dict[str, Kind] = {"X": Array(), "y": Array(), "w": Array(), "p": Number((-0.1, 1.1))}
NETWORK = hessian_vector.Network((3, 4, 2))
NETWORK_KIND = Others(((None, "network is None; expected"), ((3, 2), "network is (3, 2); expected")))
PERCEPTRON = {
    "network": NETWORK,
    "w": hessian_vector.random_weights(NETWORK),
    "x": normal(5, 3),
    "y": normal(5, 2),
}
PERCEPTRON_KINDS: dict[str, Kind] = {"network": NETWORK_KIND, "w": Array(), "x": Array(), "y": Array()}
DESIGN = {"X": normal(3, 5), "y": normal(3)}
TOKENS = {"h": normal(4, 3), "Q": normal(2, 3), "K": normal(2, 3), "V": normal(5, 3)}
TOKEN_KINDS: dict[str, Kind] = {"h": Array(free=(0,)), "Q": Array(), "K": Array(), "V": Array(free=(0,))}
EDGES = np.array([[0, 1], [1, 2], [3, 0]])
NORMALISED = normalisation.forward(normal(4, 3, 2), "batch")
RATE, UNIT = Number((0.0, -1.0)), Number((-0.1, 1.0))
SYMMETRIC = np.eye(3) + 0.1
STATE = optimisers.begin(normal(3))

TABLE = (
    # activations
    *(
        Call(f, {"x": normal(2, 3), "axis": 0}, {"x": Array(axes=False), "axis": Whole((2, -3))})
        for f in (activations.softmax, activations.log_softmax, activations.log_sum_exp)
    ),
    Call(activations.logistic, {"x": normal(2, 3)}, {"x": Array(axes=False)}),
    Call(activations.relu, {"x": normal(2, 3)}, {"x": Array(axes=False)}),
    *(
        Call(f, {"x": normal(2, 3), "beta": 2.0}, {"x": Array(axes=False), "beta": Number()})
        for f in (activations.swish, activations.swish_slope)
    ),
    Call(
        activations.piecewise_linear,
        {"x": normal(2, 3), "a": 1.0, "b": 2.0, "alpha": 1.0, "beta": 0.0, "c": 0.5},
        {
            "x": Array(axes=False),
            "a": Number(),
            "b": Number(),
            "alpha": Number(),
            "beta": Number((1.5,)),
            "c": Number(),
        },
    ),
    # bptt
    Call(bptt.forward, RECURRENT, RECURRENT_KINDS),
    Call(
        bptt.loss,
        RECURRENT,
        {**RECURRENT_KINDS, **{name: Array(analytic=True) for name in ["x", "z", "h0", "W", "U", "V"]}},
    ),
    Call(
        bptt.bptt,
        {**RECURRENT, "truncation": 2, "keep_h": True, "norms": True, "workspace": None, "checkpoints": None},
        {
            **RECURRENT_KINDS,
            "truncation": Whole(optional=True),
            "keep_h": _flag("keep_h"),
            "norms": _flag("norms"),
            "workspace": Others(((3, "workspace is 3; expected"),)),
            "checkpoints": Others(((2, "checkpoints is 2 and truncation 2; expected"),)),
        },
    ),
    Call(bptt.bptt, {**RECURRENT, "checkpoints": 2}, {"checkpoints": Whole(optional=True)}),
    Call(
        bptt.backward,
        {
            "trajectory": TRAJECTORY,
            **{name: RECURRENT[name] for name in "xUV"},
            "truncation": 2,
            "keep_h": True,
            "norms": True,
        },
        {
            "trajectory": Others(
                (
                    (None, "trajectory is None; expected"),
                    (replace(TRAJECTORY, h=TRAJECTORY.h[1:]), "trajectory.h has shape (4, 2, 5); expected"),
                    (
                        replace(TRAJECTORY, h=TRAJECTORY.h * np.nan),
                        "trajectory.h of shape (5, 2, 5) holds nan at index (0, 0, 0); expected",
                    ),
                    (
                        replace(TRAJECTORY, residual=TRAJECTORY.residual[:2]),
                        "trajectory.residual has shape (2, 2, 2); expected",
                    ),
                    (
                        replace(TRAJECTORY, step_losses=TRAJECTORY.step_losses[:2]),
                        "trajectory.step_losses has shape (2,); expected",
                    ),
                    (replace(TRAJECTORY, activation="step"), "trajectory.activation is 'step'; expected"),
                )
            ),
            "x": Array(free=(2,), single=True),
            "U": Array(single=True),
            "V": Array(single=True),
            "truncation": Whole(optional=True),
            "keep_h": _flag("keep_h"),
            "norms": _flag("norms"),
        },
    ),
    # convolution
    Call(
        convolution.Window,
        {"kernel": 3, "stride": 2, "padding": 1},
        {"kernel": Whole((0,)), "stride": Whole((0,)), "padding": Whole()},
    ),
    Call(convolution.output_size, {"size": 9, "window": WINDOWS[0]}, {"size": Whole((0, 2)), "window": NO_WINDOW}),
    Call(
        convolution.transposed_output_size,
        {"size": 9, "window": convolution.Window(1, 1, 4)},
        {"size": Whole((0, 8)), "window": NO_WINDOW},
    ),
    Call(
        convolution.output_sizes,
        {"size": 9, "windows": WINDOWS},
        {"size": Whole((0, 3)), "windows": Others(NO_WINDOWS.bad[1:])},
    ),
    Call(convolution.least_size, {"windows": WINDOWS}, {"windows": NO_WINDOWS}),
    Call(convolution.receptive_field, {"windows": WINDOWS}, {"windows": NO_WINDOWS}),
    Call(
        convolution.receptive_field_by_gradient,
        {"windows": WINDOWS, "seed": 1},
        {"windows": NO_WINDOWS, "seed": Whole()},
    ),
    Call(
        convolution.convolve,
        {"x": IMAGE, "kernel": KERNEL, "bias": normal(4), "stride": 2, "padding": (1, 0), "flip": True},
        {
            "x": Array(free=(0, 2, 3), single=True),
            "kernel": Array(free=(2, 3), single=True),
            "bias": Array(single=True, optional=True),
            **STRIDE,
            "flip": _flag("flip"),
        },
    ),
    Call(
        convolution.backward,
        {"x": IMAGE, "kernel": KERNEL, "grad_y": normal(2, 4, 4, 4), "stride": 1, "padding": 0},
        {"x": Array(single=True), "kernel": Array(single=True), "grad_y": Array(single=True), **STRIDE},
    ),
    Call(
        convolution.transposed,
        {"x": normal(2, 4, 3, 3), "kernel": KERNEL, "stride": 2, "padding": 0},
        {"x": Array(free=(0, 2, 3), single=True), "kernel": Array(free=(1, 2, 3), single=True), **STRIDE},
    ),
    Call(
        convolution.max_pool,
        {"x": IMAGE, "window": WINDOWS[1]},
        {
            "x": Array(free=(0, 1, 2, 3)),
            "window": Others(
                (
                    *NO_WINDOW.bad,
                    (convolution.Window(2, 1, 1), "window is Window(kernel=2, stride=1, padding=1); expected"),
                    (convolution.Window(6), "x has shape (2, 3, 6, 5); expected a width of at least 6"),
                )
            ),
        },
    ),
    Call(
        convolution.convolution_pattern,
        {"kernel_shape": (4, 3, 3, 2), "size": (6, 5), "stride": 1, "padding": 0},
        {
            "kernel_shape": Others(
                (
                    ((4, 3, 3), "kernel_shape is (4, 3, 3); expected"),
                    ((4, 3, 0, 2), "kernel_shape kernel_h is 0; expected"),
                    ((4, 3, 7, 2), "size is 6 and the padding 0; expected"),
                    (None, "kernel_shape is None; expected"),
                )
            ),
            "size": Others(
                (((6,), "size is (6,); expected"), ((6, 0), "size is 0; expected"), (6, "size is 6; expected"))
            ),
            **STRIDE,
        },
    ),
    Call(
        convolution.convolution_matrix,
        {"kernel": KERNEL, "size": (6, 5), "stride": 1, "padding": 0, "flip": False},
        {
            "kernel": Array(free=(0, 1, 2, 3)),
            "size": Others((((6,), "size is (6,); expected"), ((2, 5), "size is 2 and the padding 0; expected"))),
            **STRIDE,
            "flip": _flag("flip"),
        },
    ),
    Call(convolution.convolution_matrix(KERNEL, (6, 5)).times, {"vector": normal(90)}, {"vector": Array()}),
    # counts
    Call(
        counts.Dense,
        {"inputs": 2, "outputs": 3, "bias": True},
        {"inputs": Whole((0,)), "outputs": Whole((0,)), "bias": _flag("bias")},
    ),
    Call(
        counts.Convolution,
        {"inputs": 2, "outputs": 3, "kernel": (3, 3), "bias": True},
        {
            "inputs": Whole((0,)),
            "outputs": Whole((0,)),
            "kernel": Others(
                (
                    (3, "kernel is 3; expected"),
                    ((3, 0), "kernel_width is 0; expected"),
                    ((3,), "kernel is (3,); expected"),
                )
            ),
            "bias": _flag("bias"),
        },
    ),
    Call(
        counts.Recurrent,
        {"inputs": 2, "hidden": 3, "outputs": 4, "bias": True},
        {"inputs": Whole((0,)), "hidden": Whole((0,)), "outputs": Whole((0,)), "bias": _flag("bias")},
    ),
    Call(counts.Affine, {"channels": 2}, {"channels": Whole((0,))}),
    Call(
        counts.count_parameters,
        {"layers": (counts.Dense(2, 3), counts.Dense(3, 1))},
        {
            "layers": Others(
                (
                    ((), "layers is empty; expected"),
                    ((counts.Dense(2, 3), counts.Dense(4, 1)), "layers[1] takes 4; expected 3"),
                    ((3,), "layers[0] is 3; expected"),
                    (None, "layers is None; expected"),
                )
            )
        },
    ),
    Call(
        counts.perceptron,
        {"sizes": (3, 2), "bias": True},
        {
            "sizes": Others(
                (
                    ((3,), "sizes is (3,); expected"),
                    ((3, 0), "sizes[1] is 0; expected"),
                    ((2.5, 3), "sizes[0] is 2.5; expected"),
                    (None, "sizes is None; expected"),
                )
            ),
            "bias": _flag("bias"),
        },
    ),
    Call(
        counts.complete_graph,
        {"vertices": 3, "self_loops": True},
        {"vertices": Whole((0, 2**40, 10**400)), "self_loops": _flag("self_loops")},
    ),
    Call(
        counts.count_edges,
        {"vertices": 3, "self_loops": True},
        {"vertices": Whole((0,)), "self_loops": _flag("self_loops")},
    ),
    Call(
        counts.count_sequences,
        {"words": 3, "length": 2, "first_returns": True},
        {"words": Whole((0,)), "length": Whole((-1, 2**70, 10**400)), "first_returns": _flag("first_returns")},
    ),
    # decoding
    *(
        Call(f, {"model": LOG_P, "start": 0, "length": 4, "vocabulary": 3}, {"model": MODEL, **SEARCH})
        for f in (decoding.viterbi, decoding.exhaustive, decoding.greedy)
    ),
    Call(
        decoding.beam,
        {"model": LOG_P, "start": 0, "length": 4, "width": 2, "vocabulary": 3, "copies": False},
        {"model": MODEL, **SEARCH, "width": Whole((0,)), "copies": _flag("copies")},
    ),
    Call(
        decoding.log_probability,
        {"model": LOG_P, "start": 0, "words": np.array([1, 2]), "vocabulary": 3},
        {
            "model": MODEL,
            "start": SEARCH["start"],
            "vocabulary": SEARCH["vocabulary"],
            "words": Array(free=(0,), whole=True),
        },
    ),
    # dropout
    Call(dropout.expected_loss, MASKED, MASKED_KINDS),
    Call(
        dropout.minimiser,
        {name: MASKED[name] for name in "Xyp"},
        {"X": Array(free=(1,)), "y": Array(), "p": Number((0.0, 1.0, -1.0, 2.0))},
    ),
    Call(
        dropout.exact_expectation,
        {**MASKED, "progress": None},
        {**MASKED_KINDS, "progress": Others(((3, "progress is 3; expected"),))},
    ),
    Call(
        dropout.monte_carlo,
        {**MASKED, "samples": 10, "seed": 0, "tolerance": 0.1},
        {
            **MASKED_KINDS,
            "samples": Whole((1, -1)),
            "seed": Whole(),
            "tolerance": Others(
                (
                    (-1, "tolerance is -1; expected"),
                    ("a", "tolerance is 'a'; expected"),
                    (np.nan, "tolerance is nan; expected"),
                )
            ),
        },
    ),
    # gradient_check
    *(
        Call(f, {**POINT, "step": 0.1, "vectorised": False}, POINT_KINDS)
        for f in (gradient_check.complex_step, gradient_check.central_differences)
    ),
    Call(gradient_check.central_differences, {**POINT, "levels": 2}, {"levels": Whole((0, 13))}),
    *(
        Call(
            gradient_check.differences,
            {**POINT, "method": method, "directions": normal(2, 3), **STEPS},
            {
                **POINT_KINDS,
                "method": Choice(),
                "directions": Array(free=(0,), optional=True),
                "seed": Whole(),
                "levels": Whole((0, 13)),
            },
        )
        for method in gradient_check.METHODS
    ),
    *(
        Call(
            gradient_check.check_gradient,
            {**POINT, "gradient": normal(3), "method": method, "directions": 2, **STEPS},
            {
                **POINT_KINDS,
                "gradient": Array(axes=False),
                "method": Choice(),
                "directions": Whole((0, -1, 2**62, 10**400), optional=True),
                "seed": Whole(),
                "levels": Whole((0, 13)),
            },
        )
        for method in gradient_check.METHODS
    ),
    Call(
        gradient_check.sweep_steps,
        {**POINT, "gradient": normal(3), "steps": [0.1, 0.2], "method": "central", "seed": 0},
        {
            "f": Others((*NO_FUNCTION, (lambda x: x * x, "f returned shape (3,); expected one number"))),
            "gradient": Array(axes=False),
            "x": Array(axes=False),
            "steps": Array(free=(0,)),
            "method": Choice(),
            "seed": Whole(),
        },
    ),
    # hessian_vector
    Call(
        hessian_vector.Network,
        {"sizes": (3, 2), "activation": "tanh", "loss": "squared"},
        {
            "sizes": Others(
                (((3,), "sizes is (3,); expected"), ((3, 0), "sizes[1] is 0; expected"), (3, "sizes is 3; expected"))
            ),
            "activation": Choice(),
            "loss": Choice(),
        },
    ),
    Call(hessian_vector.random_weights, {"network": NETWORK, "seed": 1}, {"network": NETWORK_KIND, "seed": Whole()}),
    Call(hessian_vector.loss, PERCEPTRON, {"network": NETWORK_KIND, **{name: Array(analytic=True) for name in "wxy"}}),
    Call(hessian_vector.gradient, PERCEPTRON, PERCEPTRON_KINDS),
    Call(hessian_vector.full_hessian, PERCEPTRON, PERCEPTRON_KINDS),
    Call(hessian_vector.hessian_vector, {**PERCEPTRON, "v": normal(26)}, {**PERCEPTRON_KINDS, "v": Array()}),
    *(
        Call(
            f,
            {"g": lambda w: 2 * w, "w": normal(3), "v": normal(3), "step": 0.1},
            {"g": Function("g(w)"), "w": Array(), "v": Array(), "step": RATE},
        )
        for f in (hessian_vector.forward_difference, hessian_vector.central_difference)
    ),
    Call(
        hessian_vector.difference_errors,
        {**PERCEPTRON, "v": normal(26), "steps": [0.1, 0.2]},
        {**PERCEPTRON_KINDS, "v": Array(), "steps": Array(free=(0,))},
    ),
    # least_squares
    Call(least_squares.minimum_norm_solution, DESIGN, {"X": Array(free=(1,)), "y": Array()}),
    Call(least_squares.step_bound, {"X": DESIGN["X"]}, {"X": Array(free=(0, 1))}),
    Call(
        least_squares.gradient_descent,
        {**DESIGN, "step": 0.01, "iterations": 3, "tolerance": 0.1, "allow_divergence": False},
        {
            "X": Array(free=(1,)),
            "y": Array(),
            "step": Others(
                (
                    (0, "step is 0; expected"),
                    (1e9, "step is 1e+09; expected"),
                    ("a", "step is 'a'; expected"),
                    (np.nan, "step is nan; expected"),
                )
            ),
            "iterations": Whole(),
            "tolerance": Number((-1.0,)),
            "allow_divergence": _flag("allow_divergence"),
        },
    ),
    Call(least_squares.compare_lstsq, {**DESIGN, "w": normal(5)}, {"X": Array(), "y": Array(), "w": Array()}),
    # messages
    Call(
        messages.gather,
        {"messages": normal(3, 2), "edges": EDGES, "vertices": 4},
        {"messages": Array(free=(1,)), "edges": Array(whole=True), "vertices": Whole((0, 2**60, 10**400))},
    ),
    Call(messages.attention, TOKENS, TOKEN_KINDS),
    Call(
        messages.attention_by_messages,
        {**TOKENS, "edges": EDGES},
        {**TOKEN_KINDS, "edges": Array(free=(0,), whole=True, empty=True)},
    ),
    # normalisation
    Call(
        normalisation.exact_statistics,
        {"x": [[1, 2], [3, 4]], "kind": "batch"},
        {
            "x": Others(
                (
                    ([], "x has shape (0,) and is empty; expected"),
                    ([[1], [1, 2]], "x of shape (2,) holds [1] at index (0,); expected"),
                    ([[1.5]], "x of shape (1, 1) holds 1.5 at index (0, 0); expected"),
                    ([1, 2], "x has shape (2,); expected"),
                    ([[None]], "x of shape (1, 1) holds None"),
                    ([["a"]], "x of shape (1, 1) holds 'a'"),
                    (3, "x has shape (); expected"),
                    (None, "x of shape () holds None"),
                )
            ),
            "kind": Choice(),
        },
    ),
    Call(normalisation.statistics, {"x": normal(4, 3), "kind": "layer"}, {"x": Array(axes=False), "kind": Choice()}),
    Call(
        normalisation.forward,
        {"x": normal(4, 3, 2), "kind": "batch", "gamma": normal(3), "beta": normal(3), "epsilon": 0.1},
        {
            "x": Array(axes=False, single=True),
            "kind": Choice(),
            "gamma": Array(single=True, optional=True),
            "beta": Array(single=True, optional=True),
            "epsilon": Number((-1.0,)),
        },
    ),
    Call(
        normalisation.forward,
        {"x": normal(4, 3, 2), "kind": "layer", "gamma": normal(3, 2), "beta": normal(3, 2)},
        {
            "x": Array(axes=False, single=True),
            "gamma": Array(single=True, optional=True),
            "beta": Array(single=True, optional=True),
        },
    ),
    Call(
        normalisation.backward,
        {"normalised": NORMALISED, "grad_y": normal(4, 3, 2), "gamma": normal(3)},
        {
            "normalised": Others(
                (
                    (None, "normalised is None; expected"),
                    (replace(NORMALISED, kind="group"), "normalised.kind is 'group'; expected"),
                    (replace(NORMALISED, r=NORMALISED.r[:, :2]), "normalised.r has shape (1, 2, 1); expected"),
                )
            ),
            "grad_y": Array(single=True),
            "gamma": Array(single=True, optional=True),
        },
    ),
    # optimisers
    Call(
        optimisers.SGD,
        {"rate": 0.1, "penalty": 0.1, "decay": 0.1},
        {"rate": RATE, "penalty": Number(), "decay": Number()},
    ),
    Call(optimisers.Momentum, {"rate": 0.1, "alpha": 0.9}, {"rate": RATE, "alpha": UNIT}),
    Call(
        optimisers.RunningAverage,
        {"rate": 0.1, "beta": 0.9, "corrected": True},
        {"rate": RATE, "beta": UNIT, "corrected": _flag("corrected")},
    ),
    Call(
        optimisers.Adam,
        {"rate": 0.1, "rho1": 0.9, "rho2": 0.9, "delta": 1e-8, "penalty": 0.1, "decay": 0.1},
        {"rate": RATE, "rho1": UNIT, "rho2": UNIT, "delta": RATE, "penalty": Number(), "decay": Number()},
    ),
    *(
        Call(
            type(rule).step,
            {"self": rule, "state": STATE, "g": normal(3)},
            {
                "state": Others(
                    (
                        (None, "state is None; expected a State"),
                        (replace(STATE, theta=normal(2, 2)), "state.theta has shape (2, 2); expected"),
                        (replace(STATE, first=normal(2)), "state.first has shape (2,); expected"),
                        (
                            replace(STATE, second=np.full(3, np.nan)),
                            "state.second of shape (3,) holds nan at index (0,)",
                        ),
                    )
                ),
                "g": Array(),
            },
        )
        for rule in (
            optimisers.SGD(0.1),
            optimisers.Momentum(0.1, 0.9),
            optimisers.RunningAverage(0.1, 0.9),
            optimisers.Adam(0.1),
        )
    ),
    Call(optimisers.begin, {"theta": normal(3)}, {"theta": Array(free=(0,))}),
    Call(
        optimisers.run,
        {
            "rule": optimisers.SGD(0.1),
            "gradient": lambda theta, t: theta,
            "theta": normal(3),
            "steps": 2,
            "keep_path": False,
        },
        {
            "rule": Others(((None, "rule is None; expected"), ("adam", "rule is 'adam'; expected"))),
            "gradient": Function("gradient(theta, t)"),
            "theta": Array(free=(0,)),
            "steps": Whole(),
            "keep_path": _flag("keep_path"),
        },
    ),
    Call(optimisers.average_weights, {"t": 3, "beta": 0.9}, {"t": Whole((0, 2**62, 10**400)), "beta": UNIT}),
    Call(
        optimisers.newton_step,
        {"theta": normal(3), "g": normal(3), "H": SYMMETRIC, "damping": 0.1},
        {"theta": Array(), "g": Array(), "H": Array(), "damping": Number((-1.0,))},
    ),
    Call(optimisers.descent_model, {"g": normal(3), "H": SYMMETRIC}, {"g": Array(), "H": Array()}),
    # weight_norm
    Call(weight_norm.weight, {"u": normal(3), "g": 2.0}, {"u": Array(free=(0,)), "g": Number()}),
    Call(
        weight_norm.gradients,
        {"u": normal(3), "g": 2.0, "grad_w": normal(3)},
        {"u": Array(), "g": Number(), "grad_w": Array()},
    ),
    Call(
        weight_norm.descend,
        {"u": normal(3), "g": 2.0, "grad_w": lambda w: w, "step": 0.1, "steps": 2},
        {"u": Array(free=(0,)), "g": Number(), "grad_w": Function("grad_w(w)"), "step": RATE, "steps": Whole()},
    ),
    Call(weight_norm.whiten, {"X": normal(9, 3)}, {"X": Array(free=(0, 1))}),
    Call(
        weight_norm.compare_batch_norm,
        {"X": normal(9, 3), "u": normal(3), "g": 2.0, "b": 0.1},
        {"X": Array(free=(0,)), "u": Array(), "g": Number(), "b": Number()},
    ),
)
