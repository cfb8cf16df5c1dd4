"""What YAML readers disagree about, one test a trap: a spec means what it looks like."""

import pytest
from spec_texts import HEAD

from degendsl.spec import SpecError, parse_spec

RATE = HEAD + "train: {optimizer: {learning_rate: VALUE}}\n"
TITLE = "degendsl: 1\nstudy:\n  name: trap\n  title: VALUE\ntask: {kind: flip_flop}\n"


def rate(written: str) -> float:
    spec = parse_spec(RATE.replace("VALUE", written))
    return spec.points[0].science.train.optimizer.learning_rate


def title(written: str) -> str | None:
    return parse_spec(TITLE.replace("VALUE", written)).study.title


def refused(text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        parse_spec(text)
    assert all(problem.line >= 1 for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def test_an_exponent_without_a_point_is_a_number():
    # YAML 1.1 reads text.
    assert rate("1e-3") == 1e-3


@pytest.mark.parametrize("word", ["no", "on", "off", "yes", "y", "N"])
def test_words_for_true_and_false_are_text(word: str):
    # YAML 1.1 reads a truth value.
    assert title(word) == word


def test_a_leading_zero_is_decimal():
    # YAML 1.1 reads eight.
    text = HEAD + "model: {units: 010}\n"
    assert parse_spec(text).points[0].science.model.units == 10


def test_a_time_of_day_is_text():
    # YAML 1.1 reads 750, counting in sixties.
    assert title("12:30") == "12:30"
    assert refused(HEAD + "model: {units: 12:30}\n") == ["E013"]


def test_a_date_is_text():
    assert title("2026-11-24") == "2026-11-24"


def test_a_key_twice_is_refused_and_not_the_last_taken():
    assert refused(HEAD + "model: {units: 3, units: 4}\n") == ["E005"]


def test_a_tab_is_refused_where_it_looks_like_indentation():
    assert refused(HEAD + "model:\n\tunits: 3\n")[0] == "E003"


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system [ls]", "!!str 3", "!mine 3"])
def test_a_tag_is_refused_and_nothing_is_run(tag: str):
    assert "E004" in refused(HEAD + f"model: {{units: {tag}}}\n")


def test_a_merge_key_is_refused():
    assert "E004" in refused(HEAD + "model: {<<: {units: 3}}\n")


def test_an_alias_is_refused_before_it_can_multiply():
    assert "E004" in refused(HEAD + "model: &a {units: 3}\nsolver: *a\n")


@pytest.mark.parametrize("written", [".nan", ".inf", "-.inf", "1e999", "9" * 400])
def test_numbers_that_nobody_can_compute_with_are_refused(written: str):
    assert refused(RATE.replace("VALUE", written))[0] in ("E007", "E015")


def test_underscores_do_not_make_numbers():
    # YAML 1.1 reads a thousand.
    assert refused(HEAD + "model: {units: 1_000}\n") == ["E013"]


def test_an_empty_value_is_not_a_default():
    assert refused(HEAD + "model: {units: }\n") == ["E013"]


def test_a_whole_number_with_a_point_is_not_whole():
    assert refused(HEAD + "model: {units: 64.0}\n") == ["E013"]
