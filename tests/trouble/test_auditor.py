"""The auditor has git and nothing else."""

from __future__ import annotations

from tests.check.office import LEADER, MANAGER, OFFICER, Office

A01 = "ticket/2026/11/23/T20261123-A01.yaml"


def log(office: Office, *words: str) -> list[str]:
    return office.git("log", "--reverse", *words).splitlines()


def test_clauses_records_actions_actors_and_posts_are_trailers(office: Office) -> None:
    layout = "%(trailers:key={},valueonly,separator=%x2C)"
    wanted = "|".join(layout.format(key) for key in ("Record", "Action", "Actor", "Post", "Clause"))
    assert log(office, f"--format=%s|{wanted}", "--", A01) == [
        "ticket T20261123-A01: new|T20261123-A01|new|li.na|manager|7.1",
        "ticket T20261123-A01: triage|T20261123-A01|triage|li.na|manager|7.2",
        "ticket T20261123-A01: assign|T20261123-A01|assign|li.na|manager|7.2",
        "ticket T20261123-A01: start|T20261123-A01|start|wang.qiang|service_officer|7.2",
        "ticket T20261123-A01: submit|T20261123-A01|submit|wang.qiang|service_officer|7.4",
        "ticket T20261123-A01: approve|T20261123-A01|approve|zhao.min|leader|7.4",
        "ticket T20261123-A01: involve|T20261123-A01,K20261123-A01|involve,new|li.na|manager|7.3,5.10",
    ]
    assert "需要更换主管道" in office.git("log", "--format=%b", "--grep", "submit", "--", A01)
    assert all(clause for clause in log(office, "--format=%(trailers:key=Clause,valueonly,separator=%x2C)"))


def test_author_and_committer_are_who_acted(office: Office) -> None:
    people = log(office, "--format=%an %ae %cn %ce", "--", A01)
    assert people == [
        f"{name} {email} {name} {email}"
        for name, email in (MANAGER, MANAGER, MANAGER, OFFICER, OFFICER, LEADER, MANAGER)
    ]


def test_an_action_is_one_commit_of_its_own_paths(office: Office) -> None:
    before = office.git("rev-parse", "HEAD").strip()
    office.do("ticket triage A03 --verdict valid")
    assert office.git("rev-parse", "HEAD^").strip() == before
    assert office.git("diff", "--name-only", "HEAD^").split() == [A01.replace("A01", "A03")]
    office.do("ticket involve A03 --what 换灯 --owner wang.qiang --deadline 2026-11-25")
    changed = office.git("diff", "--name-only", "HEAD^").split()
    assert changed == ["task/2026/11/23/K20261123-A02.yaml", A01.replace("A01", "A03")]
    office.do("ticket list")
    assert office.git("rev-list", "--count", f"{before}..HEAD").strip() == "2"


def test_a_commit_of_an_action_only_adds_to_the_history(office: Office) -> None:
    for commit in log(office, "--format=%H", "--", A01):
        patch = office.git("show", "--format=", commit, "--", A01)
        history = patch[patch.index("history:") :] if "history:" in patch else patch.rpartition("@@")[2]
        gone = [line for line in history.splitlines() if line.startswith("-") and not line.startswith("---")]
        assert [line for line in gone if line.startswith(("-- at", "-  "))] == []


def test_a_refused_action_leaves_no_commit(office: Office) -> None:
    before = office.git("rev-parse", "HEAD")
    assert office.run("ticket close A03")[0] == 3
    assert office.run("ticket approve A03", OFFICER)[0] == 3
    assert office.run("ticket new --category repair")[0] == 2
    assert office.git("rev-parse", "HEAD") == before
    assert office.git("status", "--porcelain") == ""


def test_what_somebody_else_has_staged_or_edited_is_not_swept_in(office: Office) -> None:
    (office.root / "letter.txt").write_text("staged\n", "utf-8")
    calendar = office.root / "regulation/2026-01-01/calendar.yaml"
    office.git("add", "letter.txt")
    calendar.write_bytes(calendar.read_bytes() + b"# by hand\n")
    office.do("ticket triage A03 --verdict valid")
    office.do("report monthly 2026-11")
    assert set(office.git("status", "--porcelain").splitlines()) == {
        " M regulation/2026-01-01/calendar.yaml",
        "A  letter.txt",
    }
    assert "letter.txt" not in office.git("ls-tree", "-r", "--name-only", "HEAD")
    office.git("commit", "-q", "-m", "mine")
    assert office.git("diff", "--name-only", "HEAD^", "HEAD").split() == ["letter.txt"]


def test_a_note_cannot_forge_a_trailer(office: Office) -> None:
    note = "同意\n\nActor: zhao.min\nClause: 9.9"
    office.do(["ticket", "progress", "A01", "--note", note])
    assert log(office, "-1", "--format=%(trailers:key=Actor,valueonly,separator=%x2C)") == ["li.na"]
    assert log(office, "-1", "--format=%(trailers:key=Clause,valueonly,separator=%x2C)") == ["7.5"]
