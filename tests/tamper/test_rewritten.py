"""The whole branch written anew, or git told to show another one."""

from __future__ import annotations

import subprocess

from tests.tamper.forging import Forged

FIRST, OPEN = "T20261123-A01", "T20261201-A01"


def smoothed(forged: Forged, old: str) -> bytes:
    """The first ticket's file as it was, with another word in it from the beginning."""
    return forged.read(forged.path_of_first, old).replace("换水泵".encode(), "换水管".encode())


def rewritten(forged: Forged, key: str | None) -> dict[str, str]:
    path = forged.path_of_first = forged.path(FIRST)
    start = forged.of(FIRST, "submit")
    return forged.rewritten(start, files={path: lambda old: smoothed(forged, old)}, key=key)


def test_an_entry_written_anew_from_its_first_commit_with_signatures_kept(forged: Forged) -> None:
    start = forged.of(FIRST, "submit")
    news = rewritten(forged, "keep")
    forged.tells("bad_signature", news[start])
    assert ("checkpoint", "", "checkpoint/0001.yaml") in forged.found()


def test_the_same_without_signatures(forged: Forged) -> None:
    start = forged.of(FIRST, "submit")
    forged.tells("unsigned", rewritten(forged, None)[start])


def test_the_same_signed_by_one_person(forged: Forged) -> None:
    start = forged.of(FIRST, "submit")
    news = rewritten(forged, "li.na")
    assert forged.git("log", "--format=%G?", "-1").strip() == "G"
    forged.tells("bad_signature", news[start])
    forged.tells("checkpoint", "", "checkpoint/0001.yaml")


def test_everybodys_keys_stolen_and_the_checkpoints_written_anew(forged: Forged, tmp_path) -> None:
    """Nothing in the store contradicts it any more: the copy on paper does."""
    copy = tmp_path / "0001.yaml"
    copy.write_bytes(forged.read("checkpoint/0001.yaml"))
    made = forged.git("log", "-1", "--format=%H", "--", "checkpoint/0001.yaml").strip()
    forged.move(forged.git("rev-parse", f"{made}^").strip())
    forged.amended(lambda raw: raw.replace(b"the year to come", b"the year"), "li.na")
    forged.at("2026-11-30 23:50")("audit", "checkpoint")
    assert forged.found() == []
    forged.tells("checkpoint", "", "0001.yaml", "--checkpoint", str(copy))


def test_an_object_replaced_with_git_replace(forged: Forged) -> None:
    """git log shows another author; pmcs reads what is there, and says so."""
    other = forged.write(forged.raw("HEAD").replace(b"li.na@", b"zhao.min@"), "li.na")
    head = forged.head()
    forged.git("replace", head, other)
    assert forged.git("log", "-1", "--format=%ae").strip() == "zhao.min@example.com"
    assert forged.tells("rewritten", head) == [("rewritten", head[:12], "")]


def test_a_graft_hides_a_commit(forged: Forged) -> None:
    hidden = forged.git("rev-parse", "HEAD~2").strip()
    (forged.root / ".git/info").mkdir(exist_ok=True)
    (forged.root / ".git/info/grafts").write_text(f"{forged.head()} {hidden}\n")
    assert forged.tells("rewritten", "", "info/grafts") == [("rewritten", "", "info/grafts")]


def test_a_shallow_clone_is_no_history(forged: Forged) -> None:
    clone = forged.root.parent / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "3", f"file://{forged.root}", str(clone)], check=True)
    said_ = forged.try_("audit", "verify", "--lang", "en", folder=clone)
    assert said_.code not in (0, 1)
    assert "cut off" in said_.errors


def test_a_tag_called_like_the_branch(forged: Forged) -> None:
    """git warns of two names; the audit is of what HEAD is."""
    path = forged.path(OPEN)
    bad = forged.commit({path: None})
    forged.git("tag", "HEAD", bad + "^")
    forged.git("tag", "main", bad + "^")
    forged.tells("deleted", bad, path)


def test_a_note_hung_on_a_commit(forged: Forged) -> None:
    forged.git("notes", "add", "-m", "Actor: zhao.min", "HEAD")
    assert forged.tells("outside", "", "refs/notes/commits") == [("outside", "", "refs/notes/commits")]


def merge(forged: Forged, files, **how) -> str:
    """A merge of two honest commits that brings something of its own."""
    start = forged.head()
    forged("place", "add", "5-1-101")
    ours = forged.head()
    forged.move(start)
    forged("place", "add", "5-1-102")
    theirs = forged.head()
    both = {path: forged.read(path) for path in forged.git("ls-files", "place").split()}
    forged.move(ours)
    return forged.commit({**both, **files}, "Merge\n", parents=[ours, theirs], **how)


def test_an_evil_merge_alters_a_record(forged: Forged) -> None:
    path, data = forged.path(OPEN), forged.read(forged.path(OPEN))
    bad = merge(forged, {path: data.replace("十二月的".encode(), "别的".encode())})
    forged.tells("altered", bad, path)


def test_an_evil_merge_brings_an_entry(forged: Forged) -> None:
    event = forged.event("note", "li.na", note="并入时添的")
    bad = merge(forged, {forged.path(OPEN): forged.folded(OPEN, [*forged.events(OPEN), event])})
    forged.tells("outside", bad)


def test_an_evil_merge_loosens_the_regulation(forged: Forged) -> None:
    path = "regulation/2026-01-01/kinds/ticket.yaml"
    bad = merge(forged, {path: forged.read(path) + b"# loosened\n"}, by="wang.qiang")
    forged.tells("not_allowed", bad, path)


def test_a_merge_that_nobody_signed(forged: Forged) -> None:
    forged.tells("unsigned", merge(forged, {}, key=None))


def test_a_record_thrown_away_by_a_merge(forged: Forged) -> None:
    path = forged.path(OPEN)
    bad = merge(forged, {path: None})
    forged.tells("deleted", bad, path)
