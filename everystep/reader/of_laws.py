"""Words that say of a random name what its law has already: "the noise is centred, with uncorrelated entries".

May import ``everystep.algebra`` and this package's vocabulary.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Num
from everystep.reader import patterns as re
from everystep.reader.scope import Scope
from everystep.reader.tokens import listed
from everystep.reader.words import plain

_OF_LAWS = listed("a an un une the le la les des and et with avec of de mean means moyenne esperance noise bruit")
_OF_LAWS |= listed("vector vecteur errors error erreurs erreur variance covariance random aleatoire")
_CENTRED = listed("centred centered centre centree centres centrees zero-mean mean-zero zero nulle")
_UNCORRELATED = listed("uncorrelated non correlees correles correlee correle common commune constant constante")
_UNCORRELATED |= listed("homoscedastic homoscedastique homoscedastiques")


def is_of_the_law(scope: Scope, words: str, name: str) -> bool:
    """Whether words say of a name no more than its law does: a mean of zero, a covariance that is a multiple of I."""
    laws = [law for law in scope.context.random if law.target.name == name and len(law.parameters) == 2]
    said = set(re.findall(r"[\w-]+", plain(words).replace("d'", " ")))
    if len(laws) != 1 or not said <= _OF_LAWS | _CENTRED | _UNCORRELATED:
        return False
    mean, variance = laws[0].parameters
    if said & _CENTRED and not (mean == Num(0) or isinstance(mean, ex.Zeros)):
        return False
    alike = variance.is_number_shaped or any(isinstance(n, ex.Eye) for n in ex.walk(variance))
    return alike or not said & _UNCORRELATED
