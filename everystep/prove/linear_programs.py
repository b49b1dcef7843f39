"""Nonnegative combinations of rational vectors: the first phase of the simplex method, exactly.

May import nothing of the engine.
"""

from __future__ import annotations

from fractions import Fraction

MOST_PIVOTS = 200


def nonnegative_combination(vectors: list[list[Fraction]], target: list[Fraction]) -> bool:
    """Whether ``target = sum c_k v_k`` with numbers c_k >= 0; False also where the search is given up.

    The sum of what is missing is made as small as it can be; the least index enters and leaves, so that it ends.
    """
    count, rows = len(vectors), len(target)
    table: list[list[Fraction]] = []
    for i in range(rows):
        sign = -1 if target[i] < 0 else 1
        unit = [Fraction(int(k == i)) for k in range(rows)]
        table.append([*(sign * v[i] for v in vectors), *unit, sign * target[i]])
    basis = [count + i for i in range(rows)]
    for _ in range(MOST_PIVOTS):
        missing = [k for k, name in enumerate(basis) if name >= count]
        if all(table[k][-1] == 0 for k in missing):
            return True
        entering = next((j for j in range(count) if sum((table[k][j] for k in missing), Fraction(0)) > 0), None)
        if entering is None:
            return False
        ratios = [(row[-1] / row[entering], basis[k], k) for k, row in enumerate(table) if row[entering] > 0]
        if not ratios:
            return False
        *_, leaving = min(ratios)
        pivot = table[leaving][entering]
        table[leaving] = [value / pivot for value in table[leaving]]
        for k, row in enumerate(table):
            if k != leaving and row[entering]:
                factor = row[entering]
                table[k] = [a - factor * b for a, b in zip(row, table[leaving], strict=True)]
        basis[leaving] = entering
    return False
