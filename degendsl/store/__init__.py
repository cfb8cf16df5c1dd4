"""Files on disk, each whole or absent. Knows nothing about what is in them but their names."""

from ._faults import fault_point as fault_point
from ._files import UNREADABLE as UNREADABLE
from ._store import Store as Store
from ._store import UnitRecord as UnitRecord
from ._store import open_store as open_store
from ._store import store_for as store_for
