"""移交清单: the list that packages are handed over by, to be signed by who gives, who takes and who watches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pmcs.core.retention import TERMS
from pmcs.duties.archive.contents import contents, last_day, months_of
from pmcs.errors import BadInput, Broken, Refused, Translate
from pmcs.reports.catalogue import term_label
from pmcs.reports.template import rendered
from pmcs.store.as_of import StoreAsOf
from pmcs.store.lookups import PACKAGE
from pmcs.store.store import Store

READY = ("verified", "transferred")
FORMATS = ("html", "pdf", "xlsx")


class Line(NamedTuple):
    """One package; `terms` are its pieces by how long they are kept, in the order of `TERMS`."""

    id: str
    period: str
    pieces: int
    terms: tuple[int, ...]
    exceptions: str
    manifest: str
    commit: str


def handover(store: Store, ids: Sequence[str], how: str, when: datetime, language: str, translate: Translate) -> bytes:
    """The list of these packages as html, pdf or xlsx.

    Raises BadInput, NotFound; Refused: one is not verified by a second person. Unable: what a format takes is missing.
    """
    if how not in FORMATS:
        raise BadInput("The list is written as one of {formats}; name a file that ends so.", formats=FORMATS)
    lines = [_line(store, id_) for id_ in dict.fromkeys(ids)]
    if how == "xlsx":
        return _workbook(store, lines, translate)
    told: dict[str, Any] = {
        "office": store.config.office,
        "code": store.config.code,
        "day": f"{when:%Y-%m-%d}",
        "terms": [term_label(term, translate) for term in TERMS],
        "lines": [line._asdict() for line in lines],
        "total": sum(line.pieces for line in lines),
        "sums": [sum(line.terms[place] for line in lines) for place in range(len(TERMS))],
    }
    page = rendered(store, "archive/handover.html.j2", told, language, translate)
    if how == "html":
        return page.encode()
    from pmcs.reports.pdf import pdf

    return pdf(page, title=f"{store.config.office} {translate('Handover list')}", when=when)


def _line(store: Store, id_: str) -> Line:
    record = store.record(id_, (PACKAGE,))
    if record.state not in READY:
        raise Refused("{id} is not verified yet; another does that with pmcs package verify {id}.", id=id_)
    pieces, period, commit = int(record.get("pieces")), record.get("period"), record.get("commit")
    found = dict.fromkeys(TERMS, 0)
    if not store.repository.contains("HEAD", commit):
        raise Broken("{id} names a commit that this store does not hold; see pmcs check.", id=id_)
    then = StoreAsOf(store, commit)
    entries = [entry for month in contents(then, period).entries.values() for entry in month]
    reports = then.regulations.on(last_day(months_of(period)[-1], then)).retention.reports.term
    for entry in entries:
        found[entry.term] += 1
    found[reports] += pieces - len(entries)
    if min(found.values()) < 0:
        raise Broken("{id} names fewer pieces than its commit holds; see pmcs check.", id=id_)
    exceptions = record.get("exceptions")
    return Line(id_, period, pieces, tuple(found.values()), exceptions, record.get("manifest"), commit)


def _workbook(store: Store, lines: Sequence[Line], translate: Translate) -> bytes:
    from pmcs.reports.workbook import workbook

    _ = translate
    heads = [
        *(_("Package"), _("Covers"), _("Pieces"), *(term_label(term, _) for term in TERMS)),
        *(_("Exceptions"), _("Manifest"), _("Commit")),
    ]
    rows: list[list[str | int | None]] = [
        [line.id, line.period, line.pieces, *line.terms, line.exceptions, line.manifest, line.commit] for line in lines
    ]
    signed: list[list[str | int | None]] = [
        [f"{name}\N{FULLWIDTH COLON}", *[None] * (len(heads) - 1)]
        for name in (_("Handed over by"), _("Received by"), _("Witnessed by"))
    ]
    blank: list[str | int | None] = [None] * len(heads)
    return workbook(f"{store.config.office} {_('Handover list')}", heads, [*rows, blank, *signed])
