"""Files of networks: groups, names of tensors, what is not guessed."""

from pathlib import Path

import numpy as np
import pytest
from laboratory import (
    PIF,
    networks,
    save,
    state_dict,
    tables,
    tensors,
    value,
)

from degendsl import metrics
from degendsl.elsewhere import measure_files, read_networks


def test_groups_are_labels_or_files(tmp_path: Path):
    given = networks(4)
    one = save(tmp_path / "one.npz", losses=given["losses"], labels=np.array([0.1, 0.1, 2, 2]))
    two = save(tmp_path / "two.npz", losses=given["losses"])
    assert list(read_networks([one, two])) == ["0.1", "2", "two"]
    assert list(read_networks([one, two], group_by="file")) == ["one", "two"]


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
    ((given,),) = read_networks([path.parent]).values()
    assert given.weights is not None and (given.weights == np.eye(3)).all()


def test_half_precision_of_the_other_kind(tmp_path: Path):
    numbers = np.array([[1.0, -2.5], [0.0, 384.0]], np.float32)
    halves = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    path = tensors(tmp_path / "nets" / "a.safetensors", {"weight_hh": halves})
    ((given,),) = read_networks([path.parent]).values()
    assert given.weights is not None and (given.weights == numbers).all()


def test_several_recurrent_matrices_are_not_guessed_among(tmp_path: Path):
    two = {"rnn.weight_hh_l0": np.eye(3), "rnn.weight_hh_l1": np.eye(3)}
    for index in range(2):
        tensors(tmp_path / "nets" / f"{index}.safetensors", two)
    found = measure_files([tmp_path / "nets"], tmp_path / "out")
    assert "weight_hh_l0, rnn.weight_hh_l1 of 0 could each be meant" in found.problems[0]


def test_gates_are_told(tmp_path: Path):
    for index in range(2):
        tensors(tmp_path / "nets" / f"{index}.safetensors", {"weight_hh_l0": np.ones((9, 3))})
    found = measure_files([tmp_path / "nets"], tmp_path / "out")
    assert "of a GRU save the rows of one gate" in found.problems[0]
