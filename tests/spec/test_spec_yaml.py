"""YAML 1.2 core rules, strictly: what each notation means, and what is refused."""

from typing import Any

import pytest
from spec_texts import HEAD

from degendsl.spec import SpecError, parse_spec
from degendsl.spec._compose import compose
from degendsl.spec._places import Source
from degendsl.spec._problems import Problem, printable


def value_of(text: str) -> Any:
    node, problems = compose(Source("text", f"key: {text}"))
    assert not problems
    return node.value["key"].value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("+1.5", 1.5),
        ("-0", 0),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("12:30:45", "12:30:45"),
        ("2001-12-14", "2001-12-14"),
        ("no", "no"),
        ("No", "No"),
        ("off", "off"),
        ("on", "on"),
        ("yes", "yes"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("", None),
        ("none", "none"),
        ("'1'", "1"),
        ('"1e-3"', "1e-3"),
        ("'null'", "null"),
        ("1e", "1e"),
        ("1.2.3", "1.2.3"),
        ("+", "+"),
        ("=", "="),
        ("<<", "<<"),
        ("inf", "inf"),
        ("nan", "nan"),
        ("0o8", "0o8"),
    ],
)
def test_plain_words_follow_the_core_rules(text: str, value: Any):
    found = value_of(text)
    assert found == value and type(found) is type(value)


def test_keys_that_yaml_1_1_takes_for_true_are_text():
    node, problems = compose(Source("text", "on: 1\nno: 2\ny: 3\n"))
    assert not problems and list(node.value) == ["on", "no", "y"]


@pytest.mark.parametrize("text", ["a: |\n  two\n  lines\n", "a: >\n  two\n  lines\n"])
def test_block_texts_are_text(text: str):
    node, problems = compose(Source("text", text))
    assert not problems and node.value["a"].value in ("two\nlines\n", "two lines\n")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing():
    plain = parse_spec(HEAD)
    windows = parse_spec(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert windows.points == plain.points and windows.folder_hash == plain.folder_hash


def test_a_tab_in_a_comment_is_nobody_s_business():
    parse_spec(HEAD + "# a\tb\nmodel: {units: 3}  # c\td\nmeasure: {dynamics: {rank: 3}}\n")


@pytest.mark.parametrize("brackets", ["[" * 2000, "{a: " * 2000, "- " * 2000, "[" * 100_000])
def test_depth_is_bounded_before_anything_recurses(brackets: str):
    with pytest.raises(SpecError) as caught:
        parse_spec(HEAD + "\nmodel: " + brackets if brackets[0] != "-" else brackets)
    assert "E006" in {problem.code for problem in caught.value.problems}


def test_a_control_character_is_shown_and_never_reaches_the_terminal():
    with pytest.raises(SpecError) as caught:
        parse_spec(HEAD + "model: {units: \x1b[31m}\n")
    assert "\x1b" not in str(caught.value) and "␛[31m" in str(caught.value)


def test_a_file_name_cannot_write_to_the_terminal_either():
    problem = Problem(code="E001", name="a\x1b[31m\n.yaml", message="m\x07", hint="h\x00")
    assert printable(problem.format().replace("\n", "")) == problem.format().replace("\n", "")


def test_the_caret_stands_below_what_it_means_when_characters_are_wide():
    with pytest.raises(SpecError) as caught:
        parse_spec(
            "degendsl: 1\nstudy: {name: a, title: 神経, license: 3}\ntask: {kind: flip_flop}\n"
        )
    drawn, caret = str(caught.value).splitlines()[1:]
    before = drawn[: drawn.index("3}")]
    # Two characters that take two columns each.
    assert caret.index("^") == len(before) + 2


def test_an_unfinished_file_is_pointed_at_where_it_can_be_seen():
    with pytest.raises(SpecError) as caught:
        parse_spec(HEAD + "model: {units: 3\n\n\n")
    problem = caught.value.problems[0]
    assert problem.line <= 4 and problem.source.strip()


def test_problems_of_yaml_and_of_the_language_come_together():
    with pytest.raises(SpecError) as caught:
        parse_spec(HEAD + "model: {units: .nan, unit: 3}\nnetworks: {seed: 1, seed: 2}\n")
    assert [problem.code for problem in caught.value.problems] == ["E007", "E012", "E005"]


def test_json_form_of_a_problem_is_plain():
    with pytest.raises(SpecError) as caught:
        parse_spec(HEAD + "modle: {}\n", "a.yaml")
    assert caught.value.problems[0].to_json() == {
        "code": "E012",
        "severity": "error",
        "file": "a.yaml",
        "line": 4,
        "column": 1,
        "length": 5,
        "message": "unknown key 'modle'",
        "hint": caught.value.problems[0].hint,
        "source": "modle: {}",
    }
