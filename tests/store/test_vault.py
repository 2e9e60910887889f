from __future__ import annotations

import base64
import fcntl
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from pmcs.core.sealed import is_sealed
from pmcs.errors import BadInput, Broken, Busy, PmcsError, Unable
from pmcs.store import ring as ring_module
from pmcs.store import vault as module
from pmcs.store.vault import KeyErased, KeyMissing, SealBroken, Vault

ROOT = Path(__file__).resolve().parents[2]
PHONE = "13851234567"
DAY = datetime.fromisoformat("2027-03-01T09:00:00+08:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pmcs" / "root" / "keys.sqlite"


@pytest.fixture
def vault(path: Path):
    with Vault(path) as vault:
        yield vault


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory: pytest.TempPathFactory):
    with Vault(tmp_path_factory.mktemp("ring") / "keys.sqlite") as vault:
        yield vault


def rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as ring:
        return ring.execute(query).fetchall()


def a_process(path: Path, code: str) -> subprocess.Popen[str]:
    start = f"import os, signal, sys\nfrom pathlib import Path\nfrom pmcs.store.vault import Vault\n{code}"
    return subprocess.Popen(
        [sys.executable, "-c", start, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


# A value and its seal


def test_a_phone_is_sealed_in_the_record_and_opened_again(vault: Vault) -> None:
    sealed = vault.seal("T20261123-A01", "contact", PHONE)
    # 12 bytes of nonce, 11 of text and 16 of tag are 39, in base64 52 characters.
    assert re.fullmatch(r"sealed:v1:T20261123-A01:[A-Za-z0-9_-]{52}", sealed)
    assert is_sealed(sealed)
    assert not is_sealed(PHONE)
    assert vault.open(sealed, "T20261123-A01", "contact") == PHONE


def test_the_written_form_is_what_the_design_says_read_with_nothing_but_the_ring(vault: Vault, path: Path) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    [(key,)] = rows(path, "SELECT secret FROM key WHERE id = 'RA0312'")
    data = base64.urlsafe_b64decode(sealed.split(":")[3] + "=")
    assert len(key) == 32
    assert AESGCM(key).decrypt(data[:12], data[12:], b"RA0312|phone") == PHONE.encode()


@given(
    text=st.text(), record=st.text("ABC109.-:张", min_size=1), field=st.sampled_from(["name", "phone", "people.name"])
)
def test_any_text_comes_back_as_it_was(long_lived: Vault, text: str, record: str, field: str) -> None:
    sealed = long_lived.seal(record, field, text)
    assert long_lived.open(sealed, record, field) == text
    assert len(sealed.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "张三 👨‍👩‍👧", "第一行\n第二行\r\n", "\0", "sealed:v1:x:y", "e\u0301 \u0085"])
def test_names_of_every_sort_come_back_as_they_were(vault: Vault, text: str) -> None:
    assert vault.open(vault.seal("RA0312", "name", text), "RA0312", "name") == text


def test_one_key_serves_all_fields_of_a_record_and_no_other_record(vault: Vault, path: Path) -> None:
    vault.seal("RA0312", "name", "张三")
    first = rows(path, "SELECT * FROM key")
    vault.seal("RA0312", "phone", PHONE)
    assert rows(path, "SELECT * FROM key") == first
    vault.seal("RA0313", "phone", PHONE)
    assert len({secret for _, secret in rows(path, "SELECT * FROM key")}) == 2


def test_the_same_phone_sealed_twice_does_not_look_the_same(vault: Vault) -> None:
    assert vault.seal("RA0312", "phone", PHONE) != vault.seal("RA0312", "phone", PHONE)


def test_a_value_moved_to_another_record_or_field_does_not_open(vault: Vault) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    vault.seal("RA0313", "phone", "13900000000")
    for moved, record, field in [
        (sealed, "RA0313", "phone"),
        (sealed.replace("RA0312", "RA0313"), "RA0313", "phone"),
        (sealed, "RA0312", "id_number"),
    ]:
        with pytest.raises(SealBroken, match=f"{field} in {record}"):
            vault.open(moved, record, field)


@given(st.data())
def test_a_changed_letter_anywhere_is_noticed(long_lived: Vault, data: st.DataObject) -> None:
    sealed = long_lived.seal("RA0312", "phone", PHONE)
    at = data.draw(st.integers(0, len(sealed) - 1))
    letter = data.draw(st.sampled_from("AQgw_-= :9é\n"))
    letter = "~" if letter == sealed[at] else letter
    with pytest.raises(SealBroken):
        long_lived.open(sealed[:at] + letter + sealed[at + 1 :], "RA0312", "phone")


@pytest.mark.parametrize("harm", [lambda text: text[:-1], lambda text: text + "=", lambda text: text + "\n",
                                  lambda text: text[:-40], lambda text: text + "AAAA", lambda text: text[:10],
                                  lambda text: "", lambda text: PHONE])  # fmt: skip
def test_a_cut_or_lengthened_value_is_damaged_and_what_stands_there_is_not_repeated(vault: Vault, harm) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    with pytest.raises(SealBroken) as told:
        vault.open(harm(sealed), "RA0312", "phone")
    assert PHONE not in str(told.value)
    assert sealed[30:] not in str(told.value)


def test_bytes_that_are_no_text_are_refused_without_being_repeated(vault: Vault, path: Path) -> None:
    typed = PHONE + "\udcff"
    with pytest.raises(BadInput, match="phone") as told:
        vault.seal("RA0312", "phone", typed)
    assert PHONE not in str(told.value)
    assert (told.value.__context__, told.value.__cause__) == (None, None)
    assert not path.exists()


# The ring


def test_a_store_that_never_sealed_has_no_ring(vault: Vault, path: Path, tmp_path: Path) -> None:
    assert vault.look_up("resident", "phone", PHONE) == []
    assert vault.mend_erased(["RA0001"]) == []
    assert vault.warnings() == []
    assert vault.seal_many([]) == []
    vault.remember_many([])
    with pytest.raises(KeyMissing, match="RA0312"):
        vault.open("sealed:v1:RA0312:" + "A" * 52, "RA0312", "phone")
    assert list(tmp_path.iterdir()) == []


def test_another_machine_has_no_key(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    with Vault(tmp_path / "other" / "keys.sqlite") as other:
        other.seal("RB0001", "phone", PHONE)
        with pytest.raises(KeyMissing, match="not on this machine"):
            other.open(sealed, "RA0312", "phone")


def test_the_ring_is_for_this_user_only_whatever_the_umask(vault: Vault, path: Path) -> None:
    before = os.umask(0)
    try:
        vault.seal("RA0312", "phone", PHONE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert vault.warnings() == []
    path.chmod(0o640)
    [warning] = vault.warnings()
    assert f'chmod 600 "{path}"' in str(warning)


def test_neither_values_nor_their_plain_digests_stand_in_the_ring(vault: Vault, path: Path) -> None:
    vault.seal("RA0312", "name", "欧阳娜娜")
    vault.remember("resident", "phone", "RA0312", PHONE)
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert PHONE.encode() not in everything
    assert "欧阳".encode() not in everything


def test_a_key_is_durable_before_its_first_value_is_handed_out(path: Path) -> None:
    code = """
vault = Vault(Path(sys.argv[1]))
for number in range(3):
    print(vault.seal(f"RA{number}", "phone", "13851234567"), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    with a_process(path, code) as process:
        sealed = process.communicate()[0].split()
    assert process.returncode == -signal.SIGKILL
    with Vault(path) as vault:
        assert [vault.open(value, f"RA{number}", "phone") for number, value in enumerate(sealed)] == [PHONE] * 3


def test_the_ring_is_written_through_to_the_disk_and_over_what_was_deleted(vault: Vault) -> None:
    vault.seal("RA0312", "phone", PHONE)
    with vault._ring.reading() as ring:
        asked = [ring.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "secure_delete")]
        assert ring.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert asked == [3, 1]  # EXTRA, ON


def test_a_ring_that_was_being_made_when_the_power_failed_is_made_anew(vault: Vault, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.with_name("keys.sqlite.new").write_bytes(b"SQLite for")
    path.with_name("keys.sqlite.new-journal").write_bytes(b"half")
    sealed = vault.seal("RA0312", "phone", PHONE)
    assert vault.open(sealed, "RA0312", "phone") == PHONE
    assert [file.name for file in path.parent.iterdir()] == ["keys.sqlite"]


def test_two_processes_that_seal_the_same_records_at_once_use_the_same_keys(path: Path) -> None:
    code = """
sys.stdin.readline()
with Vault(Path(sys.argv[1])) as vault:
    for number in range(40):
        print(vault.seal(f"RA{number}", "phone", "13851234567"))
"""
    processes = [a_process(path, code) for _ in range(3)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    sealed = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    with Vault(path) as vault:
        for values in sealed:
            assert {vault.open(value, f"RA{number}", "phone") for number, value in enumerate(values)} == {PHONE}
            assert len(values) == 40


def test_while_a_key_is_made_nobody_else_is_in_the_ring(
    vault: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.seal("RA0312", "phone", PHONE)
    refused = []

    def random(size: int) -> bytes:
        if size == 32:
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    other.execute("BEGIN IMMEDIATE")
                refused.append(size)
        return bytes(size)

    monkeypatch.setattr(module.os, "urandom", random)
    vault.seal("RA0313", "phone", PHONE)
    assert refused == [32]


def test_a_ring_that_another_process_made_first_is_the_one_that_counts(
    vault: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = []
    lock = fcntl.flock

    def late(handle: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        with Vault(path) as other:
            sealed.append(other.seal("RA0312", "phone", PHONE))
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    sealed.append(vault.seal("RA0312", "phone", PHONE))
    assert [vault.open(value, "RA0312", "phone") for value in sealed] == [PHONE, PHONE]


def test_a_bulk_import_seals_ten_thousand_residents_in_two_seconds_of_work(vault: Vault) -> None:
    fields = {"name": "张三", "phone": PHONE, "id_number": "320102199001011234"}
    values = [(f"RA{number:05}", field, text) for number in range(10_000) for field, text in fields.items()]
    start = time.process_time()
    sealed = vault.seal_many(values)
    assert time.process_time() - start < 2
    assert len(sealed) == 30_000
    assert vault.open(sealed[-1], "RA09999", "id_number") == "320102199001011234"
    assert vault.open(sealed[0], "RA00000", "name") == "张三"


def test_one_more_seal_costs_the_same_in_a_ring_of_thousands(vault: Vault) -> None:
    def steps(record: str) -> int:
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        with vault._ring.reading() as ring:
            ring.set_progress_handler(step, 1)
            vault.seal(record, "phone", PHONE)
            ring.set_progress_handler(None, 1)
        return count

    vault.seal("RA0", "phone", PHONE)
    small = (steps("RA1"), steps("RA1"))
    vault.seal_many([(f"RB{number}", "phone", PHONE) for number in range(5000)])
    assert (steps("RA2"), steps("RA2")) == small


# Looking up


@pytest.mark.parametrize(
    "said",
    [
        "13851234567",
        "138 5123 4567",
        " 138-5123-4567\n",
        "+8613851234567",
        "+86 138-5123-4567",
        "0086 13851234567",
        "8613851234567",
        "\uff11\uff13\uff18\uff15\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
        "\uff0b\uff18\uff16\u3000138\uff0d5123\uff0d4567",
        "138—5123—4567",
        "138\u30005123\u00a04567",
    ],
)
def test_a_caller_is_found_however_the_number_is_written(vault: Vault, said: str) -> None:
    vault.remember("resident", "phone", "RA0312", "138-5123-4567")
    vault.remember("resident", "phone", "RA0007", said)
    assert vault.look_up("resident", "phone", said) == ["RA0007", "RA0312"]
    assert vault.look_up("resident", "phone", PHONE) == ["RA0007", "RA0312"]


@pytest.mark.parametrize("said", ["025-8888 1234", "+86 25 8888 1234", "+86 025 8888 1234", "+86-25-88881234"])
def test_a_landline_is_found_with_and_without_the_country(vault: Vault, said: str) -> None:
    vault.remember("resident", "phone", "RA0312", "02588881234")
    assert vault.look_up("resident", "phone", said) == ["RA0312"]


@pytest.mark.parametrize("said", ["13851234568", "3851234567", "86138512345", "+8513851234567", "", "张三"])
def test_another_number_finds_nobody(vault: Vault, said: str) -> None:
    vault.remember("resident", "phone", "RA0312", PHONE)
    vault.remember("resident", "phone", "RA0313", " - ")
    assert vault.look_up("resident", "phone", said) == []


def test_numbers_that_begin_like_the_country_stay_what_they_are(vault: Vault) -> None:
    for record, number in [("RA1", "86512345"), ("RA2", "02586512345"), ("RA3", "4008001234"), ("RA4", "86400800")]:
        vault.remember("resident", "phone", record, number)
        assert vault.look_up("resident", "phone", number) == [record]
    assert vault.look_up("resident", "phone", "+86 400 800 1234") == ["RA3"]


def test_an_identity_number_is_found_with_a_small_x(vault: Vault) -> None:
    vault.remember("resident", "id_number", "RA0312", "32010219900101123X")
    assert vault.look_up("resident", "id_number", "320102 19900101 123x") == ["RA0312"]


def test_the_same_number_in_another_field_or_kind_is_another_matter(vault: Vault) -> None:
    vault.remember("resident", "phone", "RA0312", PHONE)
    vault.remember("visitor", "phone", "V20261123-A01", PHONE)
    assert vault.look_up("resident", "phone", PHONE) == ["RA0312"]
    assert vault.look_up("resident", "id_number", PHONE) == []


def test_several_people_of_one_incident_are_all_found(vault: Vault, path: Path) -> None:
    people = [("incident", "people.contact", "I20261123-A01", number) for number in (PHONE, "13900000000", PHONE)]
    vault.remember_many(people)
    vault.remember_many(people)
    assert vault.look_up("incident", "people.contact", PHONE) == ["I20261123-A01"]
    assert vault.look_up("incident", "people.contact", "13900000000") == ["I20261123-A01"]
    assert rows(path, "SELECT count(*) FROM lookup") == [(2,)]


def test_a_look_up_reads_one_place_of_its_table(vault: Vault, path: Path) -> None:
    vault.remember("resident", "phone", "RA0312", PHONE)
    plan = "EXPLAIN QUERY PLAN SELECT record FROM lookup WHERE digest = '' AND kind = '' AND field = '' ORDER BY record"
    assert [row[3].split()[0] for row in rows(path, plan)] == ["SEARCH"]
    plan = "EXPLAIN QUERY PLAN DELETE FROM lookup WHERE record = ''"
    assert [row[3].split()[0] for row in rows(path, plan)] == ["SEARCH"]


@given(number=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), data=st.data())
def test_spaces_and_hyphens_anywhere_make_no_difference(long_lived: Vault, number: str, data: st.DataObject) -> None:
    gaps = data.draw(st.lists(st.sampled_from(["", " ", "-", " - ", "\u3000", "\u2011"]), min_size=12, max_size=12))
    prefix = data.draw(st.sampled_from(["", "+86", "0086", "+ 8-6", "\uff0b86"]))
    written = prefix + "".join(gap + digit for gap, digit in zip(gaps, number, strict=False)) + gaps[-1]
    long_lived.remember("resident", "phone", number, number)
    assert long_lived.look_up("resident", "phone", written) == [number]


# Erasing


def test_an_erased_resident_stays_closed_and_gets_no_new_key(vault: Vault, path: Path) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    kept = vault.seal("RA0313", "phone", PHONE)
    for record in ("RA0312", "RA0313"):
        vault.remember("resident", "phone", record, PHONE)
    vault.erase(["RA0312"], DAY)
    vault.close()
    for attempt in (
        lambda: vault.open(sealed, "RA0312", "phone"),
        lambda: vault.seal("RA0312", "phone", PHONE),
        lambda: vault.seal_many([("RA0999", "phone", PHONE), ("RA0312", "phone", PHONE)]),
        lambda: vault.remember("resident", "phone", "RA0312", PHONE),
    ):
        with pytest.raises(KeyErased, match="RA0312") as told:
            attempt()
        assert PHONE not in str(told.value)
    assert vault.look_up("resident", "phone", PHONE) == ["RA0313"]
    assert vault.open(kept, "RA0313", "phone") == PHONE
    assert rows(path, "SELECT id FROM key") == [("RA0313",)]


def test_a_batch_with_an_erased_record_in_it_is_remembered_not_at_all(vault: Vault) -> None:
    vault.erase(["RA0312"], DAY)
    with pytest.raises(KeyErased):
        vault.remember_many([("resident", "phone", record, PHONE) for record in ("RA0311", "RA0312")])
    assert vault.look_up("resident", "phone", PHONE) == []
    vault.remember("resident", "phone", "RA0311", PHONE)
    assert vault.look_up("resident", "phone", PHONE) == ["RA0311"]


def test_the_first_erasure_is_the_one_that_is_remembered(vault: Vault, path: Path) -> None:
    vault.erase(["RA0312"], DAY)
    vault.erase(["RA0312"], DAY.replace(year=2030))
    assert rows(path, "SELECT * FROM erased") == [("RA0312", "2027-03-01T09:00:00+08:00")]


def test_an_erased_key_is_nowhere_in_the_file_any_more(vault: Vault, path: Path) -> None:
    records = [f"RA{number * 7919 % 400}" for number in range(400)]
    vault.seal_many([(record, "phone", PHONE) for record in records])
    vault.remember_many([("resident", "phone", record, f"139{record}") for record in records])
    keys = dict(rows(path, "SELECT id, secret FROM key"))
    digests = dict(rows(path, "SELECT record, digest FROM lookup"))
    for record in records[::4]:
        vault.erase([record], DAY)
    ring = path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == ["keys.sqlite"]
    assert {record for record in records if keys[record] in ring} == set(records) - set(records[::4])
    assert {record for record in records if digests[record] in ring} == set(records) - set(records[::4])


def test_a_backup_put_back_does_not_bring_an_erased_resident_back(vault: Vault, path: Path) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    other = vault.seal("RA0313", "phone", PHONE)
    vault.remember("resident", "phone", "RA0312", PHONE)
    vault.close()
    backup = path.read_bytes()
    vault.erase(["RA0312"], DAY)
    vault.close()
    path.write_bytes(backup)
    assert vault.open(sealed, "RA0312", "phone") == PHONE
    # RA0200 was erased on another machine, and this ring never had its key.
    assert vault.mend_erased(["RA0312", "RA0200"]) == ["RA0312"]
    for record in ("RA0312", "RA0200"):
        with pytest.raises(KeyErased):
            vault.seal(record, "phone", PHONE)
    assert vault.look_up("resident", "phone", PHONE) == []
    assert vault.open(other, "RA0313", "phone") == PHONE
    before = path.read_bytes()
    assert vault.mend_erased(["RA0312", "RA0200"]) == []
    assert path.read_bytes() == before


def test_an_erasure_from_elsewhere_counts_on_a_machine_without_a_ring(vault: Vault, path: Path) -> None:
    vault.mend_erased(["RA0312"])
    assert not path.exists()
    with pytest.raises(KeyErased):
        vault.open("sealed:v1:RA0312:" + "A" * 52, "RA0312", "phone")
    with pytest.raises(KeyErased):
        vault.seal("RA0312", "phone", PHONE)
    assert not path.exists()
    vault.seal("RA0313", "phone", PHONE)
    with pytest.raises(KeyErased):
        vault.seal("RA0312", "phone", PHONE)


# What can go wrong


@pytest.mark.parametrize("harm", ["empty", "cut", "garbage", "other", "newer"])
def test_a_damaged_ring_is_one_sentence_and_stays_as_it_is(vault: Vault, path: Path, harm: str) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    vault.close()
    whole = path.read_bytes()
    path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "garbage": b"keys" * 4096}.get(harm, whole))
    if harm == "other":
        path.unlink()
        rows(path, "CREATE TABLE something (a)")
    if harm == "newer":
        rows(path, "PRAGMA user_version = 2")
    before = path.read_bytes()
    for attempt in (
        lambda: vault.open(sealed, "RA0312", "phone"),
        lambda: vault.seal("RA0312", "phone", PHONE),
        lambda: vault.look_up("resident", "phone", PHONE),
        lambda: vault.erase(["RA0312"], DAY),
        lambda: vault.mend_erased(["RA0312"]),
    ):
        with pytest.raises(Broken) as told:
            attempt()
        assert str(path) in str(told.value)
        assert "restore it" in str(told.value)
    assert path.read_bytes() == before


def test_a_key_cut_short_in_the_ring_is_a_damaged_ring(vault: Vault, path: Path) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    vault.close()
    with closing(sqlite3.connect(path)) as ring, ring:
        ring.execute("UPDATE key SET secret = x'00'")
        ring.execute("DELETE FROM meta")
    with pytest.raises(Broken, match="key ring"):
        vault.open(sealed, "RA0312", "phone")
    with pytest.raises(Broken, match="key ring"):
        vault.look_up("resident", "phone", PHONE)


def test_a_ring_held_too_long_by_another_process_is_busy(
    vault: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring_module, "_WAIT", 0.01)
    sealed = vault.seal("RA0312", "phone", PHONE)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert vault.open(sealed, "RA0312", "phone") == PHONE
        with pytest.raises(Busy, match="try again"):
            vault.seal("RA0313", "phone", PHONE)
        other.execute("ROLLBACK")
    assert vault.seal("RA0313", "phone", PHONE)


def test_a_ring_on_a_read_only_disk_opens_and_does_not_seal(
    vault: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = vault.seal("RA0312", "phone", PHONE)
    vault.close()
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda name, **more: connect(name.replace("mode=rw", "mode=ro"), **more))
    assert vault.open(sealed, "RA0312", "phone") == PHONE
    assert vault.seal("RA0312", "name", "张三")  # the key is there
    with pytest.raises(Unable, match="readonly"):
        vault.seal("RA0313", "phone", PHONE)


def test_no_value_is_handed_out_when_its_key_found_no_room(vault: Vault, path: Path) -> None:
    vault.seal("RA0312", "phone", PHONE)
    with vault._ring.reading() as ring:
        ring.execute("PRAGMA max_page_count = 1")  # no less than there are
        with pytest.raises(Unable, match="full"):
            vault.seal_many([(f"RB{number}", "phone", PHONE) for number in range(1000)])
        assert rows(path, "SELECT id FROM key") == [("RA0312",)]
        ring.execute("PRAGMA max_page_count = 1000000")
    assert vault.seal("RB1", "phone", PHONE)


def test_a_place_where_no_ring_can_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "pmcs").write_text("a file where the directory should be")
    with Vault(tmp_path / "pmcs" / "root" / "keys.sqlite") as vault, pytest.raises(Unable, match="cannot be made"):
        vault.seal("RA0312", "phone", PHONE)
    (tmp_path / "keys.sqlite").mkdir()
    with Vault(tmp_path / "keys.sqlite") as vault, pytest.raises(Unable, match="cannot be used"):
        vault.seal("RA0312", "phone", PHONE)


def test_without_the_package_nothing_is_sealed_and_nothing_is_made(
    vault: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(Unable, match="package cryptography is missing"):
        vault.seal("RA0312", "phone", PHONE)
    with pytest.raises(Unable, match="package cryptography is missing"):
        vault.open("sealed:v1:RA0312:" + "A" * 52, "RA0312", "phone")
    assert not path.exists()


def test_telling_a_sealed_value_loads_neither_the_package_nor_the_data_base() -> None:
    code = (
        "import sys; from pmcs.core.sealed import is_sealed; is_sealed('sealed:v1:a:b')\n"
        "print(*{'cryptography', 'sqlite3', 'yaml'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert run.stdout.strip() == ""


def test_every_failure_owns_an_exit_code() -> None:
    codes = {kind: kind.exit_code for kind in (KeyErased, SealBroken, KeyMissing)}
    assert codes == {KeyErased: 3, SealBroken: 5, KeyMissing: 7}
    assert all(issubclass(kind, PmcsError) for kind in codes)
