"""Each part of an assignment on pages of its own: what each version needs, what all can share, and the page map.

The class ``templates/everystep.cls`` writes into the log where a part begins and how far down its page its answer
begins.  The common layout has room for every version: then all versions have the same pages, and a scanned copy can be
cut by the page map.  May import ``everystep`` and the standard library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from everystep.derivation import Assignment

PAGED = ("assignment", "solutions", "marking")
"""The versions that share their pages."""
END = "end"
_PART = re.compile(r"^everystep-part: (\S+) (\d+)$", re.MULTILINE)
_FIGURE = re.compile(r"^everystep-figure: (\S+)$", re.MULTILINE)
_REGION = re.compile(r"^everystep-region: (\S+) (\d+) ([0-9.]+)pt$", re.MULTILINE)

# The page of the class, in millimetres (A4), and the gap above an answer's frame, in points.
WIDTH, HEIGHT, SIDE, TOP, BOTTOM = 210.0, 297.0, 25.0, 25.0, 23.0
GAP = 5.475
MM_PER_POINT = 25.4 / 72.27


class LayoutError(ValueError):
    """Versions that cannot share their pages, in one sentence."""


@dataclass(frozen=True)
class Place:
    """Where a part begins: ``key`` is ``1.a``, or ``end`` for the page after the last one.

    ``height`` is how far below the top of the text the answer begins, in points; of a part whose blank ``figure`` is
    filled in, the whole page is the answer.
    """

    key: str
    page: int
    height: float = 0.0
    figure: bool = False

    @property
    def start(self) -> str:
        """The height as TeX reads it."""
        return f"{self.height:.5f}pt"


def measured(log: str) -> tuple[Place, ...]:
    """The places that a run of TeX has reported, in their order; raises LayoutError when a question needs two pages."""
    pages = {key: int(page) for key, page in _PART.findall(log)}
    heights = {}
    for key, page, height in _REGION.findall(log):
        if int(page) != pages.get(key):
            raise LayoutError(f"the question {key} does not fit on one page")
        heights[key] = float(height)
    figures = set(_FIGURE.findall(log))
    return tuple(Place(key, page, heights.get(key, 0.0), key in figures) for key, page in pages.items())


def common(versions: Sequence[tuple[Place, ...]]) -> tuple[Place, ...]:
    """The layout in which each part has the most pages, and the lowest start, that a version needs.

    Where a blank figure is the answer, no version moves: below the figure a solution might need one page more.
    """
    keys = [place.key for place in versions[0]]
    if any([place.key for place in version] != keys for version in versions):
        raise LayoutError("the versions do not have the same parts")
    page = max(version[0].page for version in versions)
    result = []
    for i, key in enumerate(keys):
        heights, figure = [version[i].height for version in versions], any(version[i].figure for version in versions)
        result.append(Place(key, page, min(heights) if figure else max(heights), figure))
        if key != END:
            page += max(version[i + 1].page - version[i].page for version in versions)
    return tuple(result)


def ensure_kept(name: str, layout: tuple[Place, ...], found: tuple[Place, ...]) -> None:
    """Raises LayoutError unless the document has its parts and its answers where the layout wants them."""
    figures = {place.key for place in layout if place.figure}

    def kept(places: tuple[Place, ...]) -> list[tuple[str, int, float]]:
        return [(place.key, place.page, 0.0 if place.key in figures else round(place.height, 1)) for place in places]

    if kept(found) != kept(layout):
        raise LayoutError(f"{name} does not keep to the common pages")


def page_map(assignment: Assignment, layout: tuple[Place, ...]) -> str:
    """The pages and answer regions of all parts as JSON: millimetres from the left and from the top of an A4 page."""
    points: Mapping[str, int] = {
        f"{number}.{chr(ord('a') + i)}": part.points
        for number, asked in enumerate(assignment.questions, 1)
        for i, part in enumerate(asked.parts)
    }
    parts = []
    for place, after in pairwise(layout):
        question, _, letter = place.key.partition(".")
        regions = []
        for page in range(place.page, after.page):
            below = page == place.page and not place.figure
            top = TOP + (place.height + GAP) * MM_PER_POINT if below else TOP
            regions.append(
                {
                    "page": page,
                    "x": SIDE,
                    "y": round(top, 2),
                    "width": WIDTH - 2 * SIDE,
                    "height": round(HEIGHT - BOTTOM - top, 2),
                }
            )
        parts.append({"question": int(question), "part": letter, "points": points[place.key], "regions": regions})
    whole = {
        "assignment": assignment.id,
        "unit": "mm",
        "page": {"width": WIDTH, "height": HEIGHT},
        "pages": layout[-1].page - 1,
        "versions": list(PAGED),
        "parts": parts,
    }
    return json.dumps(whole, indent=1) + "\n"
