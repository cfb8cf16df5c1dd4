"""Files that are no specs: each says so at once, whatever it is."""

import os
import time
from pathlib import Path

import pytest
from spec_texts import HEAD

from degendsl.spec import SpecError, load_spec, parse_spec

# Seconds of processor time: over a hundred times what the slowest of these takes, so that
# what grows with the square of a file is seen, and a slow machine is not.
ENDLESS = 30


def refusal(path: Path) -> str:
    begun = time.process_time()
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    assert time.process_time() - begun < ENDLESS
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_a_good_file_knows_its_path_and_name(tmp_path: Path):
    path = tmp_path / "good.yaml"
    path.write_text(HEAD)
    spec = load_spec(str(path))
    assert (spec.path, spec.name, spec.text) == (path, "good.yaml", HEAD)


def test_a_missing_file_names_its_neighbour(tmp_path: Path):
    (tmp_path / "study.yaml").write_text(HEAD)
    said = refusal(tmp_path / "studdy.yaml")
    assert "error[E001]: there is no such file" in said and "did you mean 'study.yaml'" in said


def test_a_folder_is_not_a_file(tmp_path: Path):
    assert "E001]: this is a folder" in refusal(tmp_path)


def test_a_path_through_a_file_is_not_a_file(tmp_path: Path):
    (tmp_path / "a").write_text("")
    assert "E001]: the file cannot be read" in refusal(tmp_path / "a" / "b.yaml")


def test_a_path_with_a_null_byte_is_not_a_file():
    assert "E001]: the file cannot be read" in refusal(Path("a\0b.yaml"))


def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    assert "E001]: this is not a file" in refusal(tmp_path / "pipe")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path):
    path = tmp_path / "secret.yaml"
    path.write_text(HEAD)
    path.chmod(0)
    assert "E001]: the file may not be read" in refusal(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "1:1: error[E002]: the file is empty"),
        (b" \n\n", "1:1: error[E002]: the file is empty"),
        (b"\xef\xbb\xbf", "1:1: error[E002]: the file is empty"),
        (b"# a comment\n", "1:1: error[E002]: the file holds only comments"),
        (b"---\n", "error[E013]: a spec is a mapping of keys to values, but this is empty"),
        (b"\x89PNG\r\n\x1a\n", "1:1: error[E002]: this is not UTF-8 text"),
        (b"study: \xe9\n", "1:8: error[E002]: this is not UTF-8 text"),
        (b"PK\x03\x04" + bytes(1000), "1:3: error[E002]: a spec is text, but this is the control"),
        (HEAD.encode("utf-16"), "error[E002]: this is UTF-16 text, not UTF-8"),
        (b"x: 1\n" * 2_000_000, "error[E002]: the file has 10,000,000 bytes"),
        (b"[" * 10_000_000, "error[E002]: the file has 10,000,000 bytes"),
        (b"a" * 255_999, "error[E013]: a spec is a mapping"),
    ],
)
def test_content_that_is_no_spec(tmp_path: Path, content: bytes, said: str):
    path = tmp_path / "spec.yaml"
    path.write_bytes(content)
    assert said in refusal(path)


@pytest.mark.parametrize(
    "text",
    ["a: " + "b" * 255_000, "? " * 1000, "a: 'b" * 5000, "- [" * 2000, "a: {" * 20, ": " * 9000],
    ids=lambda text: text[:5],
)
def test_hostile_texts_end_soon(text: str):
    begun = time.process_time()
    with pytest.raises(SpecError):
        parse_spec(text)
    assert time.process_time() - begun < ENDLESS
