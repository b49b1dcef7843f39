r"""Plots for the solutions, drawn from results of the numeric kernels.

``everystep plot NAME`` writes one, the templates' ``plot("name")`` puts one into a solution. A plot is a function that
computes what is drawn (from fixed seeds) and one that draws it; its caption is in ``templates/strings.toml`` and
claims only what the tests check of the numbers. The PDF records a digest of all that it was made from (the numbers,
this file, the letters, the versions of NumPy and matplotlib): as long as that is the same, nothing is drawn.

``plot_style.py`` says how they look. Curves differ in line style, marker or label, never in colour alone.

May import ``everystep.kernels``, NumPy, the words and files of ``render``, and matplotlib when something is drawn.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from everystep.kernels import activations, bptt, dropout, hessian_vector, least_squares, weight_norm
from render import plot_style
from render.choices import one_of
from render.files import replace_bytes
from render.plot_style import DASHED, DOTTED, INK, MARKS, MIDDLE, PALE
from render.strings import Strings, languages
from render.typography import decimal

Numbers = Mapping[str, Any]
"""What a plot shows, by name: arrays, numbers and tuples of them."""

_RECORD = re.compile(rb"everystep inputs ([0-9a-f]{64})")


class PlotError(Exception):
    """One sentence that says why a plot cannot be drawn."""


class CannotDrawError(PlotError):
    """No matplotlib here."""


@dataclass(frozen=True)
class Plot:
    """A plot.

    Attributes:
        numbers: what is drawn, and the values of the caption.
        draw: puts the numbers into matplotlib's axes, with the words of a language.
        about: what it shows, in a line of a list.
        digits: the decimals with which the caption prints a value that is no whole number, by its name (2 otherwise).
    """

    numbers: Callable[[], Numbers]
    draw: Callable[[Any, Numbers, Words], None]
    about: str
    digits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """The words on a plot in one language: ``words(en=..., fr=...)``, and its decimal mark."""

    language: str

    def __call__(self, **by_language: str) -> str:
        return by_language[self.language]

    def number(self, value: float) -> str:
        """A number as mathematics: ``0.5``, ``0{,}5``."""
        return decimal(f"{value:g}", self.language)


# ---------------------------------------------------------------------------- what each one shows

RADII = (0.8, 1.0, 1.25)


@cache
def gradient_norms() -> Numbers:
    """The norm of the gradient of the last loss by h_t, in units of that by h_T, for three spectral radii.

    The recurrent matrix is Gaussian and scaled; linear and tanh activations; T = 50, 64 units, inputs of size 0.1.
    """
    steps, units, outputs = 50, 64, 8
    random = np.random.default_rng(0)
    matrix = random.standard_normal((units, units))
    matrix /= np.abs(np.linalg.eigvals(matrix)).max()
    x = 0.1 * random.standard_normal((steps, 1, units))
    h0, W, V = np.zeros((1, units)), np.eye(units), np.eye(units)[:outputs]
    curves: dict[str, list[np.ndarray]] = {"linear": [], "tanh": []}
    for activation, found in curves.items():
        for radius in RADII:
            U = radius * matrix
            run = bptt.forward(x, np.zeros((steps, 1, outputs)), h0, W, U, V, activation)
            # Targets that are met at every step but the last: only the last loss has a gradient.
            z = run.h[1:] @ V.T
            z[-1] += 1.0
            norms = bptt.bptt(x, z, h0, W, U, V, activation, norms=True).norms
            assert norms is not None  # noqa: S101
            found.append(norms / norms[-1])
    return {
        "t": np.arange(steps + 1),
        **{activation: np.array(found) for activation, found in curves.items()},
        "radii": RADII,
        "norms": tuple(radius * float(np.linalg.norm(matrix, 2)) for radius in RADII),
        "steps": steps,
        "units": units,
    }


def _draw_gradient_norms(axes: Any, numbers: Numbers, words: Words) -> None:
    steps = numbers["steps"]
    for place, (radius, line, saturated, mark) in enumerate(
        zip(RADII, numbers["linear"], numbers["tanh"], MARKS[::-1], strict=True)
    ):
        # The markers of the curves, not all at one time.
        axes.plot(numbers["t"], line, **mark, markevery=(2 * place + 2, 10))
        axes.plot(numbers["t"], saturated, **mark, markevery=(2 * place + 7, 10), linestyle=DASHED)
        axes.annotate(
            rf"$\rho = {words.number(radius)}$",
            (0, line[0]),
            (-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    axes.set_yscale("log")
    axes.set_xlim(0, steps)
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.spines["left"].set_visible(False)
    axes.spines["right"].set_visible(True)
    axes.set_xlabel(words(en="time $t$", fr="temps $t$"))
    axes.set_ylabel(words(en="norm of the gradient", fr="norme du gradient"))
    _legend(axes, {words(en="identity", fr="identité"): "-", "tanh": DASHED}, loc="lower right")


STEPS_R = 10.0 ** np.arange(-12, 0.01, 0.25)


@cache
def difference_error() -> Numbers:
    """Relative errors of both difference quotients for H v, against r, and the slopes of their three straight pieces.

    A perceptron with 6 inputs, 10 and 8 tanh units and 4 outputs, on 16 examples.
    """
    network = hessian_vector.Network((6, 10, 8, 4))
    random = np.random.default_rng(1)
    w = hessian_vector.random_weights(network, seed=1)
    v = random.standard_normal(network.parameters)
    v /= np.linalg.norm(v)
    x, y = random.standard_normal((16, 6)), random.standard_normal((16, 4))
    errors = hessian_vector.difference_errors(network, w, v, x, y, STEPS_R)
    return {
        "r": errors.steps,
        "forward": errors.forward,
        "central": errors.central,
        "slope_rounding": _slope(errors.steps, errors.forward, 1e-12, 1e-9),
        "slope_forward": _slope(errors.steps, errors.forward, 1e-6, 1e-2),
        "slope_central": _slope(errors.steps, errors.central, 1e-3, 1e-1),
        "best_forward": _power(errors.steps[errors.forward.argmin()]),
        "best_central": _power(errors.steps[errors.central.argmin()]),
        "parameters": network.parameters,
    }


def _slope(x: np.ndarray, y: np.ndarray, low: float, high: float) -> float:
    """The slope of log y against log x between two values of x, by least squares."""
    inside = (x >= 0.99 * low) & (x <= 1.01 * high)
    return float(np.polyfit(np.log(x[inside]), np.log(y[inside]), 1)[0])


def _power(value: float) -> str:
    """A number in LaTeX to one digit: ``6 \\cdot 10^{-8}``."""
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def _draw_difference_error(axes: Any, numbers: Numbers, words: Words) -> None:
    r = numbers["r"]
    for name, mark in zip(("forward", "central"), MARKS, strict=False):
        axes.loglog(r, numbers[name], **mark, markersize=2.6)
    axes.set_xlim(r[0], r[-1])
    axes.set_xlabel(words(en="step $r$", fr="pas $r$"))
    axes.set_ylabel(words(en="relative error", fr="erreur relative"))
    for name, place, offset, text in (
        ("forward", 1e-4, (-6, 4), words(en="forward: slope $1$", fr="à droite : pente $1$")),
        ("central", 10**-3.9, (8, -4), words(en="central: slope $2$", fr="centrée : pente $2$")),
        ("central", 1e-7, (-14, -9), words(en="rounding: slope $-1$", fr="arrondi : pente $-1$")),
    ):
        at = int(np.abs(np.log(r / place)).argmin())
        side = "right" if offset[0] < 0 else "left"
        axes.annotate(text, (r[at], numbers[name][at]), offset, textcoords="offset points", ha=side)


FRACTIONS = (0.1, 0.5, 1.01)
"""Step sizes of the descent, in units of their bound."""


@cache
def descent() -> Numbers:
    """The distance of the iterates from the solution of least norm, for three step sizes; and from another solution.

    X is 6 by 20, Gaussian.
    """
    random = np.random.default_rng(2)
    X, y = random.standard_normal((6, 20)), random.standard_normal(6)
    least = least_squares.minimum_norm_solution(X, y)
    # Another solution: the least one, and something that X maps to zero.
    null = random.standard_normal(20)
    null -= np.linalg.pinv(X) @ (X @ null)
    bound = least_squares.step_bound(X)
    k = np.arange(0, 101, 5)
    distances, rates, other = [], [], []
    for fraction in FRACTIONS:
        runs = [
            least_squares.gradient_descent(X, y, step=fraction * bound, iterations=int(count), allow_divergence=True)
            for count in k
        ]
        distances.append([float(np.linalg.norm(run.w - least)) for run in runs])
        rates.append(runs[0].contraction)
        other.append([float(np.linalg.norm(run.w - least - null)) for run in runs])
    return {
        "k": k,
        "distances": np.array(distances),
        "other": np.array(other),
        "X": X,
        "y": y,
        "least": least,
        "away": null,
        "null": float(np.linalg.norm(null)),
        "rates": tuple(rates),
        "fractions": FRACTIONS,
    }


def _draw_descent(axes: Any, numbers: Numbers, words: Words) -> None:
    k = numbers["k"]
    for fraction, distance, rate, mark in zip(FRACTIONS, numbers["distances"], numbers["rates"], MARKS, strict=True):
        axes.semilogy(k, distance, **mark)
        axes.semilogy(k, distance[0] * rate**k, color=mark["color"], linestyle=DOTTED)
        axes.annotate(
            rf"$\eta = {words.number(fraction)}\,\eta_{{\mathrm{{max}}}}$",
            (k[-1], distance[-1]),
            (7, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_xlim(0, k[-1])
    axes.set_xlabel(words(en="step $k$", fr="itération $k$"))
    axes.set_ylabel(words(en="distance to the limit", fr="distance à la limite"))


SAMPLES = 200


@cache
def dropout_loss() -> Numbers:
    """The expected loss by the formula, and the mean over 200 random masks with its standard error, against p.

    X is 4 by 5, Gaussian, so that the tests can take all 2^20 masks.
    """
    random = np.random.default_rng(4)
    X, w = random.standard_normal((4, 5)), random.standard_normal(5)
    y = X @ w + 0.5 * random.standard_normal(4)
    p = np.linspace(0.0, 1.0, 101)
    sampled = np.arange(0.1, 0.95, 0.1)
    estimates = [dropout.monte_carlo(X, y, w, float(q), samples=SAMPLES, seed=seed) for seed, q in enumerate(sampled)]
    mean = np.array([estimate.mean for estimate in estimates])
    error = np.array([estimate.standard_error for estimate in estimates])
    formula = np.array([dropout.expected_loss(X, y, w, float(q)) for q in sampled])
    return {
        "X": X,
        "y": y,
        "w": w,
        "p": p,
        "curve": np.array([dropout.expected_loss(X, y, w, float(q)) for q in p]),
        "sampled": sampled,
        "mean": mean,
        "error": error,
        "formula": formula,
        "samples": SAMPLES,
        "rows": X.shape[0],
        "columns": X.shape[1],
        "farthest": float((np.abs(mean - formula) / error).max()),
    }


def _draw_dropout_loss(axes: Any, numbers: Numbers, words: Words) -> None:
    axes.plot(numbers["p"], numbers["curve"], color=PALE, linewidth=1.6, label=words(en="formula", fr="formule"))
    axes.errorbar(
        numbers["sampled"],
        numbers["mean"],
        yerr=2 * numbers["error"],
        color=INK,
        linestyle="none",
        marker="o",
        markersize=3,
        elinewidth=0.9,
        capsize=2.5,
        label=words(en="mean of random masks", fr="moyenne sur des masques tirés"),
    )
    axes.set_xlim(0, 1)
    axes.set_ylim(0)
    axes.set_xlabel(words(en="probability $p$ that an input is kept", fr="probabilité $p$ de garder une entrée"))
    axes.set_ylabel(words(en="expected loss", fr="perte moyenne"))
    axes.legend()


RATES = (0.05, 0.1, 0.2)
DESCENT_STEPS = 60


@cache
def weight_growth() -> Numbers:
    """The norm of u over 60 steps of gradient descent with weight normalisation, for three step sizes.

    A loss ||y - X w||^2 / n of 30 noisy examples of 8 features.
    """
    random = np.random.default_rng(5)
    X = random.standard_normal((30, 8))
    y = X @ random.standard_normal(8) + random.standard_normal(30)
    u = random.standard_normal(8)
    u /= np.linalg.norm(u)

    def grad_w(w: np.ndarray) -> np.ndarray:
        return -2.0 / len(X) * (X.T @ (y - X @ w))

    runs = [weight_norm.descend(u, 1.0, grad_w, step=rate, steps=DESCENT_STEPS) for rate in RATES]
    return {
        "step": np.arange(DESCENT_STEPS + 1),
        "norms": np.array([run.u_norms for run in runs]),
        "gradients": np.array([run.grad_u_norms for run in runs]),
        "rates": RATES,
        "steps": DESCENT_STEPS,
    }


def _draw_weight_growth(axes: Any, numbers: Numbers, words: Words) -> None:
    steps = numbers["step"]
    styles = ((PALE, "-"), (MIDDLE, (0, (4, 1.5))), (INK, (0, (1.2, 1.2))))
    for rate, norms, (colour, dashes) in zip(RATES, numbers["norms"], styles, strict=True):
        axes.plot(steps, norms, color=colour, linestyle=dashes)
        label = rf"$\varepsilon = {words.number(rate)}$"
        axes.annotate(label, (steps[-1], norms[-1]), (5, 0), textcoords="offset points", va="center")
    axes.set_xlim(0, steps[-1])
    axes.set_xlabel(words(en="step", fr="itération"))
    axes.set_ylabel(words(en="length", fr="norme"))


BETAS = (0.0, 1.0, 5.0)


@cache
def swish() -> Numbers:
    """Swish for three beta, and relu; and how far each is from relu at most."""
    x = np.linspace(-4.0, 4.0, 401)
    relu = activations.relu(x)
    curves = np.array([activations.swish(x, beta) for beta in BETAS])
    return {
        "x": x,
        "relu": relu,
        "curves": curves,
        "betas": BETAS,
        "beta_1": int(BETAS[1]),
        "beta_2": int(BETAS[2]),
        "gap_1": float(np.abs(curves[1] - relu).max()),
        "gap_2": float(np.abs(curves[2] - relu).max()),
    }


def _draw_swish(axes: Any, numbers: Numbers, words: Words) -> None:
    x = numbers["x"]
    styles = ((PALE, "-"), (MIDDLE, (0, (4, 1.5))), (INK, (0, (1.2, 1.2))))
    for beta, curve, (colour, dashes) in zip(BETAS, numbers["curves"], styles, strict=True):
        axes.plot(x, curve, color=colour, linestyle=dashes, label=rf"$\beta = {words.number(beta)}$")
    axes.plot(x, numbers["relu"], color="black", linewidth=0.6, label="relu")
    axes.set_xlim(x[0], x[-1])
    axes.set_xlabel("$x$")
    axes.set_ylabel(r"$x\,\sigma(\beta x)$")
    axes.legend()


def _legend(axes: Any, styles: Mapping[str, Any], loc: str) -> None:
    """A legend of line styles alone; labels at the curves say the rest."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color="black", linestyle=style, label=label) for label, style in styles.items()]
    axes.legend(handles=handles, loc=loc)


