"""The package of a period (5.9): worked out in memory from the last commit, then written beside and put into place."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pmcs.core.period import period_of
from pmcs.duties.archive.bag import FOLDER_MODE, Writer, tarred
from pmcs.duties.archive.complete import Lack, lacks
from pmcs.duties.archive.contents import Contents, Entry, contents, last_day
from pmcs.duties.archive.context import ALLOWED, context, keys
from pmcs.duties.archive.facts import FACTS, Facts
from pmcs.duties.archive.history import BUNDLE, write_bundle
from pmcs.errors import BadInput, Refused, Sentence, Translate, Unable
from pmcs.regulation.shipped import auditor_file
from pmcs.reports import catalogue
from pmcs.reports.packed_reports import Packed, pages_of, report_title, reports
from pmcs.reports.template import rendered
from pmcs.store.git_process import moved
from pmcs.store.local import keep_names
from pmcs.store.store import Store


class Prepared(NamedTuple):
    """A package that is yet to be written."""

    period: str
    contents: Contents
    entries: list[Entry]
    """The catalogue: month by month, and of each its records and then its report."""
    files: dict[str, bytes]
    """What is made for the package, by path within it."""
    lacks: list[Lack]


def prepare(store: Store, typed: str, now: datetime, translate: Translate) -> Prepared:
    """Work out the package of a period. All in it is in the office's language, whoever asks: `translate` is its.

    Raises BadInput: no month or year, or one that is not over; and what reading the store raises.
    """
    period = period_of(typed)
    packed = contents(store, period)
    if packed.span.end > now:
        raise BadInput("{period} is not over; a package is built from its last day's end on.", period=period)
    found = list(lacks(store, packed, now))
    files: dict[str, bytes] = {}
    entries: list[Entry] = []
    for report in _in_turn(store, packed, period, entries, translate):
        files |= {f"data/reports/{report.period}.{how}": data for how, data in report.files.items()}
        found += report.lacks
    files |= {
        f"{catalogue.NAME}.json": catalogue.as_json(entries),
        f"{catalogue.NAME}.csv": catalogue.as_csv(entries, translate),
    }
    page = catalogue.as_html(store, packed, period, entries, store.config.language, translate)
    files[f"{catalogue.NAME}.html"] = page.encode()
    try:
        files[f"{catalogue.NAME}.xlsx"] = catalogue.as_xlsx(entries, period, translate)
    except Unable as error:
        found.append(_left_out("catalogue.xlsx", error))
    try:
        from pmcs.reports.pdf import pdf

        title = f"{store.config.office} {translate('Catalogue of archived records')} {period}"
        attached = {"catalogue.json": files[f"{catalogue.NAME}.json"]}
        files[f"{catalogue.NAME}.pdf"] = pdf(page, title=title, when=packed.when, attached=attached)
    except Unable as error:
        found.append(_left_out("catalogue.pdf", error))
    return Prepared(period, packed, entries, files, found)


def _left_out(name: str, error: Unable) -> Lack:
    return Lack("left_out", name, Sentence("{file} is left out: {reason}", file=name, reason=error.sentence))


def _in_turn(
    store: Store, packed: Contents, period: str, entries: list[Entry], translate: Translate
) -> Iterator[Packed]:
    """The reports; the catalogue grows by each month's records and its report, so that numbers run alike in both."""
    made = {report.period: report for report in reports(store, packed, period, translate)}
    for month, ended in packed.entries.items():
        entries += ended
        for part in (month, period) if month.endswith("-12") and period != month else (month,):
            if part in made:
                entries.append(_of_report(store, packed, made[part], month, translate))
                yield made[part]


