"""The formats for programs: the shape of the JSON, the escapes of the workflow commands, valid SARIF."""

import dataclasses
import json
import re

from everystep.documents.interface import check
from everystep.documents.result import DocumentReport
from everystep.prove.verdict import Status
from render.document_formats import as_github, as_json, as_sarif
from tests.render.hand_made import BROKEN, EVERY, REMARKED, document, step

PAGE_KEYS = (
    *("problem", "line", "column", "relation", "lhs", "rhs", "verdict", "method", "sizes", "message"),
    "counterexample",
)


def test_json_has_the_shape_of_the_format_page() -> None:
    report = json.loads(as_json([EVERY]))
    assert list(report)[:3] == ["file", "steps", "summary"]
    assert report["file"] == "hw.tex"
    assert report["summary"] == {str(status): 1 for status in Status}
    for entry in report["steps"]:
        assert tuple(entry)[: len(PAGE_KEYS)] == PAGE_KEYS
        assert {"step", "where", "hint", "read"} <= set(entry)
    refuted = report["steps"][1]
    assert refuted["line"] == 5
    assert refuted["column"] == 7
    assert refuted["verdict"] == "refuted"
    assert refuted["sizes"] == {"n": 1, "d": 2}
    assert refuted["counterexample"] == {
        "symbols": {"X": [["1", "2"]], "w": [["-1/2"], ["3"]]},
        "lhs": "[[11/2], [0]]",
        "rhs": "[[-11/2], [0]]",
    }
    assert report["steps"][0]["counterexample"] is None
    assert report["steps"][2]["sizes"] == {"n": 1, "d": 1}


def test_json_has_the_gradient_check_of_every_step_that_claims_a_derivative() -> None:
    declared = r"X \in \mathbb{R}^{n \times d}; w \in \mathbb{R}^{d}; y \in \mathbb{R}^{n}"
    chain = r"\nabla_w \|y - Xw\|^2 = -2 X^\top (y - Xw) = 2 X^\top (X w - y)"
    first, second = json.loads(as_json([check(chain, declared)]))["steps"]
    assert second["gradient"] is None
    gradient = first["gradient"]
    assert (gradient["outcome"], gradient["reason"], gradient["method"]) == ("agrees", "", "complex step")
    assert gradient["sizes"] == {"d": 7, "n": 5}
    assert gradient["error"] < 1e-12
    assert gradient["evaluations"] == 7
    assert set(gradient) == {"outcome", "reason", "method", "sizes", "seed", "error", "uncertainty", "evaluations"}


def test_several_files_are_a_list_and_a_broken_one_says_why() -> None:
    both = json.loads(as_json([EVERY, BROKEN]))
    assert [entry["file"] for entry in both] == ["hw.tex", "bad.tex"]
    assert both[1]["error"].startswith("not UTF-8")
    assert both[1]["steps"] == []
    assert isinstance(json.loads(as_json([EVERY], several=True)), list)
    assert json.loads(as_json([])) == []
    (remark,) = json.loads(as_json([REMARKED]))["remarks"]
    assert remark == {"file": "hw.tex", "line": 2, "column": 1, "message": "a table is not read"}


def test_a_file_name_that_is_no_text_can_be_printed() -> None:
    report = document(Status.REFUTED, file="a\udcff.tex")
    for text in (as_json([report]), as_github([report]), as_sarif([report])):
        text.encode("utf-8")
    assert json.loads(as_json([report]))["file"] == "a\udcff.tex"


def test_workflow_commands() -> None:
    lines = as_github([REMARKED, BROKEN]).splitlines()
    kinds = [re.match(r"::(\w+) file=hw\.tex,line=(\d+),col=7,", line) for line in lines]
    assert [(m[1], int(m[2])) for m in kinds if m] == [
        ("error", 5),
        ("notice", 6),
        ("error", 8),
        ("error", 9),
        ("warning", 10),
    ]
    assert any(line.startswith("::notice file=hw.tex,line=2,col=1,title=everystep%3A not read::") for line in lines)
    assert any(
        line.startswith("::error file=bad.tex,line=1,col=1,title=everystep%3A cannot be read::") for line in lines
    )
    assert lines[-1].startswith("everystep: 1 proved, ")


def test_workflow_commands_are_escaped() -> None:
    evil = step(Status.REFUTED, lhs="50% of a,b::c\n::error::x", file="a,b:c%.tex", problem="1,2:3%")
    lines = as_github([DocumentReport("x.tex", (evil,))]).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(
        "::error file=a%2Cb%3Ac%25.tex,line=4,col=7,title=everystep%3A refuted%3A problem 1%2C2%3A3%25"
    )
    assert "50%25 of a,b::c ::error::x" in lines[0]
    assert "%0Ahint: differs by a factor -1%0A" in lines[0]


def test_sarif() -> None:
    log = json.loads(as_sarif([REMARKED, BROKEN]))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(Status)
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert levels == {
        "refuted": "error",
        "tested": "note",
        "ill-typed": "error",
        "undefined": "error",
        "unreadable": "warning",
    }
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "hw.tex"
        assert physical["region"]["startLine"] >= 1
        assert physical["region"]["startColumn"] == 7
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [n["level"] for n in invocation["toolExecutionNotifications"]] == ["error", "note"]


def test_sarif_fingerprints_follow_the_step_and_not_its_line() -> None:
    def prints(report: DocumentReport) -> list[str]:
        (run,) = json.loads(as_sarif([report]))["runs"]
        return [result["partialFingerprints"]["everystepStep/v1"] for result in run["results"]]

    twice = document(Status.REFUTED, Status.REFUTED)
    assert len(set(prints(twice))) == 2
    moved = [dataclasses.replace(s, place=dataclasses.replace(s.place, line=s.place.line + 9)) for s in twice.steps]
    assert prints(DocumentReport("hw.tex", tuple(moved))) == prints(twice)


def test_sarif_uris_are_escaped() -> None:
    (run,) = json.loads(as_sarif([document(Status.REFUTED, file="my homework é#1.tex")]))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "my%20homework%20%C3%A9%231.tex"
    (run,) = json.loads(as_sarif([document(Status.REFUTED, file="/elsewhere/hw.tex")]))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "file:///elsewhere/hw.tex"