PLOTS: Mapping[str, Plot] = {
    "gradient_norms": Plot(
        gradient_norms,
        _draw_gradient_norms,
        "the gradient against time, for three spectral radii of a recurrent network",
    ),
    "difference_error": Plot(
        difference_error,
        _draw_difference_error,
        "the error of difference quotients for a Hessian-vector product, against the step",
    ),
    "descent": Plot(
        descent,
        _draw_descent,
        "gradient descent towards the solution of least norm, for three step sizes",
        {"rates": 3},
    ),
    "dropout_loss": Plot(
        dropout_loss,
        _draw_dropout_loss,
        "the expected loss under dropout: the formula, and means of random masks",
        {"farthest": 1},
    ),
    "weight_growth": Plot(
        weight_growth,
        _draw_weight_growth,
        "the growth of the norm of u under weight normalisation, for three step sizes",
    ),
    "swish": Plot(swish, _draw_swish, "swish between a linear map and relu", {"gap_1": 3, "gap_2": 3}),
}


# ---------------------------------------------------------------------------- captions


def find(name: str) -> Plot:
    """The plot of that name.

    Raises:
        PlotError: there is none; the sentence names those that there are.
    """
    if name not in PLOTS:
        raise PlotError(f"no plot {name!r}; one of {one_of(PLOTS, name)}")
    return PLOTS[name]


