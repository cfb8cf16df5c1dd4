"""The same colour for the same level everywhere, told apart with any kind of colour vision."""

from ._scales import Number

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


def colour_rules(count: int, *, dark: bool) -> str:
    """A rule a level: `currentColor` is what every mark is drawn in."""
    few = _FEW_DARK if dark else _FEW_LIGHT
    if count <= len(few):
        colours = few[:count]
    else:
        # Ordered levels get an ordered scale: light to dark says more than hue does.
        stops = _MANY_DARK if dark else _MANY_LIGHT
        colours = tuple(_between(stops, index / (count - 1)) for index in range(count))
    return "".join(f".c{index}{{color:{colour}}}" for index, colour in enumerate(colours))


def heat_rules() -> str:
    """Nine shades for cells, and ink that can be read on each; the same on any paper."""
    cells = "".join(f".chart .box.h{i} path{{fill:{colour}}}" for i, colour in enumerate(_HEAT))
    inks = "".join(f".chart .over.h{i} text{{fill:{_INKS[i >= 5]}}}" for i in range(len(_HEAT)))
    return cells + inks


def _between(stops: tuple[str, ...], share: Number) -> str:
    place = share * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    low, high = (_channels(stops[index + step]) for step in (0, 1))
    mixed = [round(a + (b - a) * (place - index)) for a, b in zip(low, high, strict=True)]
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
