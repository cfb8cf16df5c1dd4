"""Calls that must all be refused by a `MeasureError`; what is not is printed.

Every public function has its place here: one that has none is printed as well.
"""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from degendsl import metrics
from degendsl.errors import MeasureError

# Nothing here is of a right type.
m: Any = metrics
good = np.random.default_rng(0).standard_normal((3, 4, 12, 3))
w = good[:, 0, :3]
bases = np.linalg.qr(good[:, 0])[0]
distances = 1.0 - np.eye(3)
nan = float("nan")


def spoilt(array, value, kind: Any = float):
    array = array.astype(kind)
    array.reshape(len(array), -1)[1, 0] = value
    return array


# Of whatever numbers.
bad: dict[str, Callable[[Any], Any]] = {
    "nan": lambda a: spoilt(a, np.nan),
    "infinite": lambda a: spoilt(a, -np.inf),
    "object": lambda a: spoilt(a, None, object),
    "text": lambda a: a.astype(str),
    "complex": lambda a: a + 1j,
    "none": lambda a: a[:0],
    "one number": lambda a: 3.0,
    "nothing": lambda a: None,
    "names": lambda a: {"a": a},
    "masked": lambda a: np.ma.masked_array(a, a == a.ravel()[0]),
}
# Of one array of each network.
of_networks: dict[str, Callable[[Any], Any]] = {
    **bad,
    "huge": lambda a: spoilt(a, -1e200),
    "ragged": lambda a: [a[0], [[1.0], [1.0, 2.0]], a[2]],
    "empty": lambda a: a[..., :0],
    "flat": lambda a: a[..., 0],
}
compared = {**of_networks, "one": lambda a: a[:1]}
of_losses = {name: how for name, how in compared.items() if name not in ("empty", "flat")}
matrices = {**bad, "huge": of_networks["huge"], "empty": lambda a: a[:, :0], "flat": lambda a: a[0]}
square = {**matrices, "not square": lambda a: a[:2]}

Spoilt = tuple[Any, dict[str, Callable[[Any], Any]], Callable[[Any], Any]]
spoilable: dict[str, list[Spoilt]] = {
    "dsa_distances": [
        (good, compared, lambda x: m.dsa_distances(x, delays=2, rank=2)),
        (good, compared, lambda x: m.dsa_distances(x, delays=2, rank=0.9)),
        (good[0], matrices, lambda x: m.dsa_distances(good, delays=2, rank=2, inputs=x or 1)
         if x is None else m.dsa_distances(good, delays=2, rank=2, inputs=x)),
    ],
    "shape_distances": [(good, compared, m.shape_distances)],
    "svcca_directions": [(good[0], matrices, m.svcca_directions)],
    "svcca_distances": [(bases, of_networks, lambda x: m.svcca_distances(x, [(1, 0)]))],
    "choose_dsa_settings": [
        (good, of_networks, lambda x: m.choose_dsa_settings(x, delays=[1], ranks=[2]))
    ],
    "dsa_operators": [(good, of_networks, lambda x: m.dsa_operators(x, delays=2, rank=2))],
    "operator": [(good[0], matrices, lambda x: m.operator(x, delays=2, rank=2))],
    "halved_operators": [(good[0], matrices, lambda x: m.halved_operators(x, delays=2, rank=2))],
    "rank_for_variance": [
        (good, of_networks, lambda x: m.rank_for_variance(x, delays=2, share=0.9))
    ],
    "operator_distances": [(w, of_networks, lambda x: m.operator_distances(x, [(1, 0)]))],
    "output_disagreement": [(good, compared, m.output_disagreement)],
    "ood_spread": [(w[:, 0, 0], of_losses, m.ood_spread)],
    "loss_summary": [(w[:, 0, 0], of_losses, m.loss_summary)],
    "mds": [(distances, square, m.mds)],
    "conditional_entropy": [
        (w[0], matrices, m.conditional_entropy),
        (w[0], {k: v for k, v in matrices.items() if k != "nothing"},
         lambda x: m.conditional_entropy(w[0], x)),
    ],
    "gaussian_rate": [
        (good[0], matrices, lambda x: m.gaussian_rate(x, distortion=1.0)),
        (good[0], {k: v for k, v in matrices.items() if k != "nothing"},
         lambda x: m.gaussian_rate(good[0], x, distortion=1.0)),
    ],
    "weight_change": [
        (w[0], matrices, lambda x: m.weight_change(x, w[0])),
        (w[0], matrices, lambda x: m.weight_change(w[0], x)),
    ],
    "relative_weight_change": [
        (w[0], matrices, lambda x: m.relative_weight_change(x, w[0])),
        (w[0], matrices, lambda x: m.relative_weight_change(w[0], x)),
    ],
    "feature_alignment": [
        (w[0], matrices, lambda x: m.feature_alignment(x, w[0])),
        (w[0], matrices, lambda x: m.feature_alignment(w[0], x)),
    ],
    "spectral_radius": [(w[0], square, m.spectral_radius)],
    "effective_rank": [(w[0], matrices, m.effective_rank)],
    "sparsity": [(w[0], matrices, m.sparsity)],
    "balanced": [(w[0], square, lambda x: m.balanced(m.Weights(x, w[0], w[0])))],
    "Weights": [
        (w[0], square, m.Weights.of),
        (w[0], {k: bad[k] for k in ("nan", "text")}, lambda x: m.Weights.of(w[0], input=x)),
        (w[0], {k: bad[k] for k in ("nan", "text")}, lambda x: m.Weights.of(w[0], readout=x)),
    ],
    "fixed_points": [
        (w, of_networks, lambda x: m.fixed_points(x, w)),
        (w, of_networks, lambda x: m.fixed_points(w, x)),
        (w[0], {k: v for k, v in matrices.items() if k != "nothing"},
         lambda x: m.fixed_points(w, w, input_weights=w, inputs=x)),
    ],
    "field_points": [
        (w, {k: bad[k] for k in ("nan", "complex", "text", "one number", "none")},
         lambda x: m.field_points(lambda p, x, s: p @ s, x, w, w[0])),
        (w, of_networks, lambda x: m.field_points(lambda p, x, s: p @ s, w, x, w[0])),
    ],
    "pif_distances": [(w, compared, m.pif_distances)],
    "match_pairs": [(w, of_networks, lambda x: m.match_pairs(x, [(1, 0)]))],
    "match_units": [
        (w[0], square, lambda x: m.match_units(x, w[1])),
        (w[0], square, lambda x: m.match_units(w[1], x)),
    ],
    "shuffled": [(w, of_networks, m.shuffled)],
}  # fmt: skip

