"""The catalogue of a package (归档文件目录) as json, csv, html, xlsx and pdf, always in the office's own language."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence

from pmcs.core.retention import TERMS
from pmcs.duties.archive.contents import Contents, Entry
from pmcs.errors import Translate
from pmcs.reports.template import rendered
from pmcs.reports.workbook import workbook
from pmcs.store.store import Store

NAME = "data/catalogue"
_FORMULA = "=+-@\t\r＝＋－＠"


def heads(translate: Translate) -> list[str]:
    """序号, 档号, 文号, 责任者, 题名, 日期, 密级, 保管期限, 页数, 备注."""
    _ = translate
    return [
        *(
            _("No."),
            _("Archive number"),
            _("Document number"),
            _("Responsible"),
            _("Title of the record"),
            _("Date of the record"),
        ),
        *(_("Secrecy"), _("Retention"), _("Pages"), _("Remark")),
    ]


def term_label(term: str, translate: Translate) -> str:
    """永久, 30年, 10年."""
    years = TERMS[term]
    return translate("permanent") if years is None else translate("{years} years").format(years=years)


def rows(entries: Sequence[Entry], translate: Translate) -> list[list[str]]:
    """The lines under `heads`; a day is eight digits, as DA/T 22 writes it."""
    return [
        [
            *(str(place), entry.number, entry.id, entry.author, entry.title, f"{entry.day:%Y%m%d}"),
            *(entry.secrecy, term_label(entry.term, translate), entry.pages, entry.remark),
        ]
        for place, entry in enumerate(entries, 1)
    ]


def as_json(entries: Sequence[Entry]) -> bytes:
    """The same with stable keys, the term as its code and the file that each line is about."""
    told = [{"place": place, **entry._asdict(), "day": entry.day.isoformat()} for place, entry in enumerate(entries, 1)]
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def as_csv(entries: Sequence[Entry], translate: Translate) -> bytes:
    """For spreadsheets: an apostrophe stands before what would be a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads(translate))
    for row in rows(entries, translate):
        writer.writerow([f"'{text}" if text[:1] and text[0] in _FORMULA else text for text in row])
    return ("\ufeff" + out.getvalue()).encode()


def as_html(
    store: Store, packed: Contents, period: str, entries: Sequence[Entry], language: str, translate: Translate
) -> str:
    """A page to print; what is carried over is listed below."""
    told = {
        "office": store.config.office,
        "code": store.config.code,
        "period": period,
        "commit": packed.commit,
        "heads": heads(translate),
        "rows": rows(entries, translate),
        "carried": [item.id for item in packed.carried],
    }
    return rendered(store, "archive/catalogue.html.j2", told, language, translate)


def as_xlsx(entries: Sequence[Entry], period: str, translate: Translate) -> bytes:
    """A workbook. Raises Unable: XlsxWriter is missing."""
    title = f"{translate('Catalogue of archived records')} {period}"
    return workbook(title, heads(translate), rows(entries, translate))


def by_term(entries: Sequence[Entry]) -> Mapping[str, int]:
    """How many pieces are kept how long, the longest first."""
    return {term: sum(entry.term == term for entry in entries) for term in TERMS}