def caption(name: str, language: str) -> str:
    """The caption in LaTeX, values put in; names of a notation stay between backticks.

    Raises:
        PlotError: as ``find``.
    """
    plot = find(name)
    numbers = plot.numbers()
    return re.sub(
        r"<(\w+)>",
        lambda match: _printed(numbers[match[1]], plot.digits.get(match[1], 2), language),
        " ".join(Strings(language)[f"plot.{name}"].split()),
    )


def _printed(value: Any, digits: int, language: str) -> str:
    if isinstance(value, tuple):
        return r"$; $".join(_printed(one, digits, language) for one in value)
    if isinstance(value, float):
        return decimal(f"{value:.{digits}f}", language)
    return str(value)


# ---------------------------------------------------------------------------- files


def file_name(name: str, language: str) -> str:
    """The file of a plot beside a document: ``plots/swish-fr.pdf``."""
    return f"plots/{name}-{language}.pdf"


def named_in(source: str) -> tuple[tuple[str, str], ...]:
    """The plots of a LaTeX source, as name and language, each once."""
    found = re.findall(r"\\plot\{plots/(\w+)-(\w+)\.pdf\}", source)
    return tuple(dict.fromkeys(found))


def write(name: str, language: str, target: Path) -> bool:
    """Make ``target`` the PDF of a plot; False if it is so already, and then nothing is drawn.

    Raises:
        PlotError: no such plot or language; CannotDrawError: no matplotlib.
        OSError: the file cannot be written.
    """
    plot = find(name)
    if language not in languages():
        raise PlotError(f"no language {language!r}; one of {', '.join(languages())}")
    key = _key(name, plot.numbers(), language)
    if recorded(target) == key:
        return False
    drawn = _pdf(name, language, key)
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(target, drawn)
    return True


