"""Values of degeneracy, their pairs, effects and verdicts, as if they had been measured."""

import itertools

import numpy as np
import polars as pl

METRICS = (("behavior", "ood_spread"), ("dynamics", "dsa"), ("weights", "pif"))
MORE = (
    ("behavior", "ood_mse_mean"),
    ("dynamics", "dsa[delays 5, rank 10]"),
    ("weights", "pif_angle"),
)


def values(random: np.random.Generator, ids: list[str], networks: int) -> dict[str, pl.DataFrame]:
    a, b = np.triu_indices(networks, 1)
    values, pairs, effects = [], [], []
    for level, metric in (*METRICS, *MORE):
        scale = {"behavior": 1e-3, "dynamics": 0.2, "weights": 5.0}[level]
        for place, condition in enumerate(ids):
            value = scale * (1 - 0.4 * place / max(1, len(ids) - 1))
            for at in ("init", "end"):
                values.append(
                    {
                        "condition": condition,
                        "level": level,
                        "metric": metric,
                        "at": at,
                        "value": value * (1.5 if at == "init" else 1),
                        "ci_low": value * (1.3 if at == "init" else 0.9),
                        "ci_high": value * (1.7 if at == "init" else 1.1),
                        "n_networks": networks,
                        "n_pairs": len(a),
                        "floor": value * 0.02,
                        "null": value * 0.3,
                        "cross": value * 1.04,
                        "untrained": value * 1.5,
                        "surrogate": value * 1.2 if level == "weights" else None,
                        "two_families": place == 1 and level == "dynamics",
                    }
                )
            if level != "behavior":
                pairs.append(
                    pl.DataFrame(
                        {
                            "condition": [condition] * len(a),
                            "metric": [metric] * len(a),
                            "at": ["end"] * len(a),
                            "seed_a": a,
                            "seed_b": b,
                            "distance": random.gamma(30, value / 30, len(a)),
                        }
                    )
                )
        effects.append(
            {
                "factor": "task.channels",
                "level": level,
                "metric": metric,
                "change": -0.38,
                "ci_low": -0.45,
                "ci_high": -0.31,
                "direction": "falls",
                "monotone": True,
                "endpoint_ratio": 0.6,
                "p": 0.001,
                "smallest_visible": 0.1,
                "exploratory": False,
            }
        )
    expectations = [
        {
            "text": "degeneracy of dynamics falls with task.channels",
            "verdict": "holds",
            "change": -0.38,
            "ci_low": -0.45,
            "ci_high": -0.31,
            "why": "changes by −38 % [−45 %, −31 %]",
            "level": "dynamics",
            "metric": "dsa",
            "factor": "task.channels",
            "claimed": "falls",
            "p_adjusted": 0.003,
        }
    ]
    sensitivity = [
        {
            "factor": "task.channels",
            "level": "dynamics",
            "metric": "dsa",
            "setting": f"delays {delays}, rank {rank}",
            "change": change,
            "ci_low": change - 0.1,
            "ci_high": change + 0.12,
            "direction": "falls" if change < 0 else "rises",
        }
        for (delays, rank), change in zip(
            itertools.product((5, 10, 20), (10, 30)),
            (-0.4, -0.3, -0.2, 0.05, 0.2, None),
            strict=True,
        )
        if change is not None
    ]
    return {
        "degeneracy": pl.DataFrame(values, infer_schema_length=None),
        "pairs": pl.concat(pairs),
        "effects": pl.DataFrame(effects),
        "expectations": pl.DataFrame(expectations),
        "sensitivity": pl.DataFrame(sensitivity),
    }
