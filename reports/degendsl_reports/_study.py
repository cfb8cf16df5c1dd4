"""A study as the page sees it: its tables, whichever there are, and what it calls things."""

from functools import cached_property
from typing import Any

import polars as pl

from degendsl.errors import StoreError
from degendsl.store import Store

from ._arrangement import Condition, arranged
from ._numbers import evenly
from ._words import (
    GIVEN,
    TRAINED,
    Metric,
    Terms,
    as_given,
    metric,
    network_column,
)

# A page can hold this many networks as marks in every view; beyond, evenly chosen ones.
MOST_NETWORKS = 5000
# Of columns that a table may lack; all others are real numbers.
_TEXTS = frozenset(
    "condition label level metric at ood kind role outcome problem note text verdict why factor "
    "direction setting signal name".split()
)
_INTEGERS = frozenset(
    "seed seed_a seed_b epoch epochs n_networks n_pairs rank trial channel index row column".split()
)
_FLAGS = frozenset(("stable", "monotone", "two_families"))


class Study:
    """Reads tables, lock and spec text of a store; what is not there is empty, never an error.

    What there is of conditions and factors, see `Arrangement`.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lock: dict[str, Any] = store.lock
        self.resolved: dict[str, Any] = self.lock.get("resolved", {})
        compare = (self.resolved.get("report") or {}).get("compare")
        listed, sweep = self.lock.get("conditions", ()), self.resolved.get("sweep") or ()
        found = arranged(listed, compare, sweep)
        self.factor, self.factors, self.others = found.factor, found.factors, found.others
        self.levels, self.facets, self.conditions = found.levels, found.facets, found.conditions

    @cached_property
    def by_id(self) -> dict[str, Condition]:
        return {one.id: one for one in self.conditions}

    def table(self, name: str) -> pl.DataFrame:
        """A table as it is stored; without rows and columns where there is none."""
        return self._tables(name)

    def rows(self, name: str, *columns: str) -> pl.DataFrame:
        """Some columns of a table; what the table lacks is null.

        Rows of conditions that the study no longer has are left out.
        """
        table = self.table(name)
        frame = table.select(
            pl.col(one) if one in table.columns else pl.lit(None, _type(one)).alias(one)
            for one in columns
        )
        if not table.columns:
            frame = frame.clear()
        if "condition" not in columns:
            return frame
        known = list(self.by_id)
        return frame.filter(pl.col("condition").is_in(known))

    @cached_property
    def shown(self) -> pl.DataFrame:
        """The networks that are drawn one by one.

        who: what marks call them, condition and seed. name: what readers call them.
        """
        networks = self.rows("networks", "condition", "seed", "outcome")
        most = max(2, MOST_NETWORKS // max(1, len(self.conditions)))
        index = pl.DataFrame(
            {"condition": list(self.by_id), "index": [c.index for c in self.conditions]},
            schema={"condition": pl.String, "index": pl.Int64},
        )
        counted = networks.with_columns(
            rank=pl.int_range(pl.len()).over("condition"), total=pl.len().over("condition")
        )
        # Even steps through the seeds: as good as chance, and the same each time.
        step = (pl.col("total") / most).ceil().cast(pl.Int64)
        return (
            counted.filter(pl.col("rank") % step == 0)
            .join(index, on="condition", how="left", maintain_order="left")
            .join(self.names, on=["condition", "seed"], how="left", maintain_order="left")
            .select("condition", "seed", "outcome", "name", who=pl.format("{}.{}", "index", "seed"))
        )

    @cached_property
    def names(self) -> pl.DataFrame:
        """What each network is called: by its seed, one from elsewhere by where it came from."""
        seeds = self.rows("networks", "condition", "seed")
        given = self.rows("sources", "condition", "seed", "name")
        named = seeds.join(given, on=["condition", "seed"], how="left", maintain_order="left")
        # Before every name the page says "network".
        name = pl.col("name").str.strip_prefix("network ")
        return named.with_columns(name.fill_null(pl.col("seed").cast(pl.String)))

    def name(self, condition: str, seed: int) -> str:
        """What one network is called."""
        return self._names.get((condition, seed), str(seed))

    @cached_property
    def _names(self) -> dict[tuple[str, int], str]:
        return {(condition, seed): name for condition, seed, name in self.names.rows()}

    def placed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with what charts arrange by: label, band, facet, position of their condition."""
        places = pl.DataFrame(
            [
                {
                    "condition": one.id,
                    "label": one.label,
                    "band": self.levels[one.position],
                    "facet": one.facet,
                    "position": one.position,
                }
                for one in self.conditions
            ],
            schema={
                "condition": pl.String,
                "label": pl.String,
                "band": pl.String,
                "facet": pl.String,
                "position": pl.Int64,
            },
        )
        return rows.join(places, on="condition", how="left", maintain_order="left")

    def named(self, name: str, *columns: str) -> pl.DataFrame:
        """Rows of networks that are drawn, with `who` for the views and `name` for readers."""
        rows = self.rows(name, "condition", "seed", *columns)
        names = self.shown.select("condition", "seed", "who", "name")
        return rows.join(names, on=["condition", "seed"], how="inner", maintain_order="left")

    @property
    def sampled(self) -> str:
        """What to say where not every network is drawn; empty where each is."""
        total, drawn = self.table("networks").height, self.shown.height
        return "" if drawn == total else f"{drawn} of {total} networks are drawn, evenly chosen."

    @cached_property
    def showcase(self) -> tuple[Condition, ...]:
        """Conditions shown in detail: all of a few, else some, evenly chosen with both ends."""
        return evenly(self.conditions, 6)

    @property
    def given(self) -> bool:
        """Whether the networks were trained elsewhere and came with their losses."""
        return self.lock.get("kind") == "measured"

    @cached_property
    def untrained(self) -> bool:
        """Whether anything is known of the networks before training."""
        return (self.rows("degeneracy", "at")["at"] == "init").any()

    @property
    def terms(self) -> Terms:
        """What things are called on this page."""
        return GIVEN if self.given else TRAINED

    @cached_property
    def each(self) -> str:
        """What a count is of, behind it: ` a condition`; nothing where there is one only."""
        return f" a {self.terms.condition}" if len(self.conditions) > 1 else ""

    @property
    def of_each(self) -> str:
        """What values are of, behind them: ` of each condition`; nothing where there is one."""
        return f" of each {self.terms.condition}" if len(self.conditions) > 1 else ""

    @property
    def axis(self) -> str | None:
        """The compared factor as the title of an axis."""
        return self.terms.condition if self.given and self.factor else self.factor

    def metric(self, name: str) -> Metric:
        """The words of a metric, as they hold of these networks."""
        found = metric(name)
        if name.partition("[")[0] == "dsa" and not self._angles:
            found = found._replace(axis=found.axis.removesuffix(" (rad)"))
        if not self.given:
            return found
        return found._replace(title=as_given(found.title), axis=as_given(found.axis))

    @property
    def provisional(self) -> bool:
        """Whether any rank was chosen before all networks were trained, to be chosen again."""
        return any(one.get("provisional") for one in self.lock.get("ranks") or ())

    @cached_property
    def _angles(self) -> bool:
        """Whether every distance of dynamics is an angle."""
        measure = self.resolved.get("measure") or {}
        dynamics = measure.get("dynamics") or {}
        several = dynamics if isinstance(dynamics, list) else [dynamics]
        scores = {one.get("score", "angular") for one in several}
        other = (measure.get("sensitivity") or {}).get("dynamics.score") or ()
        return scores | set(other) <= {"angular"}

    def network_column(self, name: str) -> tuple[str, str]:
        """A heading and an axis for a column of `networks`, as they hold of these networks."""
        heading, axis = network_column(name)
        return (as_given(heading), as_given(axis)) if self.given else (heading, axis)

    @cached_property
    def outside(self) -> tuple[str, ...]:
        """The columns of `networks` that hold losses out of distribution, the first one first."""
        return tuple(c for c in self.table("networks").columns if c.startswith("ood_mse"))

    def _tables(self, name: str) -> pl.DataFrame:
        if name not in self._cache:
            try:
                self._cache[name] = self.store.table(name)
            except StoreError:
                self._cache[name] = pl.DataFrame()
        return self._cache[name]

    @cached_property
    def _cache(self) -> dict[str, pl.DataFrame]:
        return {}


def _type(column: str) -> Any:
    for names, kind in ((_TEXTS, pl.String), (_INTEGERS, pl.Int64), (_FLAGS, pl.Boolean)):
        if column in names:
            return kind
    return pl.Float64
