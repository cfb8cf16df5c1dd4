"""Errors a user can cause, each with the exit code the command line gives it."""


class DegendslError(Exception):
    """Something a user can cause and mend. The command line prints it without a traceback."""

    exit_code = 1


class UsageError(DegendslError):
    """The command line was used in a way it does not understand."""

    exit_code = 2


class InvalidSpec(DegendslError):
    """A spec file that cannot be read or says something wrong."""

    exit_code = 3


class InputError(DegendslError):
    """A file of networks from elsewhere that cannot be read or is refused."""

    exit_code = 3


class StoreError(DegendslError):
    """A results folder that conflicts with the spec, is damaged, or cannot be written."""

    exit_code = 4


class RunnerError(DegendslError):
    """A runner is not available or failed."""

    exit_code = 5


# The remedy for a network whose numbers are no data, where all that can be done is to measure
# without it.
LEAVE_OUT = "leave it out"
# The same for one that is at rest.
AT_REST = "measure steps at which they change, or leave it out"


class MeasureError(DegendslError):
    """Data that a measure cannot be computed from.

    what: what is wrong, and with which network. remedy: what would help, where `what` does not say.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}" if self.remedy else self.what
