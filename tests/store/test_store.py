"""The store as one thing: found from where one stands, read only as it was committed, written under its lock."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pmcs.errors import BadInput, Broken, NotFound, Refused, Unable
from pmcs.store.locating import find_store
from pmcs.store.lock import store_lock
from pmcs.store.store import Store
from tests.check.office import MANAGER, Office, identity

TICKET = "T20261123-A01"
FILE = f"ticket/2026/11/23/{TICKET}.yaml"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("store"))
    office.do("init records --office 阳光花园")
    office.root /= "records"
    office.do("place add 3-2-1201")
    office.do("ticket new --category repair --place 3-2-1201 --summary 漏水")
    office.do("ticket new --category repair --place 3-2-1201 --summary 灯")
    return office


@pytest.fixture
def store(founded: Office, tmp_path: Path) -> Store:
    shutil.copytree(founded.root, tmp_path / "records")
    return Store(tmp_path / "records")


def test_it_is_found_from_inside_from_above_and_by_name(store: Store) -> None:
    inside = store.root / "ticket/2026"
    elsewhere = Path("/")
    assert find_store(inside, None, {}).root == store.root
    assert find_store(store.root.parent, None, {}).root == store.root
    assert find_store(elsewhere, str(store.root), {}).root == store.root
    assert find_store(elsewhere, str(store.root.parent), {}).root == store.root
    assert find_store(elsewhere, None, {"PMCS_STORE": str(store.root)}).root == store.root
    with pytest.raises(NotFound):
        find_store(elsewhere, None, {})
    with pytest.raises(NotFound, match="nowhere"):
        find_store(store.root, "nowhere", {})


def test_a_folder_in_no_repository_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "pmcs.yaml").touch()
    with pytest.raises(Unable, match="git init"):
        Store(tmp_path)


@pytest.mark.parametrize("typed", [TICKET, "A01", "1123-A01", "t20261123-a01", " A01 "])
def test_any_unambiguous_part_of_a_number_finds_it(store: Store, typed: str) -> None:
    assert store.find(typed, ("ticket",)) == TICKET


def test_a_part_that_means_several_or_none_is_said_to(store: Store) -> None:
    with pytest.raises(BadInput, match="may mean"):
        store.find("1123-A", ("ticket",))
    with pytest.raises(NotFound):
        store.find("A09", ("ticket",))
    with pytest.raises(NotFound):
        store.find("A01", ("resident",))
    with pytest.raises(NotFound) as none:
        store.find("13812345678")
    assert "13812345678" not in str(none.value)


def test_a_record_is_read_only_as_it_was_committed(store: Store) -> None:
    assert store.record(TICKET).fields["summary"] == "漏水"
    path = store.root / FILE
    path.write_text(path.read_text("utf-8").replace("漏水", "渗水"), "utf-8")
    with pytest.raises(Refused, match="pmcs edit"):
        store.record(TICKET)
    record, said = store.seen(TICKET)
    assert record.fields["summary"] == "漏水"
    assert len(said) == 1
    path.unlink()
    with pytest.raises(Broken, match="git checkout"):
        store.record(TICKET)
    assert store.seen(TICKET)[0].fields["summary"] == "漏水"


def test_a_head_that_is_not_the_fold_is_not_worked_with(store: Store, founded: Office) -> None:
    path = store.root / FILE
    path.write_text(path.read_text("utf-8").replace("state: registered", "state: closed"), "utf-8")
    Office(store.root, founded.clock.now).commit_by_hand()
    with pytest.raises(Broken, match="state are not what its history says"):
        Store(store.root).record(TICKET)


def test_the_actor_is_gits_identity_joined_to_the_staff_by_e_mail(store: Store, founded: Office) -> None:
    now = founded.clock.now
    with identity(("随便", "LI.NA@example.com")):
        actor, author, committer = store.actor(now)
    assert (actor.code, actor.posts) == ("li.na", {"manager", "anyone"})
    assert author == committer == ("随便", "LI.NA@example.com")
    with identity(("谁", "nobody@example.com")), pytest.raises(Refused, match="pmcs staff add"):
        store.actor(now)
    with identity(MANAGER), pytest.raises(Refused, match="shared counters only"):
        store.actor(now, "li.na")


def test_at_a_counter_one_says_who_acts(store: Store, founded: Office) -> None:
    settings = store.root / "pmcs.yaml"
    settings.write_text(settings.read_text("utf-8").replace("counters: []", "counters: [counter@example.com]"), "utf-8")
    store = Store(store.root)
    with identity(("前台", "counter@example.com")):
        with pytest.raises(BadInput, match="--as"):
            store.actor(founded.clock.now)
        with pytest.raises(NotFound):
            store.actor(founded.clock.now, "ghost")
        actor, author, committer = store.actor(founded.clock.now, "li.na")
    assert (actor.code, actor.counter) == ("li.na", True)
    assert (author.email, committer.email) == ("li.na@example.com", "counter@example.com")


def test_the_lock_is_free_again_whatever_happens_inside(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing("new"):
        raise ZeroDivisionError
    with store_lock(store.local.lock, timeout=0):
        pass


def test_a_store_that_keeps_nothing_makes_no_local_state(store: Store) -> None:
    shutil.rmtree(store.root / ".git/pmcs")
    looked = Store(store.root, keep=False)
    assert looked.config.office == "阳光花园"
    assert looked.find("A01", ("ticket",)) == TICKET
    assert not (store.root / ".git/pmcs").exists()


def test_the_last_commit_of_records_is_not_a_reports(store: Store, founded: Office) -> None:
    office = Office(store.root, founded.clock.now)
    before = store.last_record_commit()
    office.do("report monthly 2026-11")
    assert Store(store.root).last_record_commit() == before
    office.do("ticket urge A01")
    assert Store(store.root).last_record_commit() != before
