"""Results folders made of numbers alone, of any size: the page asks for nothing else."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from synthetic_networks import courses, exhibits
from synthetic_values import values

from degendsl.store import Store


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
        **values(random, ids, networks),
        **courses(random, per_network, ids, epochs),
        **exhibits(random, ids, exhibited),
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


def write_lock(store: Store, **changes: object) -> None:
    """Change some words of a store's lock."""
    path = store.root / "spec.lock.json"
    path.write_text(json.dumps(store.lock | changes))
