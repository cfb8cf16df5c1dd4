"""Who made the study and what it is called; never part of any hash."""

from dataclasses import dataclass

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class Author:
    """One author of the study."""

    name: str = key(doc="Full name, as it should be cited.")
    orcid: str | None = key(
        None,
        doc="ORCID identifier.",
        pattern=r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]",
        form="an ORCID such as 0000-0002-1825-0097",
    )


@dataclass(frozen=True, kw_only=True)
class Study:
    """What the study is called and who made it. Changes nothing that is computed."""

    name: str = key(
        doc="Short name; names the results folder. Lower-case letters, digits and hyphens.",
        pattern=r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?",
        form="1 to 64 lower-case letters, digits and hyphens, with no hyphen at either end",
    )
    title: str | None = key(None, doc="Title of the page; the name is used without one.")
    authors: tuple[Author, ...] = key((), doc="Who made the study, in citation order.")
    license: str | None = key(None, doc="Licence of the study, as an SPDX identifier.")
    cites: tuple[str, ...] = key((), doc="Works the study builds on, such as `arXiv:2410.03972`.")
