r"""Counterexamples in which the number pi stands: they hold for its value, and not only for a letter in its place."""

import pytest

from everystep.documents.check import check_text

NUMBER = r"%! x, \mu \in \mathbb{R}; \sigma > 0; p(x) := \frac{1}{\sqrt{2\pi\sigma^2}} e^{-\frac{(x-\mu)^2}{2\sigma^2}}"
VECTOR = (
    r"%! x, \mu \in \mathbb{R}^n; \Sigma \in \mathbb{R}^{n \times n}; \Sigma \succ 0; "
    r"p(x) := \frac{1}{\sqrt{\det(2 \pi \Sigma)}} \exp\left(-\frac12 (x-\mu)^\top \Sigma^{-1} (x - \mu)\right)"
)


def statuses(text: str) -> list[str]:
    return [str(step.status) for step in check_text(text).steps]


@pytest.mark.parametrize(
    ("given", "claim", "verdict"),
    [
        (NUMBER, r"\log p(x) = -\frac12 \log(2\pi) - \log \sigma - \frac{(x-\mu)^2}{2\sigma^2}", "proved"),
        (NUMBER, r"\log p(x) = -\frac12 \log(2\pi\sigma) - \frac{(x-\mu)^2}{2\sigma^2}", "refuted"),
        (NUMBER, r"p(x) = \frac{1}{\sqrt{2\pi}} e^{-\frac{(x-\mu)^2}{2\sigma^2}}", "refuted"),
        (NUMBER, r"p'(x) = -\frac{x - \mu}{\sigma^2} p(x)", "proved"),
        (NUMBER, r"p'(x) = -\frac{x - \mu}{\sigma} p(x)", "refuted"),
        (VECTOR, r"\nabla_x p(x) = -p(x) \Sigma^{-1} (x - \mu)", "proved"),
        (VECTOR, r"\nabla_x p(x) = -\Sigma^{-1} (x - \mu)", "refuted"),
        (
            VECTOR,
            r"\nabla_x^2 p(x) = p(x) \left(\Sigma^{-1} (x - \mu)(x - \mu)^\top \Sigma^{-1} + \Sigma^{-1}\right)",
            "refuted",
        ),
    ],
)
def test_a_density_is_judged_with_pi_in_it(given: str, claim: str, verdict: str) -> None:
    assert statuses(f"{given}\n\\[ {claim} \\]") == [verdict]


@pytest.mark.parametrize(
    "claim",
    [r"\sin(\pi) = 0", r"\sin(x + \pi) = -\sin x", r"\cos(2\pi) = 1", r"\pi \ge 3", r"\sin(x + 2\pi) = \sin x"],
)
def test_what_holds_for_pi_alone_is_not_refuted(claim: str) -> None:
    assert statuses(f"%! x \\in \\mathbb{{R}}\n\\[ {claim} \\]") == ["tested"]


@pytest.mark.parametrize("claim", [r"\sin(x + \pi) = \sin x", r"\pi \ge 3.2", r"\pi x = 3 x"])
def test_what_fails_for_pi_is_refuted(claim: str) -> None:
    assert statuses(f"%! x \\in \\mathbb{{R}}\n\\[ {claim} \\]") == ["refuted"]
