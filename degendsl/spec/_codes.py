"""The catalogue of errors: what each code means, an example, the repair. Codes never change."""

from typing import NamedTuple


class Code(NamedTuple):
    """One entry of the catalogue."""

    meaning: str
    example: str
    repair: str


CODES: dict[str, Code] = {
    # Files
    "E001": Code(
        "The file cannot be read: it is missing, a folder, or not allowed.",
        "degendsl check missing.yaml",
        "Check the path and the permissions.",
    ),
    "E002": Code(
        "The file is not UTF-8 text, is empty, holds control characters or is too large.",
        "degendsl check results.npz",
        "A spec is at most 256,000 bytes of text.",
    ),
    # YAML
    "E003": Code(
        "The file is not YAML.",
        "task: {kind: flip_flop",
        "Close brackets and quotes, indent with spaces, put texts with ': ' in quotes.",
    ),
    "E004": Code(
        "Something of YAML that specs do without: anchors, aliases, tags, merge keys, several "
        "documents, directives, keys that are not text.",
        "model: &base {units: 64}",
        "Write the value out where it is needed.",
    ),
    "E005": Code("The same key twice in a mapping.", "networks: {seed: 1, seed: 2}", "Keep one."),
    "E006": Code("Lists or mappings nested too deeply.", "x: [[[[[[…]]]]]]", "Take levels away."),
    "E007": Code(
        "A number that cannot be held: not finite, too large, or too small to differ from zero.",
        "learning_rate: .nan",
        "Give a finite number; put it in quotes if it is meant as text.",
    ),
    # Schema
    "E010": Code("A key that must be there is missing.", "task: {}", "task: {kind: flip_flop}"),
    "E011": Code("A word reserved for a later version.", "curriculum: []", "Leave it out."),
    "E012": Code("An unknown key.", "model: {unit: 64}", "model: {units: 64}"),
    "E013": Code("A value of the wrong type.", "units: 64.0", "units: 64"),
    "E014": Code("A word that is not among the choices.", "kind: flipflop", "kind: flip_flop"),
    "E015": Code("A number out of its range.", "flip_probability: 2", "flip_probability: 0.3"),
    "E016": Code("A text that does not have the right form.", "name: My Study", "name: my-study"),
    "E017": Code("A list that is empty or repeats itself.", "vary: []", "vary: [init, data]"),
    "E018": Code(
        "A version of the language that does not exist, or that only a newer degendsl speaks.",
        "degendsl: 2",
        "degendsl: 1, or `pip install --upgrade degendsl`",
    ),
    # Paths, sweeps, changes
    "E020": Code(
        "A path that does not exist, or that is no part of the science where it must be.",
        "sweep: [{task.chanels: [1, 2]}]",
        "sweep: [{task.channels: [1, 2]}]",
    ),
    "E021": Code(
        "Lists inside one sweep item differ in length, but its paths move together.",
        "- {task.channels: [1, 2], model.units: [32]}",
        "Make the lists equally long, or give each path an item of its own.",
    ),
    "E022": Code(
        "A path is swept twice, inside another swept path, or with the same level twice.",
        "- task.channels: [1, 2, 2]",
        "Keep one of the two.",
    ),
    "E023": Code(
        "A swept path is also set by a variant or by --set, and would have two homes.",
        "--set task.channels=3",
        "Drop one of the two.",
    ),
    "E024": Code(
        "An exclusion names something that is not swept, or nothing is left.",
        "exclude: [{task.channels: 7}]",
        "Exclude values that the sweep has, and leave some conditions.",
    ),
    "E025": Code("There is no variant of that name.", "--variant desc", "--variant desk"),
    "E026": Code("A --set that is not path=value.", "--set units", "--set model.units=64"),
    "E027": Code(
        "A key in a sweep or a sensitivity grid that its block does not have, because of its kind.",
        "- model.init.gain: [1, 2]      # with model.init: {kind: uniform}",
        "Sweep the block as a whole: - model.init: [{kind: gaussian, gain: 1}, …]",
    ),
    # Meaning
    "E030": Code(
        "The step of Euler's method is longer than the time constant, so the state overshoots.",
        "solver: {dt: 2}, model: {time_constant: 1}",
        "Make solver.dt at most model.time_constant.",
    ),
    "E031": Code(
        "A trial is not a whole number of steps, or has fewer than two.",
        "task: {duration: 10}, solver: {dt: 3}",
        "Make task.duration a multiple of solver.dt.",
    ),
    "E032": Code(
        "The delays of the embedding do not fit into a trial.",
        "task: {duration: 20}, measure: {dynamics: {delays: 20}}",
        "Fewer delays or longer trials.",
    ),
    "E033": Code(
        "A rank above what delays × units or the samples can carry.",
        "model: {units: 1}, measure: {dynamics: {delays: 20, rank: 30}}",
        "A smaller rank, or more delays, units or trials.",
    ),
    "E034": Code(
        "An expectation or the page's comparison names a path that is not swept.",
        "expect: [{level: dynamics, falls_with: model.units}]",
        "Sweep the path, or drop the claim.",
    ),
    "E035": Code(
        "An expectation without exactly one direction.",
        "expect: [{level: dynamics}]",
        "Give one of rises_with and falls_with.",
    ),
    "E036": Code("`measure.at` leaves out `end`, the result.", "at: [init]", "at: [init, end]"),
    "E040": Code(
        "A study beyond 100,000 conditions or a million networks, samples or starts.",
        "networks: {count: 1000000}",
        "Give --large if that is meant.",
    ),
    # Tasks
    "E050": Code(
        "A delay that does not fit: the second pulse comes after the trial's end, the shortest "
        "delay is longer than the longest, or a delay is not a whole number of steps.",
        "task: {kind: delayed_discrimination, duration: 20, delay: {min: 5, max: 20}}",
        "Shorter delays or a longer trial; leave a step for each pulse.",
    ),
    "E051": Code(
        "A frequency above half the sampling rate, which no solution could follow.",
        "task: {kind: sine_wave, frequencies: {high: 60}}, solver: {dt: 0.01}",
        "Lower frequencies or a smaller solver.dt.",
    ),
    "E052": Code(
        "More outputs to produce than the network has units.",
        "task: {kind: flip_flop, channels: 9}, model: {units: 8}",
        "More units or fewer channels.",
    ),
    "E053": Code(
        "A condition of `measure.behavior` that the task does not have.",
        "task: {kind: sine_wave}, measure: {behavior: {ood: hold}}",
        "Ask for one that it has.",
    ),
    "E054": Code(
        "A free run that leaves no step of the trial for the warm-up.",
        "task: {kind: lorenz96, duration: 1}, measure: {behavior: {ood: rollout, steps: 20}}",
        "Fewer free steps or a longer trial.",
    ),
    "E055": Code(
        "Frequencies of which the lowest is above the highest.",
        "task: {kind: sine_wave, frequencies: {low: 9, high: 3}}",
        "Put the smaller one first.",
    ),
    "E056": Code(
        "Steps too long for what happens in them: samples of Lorenz-96 that its integrator cannot "
        "follow, or a walk across the whole box at once.",
        "task: {kind: lorenz96}, solver: {dt: 1}",
        "A smaller solver.dt, or a lower speed.",
    ),
    "E090": Code(
        "A variant or --set changes a key inside something that the file writes as a list.",
        "--set measure.dynamics.rank=9      # with measure.dynamics: [{rank: 5}, {rank: 10}]",
        "Set the whole: --set 'measure.dynamics=[{rank: 9}, {rank: 10}]'.",
    ),
    "E091": Code(
        "An axis has the name of a path or of another axis, so nobody could tell them apart.",
        "- {name: task, levels: {easy: {task.channels: 1}, hard: {task.channels: 5}}}",
        "Give the axis a name of its own: - {name: difficulty, levels: …}",
    ),
    "E070": Code(
        "A fixed training set with fewer trials than a batch.",
        "train: {batch_size: 256, data: {fixed: 100}}",
        "A larger set, or smaller batches.",
    ),
    "E071": Code(
        "A penalty on the recurrent weights, which are not trained.",
        "train: {trainable: [readout], penalties: {l1: 1e-4}}",
        "Drop the penalty, or train the recurrent weights too.",
    ),
    "E080": Code(
        "A rank that is neither a whole number nor a share of the variance below 1.",
        "dynamics: {rank: 10.5}",
        "rank: 10, or rank: 0.99 for 99 % of the variance of the pooled conditions.",
    ),
    "E081": Code(
        "A claim that nothing changes without its margin, or a margin without that claim.",
        "expect: [{level: dynamics, unchanged_with: task.channels}]",
        "expect: [{level: dynamics, unchanged_with: task.channels, within: 0.1}]",
    ),
    "E082": Code(
        "A rank of each condition alone where verdicts are decided; it belongs under sensitivity.",
        "dynamics: {rank_per: condition}",
        "sensitivity: {dynamics.rank_per: [study, condition]}",
    ),
    "E083": Code(
        "A rank that is a share of the variance, and is to be chosen by prediction as well.",
        "dynamics: {rank: 0.9, choose: prediction}",
        "rank: 30, the highest of those that prediction chooses from, or choose: given.",
    ),
    # Networks
    "E060": Code(
        "A range of time constants that ends before it begins.",
        "time_constant: {low: 10, high: 2}",
        "time_constant: {low: 2, high: 10}",
    ),
    "E061": Code(
        "Private noise with a solver whose steps are adaptive.",
        "model: {noise: 0.1}, solver: {kind: tsit5}",
        "solver: {kind: heun}, or euler.",
    ),
    "E062": Code(
        "A rank of the recurrent matrix above its size, or one set twice.",
        "model: {units: 16, recurrent: {low_rank: 20}}",
        "A rank of at most model.units.",
    ),
    "E063": Code(
        "Constraints on the recurrent matrix that cannot hold together, or not from the start.",
        "recurrent: {dale: 0.8, low_rank: 2}",
        "Keep one of the two.",
    ),
    "E064": Code(
        "Dale's principle with units of one kind only.",
        "model: {units: 4, recurrent: {dale: 0.9}}",
        "A fraction that leaves some of both.",
    ),
    "E065": Code(
        "µP with an initialisation or a constraint that its table does not cover.",
        "parameterization: {kind: mup}, recurrent: {low_rank: 2}",
        "Use standard parameterisation, or drop the other.",
    ),
    "E066": Code(
        "Sign flips asked of units whose nonlinearity is not odd.",
        "model: {nonlinearity: relu}, measure: {weights: {group: signs}}",
        "group: own, the symmetries that the units have.",
    ),
    # Warnings
    "W001": Code(
        "A block got another kind, which drops its other keys, though the new kind has them too.",
        "model: {kind: rate, units: 64}  with  - model.kind: [rate, current]",
        "Change the block as a whole: - model: [{kind: rate, units: 64}, {kind: current, …}]",
    ),
    "W051": Code(
        "A frequency with fewer than ten steps a cycle.",
        "task: {kind: sine_wave, frequencies: {high: 30}}, solver: {dt: 0.01}",
        "Lower frequencies or a smaller solver.dt, unless that is meant.",
    ),
}
