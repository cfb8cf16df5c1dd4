"""Degeneracy measures, usable without a spec: NumPy or JAX arrays in, NumPy float64 out."""

from ._behavior import ood_spread as ood_spread
from ._behavior import output_disagreement as output_disagreement
from ._dsa import OperatorDistances as OperatorDistances
from ._dsa import dsa_distances as dsa_distances
from ._dsa import operator_distances as operator_distances
from ._learning import effective_rank as effective_rank
from ._learning import feature_alignment as feature_alignment
from ._learning import relative_weight_change as relative_weight_change
from ._learning import sparsity as sparsity
from ._learning import spectral_radius as spectral_radius
from ._learning import weight_change as weight_change
from ._mds import Embedding as Embedding
from ._mds import mds as mds
from ._operators import Operators as Operators
from ._operators import dsa_operators as dsa_operators
from ._operators import operator as operator
from ._permutation import Match as Match
from ._permutation import default_starts as default_starts
from ._permutation import match_pairs as match_pairs
from ._permutation import match_units as match_units
from ._permutation import pif_distances as pif_distances
from ._permutation import shuffled as shuffled
from ._shape import shape_distances as shape_distances
from ._weights import Weights as Weights
from ._weights import balanced as balanced
