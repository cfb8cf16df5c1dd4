"""Every colour of the page by its name in CSS; levels are told apart with any colour vision."""

import re

from ._numbers import Number

# After Okabe & Ito (2008), black left out; darkened for white paper until each stands out 3:1.
_FEW_LIGHT = ("#0072b2", "#c47a00", "#008f68", "#b8578f", "#3b97cf", "#c44e00", "#857900")
_FEW_DARK = ("#4aa8e0", "#f0b040", "#2fc49a", "#e08fc0", "#8accf2", "#ff8a4a", "#d8cb3a")
# Viridis (van der Walt & Smith), the ends that vanish on white or black left out.
_MANY_LIGHT = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#27a07f")
_MANY_DARK = ("#5f7fd0", "#3f9fb8", "#21b08c", "#5ec962", "#addc30", "#fde725")
_HEAT = (
    "#e8eef4",
    "#cfdfec",
    "#b3cde3",
    "#92b9d8",
    "#6fa3cb",
    "#4c8bbc",
    "#2f71a8",
    "#1b578d",
    "#0c3f70",
)

# On light cells and on dark ones.
_INKS = ("#14202b", "#ffffff")


_LIGHT = {
    "ink": "#1c1e21", "soft": "#565b63", "paper": "#ffffff", "grid": "#eceef1", "axis": "#b9bec6",
    "reference": "#7a8089", "target": "#c9cdd3", "rising": "#c44e00", "falling": "#0072b2",
}  # fmt: skip
_DARK = {
    "ink": "#e8eaed", "soft": "#a9afb8", "paper": "#17191c", "grid": "#2a2e34", "axis": "#565c66",
    "reference": "#9aa1ab", "target": "#4a505a", "rising": "#ff8a4a", "falling": "#4aa8e0",
}  # fmt: skip


def palette(levels: int, *, dark: bool = False) -> dict[str, str]:
    """Colours of ink and paper, and `c0`, `c1`, … for the levels of the compared factor."""
    few = _FEW_DARK if dark else _FEW_LIGHT
    if levels <= len(few):
        colours = few[:levels]
    else:
        # Ordered levels get an ordered scale: light to dark says more than hue does.
        stops = _MANY_DARK if dark else _MANY_LIGHT
        colours = tuple(_between(stops, index / (levels - 1)) for index in range(levels))
    return (_DARK if dark else _LIGHT) | {f"c{index}": one for index, one in enumerate(colours)}


def colour_rules(levels: int) -> str:
    """The palettes as variables, and a class for each level."""

    def variables(dark: bool) -> str:
        named = palette(levels, dark=dark).items()
        return ":root{" + "".join(f"--{name}:{colour};" for name, colour in named) + "}"

    classes = "".join(f".c{index}{{color:var(--c{index})}}" for index in range(levels))
    dark = f"@media screen and (prefers-color-scheme:dark){{{variables(True)}}}"
    return variables(False) + dark + classes


def light(text: str, levels: int) -> str:
    """A drawing with the colours of white paper in the place of variables."""
    known = palette(levels)
    return re.sub(r"var\(--(\w+)\)", lambda name: known[name[1]], text)


def shade(share: Number) -> tuple[str, str]:
    """A cell's colour for a share of 0 to 1, and ink that can be read on it; on any paper."""
    index = round(share * (len(_HEAT) - 1))
    return _HEAT[index], _INKS[index >= 5]


def _between(stops: tuple[str, ...], share: Number) -> str:
    place = share * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    low, high = (_channels(stops[index + step]) for step in (0, 1))
    mixed = [round(a + (b - a) * (place - index)) for a, b in zip(low, high, strict=True)]
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
