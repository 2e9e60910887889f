"""Regulation and settings loosened, and by whom; files that have no place beside the records."""

from __future__ import annotations

import pytest

from tests.tamper.forging import Forged

KIND = "regulation/2026-01-01/kinds/ticket.yaml"


def loosened(forged: Forged) -> bytes:
    data = forged.read(KIND)
    fresh = data.replace(b"[manager]", b"[anyone]")
    assert fresh != data
    return fresh


def test_loosened_around_one_entry_and_tightened_again(forged: Forged) -> None:
    data = forged.read(KIND)
    loose = forged.commit({KIND: loosened(forged)}, "typo\n")
    tight = forged.commit({KIND: data}, "typo\n")
    forged.tells("outside", loose, KIND)
    forged.tells("outside", tight, KIND)


@pytest.mark.parametrize("file", [KIND, "regulation/2027-01-01/voting.yaml", "pmcs.yaml"])
def test_changed_by_who_may_not(forged: Forged, file: str) -> None:
    bad = forged.commit({file: forged.read(file) + b"# mine\n"}, "typo\n", "wang.qiang")
    forged.tells("not_allowed", bad, file)


def test_a_version_taken_out_by_who_may_not(forged: Forged) -> None:
    path = "regulation/2027-01-01/voting.yaml"
    forged.tells("not_allowed", forged.commit({path: None}, "typo\n", "wang.qiang"), path)


def test_ones_own_counter_named_by_who_may_not(forged: Forged) -> None:
    settings = forged.read("pmcs.yaml").replace(b"[counter@", b"[wang.qiang@example.com, counter@")
    forged.tells("not_allowed", forged.commit({"pmcs.yaml": settings}, "x\n", "wang.qiang"), "pmcs.yaml")


@pytest.mark.parametrize("what", ["link", "executable", "submodule", "script", "letter"])
def test_what_has_no_place_in_a_store(forged: Forged, what: str) -> None:
    path = {"script": "ticket/run.sh", "letter": "letter.txt"}.get(what, "ticket/thing")
    mode = {"link": "120000", "executable": "100755", "submodule": "160000"}.get(what, "100644")
    oid = forged.head() if what == "submodule" else forged.blob(b"/etc/passwd")
    forged.tells("outside", forged.commit({path: (mode, oid)}), path)


def test_a_record_made_executable(forged: Forged) -> None:
    path = forged.path("T20261201-A01")
    bad = forged.commit({path: ("100755", forged.blob(forged.read(path)))})
    forged.tells("outside", bad, path)
