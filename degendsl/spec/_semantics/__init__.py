"""What a schema cannot say: that the parts of a spec fit one another. One module a block."""

from ._claims import check_claims as check_claims
from ._conditions import check_conditions as check_conditions
from ._sizes import check_sizes as check_sizes
