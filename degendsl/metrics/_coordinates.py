"""Operators in coordinates of their own, so that a rotated copy shows the same numbers."""

import numpy as np
from jaxtyping import Float

from ._numbers import scaled

Operator = Float[np.ndarray, "rank rank"]


def canonical(operator: Operator) -> Operator:
    """An operator of norm 1 in the eigenbasis of its symmetric part, with signs settled.

    The coordinates of an operator are arbitrary: the signs of singular vectors depend on the
    linear algebra library, and a rotated network has others altogether. Whatever is done after this
    step, random starts included, gives a network and its rotated copy the same result.
    """
    operator, _ = scaled(operator)
    operator = operator / np.sqrt((operator**2).sum())
    basis = np.linalg.eigh(operator + operator.T)[1]
    turned = basis.T @ operator @ basis
    return turned * np.outer(signs := _settled_signs(turned), signs)


def precedence(operator: Operator) -> float:
    """Which of two operators is turned onto the other: a number that no rotation changes."""
    return float(np.trace(operator @ operator @ operator))


def _settled_signs(turned: Operator) -> Float[np.ndarray, " rank"]:
    """Signs that make each coordinate's largest link to an earlier one positive."""
    signs = np.ones(len(turned))
    for k in range(1, len(turned)):
        links = turned[k, :k] * signs[:k]
        signs[k] = -1.0 if links[np.argmax(np.abs(links))] < 0 else 1.0
    return signs
