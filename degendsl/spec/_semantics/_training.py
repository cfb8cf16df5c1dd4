"""Whether training fits the model, the task and itself."""

from collections.abc import Iterator

from ._finding import Case, Finding


def check(case: Case) -> Iterator[Finding]:
    """What is wrong with the training of a condition."""
    data, batch = case.train["data"], case.train["batch_size"]
    if data != "fresh" and data["fixed"] < batch:
        yield Finding(
            "E070",
            f"a training set of {data['fixed']:,} trials does not fill a batch of {batch:,}",
            ("train.data.fixed", "train.batch_size"),
            f"at least {batch:,} trials, or smaller batches",
        )
    yield from _penalties(case)


def _penalties(case: Case) -> Iterator[Finding]:
    """Penalties on a matrix that training leaves as it was drawn, and which would do nothing."""
    if "recurrent" in case.train["trainable"]:
        return
    for name in ("l1", "l2", "nuclear"):
        if case.train["penalties"][name] > 0:
            yield Finding(
                "E071",
                f"a penalty '{name}' on recurrent weights that are not trained",
                (f"train.penalties.{name}", "train.trainable"),
                "drop the penalty, or add 'recurrent' to what is trained",
            )
