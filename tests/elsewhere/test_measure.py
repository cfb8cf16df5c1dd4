"""Networks from elsewhere: the same numbers as the measures give, and what happens to bad files."""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from degendsl import metrics
from degendsl.cli import main
from degendsl.elsewhere import _memory, measure_files, read_networks
from degendsl.errors import InputError
from degendsl.spec import kinds

UNITS = 5
DSA = kinds.DSA(delays=3, rank=4.0, starts=2)
PIF = kinds.PIF(starts=3)
FEW = ("--delays", "3", "--rank", "4", "--starts", "2")
Arrays = dict[str, np.ndarray]


def networks(n: int = 4, *, units: int = UNITS, seed: int = 0, steps: int = 24) -> Arrays:
    """Driven tanh networks: what a laboratory would save."""
    random = np.random.default_rng(seed)
    weights = random.normal(size=(n, units, units)) / np.sqrt(units)
    states = np.zeros((n, 6, steps, units))
    states[:, :, 0] = random.normal(size=(n, 6, units))
    drive = np.sin(0.7 * np.outer(np.arange(steps), 1 + np.arange(6)))
    for t in range(1, steps):
        states[:, :, t] = np.tanh(
            np.einsum("nij,nkj->nki", weights, states[:, :, t - 1]) + drive[t, None, :, None]
        )
    return {"states": states, "weights": weights, "losses": random.uniform(0.1, 1, n)}


