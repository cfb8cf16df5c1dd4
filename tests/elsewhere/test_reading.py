"""Files of networks: groups, names of tensors, what is not guessed."""

import html
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from laboratory import (
    DSA,
    PIF,
    networks,
    save,
    state_dict,
    tables,
    tensors,
    value,
)

from degendsl import metrics
from degendsl.cli import main
from degendsl.elsewhere import measure_files, read_networks
from degendsl.elsewhere._paths import one_line
from degendsl.errors import InputError

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_groups_are_labels_or_files(tmp_path: Path):
    given = networks(4)
    one = save(tmp_path / "one.npz", losses=given["losses"], labels=np.array([0.1, 0.1, 2, 2]))
    two = save(tmp_path / "two.npz", losses=given["losses"])
    assert list(read_networks([one, two]).groups) == ["0.1", "2", "two"]
    assert list(read_networks([one, two], group_by="file").groups) == ["one", "two"]


def test_a_folder_of_state_dicts(tmp_path: Path):
    weights = networks(3)["weights"].astype(np.float32)
    for index, one in enumerate(weights):
        tensors(tmp_path / "nets" / f"seed{index}.safetensors", state_dict(one), {"loss": "0.5"})
    found = measure_files([tmp_path / "nets"], tmp_path / "out", pif=PIF)
    pif = metrics.pif_distances(weights.astype(np.float64), starts=3, seed=0)
    assert dict(found.networks) == {"nets": 3}
    off = ~np.eye(3, dtype=bool)
    assert value(tmp_path / "out", "pif") == pytest.approx(pif[off].mean(), rel=1e-12)
    assert tables(tmp_path / "out")["sources"]["name"].to_list() == ["seed0", "seed1", "seed2"]


@pytest.mark.parametrize("name", ["weight_hh", "rnn.weight_hh_l0", "cell.h2h.weight", "W_rec"])
def test_names_of_recurrent_weights(tmp_path: Path, name: str):
    path = tensors(tmp_path / "nets" / "a.safetensors", {name: np.eye(3)}, {"label": "x"})
    ((given,),) = read_networks([path.parent]).groups.values()
    assert given.weights is not None and (given.weights == np.eye(3)).all()


def test_half_precision_of_the_other_kind(tmp_path: Path):
    numbers = np.array([[1.0, -2.5], [0.0, 384.0]], np.float32)
    halves = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    path = tensors(tmp_path / "nets" / "a.safetensors", {"weight_hh": halves})
    ((given,),) = read_networks([path.parent]).groups.values()
    assert given.weights is not None and (given.weights == numbers).all()


def test_several_recurrent_matrices_are_not_guessed_among(tmp_path: Path):
    two = {"rnn.weight_hh_l0": np.eye(3), "rnn.weight_hh_l1": np.eye(3)}
    for index in range(2):
        tensors(tmp_path / "nets" / f"{index}.safetensors", two)
    found = measure_files([tmp_path / "nets"], tmp_path / "out")
    assert "weight_hh_l0, rnn.weight_hh_l1 of 0 could each be meant" in found.problems[0]


@pytest.mark.parametrize("shape, said", [
    ((9, 3), "of a GRU save the rows of one gate, such as weights[6:9], which in the order of Py"),
    ((12, 3), "of an LSTM save the rows of one gate, such as weights[6:9]"),
    ((3, 9), "of a GRU save the columns of one gate, such as weights[:, 6:9], which in the order "
     "of Keras makes the new state"),
    ((3, 12), "of an LSTM save the columns of one gate, such as weights[:, 6:9]"),
])  # fmt: skip
def test_gates_are_told(tmp_path: Path, shape: tuple[int, int], said: str):
    random = np.random.default_rng(0)
    for index in range(2):
        gates = {"weight_hh_l0": random.normal(size=shape)}
        tensors(tmp_path / "nets" / f"{index}.safetensors", gates)
    found = measure_files([tmp_path / "nets"], tmp_path / "out")
    assert said in found.problems[0]


