"""What people look at beyond numbers: trajectories, two matrices side by side, spectra."""

from collections.abc import Mapping, Sequence

import numpy as np

from degendsl._cores import on_cores

from .._cache import Arrays
from .._examples import FEW, PATHS, UNITS, Examples, kept_steps, middle_of, roles_of, side_by_side
from .._plane import plane_of
from ._kept import Kept
from ._networks import Compared
from ._usable import Usable


def examples(found: Usable, kept: Kept) -> Examples:
    """Trajectories of a few networks, two matrices side by side, spectra of all."""
    states, given, losses = found.trained.states, found.trained.weights, found.trained.losses
    before = found.untrained.weights.among(given.seeds)
    # Of networks without states, a role would be of nothing that is shown.
    roles = roles_of(_ranked(states.seeds or tuple(losses), losses))
    shown = states.only(_shown(states.seeds, roles))
    steps = kept_steps(shown.arrays[0].shape[1]) if shown.arrays else np.arange(0)
    paths = _paths(shown, steps, kept)
    alike = all(one.shape == given.arrays[0].shape for one in given.arrays)
    pair = middle_of(_ranked(given.seeds, losses)) or middle_of(given.seeds)
    pair = pair if alike else None
    return Examples(
        seeds=shown.seeds,
        roles=roles,
        signals=(),
        path_steps=steps,
        paths=paths["paths"],
        explained=paths["explained"],
        pair=pair,
        matched=_matched(given.only(pair), kept) if pair else None,
        singular={
            at: _singular(one, kept) for at, one in (("init", before), ("end", given)) if one.seeds
        }
        if pair
        else {},
    )


def _ranked(seeds: Sequence[int], losses: Mapping[int, float]) -> list[int]:
    """Those of which the loss is known, from the least."""
    return sorted((seed for seed in seeds if seed in losses), key=lambda seed: losses[seed])


def _shown(seeds: tuple[int, ...], roles: Mapping[int, str]) -> tuple[int, ...]:
    """All where they are few; else those that have a role, or the first."""
    if len(seeds) <= FEW:
        return seeds
    return tuple(seed for seed in seeds if seed in roles) or seeds[:FEW]


def _paths(shown: Compared, steps: np.ndarray, kept: Kept) -> Arrays:
    """States on their own two main directions, and how much of the variance these hold."""
    if not shown.arrays:
        return {"paths": np.zeros((0, 0, 0, 2)), "explained": np.zeros(0)}

    def compute(missing: list[int]) -> Arrays:
        some = [shown.arrays[place] for place in missing]
        planes = on_cores(plane_of, some)
        each = zip(planes, some, strict=True)
        return {
            "paths": np.stack([plane.places(one[:PATHS][:, steps]) for plane, one in each]),
            "explained": np.array([plane.explained for plane in planes]),
        }

    trials = min(PATHS, len(shown.arrays[0]))
    shapes = {"paths": (trials, len(steps), 2), "explained": ()}
    settings = {"trials": trials, "steps": steps.tolist()}
    return kept.numbers("paths", settings, [(key,) for key in shown.keys], shapes, compute)


def _matched(pair: Compared, kept: Kept) -> np.ndarray:
    """Both matrices (2, unit, unit), the second's units in the order that matches."""
    first, second = pair.arrays
    few = min(UNITS, len(first))
    rows, shapes = [pair.keys], {"matched": (2, few, few)}

    def compute(_: list[int]) -> Arrays:
        return {"matched": side_by_side(first, second)[None]}

    return kept.numbers("matched", {"units": few}, rows, shapes, compute)["matched"][0]


def _singular(given: Compared, kept: Kept) -> np.ndarray:
    """Singular values of each network's recurrent matrix."""
    units = len(given.arrays[0])

    def compute(missing: list[int]) -> Arrays:
        spectra = [np.linalg.svd(given.arrays[place], compute_uv=False) for place in missing]
        return {"singular": np.stack(spectra)}

    rows, shapes = [(key,) for key in given.keys], {"singular": (units,)}
    return kept.numbers("singular", {"units": units}, rows, shapes, compute)["singular"]
