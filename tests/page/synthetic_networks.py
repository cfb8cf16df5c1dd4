"""What single networks did: maps and curves of all, trials and states of a few."""

import itertools

import numpy as np
import polars as pl


def courses(
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


def exhibits(
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
