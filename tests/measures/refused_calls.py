"""Calls that must all be refused by a `MeasureError`; what is not is printed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from degendsl import metrics
from degendsl.errors import MeasureError

# Nothing here is of a right type.
m: Any = metrics
good = np.random.default_rng(0).standard_normal((3, 4, 12, 3))
w = good[:, 0, :3]


def spoilt(array, value, kind: Any = float):
    array = array.astype(kind)
    array.reshape(len(array), -1)[1, 0] = value
    return array


bad: dict[str, Callable[[Any], Any]] = {
    "nan": lambda a: spoilt(a, np.nan),
    "infinite": lambda a: spoilt(a, -np.inf),
    "huge": lambda a: spoilt(a, -1e200),
    "object": lambda a: spoilt(a, None, object),
    "text": lambda a: a.astype(str),
    "complex": lambda a: a + 1j,
    "empty": lambda a: a[..., :0],
    "flat": lambda a: a[..., 0],
    "ragged": lambda a: [a[0], [[1.0], [1.0, 2.0]], a[2]],
    "one": lambda a: a[:1],
    "none": lambda a: a[:0],
}
level: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "dsa": (good, lambda x: m.dsa_distances(x, delays=2, rank=2)),
    "share": (good, lambda x: m.dsa_distances(x, delays=2, rank=0.9)),
    "shape": (good, m.shape_distances),
    "settings": (good, lambda x: m.choose_dsa_settings(x, delays=[1], ranks=[2])),
    "pif": (w, m.pif_distances),
    "operators": (
        w,
        lambda x: (
            m.operator_distances(x, [(i, 0) for i in range(1, len(x))])
            if len(x) > 1
            else m.dsa_distances(x, delays=1, rank=1)
        ),
    ),
    "outputs": (good, m.output_disagreement),
    "spread": (w[:, 0, 0], m.ood_spread),
    "summary": (w[:, 0, 0], m.loss_summary),
}
settings: list[Callable[[], Any]] = [
    lambda: m.dsa_distances(good, delays=0, rank=2),
    lambda: m.dsa_distances(good, delays=2.5, rank=2),
    lambda: m.dsa_distances(good, delays=2, rank=7),
    lambda: m.dsa_distances(good, delays=2, rank=0),
    lambda: m.dsa_distances(good, delays=12, rank=1),
    lambda: m.dsa_distances(good, delays=2, rank=2.5),
    lambda: m.dsa_distances(good, delays=2, rank=float("nan")),
    lambda: m.dsa_distances(good, delays=2, rank=2, interval=0),
    lambda: m.dsa_distances(good, delays=2, rank=2, starts=0),
    lambda: m.dsa_distances(good, delays=2, rank=2, score="cosine"),
    lambda: m.dsa_distances(good, delays=2, rank=2, inputs=good[0, :2]),
    lambda: m.dsa_distances(good * 0, delays=2, rank=2),
    lambda: m.dsa_distances(good * 0, delays=2, rank=0.9),
    lambda: m.dsa_distances([good[0], good[1, :2], good[2]], delays=2, rank=2),
    lambda: m.shape_distances(good, kind="rsa"),
    lambda: m.shape_distances(good, score="cosine"),
    lambda: m.pif_distances(w[:, :2]),
    lambda: m.pif_distances(w, starts=0),
    lambda: m.pif_distances(w, group="odd"),
    lambda: m.pif_distances([w[0], w[1, :2, :2]]),
    lambda: m.match_units(m.Weights(w[0], np.ones((2, 1)), np.ones((1, 3))), w[1]),
]
calls = [(f"setting {k}", one) for k, one in enumerate(settings)]
for measure, (data, call) in level.items():
    for how, spoil in bad.items():
        # A list of losses has no further axis to lose.
        if data.ndim > 1 or how not in ("empty", "flat"):
            calls.append((f"{measure}, {how}", lambda c=call, d=data, s=spoil: c(s(d))))
for name, call in calls:
    try:
        print("accepted:", name, call())
    except MeasureError as error:
        if not str(error).strip():
            print("silent:", name)
    except Exception as error:
        print(f"{type(error).__name__}: {name}: {error}")
