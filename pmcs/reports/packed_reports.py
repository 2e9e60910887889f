"""The reports in a package: of each month and of the year, as html, json, pdf and xlsx, and what is amiss with them."""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pmcs.core.period import span_of
from pmcs.duties.archive.complete import Lack
from pmcs.duties.archive.contents import Contents, months_of
from pmcs.errors import PmcsError, Sentence, Translate
from pmcs.reports.monthly import monthly_figures
from pmcs.reports.pages import REPORTS, as_document, as_page, parts_of
from pmcs.reports.yearly import yearly_figures
from pmcs.store.store import Store

EXTRA = ("pdf", "xlsx")
"""What takes more than pmcs itself brings along."""
_COUNT = re.compile(rb"/Type\s*/Pages\b[^<>]*?/Count\s+(\d+)|/Count\s+(\d+)[^<>]*?/Type\s*/Pages\b")
_OBJECTS = re.compile(rb"/Type\s*/ObjStm\b[^<>]*>>\s*stream\r?\n")
MOST = 64 << 20
"""Bytes of such a stream that are looked at."""


class Packed(NamedTuple):
    """One report in its formats, by ending."""

    period: str
    files: dict[str, bytes]
    lacks: list[Lack]


def reports(store: Store, packed: Contents, period: str, translate: Translate) -> Iterator[Packed]:
    """The reports of a period: each month's, and after them the year's. The figures are those of the commit.

    Months that were over before the office's first commit have none.
    """
    begun = store.repository.begun(packed.commit).astimezone(store.config.zone)
    for part in [*months_of(period), *([period] if "-" not in period else [])]:
        if span_of(part, store.config.zone).end > begun:
            yield _report(store, packed, part, translate)


def _report(store: Store, packed: Contents, period: str, translate: Translate) -> Packed:
    language = store.config.language
    make = monthly_figures if "-" in period else yearly_figures
    # By no clock: the figures of a period that is over are those of the last commit.
    now: datetime = max(packed.when, span_of(period, store.config.zone).end)
    figures = make(store, period, now, language, translate)
    files = {how: as_document(store, figures, how, language, translate).encode() for how in ("html", "json")}
    lacks = list(_committed(store, packed, period, figures, translate))
    for how in EXTRA:
        try:
            from pmcs.reports.formats import as_file

            files[how] = as_file(store, figures, how, language, translate)
        except PmcsError as error:
            name = f"{period}.{how}"
            lacks.append(
                Lack("left_out", name, Sentence("{file} is left out: {reason}", file=name, reason=error.sentence))
            )
    return Packed(period, files, lacks)


def _committed(
    store: Store, packed: Contents, period: str, figures: dict[str, Any], translate: Translate
) -> Iterator[Lack]:
    """Whether the report was written and committed, and still says what the records say."""
    folder = store.path(f"{REPORTS}/{period}")
    there = dict(store.repository.tree(packed.commit, folder))
    wanted = {part: f"{folder}/{part}.json" for part in parts_of(figures)}
    sort = "monthly" if "-" in period else "yearly"
    if missing := [path for path in wanted.values() if path not in there]:
        said = Sentence(
            "{file} is not committed; write it with pmcs report {sort} {period}.",
            file=missing[0],
            sort=sort,
            period=period,
        )
        yield Lack("report_missing", missing[0], said)
        return
    content = dict(store.repository.blobs(there[path] for path in wanted.values()))
    for part, path in wanted.items():
        fresh = as_page(store, figures, part, "json", store.config.language, translate)
        if _told(content[there[path]]) != _told(fresh.encode()):
            said = Sentence(
                "{file} is older than the records; write it again with pmcs report {sort} {period}.",
                file=path,
                sort=sort,
                period=period,
            )
            yield Lack("report_old", path, said)
            return


def _told(data: bytes) -> object:
    """The figures of a report, whatever commit they were made from."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(tree, dict):
        for name in ("made_from", "checkpoint"):
            tree.pop(name, None)
    return tree


def pages_of(pdf: bytes) -> str:
    """How many pages a PDF has; empty where it does not say so plainly."""
    counts = [int(first or second) for part in (pdf, *_inside(pdf)) for first, second in _COUNT.findall(part)]
    return str(max(counts)) if counts else ""


def _inside(pdf: bytes) -> Iterator[bytes]:
    """The streams of objects that a PDF keeps compressed."""
    for found in _OBJECTS.finditer(pdf):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(pdf[found.end() :], MOST)


def report_title(period: str, translate: Translate) -> str:
    """题名 of a report."""
    name = translate("Monthly report") if "-" in period else translate("Yearly report")
    return f"{name} {period}"