def test_matrices_that_are_no_gates_are_not_called_so(tmp_path: Path):
    for shape in ((6, 3), (15, 3), (7, 3), (0, 3), (9,)):
        path = save(tmp_path / "nets.npz", losses=np.ones(2))
        folder = tmp_path / f"{len(shape)}-{shape[0]}"
        for index in range(2):
            tensors(folder / f"{index}.safetensors", {"weight_hh": np.ones(shape)})
        found = measure_files([path, folder], tmp_path / "out")
        assert "not square" in found.problems[0] and "gate" not in found.problems[0]


def test_labels_are_lines_and_none_is_the_file(tmp_path: Path):
    losses = np.ones(4)
    texts = save(tmp_path / "texts.npz", losses=losses, labels=["a\n b", "a\tb ", "", " "])
    numbers = save(tmp_path / "numbers.npz", losses=losses, labels=[np.nan, 2, 2, 2.5])
    found = read_networks([texts, numbers]).groups
    assert {name: len(some) for name, some in found.items()} == {
        "a b": 2, "texts": 2, "numbers": 1, "2": 2, "2.5": 1,
    }  # fmt: skip


def test_files_of_one_name_are_told_apart_and_none_is_read_twice(tmp_path: Path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        save(tmp_path / folder / "nets.npz", losses=np.ones(1))
    one, two = tmp_path / "one/nets.npz", tmp_path / "two/nets.npz"
    found = read_networks([one, two]).groups
    assert list(found) == ["one/nets.npz", "two/nets.npz"]
    assert found["two/nets.npz"][0].name == "network 0 of two/nets.npz"
    (tmp_path / "two" / "nets").mkdir()
    tensors(tmp_path / "two" / "nets" / "a.safetensors", {"weight_hh": np.eye(2)})
    assert list(read_networks([two, two.with_suffix("")]).groups) == ["nets.npz", "nets"]
    with pytest.raises(InputError, match="is given twice"):
        read_networks([one, tmp_path / "two" / ".." / "one" / "nets.npz"])
    folder = tmp_path / "two" / "nets"
    with pytest.raises(InputError, match=r"a\.safetensors is given twice"):
        read_networks([folder / "a.safetensors", folder])


def test_networks_of_one_name_in_a_group_are_called_by_their_folders(tmp_path: Path):
    for folder in ("one", "two"):
        for seed in range(2):
            path = tmp_path / folder / f"seed{seed}.safetensors"
            tensors(path, {"weight_hh": np.eye(2)}, {"label": "both"} if seed else {})
    found = read_networks([tmp_path / "one", tmp_path / "two"]).groups
    assert {label: [one.name for one in given] for label, given in found.items()} == {
        "one": ["seed0"], "both": ["seed1 of one", "seed1 of two"], "two": ["seed0"],
    }  # fmt: skip


def test_files_of_tensors_belong_to_their_folder_in_the_order_of_their_numbers(tmp_path: Path):
    files = [
        tensors(tmp_path / "nets" / f"seed{k}.safetensors", {"weight_hh": np.eye(2)})
        for k in (10, 2, 1)
    ]
    (given,) = read_networks([tmp_path / "nets"]).groups.values()
    assert [one.name for one in given] == ["seed1", "seed2", "seed10"]
    assert list(read_networks(files).groups) == ["nets"]


@pytest.mark.parametrize("kind", ["<f2", ">f8", "<i4", "?"])
def test_numbers_of_every_kind_and_order(tmp_path: Path, kind: str):
    states = np.asfortranarray((100 * networks(2)["states"]).astype(kind))
    ((one, _),) = read_networks([save(tmp_path / "nets.npz", states=states)]).groups.values()
    assert one.states is not None and (one.states == states[0]).all()


def test_whole_numbers_are_measured_like_others(tmp_path: Path):
    states = (100 * networks(2)["states"]).astype("<i4")
    path = save(tmp_path / "nets.npz", states=states)
    assert measure_files([path], tmp_path / "out", dsa=DSA).problems == ()
    expected = metrics.dsa_distances(states.astype(float), delays=3, rank=4, starts=2)[0, 1]
    assert value(tmp_path / "out", "dsa") == pytest.approx(expected, rel=1e-12)


def test_labels_and_names_are_shown_as_what_they_are(tmp_path: Path):
    strange = ["\x1b[31mred", "\u202eevil", "a\x00b", "a\ufffe", "a\ud800", "x" * 5000, "x" * 4999]
    path = save(tmp_path / "nets\x1b2.npz", losses=np.ones(7), labels=strange)
    found = read_networks([path]).groups
    *short, one, two = found
    assert short == ["␛[31mred", "�evil", "a␀b", "a�"] and len(found["a�"]) == 2
    assert max(len(one), len(two)) <= 80 and one != two and one.startswith("xxx")
    # Both ends of a long one can be read: names of one study often begin alike.
    text = "current networks of 128 tanh units, " + 9 * "clipped, " + "learning rate 0.003"
    assert re.fullmatch(
        r"current networks of 128 tanh .*\w….*, learning rate 0\.003 \[\w{6}\]", one_line(text)
    )
    assert found[one][0].name == "network 5 of nets␛2.npz"
    assert list(read_networks([path], group_by="file").groups) == ["nets␛2"]


def test_numbers_that_are_labels_keep_their_digits(tmp_path: Path):
    for kind in ("f8", "f4", "i8"):
        dates = np.array([20240101, 20240102, 20240110], kind)
        path = save(tmp_path / f"{kind}.npz", losses=np.ones(3), labels=dates)
        # Numbers of 32 bits that are equal as they are stored are one label.
        assert len(read_networks([path]).groups) == len(set(dates.tolist()))
    labels = np.array([0.1, 1e-3, 1234567.125, 1234567.25])
    path = save(tmp_path / "labels.npz", losses=np.ones(4), labels=labels)
    assert list(read_networks([path]).groups) == ["0.1", "0.001", "1234567.125", "1234567.25"]


def test_what_is_not_used_is_said(tmp_path: Path, capsys: Any):
    typo = save(tmp_path / "typo.npz", losses=np.ones(2), label=["a", "b"], seeds=[1, 2])
    (said,) = read_networks([typo]).unused
    assert said == "typo.npz: not used: `label`, `seeds`; did you mean 'labels'?"
    folder = tmp_path / "nets"
    for index in range(2):
        tensors(folder / f"{index}.safetensors", state_dict(np.eye(3)), {"labels": "x"})
    save(folder / "more.npz", losses=np.ones(2))
    (folder / ".hidden").touch()
    for index in range(7):
        (folder / f"model{index}.pt").touch()
    files, *labels = read_networks([folder]).unused
    shown = ", ".join(f"`model{index}.pt`" for index in range(5))
    assert files == f"nets: not used: {shown} and 3 more files"
    assert labels == [
        "0.safetensors and 1 more: not used: `labels`; did you mean 'label'?",
    ]
    assert main(["measure", str(typo), "--out", str(tmp_path / "out")]) == 0
    assert f"warning: {said}" in capsys.readouterr().err
    assert said in html.unescape((tmp_path / "out/report.html").read_text())


def test_a_file_of_the_safetensors_library(tmp_path: Path):
    (tmp_path / "seed0.safetensors").write_bytes((FIXTURES / "network.safetensors").read_bytes())
    reading = read_networks([tmp_path])
    assert list(reading.groups) == ["größe"] and reading.unused == ()
    (given,) = reading.groups["größe"]
    # What made the file: weights are drawn first, then states of 6 trials, 24 steps and 6 units.
    random = np.random.default_rng(0)
    weights = random.normal(size=(6, 6)).astype(np.float32)
    assert given.weights is not None and (given.weights == weights).all()
    states = random.normal(size=(6, 24, 6)).cumsum(1)
    assert given.states is not None and (given.states == states).all()
