"""The command line: exit codes, streams, and what a person sees."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TINY

from degendsl import cli
from degendsl.commands._answers import warned

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "degendsl", *words]
    # Minutes more than it takes: a hang is an error, a slow machine is none.
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=300)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_example_checks(path: Path):
    assert cli.main(["check", str(path)]) == 0


def test_the_life_of_a_study(spec: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = ["--out", str(tmp_path / "results")]
    assert cli.main(["plan", str(spec), *out, "--no-probe"]) == 0
    assert "4 networks, 4 to train, 1 compiled program" in capsys.readouterr().out
    assert cli.main(["report", str(spec), *out]) == 4
    capsys.readouterr()
    assert cli.main(["run", str(spec), *out, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert sum(result["outcomes"].values()) == 4 and Path(result["report"]).is_file()
    for target in (str(spec), result["folder"]):
        assert cli.main(["status", target, *out, "--json"]) == 0
        status = json.loads(capsys.readouterr().out)
        assert status["page"] and status["conditions"][0]["done"] == 4
    # Made again of what is kept: the same tables to the bit, and the page left as it is.
    tables = {one: one.read_bytes() for one in Path(result["folder"], "tables").iterdir()}
    written = Path(result["report"]).stat().st_mtime_ns
    assert cli.main(["report", result["folder"]]) == 0
    assert tables == {one: one.read_bytes() for one in tables}
    assert Path(result["report"]).stat().st_mtime_ns == written
    Path(result["report"]).unlink()
    assert cli.main(["report", result["folder"]]) == 0
    assert Path(result["report"]).is_file()


def test_a_terminal_gets_a_bar_and_a_file_gets_lines_and_the_second_run_compiles_nothing(
    spec: Path, tmp_path: Path
):
    # Counts what JAX compiles because the cache of programs has it not.
    code = (
        "import sys, jax; misses = []\n"
        "jax.monitoring.register_event_listener("
        "lambda name, **_: misses.append(name) if 'cache_misses' in name else None)\n"
        "from degendsl.cli import main\n"
        "code = main(['run', *sys.argv[1:]]); print('missed', len(misses)); sys.exit(code)"
    )
    command = [sys.executable, "-c", code, str(spec), "--out", str(tmp_path / "results")]
    kept = os.environ | {"JAX_COMPILATION_CACHE_DIR": str(tmp_path / "programs"), "TERM": "xterm"}
    seen, terminal = pty.openpty()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=terminal, env=kept, text=True
    ) as first:
        os.close(terminal)
        shown = b"".join(iter(lambda: _read(seen), b"")).decode()
        said, _ = first.communicate()
    assert first.returncode == 0 and "missed 0" not in said
    assert "4/4" in shown and "\x1b[" in shown
    second = subprocess.run(command, capture_output=True, env=kept, text=True)
    assert second.returncode == 0 and "missed 0" in second.stdout
    assert "0 networks, 4 done already" in second.stderr and "\x1b" not in second.stderr


def _read(terminal: int) -> bytes:
    """What a terminal was sent; nothing once its other end is closed, an error on Linux."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_check_imports_neither_jax_nor_polars(spec: Path):
    code = (
        "import sys; from degendsl.cli import main; main(['check', sys.argv[1]]); "
        "print([m for m in ('jax', 'polars', 'numpy', 'altair') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(spec)], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_bad_specs_end_in_a_message_and_exit_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    made = {
        "empty.yaml": b"",
        "binary.yaml": bytes(range(256)),
        "large.yaml": b"a: b\n" * 2_000_000,
        "deep.yaml": b"[" * 2000,
        "bomb.yaml": b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "python.yaml": b"a: !!python/object/apply:os.system [ls]\n",
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.yaml").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in [*made, "folder.yaml", "missing.yaml"]:
        assert cli.main(["run", name]) == 3, name
        said = capsys.readouterr()
        assert "error[E" in said.err and "Traceback" not in said.err, name
        assert said.out == "" and not (tmp_path / "results").exists()
    # The same as a process of its own.
    done = run("run", "deep.yaml", cwd=tmp_path)
    assert done.returncode == 3 and "error[E" in done.stderr and "Traceback" not in done.stderr


def test_of_many_warnings_the_first_are_printed_and_the_rest_counted():
    lines = warned([f"{n} is odd" for n in range(1, 47, 2)])
    assert lines[0] == "warning: 1 is odd" and lines[19] == "warning: 39 is odd"
    assert lines[20:] == ["warning: and 3 more, on the page"]
    assert warned(["one"] * 20) == ["warning: one"] * 20 and warned([]) == []


def test_usage_is_2_and_unknown_words_get_the_nearest(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["explain", "task.chanels"]) == 2
    assert "did you mean 'task.channels'?" in capsys.readouterr().err
    assert cli.main(["explain", "task.flip_probability"]) == 0
    assert "above 0 and at most 1" in capsys.readouterr().out
    with pytest.raises(SystemExit) as error:
        cli.main(["nonsense"])
    assert error.value.code == 2


def test_a_results_folder_that_cannot_be_made_is_4(spec: Path, tmp_path: Path):
    (tmp_path / "results").write_text("a file is in the way")
    done = run("run", str(spec), cwd=tmp_path)
    assert done.returncode == 4 and "Traceback" not in done.stderr
    assert "cannot write" in done.stderr and "is kept" in done.stderr


def test_another_realisation_is_4_unless_mixed(spec: Path, tmp_path: Path):
    spec.write_text(TINY + "profiles:\n  wide: {lanes: 2}\n  narrow: {lanes: 1}\n")
    out = ["--out", str(tmp_path / "results")]
    assert cli.main(["run", str(spec), *out, "--profile", "wide"]) == 0
    more = ["run", str(spec), *out, "--set", "networks.count=5", "--profile", "narrow"]
    assert cli.main(more) == 4
    assert cli.main([*more, "--mixed"]) == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_4_and_says_what_is_kept(spec: Path, tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let tests mount a small disk")
    try:
        done = run("run", str(spec), "--out", str(disk))
        assert done.returncode == 4 and "Traceback" not in done.stderr
        assert "No space left" in done.stderr and "is kept" in done.stderr
    finally:
        subprocess.run(["umount", str(disk)], check=True)
