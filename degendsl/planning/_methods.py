"""What a study does, in plain sentences: those of its kinds, put together over conditions."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from degendsl.spec import Spec, kinds
from degendsl.spec._types import fields_of, kind_name

from ._plan import Condition, Plan
from ._together import listed, together

_VARY = {"init": "initial weights", "data": "training trials"}


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """A study told: what is trained, what varies, what is measured, what is expected."""

    trained: tuple[str, ...]
    varied: tuple[str, ...]
    measured: tuple[str, ...]
    expected: tuple[str, ...]


def methods(plan: Plan) -> list[str]:
    """Sentences fit for a methods section."""
    told = sentences(plan)
    return [
        *told.trained,
        *told.varied,
        *told.measured,
        *intervals(losses=True, subset=bool(plan.spec.measure.pairs.max)),
    ]


def intervals(*, losses: bool, subset: bool) -> list[str]:
    """What intervals are, and which of them to trust less.

    losses: whether any are of losses or outputs. subset: whether only some pairs are compared.
    """
    found = ["delete-one-network jackknife for means over pairs"]
    if subset:
        found = ["the variance of pairs that share networks for means over pairs"]
    if losses:
        found += ["t for mean losses", "Bonett's interval for spreads"]
    said = [f"Intervals are 95 %: {listed(found, 'and')}."]
    if losses:
        said.append(
            "Those of spreads, of mean losses and of disagreement hold the truth less often than "
            "they say where a few networks are far worse than the rest."
        )
    return said


def sentences(plan: Plan) -> Sentences:
    """The whole study in plain English."""
    return Sentences(
        trained=tuple(_trained(plan)),
        varied=tuple(_varied(plan)),
        measured=tuple(_measured(plan.spec)),
        expected=tuple(f"{_capital(_claim(claim))}." for claim in plan.spec.expect),
    )


def _trained(plan: Plan) -> Iterator[str]:
    def task(science: kinds.Science) -> str:
        return f"Networks were trained on {_say(science.task)}."

    def network(science: kinds.Science) -> str:
        return f"Each had {_say(science.model)}, integrated by {_say(science.solver)}."

    for say in (task, network, lambda science: _ended(_say(science.train))):
        yield _over(plan.conditions, say)


def _varied(plan: Plan) -> Iterator[str]:
    spec, networks = plan.spec, plan.spec.networks
    vary = listed([_VARY[word] for word in networks.vary], "and")
    conditions, every = len(plan.conditions), len(plan.units)
    if conditions == 1:
        yield f"{networks.count:,} networks were trained, differing in {vary}."
        return
    factors = listed([_words(factor) for factor in spec.factors], "and")
    yield (
        f"{networks.count:,} networks differing in {vary} were trained in each of {conditions:,} "
        f"conditions, {every:,} in all; conditions differ in {factors}."
    )
    for item in spec.sweep:
        if item.named:
            (name,) = item.paths
            levels = [_level(item, index, name) for index in range(len(item.levels))]
            yield f"{_capital(_words(name))} is {listed(levels)}."
    if spec.exclude:
        left_out = spec.size - conditions
        rules = "; ".join(
            " and ".join(f"{_words(path)} {_plain(value)}" for path, value in rule.items())
            for rule in spec.exclude
        )
        were = "condition was" if left_out == 1 else "conditions were"
        yield f"{left_out:,} {were} left out: {rules}."


def _measured(spec: Spec) -> Iterator[str]:
    measure = spec.measure
    when = listed([_WHEN.get(word, word) for word in measure.at], "and")
    yield (f"Networks were compared {when}, on one set of {measure.trials.count:,} test trials.")
    for word, name in (("behavior", "Behaviour"), ("dynamics", "Dynamics"), ("weights", "Weights")):
        first, *others = (_measure(word, one) for one in getattr(measure, word))
        beside = f"; beside it {listed(others, 'and')}" if others else ""
        yield f"{name}: {first}{beside}."
    if measure.also:
        also = [_ALSO.get(word, _words(word)) for word in measure.also]
        yield f"Also measured: {listed(also, 'and')}."
    yield (
        "Fixed points of the best, the median and the worst network of each condition were sought "
        "without input, from states that the network visits (Sussillo & Barak 2013)."
    )
    twins = min(measure.floor.networks, spec.networks.count)
    if twins:
        network = "1 network" if twins == 1 else f"{twins:,} networks"
        yield (
            f"As a numerical floor, {network} of each condition trained a second time from initial "
            "weights one unit in the last place away."
        )
    if measure.include == "below_threshold":
        yield "Networks above the threshold on the test trials were left out."
    if measure.pairs.max:
        yield (
            f"At most {measure.pairs.max:,} pairs of networks of each condition were compared, "
            "chosen at random so that each network has equally many partners."
        )
    if measure.sensitivity:
        other = [f"{path} {_plain(values)}" for path, values in measure.sensitivity.items()]
        every = listed(other, "and")
        yield f"Directions of change were checked under every combination of {every}."
    if "condition" in measure.sensitivity.get("dynamics.rank_per", ()):
        alone = replace(measure.dynamics[0], rank_per="condition")
        yield f"A rank per condition is {alone.rank_said}, of each condition alone."


_ALSO = {"svcca": "the distance of representations (SVCCA, Raghu et al. 2017)"}
_WHEN = {
    "init": "before training",
    "threshold": "when the threshold was first reached",
    "end": "after training",
}


def _measure(level: str, one: Any) -> str:
    if level == "behavior":
        said = _say(one)
        # A kind of behaviour says where networks are tested; the spread is what all have in common.
        return said if said.startswith("spread") else f"spread of the loss {said}"
    return _say(one)


def _say(block: Any) -> str:
    """What a kind says of itself; of one that has nothing prepared, its keys and their values."""
    prepared = getattr(block, "sentence", None)
    if prepared is not None:
        return prepared()
    summary = " ".join((inspect.getdoc(type(block)) or "").split("\n\n")[0].split()).rstrip(".")
    keys = [
        f"{_words(field.name)} {_plain(getattr(block, field.name))}"
        for field in fields_of(type(block))
        if field.name != "kind"
    ]
    return f"{summary} ({', '.join(keys)})" if keys else summary


def _over(conditions: tuple[Condition, ...], say: Callable[[kinds.Science], str]) -> str:
    """One sentence over all conditions, or one for each of few kinds of them."""
    said: dict[str, list[str]] = {}
    for condition in conditions:
        said.setdefault(say(condition.science), []).append(condition.label)
    whole = together(list(said))
    if whole is not None:
        return whole
    shapes: list[tuple[str, list[str]]] = []
    for sentence, labels in said.items():
        for index, (other, known) in enumerate(shapes):
            joined = together([other, sentence])
            if joined is not None:
                shapes[index] = (joined, known + labels)
                break
        else:
            shapes.append((sentence, labels))
    return " ".join(f"Where {_where(labels)}: {sentence}" for sentence, labels in shapes)


def _where(labels: list[str]) -> str:
    return together(labels) or f"{labels[0]} and {len(labels) - 1} others"


def _claim(claim: kinds.Expectation) -> str:
    text = getattr(claim, "text", None)
    if text:
        return text
    direction = "rises" if claim.rises_with else "falls"
    return f"degeneracy of {claim.level} {direction} with {claim.rises_with or claim.falls_with}"


def _level(item: Any, index: int, name: str) -> str:
    sets = ", ".join(f"{_words(path)} {_plain(v)}" for path, v in item.changes[index].items())
    return f"'{item.levels[index][name]}' ({sets})"


def _words(path: str) -> str:
    return path.rsplit(".", 1)[-1].replace("_", " ")


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
        case None:
            return "none"
        case Mapping():
            kind = value.get("kind")
            rest = ", ".join(f"{_words(k)} {_plain(v)}" for k, v in value.items() if k != "kind")
            return " with ".join(part for part in (kind, rest) if part)
        case list() | tuple():
            return listed([_plain(one) for one in value], "and") if value else "none"
        case _ if hasattr(value, "__dataclass_fields__"):
            named = [kind_name(type(value))] if "kind" in value.__dataclass_fields__ else []
            keys = [
                f"{_words(field.name)} {_plain(getattr(value, field.name))}"
                for field in fields_of(type(value))
                if field.name != "kind"
            ]
            return ", ".join(named + keys)
        case _:
            return str(value)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
