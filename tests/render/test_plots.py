"""The plots: what their captions claim holds of the numbers, and a file is drawn once.

Where matplotlib is not installed, what needs it is skipped; `make test` installs it.
"""

import importlib.util
import itertools
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import derivations
from everystep.derivation import Problem, question
from everystep.kernels import dropout, least_squares
from everystep.prove.verdict import Status, Verdict
from render import build, plot_style, plots
from render.cli import main
from render.documents import Evidence, document_source
from render.strings import languages
from render.templates import Prose, TemplateError
from render.tex import EngineMissingError, find_engine

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = sorted(plots.PLOTS)
PLACES = {
    "gradient_norms": ("vanishing", "explosion"),
    "difference_error": ("hessian_vector", "order"),
    "descent": ("min_norm", "convergence"),
    "dropout_loss": ("dropout", "matrix"),
    "weight_growth": ("weight_norm", "growth"),
    "swish": ("activations", "swish"),
}
"""The solution that shows a plot."""
drawing = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is not installed")


def run(*arguments: object) -> Result:
    """The result of a command; an exception that is no exit is a failure."""
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# ---------------------------------------------------------------------------- what the captions claim


def test_a_gradient_vanishes_or_explodes_with_the_power_of_the_spectral_radius() -> None:
    found = plots.gradient_norms()
    k = found["steps"] - found["t"]
    for radius, norms, saturated, operator_norm in zip(
        found["radii"], found["linear"], found["tanh"], found["norms"], strict=True
    ):
        rate = np.exp(np.polyfit(k, np.log(norms), 1)[0])
        assert rate == pytest.approx(radius, rel=0.02)
        assert norms[-1] == saturated[-1] == 1.0
        assert operator_norm > 1
        assert (saturated[:-1] < norms[:-1]).all()
    assert found["linear"][0, 0] < 1e-4
    assert 0.1 < found["linear"][1, 0] < 10
    assert found["linear"][2, 0] > 1e4


def test_the_errors_of_difference_quotients_have_their_slopes() -> None:
    found = plots.difference_error()
    assert found["slope_forward"] == pytest.approx(1, abs=0.02)
    assert found["slope_central"] == pytest.approx(2, abs=0.02)
    assert found["slope_rounding"] == pytest.approx(-1, abs=0.1)
    # The two errors balance near the square and the cube root of the rounding unit.
    for name, low, high in (("forward", 1e-8, 1e-7), ("central", 3e-6, 1e-4)):
        best = found["r"][found[name].argmin()]
        assert low <= best <= high
        mantissa, exponent = re.fullmatch(r"(\d) \\cdot 10\^\{(-\d+)\}", found[f"best_{name}"]).groups()
        assert float(f"{mantissa}e{exponent}") == pytest.approx(best, rel=0.35)
    assert found["central"].min() < found["forward"].min() < 1e-6


