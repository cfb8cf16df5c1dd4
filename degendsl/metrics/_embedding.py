"""The leading directions of delay-embedded states, without ever writing the embedding down.

Row (trial, time) of the embedding H is [x_{t+(q−1)τ}, …, x_t], the newest state first, for q delays
of τ steps: q times the memory of the states. What is needed of it is HᵀH, which is a sum over
trials, and products with a few vectors.
"""

import math

import numpy as np
from jaxtyping import Float

from ._krylov import leading_eigenvectors

States = Float[np.ndarray, "trial time unit"]
Gram = Float[np.ndarray, "delay delay"]

# Frequencies whose cross products are in memory at once.
_AT_ONCE = 16


def leading_coordinates(
    states: States, products: Gram, *, delays: int, interval: int, rank: int
) -> tuple[Float[np.ndarray, "trial window rank"], Float[np.ndarray, " value"]]:
    """The leading left singular vectors of H, and one singular value more than there are of them.

    products: HᵀH, see `gram`.

    The subspace comes from HᵀH in float64: at the smallest share of the first singular value that
    is accepted, 1e-5, its error is eps / 1e-10 ≈ 2e-6, where float32 states err by 1e-2. Within it
    a second decomposition is exact. A value that does not exist is NaN.
    """
    n_windows = states.shape[1] - (delays - 1) * interval
    keep = min(rank + 1, len(products), len(states) * n_windows)
    projected = _times(states, leading_eigenvectors(products, keep), delays, interval)
    left, values, _ = np.linalg.svd(projected.reshape(-1, keep), full_matrices=False)
    padded = np.full(rank + 1, np.nan)
    padded[:keep] = values
    return left[:, :rank].reshape(len(states), n_windows, rank), padded


def spectrum(products: Gram) -> Float[np.ndarray, " value"]:
    """The squared singular values of H from HᵀH, the largest first."""
    return np.maximum(np.linalg.eigvalsh(products)[::-1], 0.0)


def gram(states: States, *, delays: int, interval: int) -> Gram:
    """HᵀH, in blocks of delay × delay; that of all trials is the sum of those of some and the rest.

    Going one block down the diagonal shifts both factors by one delay: all but the first and last
    few products are the same. So only the first row of blocks is summed in full, which is the sum
    over all steps less what comes before the first window.
    """
    n_steps, n_units = states.shape[1:]
    span = (delays - 1) * interval
    found = np.empty((delays, n_units, delays, n_units))
    for e, total in enumerate(_lagged(states, delays, interval)):
        lag = e * interval
        found[0, :, e] = total - _flat(states[:, lag:span]).T @ _flat(states[:, : span - lag])
        found[e, :, 0] = found[0, :, e].T
    gained = _delayed(states[:, :span], delays - 1, interval)
    lost = _delayed(states[:, n_steps - span :], delays - 1, interval)
    # Gained less lost in one product.
    both, signed = np.concatenate([gained, lost]), np.concatenate([gained, -lost])
    for d in range(delays - 1):
        change = both[:, d * n_units : (d + 1) * n_units].T @ signed
        found[d + 1, :, 1:] = found[d, :, :-1] + change.reshape(n_units, delays - 1, n_units)
    return found.reshape(delays * n_units, delays * n_units)


def _lagged(states: States, delays: int, interval: int) -> Float[np.ndarray, "delay unit unit"]:
    """Σ x_t x_{t−eτ}ᵀ over all steps of all trials, for every delay e, by the Fourier transform.

    Behind each trial there is room for the longest delay, so that nothing comes round.
    """
    _, n_steps, n_units = states.shape
    shortest = n_steps + (delays - 1) * interval
    # Lengths with large prime factors take many times as long.
    length = min(f * 2 ** math.ceil(math.log2(max(shortest / f, 1))) for f in (1, 3, 5))
    spectra = np.fft.rfft(states, length, axis=1).transpose(1, 0, 2)
    frequencies = np.arange(len(spectra))
    # All but the first, and the middle one of an even length, stand for a conjugate as well.
    weights = np.where((frequencies == 0) | (2 * frequencies == length), 1.0, 2.0) / length
    turns = np.outer(interval * np.arange(delays), frequencies) / length
    back = weights * np.exp(2j * np.pi * turns)
    total = np.zeros((delays, n_units * n_units))
    for begin in range(0, len(spectra), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        cross = spectra[some].transpose(0, 2, 1) @ spectra[some].conj()
        total += (back[:, some] @ cross.reshape(-1, n_units * n_units)).real
    return total.reshape(delays, n_units, n_units)


def _delayed(states: States, n_blocks: int, interval: int) -> Float[np.ndarray, "sample delay"]:
    """As many stretches of `interval` steps side by side, the newest first."""
    n_trials, _, n_units = states.shape
    blocks = states.reshape(n_trials, n_blocks, interval, n_units)[:, ::-1]
    return blocks.transpose(0, 2, 1, 3).reshape(n_trials * interval, n_blocks * n_units)


def _times(
    states: States, basis: Float[np.ndarray, "value delay"], delays: int, interval: int
) -> Float[np.ndarray, "trial window value"]:
    """H times a few vectors, which are rows."""
    n_windows = states.shape[1] - (delays - 1) * interval
    parts = np.ascontiguousarray(basis.T).reshape(delays, states.shape[2], -1)
    total = np.zeros((len(states), n_windows, len(basis)))
    for d, part in enumerate(parts):
        begin = (delays - 1 - d) * interval
        total += states[:, begin : begin + n_windows] @ part
    return total


def _flat(states: States) -> Float[np.ndarray, "sample unit"]:
    return states.reshape(-1, states.shape[2])