def _of_report(store: Store, packed: Contents, report: Packed, month: str, translate: Translate) -> Entry:
    day = last_day(month, store)
    filed = store.regulations.on(day).retention.reports
    best = next(how for how in ("pdf", "html") if how in report.files)
    return Entry(
        number=packed.places.next(month, filed),
        id="",
        author=store.config.office,
        title=report_title(report.period, translate),
        day=day,
        secrecy="内部" if store.config.language == "zh_CN" else "inside",
        term=filed.term,
        pages=pages_of(report.files["pdf"]) if "pdf" in report.files else "",
        remark="",
        file=f"data/reports/{report.period}.{best}",
    )


def write(store: Store, prepared: Prepared, place: Path, *, tar: bool, translate: Translate) -> str:
    """Write the package to `place`, a folder or a tar that is not there yet; returns the digest of its manifest.

    Raises Refused: something is there. Unable: it cannot be written. Killed on the way it leaves nothing of that name.
    """
    if place.exists() or place.is_symlink():
        raise Refused("{file} is there already; move it away, or name another folder with --output.", file=place)
    with _beside(place) as folder:
        bag = Writer(folder / "bag")
        _fill(store, prepared, bag, translate)
        _settle(folder / "bag")
        whole = folder / "bag"
        if tar:
            whole = folder / "tar"
            tarred(folder / "bag", place.name.removesuffix(".tar"), prepared.contents.when, whole)
        if place.exists():
            raise Refused("{file} is there already; move it away, or name another folder with --output.", file=place)
        # The figures and the keys are read from the index, which follows HEAD.
        if store.repository.head().oid != prepared.contents.commit:
            raise moved()
        whole.rename(place)
        keep_names(place.parent)
    return bag.files["manifest-sha256.txt"].sha256


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A folder of our own on the same disk; gone in the end, whatever happens."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".half", dir=place.parent))
    except OSError as error:
        raise Unable("{file} cannot be written ({reason}).", file=place.parent, reason=error.strerror) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(store: Store, prepared: Prepared, bag: Writer, translate: Translate) -> None:
    packed = prepared.contents
    for name, (_, data) in zip(
        packed.files, store.repository.blobs(oid for _, oid in packed.files.values()), strict=True
    ):
        bag.add(name, data)
    beside, checkpoint = context(store, packed.commit)
    for name, (_, data) in zip(beside, store.repository.blobs(beside.values()), strict=True):
        bag.add(name, data)
    if allowed := keys(store):
        bag.add(ALLOWED, allowed)
    for name, data in prepared.files.items():
        bag.add(name, data)
    for name, data in _exceptions(prepared.lacks, translate):
        bag.add(name, data)
    facts = Facts(
        office=store.config.office,
        code=store.config.code,
        period=prepared.period,
        commit=packed.commit,
        folder=store.prefix,
        made=packed.when.isoformat(),
        pieces=len(prepared.entries),
        terms=catalogue.by_term(prepared.entries),
        carried=[item._asdict() for item in packed.carried],
        exceptions=len(prepared.lacks),
        checkpoint=checkpoint,
    )
    bag.add(FACTS, facts.written())
    records = sum(name.startswith("data/records/") for name in packed.files)
    told = {**facts._asdict(), "pieces": records, "carried": len(facts.carried), "made": facts.made}
    readme = rendered(store, "archive/readme.md.j2", told, store.config.language, translate)
    bag.add("data/README.md", readme.encode())
    bag.add("data/auditor.md", auditor_file().read_bytes())
    write_bundle(store.repository, packed.commit, bag.place(BUNDLE))
    bag.took(BUNDLE)
    bag.close(facts.info())


def _exceptions(found: Iterable[Lack], translate: Translate) -> Iterator[tuple[str, bytes]]:
    told = [{"code": lack.code, "what": lack.what, "message": lack.sentence.render(translate)} for lack in found]
    if told:
        yield "data/exceptions.json", (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
        yield "data/exceptions.txt", "".join(f"{item['message']}\n" for item in told).encode()


def _settle(folder: Path) -> None:
    """The modes that a package has, whatever this user's are."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(FOLDER_MODE if path.is_dir() else 0o644)
