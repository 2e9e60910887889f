"""What is archived changed, packages edited, destruction without approval, documents exchanged."""

from __future__ import annotations

from tests.tamper.forging import Forged

FIRST, PACKAGE = "T20261123-A01", "G-2026-11-1"


def test_an_archived_record_changed(forged: Forged) -> None:
    event = forged.event("note", "li.na", note="事后补充")
    bad = forged.entered(FIRST, event)
    forged.tells("archived", bad, forged.path(FIRST))


def test_the_digest_in_a_packages_record_edited(forged: Forged) -> None:
    path = forged.path(PACKAGE)
    bad = forged.commit({path: forged.read(path).replace(b"ab" * 32, b"cd" * 32)})
    forged.tells("altered", bad, path)


def test_a_package_verified_by_who_built_it(forged: Forged) -> None:
    event = forged.event("verify", "li.na", to="verified", set={"manifest": "ab" * 32})
    bad = forged.entered(PACKAGE, event, clause="5.9", kind="package")
    forged.tells("not_allowed", bad, forged.path(PACKAGE))


def test_a_disposal_carried_out_without_approval(forged: Forged) -> None:
    forged.at("2037-01-01 09:00")
    forged("archive", "dispose", FIRST, "--reason", "期满", by="zhao.min")
    id_ = "XH20370101-A01"
    event = forged.event("witness", "li.na", to="destroyed")
    bad = forged.entered(id_, event, clause="5.9", kind="disposal")
    forged.tells("not_allowed", bad, forged.path(id_))


def document(forged: Forged) -> str:
    return forged.git("ls-files", "document/files").strip()


def test_a_document_exchanged(forged: Forged) -> None:
    path = document(forged)
    bad = forged.commit({path: b"another contract"})
    forged.tells("altered", bad, path)


def test_a_document_deleted(forged: Forged) -> None:
    path = document(forged)
    bad = forged.commit({path: None})
    forged.tells("deleted", bad, path)


def test_a_report_written_by_hand(forged: Forged) -> None:
    path = "reports/2026-11/work.json"
    bad = forged.commit({path: b"{}"})
    forged.tells("outside", bad, path)
