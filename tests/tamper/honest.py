"""The store that is tampered with: all that a store honestly holds, in some forty signed commits."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.stories.conftest import PEOPLE
from tests.stories.test_signing import Signed

SAMPLE = Path(__file__).parents[1] / "data/sample"
PHONE = "13812345678"
STAFF = {
    "wang.qiang": "facility_keeper",
    "zhao.min": "service_officer",
    "chen.lei": "leader",
    "he.jun": "security_guard",
}


def founded(root: Path, monkeypatch) -> Signed:
    office = Signed(root, monkeypatch)
    office.with_key("li.na")
    said = office.try_("init", str(root), "--office", "阳光花园", "--sign", folder=root.parent)
    assert said.code == 0, said.errors
    for code, post in STAFF.items():
        key = office.with_key(code).strip()
        posts = f"post={post},since=2020-01-01"
        office(
            *("staff", "add", code, "--name", PEOPLE[code], "--email", f"{code}@example.com"),
            *("--posts", posts, "--keys", f"key={key}"),
        )
    settings = root / "pmcs.yaml"
    settings.write_text(settings.read_text("utf-8").replace("counters: []", "counters: [counter@example.com]"), "utf-8")
    by_editor(office, "a counter")
    (office.keys / "counter.pub").write_text(office.with_key("counter"))
    office("audit", "key", "counter@example.com", office.keys / "counter.pub")
    office("place", "add", "3-2-1201")

    first = office.assigned(contact=PHONE)  # A01: a whole life with an approval
    office("ticket", "submit", first, "--materials", "name=报价单", "--note", "换水泵", by="wang.qiang")
    office("ticket", "approve", first, "--opinion", "同意", by="chen.lei")
    office("ticket", "resolve", first, "--note", "已更换", by="wang.qiang")
    office("ticket", "visit", first, "--outcome", "reached", "--score", "5", by="zhao.min")
    office("ticket", "close", first, by="zhao.min")
    office("ticket", "void", office.ticket(summary="登记两次"), "--note", "重复登记")  # A02
    office("ticket", "correct", office.ticket(summary="路灯坏"), "--summary", "路灯两盏坏", "--note", "听错了")  # A03
    office.ticket("--as", "zhao.min", by="counter", summary="前台登记")  # A04
    waiting = office.assigned(summary="等人批")  # A05
    office("ticket", "submit", waiting, "--materials", "name=报价单", "--note", "换门", by="wang.qiang")
    edited = office.later(minutes=3).ticket(summary="门禁坏")  # A06
    file = office.file(edited)
    file.write_text(file.read_text("utf-8").replace("summary: 门禁坏", "summary: 南门门禁坏", 1), "utf-8")
    office("edit", edited)
    rows = root.parent / "rows.csv"
    rows.write_bytes(b"".join((SAMPLE / "requests.csv").read_bytes().splitlines(keepends=True)[:2]))
    office("ticket", "import", rows, "--map", SAMPLE / "requests.map.yaml")
    contract = root.parent / "contract.pdf"
    contract.write_bytes(b"%PDF-1.7 a scan")
    office("document", "add", contract, "--class", "contract", "--title", "保洁合同", "--keep")
    two_desks(office)
    office.at("2026-11-25 09:00")("ticket", "triage", "A03", "--verdict", "valid", "--at", "2026-11-23 18:00")
    office("staff", "leave", "he.jun", "--successor", "zhao.min")
    office("regulation", "amend", "--from", "2027-01-01")
    voting = root / "regulation/2027-01-01/voting.yaml"
    voting.write_bytes(voting.read_bytes() + b"# as agreed\n")
    by_editor(office, "the year to come")
    office.at("2026-11-30 23:50")("audit", "checkpoint")
    office.at("2026-12-01 09:00")
    words = ("--period", "2026-11", "--edition", "1", "--manifest", "ab" * 32, "--pieces", "1")
    office("package", "new", *words, "--commit", office.head())
    office.later(minutes=5)("ticket", "correct", first_id(office), "--summary", "厨房水管漏水一处", "--note", "写明")
    office.later(minutes=5)("audit", "checkpoint")
    office.later(minutes=5).ticket(summary="十二月的")
    return office


def first_id(_office: Signed) -> str:
    return "T20261123-A01"


def by_editor(office: Signed, message: str, by: str = "li.na") -> None:
    """What somebody changed with an editor, committed and signed by them."""
    office.sit_down(by)
    stamp = office.now.isoformat(timespec="seconds")
    for role in ("AUTHOR", "COMMITTER"):
        office.monkeypatch.setenv(f"GIT_{role}_DATE", stamp)
    office.git("commit", "-S", "-qam", message)
    for role in ("AUTHOR", "COMMITTER"):
        office.monkeypatch.delenv(f"GIT_{role}_DATE")


def two_desks(office: Signed) -> None:
    """A second desk's ticket comes in by a merge of plain git, signed by who merges."""
    other = Signed.__new__(Signed)
    other.__dict__ |= office.__dict__ | {"root": office.root.parent / "other"}
    subprocess.run(["git", "clone", "-q", str(office.root), str(other.root)], check=True)
    other("desk", "B")
    other.ticket(summary="乙台登记", by="zhao.min")
    office.later(minutes=1).ticket(summary="甲台登记")
    office.sit_down("li.na")
    office.later(minutes=1)
    stamp = office.now.isoformat(timespec="seconds")
    for role in ("AUTHOR", "COMMITTER"):
        office.monkeypatch.setenv(f"GIT_{role}_DATE", stamp)
    office.git("fetch", "-q", str(other.root), "HEAD")
    office.git("merge", "-q", "-S", "--no-edit", "FETCH_HEAD")
    for role in ("AUTHOR", "COMMITTER"):
        office.monkeypatch.delenv(f"GIT_{role}_DATE")
