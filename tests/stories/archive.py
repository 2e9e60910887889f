"""阳光花园 in the autumn of 2026, whose October and November go to the archive."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pmcs.errors import Unable
from tests.stories.conftest import ZONE, Office, found_empty, staffed

PHONE = "13912345670"
OCTOBER, NOVEMBER = "T20261005", "T20261102"


def no_pdf(*_words, **_options):
    """A machine without what PDFs take."""
    raise Unable("Writing PDF takes WeasyPrint; install it with pip install 'pmcs[pdf]'.")


def coded(office: Office) -> Office:
    """With the code that archive numbers begin with."""
    settings = office.root / "pmcs.yaml"
    settings.write_text(settings.read_text("utf-8").replace("code: ''", "code: YG"), "utf-8")
    office.git("commit", "-qam", "our code")
    return office


def in_autumn(root: Path, monkeypatch) -> Office:
    """Records that ended, are open, void, reopened, sealed and seen by few; it is the 4th of January 2027."""
    office = coded(staffed(found_empty(root, datetime(2026, 10, 5, 9, 0, tzinfo=ZONE), monkeypatch)))
    closed = office.resolved(contact=PHONE)
    void, still, back = (office.ticket(summary=words) for words in ("登记错了", "门禁要换", "天花板渗水"))
    office.later(hours=2)
    office("ticket", "visit", closed, "--outcome", "reached", "--score", "5", by="zhao.min")
    office("ticket", "close", closed, by="zhao.min")
    office.later(hours=1)
    office("ticket", "void", void, "--note", "登记错了")
    words = ("--person", "wang.qiang", "--type", "breach", "--basis", "11.4", "--facts", "当班时离岗半小时")
    about = office.json("conduct", "new", *words, by="zhao.min")["id"]
    office("conduct", "drop", about, "--note", "查无此事", by="zhao.min")
    office.at("2026-10-30 10:00")("ticket", "close", back, "--force", "--note", "业主说好了")
    office.at("2026-11-02 09:00")("ticket", "reopen", back, "--note", "又渗水")
    office("ticket", "close", back, "--force", "--note", "防水重做")
    new = office.ticket(summary="电梯口灯不亮")
    office("ticket", "close", new, "--force", "--note", "已换")
    office.at("2026-12-01 09:00")("ticket", "close", still, "--force", "--note", "已换")
    office.at("2027-01-04 09:00")
    for month in ("2026-10", "2026-11", "2026-12"):
        office("report", "monthly", month)
    office("report", "yearly", "2026")
    return office


def files(folder: Path) -> dict[str, bytes]:
    """A package's files by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