def test_descent_tends_to_the_least_solution_with_the_rate_of_its_matrix_and_not_beyond_the_bound() -> None:
    found = plots.descent()
    k, null = found["k"], found["null"]
    X, y = found["X"], found["y"]
    bound = least_squares.step_bound(X)
    for fraction, rate, distance, other in zip(
        found["fractions"], found["rates"], found["distances"], found["other"], strict=True
    ):
        M = np.eye(len(X)) - 2 * fraction * bound * X @ X.T
        assert rate == pytest.approx(np.abs(np.linalg.eigvalsh(M)).max())
        assert (distance <= distance[0] * rate**k * (1 + 1e-9)).all()
        assert (other >= null * (1 - 1e-14)).all()  # but for rounding
        np.testing.assert_allclose(other**2, null**2 + distance**2)
    slow, fast, beyond = found["distances"]
    assert (np.diff(slow) < 0).all()
    assert fast[-1] < 1e-8
    assert beyond[-1] > beyond[len(k) // 2] > 1.5 * beyond.min()
    solved = np.linalg.lstsq(X, y)[0]
    assert slow[0] == pytest.approx(np.linalg.norm(solved))
    assert np.linalg.norm(X @ (found["least"] + found["away"]) - y) < 1e-12
    np.testing.assert_allclose(found["least"], solved)


def test_random_masks_agree_with_the_dropout_formula() -> None:
    found = plots.dropout_loss()
    away = np.abs(found["mean"] - found["formula"]) / found["error"]
    assert away.max() == found["farthest"] < 3
    # Half of them beyond two thirds of a standard error would be usual; none at all would be suspicious.
    assert away.max() > 0.5
    X, y, w = found["X"], found["y"], found["w"]
    for place in (0, 4, 8):
        exact = dropout.exact_expectation(X, y, w, float(found["sampled"][place]))
        assert exact.mean == pytest.approx(found["formula"][place])
        assert found["error"][place] == pytest.approx((exact.variance / found["samples"]) ** 0.5, rel=0.25)
    np.testing.assert_allclose(np.interp(found["sampled"], found["p"], found["curve"]), found["formula"], rtol=1e-12)


def test_the_length_never_decreases_and_grows_with_the_step() -> None:
    found = plots.weight_growth()
    assert (np.diff(found["norms"], axis=1) >= 0).all()
    np.testing.assert_allclose(found["norms"][:, 0], 1)
    assert (np.diff(found["norms"][:, 1:], axis=0) > 0).all()
    for rate, norms, gradients in zip(found["rates"], found["norms"], found["gradients"], strict=True):
        np.testing.assert_allclose(np.diff(norms**2), (rate * gradients) ** 2, atol=1e-12)
        assert gradients[-1] < 0.01 * gradients[0]
        assert norms[-1] - norms[-10] < 1e-3


def test_swish_lies_between_a_linear_map_and_relu() -> None:
    found = plots.swish()
    x, relu = found["x"], found["relu"]
    np.testing.assert_array_equal(found["curves"][0], x / 2)
    np.testing.assert_array_equal(relu, np.where(x > 0, x, 0))
    gaps = np.abs(found["curves"] - relu).max(axis=1)
    assert (np.diff(gaps) < 0).all()
    assert found["gap_1"] == pytest.approx(0.2785, abs=1e-3)
    assert found["gap_2"] == pytest.approx(0.2785 / 5, abs=1e-3)


# ---------------------------------------------------------------------------- captions and places


@pytest.mark.parametrize("name", NAMES)
def test_captions_hold_the_values_in_every_language(name: str) -> None:
    english, french = (plots.caption(name, language) for language in ("en", "fr"))
    assert english != french
    for text in (english, french):
        assert not re.search(r"[<>]", text)
        assert text.count("$") % 2 == text.count("`") % 2 == 0
    # The same numbers, each with its own decimal mark.
    numbers = [re.findall(r"\d+(?:\.\d+)?", text.replace("{,}", ".")) for text in (english, french)]
    assert sorted(numbers[0]) == sorted(numbers[1])
    assert not re.search(r"\d\.\d", french)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", NAMES)
def test_the_solutions_show_their_plots_and_the_questions_do_not(name: str, language: str) -> None:
    problem = derivations.problem(PLACES[name][0])
    marks = {step.name: Verdict(Status(step.expect)) for step in problem.derivation.steps}
    asked = question(problem, None, problem.variants[0])
    solved = Prose(asked, language, "solutions", 1, marks)
    shown = {part.id: plots.named_in(solved.solution(part.id)) for part in asked.parts}
    assert shown.pop(PLACES[name][1]) == ((name, language),)
    assert not any(shown.values())
    blank = Prose(asked, language, "assignment", 1, None)
    assert not any(plots.named_in(blank.question(part.id)) for part in asked.parts)


def test_a_template_that_names_no_plot_is_told_so(problem: Problem, templates: dict[str, str]) -> None:
    templates["problems/toy.en.tex.j2"] += '((* macro question_x() *))((( plot("swihs") )))((* endmacro *))'
    with pytest.raises(TemplateError, match=r"problems/toy.en.tex.j2: no plot 'swihs'; one of .*swish"):
        Prose(problem, "en", "solutions", 1, {}).question("x")


# ---------------------------------------------------------------------------- files


@drawing
@pytest.mark.parametrize("name", NAMES)
def test_a_plot_is_a_whole_pdf_of_one_page_that_names_no_date(name: str, tmp_path: Path) -> None:
    made = {}
    for language in languages():
        target = tmp_path / f"{language}.pdf"
        assert plots.write(name, language, target)
        made[language] = content = target.read_bytes()
        assert content.startswith(b"%PDF-1.4")
        assert content.rstrip().endswith(b"%%EOF")
        assert len(re.findall(rb"/Type /Page\b", content)) == 1
        assert b"CreationDate" not in content
        assert b"/Subtype /Image" not in content
        fonts = set(re.findall(rb"/BaseFont /(?:[A-Z]{6}\+)?([\w-]+)", content))
        assert fonts <= {b"LMRoman9-Regular", b"Cmr10", b"Cmmi10", b"Cmsy10", b"Cmex10"}
        assert b"LMRoman9-Regular" in fonts
        assert b"/Type3" not in content
        streams = [zlib.decompress(m) for m in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)]
        assert any(b" l\n" in stream and b"Tf" in stream for stream in streams)
    assert made["en"] != made["fr"]


