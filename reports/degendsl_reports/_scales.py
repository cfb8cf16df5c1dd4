"""Where a value lies on an axis, and which values are written beside it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from ._numbers import Number, number
from ._numbers import wide as wide


class Scale(Protocol):
    """Places a value between two ends in pixels; says which values to write."""

    def __call__(self, value: Number) -> Number: ...

    def ticks(self) -> list[tuple[Number, str]]: ...


@dataclass(frozen=True, kw_only=True)
class Linear:
    """Equal steps of value are equal steps on the page."""

    low: Number
    high: Number
    start: Number = 0.0
    end: Number = 1.0
    count: int = 5

    def __call__(self, value: Number) -> Number:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[tuple[Number, str]]:
        step = _nice((self.high - self.low) / self.count)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        values = [round(index * step, 12) for index in range(first, last + 1)]
        # All to the same decimals, so that labels can be compared by their length.
        places = max(0, -math.floor(math.log10(step) + 1e-9))
        if places > 4 or max(map(abs, values), default=0) >= 1e6:
            return [(value, number(value, 4)) for value in values]
        if any(abs(value * 10**places - round(value * 10**places)) > 1e-6 for value in values):
            places += 1
        return [(value, f"{value:.{places}f}".replace("-", "−")) for value in values]


@dataclass(frozen=True, kw_only=True)
class Log:
    """Equal factors are equal steps on the page."""

    low: Number
    high: Number
    start: Number = 0.0
    end: Number = 1.0

    def __call__(self, value: Number) -> Number:
        span = math.log(self.high / self.low)
        # What lies below the axis (a zero, say) is drawn at its foot rather than nowhere.
        share = math.log(max(value, self.low) / self.low) / span
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[tuple[Number, str]]:
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high))
        powers = range(first, last + 1)
        if len(powers) >= 2:
            every = math.ceil(len(powers) / 6)
            return [(10.0**p, number(10.0**p)) for p in powers if (p - last) % every == 0]
        steps = [s * 10.0**p for p in range(first - 1, last + 1) for s in (1, 2, 3, 5)]
        return [(step, number(step)) for step in steps if self.low <= step <= self.high]


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Names in a row, each with a band of its own; a name's place is the middle of its band."""

    names: tuple[str, ...]
    start: Number = 0.0
    end: Number = 1.0

    def __call__(self, value: Number) -> Number:
        return self.start + (value + 0.5) / len(self.names) * (self.end - self.start)

    @property
    def step(self) -> Number:
        """The width of one band."""
        return abs(self.end - self.start) / len(self.names)

    def ticks(self) -> list[tuple[Number, str]]:
        return [(float(index), name) for index, name in enumerate(self.names)]


def fitted(
    values: Iterable[Number | None], *, zero: bool = True, log: bool = False
) -> Linear | Log:
    """A scale that holds all values, with a little room; logarithmic only if all are positive."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if log:
        positive = [value for value in known if value > 0]
        if positive and len(positive) == len(known):
            low, high = min(positive), max(positive)
            return Log(low=low / 1.3, high=high * 1.3)
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    low = low if zero and low == 0 else low - room
    # Where all values are zero there is room above them.
    high = high if zero and high == 0 and low < 0 else high + room
    if zero:
        # The axis ends on a tick, so that nothing floats above the last one.
        step = _nice((high - low) / 5)
        low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return Linear(low=low, high=high)


S = TypeVar("S", bound="Linear | Log | Bands")


def between(scale: S, start: Number, end: Number) -> S:
    """The same scale between two other ends."""
    return replace(scale, start=start, end=end)


def _nice(step: Number) -> Number:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if step <= power * m * (1 + 1e-9))
