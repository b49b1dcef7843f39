"""Parts on pages of their own: the same in every version, and a map that says where."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from everystep.derivation import Assignment
from render.cli import main
from render.pages import LayoutError, Place, common, ensure_kept, measured, page_map

SHORT = (Place("1.a", 2, 100.0), Place("1.b", 3, 40.0), Place("end", 4))
LONG = (Place("1.a", 2, 90.0), Place("1.b", 4, 50.0), Place("end", 5))


def test_the_places_are_read_from_the_log() -> None:
    log = "noise\neverystep-part: 1.a 2\neverystep-region: 1.a 2 123.5pt\neverystep-part: end 4\n"
    assert measured(log) == (Place("1.a", 2, 123.5), Place("end", 4))


def test_of_a_figure_to_fill_in_the_whole_page_is_the_answer(assignment: Assignment) -> None:
    log = "everystep-part: 1.a 2\neverystep-region: 1.a 2 300.0pt\neverystep-figure: 1.a\neverystep-part: end 3\n"
    solution = (Place("1.a", 2, 90.0), Place("end", 3))
    layout = common([measured(log), solution])
    assert layout[0].start == "90.00000pt", "a solution is not moved below the blank figure"
    for version in (measured(log), solution):
        ensure_kept("x", layout, version)
    assert json.loads(page_map(assignment, layout))["parts"][0]["regions"][0]["y"] == 25.0


def test_a_question_that_needs_two_pages_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"the question 1\.a does not fit on one page"):
        measured("everystep-part: 1.a 2\neverystep-region: 1.a 3 10.0pt\neverystep-part: end 4\n")


def test_the_common_layout_has_room_for_every_version() -> None:
    assert common([SHORT, LONG]) == (Place("1.a", 2, 100.0), Place("1.b", 4, 50.0), Place("end", 5))
    with pytest.raises(LayoutError, match="do not have the same parts"):
        common([SHORT, LONG[1:]])


def test_a_document_that_leaves_the_common_pages_is_refused() -> None:
    ensure_kept("x", SHORT, SHORT)
    for other in (LONG, (Place("1.a", 2, 101.0), *SHORT[1:])):
        with pytest.raises(LayoutError, match="x does not keep to the common pages"):
            ensure_kept("x", SHORT, other)


def test_the_map_names_every_page_of_a_part_once(assignment: Assignment) -> None:
    pages = json.loads(page_map(assignment, LONG))
    assert pages["pages"] == 4
    assert [part["points"] for part in pages["parts"]] == [2, 1]
    assert [region["page"] for part in pages["parts"] for region in part["regions"]] == [2, 3, 4]
    first, second = pages["parts"][0]["regions"]
    assert first["y"] == pytest.approx(25 + 95.475 * 25.4 / 72.27, abs=0.01)
    assert second == {"page": 3, "x": 25.0, "y": 25.0, "width": 160.0, "height": 249.0}


def test_all_versions_in_both_languages_have_the_same_pages(course: object, tmp_path: Path) -> None:
    options = ["--one-problem-per-page", "--out", str(tmp_path), "--engine", "embedded"]
    result = CliRunner().invoke(main, ["build", "week1", *options])
    assert result.exit_code == 0, result.output
    assert "warning" not in result.output
    logs = [
        (tmp_path / ".aux" / name / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        for name in (f"week1-{kind}-{lang}" for kind in ("assignment", "solutions", "marking") for lang in ("en", "fr"))
    ]
    places = [[(p.key, p.page, round(p.height, 1)) for p in measured(log)] for log in logs]
    assert all(found == places[0] for found in places)
    assert [key for key, _, _ in places[0]] == ["1.a", "1.b", "end"]
    pages = json.loads((tmp_path / "week1-pages.json").read_text(encoding="utf-8"))
    assert pages["parts"][0]["regions"][0]["page"] == places[0][0][1] == 2
    again = CliRunner().invoke(main, ["build", "week1", *options])
    assert "no TeX run" in again.output
