"""`explain`: every path, every kind and every code has its words."""

import pytest

from degendsl.errors import UsageError
from degendsl.spec import CODES, catalogue, explain


def test_a_key_is_explained_with_type_default_range_and_source():
    assert explain("task.flip_probability").splitlines() == [
        "task.flip_probability  Chance of a pulse, per step and channel; "
        "the sign of a pulse is a fair coin.",
        "  type:    number",
        "  default: 0.3",
        "  range:   above 0 and at most 1",
        "  source:  our choice",
    ]


def test_defaults_that_depend_on_others_say_on_which():
    assert "default: that of solver.dt" in explain("model.time_constant")
    assert "default: the task's own: " in explain("train.batch_size")
    assert "delayed_discrimination 64" in explain("train.batch_size")
    assert "flip_flop 0.001" in explain("train.stop.train_mse")
    assert "default: none; it must be given" in explain("study.name")
    assert "source:  Huang et al. (2025)" in explain("train.stop.patience")


def test_a_block_is_explained_kind_by_kind():
    text = explain("model")
    assert "rate: Rate form" in text and "(default)" in text and "current: Current form" in text
    assert "keys: kind, units, nonlinearity" in text


def test_a_last_word_is_enough_where_it_is_alone():
    assert explain("flip_probability") == explain("task.flip_probability")


def test_a_code_is_explained_with_example_and_repair():
    assert explain("E012") == explain("e012")
    for code in CODES:
        text = explain(code)
        assert text.startswith(code) and "example:" in text and "repair:" in text
        assert all(CODES[code])


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("task.chanels", "did you mean 'task.channels'?"),
        ("model.learning_rate", "did you mean 'train.optimizer.learning_rate'?"),
        ("taks", "did you mean 'task'?"),
        ("E0012", "did you mean 'E012'?"),
        ("kind", "did you mean task.kind or model.kind"),
        ("zzzz", "blocks: degendsl, study, task"),
        ("", "blocks: "),
    ],
)
def test_an_unknown_word_leads_to_a_known_one(word: str, hint: str):
    with pytest.raises(UsageError) as caught:
        explain(word)
    assert hint in str(caught.value)


def test_reserved_words_say_so():
    assert "Reserved" in explain("curriculum")


def test_every_path_is_explained():
    texts = catalogue()
    assert {"task.channels", "study.authors.orcid", "expect.level", "profiles.lanes"} <= set(texts)
    for path, text in texts.items():
        assert text.startswith(f"{path}  ") and "None" not in text and "MISSING" not in text
