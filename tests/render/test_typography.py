"""French typography, harmless plain text, and the words of the documents."""

import pytest

from render.strings import Strings, StringsError, languages
from render.typography import french, tex


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Pourquoi ?", r"Pourquoi\,?"),
        ("Oui! Non?", r"Oui\,! Non\,?"),
        ("Quoi ?!", r"Quoi\,?!"),
        ("un ; deux", r"un\,; deux"),
        ("On a : ceci", "On a~: ceci"),
        ("On a: ceci", "On a~: ceci"),
        ("« mot »", "«~mot~»"),
        ("«mot»", "«~mot~»"),
        ("n° 3", r"n\textsuperscript{o}~3"),
        ("le 1er mai", r"le 1\textsuperscript{er} mai"),
        (r"50 \%", r"50~\%"),
        ("à 10:30", "à 10:30"),
        ("$a : b ; c ?$ et $x$ : oui", "$a : b ; c ?$ et $x$~: oui"),
        (r"\[ f : A \to B ; \] fin ;", r"\[ f : A \to B ; \] fin\,;"),
        (
            r"\begin{tikzpicture}\draw (0:1) ; \end{tikzpicture}",
            r"\begin{tikzpicture}\draw (0:1) ; \end{tikzpicture}",
        ),
        (
            r"\begin{align} a &: b ; \end{align} Donc :",
            r"\begin{align} a &: b ; \end{align} Donc~:",
        ),
        (r"\steplink{toy:a}{(1.2)} ; fin", r"\steplink{toy:a}{(1.2)}\,; fin"),
        (r"\emph{Indication :} oui", r"\emph{Indication~:} oui"),
        ("texte % note : ici", "texte % note : ici"),
        (r"déjà\,; là~: oui", r"déjà\,; là~: oui"),
    ],
)
def test_french(typed: str, printed: str) -> None:
    assert french(typed) == printed
    assert french(printed) == printed


def test_plain_text_is_made_harmless() -> None:
    assert tex(r"a_b & 50% #1 {x} $y$ ~ ^ \input") == (
        r"a\_b \& 50\% \#1 \{x\} \$y\$ \textasciitilde{} \textasciicircum{} "
        r"\textbackslash{}input"
    )


def test_every_word_is_there_in_every_language() -> None:
    assert set(languages()) == {"en", "fr"}
    for language in languages():
        words = Strings(language)
        assert all(words[key].strip() for key in words)


def test_a_missing_word_or_language_is_an_error() -> None:
    with pytest.raises(StringsError, match="no 'nonsense'"):
        Strings("en")["nonsense"]
    with pytest.raises(StringsError, match="no language 'de'; one of en, fr"):
        Strings("de")
