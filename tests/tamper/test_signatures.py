"""Signatures missing, copied, made with another key, too late; keys put under another's name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.stories.test_signing import keyed
from tests.tamper.forging import Forged, unsigned
from tests.tamper.test_commits import noted

OPEN = "T20261201-A01"


def test_no_signature(forged: Forged) -> None:
    forged.tells("unsigned", noted(forged, key=None))


def test_a_message_altered_under_its_signature(forged: Forged) -> None:
    forged.tells("bad_signature", forged.amended(lambda raw: raw.replace(b"Clause: 7.1", b"Clause: 7.2")))


def test_the_signature_of_another_commit(forged: Forged) -> None:
    other = re.search(rb"gpgsig .*?END SSH SIGNATURE-----", forged.raw("HEAD"), re.DOTALL)[0]
    noted(forged)

    def exchanged(raw: bytes) -> bytes:
        return re.sub(rb"gpgsig .*?END SSH SIGNATURE-----", lambda _: other, raw, flags=re.DOTALL)

    forged.tells("bad_signature", forged.amended(exchanged))


def test_a_damaged_signature(forged: Forged) -> None:
    forged.tells("bad_signature", forged.amended(lambda raw: raw.replace(b"U1NIU0lH", b"U1NIU0lI")))


def test_re_signed_with_a_strangers_key(forged: Forged, tmp_path) -> None:
    forged.tells("bad_signature", forged.amended(lambda raw: raw, keyed(tmp_path, "stranger")))


def test_re_signed_with_a_colleagues_key(forged: Forged) -> None:
    """git calls it good: the key is on the list. It is of another."""
    bad = forged.amended(lambda raw: raw, "wang.qiang")
    assert forged.git("log", "-1", "--format=%G?").strip() == "G"
    forged.tells("bad_signature", bad)


def test_signed_by_one_who_has_left(forged: Forged) -> None:
    forged.tells("bad_signature", noted(forged, committer="he.jun"))


def test_signed_with_a_key_that_was_revoked(forged: Forged) -> None:
    public = (forged.keys / "zhao.min/key.pub").read_text()
    forged("staff", "unenrol", "zhao.min", "--key", public, "--until", "2026-12-01")
    assert forged.found() == []
    forged.at("2026-12-02 09:00")
    event = forged.event("triage", "zhao.min", to="triaged", set={"verdict": "valid"})
    forged.tells("bad_signature", forged.entered(OPEN, event))


def test_back_dated_to_a_day_when_the_key_was_good(forged: Forged) -> None:
    forged.tells("backdated", noted(forged, committer="he.jun", when=forged.now - timedelta(days=7)))


def test_a_file_signature_used_for_a_commit(forged: Forged) -> None:
    """Made by the right key, for another purpose."""
    from pmcs.store.signing import sign_bytes

    raw = unsigned(forged.raw("HEAD"))
    armoured = sign_bytes(forged.key("li.na"), raw, "file").strip().replace("\n", "\n ").encode()
    head, _, body = raw.partition(b"\n\n")
    forged.tells("bad_signature", forged.amended(lambda _: head + b"\ngpgsig " + armoured + b"\n\n" + body))


def test_a_strangers_key_enrolled_for_the_manager_by_the_stranger(forged: Forged, tmp_path) -> None:
    """The very commit that brings the key is signed with it: a key cannot vouch for itself."""
    stranger = keyed(tmp_path, "stranger")
    public = " ".join(stranger.with_suffix(".pub").read_text().split()[:2])
    event = forged.event("enrol", "li.na", add={"keys": [{"key": public}]})
    bad = forged.entered("li.na", event, clause="11.4", kind="staff", key=stranger)
    forged.tells("bad_signature", bad)


def test_a_strangers_key_enrolled_for_the_manager_by_a_colleague(forged: Forged, tmp_path) -> None:
    public = " ".join(keyed(tmp_path, "stranger").with_suffix(".pub").read_text().split()[:2])
    event = forged.event("enrol", "wang.qiang", add={"keys": [{"key": public}]})
    bad = forged.entered("li.na", event, clause="11.4", kind="staff")
    forged.tells("not_allowed", bad, forged.path("li.na"))


def test_signing_switched_off(forged: Forged) -> None:
    settings = forged.read("pmcs.yaml").replace(b"signing: ssh\n", b"")
    bad = forged.commit({"pmcs.yaml": settings}, "no more\n")
    later = noted(forged, key=None)
    forged.tells("unsigned", bad)
    forged.tells("unsigned", later)


def test_signing_never_switched_on_in_a_history_written_anew(forged: Forged, tmp_path) -> None:
    """No signature is asked for, none is bad: only the checkpoints remember."""
    copy = tmp_path / "0001.yaml"
    copy.write_bytes(forged.read("checkpoint/0001.yaml"))
    root = forged.git("rev-list", "--max-parents=0", "HEAD").strip()
    forged.rewritten(
        root,
        files={"pmcs.yaml": lambda old: forged.read("pmcs.yaml", old).replace(b"signing: ssh\n", b"")},
        key=None,
    )
    forged.tells("checkpoint", "", "checkpoint/0001.yaml")
    forged.tells("checkpoint", "", "0001.yaml", "--checkpoint", str(copy))


def test_the_list_of_keys_in_the_settings_swapped_by_who_may_not(forged: Forged, tmp_path) -> None:
    stranger = keyed(tmp_path, "stranger")
    public = " ".join(stranger.with_suffix(".pub").read_text().split()[:2])
    own = " ".join((forged.keys / "counter/key.pub").read_text().split()[:2]).encode()
    settings = forged.read("pmcs.yaml")
    assert own in settings
    bad = forged.commit({"pmcs.yaml": settings.replace(own, public.encode())}, "keys\n", "wang.qiang")
    forged.tells("not_allowed", bad, "pmcs.yaml")


@pytest.mark.parametrize("who", ["wang.qiang", "system"])
def test_an_unsigned_or_foreign_signature_is_no_better_for_cron(forged: Forged, who: str) -> None:
    forged.sit_down("li.na")
    files = {"reports/2026-11/work.json": b"{}"}
    message = "report monthly 2026-11\n\nAction: report\nActor: system\n"
    bad = forged.commit(files, message, "system", key="wang.qiang" if who == "wang.qiang" else None)
    forged.tells("bad_signature" if who == "wang.qiang" else "unsigned", bad)
