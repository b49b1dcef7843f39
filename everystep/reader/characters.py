"""Unicode characters as the LaTeX that they stand for: letters, signs, scripts, fractions.

May import ``everystep.reader.tokens``.
"""

from __future__ import annotations

import re
import unicodedata

from everystep.reader.tokens import listed

_GREEK = listed(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega"
)
# Capitals that LaTeX has no command for look like these Latin letters.
_LATIN_CAPITALS = {
    "alpha": "A", "beta": "B", "epsilon": "E", "zeta": "Z", "eta": "H", "iota": "I", "kappa": "K", "mu": "M", "nu": "N",
    "omicron": "O", "rho": "P", "tau": "T", "chi": "X",
}  # fmt: skip
_SIGN_COMMANDS = (
    "ϵ epsilon|ε varepsilon|ϑ vartheta|ϕ phi|φ varphi|ϱ varrho|ς varsigma|ϖ varpi|ϰ varkappa|ℓ ell|ℏ hbar|"
    "ı imath|ȷ jmath|⊤ top|⊥ bot|∇ nabla|∂ partial|∞ infty|∈ in|∉ notin|∋ ni|≤ le|⩽ le|≥ ge|⩾ ge|≠ ne|≡ equiv|"
    "≈ approx|∼ sim|≃ simeq|≅ cong|∝ propto|≪ ll|≫ gg|≺ prec|≻ succ|≼ preceq|≽ succeq|⪯ preceq|⪰ succeq|"
    "≔ coloneqq|≜ triangleq|× times|÷ div|· cdot|⋅ cdot|∙ cdot|⊙ odot|⊗ otimes|⊕ oplus|⊖ ominus|∘ circ|○ circ|"
    "± pm|∓ mp|∑ sum|∏ prod|∫ int|√ sqrt|→ to|⟶ to|← leftarrow|↦ mapsto|↔ leftrightarrow|⇒ Rightarrow|⟹ implies|"
    "⇐ Leftarrow|⇔ Leftrightarrow|⟺ iff|⟨ langle|⟩ rangle|〈 langle|〉 rangle|⌈ lceil|⌉ rceil|⌊ lfloor|⌋ rfloor|"
    "∀ forall|∃ exists|¬ neg|∧ wedge|∨ vee|⊂ subset|⊆ subseteq|⊃ supset|⊇ supseteq|∪ cup|∩ cap|∅ emptyset|"
    "∖ setminus|† dagger|‡ ddagger|⊺ intercal|… dots|⋯ cdots|⋮ vdots|⋱ ddots|∣ mid|∴ therefore|∵ because|⫫ perp|"
    "⟂ perp|⋆ star|★ star|∠ angle|△ triangle"
)
_SIGN_CHARACTERS = {
    "−": "-", "–": "-", "‐": "-", "‑": "-", "∗": "*", "′": "'", "’": "'", "″": "''", "∕": "/", "⁄": "/", "＝": "=",
    "（": "(", "）": ")", "，": ",", "：": ":", "；": ";", "∶": ":", "´": "'",
}  # fmt: skip
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\ufe0e\ufe0f")
SCRIPTS = {
    **{sign: ("sup", plain) for sign, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵗᵏʲᵐᵈ", "0123456789+-=()niTtkjmd", strict=True)},
    **{
        sign: ("sub", plain)
        for sign, plain in zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx", strict=True)
    },
}
MARKS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u0308": "ddot",
    "\u20d7": "vec",
}  # fmt: skip
_HALVES = {"½": "12", "⅓": "13", "⅔": "23", "¼": "14", "¾": "34", "⅕": "15", "⅙": "16", "⅛": "18"}

# A piece is what a character stands for: pairs of kind and text.
Piece = tuple[tuple[str, str], ...]


def _grouped(command: str, text: str) -> Piece:
    return (("command", command), ("open", "{"), ("char", text), ("close", "}"))


def _greek_letters() -> dict[str, Piece]:
    table: dict[str, Piece] = {}
    for name in _GREEK:
        # The character's own name has LAMDA for lambda.
        unicode_name = "LAMDA" if name == "lambda" else name.upper()
        capital = _LATIN_CAPITALS.get(name)
        small: Piece = (("char", "o"),) if name == "omicron" else (("command", name),)
        table[unicodedata.lookup(f"GREEK SMALL LETTER {unicode_name}")] = small
        table[unicodedata.lookup(f"GREEK CAPITAL LETTER {unicode_name}")] = (
            (("char", capital),) if capital else (("command", name.capitalize()),)
        )
    return table


def _signs() -> dict[str, Piece]:
    table = _greek_letters()
    for entry in re.findall(r"(\S) (\|(?=\||\Z)|[a-zA-Z]+)", _SIGN_COMMANDS):
        table[entry[0]] = (("command", entry[1]),)
    table["∥"] = table["‖"] = (("command", "|"),)
    for sign, text in _SIGN_CHARACTERS.items():
        table[sign] = tuple(("char", character) for character in text)
    for sign, digits in _HALVES.items():
        table[sign] = (*_grouped("frac", digits[0]), ("open", "{"), ("char", digits[1]), ("close", "}"))
    table["µ"] = (("command", "mu"),)
    return table


_UNICODE = _signs()


def piece_of(character: str) -> Piece | None:
    """What a character beyond ASCII stands for in a formula; None where it stands for itself."""
    known = _UNICODE.get(character)
    if known is not None:
        return known
    if character in _INVISIBLE:
        return ()
    if character.isspace():
        return (("space", " "),)
    folded = unicodedata.normalize("NFKC", character)
    if folded != character and len(folded) == 1:
        _UNICODE[character] = _styled(character, folded)
        return _UNICODE[character]
    base = unicodedata.normalize("NFD", character)
    if len(base) == 2 and base[1] in MARKS:
        return _grouped(MARKS[base[1]], base[0])
    return None


def _styled(character: str, folded: str) -> Piece:
    """Bold and italic letters become plain; other styles, and bold digits, are kept."""
    name = unicodedata.name(character, "")
    plain = _UNICODE.get(folded, (("char", folded),))
    if "DOUBLE-STRUCK" in name:
        return _grouped("mathbb", folded)
    if "SCRIPT CAPITAL" in name:
        return _grouped("mathcal", folded)
    if "FRAKTUR" in name or "BLACK-LETTER" in name:
        return _grouped("mathfrak", folded)
    if "BOLD DIGIT" in name:
        return _grouped("mathbf", folded)
    return plain
