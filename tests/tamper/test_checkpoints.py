"""Checkpoints altered, removed, renumbered, forged; and a history that ends before one kept elsewhere."""

from __future__ import annotations

from tests.tamper.forging import Forged

FIRST, SECOND = "checkpoint/0001.yaml", "checkpoint/0002.yaml"


def test_a_checkpoint_removed(forged: Forged) -> None:
    bad = forged.commit({SECOND: None, f"{SECOND}.sig": None})
    forged.tells("checkpoint", bad, SECOND)


def test_a_checkpoint_renumbered(forged: Forged) -> None:
    bad = forged.commit({"checkpoint/0003.yaml": forged.read(SECOND), SECOND: None})
    forged.tells("checkpoint", bad, SECOND)
    forged.tells("checkpoint", "", "checkpoint/0003.yaml")


def test_a_checkpoint_with_another_head(forged: Forged) -> None:
    data = forged.read(SECOND)
    other = data.replace(b"head: ", b"head: 0", 1)
    bad = forged.commit({SECOND: other})
    forged.tells("checkpoint", bad, SECOND)


def test_a_checkpoint_without_its_signature(forged: Forged) -> None:
    bad = forged.commit({f"{SECOND}.sig": None})
    forged.tells("checkpoint", bad, f"{SECOND}.sig")
    forged.tells("checkpoint", "", SECOND)


def test_the_signature_of_another_checkpoint(forged: Forged) -> None:
    bad = forged.commit({f"{SECOND}.sig": forged.read(f"{FIRST}.sig")})
    forged.tells("checkpoint", bad, f"{SECOND}.sig")
    forged.tells("checkpoint", "", SECOND)


def test_a_checkpoint_signed_by_a_person(forged: Forged) -> None:
    from pmcs.store.signing import sign_bytes

    signature = sign_bytes(forged.key("li.na"), forged.read(SECOND), "pmcs-checkpoint")
    forged.commit({f"{SECOND}.sig": signature.encode()})
    forged.tells("checkpoint", "", SECOND)


def test_the_last_commits_dropped(forged: Forged, tmp_path) -> None:
    """Nothing in the store tells; a copy of the checkpoint does."""
    copy = tmp_path / "0002.yaml"
    copy.write_bytes(forged.read(SECOND))
    made = forged.git("log", "-1", "--format=%H", "--", SECOND).strip()
    forged.move(forged.git("rev-parse", f"{made}^").strip())
    assert forged.found() == []
    forged.tells("checkpoint", "", "0002.yaml", "--checkpoint", str(copy))
