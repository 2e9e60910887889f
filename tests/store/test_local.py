from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.errors import BadInput, Broken, Unable
from pmcs.store.local import LocalState, local_state


def git(directory: Path, *words: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    run = subprocess.run(["git", *words], cwd=directory, env=os.environ | who, check=True, capture_output=True)
    return run.stdout.decode().strip()


def state_in(worktree: Path, store: str) -> LocalState:
    common, own = git(worktree, "rev-parse", "--path-format=absolute", "--git-common-dir", "--git-dir").splitlines()
    return local_state(Path(common), Path(own), store)


@pytest.fixture
def state(tmp_path: Path) -> LocalState:
    return local_state(tmp_path / ".git", tmp_path / ".git", "records")


def test_two_worktrees_share_keys_and_desk_and_lock_but_not_the_index(tmp_path: Path) -> None:
    main, other = tmp_path / "office", tmp_path / "other"
    main.mkdir()
    git(main, "init", "-q")
    git(main, "commit", "-q", "--allow-empty", "-m", "first")
    git(main, "worktree", "add", "-q", str(other))
    here, there = state_in(main, "records/"), state_in(other, "records/")
    assert (here.shared, here.lock) == (there.shared, there.lock)
    assert here.worktree != there.worktree
    here.write_desk("A")
    assert there.read_desk() == "A"
    assert git(main, "status", "--porcelain") == ""


def test_two_stores_of_one_repository_have_one_lock_and_nothing_else_in_common(tmp_path: Path) -> None:
    east, west = (local_state(tmp_path, tmp_path, name) for name in ("offices/east", "offices/west"))
    east.write_desk("A")
    west.write_desk("B")
    assert (east.read_desk(), west.read_desk()) == ("A", "B")
    assert east.lock == west.lock == tmp_path / "pmcs" / "lock"


def test_the_place_is_told_from_the_path_in_the_repository() -> None:
    def slug(store: str) -> str:
        return local_state(Path("c"), Path("g"), store).shared.name

    assert slug("") == slug(".") == slug("./") == "root"
    assert slug("records") == slug("records/") == slug("./records")
    assert slug("物业/翠湖 档案").startswith("物业-翠湖-档案-")
    # The path of one store is told from all others by the first of its SHA-256: printf %s records | sha256sum
    assert slug("records") == "records-a94e7bcf"
    assert len({slug(store) for store in ("a/b", "a-b", "a b", "root", "lock", "...", "")}) == 7


@given(st.lists(st.text(st.characters(exclude_characters="/\0", exclude_categories=())), min_size=1).map("/".join))
def test_any_path_of_a_store_gives_a_name_that_a_disk_takes(store: str) -> None:
    try:
        os.fsencode(store)
    except UnicodeEncodeError:
        return  # no path of any file
    state = local_state(Path("c"), Path("g"), store)
    name = state.shared.name
    assert state.shared == Path("c", "pmcs", name)
    assert state.worktree == Path("g", "pmcs", name)
    assert name not in {"", ".", "..", "lock"}
    assert "/" not in name
    assert len(name.encode()) <= 255


def test_a_clone_is_no_desk_until_it_is_named_and_asking_makes_nothing(state: LocalState, tmp_path: Path) -> None:
    assert state.read_desk() is None
    assert list(tmp_path.iterdir()) == []
    state.write_desk("B")
    assert state.read_desk() == "B"
    state.write_desk("AC")
    assert state.read_desk() == "AC"
    assert [path.name for path in state.shared.iterdir()] == ["desk"]


def test_what_is_made_is_for_this_user_only(state: LocalState) -> None:
    before = os.umask(0)
    try:
        state.write_desk("A")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (state.shared, state.shared.parent)] == [0o700, 0o700]


@pytest.mark.parametrize("letter", ["", "a", "ABC", "1", "A\n", " A", "../A", "Ä", "\uff21", "甲"])
def test_a_desk_is_one_or_two_capital_letters(state: LocalState, letter: str) -> None:
    state.write_desk("A")
    with pytest.raises(BadInput, match="capital letters"):
        state.write_desk(letter)
    assert state.read_desk() == "A"


def test_a_desk_typed_with_an_editor_counts(state: LocalState) -> None:
    state.write_desk("A")
    (state.shared / "desk").write_text("  C\n\n")
    assert state.read_desk() == "C"


@pytest.mark.parametrize("said", [b"", b"desk A\n", b"\xff\xfe", "甲".encode()])
def test_a_damaged_desk_is_told_with_its_path_and_mended_by_naming_it_again(state: LocalState, said: bytes) -> None:
    state.write_desk("A")
    path = state.shared / "desk"
    path.write_bytes(said)
    with pytest.raises(Broken) as told:
        state.read_desk()
    assert str(path) in str(told.value)
    state.write_desk("A")
    assert state.read_desk() == "A"


def test_a_write_that_fails_leaves_the_desk_as_it_was(state: LocalState, monkeypatch: pytest.MonkeyPatch) -> None:
    state.write_desk("A")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unable, match="No space left on device"):
        state.write_desk("B")
    assert state.read_desk() == "A"
    assert [path.name for path in state.shared.iterdir()] == ["desk"]


def test_a_place_where_nothing_can_be_made_or_read_is_one_sentence(state: LocalState) -> None:
    state.shared.parent.parent.mkdir()
    state.shared.parent.write_text("a file where the directory should be")
    with pytest.raises(Unable, match="cannot be made"):
        state.write_desk("A")
    state.shared.parent.unlink()
    (state.shared / "desk").mkdir(parents=True)
    with pytest.raises(Unable, match="cannot be read"):
        state.read_desk()
    with pytest.raises(Unable, match="cannot be written"):
        state.write_desk("A")
