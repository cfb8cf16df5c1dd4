"""Degeneracy measures, usable without a spec: NumPy or JAX arrays in, NumPy float64 out.

What needs JAX loads on first use, so that the import takes little longer than SciPy's.
"""

import importlib as _importlib
import typing as _typing

from ._behavior import LossSummary as LossSummary
from ._behavior import loss_summary as loss_summary
from ._behavior import ood_spread as ood_spread
from ._behavior import output_disagreement as output_disagreement
from ._best_match import Match as Match
from ._best_match import default_starts as default_starts
from ._dsa import OperatorDistances as OperatorDistances
from ._dsa import dsa_distances as dsa_distances
from ._dsa import operator_distances as operator_distances
from ._information import Estimate as Estimate
from ._information import conditional_entropy as conditional_entropy
from ._information import gaussian_rate as gaussian_rate
from ._learning import effective_rank as effective_rank
from ._learning import feature_alignment as feature_alignment
from ._learning import relative_weight_change as relative_weight_change
from ._learning import sparsity as sparsity
from ._learning import spectral_radius as spectral_radius
from ._learning import weight_change as weight_change
from ._mds import Embedding as Embedding
from ._mds import mds as mds
from ._numbers import LARGEST_STATE as LARGEST_STATE
from ._numbers import LARGEST_WEIGHT as LARGEST_WEIGHT
from ._numbers import unusable as unusable
from ._operators import HalvedOperators as HalvedOperators
from ._operators import Operators as Operators
from ._operators import dsa_operators as dsa_operators
from ._operators import embedding_memory as embedding_memory
from ._operators import halved_operators as halved_operators
from ._operators import operator as operator
from ._operators import rank_for_variance as rank_for_variance
from ._permutation import match_pairs as match_pairs
from ._permutation import match_units as match_units
from ._permutation import pif_distances as pif_distances
from ._permutation import shuffled as shuffled
from ._settings import DsaSettings as DsaSettings
from ._settings import choose_dsa_settings as choose_dsa_settings
from ._shape import shape_distances as shape_distances
from ._shape import svcca_directions as svcca_directions
from ._shape import svcca_distances as svcca_distances
from ._states import resting as resting
from ._subset import Pair as Pair
from ._subset import pair_subset as pair_subset
from ._weights import Weights as Weights
from ._weights import balanced as balanced

if _typing.TYPE_CHECKING:
    from ._field_points import FixedPoints as FixedPoints
    from ._field_points import field_points as field_points
    from ._fixed_points import fixed_points as fixed_points

_WITH_JAX = {
    "FixedPoints": "_field_points",
    "field_points": "_field_points",
    "fixed_points": "_fixed_points",
}
__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    *(name for name in globals() if not name.startswith("_")),
    *_WITH_JAX,
]


def __getattr__(name: str) -> _typing.Any:
    if name in _WITH_JAX:
        return getattr(_importlib.import_module(f"{__name__}.{_WITH_JAX[name]}"), name)
    raise AttributeError(f"module 'degendsl.metrics' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
