"""5.9: a month's records go to the archive in a package that explains itself, and are closed from then on."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import shutil
import subprocess
import tarfile
import time

import bagit
import pytest

from tests.reports.judges import typesetter
from tests.stories.archive import PHONE, coded, files, in_autumn, no_pdf
from tests.stories.conftest import Office, found_empty


@pytest.fixture(scope="module")
def autumn(tmp_path_factory):
    root = tmp_path_factory.mktemp("autumn") / "records"
    with pytest.MonkeyPatch.context() as monkeypatch:
        return in_autumn(root, monkeypatch)


@pytest.fixture
def house(tmp_path, monkeypatch, autumn) -> Office:
    """A copy of it, on a machine that makes no PDF: that takes seconds."""
    monkeypatch.setattr("pmcs.reports.pdf._made", no_pdf)
    root = tmp_path / "house" / "records"
    shutil.copytree(autumn.root, root)
    found = Office(root, autumn.now, monkeypatch)
    found.sit_down("li.na")
    return found


def built(office: Office, period="2026-10", *words):
    office("archive", "build", period, "--with-exceptions", *words)
    return office.root.parent / f"YG-{period}"


def catalogue(folder) -> dict[str, dict]:
    return {
        row.pop("place") and (row["id"] or row["title"]): row
        for row in json.loads((folder / "data/catalogue.json").read_bytes())
    }


def test_a_month_holds_what_ended_in_it_and_names_what_it_carries_over(house):
    folder = built(house)
    facts = json.loads((folder / "data/package.json").read_bytes())
    records = [path for path in files(folder) if path.startswith("data/records/")]
    assert sorted(records) == [
        "data/records/conduct/2026/10/05/J20261005-A01.yaml",
        "data/records/ticket/2026/10/05/T20261005-A01.yaml",
        "data/records/ticket/2026/10/05/T20261005-A02.yaml",
    ]
    assert [(item["id"], item["open"]) for item in facts["carried"]] == [
        ("T20261005-A03", False),
        ("T20261005-A04", False),
    ]
    assert (facts["pieces"], facts["terms"]) == (4, {"Y": 0, "D30": 2, "D10": 2})
    for path in records:
        assert (folder / path).read_bytes() == (house.root / path.removeprefix("data/records/")).read_bytes()
    assert (folder / "data/registers/staff/wang.qiang.yaml").is_file()
    assert house.dirt() == ""


def test_the_catalogue_numbers_by_month_term_and_section_and_tells_nothing_private(house):
    folder = built(house)
    rows = catalogue(folder)
    assert [rows[id_]["number"] for id_ in ("T20261005-A01", "T20261005-A02", "J20261005-A01")] == [
        "YG-WS·2026-D10-KF-100001",
        "YG-WS·2026-D10-KF-100002",
        "YG-WS·2026-D30-RS-100001",
    ]
    ticket, void, conduct = (rows[id_] for id_ in ("T20261005-A01", "T20261005-A02", "J20261005-A01"))
    assert (ticket["author"], ticket["title"], ticket["secrecy"]) == ("王强", "工单：厨房水管漏水", "内部")
    assert (void["remark"], ticket["remark"]) == ("已作废", "")
    assert (conduct["author"], conduct["secrecy"]) == ("阳光花园", "保密")
    assert conduct["title"].startswith("奖惩：违规")
    text = (folder / "data/catalogue.csv").read_text("utf-8-sig")
    heads, first, *_ = csv.reader(io.StringIO(text))
    assert len(heads) == 10
    assert first[5] == "20261005"
    for path, data in files(folder).items():
        assert PHONE.encode() not in data, path
        if "catalogue" in path and not path.endswith("xlsx"):
            assert "离岗" not in data.decode(), path
            assert "wang.qiang" not in data.decode(), path


def test_the_year_gives_the_same_numbers_as_its_months(house):
    year = catalogue(built(house, "2026"))
    for month in ("2026-10", "2026-11", "2026-12"):
        for key, row in catalogue(built(house, month)).items():
            assert year[key] == row
    assert len({row["number"] for row in year.values()}) == len(year)
    assert year["T20261005-A04"]["number"] == "YG-WS·2026-D10-KF-110001"  # reopened: the end it stands in counts
    assert [key for key in year if key.endswith(" 2026")] != []
    assert "data/reports/2026-10.html" in files(house.root.parent / "YG-2026")


def test_without_exceptions_it_names_them_and_stops(house):
    house.ticket(summary="刚来的")
    gone = house.file("T20261005-A01")
    gone.write_bytes(gone.read_bytes() + b"# by hand\n")
    (house.root / "to import.csv").write_text("a list that somebody left there\n")
    house.git("rm", "-q", "--cached", "reports/2026-10/work.json")
    house.git("commit", "-qm", "lost a page")
    said = house.try_("archive", "build", "2026-10")
    assert said.code == 1
    assert not (house.root.parent / "YG-2026-10").exists()
    for part in (
        "ticket/2026/10/05/T20261005-A01.yaml",
        "reports/2026-10/work.json",
        "2026-10.pdf",
        "audit checkpoint",
    ):
        assert part in said.out
    assert "to import.csv" not in said.out
    folder = built(house)
    listed = json.loads((folder / "data/exceptions.json").read_bytes())
    assert {row["code"] for row in listed} == {"uncommitted", "report_missing", "left_out", "checkpoint"}
    assert (folder / "data/exceptions.txt").read_text("utf-8").count("\n") == len(listed)


def test_open_records_missing_numbers_and_old_reports_are_exceptions(house):
    house.at("2027-01-04 10:00")
    late = house.ticket(summary="一月的")
    house.ticket(summary="也是")
    path = house.file(late).relative_to(house.root).as_posix()
    house.git("rm", "-q", path)
    house.git("commit", "-qm", "away with it")
    house.at("2027-02-01 09:00")("report", "monthly", "2027-01")
    house("ticket", "note", "T20270104-A02", "--note", "补记", "--at", "2027-01-31 10:00")
    house(
        "ticket",
        "new",
        *("--category", "repair", "--place", "3-2-1201", "--summary", "补录"),
        "--at",
        "2027-01-31 11:00",
    )
    said = house.try_("archive", "build", "2027-01")
    assert said.code == 1
    found = {
        row["code"]: row["what"] for row in json.loads((built(house, "2027-01") / "data/exceptions.json").read_bytes())
    }
    assert found["open"].startswith("T20270")
    assert found["gap"] == "T20270104-A01"
    assert found["report_old"] == "reports/2027-01/tickets.json"


def test_a_ticket_that_may_still_be_reopened_is_not_closed_by_the_package(house):
    """Within seven days of its closing the resident may come back (7.6); a package would have shut the door."""
    house.at("2027-01-29 10:00")
    id_ = house.ticket(summary="月底的")
    house("ticket", "close", id_, "--force", "--note", "业主撤回")

    def named() -> set[str]:
        house.try_("archive", "build", "2027-01", "--with-exceptions", "--output", house.root.parent)
        folder = house.root.parent / "YG-2027-01"
        found = {row["what"] for row in json.loads((folder / "data/exceptions.json").read_bytes())}
        shutil.rmtree(folder)
        return found

    house.at("2027-02-01 09:00")
    assert id_ in named()
    house.at("2027-02-05 10:01")
    assert id_ not in named()


def test_a_month_that_is_not_over_or_a_folder_that_is_there_is_refused(house):
    before = set(house.root.parent.iterdir())
    house.refused("archive", "build", "2027-01", code=2)
    house.refused("archive", "build", "2026-Q4", code=2)
    house.refused("archive", "build", "soon", code=2)
    house.refused("archive", "build", "2026-10", "--output", str(house.root), code=2)
    assert set(house.root.parent.iterdir()) == before
    built(house)
    house.refused("archive", "build", "2026-10", "--with-exceptions")
    assert [path.name for path in house.root.parent.iterdir() if path.name.startswith(".")] == []


def test_killed_on_the_way_nothing_of_that_name_is_there(house, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pmcs.reports.packing.write_bundle", stop)
    assert house.try_("archive", "build", "2026-10", "--with-exceptions").code == 130
    assert [path.name for path in house.root.parent.iterdir()] == ["records"]


def test_a_commit_in_between_is_not_packed_with_another_s_figures(house, monkeypatch):
    from pmcs.reports import packing

    def late(*words):
        house.git("commit", "-q", "--allow-empty", "-m", "meanwhile")
        return write_bundle(*words)

    write_bundle = packing.write_bundle
    monkeypatch.setattr(packing, "write_bundle", late)
    assert house.try_("archive", "build", "2026-10", "--with-exceptions").code == 6
    assert [path.name for path in house.root.parent.iterdir()] == ["records"]


def test_the_same_commit_gives_the_same_bytes_on_any_machine(house, tmp_path, monkeypatch):
    first = files(built(house))
    tar = house("archive", "build", "2026-10", "--with-exceptions", "--tar", "--output", str(tmp_path))
    assert hashlib.sha256(first["manifest-sha256.txt"]).hexdigest() in tar
    subprocess.run(["git", "clone", "-q", str(house.root), str(tmp_path / "else" / "records")], check=True)
    house.git("gc", "-q", "--aggressive", "--prune=now")
    other = Office(tmp_path / "else" / "records", house.now, monkeypatch)
    monkeypatch.setenv("TZ", "America/New_York")
    monkeypatch.setenv("LC_ALL", "C")
    time.tzset()
    try:
        said = other.try_(
            *("archive", "build", "2026-10", "--with-exceptions", "--lang", "en"), folder=tmp_path / "else" / "records"
        )
        assert said.code == 0, said.errors
        assert files(tmp_path / "else" / "YG-2026-10") == first
        other("archive", "build", "2026-10", "--with-exceptions", "--tar")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (tmp_path / "else" / "YG-2026-10.tar").read_bytes() == (tmp_path / "YG-2026-10.tar").read_bytes()
    with tarfile.open(tmp_path / "YG-2026-10.tar") as archive:
        members = archive.getmembers()
    assert [member.name for member in members] == sorted(f"YG-2026-10/{path}" for path in first)
    assert {(item.uid, item.gid, item.uname, item.mode, item.mtime) for item in members} == {
        (0, 0, "", 0o644, members[0].mtime)
    }


def test_the_library_of_congress_finds_it_whole(house, tmp_path):
    logging.disable(logging.CRITICAL)
    folder = built(house)
    bag = bagit.Bag(str(folder))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["Source-Organization"] == "阳光花园"
    assert bag.info["External-Identifier"] == "YG-2026-10"
    assert bag.info["Bagging-Date"] == "2027-01-04"
    (folder / "data/README.md").write_bytes(b"else")
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(folder)).validate()
    logging.disable(logging.NOTSET)


def test_whoever_has_only_the_package_and_git_has_every_action(house, tmp_path):
    folder = built(house)

    def git(*words, cwd):
        return subprocess.run(["git", *words], cwd=cwd, capture_output=True, text=True, check=True).stdout

    git("clone", "-q", str(folder / "history.bundle"), str(tmp_path / "store"), cwd=tmp_path)
    assert "complete history" in git("bundle", "verify", str(folder / "history.bundle"), cwd=tmp_path / "store")
    store = tmp_path / "store"
    assert git("rev-parse", "HEAD", cwd=store) == house.git("rev-parse", "HEAD")
    wanted = ("log", "--reverse", "--format=%an: %s", "--", "ticket/2026/10/05/T20261005-A01.yaml")
    assert git(*wanted, cwd=store) == house.git(*wanted)
    assert "Actor:" in (folder / "data/auditor.md").read_text("utf-8")
    said = (folder / "data/README.md").read_text("utf-8")
    assert "归档文件目录" in said
    assert house.head() in said
    done = subprocess.run(["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=folder, check=False)
    assert done.returncode == 0


def test_it_is_registered_verified_by_another_and_handed_over(house, tmp_path):
    folder = built(house)
    house("archive", "verify", str(folder))
    house("archive", "register", str(folder), by="zhao.min")
    record = house.json("package", "show", "G-2026-10-1")
    digest = hashlib.sha256((folder / "manifest-sha256.txt").read_bytes()).hexdigest()
    assert (record["manifest"], record["pieces"], record["carried"], record["state"]) == (digest, 4, 2, "built")
    assert "2026-10.pdf" in record["exceptions"]
    house.refused("archive", "register", str(folder), by="zhao.min")
    house.refused("archive", "transfer", "G-2026-10-1", "--output", str(tmp_path / "list.html"))
    house.refused("package", "verify", "G-2026-10-1", "--manifest", "0" * 64)
    house.refused("package", "verify", "G-2026-10-1", "--manifest", digest, by="zhao.min")
    house("package", "verify", "G-2026-10-1", "--manifest", digest)
    house("archive", "transfer", "G-2026-10-1", "--output", str(tmp_path / "list.html"))
    page = (tmp_path / "list.html").read_text("utf-8")
    assert "<td>4</td><td>0</td><td>2</td><td>2</td>" in page
    assert digest in page
    house.refused("archive", "transfer", "G-2026-10-1", "--output", str(tmp_path / "list.txt"), code=2)
    house("archive", "transfer", "G-2026-10-1", "--output", str(tmp_path / "list.xlsx"))
    house("package", "transfer", "G-2026-10-1", "--receiver", "区档案馆")
    house.later(minutes=1).refused("ticket", "note", "T20261005-A01", "--note", "还有")
    # What was built before the record was made is another edition's.
    assert house.try_("archive", "build", "2026-11", "--with-exceptions").code == 0
    house.clean()


def test_a_package_of_another_store_is_not_registered(house, tmp_path, monkeypatch):
    folder = built(house)
    other = coded(found_empty(tmp_path / "other" / "records", house.now, monkeypatch))
    said = other.refused("archive", "register", str(folder))
    assert "YG-2026-10" in said


def test_with_pdf_the_data_is_attached_and_pages_are_counted(autumn, tmp_path, monkeypatch):
    typesetter()
    office = Office(autumn.root, autumn.now, monkeypatch)
    office("archive", "build", "2026-10", "--with-exceptions", "--output", str(tmp_path))
    office("archive", "build", "2026-10", "--with-exceptions", "--tar", "--output", str(tmp_path))
    folder = tmp_path / "YG-2026-10"
    held = files(folder)
    assert {"data/reports/2026-10.pdf", "data/reports/2026-10.xlsx", "data/catalogue.pdf"} <= held.keys()
    assert b"EmbeddedFile" in held["data/reports/2026-10.pdf"]
    report = catalogue(folder)["月报 2026-10"]
    assert int(report["pages"]) >= 2
    with tarfile.open(tmp_path / "YG-2026-10.tar") as archive:
        for name, data in held.items():
            assert archive.extractfile(f"YG-2026-10/{name}").read() == data, name
    assert json.loads(held["data/exceptions.json"])[0]["code"] == "checkpoint"
    office("archive", "verify", str(folder))
