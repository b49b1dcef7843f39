"""Mistakes in backpropagation through time."""

from __future__ import annotations

from derivations.bptt import (
    DERIVATION,
    L,
    T,
    U,
    V,
    W,
    gate,
    grad,
    h,
    k,
    n,
    ones,
    path,
    s,
    slope,
    step_loss,
    t,
    transition,
    x,
    z,
)
from derivations.wrong import twin
from everystep.algebra.expressions import Zeros, diag, odot, total
from everystep.derivation import WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        DERIVATION,
        "transpose-dropped",
        "recursion.result",
        grad(step_loss[t], t) + transition * grad(L, t + 1),
        "refuted",
        en="The Jacobian has one row per entry of the new state; pulling a gradient back through "
        "it takes its transpose.",
        fr="La jacobienne a une ligne par composante du nouvel état ; ramener un gradient à "
        "travers elle demande sa transposée.",
    ),
    twin(
        DERIVATION,
        "only-the-next-loss",
        "recursion.result",
        grad(step_loss[t], t) + transition.T * grad(step_loss[t + 1], t + 1),
        "refuted",
        en="The next state carries the gradient of every later loss, not only of the next one.",
        fr="L'état suivant porte le gradient de toutes les pertes ultérieures, pas seulement de la prochaine.",
    ),
    twin(
        DERIVATION,
        "own-loss-forgotten",
        "recursion.past",
        total(grad(step_loss[s], t), s, t + 1, T),
        "refuted",
        en="The loss at time `t` itself depends on the state at time `t`: the sum starts at `t`.",
        fr="La perte à l'instant `t` dépend elle-même de l'état à l'instant `t` : la somme commence à `t`.",
    ),
    twin(
        DERIVATION,
        "losses-after-the-end",
        "end.result",
        Zeros(n),
        "refuted",
        en="No loss follows `T`, but the loss at `T` still depends on the last state: the recursion "
        "starts from its gradient, not from zero.",
        fr="Aucune perte ne suit `T`, mais celle de `T` dépend du dernier état : la récurrence part "
        "de son gradient, non de zéro.",
    ),
    twin(
        DERIVATION,
        "sign-and-transpose",
        "immediate.differentiate",
        2 * V * (z[t] - V * h[t]),
        "ill-typed",
        en="The residual has the size of the output, and `V` takes states: the product does not "
        "exist. Its transpose belongs here, with the inner sign.",
        fr="Le résidu a la taille de la sortie, alors que `V` s'applique aux états : le produit "
        "n'existe pas. Il faut la transposée, et le signe intérieur.",
    ),
    twin(
        DERIVATION,
        "inner-sign",
        "immediate.differentiate",
        2 * V.T * (z[t] - V * h[t]),
        "refuted",
        en="The state enters the residual with a minus sign, which the chain rule keeps.",
        fr="L'état entre dans le résidu avec un signe moins, que la règle de dérivation conserve.",
    ),
    twin(
        DERIVATION,
        "tanh-slope",
        "transition.result",
        diag(ones - odot(h[t + 1], h[t + 1])) * U,
        "refuted",
        en="One minus the square is the slope of the hyperbolic tangent; the logistic function "
        "has a state times one minus the state.",
        fr="Un moins le carré est la pente de la tangente hyperbolique ; la fonction logistique "
        "a l'état fois un moins l'état.",
    ),
    twin(
        DERIVATION,
        "input-matrix",
        "transition.linear",
        diag(slope(t + 1)) * W,
        "ill-typed",
        en="The previous state is multiplied by `U`; `W` multiplies the input and has another shape.",
        fr="L'état précédent est multiplié par `U` ; `W` multiplie l'entrée et a d'autres dimensions.",
    ),
    twin(
        DERIVATION,
        "wrong-order",
        "transition.result",
        U * gate(t + 1),
        "refuted",
        en="The slope acts on the outputs of `U`, so the diagonal matrix stands on its left.",
        fr="La pente agit sur les sorties de `U` : la matrice diagonale se place donc à sa gauche.",
    ),
    twin(
        DERIVATION,
        "slope-one-step-early",
        "transition.chain-rule",
        diag(slope(t)) * U,
        "refuted",
        en="The slope is taken where the new state is computed, not one step before.",
        fr="La pente se prend là où le nouvel état est calculé, non un pas plus tôt.",
    ),
    twin(
        DERIVATION,
        "immediate-for-total",
        "gradient-W.result",
        total(gate(t) * grad(step_loss[t], t) * x[t].T, t, 1, T),
        "refuted",
        en="Each copy of `W` is weighted by the total gradient of the loss: its state also acts on the later losses.",
        fr="Chaque copie de `W` est pondérée par le gradient total de la perte : son état agit "
        "aussi sur les pertes ultérieures.",
    ),
    twin(
        DERIVATION,
        "one-sum-too-few",
        "gradient-W.copies",
        diag(slope(T)) * grad(L, T) * x[T].T,
        "refuted",
        en="`W` is used at every step; the contributions of all `T` copies add up, not only the last.",
        fr="`W` sert à chaque pas ; les contributions des `T` copies s'ajoutent, pas seulement la dernière.",
    ),
    twin(
        DERIVATION,
        "same-time-state",
        "gradient-U.result",
        total(gate(t) * grad(L, t) * h[t].T, t, 1, T),
        "refuted",
        en="At step `t` the matrix `U` multiplies the previous state, not the one it produces.",
        fr="Au pas `t`, la matrice `U` multiplie l'état précédent, non celui qu'elle produit.",
    ),
    twin(
        DERIVATION,
        "half-of-the-square",
        "gradient-V.differentiate",
        total(-(z[t] - V * h[t]) * h[t].T, t, 1, T),
        "refuted",
        en="The derivative of the square brings a factor 2; the loss carries no half to cancel it.",
        fr="La dérivée du carré apporte un facteur 2 ; la perte ne porte pas de demi qui l'annule.",
    ),
    twin(
        DERIVATION,
        "window-off-by-one",
        "state-bias.result",
        total(path, s, t + k, T),
        "refuted",
        en="The window includes the loss at its end; what is missing starts one step later.",
        fr="La fenêtre comprend la perte à son bout ; ce qui manque commence un pas plus loin.",
    ),
    twin(
        DERIVATION,
        "no-bias",
        "bias-U.cancel",
        Zeros(n, n),
        "refuted",
        en="Truncation leaves out every path longer than `k`; nothing makes their sum vanish.",
        fr="La troncature omet tous les chemins plus longs que `k` ; rien n'annule leur somme.",
    ),
)
