"""Paper and files that are no records: taken in, lent, brought back, lost (5.9)."""

from __future__ import annotations

import hashlib

import pytest

WORDS = ("--class", "contract", "--title", "保洁合同")


@pytest.fixture
def contract(tmp_path):
    path = tmp_path / "保洁合同 2026.pdf"
    path.write_bytes(b"%PDF-1.7\n\x00\x01 a scan\n%%EOF\n")
    return path


def test_a_contract_is_taken_into_the_store_in_one_commit(office, contract):
    before = len(office.log())
    office("document", "add", contract, *WORDS, "--keep", "--clause", "5.9", "--retention", "D30", "--pages", "12")
    assert len(office.log()) == before + 1
    shown = office.json("document", "show", "Z20261123-A01")
    digest = hashlib.sha256(contract.read_bytes()).hexdigest()
    assert shown["file"] == [f"document/files/{digest}.pdf sha256:{digest}"]
    assert (shown["size"], shown["retention"], shown["basis"]) == (contract.stat().st_size, "D30", "5.9")
    assert (office.root / "document" / "files" / f"{digest}.pdf").read_bytes() == contract.read_bytes()
    assert f"document/files/{digest}.pdf" in office.git("ls-tree", "-r", "--name-only", "HEAD")
    office("document", "add", contract, *WORDS, "--keep")  # the same bytes once more
    office.clean()


def test_what_stands_on_a_shelf_is_known_by_its_bytes(office, contract):
    office("document", "add", contract, *WORDS, "--shelf", "3 柜 2 层")
    shown = office.json("document", "show", "Z20261123-A01")
    assert shown["file"] == [f"{contract.name} sha256:{hashlib.sha256(contract.read_bytes()).hexdigest()}"]
    assert shown["shelf"] == "3 柜 2 层"
    assert not (office.root / "document" / "files").exists()
    office.clean()


def test_where_it_is_kept_must_be_said(office, contract):
    assert "--shelf" in office.refused("document", "add", contract, *WORDS, code=2)


def test_what_cannot_be_taken_in_leaves_nothing_behind(office, contract, tmp_path):
    office.refused("document", "add", contract, "--class", "nonsense", "--title", "x", "--keep", code=2)
    office.refused("document", "add", tmp_path / "nothing.pdf", *WORDS, "--keep", code=2)
    office.refused("document", "add", tmp_path, *WORDS, "--keep", code=2)
    letter = tmp_path / "letter.txt"
    letter.write_text("业主电话 13811112222", encoding="gb18030")
    said = office.refused("document", "add", letter, *WORDS, "--keep", code=2)
    assert "13811112222" not in said
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate((20 << 20) + 1)
    office.refused("document", "add", large, *WORDS, "--keep", code=2)
    assert not (office.root / "document").exists()


def test_interrupted_once_it_is_committed_the_file_stays(office, contract, monkeypatch):
    def stop(*_words, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pmcs.store.index.Index.record_written", stop)
        assert office.try_("document", "add", contract, *WORDS, "--keep").code == 130
    assert office.json("document", "show", "Z20261123-A01")["state"] == "kept"
    office.clean()


def test_interrupted_before_it_is_committed_nothing_stays(office, contract, monkeypatch):
    def stop(*_words, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pmcs.store.git.Repository.commit", stop)
        assert office.try_("document", "add", contract, *WORDS, "--keep").code == 130
    assert not (office.root / "document").exists()


def test_a_file_that_was_exchanged_is_found(office, contract):
    office("document", "add", contract, *WORDS, "--keep")
    kept = next((office.root / "document" / "files").iterdir())
    kept.write_bytes(b"another contract")
    said = office.try_("check")
    assert said.code == 1
    assert kept.name in said.out


def test_a_record_cannot_be_smuggled_in_as_a_file(office, tmp_path):
    forged = tmp_path / "T20261123-A09.yaml"
    forged.write_text("id: T20261123-A09\nkind: ticket\n", encoding="utf-8")
    office("document", "add", forged, *WORDS, "--keep")
    assert [path.suffix for path in (office.root / "document" / "files").iterdir()] == [""]
    office.clean()


def test_lent_extended_brought_back_and_lost(office, contract):
    office("document", "add", contract, *WORDS, "--shelf", "3-2")
    lent = ("--borrower", "wang.qiang", "--due-back", "2026-11-30", "--note", "核对条款")
    office("document", "borrow", "Z20261123-A01", *lent, by="zhao.min")
    office.refused("document", "borrow", "Z20261123-A01", *lent, by="zhao.min")
    assert office.json("document", "show", "Z20261123-A01")["due"]["give_back"].startswith("2026-11-30")
    office.at("2026-12-01 09:00")
    overdue = office.json("today", by="wang.qiang")
    assert "Z20261123-A01" in str(overdue)
    office("document", "renew", "Z20261123-A01", "--due-back", "2026-12-05", by="zhao.min")
    office("document", "return", "Z20261123-A01", by="zhao.min")
    shown = office.json("document", "show", "Z20261123-A01")
    assert shown["state"] == "kept"
    assert "borrower" not in shown or not shown["borrower"]
    office("document", "lose", "Z20261123-A01", "--note", "盘点未见", by="zhao.min")
    office("document", "find", "Z20261123-A01", "--note", "在 4 柜", by="zhao.min")
    office.refused("document", "destroy", "Z20261123-A01", code=2)
    office.clean()
