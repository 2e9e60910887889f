"""Checkpoints: what a rewritten history contradicts, and how they are judged (5.9, 11.4)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pmcs.store.checkpoints import checkpoints, judged, last_checkpoint
from pmcs.store.store import Store
from tests.stories.test_signing import Signed
from tests.stories.test_signing import signed as signed  # noqa: PLC0414  the fixture


def store_of(office) -> Store:
    return Store(office.root)


def said(office, **copies: bytes) -> list[str]:
    return [str(sentence) for _, sentence in judged(store_of(office), copies)]


@pytest.fixture
def three(signed: Signed) -> Signed:
    """Three months, a checkpoint each."""
    for month, place in (("11", "3-2-1201"), ("12", "3-2-1202"), ("01", "3-2-1203")):
        signed.at(f"{2027 if month == '01' else 2026}-{month}-28 09:00")
        signed("place", "add", place)
        signed("audit", "checkpoint")
    return signed


def test_a_month_has_one_checkpoint_and_a_second_where_something_happened(signed: Signed) -> None:
    assert "checkpoint 1" in signed.try_("audit", "checkpoint", env={"PMCS_LANG": "en"}).out.lower()
    head = signed.head()
    assert "Unchanged" in signed.try_("audit", "checkpoint", env={"PMCS_LANG": "en"}).out
    assert signed.head() == head
    signed("place", "add", "3-2-1201")
    signed("audit", "checkpoint")
    signed.at("2026-12-01 00:10")
    signed("audit", "checkpoint")
    assert [one.sequence for one in checkpoints(store_of(signed))] == [1, 2, 3]
    assert set(signed.marks()) == {"G"}
    assert said(signed) == []
    signed.clean()


def test_three_months_hang_together_and_ssh_keygen_agrees(three: Signed) -> None:
    assert said(three) == []
    first, second, third = checkpoints(store_of(three))
    assert (first.previous, second.previous, third.previous) == ("", first.digest, second.digest)
    assert third.head == three.git("rev-parse", "HEAD^").strip()
    assert third.tree == three.git("rev-parse", "HEAD^^{tree}").strip()
    allowed = three.git("config", "gpg.ssh.allowedSignersFile").strip()
    words = ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "system@pmcs.invalid", "-n", "pmcs-checkpoint"]
    file = three.root / "checkpoint/0003.yaml"
    subprocess.run([*words, "-s", f"{file}.sig"], input=file.read_bytes(), check=True, capture_output=True)
    copy = file.read_bytes()
    assert said(three, paper=copy) == []


def test_records_alone_are_what_a_report_rests_on(three: Signed) -> None:
    assert store_of(three).last_record_commit()[0] == three.git("rev-parse", "HEAD^").strip()


def tamper(office: Signed, path: str, change: tuple[str, str] | None) -> None:
    file = office.root / path
    if change is None:
        file.unlink()
    else:
        assert change[0] in file.read_text()
        file.write_text(file.read_text().replace(*change, 1))
    office.sit_down("li.na")
    office.git("commit", "-S", "-qam", "nothing to see")


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        ("checkpoint/0002.yaml", ("2026-12-28", "2026-12-27"), "altered"),
        ("checkpoint/0002.yaml", ("sequence: 2", "sequence: 3"), "number 0002 where 2"),
        ("checkpoint/0002.yaml", ("head: ", "heap: "), "no checkpoint"),
        ("checkpoint/0002.yaml", None, "number 0003 where 2"),
        ("checkpoint/0003.yaml.sig", None, "not signed"),
        ("checkpoint/0003.yaml.sig", ("U1NIU0lH", "U1NIU0lI"), "damaged"),
        ("checkpoint/0001.yaml", ("office: ", "office: x"), "does not continue"),
    ],
)
def test_a_checkpoint_that_was_changed_is_told(three: Signed, path: str, change, told: str) -> None:
    tamper(three, path, change)
    assert any(told in sentence for sentence in said(three)), said(three)


def test_a_rewritten_history_contradicts_its_checkpoints_and_a_copy_kept_elsewhere(three: Signed) -> None:
    copy = (three.root / "checkpoint/0002.yaml").read_bytes()
    three.sit_down("li.na")
    root = three.git("rev-list", "--max-parents=0", "HEAD").strip()
    three.git("rebase", "-q", "--root", "--force-rebase", "--reset-author-date")
    assert three.git("rev-list", "--max-parents=0", "HEAD").strip() != root
    assert sum("was rewritten" in sentence for sentence in said(three)) == 3
    three.git("rm", "-rq", "checkpoint")
    three.git("commit", "-S", "-qm", "none")
    assert said(three) == []
    gone, rewritten = said(three, paper=copy)
    assert gone == "The store lacks checkpoint 2, of which paper is a copy."
    assert "was rewritten" in rewritten


def test_a_store_that_does_not_sign_has_checkpoints_that_say_so(empty_office) -> None:
    told = empty_office.try_("audit", "checkpoint", env={"PMCS_LANG": "en"})
    assert "not signed" in told.errors
    assert said(empty_office) == []
    last = last_checkpoint(store_of(empty_office))
    assert last is not None
    assert not last.signature
    assert not Path(empty_office.root / "checkpoint/0001.yaml.sig").exists()


def test_a_month_s_report_prints_the_first_checkpoint_after_its_end_and_keeps_it(three: Signed) -> None:
    """Paper of October names what covers all of October; before that is made, the last one so far."""
    three.at("2027-02-02 09:00")
    three("place", "add", "3-2-1204")
    first, second, third = checkpoints(store_of(three))

    def page(month: str, how: str = "json") -> str:
        return three("report", "monthly", month, "--stdout", "--format", how)

    assert second.digest in page("2026-11")
    assert third.digest in page("2026-12")
    for how in ("md", "html", "json"):
        assert third.digest in page("2027-01", how)  # made on the 28th: none is after the end yet
        assert third.head in page("2027-01", how)
    before = page("2026-12")
    three("audit", "checkpoint")
    three.at("2027-03-01 06:00")("audit", "checkpoint")
    fourth, fifth = checkpoints(store_of(three))[3:]
    assert fourth.digest in page("2027-01")
    assert fifth.digest in page("2027-02")
    assert json.loads(page("2026-12"))["checkpoint"] == json.loads(before)["checkpoint"]
    assert first.digest not in page("2026-11")
