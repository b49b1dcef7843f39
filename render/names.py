r"""The name convention: how the name of a symbol is split into base, accent, primes, subscript and
superscript.

::

    name  = [accent " "] ["d" | "d "] base {"'"} ["_" sub] ["^" sup] {"'"}
    base  = a letter, a Greek letter's name ("eta", "Gamma"), "ell", or a word ("sd", upright)
    sub   = anything without "_", "^" or a prime; an accent's name ("x_bar") is an accent; digits
            after a single letter are a subscript too ("w0" is "w_0")
    sup   = "*" (also written straight after the base: "w*"), "+", "-", "(l)", ...

So ``"u'"``, ``"w^*"``, ``"bar x"``, ``"x_bar"``, ``"W_1"``, ``"W^(l)"``, ``"lambda_max"``,
``"dX"``, ``"y_hat'"``. May import the standard library only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

GREEK: dict[str, tuple[str, str]] = {
    "alpha": (r"\alpha", "α"),
    "beta": (r"\beta", "β"),
    "gamma": (r"\gamma", "γ"),
    "delta": (r"\delta", "δ"),
    "epsilon": (r"\varepsilon", "ε"),
    "eps": (r"\varepsilon", "ε"),
    "zeta": (r"\zeta", "ζ"),
    "eta": (r"\eta", "η"),
    "theta": (r"\theta", "θ"),
    "iota": (r"\iota", "ι"),
    "kappa": (r"\kappa", "κ"),
    "lambda": (r"\lambda", "λ"),
    "mu": (r"\mu", "μ"),
    "nu": (r"\nu", "ν"),
    "xi": (r"\xi", "ξ"),
    "pi": (r"\pi", "π"),
    "rho": (r"\rho", "ρ"),
    "sigma": (r"\sigma", "σ"),
    "tau": (r"\tau", "τ"),
    "upsilon": (r"\upsilon", "υ"),
    "phi": (r"\phi", "φ"),
    "varphi": (r"\varphi", "φ"),
    "chi": (r"\chi", "χ"),
    "psi": (r"\psi", "ψ"),
    "omega": (r"\omega", "ω"),
    "Gamma": (r"\Gamma", "Γ"),
    "Delta": (r"\Delta", "Δ"),
    "Theta": (r"\Theta", "Θ"),
    "Lambda": (r"\Lambda", "Λ"),
    "Xi": (r"\Xi", "Ξ"),
    "Pi": (r"\Pi", "Π"),
    "Sigma": (r"\Sigma", "Σ"),
    "Upsilon": (r"\Upsilon", "Υ"),
    "Phi": (r"\Phi", "Φ"),
    "Psi": (r"\Psi", "Ψ"),
    "Omega": (r"\Omega", "Ω"),
    "ell": (r"\ell", "ℓ"),
}

ACCENTS: dict[str, tuple[str, str]] = {
    "bar": (r"\bar", "\u0304"),
    "hat": (r"\hat", "\u0302"),
    "tilde": (r"\tilde", "\u0303"),
    "dot": (r"\dot", "\u0307"),
    "ddot": (r"\ddot", "\u0308"),
}

_NAME = re.compile(
    r"""(?:(?P<accent>[a-z]+)\ )?
        (?P<base>[A-Za-z](?:[A-Za-z ]*[A-Za-z])?)
        (?P<digits>[0-9]*)
        (?P<before>'*)
        (?:_(?P<sub>[^_^'\s]+))?
        (?:\^(?P<sup>[^_^'\s]+)|(?P<star>\*))?
        (?P<after>'*)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Name:
    """A name in its parts; ``change`` marks a differential (``dX``)."""

    base: str
    accent: str = ""
    primes: int = 0
    sub: str = ""
    sup: str = ""
    change: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether an index may be attached without brackets."""
        return not self.sub and not self.change


def _is_letter(base: str) -> bool:
    return len(base) == 1 or base in GREEK


BOUND_INDEX = "·"
"""Behind the name of an index of a sum that the prover keeps apart from the author's own; it is printed without."""
EVERY_INDEX = "any "
"""Before the name of an index that stands for all its values in a hypothesis; it is printed without."""


@lru_cache(maxsize=4096)
def parse_name(name: str) -> Name:
    """The parts of ``name``; raises ValueError when it does not follow the convention."""
    change = False
    match = _NAME.fullmatch(name.removeprefix(EVERY_INDEX).removesuffix(BOUND_INDEX))
    if match and match["accent"] and match["accent"] not in ACCENTS and match["accent"] != "d":
        match = None
    if match is None or " " in match["base"]:
        raise ValueError(f"the name {name!r} cannot be printed: write [bar|hat|tilde|dot] base, primes, _sub, ^sup")
    base, accent, sub = match["base"], match["accent"] or "", match["sub"] or ""
    if accent == "d":
        accent, change = "", True
    elif base not in GREEK and base[0] == "d" and len(base) > 1 and _is_letter(base[1:]):
        base, change = base[1:], True
    if match["digits"]:
        if not sub and _is_letter(base):
            sub = match["digits"]
        else:
            base += match["digits"]
    if sub in ACCENTS and not accent:
        accent, sub = sub, ""
    primes = len(match["before"]) + len(match["after"])
    return Name(base, accent, primes, sub, match["sup"] or match["star"] or "", change)


def latex_name(name: Name, bold: bool) -> str:
    """The base with its accent, and the differential's d; scripts are added by the printer."""
    if name.base in GREEK:
        letter = GREEK[name.base][0]
    elif len(name.base) == 1:
        letter = name.base
    else:
        letter = rf"\mathbf{{{name.base}}}" if bold else rf"\mathrm{{{name.base}}}"
    if bold and not letter.startswith(r"\mathbf"):
        letter = rf"\bm{{{letter}}}"
    if name.accent:
        letter = rf"{ACCENTS[name.accent][0]}{{{letter}}}"
    return rf"\mathrm{{d}}{letter}" if name.change else letter


def latex_label(label: str) -> str:
    """A subscript or superscript that is part of a name: words upright, Greek letters as such."""
    parts = re.findall(r"[A-Za-z]+|[^A-Za-z]+", label)
    return "".join(
        GREEK[p][0]
        if p in GREEK
        else rf"\{p}"
        if p in ("max", "min")
        else rf"\mathrm{{{p}}}"
        if p.isalpha() and len(p) > 1
        else p
        for p in parts
    )


def text_name(name: Name) -> str:
    """The whole name on one line of text."""
    letter = GREEK[name.base][1] if name.base in GREEK else name.base
    if name.accent:
        letter += ACCENTS[name.accent][1]
    letter = ("d" if name.change else "") + letter + "'" * name.primes
    if name.sub:
        letter += f"_{GREEK[name.sub][1] if name.sub in GREEK else name.sub}"
    if name.sup:
        letter += name.sup if name.sup == "*" else f"^{name.sup}"
    return letter
