"""One row per network and epoch."""

import numpy as np
import polars as pl

from ._study import F, Study

SCHEMA = {"condition": pl.String, "seed": pl.Int64, "epoch": pl.Int64, "loss": F}


def learning_table(study: Study) -> pl.DataFrame:
    """The training loss of every network."""
    # Column by column: thousands of networks of hundreds of epochs make a million rows.
    parts = [pl.DataFrame(schema=SCHEMA)]
    for one in study.measured:
        for seed, record in one.records.items():
            loss = np.asarray(record.arrays.get("loss", ()), np.float64)
            columns = {"seed": seed, "epoch": np.arange(1, len(loss) + 1), "loss": loss}
            parts.append(
                pl.DataFrame(columns).select(
                    pl.lit(one.condition.id).alias("condition"),
                    *(pl.col(name).cast(SCHEMA[name]) for name in columns),
                )
            )
    return pl.concat(parts).fill_nan(None)
