"""What training may minimise besides the loss: penalties on a matrix and on firing rates.

Each is a plain function, differentiable wherever the loss is, and 0 at zero.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from degendsl._decompositions import one_at_a_time


def l1(matrix: Float[Array, "row column"]) -> Float[Array, ""]:
    """Σ|w|. Its gradient is the sign, 0 at 0."""
    # Not `jnp.abs`, whose derivative at 0 is 1 in JAX.
    return jnp.sum(matrix * jnp.sign(matrix))


def l2(matrix: Float[Array, "row column"]) -> Float[Array, ""]:
    """Σw², the squared Frobenius norm."""
    return jnp.sum(matrix**2)


_decomposed = one_at_a_time(lambda matrix: jnp.linalg.svd(matrix, full_matrices=False))
_singular_values = one_at_a_time(lambda matrix: jnp.linalg.svd(matrix, compute_uv=False))


@jax.custom_vjp
def nuclear(matrix: Float[Array, "row column"]) -> Float[Array, ""]:
    """The nuclear norm: the sum of the singular values, which favours low rank.

    Its gradient is U Vᵀ over the singular values that are not 0 (to rounding). Where some are, the
    norm has a kink and this is the smallest of its subgradients (Watson 1992). The derivative
    that JAX has for the decomposition itself divides by differences of squared singular values,
    and is not a number where two agree.
    """
    return jnp.sum(_singular_values(matrix))


def _nuclear_forward(matrix: Float[Array, "row column"]) -> tuple[Array, Array]:
    left, values, right = _decomposed(matrix)
    rounding = max(matrix.shape) * jnp.finfo(matrix.dtype).eps * values[0]
    present = (values > rounding).astype(matrix.dtype)
    return jnp.sum(values), (left * present[None]) @ right


def _nuclear_backward(slope: Array, above: Array) -> tuple[Array]:
    return (above * slope,)


nuclear.defvjp(_nuclear_forward, _nuclear_backward)


def mean_square(rates: Float[Array, "trial time unit"]) -> Float[Array, ""]:
    """The mean squared firing rate, over trials, times and units."""
    return jnp.mean(rates**2)
