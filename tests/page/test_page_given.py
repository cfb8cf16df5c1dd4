"""Pages of networks from elsewhere: each reads as if it were written for what was given."""

import html
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import awake, choose, opened
from playwright.sync_api import Browser, expect

from degendsl.elsewhere import Comparison, measure_files
from degendsl.spec import kinds
from degendsl_reports import write_report

N, UNITS = 4, 5
LABELS = np.array(["tanh", "tanh", "gated", "gated"])


def arrays(n: int = N, units: int = UNITS) -> dict[str, np.ndarray]:
    """Networks that turn at their own speeds."""
    random = np.random.default_rng(units)
    turns = np.arange(20) * (0.4 + 0.1 * random.uniform(size=(n, 3, 1)))
    plane = random.normal(size=(n, 2, units))
    circle = np.stack([np.cos(turns), np.sin(1.5 * turns)], axis=-1)
    states = np.tanh(circle @ plane[:, None]) + 0.1 * random.normal(size=(n, 3, 20, units))
    weights = random.normal(size=(n, units, units)) / np.sqrt(units)
    return {"states": states, "weights": weights, "losses": random.uniform(0.1, 1, n)}


def measured(
    folder: Path, *files: tuple[str, dict[str, np.ndarray]], early: Any = None, **more: Any
) -> Comparison:
    paths = []
    for name, content in files:
        path = folder / f"{name}.npz"
        np.savez(path, **content)  # pyright: ignore[reportArgumentType]
        paths.append(path)
    if early is not None:
        np.savez(folder / "init.npz", **early)
        more["untrained"] = [folder / "init.npz"]
    dsa, pif = kinds.DSA(delays=2, rank=3.0, starts=1), kinds.PIF(starts=2)
    return measure_files(paths, folder / "out", dsa=dsa, pif=pif, **more)


def words(found: Comparison) -> str:
    """What a page says, without its drawings, its tables to take and its scripts."""
    page = found.report.read_text()
    page = re.sub(r"<(script|style|svg|pre)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


ALL = arrays()
GIVEN = {
    "everything": [("nets", ALL)],
    "groups": [("nets", ALL | {"labels": LABELS})],
    "states": [("nets", {"states": ALL["states"]})],
    "weights": [("nets", {"weights": ALL["weights"]})],
    "losses": [("nets", {"losses": ALL["losses"]})],
    "widths": [("narrow", ALL | {"labels": LABELS}), ("wide", arrays(units=6))],
    "one": [("nets", {name: array[:1] for name, array in ALL.items()})],
}
LEVELS = {"states": "Dynamics", "weights": "Weights", "losses": "Behaviour"}


@pytest.mark.parametrize("name", GIVEN)
def test_a_page_speaks_of_what_was_given(tmp_path: Path, name: str):
    said = words(measured(tmp_path, *GIVEN[name]))
    # Words of studies that were trained.
    strange = r"condition(?!s\.csv)|[Ll]earning|What ran|before training|[Oo]ut.of.distribution"
    assert not re.search(strange, said), re.findall(rf".{{30}}(?:{strange}).{{30}}", said)
    # Neither `1 networks` nor `0 to 4 networks`, and nothing is of each group where there is one.
    assert not re.search(r"\b1 (networks|pairs|groups|trials)\b|\b0 to \d+ [np]", said)
    groups = {"groups": 2, "widths": 3}.get(name, 1)
    assert bool(re.search(r"(?<!row) a group", said)) == (groups > 1)
    networks = {"one": "1 network", "widths": "8 networks"}.get(name, "4 networks")
    of = f" in {groups} groups" if groups > 1 else ""
    assert f" · {networks}{of} Degeneracy" in said
    if name in LEVELS:
        assert "Degeneracy at one level" in said
        for array, level in LEVELS.items():
            assert (f"{level}: no {array} were given." in said) == (array != name)
    # What is said of intervals is of those that there are.
    assert ("delete-one-network jackknife" in said) == (name != "one")
    narrow = said.count("less often than they say where a few networks are far worse")
    assert narrow == (0 if name in ("states", "weights", "one") else 2)
    if name == "one":
        assert said.count("add more") == 3 and "Nothing could be compared" in said


def test_a_page_shows_what_was_before_training_and_other_settings(tmp_path: Path):
    early = ALL | {"weights": ALL["weights"] / 2}
    grid = {"dynamics.delays": [1, 2], "weights.group": ["signs"]}
    said = words(measured(tmp_path, *GIVEN["groups"], early=early, sensitivity=grid))
    assert "Grey lines: untrained: the same networks before training; shuffled" in said
    assert re.search(r"Ratio to untrained networks: from 2 \(\w+\) to 2 \(\w+\);", said)
    assert "Behaviour, from untrained to trained" in said and "dashed: before training" in said
    assert "DSA distance of each group under 2 settings" in said
    assert "Permutation distance of each group under 1 setting," in said
    # Nothing that is there is called missing, and nothing is a condition.
    assert "What was skipped Floor: not to be had from networks as given." in said
    assert not re.search(r"condition(?!s\.csv)|[Oo]ut.of.distribution", said)
    assert "(dynamics.delays 1, 2; weights.group signs)" in said
    assert re.search(r"untrained \S*init\.npz \(SHA-256", said)


def test_a_page_says_of_each_group_what_it_lacks(tmp_path: Path):
    zero = {"losses": np.array([0.0, 0.2, 0.4, 0.3])}
    one = {"states": ALL["states"][:, :1], "losses": ALL["losses"]}
    said = words(measured(tmp_path, ("a", one), ("b", {"weights": ALL["weights"]}), ("c", zero)))
    (skipped,) = re.findall("What was skipped (.*?) (?:Warnings|Methods)", said)
    assert skipped == (
        "Behaviour: no losses were given in b. Dynamics: no states were given in b, c. "
        "Weights: no weights were given in a, c. Untrained reference: no untrained networks were "
        "given; see --untrained. Floor: not to be had from networks as given. Behaviour: no spread "
        "of log loss in c, since a loss is 0 and has no logarithm."
    )
    # Of the null the warning says it, and nothing says it again.
    assert said.count("no null") == 1 and "Warnings a: dynamics: one trial, so there is no" in said


def test_a_map_of_two_networks_is_no_tower(tmp_path: Path):
    two = {name: array[:2] for name, array in ALL.items()}
    page = measured(tmp_path, ("nets", two)).report.read_text()
    for level in ("dynamics", "weights"):
        drawn = page[page.index(f'id="map-{level}"') :]
        width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)[0])
        assert height < width


