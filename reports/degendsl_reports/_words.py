"""The words of the page: levels, metrics and what their axes count."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from degendsl.spec import printable

from ._numbers import number

LEVELS: dict[str, str] = {"behavior": "Behaviour", "dynamics": "Dynamics", "weights": "Weights"}
# Measured only where a spec asks for it; no expectation is about it.
FURTHER: dict[str, str] = {"representation": "Representation"}
LEVEL_NOTES: dict[str, str] = {
    "behavior": "How much networks differ in their loss on trials other than those trained on.",
    "dynamics": "How differently the states of two networks evolve, whatever their coordinates.",
    "weights": "How far apart two recurrent matrices stay under the best matching of units.",
}
PROVISIONAL = (
    "The rank is provisional: it follows from the networks trained so far, and is chosen again "
    "once all are."
)
GIVEN_NOTE = "How much networks differ in the loss that was given with them."


class Terms(NamedTuple):
    """What the page calls things: networks of a study were trained, others were given.

    condition: networks that are compared. trials: what states are of. ran: the part of the page
    that says what there is and what is missing.
    """

    condition: str
    trials: str
    ran: str

    @property
    def heading(self) -> str:
        """Of the column that names conditions."""
        return self.condition.capitalize()


TRAINED = Terms("condition", "test trial", "What ran")
GIVEN = Terms("group", "trial", "What was given")


class Metric(NamedTuple):
    """What a metric is called, what its axis says, and what one should know of it."""

    title: str
    axis: str
    note: str = ""


METRICS: dict[str, Metric] = {
    "ood_spread": Metric(
        "Spread of out-of-distribution loss",
        "σ of OOD loss (MSE)",
        "Small points: how far each network's loss lies from the mean.",
    ),
    "ood_mse_mean": Metric("Mean out-of-distribution loss", "OOD loss (MSE)"),
    "ood_log10_sd": Metric("Spread of log loss", "SD of log₁₀ OOD loss"),
    "disagreement": Metric(
        "Disagreement of outputs",
        "squared difference of outputs",
        "Small points: pairs of networks.",
    ),
    "dsa": Metric("DSA distance", "DSA distance (rad)", "Small points: pairs of networks."),
    "pif": Metric(
        "Permutation distance",
        "Frobenius distance",
        "Small points: pairs of networks.",
    ),
    "pif_per_parameter": Metric(
        "Permutation distance per parameter",
        "distance per parameter",
        "Falls with width by itself.",
    ),
    "pif_angle": Metric("Angle between matrices", "angle (rad)", "Ignores mere growth of weights."),
    "pif_ratio": Metric(
        "Ratio to untrained networks", "ratio to untrained", "1: as far apart as before training."
    ),
    "svcca": Metric(
        "SVCCA distance",
        "1 − mean correlation",
        "How unlike the states of two networks are sample by sample, after any linear map; which "
        "follows which plays no part. Small points: pairs of networks.",
    ),
}


def metric(name: str) -> Metric:
    """The words of a metric; its own name where it has none here."""
    base, _, tag = name.partition("[")
    if base in METRICS:
        found, settings = METRICS[base], tag.rstrip("]")
        # Several measures of one level are told apart by what differs from the first.
        return found._replace(title=f"{found.title} ({settings})") if settings else found
    plain = name.replace("_", " ").replace(".", " ")
    return Metric(plain[:1].upper() + plain[1:], plain)


def as_given(words: str) -> str:
    """What is said of losses that came with networks from elsewhere: nobody said of which trials.

    They have the place of losses out of distribution in every table.
    """
    words = re.sub(r"OOD loss( \(MSE\))?|out-of-distribution loss", "given loss", words)
    # Of a trained network there are several losses, of a given one there is that one.
    return words.replace("Out-of-distribution", "Given").replace("of given", "of the given")


def network_column(name: str) -> tuple[str, str]:
    """A heading and an axis for a column of the table `networks`."""
    base, _, tag = name.partition("[")
    heading, axis = NETWORK_COLUMNS.get(base, (base.replace("_", " "),) * 2)
    return (f"{heading} ({tag.rstrip(']')})" if tag else heading), axis


def slug(name: str) -> str:
    """A metric's name as an id and a file name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def lowered(title: str) -> str:
    """A title inside a sentence: its first letter small, unless it begins an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def name_of(path: str) -> str:
    """A swept key in short: its last word, and the one before where that says too little."""
    *rest, last = path.split(".")
    vague = ("min", "max", "kind", "count", "weight", "factor", "gain", "low", "high")
    name = f"{rest[-1]} {last}" if last in vague and rest else last
    return name.replace("_", " ")


def word(value: Any, digits: int = 4) -> str:
    """A value of the language as a label, its numbers to so many significant digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value, digits)
    if isinstance(value, Mapping):
        kind = value.get("kind")
        rest = [f"{name} {word(one, digits)}" for name, one in value.items() if name != "kind"]
        return " ".join([*([str(kind)] if kind else []), *rest])
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(word(one, digits) for one in value)
    return printable(str(value))


# What a column of the table `networks` counts: a heading and an axis.
NETWORK_COLUMNS: dict[str, tuple[str, str]] = {
    "threshold_epoch": ("Epochs to threshold", "epochs to threshold"),
    "epochs": ("Epochs trained", "epochs"),
    "train_mse": ("Training loss at the end", "training loss (MSE)"),
    "eval_mse": ("Test loss", "test loss (MSE)"),
    "response_mse": ("Test loss in the response window", "response loss (MSE)"),
    "unexplained": ("Fraction of variance unexplained", "variance unexplained"),
    "ood_mse": ("Out-of-distribution loss", "OOD loss (MSE)"),
    "weight_change": ("Change of the recurrent weights", "‖W end − W init‖F"),
    "weight_change_relative": ("Relative change of the recurrent weights", "‖ΔW‖₂ / ‖W init‖₂"),
    "kernel_alignment": ("Kernel alignment, end to init", "kernel alignment"),
    "representation_alignment": ("Representation alignment", "representation alignment"),
    "kernel_alignment_input": ("Kernel alignment, input weights", "kernel alignment"),
    "kernel_alignment_bias": ("Kernel alignment, biases", "kernel alignment"),
    "kernel_alignment_readout": ("Kernel alignment, readout", "kernel alignment"),
    "kernel_alignment_initial_state": ("Kernel alignment, initial state", "kernel alignment"),
    "spectral_radius": ("Spectral radius", "spectral radius"),
    "effective_rank": ("Effective rank", "effective rank"),
    "sparsity": ("Sparsity", "Hoyer's, of 0 to 1"),
}
