"""How differently networks represent the same trials: shape metrics, SVCCA and CKA.

They compare clouds of states sample by sample and are blind to the order of samples, so to the
dynamics; DSA is the measure of those.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment

from degendsl._cores import threads
from degendsl.errors import LEAVE_OUT, MeasureError

from ._numbers import (
    alike,
    checked_pairs,
    listed,
    named,
    one_of,
    positive,
    real_numbers,
    scaled,
)
from ._states import States, checked_network, checked_states

Shape = Literal["procrustes", "half_whitened", "cca", "permutation", "cka", "svcca"]

# Directions with less variance than this are not half whitened further: netrep's floor, in squared
# units of the states.
_FLOOR = 1e-7
# Of the largest singular value of a cloud: directions below are what float32 states leave of none.
_ROUNDING = 1e-6
# Products of directions that are orthonormal but for rounding, also after a way through float32.
_ORTHONORMAL = 1e-4

Cloud = Float[np.ndarray, "sample _"]
Cross = Float[np.ndarray, "_ _"]


class _Kind(NamedTuple):
    """A measure as two steps: what is done to each cloud, and the overlap of two of them.

    cloud: of states with centred columns. overlap: of the cross product of two clouds, such that
    that of a cloud with itself is its own squared norm.
    """

    cloud: Callable[[Cloud, float], Cloud]
    overlap: Callable[[Cross], float]


def shape_distances(
    states: States,
    *,
    kind: Shape = "procrustes",
    score: Literal["angular", "euclidean"] = "angular",
    variance: float = 0.99,
    names: Sequence[str] | None = None,
) -> Float[np.ndarray, "network network"]:
    """What is left between the representations of every two networks after the best alignment.

    All are blind to shifts; the angle also to overall scale. Networks may differ in width but for
    `permutation`; the trials must be the same, in the same order.

    **Arguments:**

    - `states`: any activity units.
    - `kind`: what may be aligned away. `procrustes`: rotations. `permutation`: the order of units.
        `cca`: any invertible linear map; directions smaller than 1e-6 of a network's largest
        count as rounding, not as directions. `half_whitened`: in between, each direction scaled by
        ½ (1 + 1/√λ) for its summed square λ; the mixture depends on the units of the states, as in
        netrep. `cka`: rotations, comparing the similarities of samples instead of samples.
        `svcca`: any invertible map of the directions that carry `variance`.
    - `score`: `angular`, radians in [0, π/2] ([0, π] for `permutation`); `euclidean`, in units of
        the states, for `procrustes` and `permutation`. `svcca` is 1 − the mean canonical
        correlation, in [0, 1], whatever the score.
    - `variance`: the share of variance that SVCCA keeps of each network, above 0 and up to 1.
    - `names`: of the networks, for messages.

    **Returns:** a symmetric matrix with a zero diagonal. The angle of two equal representations is
    0 to about 3e-8, the square root of rounding.

    **Raises** `MeasureError` naming the network whose states are not finite or never change, or
    which has other trials; for `cca` and `svcca` also two networks with too few samples for their
    directions: any two spaces of more dimensions than there are samples meet, so that
    correlations of 1 say nothing of the networks.

    **References:** Williams et al., NeurIPS 2021, arXiv:2110.14739; Kornblith et al., ICML 2019
    (CKA); Raghu et al., NeurIPS 2017 (SVCCA).
    """
    one_of("kind", kind, get_args(Shape))
    one_of("score", score, ("angular", "euclidean"))
    _check_share(variance)
    given = checked_states(states, names=names)
    names = named(names, len(given))
    if score == "euclidean" and kind not in ("procrustes", "permutation"):
        raise MeasureError(f"{kind} has no euclidean score; use angular")
    if kind == "permutation" and len({one.shape[-1] for one in given}) > 1:
        raise MeasureError("networks of different width have no matching units; use procrustes")
    clouds = [
        _KINDS[kind].cloud(_centred(one, name), variance)
        for one, name in zip(given, names, strict=True)
    ]
    power = 0
    if kind in ("cca", "svcca"):
        _check_samples(clouds, names)
    else:
        # Their products must be numbers; an angle knows no scale, a distance has one for all.
        clouds, powers = zip(*map(scaled, clouds), strict=True)
        if score == "euclidean":
            power = max(powers)
            clouds = [np.ldexp(one, own - power) for one, own in zip(clouds, powers, strict=True)]
    overlap = _overlaps(clouds, _KINDS[kind].overlap)
    distances = _distances(overlap, kind, score, [cloud.shape[1] for cloud in clouds])
    np.fill_diagonal(distances, 0.0)
    return np.ldexp(distances, power)


def svcca_directions(
    states: Float[Any, "trial time unit"], *, variance: float = 0.99, name: str = "the network"
) -> Float[np.ndarray, "sample direction"]:
    """What SVCCA compares of one network: the fewest directions that carry a share of variance.

    **Arguments:**

    - `states`: any activity units.
    - `variance`: the share, above 0 and up to 1.
    - `name`: what messages call the network.

    **Returns:** the leading left singular vectors of the centred states, orthonormal, without
    units; a sample is a time of a trial, trial after trial.

    **Raises** `MeasureError` where the states are not finite or never change.

    **Reference:** Raghu et al., NeurIPS 2017.
    """
    _check_share(variance)
    # The others are not kept alive.
    return _leading(_centred(checked_network(states, name), name), variance).copy()


def svcca_distances(
    directions: Sequence[Float[Any, "sample _"]],
    pairs: Sequence[tuple[int, int]],
    *,
    names: Sequence[str] | None = None,
) -> Float[np.ndarray, " pair"]:
    """1 − the mean canonical correlation of each pair, as of `shape_distances` of kind `svcca`.

    A pair's result does not depend on the other pairs, so distances can be kept and added to.

    **Arguments:**

    - `directions`: of each network, as `svcca_directions` gives them for the same trials.
    - `pairs`: (i, j), the places in `directions` of two to compare, from 0 on.
    - `names`: of the networks, for messages.

    **Returns:** a number in [0, 1] per pair, in the order of `pairs`.

    **Raises** `MeasureError` naming the network whose directions are not orthonormal or of other
    samples, two with too few samples for their directions, or a pair that is not there.
    """
    given = listed(directions, "the directions")
    names = named(names, len(given))
    pairs = checked_pairs(pairs, len(given))
    found = [_orthonormal(one, name) for one, name in zip(given, names, strict=True)]
    for name, one in zip(names, found, strict=True):
        alike(
            one[:, 0], found[0][:, 0], f"samples of {name} and {names[0]}", "give the same trials"
        )
    if len(found) > 1:
        _check_samples(found, names)

    def distance(pair: tuple[int, int]) -> float:
        one, other = (found[index] for index in pair)
        return 1.0 - _nuclear(one.T @ other) / min(one.shape[1], other.shape[1])

    with threads() as pool:
        return np.maximum(np.array(list(pool.map(distance, pairs))), 0.0)


def _overlaps(
    clouds: Sequence[Cloud], overlap: Callable[[Cross], float]
) -> Float[np.ndarray, "network network"]:
    found = np.zeros((len(clouds), len(clouds)))

    def fill(i: int) -> None:
        for j in range(i + 1):
            found[i, j] = found[j, i] = overlap(clouds[i].T @ clouds[j])

    with threads() as pool:
        list(pool.map(fill, reversed(range(len(clouds)))))
    return found


def _distances(
    overlap: np.ndarray, kind: Shape, score: str, dimensions: Sequence[int]
) -> Float[np.ndarray, "network network"]:
    own = np.diag(overlap)
    if kind == "svcca":
        return 1.0 - overlap / np.minimum.outer(dimensions, dimensions)
    if score == "euclidean":
        return np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * overlap, 0.0))
    # Rounding can push the cosine of identical clouds past 1, where arccos is NaN.
    return np.arccos(np.clip(overlap / np.sqrt(np.outer(own, own)), -1.0, 1.0))


def _check_share(variance: float) -> None:
    positive(variance=variance)
    if variance > 1:
        raise MeasureError(f"variance is a share of at most 1, not {variance!r}; change it")


def _orthonormal(directions: Any, name: str) -> Cloud:
    what = f"the directions of {name}"
    found = real_numbers(directions, what, ("sample", "direction")).astype(np.float64)
    if np.abs(found.T @ found - np.eye(found.shape[1])).max() > _ORTHONORMAL:
        raise MeasureError(f"{what} are not orthonormal; see svcca_directions")
    return found


def _centred(states: np.ndarray, name: str) -> Cloud:
    cloud = states.reshape(-1, states.shape[-1]).astype(np.float64)
    cloud -= cloud.mean(axis=0)
    # Float32 states that never change still differ from their mean by rounding.
    if np.abs(cloud).max() <= 1e-6 * np.abs(states).max():
        raise MeasureError(f"the states of {name} never change", LEAVE_OUT)
    return cloud


def _check_samples(clouds: Sequence[Cloud], names: Sequence[str]) -> None:
    """Spaces of a and b dimensions, of n − 1 around the mean, share a + b − (n − 1) at least."""
    n_samples = len(clouds[0])
    first, second = sorted(np.argsort([cloud.shape[1] for cloud in clouds], kind="stable")[-2:])
    a, b = clouds[first].shape[1], clouds[second].shape[1]
    if a + b > n_samples - 1:
        raise MeasureError(
            f"{n_samples} samples are too few for the {a} directions of {names[first]} and the {b} "
            f"of {names[second]}: they share some, whatever they are; give more samples than both "
            "have units, let svcca keep less variance, or use procrustes"
        )


def _as_it_is(cloud: Cloud, _: float) -> Cloud:
    return cloud


def _half_whitened(cloud: Cloud, _: float) -> Cloud:
    """Each principal direction scaled to the mean of its own size and size 1."""
    squares, directions = np.linalg.eigh(cloud.T @ cloud)
    scale = 0.5 + 0.5 / np.sqrt(np.maximum(squares, _FLOOR))
    return cloud @ ((directions * scale) @ directions.T)


def _leading(cloud: Cloud, variance: float) -> Cloud:
    """The left singular vectors that carry a share of the variance."""
    left, values, _ = np.linalg.svd(cloud, full_matrices=False)
    there = int((values > _ROUNDING * values[0]).sum())
    share = np.cumsum((values[:there] / values[0]) ** 2)
    return left[:, : min(there, 1 + int(np.searchsorted(share / share[-1], variance)))]


def _nuclear(cross: Cross) -> float:
    return float(np.linalg.svd(cross, compute_uv=False).sum())


def _assigned(cross: Cross) -> float:
    return float(cross[linear_sum_assignment(cross, maximize=True)].sum())


def _squared(cross: Cross) -> float:
    return float((cross**2).sum())


_KINDS: dict[Shape, _Kind] = {
    "procrustes": _Kind(_as_it_is, _nuclear),
    "half_whitened": _Kind(_half_whitened, _nuclear),
    "cca": _Kind(lambda cloud, _: _leading(cloud, 1.0), _nuclear),
    "permutation": _Kind(_as_it_is, _assigned),
    "cka": _Kind(_as_it_is, _squared),
    "svcca": _Kind(_leading, _nuclear),
}