settings: dict[str, list[Callable[[], Any]]] = {
    "dsa_distances": [
        *(
            lambda asked=asked: m.dsa_distances(good, **{"delays": 2, "rank": 2, **asked})
            for asked in (
                {"delays": 0}, {"delays": 2.5}, {"delays": 12, "rank": 1}, {"delays": None},
                {"rank": 7}, {"rank": 0}, {"rank": 2.5}, {"rank": nan}, {"rank": True},
                {"rank": np.inf}, {"rank": -0.5}, {"rank": "2"}, {"rank": 2 + 0j},
                {"interval": 0}, {"starts": 0}, {"score": "cosine"}, {"score": None},
                {"inputs": good[0, :2]}, {"window": 3}, {"window": ()}, {"window": (0.5, 6)},
                {"window": (6, 2)}, {"window": (0, 99)}, {"burn_in": -1}, {"burn_in": 1.5},
            )
        ),
        lambda: m.dsa_distances(good * 0, delays=2, rank=2),
        lambda: m.dsa_distances(good * 0, delays=2, rank=0.9),
        lambda: m.dsa_distances([good[0], good[1, :2], good[2]], delays=2, rank=2),
    ],
    "choose_dsa_settings": [
        lambda asked=asked: m.choose_dsa_settings(good, **{"delays": [1], "ranks": [2], **asked})
        for asked in (
            {"delays": []}, {"delays": [0]}, {"delays": 2}, {"delays": [1.5]}, {"ranks": [0]},
            {"ranks": []}, {"ranks": 3}, {"ranks": [2, "3"]}, {"ranks": [99]}, {"interval": 0},
        )
    ] + [lambda: m.choose_dsa_settings(good[:, :1], delays=[1], ranks=[2])],
    "dsa_operators": [lambda: m.dsa_operators(good, delays=2, rank=99)],
    "operator": [lambda: m.operator(good[0], delays=2, rank=0.5)],
    "halved_operators": [
        lambda: m.halved_operators(good[0], delays=2.0, rank=2),
        lambda: m.halved_operators(good[0], delays=12, rank=2),
    ],
    "rank_for_variance": [
        lambda share=share: m.rank_for_variance(good, delays=2, share=share)
        for share in (0, 1, 1.0, nan, -1, "0.5", True)
    ],
    "operator_distances": [
        lambda pairs=pairs: m.operator_distances(w, pairs)
        for pairs in ([(0, 9)], [(-1, 0)], [(0,)], [0], 3, [(0.5, 1)], [("0", 1)])
    ],
    "shape_distances": [
        *(
            lambda asked=asked: m.shape_distances(good, **asked)
            for asked in (
                {"kind": "rsa"}, {"score": "cosine"}, {"kind": "cka", "score": "euclidean"},
                {"variance": 0}, {"variance": 1.1}, {"variance": nan}, {"names": ["a"]},
                {"names": []},
            )
        ),
        *(
            lambda kind=kind: m.shape_distances(good.reshape(3, 1, 12, 12)[:, :, :9], kind=kind)
            for kind in ("cca", "svcca")
        ),
    ],
    "svcca_directions": [
        lambda: m.svcca_directions(good[0] * 0),
        *(lambda v=v: m.svcca_directions(good[0], variance=v) for v in (0, 1.1, nan, "1", None)),
    ],
    "svcca_distances": [
        lambda: m.svcca_distances(2 * bases, [(1, 0)]),
        lambda: m.svcca_distances([bases[0], np.eye(9)[:, :3]], [(1, 0)]),
        lambda: m.svcca_distances([bases[0, :, :1], np.eye(12)[:, :11]], [(1, 0)]),
        lambda: m.svcca_distances(bases, [(3, 0)]),
        lambda: m.svcca_distances(bases, [(1, 0)], names=["a"]),
    ],
    "pair_subset": [
        lambda: m.pair_subset(5, -3),
        lambda: m.pair_subset(-5, None),
        lambda: m.pair_subset(2.5, 1),
        lambda: m.pair_subset(5, 2, seed=-1),
    ],
    "output_disagreement": [lambda: m.output_disagreement([good[0], good[1, :2]])],
    "mds": [
        lambda: m.mds(distances, dims=0),
        lambda: m.mds(-distances),
        lambda: m.mds(np.triu(distances)),
        lambda: m.mds(distances + 1),
    ],
    "conditional_entropy": [lambda: m.conditional_entropy(w[0], w[0, :2])],
    "gaussian_rate": [
        lambda: m.gaussian_rate(good[0], good[0, :2], distortion=1.0),
        *(
            lambda d=d: m.gaussian_rate(good[0], distortion=d)
            for d in (0, -1, nan, np.inf, None, "1", True)
        ),
    ],
    "weight_change": [lambda: m.weight_change(w[0], w[0, :1])],
    "relative_weight_change": [lambda: m.relative_weight_change(w[0], w[0, :1])],
    "feature_alignment": [lambda: m.feature_alignment(w[0], w[0, :2])],
    "Weights": [
        lambda: m.Weights.of(w[0], input=np.ones((2, 1))),
        lambda: m.Weights.of(w[0], readout=np.ones((1, 2))),
    ],
    "balanced": [lambda: m.balanced(m.Weights(w[0], np.ones((2, 1)), np.ones((1, 3))))],
    "fixed_points": [
        lambda asked=asked: m.fixed_points(**{"recurrent": w, "starts": w, **asked})
        for asked in (
            {"form": "Rate"}, {"form": None}, {"nonlinearity": "gelu"}, {"nonlinearity": "jax"},
            {"inputs": np.ones((1, 3))}, {"inputs": np.ones((1, 2)), "input_weights": w},
            {"input_weights": w[:2], "inputs": np.ones((1, 3))}, {"bias": w[:2, 0]},
            {"bias": spoilt(w[:, 0], np.nan)}, {"bias": w[:, 0] + 1j}, {"recurrent": w[:, :2]},
            {"recurrent": w[:2]}, {"starts": w[..., :2]}, {"step": 0}, {"step": nan}, {"slow": -1},
        )
    ],
    "field_points": [
        lambda asked=asked: m.field_points(lambda p, x, s: p @ s, w, w, w[0], **asked)
        for asked in ({"fixed": nan}, {"same": 0}, {"step": "1"})
    ],
    "pif_distances": [
        lambda: m.pif_distances(w[:, :2]),
        lambda: m.pif_distances(w, starts=0),
        lambda: m.pif_distances(w, group="odd"),
        lambda: m.pif_distances([w[0], w[1, :2, :2]]),
    ],
    "match_pairs": [
        lambda: m.match_pairs(w, [(0, 1)], seed=-1),
        *(
            lambda pairs=pairs: m.match_pairs(w, pairs)
            for pairs in ([(0, 3)], [(-1, 0)], [(0,)], [0], 3, [(0.5, 1)], [("0", 1)])
        ),
        *(
            lambda names=names: m.match_pairs(w, [(0, 1)], names=names)
            for names in ([], ["a"], ["a"] * 4, "abc", 3)
        ),
    ],
    "shuffled": [
        lambda: m.shuffled(w, seed=-1),
        lambda: m.shuffled(w[:, :2]),
        lambda: m.shuffled([w[0], w[1, :2, :2]]),
    ],
    "embedding_memory": [
        lambda: m.embedding_memory(0, 5),
        lambda: m.embedding_memory(3, 2.5),
    ],
    "default_starts": [
        lambda units=units: m.default_starts(units)
        for units in (0, -1, 64.0, nan, "64", None, True)
    ],
    "match_units": [
        lambda: m.match_units(m.Weights(w[0], np.ones((2, 1)), np.ones((1, 3))), w[1])
    ],
}  # fmt: skip

# Say what is wrong instead.
trusting = {"unusable", "resting"}
public = {name for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))} | {
    "Weights"
}
listed = spoilable.keys() | settings.keys()
for name in sorted((public - listed - trusting) | (listed - public)):
    print("not listed, or listed and not public:", name)

calls = [(f"{name}, setting {k}", one) for name in settings for k, one in enumerate(settings[name])]
for name, entries in spoilable.items():
    for number, (data, ways, call) in enumerate(entries):
        for how, spoil in ways.items():
            calls.append((f"{name} {number}, {how}", lambda c=call, d=data, s=spoil: c(s(d))))
for name, call in calls:
    try:
        print("accepted:", name, call())
    except MeasureError as error:
        if not str(error).strip():
            print("silent:", name)
    except Exception as error:
        print(f"{type(error).__name__}: {name}: {error}")
