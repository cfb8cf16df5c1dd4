"""Networks trained elsewhere: from files of arrays to tables and a page."""

from ._lock import LOCK_KIND as LOCK_KIND
from ._measure import Comparison as Comparison
from ._measure import measure_files as measure_files
from ._read import read_networks as read_networks
