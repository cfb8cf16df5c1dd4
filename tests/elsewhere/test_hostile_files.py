"""Files that are wrong or hostile: a message that names them, nothing run, nothing unpacked."""

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from laboratory import (
    FEW,
    Arrays,
    archive,
    networks,
    save,
    tables,
)

from degendsl.cli import main
from degendsl.elsewhere import _memory, measure_files, read_networks
from degendsl.errors import InputError
from degendsl.spec import kinds

FIXTURES = Path(__file__).parent.parent / "fixtures"


def header(shape: tuple[int, ...], kind: str = "<f8") -> bytes:
    """The head of an npy file that claims this shape."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": kind, "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


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


def test_a_pickle_of_pytorch_is_refused(tmp_path: Path, capsys: Any):
    path = archive(tmp_path / "model.pt", b"cos\nsystem\n", "model/data.pkl")
    said = refused(path, tmp_path, capsys)
    assert "could run code" in said and "safetensors.torch.save_file" in said
    # Before version 1.6 of PyTorch they were no archives.
    path = tmp_path / "old.pth"
    path.write_bytes(b"\x80\x02cos\nsystem\n")
    assert "could run code" in refused(path, tmp_path, capsys)


def test_a_folder_without_tensors_says_what_else_it_holds(tmp_path: Path, capsys: Any):
    folder = tmp_path / "nets"
    folder.mkdir()
    assert "give npz files" in refused(folder, tmp_path, capsys)
    save(folder / "a.npz", losses=np.ones(2))
    assert f"give those there, {folder}/*.npz" in refused(folder, tmp_path, capsys)


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


def test_delays_that_memory_does_not_hold_are_refused(tmp_path: Path):
    path = save(tmp_path / "nets.npz", **networks(2))
    dsa = kinds.DSA(delays=1_000_000)
    with pytest.raises(InputError, match="use fewer --delays") as refusal:
        measure_files([path], tmp_path / "out", dsa=dsa)
    said = str(refusal.value)
    assert "1000000 delays of the 5 units of network 0 of nets.npz need 600,000.0 GB" in said


@pytest.mark.parametrize("arrays, said", [
    ({"states": np.zeros((3, 4, 5))}, "(network, trial, time, unit); for one network save"),
    ({"states": np.zeros((2, 4, 5, 3)), "weights": np.zeros((3, 3, 3))}, "different numbers"),
    ({"weights": np.zeros((2, 3, 3), complex)}, "save real numbers"),
    ({"losses": np.array(["a", "b"])}, "`losses`"),
    ({"weights": np.zeros((0, 3, 3))}, "is empty"),
    ({"labels": np.array(["a"])}, "holds labels only"),
    ({"activity": np.zeros(3)}, "holds `activity`"),
    ({"losses": np.ones(3), "labels": "tanh"}, "has shape (); it must be (network); for n "
     "networks save np.full(n, labels)"),
    ({"states": np.float32(1)}, "has shape (); it must be (network, trial, time, unit)"),
    ({"losses": np.ones((3, 1))}, "save losses.ravel()"),
    ({"weights": np.eye(4)}, "for one network save weights[None]"),
    ({"weights": np.ones((5, 49))}, "save weights.reshape(-1, 7, 7)"),
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
    (json.dumps(entry(shape=[2], data_offsets=[0, 8])), None),
    (json.dumps(entry(shape=[2], data_offsets=[8, 16])), None),
    (json.dumps(entry() | {"bias": entry(data_offsets=[16, 32])["weight_hh"]}), None),
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


def test_numbers_of_a_type_that_is_not_known_are_not_called_damaged(tmp_path: Path, capsys: Any):
    path = tmp_path / "a.safetensors"
    text = json.dumps(entry(dtype="F8_E4M3", data_offsets=[0, 4]))
    path.write_bytes(len(text).to_bytes(8, "little") + text.encode() + bytes(4))
    said = refused(path, tmp_path, capsys)
    assert "holds numbers of type F8_E4M3; known are F64" in said and "`.float()`" in said


def test_tensors_that_are_cut_off(tmp_path: Path, capsys: Any):
    whole = (FIXTURES / "network.safetensors").read_bytes()
    path = tmp_path / "seed0.safetensors"
    for length in (0, 4, 8, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert main(["measure", str(path), "--out", str(tmp_path / "out")]) == 3
        said = capsys.readouterr().err
        assert str(path) in said and "copy it again if it was cut off, else save it again" in said


def test_folders_that_are_taken_or_cannot_be_written(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", losses=np.ones(2))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").touch()
    assert main(["measure", str(path), "--out", str(tmp_path / "taken")]) == 4
    assert main(["measure", str(path), "--out", str(path)]) == 4
    assert main(["measure", str(path), "--out", "/proc/nothing/here"]) == 4
    assert "Traceback" not in capsys.readouterr().err


def test_names_that_are_no_text(tmp_path: Path, capsysbinary: Any):
    given = Path(os.fsdecode(os.fsencode(tmp_path) + b"/net\xffs.npz"))
    with open(given, "wb") as file:
        np.savez(file, losses=np.ones(4), labels=["a\ud800", "a\ud800", "b", "b"])
    out = tmp_path / "out"
    for options in ([], ["--json"]):
        assert main(["measure", str(given), "--out", str(out), *options]) == 0
    said = capsysbinary.readouterr()
    assert "a\ufffd: 2 networks" in said.out.decode()
    assert json.loads(said.out.decode().splitlines()[-1])["groups"] == {"a\ufffd": 2, "b": 2}
    assert "net\ufffds.npz" in (out / "spec.lock.json").read_text(encoding="utf-8")
    assert "net\ufffds.npz" in (out / "report.html").read_text(encoding="utf-8")
    assert tables(out)["sources"]["name"][0] == "network 0 of net\ufffds.npz"
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe"))
    assert main(["measure", str(given), "--out", str(folder)]) == 4
    assert main(["check", str(folder / "none.yaml"), "--json"]) == 3
    assert "is not in UTF-8; give another folder" in capsysbinary.readouterr().err.decode()


def test_usage(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", losses=np.ones(2))
    for wrong in (
        ("--rank", "2.5"),
        ("--delays", "0"),
        ("--seed", "-1"),
        ("--rank", "nan"),
        ("--burn-in", "-1"),
        ("--burn-in", "2.5"),
        ("--starts", "20000000"),
    ):
        assert main(["measure", str(path), "--out", str(tmp_path / "out"), *wrong]) == 2
    assert "--starts must be at most 10,000, not 20,000,000" in capsys.readouterr().err
    assert main(["measure", str(tmp_path / "no.npz"), "--out", str(tmp_path / "out")]) == 3
    with pytest.raises(SystemExit, match="2"):
        main(["measure", str(path)])


def test_help_says_what_holds_where_nothing_is_given(capsys: Any):
    with pytest.raises(SystemExit, match="0"):
        main(["measure", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    dsa, pif = kinds.DSA(), kinds.PIF()
    for words, default in (
        ("delays of the embedding", dsa.delays),
        ("steps between two delays", dsa.interval),
        ("rank of the operators", dsa.rank),
        ("where the rank comes from", dsa.choose),
        ("part of each trial", dsa.window),
        ("steps left out at the start of the window", dsa.burn_in),
        ("how operators are compared", dsa.score),
        ("what may be done to units", pif.group),
        ("seed of the random starts", pif.seed),
    ):
        shown = f"{default:g}" if isinstance(default, float) else default
        assert f"{words} ({shown})" in said
    assert f"of DSA of each determinant ({dsa.starts}, and of weights as many" in said
    assert pif.starts is None
