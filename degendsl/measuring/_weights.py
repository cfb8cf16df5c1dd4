"""The level of weights: how far apart recurrent matrices stay under the best matching of units."""

import numpy as np

from degendsl import metrics
from degendsl.spec import kinds
from degendsl.store import Store

from ._cache import Arrays, Measured, Networks, cached, joined, new_pairs, plain


def weights(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Permutation distance of each pair of recurrent matrices, and how far each has moved."""
    pif = measure.weights[0]
    settings = {"weights": plain(pif)}

    def compute(known: Arrays) -> Arrays:
        recurrent = np.stack([p["recurrent"] for p in networks.parameters]).astype(np.float64)
        start = np.stack([r.parameters("init")["recurrent"] for r in networks.records.values()])
        pairs = new_pairs(len(known.get("norm", ())), len(recurrent))
        matches = metrics.match_pairs(recurrent, pairs, starts=pif.starts, seed=pif.seed)
        norms = np.linalg.norm(recurrent, axis=(1, 2))
        cosines = [
            m.inner / (norms[i] * norms[j]) for (i, j), m in zip(pairs, matches, strict=True)
        ]
        distance = np.array([m.distance for m in matches])
        added = {
            "pairs": np.array(pairs, int).reshape(-1, 2),
            "pif": distance,
            "pif_per_parameter": distance / recurrent[0].size,
            "pif_angle": np.arccos(np.clip(cosines, -1.0, 1.0)),
            "gap": np.array([m.gap for m in matches]),
        }
        change = np.linalg.norm(recurrent - start, axis=(1, 2))
        return {"norm": norms, "weight_change": change} | joined(known, added)

    return cached(store, networks, "weights", settings, compute)