def test_networks_are_called_by_their_names(browser: Browser, tmp_path: Path):
    found = measured(tmp_path, *GIVEN["groups"])
    with opened(browser, found.store) as (page, trouble):
        page.locator("html.js").wait_for()
        page.select_option("#choose-condition", label="gated")
        shown = page.locator("#choose-network option")
        expect(shown).to_have_text(["2 of nets.npz", "3 of nets.npz"])
        page.click("#choose-go")
        chosen = page.locator("#chosen")
        expect(chosen).to_contain_text("gated, network 2 of nets.npz")
        expect(chosen).to_contain_text("given loss")
        # Nobody knows what became of its training.
        expect(chosen).not_to_contain_text("outcome")
        awake(page, "map-weights")
        page.locator("#map-weights .view path[stroke]").first.hover(force=True)
        told = page.locator("#vg-tooltip-element.visible")
        expect(told).to_contain_text("of nets.npz")
        expect(told).to_contain_text("group")
        expect(told).not_to_contain_text("condition")
        choose(page, "map-weights", "0.1")
        expect(chosen).to_contain_text("tanh, network 1 of nets.npz")
        assert trouble == []


def test_long_labels_do_not_widen_the_page(browser: Browser, tmp_path: Path):
    labels = np.array(["W" * 85] * 2 + ["tanh network trained with Adam on the flip-flop " * 2] * 2)
    found = measured(tmp_path, ("n" * 80, ALL | {"labels": labels}))
    for width in (390, 1180):
        with opened(browser, found.store, viewport={"width": width, "height": 900}) as (page, _):
            page.locator("html.js").wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_tilted_names_keep_to_their_drawing(browser: Browser, tmp_path: Path):
    labels = np.array(["tanh network trained with Adam on the flip-flop"] * 2 + ["relu"] * 2)
    found = measured(tmp_path, ("nets", ALL | {"labels": labels}))
    with opened(browser, found.store) as (page, _):
        page.locator("html.js").wait_for()
        beyond = page.evaluate(
            """[...document.querySelectorAll('[id^=level-] svg')].map(svg => Math.max(
                ...[...svg.querySelectorAll('text')].map(text =>
                    svg.getBoundingClientRect().left - text.getBoundingClientRect().left)))"""
        )
    assert len(beyond) >= 3 and max(beyond) <= 1


def test_no_name_can_break_a_drawing(tmp_path: Path):
    strange = np.array(["\x1b[31mred"] * 2 + ["\u202ea\x07b\x00c\ufffe"] * 2)
    found = measured(tmp_path, ("ne\x1bts", ALL | {"labels": strange}))
    page = found.report.read_text()
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ufffe]", page)
    assert "␛[31mred" in page and "0 of ne␛ts.npz" in page
    # Labels of a study come from a spec, which may be a stranger's.
    found.store.write_lock(
        found.store.lock
        | {
            "conditions": [
                {**c, "label": "\x1b\ufffe", "levels": {"label": f"{k}\x0b"}}
                for k, c in enumerate(found.store.lock["conditions"])
            ]
        }
    )
    write_report(found.store)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ufffe]", found.report.read_text())
