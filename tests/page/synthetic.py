"""Results folders made of numbers alone, of any size: the page asks for nothing else."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from degendsl.store import Store

METRICS = (("behavior", "ood_spread"), ("dynamics", "dsa"), ("weights", "pif"))
MORE = (
    ("behavior", "ood_mse_mean"),
    ("dynamics", "dsa[delays 5, rank 10]"),
    ("weights", "pif_angle"),
)


def synthetic_store(
    root: Path,
    *,
    channels: Sequence[int] = (1, 2, 3),
    delays: Sequence[int] = (5,),
    networks: int = 8,
    epochs: int = 12,
    exhibited: int = 3,
    title: str = "A study that nobody ran",
) -> Store:
    """A store of channels × delays conditions, each of so many networks."""
    random = np.random.default_rng(0)
    factors = ("task.channels", "task.delay.max") if len(delays) > 1 else ("task.channels",)
    conditions = []
    for index, (one, delay) in enumerate(itertools.product(channels, delays)):
        levels = dict(zip(factors, (one, delay), strict=False))
        label = ", ".join(f"{path.rsplit('.', 1)[-1]} {value}" for path, value in levels.items())
        conditions.append(
            {"id": f"{index:012x}", "hash": "0" * 64, "label": label, "levels": levels}
        )
    store = Store(root)
    store.write_spec(
        "degendsl: 1\n# not a spec that anybody ran\n", _lock(conditions, title, networks)
    )
    ids = [one["id"] for one in conditions]
    n = len(ids) * networks
    per_network = {
        "condition": np.repeat(ids, networks),
        "seed": np.tile(np.arange(networks), len(ids)),
    }
    loss = 10 ** random.normal(-3, 0.1, n)
    tables = {
        "conditions": pl.DataFrame(
            [
                {
                    "condition": c["id"],
                    "label": c["label"],
                    **c["levels"],
                    "n_networks": networks,
                    "n_converged": networks,
                }
                for c in conditions
            ]
        ),
        "networks": pl.DataFrame(
            {
                **per_network,
                "outcome": ["converged"] * n,
                "epochs": random.integers(epochs - 3, epochs, n),
                "threshold_epoch": random.integers(epochs - 6, epochs - 3, n),
                "train_mse": loss,
                "eval_mse": loss * 1.1,
                "ood_mse": loss * random.uniform(1, 3, n),
                "weight_change": random.normal(4, 0.3, n),
                "kernel_alignment": random.uniform(0.3, 0.9, n),
            }
        ),
        **_degeneracy(random, ids, networks),
        **_drawn(random, per_network, ids, epochs),
        **_exhibits(random, ids, exhibited),
        "task_information": pl.DataFrame(
            {"condition": ids, "measure": ["memory_demand"] * len(ids), "value": [0.7] * len(ids)}
        ),
        "problems": pl.DataFrame(
            {"condition": [ids[0]], "problem": ["one thing could not be had"]}
        ),
    }
    for name, table in tables.items():
        store.write_table(name, table)
    return store


def _lock(conditions: list[dict[str, object]], title: str, networks: int) -> dict[str, object]:
    resolved = {
        "study": {
            "name": "synthetic",
            "title": title,
            "authors": [{"name": "A. Researcher", "orcid": "0000-0002-1825-0097"}],
            "license": "CC-BY-4.0",
            "cites": ["arXiv:2410.03972"],
        },
        "task": {"kind": "flip_flop"},
        "train": {"stop": {"train_mse": 1e-3}, "optimizer": {"kind": "adam"}},
        "measure": {"dynamics": [{"kind": "dsa"}], "weights": [{"kind": "pif"}]},
        "networks": {"count": networks},
        "report": {"compare": "task.channels"},
    }
    return {
        "format": 1,
        "degendsl": "0.1.0",
        "created": "2025-01-01T00:00:00+00:00",
        "folder_hash": "0" * 12,
        "variant": None,
        "overrides": [],
        "resolved": resolved,
        "conditions": conditions,
        "methods": ["Networks were trained on nothing at all (Huang et al. 2025)."],
        "realisation": {"jax": "0.10.2", "lanes": 4},
        "python": "3.11",
        "git": None,
    }


def _degeneracy(
    random: np.random.Generator, ids: list[str], networks: int
) -> dict[str, pl.DataFrame]:
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
                        "ci_low": value * 0.9,
                        "ci_high": value * 1.1,
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


def _drawn(
    random: np.random.Generator, per_network: dict[str, np.ndarray], ids: list[str], epochs: int
) -> dict[str, pl.DataFrame]:
    n = len(per_network["seed"])
    maps = [
        pl.DataFrame(
            {
                **per_network,
                "metric": [metric] * n,
                "at": ["end"] * n,
                "x": random.normal(0, scale, n),
                "y": random.normal(0, scale, n),
                "stress": [0.1] * n,
            }
        )
        for metric, scale in (("dsa", 0.1), ("pif", 3.0))
    ]
    epoch = np.tile(np.arange(1, epochs + 1), n)
    curve = np.exp(-epoch * 7 / epochs) * np.repeat(10 ** random.normal(0, 0.1, n), epochs)
    learning = pl.DataFrame(
        {
            "condition": np.repeat(per_network["condition"], epochs),
            "seed": np.repeat(per_network["seed"], epochs),
            "epoch": epoch,
            "loss": curve * 10 ** random.normal(0, 0.05, len(epoch)),
        }
    )
    singular = pl.DataFrame(
        {
            "condition": np.repeat(ids, 64),
            "at": np.tile(np.repeat(["init", "end"], 32), len(ids)),
            "index": np.tile(np.arange(32), 2 * len(ids)),
            "median": np.tile(np.linspace(3, 0, 32), 2 * len(ids)),
            "low": np.tile(np.linspace(2.5, 0, 32), 2 * len(ids)),
            "high": np.tile(np.linspace(3.5, 0, 32), 2 * len(ids)),
        }
    )
    return {"maps": pl.concat(maps), "learning": learning, "singular_values": singular}


def _exhibits(
    random: np.random.Generator, ids: list[str], exhibited: int
) -> dict[str, pl.DataFrame]:
    roles = ["best", "median", "worst", *[None] * exhibited][:exhibited]
    stimuli, trials, paths, fixed, eigenvalues, matched = [], [], [], [], [], []
    time = np.arange(50.0)
    for place, condition in enumerate(ids):
        target = np.sign(np.sin(time / (4 + place % 5)) + 0.01)
        for ood, kind in itertools.product(("in", "temporal"), ("input", "target")):
            stimuli.append(
                _signal(condition, ood, time, target).with_columns(
                    kind=pl.lit(kind), value=pl.col("signal"), signal=pl.lit("pulse")
                )
            )
        for seed, role in enumerate(roles):
            named = {"seed": pl.lit(seed), "role": pl.lit(role, pl.String)}
            for ood in ("in", "temporal"):
                noisy = target + random.normal(0, 0.05, len(time))
                trials.append(
                    _signal(condition, ood, time, noisy).with_columns(output="signal", **named)
                )
            for trial in range(3):
                angle = time / 5 + trial
                paths.append(
                    pl.DataFrame(
                        {"time": time, "x": 2 * np.cos(angle), "y": np.sin(2 * angle)}
                    ).with_columns(condition=pl.lit(condition), trial=trial, explained=0.8, **named)
                )
            fixed.append(
                pl.DataFrame({"x": [1.0, -1.0, 0.0], "y": [0.5, -0.5, 0.0]}).with_columns(
                    condition=pl.lit(condition),
                    stable=pl.Series([True, True, False]),
                    **named,
                )
            )
            turn = random.uniform(0, 2 * np.pi, 10)
            eigenvalues.append(
                pl.DataFrame(
                    {
                        "index": np.arange(10),
                        "real": 0.9 * np.cos(turn),
                        "imaginary": 0.9 * np.sin(turn),
                    }
                ).with_columns(condition=pl.lit(condition), seed=pl.lit(seed))
            )
        if place < 6:
            row, column = np.indices((16, 16))
            entries = random.normal(size=(2, 256))
            matched.append(
                pl.DataFrame(
                    {"row": row.ravel(), "column": column.ravel(), "a": entries[0], "b": entries[1]}
                ).with_columns(condition=pl.lit(condition), seed_a=pl.lit(0), seed_b=pl.lit(1))
            )
    return {
        "stimuli": pl.concat(stimuli),
        "trials": pl.concat(trials),
        "trajectories": pl.concat(paths),
        "fixed_points": pl.concat(fixed),
        "eigenvalues": pl.concat(eigenvalues),
        "matched": pl.concat(matched),
    }


def _signal(condition: str, ood: str, time: np.ndarray, signal: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({"time": time, "signal": signal}).with_columns(
        condition=pl.lit(condition), ood=pl.lit(ood), trial=0, channel=0
    )


def write_lock(store: Store, **changes: object) -> None:
    """Change some words of a store's lock."""
    path = store.root / "spec.lock.json"
    path.write_text(json.dumps(store.lock | changes))
