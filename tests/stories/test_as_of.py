"""`--as-of`: the store as it stood then, and nothing written into it."""

from __future__ import annotations

import subprocess

import pytest

from tests.stories.conftest import MONDAY, Office


def test_lists_pages_and_search_are_those_of_then(office: Office) -> None:
    first = office.ticket()
    then = office.head()
    listed, shown = office("ticket", "list"), office("show", first)
    office.at("2026-11-24 09:00").ticket(summary="电梯异响")
    office("ticket", "triage", first, "--verdict", "valid")
    assert office("ticket", "list", "--as-of", then) == listed
    assert office("--as-of", "2026-11-23", "ticket", "list").splitlines()[2].split()[0] == first
    assert office.json("--as-of", then, "show", first)["state"] == "registered"
    assert office.json("show", first)["state"] == "triaged"
    assert office("search", "电梯异响", "--as-of", then).splitlines()[:1] == office("search", "没有的").splitlines()[:1]
    assert office("log", first, "--as-of", then).count("\n") < office("log", first).count("\n")
    assert shown.splitlines()[0] == office("show", first, "--as-of", then).splitlines()[0]


def test_a_report_as_of_a_commit_is_the_one_that_was_made_then(office: Office) -> None:
    office.resolved()
    for how in ("md", "html", "json"):
        then, made = office.head(), office("report", "monthly", "2026-11", "--stdout", "--format", how)
        office.later(days=1).ticket(summary="电梯异响")
        calendar = office.root / "regulation/2026-01-01/calendar.yaml"
        calendar.write_bytes(calendar.read_bytes() + b"# edited\n")
        office.git("commit", "-qam", "calendar")
        assert office("report", "monthly", "2026-11", "--format", how, "--as-of", then) == made
        assert office("report", "monthly", "2026-11", "--stdout", "--format", how) != made


def test_the_regulation_and_the_settings_are_those_of_then(office: Office) -> None:
    then = office.head()
    settings = office.root / "pmcs.yaml"
    settings.write_text(settings.read_text("utf-8").replace("office: 阳光花园", "office: 月光花园"), "utf-8")
    office.git("commit", "-qam", "renamed")
    assert "月光花园" in office("report", "monthly", "2026-11", "--stdout")
    assert "阳光花园" in office("report", "monthly", "2026-11", "--as-of", then)


@pytest.mark.parametrize(
    "words",
    [
        ("ticket", "new", "--category", "repair", "--summary", "x"),
        ("escalate",),
        ("desk", "B"),
        ("regulation", "amend", "--from", "2027-01-01"),
        ("schedule", "run"),
        ("doctor",),
    ],
)
def test_nothing_is_written_into_the_past(office: Office, words: tuple[str, ...]) -> None:
    office.refused(*words, "--as-of", "HEAD", code=2)


def test_what_is_no_moment_of_this_history(office: Office) -> None:
    office.refused("ticket", "list", "--as-of", "nope", code=2)
    office.refused("ticket", "list", "--as-of", "2026-11-22", code=2)
    office.refused("ticket", "list", "--as-of", "2026-13-40", code=2)
    for day in ("1975-06-01", "1970-01-02", "1960-01-01", "0001-01-01"):
        office.refused("ticket", "list", "--as-of", day, code=2)
    main = office.git("branch", "--show-current").strip()
    office.git("switch", "-q", "-c", "other")
    office.ticket()
    other = office.head()
    office.git("switch", "-q", main)
    office.refused("ticket", "list", "--as-of", other, code=2)
    office.refused("ticket", "list", "--as-of", "--output=x", code=2)


def test_a_path_that_leads_out_of_the_store_is_not_followed(office: Office) -> None:
    """No git makes such a tree; somebody who can push makes it by hand."""

    def made(kind: str, data: bytes) -> str:
        words = ("git", "hash-object", "-w", "--literally", "-t", kind, "--stdin")
        return (
            subprocess.run(words, cwd=office.root, input=data, capture_output=True, check=True).stdout.decode().strip()
        )

    def tree(*entries: tuple[str, str, str]) -> str:
        return made("tree", b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for mode, name, oid in entries))

    out = tree(("100644", "stolen", made("blob", b"x")))
    for _ in range(4):
        out = tree(("40000", "..", out))
    held = office.git("rev-parse", "HEAD:regulation/2026-01-01").strip()
    regulation = tree(("40000", "..", out), ("40000", "2026-01-01", held))
    rest = [line.split(None, 3) for line in office.git("ls-tree", "HEAD").splitlines()]
    entries = [(mode.lstrip("0"), name, oid) for mode, _, oid, name in rest if name != "regulation"]
    whole = tree(*sorted([*entries, ("40000", "regulation", regulation)], key=lambda entry: entry[1]))
    commit = office.git("commit-tree", "-p", "HEAD", "-m", "by hand", whole).strip()
    office.git("update-ref", "refs/heads/main", commit)
    office("ticket", "list", "--as-of", "HEAD")
    assert list(office.root.rglob("stolen")) == []


def test_the_page_of_a_store_two_folders_deep_is_the_office_s_own(tmp_path, monkeypatch) -> None:
    office = Office(tmp_path / "house" / "desk" / "records", MONDAY, monkeypatch)
    office.root.parent.mkdir(parents=True)
    office.sit_down("li.na")
    subprocess.run(["git", "init", "-q", str(tmp_path / "house")], check=True)
    assert office.try_("init", str(office.root), folder=tmp_path).code == 0
    form = office.root.parent / "templates/monthly/page.md.j2"
    form.parent.mkdir(parents=True)
    form.write_text("our own page\n", "utf-8")
    office.git("add", "-A", str(form.parent))
    office.git("commit", "-qm", "our own page")
    form.unlink()
    assert "our own page" not in office("report", "monthly", "2026-11", "--stdout")
    assert "our own page" in office("report", "monthly", "2026-11", "--as-of", "HEAD")


def test_few_commits_are_kept_beside_the_store(office: Office) -> None:
    for number in range(6):
        office.ticket(summary=f"楼道灯不亮{number}")
        office("ticket", "list", "--as-of", "HEAD")
    assert len(list((office.root / ".git/pmcs/root/as-of").iterdir())) == 4