def recorded(target: Path) -> str | None:
    """The digest of what a whole PDF of ours was made from; None for any other file."""
    if not target.is_file():
        return None
    content = target.read_bytes()
    found = _RECORD.search(content)
    return found[1].decode() if found and content.rstrip().endswith(b"%%EOF") else None


def _key(name: str, numbers: Numbers, language: str) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes() + plot_style.digest())
    digest.update(
        f"{name} {language} {[_version(package) for package in ('numpy', 'matplotlib', 'fonttools')]}".encode()
    )
    for key, value in sorted(numbers.items()):
        data = np.asarray(value)
        digest.update(f"{key} {data.shape} {data.dtype} ".encode() + data.tobytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        raise CannotDrawError(f"plots need {package}, which is not installed here") from None


def lacking() -> str:
    """Why nothing can be drawn here, as ``CannotDrawError`` says it; nothing where it can."""
    try:
        _version("matplotlib")
    except CannotDrawError as error:
        return str(error)
    return ""


@contextmanager
def figure(name: str, language: str) -> Iterator[Any]:
    """The plot as a figure of matplotlib, to be drawn while the block runs.

    Raises:
        PlotError: as ``find``.
    """
    plot, words = find(name), Words(language)
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **plot_style.SETTINGS, "backend": "pdf"}):
        made = Figure(figsize=plot_style.SIZE_INCHES, layout="constrained")
        axes = made.add_subplot()
        plot.draw(axes, plot.numbers(), words)
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_scale() == "linear":
                axis.set_major_formatter(FuncFormatter(lambda value, _: f"${words.number(value)}$"))
        with plot_style.lettered(made):
            yield made


@cache
def _pdf(name: str, language: str, key: str) -> bytes:
    """The plot as a PDF that holds no date, so that equal input gives equal bytes."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    record = {
        "Creator": "everystep",
        "CreationDate": None,
        "Title": find(name).about,
        "Keywords": f"everystep inputs {key}",
    }
    stream = io.BytesIO()
    with figure(name, language) as made:
        FigureCanvasPdf(made).print_pdf(stream, metadata=record)
    return stream.getvalue()
