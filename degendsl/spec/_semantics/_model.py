"""Whether the keys of a model fit one another and the solver."""

from collections.abc import Iterator

from ._finding import Case, Finding

RANK, DALE, SPARSE = "model.recurrent.low_rank", "model.recurrent.dale", "model.recurrent.sparse"
INIT, SCALING = "model.init.kind", "model.parameterization.kind"


def check(case: Case) -> Iterator[Finding]:
    """What is wrong with the model of a condition."""
    yield from _time_constants(case)
    yield from _noise(case)
    yield from _ranks(case)
    yield from _constraints(case)
    yield from _scaling(case)


def _time_constants(case: Case) -> Iterator[Finding]:
    constant = case.model["time_constant"]
    if isinstance(constant, dict) and constant["low"] > constant["high"]:
        yield Finding(
            "E060",
            f"the time constants end at {constant['high']:g}, before {constant['low']:g}",
            ("model.time_constant.high", "model.time_constant.low"),
            "low is at most high",
        )


def _noise(case: Case) -> Iterator[Finding]:
    kind = case.solver["kind"]
    if case.model["noise"] and kind not in ("euler", "heun"):
        yield Finding(
            "E061",
            f"{kind} cannot solve equations with private noise",
            ("solver.kind", "model.noise"),
            "its steps follow an error that noise does not have; euler and heun can",
        )


def _ranks(case: Case) -> Iterator[Finding]:
    units = case.model["units"]
    ranks = {RANK: case.model["recurrent"]["low_rank"]}
    ranks["model.init.rank"] = case.model["init"].get("rank", 0)
    for path, rank in ranks.items():
        if rank > units:
            yield Finding(
                "E062",
                f"rank {rank} is above that of a matrix of {units} units",
                (path, "model.units"),
                f"at most {units}",
            )
    if all(ranks.values()):
        yield Finding(
            "E062",
            "low_rank keeps the rank that init.rank would start with",
            ("model.init.rank", RANK),
            "drop one of the two",
        )


def _constraints(case: Case) -> Iterator[Finding]:
    recurrent, init, units = case.model["recurrent"], case.model["init"], case.model["units"]
    for path in (DALE, SPARSE):
        word = path.rsplit(".", 1)[-1]
        if not recurrent[word]:
            continue
        if recurrent["low_rank"]:
            yield Finding(
                "E063",
                f"a product of two free factors cannot hold {word}",
                (path, RANK),
                f"drop {word} or low_rank",
            )
        if init["kind"] == "orthogonal":
            yield Finding(
                "E063",
                f"a matrix that holds {word} does not start orthogonal",
                (path, INIT),
                "use init of kind gaussian or uniform",
            )
        elif init.get("rank"):
            yield Finding(
                "E063",
                f"a matrix that holds {word} does not start with rank {init['rank']}",
                (path, "model.init.rank"),
                f"drop {word} or the rank",
            )
    # As the network counts them, so that neither population is empty.
    excitatory = round(recurrent["dale"] * units)
    if recurrent["dale"] and not 0 < excitatory < units:
        yield Finding(
            "E064",
            f"{recurrent['dale']:g} of {units} units leaves none to "
            f"{'inhibit' if excitatory else 'excite'}",
            (DALE, "model.units"),
            "both kinds of unit are needed",
        )


def _scaling(case: Case) -> Iterator[Finding]:
    if case.model["parameterization"]["kind"] != "mup":
        return
    for path, asked in (
        (RANK, case.model["recurrent"]["low_rank"]),
        (DALE, case.model["recurrent"]["dale"]),
        ("model.init.rank", case.model["init"].get("rank")),
    ):
        if asked:
            yield Finding(
                "E065",
                f"mup says nothing of how {path.removeprefix('model.')} scales with the width",
                (path, SCALING),
                "its table is for independent weights of mean zero: drop one of the two",
            )
    if case.model["init"]["kind"] == "uniform":
        yield Finding(
            "E065",
            "mup does not start from uniform weights",
            (INIT, SCALING),
            "use init of kind gaussian, its default, or orthogonal",
        )
