"""From planned units to trained networks in the store."""

from degendsl._cores import usable_cores as usable_cores

from ._devices import Realisation as Realisation
from ._devices import prepare_devices as prepare_devices
from ._devices import realisation as realisation
from ._ensemble import Report as Report
from ._ensemble import Stopped as Stopped
from ._ensemble import train_group as train_group
from ._probe import speed_key as speed_key
from ._probe import speed_of as speed_of
from ._rules import Outcome as Outcome
from ._rules import crossing as crossing
from ._rules import outcome as outcome