@drawing
def test_what_has_not_changed_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "plots" / "swish-en.pdf"
    assert plots.write("swish", "en", target)
    first, stamp = target.read_bytes(), target.stat().st_mtime_ns

    def no_drawing(*_: object) -> bytes:
        raise AssertionError("drawn again")

    with monkeypatch.context() as patch:
        patch.setattr(plots, "_pdf", no_drawing)
        assert not plots.write("swish", "en", target)
    assert target.stat().st_mtime_ns == stamp
    plots._pdf.cache_clear()
    target.unlink()
    assert plots.write("swish", "en", target)
    assert target.read_bytes() == first


@drawing
@pytest.mark.parametrize("change", ["numbers", "language", "half a file", "another file", "matplotlib", "letters"])
def test_what_has_changed_is_drawn_again(change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "swish.pdf"
    plots.write("swish", "en", target)
    first, language = target.read_bytes(), "en"
    if change == "numbers":
        plot = plots.PLOTS["swish"]
        moved = {**plot.numbers(), "relu": 2 * plot.numbers()["relu"]}
        monkeypatch.setattr(plots, "PLOTS", {**plots.PLOTS, "swish": replace(plot, numbers=lambda: moved)})
    elif change == "language":
        language = "fr"
    elif change == "half a file":
        target.write_bytes(first[: len(first) // 2])
    elif change == "another file":
        target.write_bytes(b"%PDF-1.4\n%%EOF\n")
    elif change == "matplotlib":
        monkeypatch.setattr(plots, "_version", lambda package: "another one")
    else:
        monkeypatch.setattr(plot_style, "font", lambda: None)
    assert plots.write("swish", language, target)
    assert not plots.write("swish", language, target)
    same = change in ("half a file", "another file")
    assert (target.read_bytes() == first) == same


@drawing
def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2"):
        target = tmp_path / seed
        code = "import sys\nfrom render.cli import main\nmain(['plot', *sys.argv[2:], '--out', sys.argv[1]])"
        _python(code, target, *NAMES, seed=seed)
        made.append({path.name: path.read_bytes() for path in (target / "plots").iterdir()})
    assert len(made[0]) == len(NAMES) * len(languages())
    assert made[0] == made[1]


@drawing
def test_without_latin_modern_a_plot_has_other_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plot_style, "font", lambda: None)
    plots._pdf.cache_clear()
    assert plots.write("difference_error", "fr", tmp_path / "plot.pdf")  # "centrée" has an accent
    content = (tmp_path / "plot.pdf").read_bytes()
    plots._pdf.cache_clear()
    assert b"LMRoman" not in content
    assert b"Cmr10" in content


def test_the_letters_are_those_of_the_tex_that_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = plot_style.font.__wrapped__()
    assert found is not None
    assert found.read_bytes().startswith(b"\x80\x01")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert plot_style.font.__wrapped__() is None
    (tmp_path / "kpsewhich").write_text(f"#!/bin/sh\necho {found}\n")
    (tmp_path / "kpsewhich").chmod(0o755)
    assert plot_style.font.__wrapped__() == found


# ---------------------------------------------------------------------------- how they look


def _words(axes: Any) -> tuple[list[Any], list[Any]]:
    """The words of a drawn plot: those at its axes and in it, and those at the ticks."""
    legend = axes.get_legend()
    inside = [*axes.texts, axes.xaxis.label, axes.yaxis.label, *(() if legend is None else legend.get_texts())]
    ticks = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        at = zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True)
        ticks += [label for label, place in at if low <= place <= high]  # the others are not drawn
    return inside, ticks


def _faults(figure: Any) -> list[str]:
    """What lies on something else or off the page."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    inside, ticks = _words(axes)
    places = [(text.get_text(), text.get_window_extent()) for text in inside + ticks]
    faults = [f"{one} on {other}" for (one, a), (other, b) in itertools.combinations(places, 2) if a.overlaps(b)]
    x, y = figure.bbox.max
    faults += [f"{text} off the page" for text, box in places if box.x0 < 0 or box.y0 < 0 or box.x1 > x or box.y1 > y]
    fields = [(text.get_text(), text.get_window_extent()) for text in inside]
    if axes.get_legend() is not None:
        fields.append(("the legend", axes.get_legend().get_window_extent()))
    for line in axes.get_lines():
        points = line.get_transform().transform(line.get_xydata())
        between = [np.linspace(a, b, 50) for a, b in itertools.pairwise(points)]
        curve = np.concatenate([points, *between])
        faults += [
            f"{text} on a curve" for text, box in fields if ((curve > box.min) & (curve < box.max)).all(axis=1).any()
        ]
    return faults


@drawing
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", NAMES)
def test_no_words_lie_on_others_or_on_a_curve_or_off_the_page(name: str, language: str) -> None:
    with plots.figure(name, language) as figure:
        assert _faults(figure) == []
        inside, ticks = _words(figure.axes[0])
        assert len(inside) >= 4
        assert len(ticks) > 8
        for text in inside:
            assert set(re.sub(r"\$[^$]*\$", "", text.get_text())) <= set(plot_style.LETTERS)


@drawing
def test_words_that_lie_on_something_are_noticed() -> None:
    with plots.figure("swish", "en") as figure:
        (axes,) = figure.axes
        axes.legend(loc="center")
        assert "the legend on a curve" in _faults(figure)
        axes.legend(loc="upper left")
        axes.annotate("a long label", (0, 0), (0, 0))
        assert "a long label on a curve" in _faults(figure)
        axes.texts[-1].remove()
        axes.annotate("here", (-4, 0), (-14, -3), textcoords="offset points")
        assert any(fault.startswith("here on") for fault in _faults(figure))
        axes.texts[-1].remove()
        axes.annotate("beyond", (4, 4), (2, 0), textcoords="offset points", annotation_clip=False).set_in_layout(False)
        assert "beyond off the page" in _faults(figure)


@drawing
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", NAMES)
def test_numbers_have_the_decimal_mark_of_the_language_and_no_text_is_small(name: str, language: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    with plots.figure(name, language) as figure:
        FigureCanvasAgg(figure).draw()
        for text in figure.findobj(Text):
            if text.get_text():
                assert text.get_fontsize() == plot_style.FONT_POINTS
                wrong = r"\d\{,\}\d|\d,\d" if language == "en" else r"\d\.\d|\d,\d"
                assert not re.search(wrong, text.get_text()), text.get_text()


def test_the_colours_of_curves_stay_apart_in_grey() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = [grey(colour) for colour in (plot_style.INK, plot_style.MIDDLE, plot_style.PALE)]
    assert shades[0] + 30 < shades[1]
    assert shades[1] + 30 < shades[2] < 160  # and the palest from paper
    assert len({mark["marker"] for mark in plot_style.MARKS}) == 3


def test_without_matplotlib_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "_version", _no_package)
    with pytest.raises(plots.CannotDrawError, match="plots need matplotlib, which is not installed here"):
        plots.write("swish", "en", tmp_path / "swish.pdf")
    assert list(tmp_path.iterdir()) == []


def _no_package(package: str) -> str:
    raise plots.CannotDrawError("plots need matplotlib, which is not installed here")


# ---------------------------------------------------------------------------- documents


@drawing
@pytest.mark.parametrize("engine", ["embedded", "latexmk", "pdflatex", "xelatex", "lualatex"])
def test_every_plot_goes_into_a_document_with_every_engine(engine: str, tmp_path: Path) -> None:
    try:
        found = find_engine(engine)
    except EngineMissingError as error:
        pytest.skip(str(error))
    shown = "\n".join(rf"\plot{{{plots.file_name(name, 'fr')}}}{{{name.replace('_', '-')}}}" for name in NAMES)
    source = f"\\documentclass[french]{{everystep}}\n\\begin{{document}}\n{shown}\n\\end{{document}}\n"
    result = build._typeset("all", source, tmp_path, tmp_path / "aux", found)
    assert result.ran
    assert result.overfull == ()
    # LuaTeX says that it reads UTF-8 anyway.
    assert [warning for warning in result.warnings if "inputenc" not in warning] == []
    for folder in (tmp_path, tmp_path / "aux"):
        assert sorted(path.stem for path in (folder / "plots").iterdir()) == [f"{name}-fr" for name in NAMES]
    if found.kind in ("pdftex", "latexmk"):
        assert (tmp_path / "all.pdf").read_bytes().count(b"/PTEX.FileName") == len(NAMES)
    assert not build._typeset("all", source, tmp_path, tmp_path / "aux", found).ran


def test_without_matplotlib_the_document_has_a_frame_and_is_made_again_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pdf_text: Callable[[Path], str]
) -> None:
    engine = find_engine("embedded")
    source = "\\documentclass{everystep}\n\\begin{document}\n\\plot{plots/swish-en.pdf}{Caption.}\n\\end{document}\n"
    with monkeypatch.context() as patch:
        patch.setattr(plots, "_version", _no_package)
        result = build._typeset("one", source, tmp_path, tmp_path / "aux", engine)
        assert result.warnings == ("plots need matplotlib, which is not installed here",)
        assert "swish-en.pdf" in pdf_text(result.pdf)
        assert not build._typeset("one", source, tmp_path, tmp_path / "aux", engine).ran
    assert (tmp_path / "one.tex").read_text() == source
    if importlib.util.find_spec("matplotlib") is not None:
        result = build._typeset("one", source, tmp_path, tmp_path / "aux", engine)
        assert result.ran
        assert result.warnings == ()
        assert b"/PTEX.FileName" in result.pdf.read_bytes()


@pytest.mark.parametrize("name", sorted(derivations.assignments()))
def test_every_plot_of_a_solution_is_one_that_can_be_drawn(name: str) -> None:
    assignment = derivations.assignments()[name]
    evidence = {
        p.id: Evidence({s.name: Verdict(Status(s.expect)) for s in p.derivation.steps}) for p in assignment.problems
    }
    asked = {part.id for q in assignment.questions for part in q.parts if (q.problem.id, part.id) in PLACES.values()}
    for language in languages():
        source = document_source(assignment, "solutions", language, evidence)
        found = plots.named_in(source)
        assert source.count(r"\plot{") == len(found) == len(asked)
        assert all(plot in plots.PLOTS and of == language for plot, of in found)


# ---------------------------------------------------------------------------- the command


def test_the_command_lists_the_plots() -> None:
    lines = run("plot").output.splitlines()
    assert [line.split()[0] for line in lines] == list(plots.PLOTS)


@drawing
def test_the_command_writes_what_the_build_writes(tmp_path: Path) -> None:
    result = run("plot", "swish", "descent", "--out", tmp_path)
    assert result.exit_code == 0
    assert result.output.count("written") == 4
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == [
        f"{name}-{language}.pdf" for name in ("descent", "swish") for language in ("en", "fr")
    ]
    assert run("plot", "swish", "--lang", "fr", "--out", tmp_path).output.endswith("swish-fr.pdf: up to date\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("swihs",), "no plot 'swihs'; one of"),
        (("swish", "--lang", "de"), "no language 'de'; one of en, fr"),
    ],
)
def test_the_command_refuses_in_one_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    result = run("plot", *arguments, "--out", tmp_path)
    assert result.exit_code == 2
    assert sentence in result.output
    assert list(tmp_path.iterdir()) == []


@drawing
def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "plots").write_text("in the way")
    result = run("plot", "swish", "--out", tmp_path)
    assert result.exit_code == 2
    assert "cannot write in" in result.output


def _python(code: str, *arguments: object, seed: str = "0") -> str:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@drawing
def test_the_command_needs_no_sympy(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['sympy'] = None\n"
        "from render.cli import main\n"
        "main(['plot', 'swish', '--lang', 'en', '--out', sys.argv[1]])"
    )
    assert _python(code, tmp_path).endswith("swish-en.pdf: written\n")


def test_matplotlib_is_loaded_when_something_is_drawn_and_not_before() -> None:
    code = (
        "import sys\nfrom render import plots\n"
        "plots.caption('descent', 'en')\nprint(sorted({'sympy', 'matplotlib'} & set(sys.modules)))"
    )
    assert _python(code) == "[]\n"