def save(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def tables(folder: Path) -> Mapping[str, pl.DataFrame]:
    return {path.stem: pl.read_parquet(path) for path in (folder / "tables").glob("*.parquet")}


def value(folder: Path, metric: str, label: str | None = None) -> float | None:
    """The one value of a metric in a folder, or of one group."""
    found = tables(folder)
    rows = found["degeneracy"].filter(pl.col("metric") == metric)
    if label is not None:
        ids = found["conditions"].filter(pl.col("label") == label)["condition"]
        rows = rows.filter(pl.col("condition").is_in(ids.to_list()))
    return rows["value"].to_list()[0] if rows.height else None


def test_tables_say_what_the_measures_say(tmp_path: Path):
    given = networks(8)
    labels = np.array(["one", "two"] * 4)
    path = save(tmp_path / "nets.npz", **given, labels=labels)
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert found.problems == () and dict(found.networks) == {"one": 4, "two": 4}
    off = ~np.eye(4, dtype=bool)
    for label in ("one", "two"):
        states, weights, losses = (given[k][labels == label] for k in given)
        dsa = metrics.dsa_distances(states, delays=3, rank=4, starts=2)
        pif = metrics.pif_distances(weights, starts=3, seed=0)
        folder = tmp_path / "out"
        # The same functions on the same numbers: equal but for the order of sums.
        assert value(folder, "dsa", label) == pytest.approx(dsa[off].mean(), rel=1e-12)
        assert value(folder, "pif", label) == pytest.approx(pif[off].mean(), rel=1e-12)
        assert value(folder, "ood_spread", label) == pytest.approx(metrics.ood_spread(losses))
    made = tables(tmp_path / "out")
    assert made["effects"].height == 0 and made["expectations"].height == 0
    assert made["maps"].height == 2 * 8 and made["pairs"].height >= 2 * 2 * 6
    assert made["sources"]["name"].to_list()[1] == "network 2 of nets.npz"
    assert made["networks"]["outcome"].unique().to_list() == ["given"]
    radius = np.abs(np.linalg.eigvals(given["weights"][0])).max()
    assert made["networks"]["spectral_radius"][0] == pytest.approx(radius)


def test_lock_names_what_was_read_and_the_folder_answers(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", **networks(3))
    out = tmp_path / "out"
    assert main(["measure", str(path), "--out", str(out), "--title", "Ours <b>", *FEW]) == 0
    lock = json.loads((out / "spec.lock.json").read_text())
    assert lock["kind"] == "measured" and len(lock["inputs"][0]["sha256"]) == 64
    assert not (out / "units").exists() and not (out / "spec.yaml").exists()
    page = (out / "report.html").read_text()
    assert "Ours &lt;b&gt;" in page and "trained elsewhere" in page
    path.unlink()
    (out / "report.html").unlink()
    assert main(["report", str(out)]) == 0 and (out / "report.html").read_text() == page
    capsys.readouterr()
    assert main(["status", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["conditions"][0]["n_networks"] == 3
    assert main(["status", str(out), "--set", "a=b"]) == 0


def test_json_answers_with_values_and_problems(tmp_path: Path, capsys: Any):
    given = networks(4)
    given["losses"][2] = np.nan
    path = save(tmp_path / "nets.npz", **given)
    code = main(["measure", str(path), "--out", str(tmp_path / "out"), "--json", *FEW])
    said = json.loads(capsys.readouterr().out)
    assert code == 1 and said["groups"] == {"nets": 4}
    assert {row["level"] for row in said["degeneracy"]} == {"behavior", "dynamics", "weights"}
    assert "network 2 of nets.npz" in said["problems"][0]


def test_groups_are_labels_or_files(tmp_path: Path):
    given = networks(4)
    one = save(tmp_path / "one.npz", losses=given["losses"], labels=np.array([0.1, 0.1, 2, 2]))
    two = save(tmp_path / "two.npz", losses=given["losses"])
    assert list(read_networks([one, two])) == ["0.1", "2", "two"]
    assert list(read_networks([one, two], group_by="file")) == ["one", "two"]


@pytest.mark.parametrize("name, level", [
    ("weights", "weights"), ("states", "dynamics"), ("losses", "behavior"),
])  # fmt: skip
def test_each_level_alone_makes_tables_and_page(tmp_path: Path, name: str, level: str):
    path = save(tmp_path / "nets.npz", **{name: networks(3)[name]})
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert found.problems == ()
    assert {row["level"] for row in found.degeneracy} == {level}
    assert f'id="level-{level}"' in (tmp_path / "out/report.html").read_text()


def test_distances_stand_beside_null_cross_and_surrogate(tmp_path: Path):
    given = networks(4)
    path = save(tmp_path / "nets.npz", **given)
    measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    rows = {row["metric"]: row for row in tables(tmp_path / "out")["degeneracy"].to_dicts()}
    states = given["states"]
    halves = metrics.dsa_operators([*states[:, ::2], *states[:, 1::2]], delays=3, rank=4).matrices
    own = metrics.operator_distances(halves, [(k, 4 + k) for k in range(4)], starts=2)
    pairs = [(i, 4 + j) for i in range(4) for j in range(i)]
    other = metrics.operator_distances(halves, pairs, starts=2)
    assert rows["dsa"]["null"] == pytest.approx(own.distance.mean(), rel=1e-12)
    assert rows["dsa"]["cross"] == pytest.approx(other.distance.mean(), rel=1e-12)
    mixed = metrics.pif_distances(metrics.shuffled(given["weights"]), starts=3)
    assert rows["pif"]["surrogate"] == pytest.approx(mixed[~np.eye(4, dtype=bool)].mean())


def test_some_of_all_pairs(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", **networks(6))
    command = ["measure", str(path), "--out", str(tmp_path / "out"), "--pairs-max", "7", *FEW]
    assert main(command) == 0
    made = tables(tmp_path / "out")["degeneracy"].filter(pl.col("metric").is_in(["dsa", "pif"]))
    assert made["n_pairs"].to_list() == [7, 7]
    assert main([*command, "--pairs-max", "0"]) == 2
    assert "--pairs-max must be at least 1" in capsys.readouterr().err


# A share of the variance is chosen once for all groups.


def test_a_share_becomes_one_rank_for_all_groups(tmp_path: Path):
    first, second = networks(3)["states"], networks(3, units=7, seed=1)["states"]
    files = [save(tmp_path / "a.npz", states=first), save(tmp_path / "b.npz", states=second)]
    dsa = kinds.DSA(delays=2, rank=0.95, starts=1)
    measure_files(files, tmp_path / "out", dsa=dsa)
    rank = metrics.rank_for_variance([*first, *second], delays=2, share=0.95)
    spectra = tables(tmp_path / "out")["eigenvalues"]
    assert spectra["index"].max() == rank - 1


def tensors(path: Path, arrays: Arrays, metadata: Mapping[str, str] | None = None) -> Path:
    """The format, written by hand: a length, a JSON header, the numbers."""
    words = {"f4": "F32", "f8": "F64", "u2": "BF16"}
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    data = b""
    for name, array in arrays.items():
        content = array.tobytes()
        header[name] = {
            "dtype": words[array.dtype.str[1:]],
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header).encode()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def state_dict(weights: np.ndarray) -> Arrays:
    """As `torch.nn.RNN` inside a module calls them."""
    n = len(weights)
    return {
        "rnn.weight_ih_l0": np.ones((n, 2), np.float32),
        "rnn.weight_hh_l0": weights.astype(np.float32),
        "rnn.bias_hh_l0": np.zeros(n, np.float32),
        "readout.weight": np.ones((1, n), np.float32),
    }


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
    assert "weight_hh_l0, rnn.weight_hh_l1 could each be meant" in found.problems[0]


def test_gates_are_told(tmp_path: Path):
    for index in range(2):
        tensors(tmp_path / "nets" / f"{index}.safetensors", {"weight_hh_l0": np.ones((9, 3))})
    found = measure_files([tmp_path / "nets"], tmp_path / "out")
    assert "of a GRU save the rows of one gate" in found.problems[0]


def test_different_widths_have_dynamics_and_no_weights(tmp_path: Path):
    narrow, wide = networks(2), networks(2, units=7, seed=1)
    labels = np.array(["all", "all"])
    files = [
        save(tmp_path / "narrow.npz", **narrow, labels=labels),
        save(tmp_path / "wide.npz", **wide, labels=labels),
    ]
    found = measure_files(files, tmp_path / "out", dsa=DSA, pif=PIF)
    (problem,) = found.problems
    assert "network 0 of narrow.npz has 5 units and network 0 of wide.npz 7" in problem
    states = [*narrow["states"], *wide["states"]]
    dsa = metrics.dsa_distances(states, delays=3, rank=4, starts=2)
    off = ~np.eye(4, dtype=bool)
    assert value(tmp_path / "out", "dsa") == pytest.approx(dsa[off].mean(), rel=1e-12)
    assert value(tmp_path / "out", "pif") is None
    assert "different width" in (tmp_path / "out/report.html").read_text()


# What is wrong with a network: named, with the remedy, and the rest goes on.


def spoil(given: Arrays, how: str) -> Arrays:
    states, weights = given["states"], given["weights"]
    match how:
        case "nan":
            states[1, 2, 3, 0] = np.nan
        case "infinite":
            states[1, 2, 3, 0] = np.inf
        case "huge":
            states[1] *= 1e200
        case "constant":
            states[1] = 0.5
        case "weights nan":
            weights[1, 0, 0] = np.nan
        case "not square":
            given["weights"] = weights[:, :-1]
    return given


@pytest.mark.parametrize("how, said, without", [
    ("nan", "states of network 1 of nets.npz are not finite; it is left out: mend", None),
    ("infinite", "states of network 1 of nets.npz are not finite; it is left out: mend", None),
    ("huge", "states of network 1 of nets.npz are above 1e+60; it is left out: mend", None),
    ("constant", "states of network 1 of nets.npz never change; it is left out: mend", None),
    ("weights nan", "those of network 1 of nets.npz are not finite; it is left out: mend", None),
    ("not square", "those of network 1 of nets.npz are not square but (4, 5); it is", "weights"),
])  # fmt: skip
def test_a_spoilt_network_is_named_and_the_rest_goes_on(
    tmp_path: Path, how: str, said: str, without: str | None
):
    path = save(tmp_path / "nets.npz", **spoil(networks(4), how))
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert any(said in problem for problem in found.problems)
    levels = {"behavior", "dynamics", "weights"} - {without}
    assert {row["level"] for row in found.degeneracy} == levels
    assert said.split(";")[0] in (tmp_path / "out/report.html").read_text()


def test_networks_that_are_all_alike_are_at_no_distance(tmp_path: Path):
    alike = {name: np.repeat(array[:1], 3, axis=0) for name, array in networks(1).items()}
    found = measure_files([save(tmp_path / "n.npz", **alike)], tmp_path / "out", dsa=DSA, pif=PIF)
    assert found.problems == ()
    # The mean of three equal numbers is off by a last bit.
    assert value(tmp_path / "out", "ood_spread") == pytest.approx(0, abs=1e-15)
    assert value(tmp_path / "out", "pif") == 0
    assert value(tmp_path / "out", "dsa") == pytest.approx(0, abs=1e-5)


def test_a_constant_unit_is_harmless(tmp_path: Path):
    states = networks(3)["states"]
    states[1, :, :, 0] = 0.5
    path = save(tmp_path / "nets.npz", states=states)
    assert measure_files([path], tmp_path / "out", dsa=DSA).problems == ()


def test_one_network_has_nothing_to_be_compared_with(tmp_path: Path):
    path = save(tmp_path / "nets.npz", **networks(1))
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert len(found.problems) == 3 and found.degeneracy == []
    assert all("1 network, two are needed; add more" in one for one in found.problems)


def test_unequal_trials_are_named(tmp_path: Path):
    labels = np.array(["all"] * 3)
    a = save(tmp_path / "a.npz", states=networks(3)["states"], labels=labels)
    b = save(tmp_path / "b.npz", states=networks(1)["states"][:, :4], labels=labels[:1])
    found = measure_files([a, b], tmp_path / "out", dsa=DSA)
    (problem,) = found.problems
    assert "network 0 of b.npz has 4 trials of 24 steps and most have 6 trials" in problem
    assert "give every network the same trials" in problem
    assert value(tmp_path / "out", "dsa") is not None


@pytest.mark.parametrize("dsa, said", [
    (kinds.DSA(delays=3, rank=16.0), "network 0 of nets.npz: rank 16 is above what"),
    (kinds.DSA(delays=24, rank=2.0), "network 0 of nets.npz: 24 delays do not fit trials of 24"),
])  # fmt: skip
def test_settings_that_the_data_do_not_carry(tmp_path: Path, dsa: kinds.DSA, said: str):
    path = save(tmp_path / "nets.npz", **networks(3))
    found = measure_files([path], tmp_path / "out", dsa=dsa, pif=PIF)
    assert said in found.problems[0]
    assert {row["level"] for row in found.degeneracy} == {"behavior", "weights"}


# Files that are wrong or hostile.


def header(shape: tuple[int, ...], kind: str = "<f8") -> bytes:
    """The head of an npy file that claims this shape."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": kind, "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


def archive(path: Path, content: bytes, name: str = "states.npy", packed: bool = False) -> Path:
    kind = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as file:
        file.writestr(name, content)
    return path


def refused(path: Path, tmp_path: Path, capsys: Any) -> str:
    """The message with which the command refuses a file."""
    assert main(["measure", str(path), "--out", str(tmp_path / "out"), *FEW]) == 3
    assert not (tmp_path / "out" / "report.html").exists()
    said = capsys.readouterr().err
    assert "Traceback" not in said and str(path) in said
    return said


def test_pickled_arrays_are_refused_and_never_run(tmp_path: Path, capsys: Any):
    class Evil:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "ran"),)

    path = save(tmp_path / "nets.npz", losses=np.ones(2), labels=np.array([Evil(), 1], object))
    said = refused(path, tmp_path, capsys)
    assert "`labels`" in said and "pickled" in said and "np.array(labels, dtype=str)" in said
    assert not (tmp_path / "ran").exists()


def test_a_header_that_claims_more_than_there_is(tmp_path: Path, capsys: Any):
    path = archive(tmp_path / "nets.npz", header((10**6, 10**6, 10**6, 10)) + b"\0" * 80)
    assert "claims 80,000,000,000,000,000,000 bytes" in refused(path, tmp_path, capsys)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, capsys: Any):
    size = 2**27
    content = header((2, 2, 2, size // 64)) + b"\0" * size
    path = archive(tmp_path / "nets.npz", content, packed=True)
    assert path.stat().st_size < 2**18
    assert "times smaller than it claims" in refused(path, tmp_path, capsys)


def test_an_entry_that_claims_more_than_its_stream_holds(tmp_path: Path, capsys: Any):
    honest = archive(tmp_path / "nets.npz", header((2, 2, 2, 100)) + b"\0" * 80, packed=True)
    content = bytearray(honest.read_bytes())
    # The size in the archive's own directory: 24 bytes after its mark.
    at = content.index(b"PK\x01\x02") + 24
    claimed = len(header((2, 2, 2, 100))) + 6400
    content[at : at + 4] = claimed.to_bytes(4, "little")
    honest.write_bytes(content)
    refused(honest, tmp_path, capsys)


def test_more_than_memory_holds_is_refused(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
):
    path = save(tmp_path / "nets.npz", **networks(3))
    monkeypatch.setattr(_memory, "available", lambda: 1000)
    said = refused(path, tmp_path, capsys)
    assert "500 bytes are left" in said and "save fewer trials" in said


def test_delays_that_memory_does_not_hold_are_refused(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", **networks(2))
    out = str(tmp_path / "out")
    assert main(["measure", str(path), "--out", out, "--delays", "1000000"]) == 3
    said = capsys.readouterr().err
    assert "1000000 delays of the 5 units of network 0 of nets.npz need 400,000.0 GB" in said
    assert "use fewer --delays" in said


@pytest.mark.parametrize("arrays, said", [
    ({"states": np.zeros((3, 4, 5))}, "(network, trial, time, unit); for one network save"),
    ({"states": np.zeros((2, 4, 5, 3)), "weights": np.zeros((3, 3, 3))}, "different numbers"),
    ({"weights": np.zeros((2, 3, 3), complex)}, "save numbers"),
    ({"losses": np.array(["a", "b"])}, "`losses`"),
    ({"weights": np.zeros((0, 3, 3))}, "is empty"),
    ({"labels": np.array(["a"])}, "holds labels only"),
    ({"activity": np.zeros(3)}, "holds `activity`"),
])  # fmt: skip
def test_arrays_of_other_shapes_or_names(tmp_path: Path, capsys: Any, arrays: Arrays, said: str):
    assert said in refused(save(tmp_path / "nets.npz", **arrays), tmp_path, capsys)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but not for long", b"\x93NUMPY"])
def test_files_that_are_no_archives(tmp_path: Path, capsys: Any, content: bytes):
    path = tmp_path / "nets.npz"
    path.write_bytes(content)
    refused(path, tmp_path, capsys)


@pytest.mark.parametrize("head", [b"", b"\x93NUMPY\x09\x00", b"\x93NUMPY\x01\x00\x04\x00(((("])
def test_arrays_with_broken_heads(tmp_path: Path, capsys: Any, head: bytes):
    assert "`states`" in refused(archive(tmp_path / "nets.npz", head), tmp_path, capsys)


def entry(**changes: Any) -> dict[str, Any]:
    return {"weight_hh": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16], **changes}}


@pytest.mark.parametrize("text, length", [
    (json.dumps(entry(shape=[2, 10**12])), None),
    (json.dumps(entry(shape=[2, -2])), None),
    (json.dumps(entry(data_offsets=[0, 10**15], shape=[10**14, 10])), None),
    (json.dumps(entry(data_offsets=[16, 32])), None),
    (json.dumps(entry(dtype="F4")), None),
    (json.dumps({"weight_hh": 3}), None),
    (json.dumps([1, 2]), None),
    ("{", None),
    ("[" * 100_000, None),
    (json.dumps(entry()), 2**63),
])  # fmt: skip
def test_tensors_that_lie(tmp_path: Path, text: str, length: int | None):
    path = tmp_path / "nets" / "a.safetensors"
    path.parent.mkdir()
    length = len(text) if length is None else length
    path.write_bytes(length.to_bytes(8, "little") + text.encode() + bytes(16))
    with pytest.raises(InputError, match=r"a\.safetensors .*save it again"):
        read_networks([path.parent])


def test_folders_that_are_taken_or_cannot_be_written(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", losses=np.ones(2))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").touch()
    assert main(["measure", str(path), "--out", str(tmp_path / "taken")]) == 4
    assert main(["measure", str(path), "--out", str(path)]) == 4
    assert main(["measure", str(path), "--out", "/proc/nothing/here"]) == 4
    assert "Traceback" not in capsys.readouterr().err


def test_usage(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", losses=np.ones(2))
    for wrong in (("--rank", "2.5"), ("--delays", "0"), ("--seed", "-1"), ("--rank", "nan")):
        assert main(["measure", str(path), "--out", str(tmp_path / "out"), *wrong]) == 2
    assert main(["measure", str(tmp_path / "no.npz"), "--out", str(tmp_path / "out")]) == 3
    with pytest.raises(SystemExit, match="2"):
        main(["measure", str(path)])
