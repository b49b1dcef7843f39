"""Means in floating point: over a few points with exactly the means and covariances that the laws say.

What is random is made of standardised scores, one an entry, uncorrelated over the points and of mean 0 without any
error but rounding: a matrix of skewed random numbers, centred, with its columns made orthonormal.  A mean that first
and second moments decide (of squares, of products of two random quantities) is then the true one, whatever else the
laws are; of another it is not, but that shows: two such matrices give two values.
May import NumPy and ``everystep.algebra``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Random
from everystep.algebra.substitution import instance

Array: TypeAlias = NDArray[Any]
Place: TypeAlias = "tuple[str, tuple[int, ...]]"
POINTS, MOST = 160, 120
"""Points of a mean, and entries of random quantities that it is taken over."""


class Unsampled(Exception):
    """A mean that is not taken over samples."""


@lru_cache(maxsize=2)
def scores(scheme: int) -> Array:
    """(points, entries): uncorrelated columns of mean 0 and variance 1; of each scheme others, with other higher
    moments.
    """
    random = np.random.default_rng(scheme)
    raw = random.standard_exponential((POINTS, MOST)) + random.standard_normal((POINTS, MOST)) ** (2 + scheme)
    columns, _ = np.linalg.qr(np.column_stack([np.ones(POINTS), raw]))
    found: Array = columns[:, 1:] * np.sqrt(POINTS)
    return found


class Laws:
    """The laws of a context, and the scores of every random entry met so far."""

    def __init__(self, context: Context, scheme: int) -> None:
        self.scheme = scheme
        self._laws = {(r.target.name, isinstance(r.target, ex.Member)): r for r in context.random}
        self._columns: dict[Place, tuple[int, int]] = {}
        self._used = 0

    def of(self, place: Place) -> Random | None:
        """The law of a name, or of a member of a family."""
        return self._laws.get((place[0], place[1] != ()))

    def scores(self, place: Place, shape: tuple[int, int]) -> Array:
        """(points, rows, columns)."""
        found = self._columns.get(place)
        if found is None:
            count = shape[0] * shape[1]
            if self._used + count > MOST:
                raise Unsampled("too large")
            found = self._columns[place] = self._used, self._used + count
            self._used += count
        return scores(self.scheme)[:, found[0] : found[1]].reshape(POINTS, *shape)


class Inside(dict[Place, Any]):
    """What is given inside a mean: names with their values, and samples of what is random.

    ``outer``: what is given around the mean; the parameters of the laws have their values there.
    ``value``: the value of an expression under ``outer``, (variants, \\*points, rows, columns).
    """

    def __init__(
        self,
        given: Mapping[Place, Array],
        laws: Laws,
        sizes: Mapping[Any, Expr],
        value: Callable[[ex.Expression], Array],
        samples: dict[Place, Array] | None = None,
    ) -> None:
        super().__init__({place: array for place, array in given.items() if laws.of(place) is None})
        self.laws = laws
        self.sizes = sizes
        self.value = value
        self.samples: dict[Place, Array] = {} if samples is None else samples

    def __bool__(self) -> bool:
        return True

    def moved(self, places: Mapping[Place, Array]) -> Inside:
        """With other values of some names; the samples stay what they are."""
        found = Inside(self, self.laws, self.sizes, self.value, self.samples)
        dict.update(found, self)
        dict.update(found, places)
        return found

    def get(self, place: Place, default: Any = None) -> Any:
        """The value of a name; None where it is not given here."""
        if place in self:
            return self[place]
        law = self.laws.of(place)
        if law is None:
            return default
        found = self.samples.get(place)
        if found is None:
            found = self.samples[place] = self._sample(place, law)
        return found

    def _sample(self, place: Place, law: Random) -> Array:
        """(variants, \\*points, points of the mean, rows, columns)."""
        rows, columns = (self._integer(n) for n in law.target.args[1:3])
        if law.law == "any":
            raise Unsampled("random")
        letters = getattr(law.target, "at", ())
        mapping = {symbol: Integer(k) for symbol, k in zip(letters, place[1], strict=True)}
        given = [self.value(instance(p, mapping) if mapping else p)[..., None, :, :] for p in law.parameters]
        drawn = self.laws.scores(place, (rows, columns))
        if law.law == "bernoulli":
            (p,) = given
            result: Array = p + np.sqrt(p * (1.0 - p)) * drawn
        elif law.law in law.ALIKE or (rows, columns) == (1, 1):
            result = given[0] + np.sqrt(given[1]) * drawn
        elif columns == 1:
            result = given[0] + _root(given[1]) @ drawn
        else:
            raise Unsampled("random")
        return result

    def _integer(self, value: Expr) -> int:
        found = value.xreplace(dict(self.sizes))
        if not found.is_Integer:
            raise Unsampled("random")
        return int(found)


def _root(covariance: Array) -> Array:
    """A matrix whose product with its transpose is a covariance, which may be singular, and off by a relative 2^-24."""
    if covariance.dtype.kind == "c":
        raise Unsampled("random")  # a derivative by the covariance itself
    if not np.allclose(covariance, np.swapaxes(covariance, -1, -2), rtol=1e-6):
        raise Unsampled("no covariance")
    values, vectors = np.linalg.eigh(covariance)
    if values.min() < -1e-6 * values.max():
        raise Unsampled("no covariance")
    found: Array = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    return found
