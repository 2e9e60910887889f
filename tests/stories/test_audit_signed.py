"""`audit verify` of a signed office: unsigned, badly signed, switched off, and held against its checkpoints."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.stories.test_audit import by_hand, codes, findings, plumbed
from tests.stories.test_signing import Signed, keyed
from tests.stories.test_signing import signed as signed  # noqa: PLC0414  the fixture


def busy(office: Signed) -> str:
    office("place", "add", "3-2-1201")
    office(
        "staff",
        "add",
        "zhao.min",
        "--name",
        "赵敏",
        "--email",
        "zhao.min@example.com",
        "--posts",
        "post=service_officer,since=2026-11-23",
    )
    public = office.with_key("zhao.min")
    office("staff", "enrol", "zhao.min", "--key", public)
    id_ = office.ticket(by="zhao.min")
    office("audit", "checkpoint")
    return id_


def test_an_honest_signed_office(signed: Signed) -> None:
    id_ = busy(signed)
    assert findings(signed) == []
    assert {row["signed"] for row in signed.json("audit", "show", id_)} == {True}
    signed(
        "staff",
        "unenrol",
        "zhao.min",
        "--key",
        Path(f"{signed.keys / 'zhao.min' / 'key'}.pub").read_text(),
        "--until",
        "2026-11-23",
    )
    signed.later(days=3)("ticket", "triage", id_, "--verdict", "valid")
    assert findings(signed) == []


def test_a_commit_that_is_not_signed(signed: Signed) -> None:
    busy(signed)
    plumbed(signed, lambda text: text[: text.index("gpgsig")] + text[text.index("-----END SSH SIGNATURE-----") + 28 :])
    assert codes(signed) == {"unsigned"}


def test_a_message_altered_under_its_signature(signed: Signed) -> None:
    signed("place", "add", "3-2-1201")
    signed.ticket()
    plumbed(signed, lambda text: text.replace("Clause: 7.1", "Clause: 7.2"))
    assert codes(signed) == {"bad_signature"}


def test_somebody_elses_key(signed: Signed) -> None:
    busy(signed)
    stranger = keyed(signed.keys, "stranger")
    signed.sit_down("li.na")
    signed.git(
        "-c", f"user.signingkey={stranger}", "-c", "gpg.format=ssh", "commit", "--amend", "-q", "-S", "--no-edit"
    )
    assert "bad_signature" in codes(signed)


def test_signing_switched_off_again(signed: Signed) -> None:
    signed("place", "add", "3-2-1201")
    settings = signed.root / "pmcs.yaml"
    settings.write_text(settings.read_text("utf-8").replace("signing: ssh\n", ""), "utf-8")
    signed.sit_down("li.na")
    by_hand(signed, "no more")
    assert codes(signed) == {"unsigned"}
    assert len(findings(signed)) == 2  # switched off, and not signed itself
    signed.later(minutes=1).ticket()
    assert len(findings(signed)) == 3


def test_a_history_rewritten_since_its_checkpoint(signed: Signed, tmp_path: Path) -> None:
    busy(signed)
    copy = tmp_path / "0001.yaml"
    copy.write_bytes((signed.root / "checkpoint/0001.yaml").read_bytes())
    assert codes(signed, "--checkpoint", str(copy)) == set()
    subprocess.run(["git", "reset", "-q", "--hard", "HEAD^^"], cwd=signed.root, check=True)
    assert codes(signed) == set()
    assert codes(signed, "--checkpoint", str(copy)) == {"checkpoint"}
    assert signed.try_("audit", "verify", "--checkpoint", str(tmp_path / "none")).code == 4


def test_a_checkpoint_altered_or_deleted(signed: Signed) -> None:
    busy(signed)
    (signed.root / "checkpoint/0001.yaml").unlink()
    signed.sit_down("li.na")
    signed.git("add", "-A")
    signed.git("commit", "-q", "-S", "-m", "gone")
    assert "checkpoint" in codes(signed)


def test_what_a_repository_held_before_the_store_began_was_not_to_be_signed(tmp_path, monkeypatch) -> None:
    company = tmp_path / "company"
    company.mkdir()
    office = Signed(company / "records", monkeypatch)
    office.with_key("li.na")
    (company / "README").write_text("older than the store\n")
    for words in (["init", "-q", "-b", "main"], ["add", "README"], ["commit", "-qm", "first"]):
        dated = {"GIT_AUTHOR_DATE": "2026-11-20T09:00:00+08:00", "GIT_COMMITTER_DATE": "2026-11-20T09:00:00+08:00"}
        subprocess.run(["git", *words], cwd=company, check=True, env=os.environ | dated)
    assert office.try_("init", str(office.root), "--sign", folder=company).code == 0
    office("place", "add", "3-2-1201")
    assert findings(office) == []
