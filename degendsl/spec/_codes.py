"""The catalogue of errors: what each code means, an example, the repair."""

from typing import NamedTuple


class Code(NamedTuple):
    """One entry of the catalogue."""

    meaning: str
    example: str
    repair: str


CODES: dict[str, Code] = {
    "E001": Code("The file cannot be read.", "degendsl check missing.yaml", "Check its name."),
    "E002": Code(
        "The file is not text, is empty or is too large.", "", "A spec is text, ≤ 256 kB."
    ),
    "E003": Code("The file is not YAML.", "task: {kind: flip_flop", "Close the bracket."),
    "E004": Code(
        "Something of YAML that specs do without: anchors, aliases, tags, merge keys, several "
        "documents, keys that are not text.",
        "base: &a {}",
        "Write the value out.",
    ),
    "E005": Code("The same key twice in a mapping.", "seed: 1\nseed: 2", "Keep one."),
    "E006": Code("Lists or mappings nested too deeply.", "[[[[…]]]]", "Specs need few levels."),
    "E007": Code("A number that is not finite.", "learning_rate: .nan", "Give a finite number."),
    "E010": Code("A key that must be there is missing.", "task: {}", "Add the key."),
    "E011": Code("A word that is reserved for later.", "curriculum: …", "Leave it out."),
    "E012": Code("An unknown key.", "model: {unit: 64}", "Use a known key: units."),
    "E013": Code("A value of the wrong type.", "units: 1.5", "Give a whole number."),
    "E014": Code("A word that is not among the choices.", "kind: flipflop", "kind: flip_flop"),
    "E015": Code("A number out of its range.", "flip_probability: 2", "Give one within it."),
    "E016": Code("A text that does not have the right form.", "name: My Study", "name: my-study"),
    "E017": Code("A list that is too short or repeats itself.", "vary: []", "vary: [init]"),
    "E020": Code("A path that does not exist.", "- task.chanels: [1, 2]", "- task.channels: …"),
    "E021": Code(
        "Lists inside one sweep item differ in length.", "", "Keys of an item move together."
    ),
    "E022": Code("The same path is swept twice, or a level is repeated.", "", "Keep one."),
    "E023": Code("A swept path is also set by a variant or by --set.", "", "Drop one of the two."),
    "E024": Code("An exclusion names something not swept, or nothing is left.", "", "Mend it."),
    "E025": Code("No variant or profile of that name.", "--variant desc", "--variant desk"),
    "E026": Code("`--set` is not path=value.", "--set units", "--set model.units=64"),
    "E030": Code(
        "The Euler step is longer than the time constant.", "", "Make dt ≤ time_constant."
    ),
    "E031": Code("A trial is not a whole number of steps.", "", "Make duration a multiple of dt."),
    "E032": Code("Delays too long for the trial.", "", "Fewer delays or longer trials."),
    "E033": Code("Rank above what delays × units or the samples carry.", "", "A smaller rank."),
    "E034": Code("Something that must be swept is not.", "falls_with: model.units", "Sweep it."),
    "E035": Code("An expectation without exactly one direction.", "", "falls_with or rises_with."),
    "E036": Code("`measure.at` leaves out `end`.", "at: [init]", "at: [init, end]"),
    "E040": Code("A very large study.", "networks: {count: 1000000}", "Give --large if meant."),
}
