"""Git as pmcs uses it, against the real program."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmcs.errors import BadInput, Broken, Busy, PmcsError, Unable
from pmcs.store import git_process
from pmcs.store.git import Repository
from pmcs.store.git_place import Head
from pmcs.store.git_process import git
from pmcs.store.git_stream import Identity, check_path

LI_NA = Identity("李娜", "li.na@example.org")
COUNTER = Identity("前台", "counter@example.org")
NINE = datetime(2026, 11, 23, 9, 12, 4, tzinfo=timezone(timedelta(hours=8)))
TICKET = "ticket/2026/11/23/T20261123-A01.yaml"


def asked(repository, *args):
    return subprocess.run(
        ["git", "-C", repository.root, *args], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def save(repository, changes, message="ticket: new", when=NINE):
    return repository.commit(changes, message, LI_NA, COUNTER, when, repository.head().oid)


@pytest.fixture
def repository(tmp_path):
    return Repository.create(tmp_path / "物业 档案")


@pytest.fixture
def fake_git(tmp_path, monkeypatch):
    def put(words):
        folder = tmp_path / "bin"
        folder.mkdir()
        if words:
            (folder / "git").write_text(f"#!/bin/sh\necho '{words}'\n")
            (folder / "git").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        git_process.require_git.cache_clear()

    yield put
    git_process.require_git.cache_clear()


def test_the_first_action_of_a_new_store_is_its_first_commit(repository):
    assert repository.head() == Head("refs/heads/main", None)
    oid = save(
        repository, [(TICKET, "summary: 漏水\n".encode())], "ticket T20261123-A01: new\n\nClause: 7.1\nActor: li.na"
    )
    assert repository.head() == Head("refs/heads/main", oid)
    assert asked(repository, "rev-parse", "HEAD").strip() == oid
    assert asked(repository, "show", f"HEAD:{TICKET}") == "summary: 漏水\n"
    assert asked(repository, "log", "--format=%an|%ae|%cn|%ce|%aI|%cI").strip() == (
        "李娜|li.na@example.org|前台|counter@example.org|2026-11-23T09:12:04+08:00|2026-11-23T09:12:04+08:00"
    )
    asked(repository, "fsck", "--strict")


def test_the_second_keeps_what_is_there_and_may_delete(repository):
    first = save(repository, [("a.yaml", b"a: 1\n"), ("b/c.yaml", b"c: 1\n"), ("b/d.yaml", b"d: 1\n")])
    second = save(repository, [("a.yaml", b"a: 2\n"), ("b/c.yaml", None)])
    assert asked(repository, "ls-tree", "-r", "--name-only", "HEAD").split() == ["a.yaml", "b/d.yaml"]
    assert asked(repository, "rev-parse", "HEAD^").strip() == first
    assert list(repository.diff(first, second)) == [("a.yaml", repository.blob_oid(b"a: 2\n")), ("b/c.yaml", None)]
    assert list(repository.diff(first, second, "b")) == [("b/c.yaml", None)]
    assert dict(repository.diff(None, second)) == dict(repository.tree(second))
    assert [path for path, _ in repository.tree(second, "b")] == ["b/d.yaml"]
    assert repository.contains(second, first)
    assert not repository.contains(first, second)


@pytest.mark.parametrize(
    "name", ["台账/漏水 报修.yaml", 'a "quoted" name', "back\\slash", "-dash", "a*b[c]", "'single'"]
)
def test_any_name_of_a_file_survives(repository, name):
    oid = save(repository, [(name, b"x\n"), ("other", b"y\n")])
    assert dict(repository.tree(oid, name)) == {name: repository.blob_oid(b"x\n")}
    assert [commit.oid for commit in repository.log(name)] == [oid]
    (repository.root / name).parent.mkdir(exist_ok=True)
    (repository.root / name).write_bytes(b"x\n")
    assert repository.refresh_index([name])
    assert asked(repository, "ls-files", "-z") == f"{name}\0"


@pytest.mark.parametrize("name", ["a\nb", "../a", "/a", "a//b", "", "a/", ".git/config", "x/.GIT/hooks/y", "a\0b"])
def test_a_name_that_git_cannot_hold_or_that_leads_outside_is_refused(repository, name):
    with pytest.raises(BadInput):
        save(repository, [(name, b"")])
    assert repository.head().oid is None
    assert list(repository.git_dir.glob("fast_import_crash*")) == []


@given(st.text(min_size=1, max_size=12))
def test_a_path_is_allowed_exactly_if_it_stays_inside(name):
    outside = name.startswith("/") or any(part in ("", ".", "..", ".git") for part in name.lower().split("/"))
    control = any(ord(letter) < 32 or ord(letter) == 127 for letter in name)
    if outside or control:
        with pytest.raises(BadInput):
            check_path(name)
    else:
        check_path(name)


@pytest.mark.parametrize(
    ("name", "email", "shown"),
    [
        ("a <b>\nauthor c", "x>y\nz", "a b author c|xyz"),
        ("", "li@example.org", "li@example.org|li@example.org"),
        ("<>", "", "-|"),
    ],
)
def test_a_name_cannot_break_out_of_its_line(repository, name, email, shown):
    who = Identity(name, email)
    repository.commit([("a", b"")], "x\ncommit refs/heads/evil\n\0", who, who, NINE, None)
    assert asked(repository, "log", "--format=%an|%ae").strip() == shown
    assert asked(repository, "branch", "--format=%(refname)").split() == ["refs/heads/main"]
    asked(repository, "fsck", "--strict")


@pytest.mark.parametrize(
    ("offset", "shown"),
    [
        (timedelta(hours=-3, minutes=-30), "-03:30"),
        (timedelta(0), "+00:00"),
        (timedelta(hours=5, minutes=45), "+05:45"),
    ],
)
def test_the_time_zone_of_an_action_is_kept(repository, offset, shown):
    save(repository, [("a", b"")], when=datetime(2026, 11, 23, 9, 12, 4, tzinfo=timezone(offset)))
    assert asked(repository, "log", "--format=%ad", "--date=iso-strict").strip() in (
        f"2026-11-23T09:12:04{shown}",
        "2026-11-23T09:12:04Z",
    )


def test_a_clock_before_1970_is_told_so(repository):
    with pytest.raises(BadInput, match="before 1970"):
        save(repository, [("a", b"")], when=datetime(1965, 1, 1, tzinfo=UTC))


def test_somebody_who_committed_meanwhile_is_not_overrun(repository):
    first = save(repository, [("a", b"1")])

    def changes():
        yield "a", b"3"
        theirs = git(repository.root, "commit-tree", "-p", first, "-m", "theirs", f"{first}^{{tree}}", env=ENV_IDENTITY)
        git(repository.root, "update-ref", "refs/heads/main", theirs.stdout.decode().strip())

    with pytest.raises(Busy, match="same moment"):
        save(repository, changes())
    assert asked(repository, "log", "--format=%s").split() == ["theirs", "ticket:", "new"]
    with pytest.raises(Busy, match="same moment"):
        repository.commit([("a", b"")], "x", LI_NA, COUNTER, NINE, first)


ENV_IDENTITY = {
    "GIT_AUTHOR_NAME": "w",
    "GIT_AUTHOR_EMAIL": "w@example.org",
    "GIT_COMMITTER_NAME": "w",
    "GIT_COMMITTER_EMAIL": "w@example.org",
}


def test_what_fails_while_it_is_read_saves_nothing(repository):
    def changes():
        yield "a", b"1"
        raise LookupError

    with pytest.raises(LookupError):
        save(repository, changes())
    assert repository.head().oid is None
    assert list(repository.git_dir.glob("fast_import_crash*")) == []
    asked(repository, "fsck")


def test_an_import_of_thousands_is_one_commit(repository):
    oid = save(repository, ((f"t/{n % 40}/{n}.yaml", b"n: %d\n" % n) for n in range(3000)))
    assert sum(1 for _ in repository.tree(oid)) == 3000
    blobs = [blob for _, blob in repository.tree(oid)]
    assert sum(len(data) for _, data in repository.blobs(iter(blobs))) == sum(len(f"n: {n}\n") for n in range(3000))
    assert asked(repository, "rev-list", "--count", "HEAD").strip() == "1"


def test_blobs_come_in_the_order_asked_and_may_be_left_early(repository):
    texts = [b"", b"a\n\n", "漏水".encode() * 50_000, b"\0\xff"]
    save(repository, [(str(n), text) for n, text in enumerate(texts)])
    oids = [repository.blob_oid(text) for text in texts]
    assert list(repository.blobs([*oids, oids[0]])) == [*zip(oids, texts, strict=True), (oids[0], b"")]
    reading = repository.blobs(oids * 2000)
    assert next(reading) == (oids[0], b"")
    reading.close()
    with pytest.raises(Broken, match="git fsck"):
        list(repository.blobs(["0" * 39 + "1"]))


def test_blob_ids_are_git_s_own(repository):
    for data in (b"", "漏水\n".encode()):
        assert (
            repository.blob_oid(data)
            == git(repository.root, "hash-object", "--stdin", stdin=data).stdout.decode().strip()
        )


def test_a_sha256_repository_works_alike(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256")
    repository = Repository.discover(tmp_path)
    oid = save(repository, [("a", b"x")])
    assert len(oid) == 64
    assert repository.head().oid == oid
    assert list(repository.diff(None, oid)) == [("a", repository.blob_oid(b"x"))]
    assert repository.point_index({"a": repository.blob_oid(b"x")})
    assert repository.point_index({"a": None})


def test_the_log_of_one_file(repository):
    assert repository.log("a") == []
    assert repository.last_commit() is None
    first = save(repository, [("a", b"1")], "ticket T1: new\n\nnote\n\nRecord: T1\nClause: 7.1")
    save(repository, [("b/x", b"1")])
    third = save(repository, [("a", b"2")], "ticket T1: resolve", NINE + timedelta(hours=1))
    log = repository.log("a")
    assert [commit.oid for commit in log] == [third, first]
    assert log[1].trailers == (("Record", "T1"), ("Clause", "7.1"))
    assert (log[1].subject, log[1].author, log[1].when, log[0].trailers) == ("ticket T1: new", LI_NA, NINE, ())
    assert [commit.oid for commit in repository.log("a", 1)] == [third]
    assert repository.last_commit("a") == (third, NINE + timedelta(hours=1))
    assert repository.last_commit("b")[1] == NINE
    assert repository.last_commit("nowhere") is None


def test_head_is_read_as_git_reads_it(repository):
    first = save(repository, [("a", b"1")])
    asked(repository, "pack-refs", "--all", "--prune")
    assert repository.head() == Head("refs/heads/main", first)
    second = save(repository, [("a", b"2")])
    assert repository.head().oid == second
    asked(repository, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    asked(repository, "symbolic-ref", "HEAD", "refs/heads/alias")
    assert repository.head().oid == second
    asked(repository, "update-ref", "--no-deref", "HEAD", first)
    assert repository.head() == Head(None, first)
    with pytest.raises(Busy, match="git switch main"):
        repository.ready()


@pytest.mark.parametrize(
    ("mark", "end"),
    [
        ("MERGE_HEAD", "merge --abort"),
        ("CHERRY_PICK_HEAD", "cherry-pick --abort"),
        ("rebase-merge", "rebase --abort"),
        ("BISECT_LOG", "bisect reset"),
    ],
)
def test_in_the_middle_of_something_pmcs_waits(repository, mark, end):
    (repository.git_dir / mark).touch()
    with pytest.raises(Busy, match=f"git {end}"):
        repository.ready()
    assert repository.head().ref == "refs/heads/main"


def test_the_repository_is_found_from_any_folder_of_it(repository, tmp_path):
    deep = repository.root / "records" / "ticket"
    deep.mkdir(parents=True)
    assert Repository.discover(deep).root == repository.root
    assert Repository.discover(tmp_path) is None
    (tmp_path / "link").symlink_to(deep)
    assert Repository.discover(tmp_path / "link").root == repository.root


def test_a_worktree_has_its_own_head_and_shares_the_rest(repository, tmp_path):
    save(repository, [("a", b"1")])
    asked(repository, "worktree", "add", "-q", "-b", "other", tmp_path / "second")
    second = Repository.discover(tmp_path / "second")
    assert second.common_dir == repository.git_dir
    assert second.git_dir != repository.git_dir
    oid = save(second, [("b", b"2")])
    assert second.head() == Head("refs/heads/other", oid)
    assert repository.head().oid != oid


def test_a_submodule_is_a_repository_of_its_own(repository, tmp_path):
    save(repository, [("a", b"1")])
    house = Repository.create(tmp_path / "house")
    asked(house, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repository.root, "records")
    found = Repository.discover(house.root / "records")
    assert (found.root, found.git_dir) == (house.root / "records", house.git_dir / "modules" / "records")
    assert save(found, [("b", b"2")]) == found.head().oid


def test_a_bare_repository_has_no_room_for_files(tmp_path):
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(BadInput, match="bare"):
        Repository.discover(tmp_path / "bare")


def test_who_acts_is_what_git_was_told_and_never_guessed(repository, monkeypatch):
    with pytest.raises(BadInput, match=r"git config --global user.name") as caught:
        repository.author()
    assert "user.email" in str(caught.value)
    asked(repository, "config", "user.name", "李娜")
    with pytest.raises(BadInput):
        repository.author()
    asked(repository, "config", "user.email", "li.na@example.org")
    assert repository.author() == LI_NA
    monkeypatch.setenv("GIT_AUTHOR_NAME", "王强")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "nonsense")
    assert repository.author() == Identity("王强", "li.na@example.org")


def test_an_identity_given_as_configuration_in_the_environment_counts(repository, monkeypatch):
    for n, (key, value) in enumerate([("user.name", "李娜"), ("user.email", "li.na@example.org")]):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{n}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{n}", value)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    assert repository.author() == LI_NA


def test_cron_has_neither_home_nor_anything_else(repository, monkeypatch):
    for name in list(os.environ):
        monkeypatch.delenv(name)
    oid = save(repository, [("a", b"1")])
    (repository.root / "a").write_bytes(b"1")
    assert repository.refresh_index(["a"])
    assert repository.log("a")[0].oid == oid
    with pytest.raises(BadInput, match=r"user\.name"):
        repository.author()


def test_a_hook_s_environment_does_not_lead_elsewhere(repository, tmp_path, monkeypatch):
    other = Repository.create(tmp_path / "other")
    for name, value in {
        "GIT_DIR": other.git_dir,
        "GIT_WORK_TREE": other.root,
        "GIT_INDEX_FILE": other.git_dir / "index",
        "GIT_OBJECT_DIRECTORY": other.git_dir / "objects",
        "GIT_TRACE": "1",
    }.items():
        monkeypatch.setenv(name, str(value))
    save(repository, [("a", b"1")])
    (repository.root / "a").write_bytes(b"1")
    assert repository.refresh_index(["a"])
    assert repository.head().oid
    assert other.head().oid is None
    assert not (other.git_dir / "index").exists()


def test_no_hook_runs(repository):
    for name in ("reference-transaction", "post-index-change"):
        hook = repository.git_dir / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\ntouch ran\nexit 1\n")
        hook.chmod(0o755)
    save(repository, [("a", b"1")])
    (repository.root / "a").write_bytes(b"1")
    assert repository.refresh_index(["a"])
    assert not list(repository.root.rglob("ran"))


def test_the_index_takes_our_files_and_leaves_the_user_s(repository):
    save(repository, [("a", b"1"), ("gone", b"1"), ("theirs", b"1")])
    asked(repository, "reset", "-q", "--hard")
    (repository.root / "theirs").write_bytes(b"staged")
    asked(repository, "add", "theirs")
    (repository.root / "theirs").write_bytes(b"edited")
    (repository.root / "new").write_bytes(b"untracked")
    save(repository, [("a", b"2"), ("gone", None)])
    (repository.root / "a").write_bytes(b"2")
    (repository.root / "gone").unlink()
    assert repository.refresh_index(["a", "gone"])
    assert asked(repository, "status", "--porcelain").splitlines() == ["MM theirs", "?? new"]


def test_an_index_that_somebody_holds_is_left_alone(repository):
    save(repository, [("a", b"1")])
    (repository.root / "a").write_bytes(b"1")
    lock = repository.git_dir / "index.lock"
    lock.touch()
    assert not repository.refresh_index(["a"], patience=0)
    assert lock.exists()


def test_a_branch_that_somebody_holds_is_busy(repository, monkeypatch):
    monkeypatch.setattr(git_process, "_SETTINGS", ("core.filesRefLockTimeout=0",))
    lock = repository.git_dir / "refs" / "heads" / "main.lock"
    lock.touch()
    with pytest.raises(Busy, match=r"main\.lock"):
        save(repository, [("a", b"1")])


@pytest.mark.parametrize("words", ["git version 2.38.9", "git version 1.9", "nonsense"])
def test_a_git_that_is_too_old_is_refused(repository, fake_git, words):
    fake_git(words)
    with pytest.raises(Unable, match=r"2\.39"):
        save(repository, [("a", b"")])


def test_newer_gits_are_fine(fake_git):
    fake_git("git version 3.0.0-rc1 (Apple)")
    git_process.require_git()


def test_no_git_at_all(repository, fake_git):
    fake_git("")
    with pytest.raises(Unable, match="not installed"):
        repository.author()


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ("fatal: detected dubious ownership in repository at '/s'", Unable, "safe.directory /s"),
        ("fatal: write error: No space left on device", Unable, "full"),
        ("error: insufficient permission for adding an object", Unable, "permissions"),
        ("warning: x\nfatal: something {odd}", Unable, r"fatal: something \{odd\}"),
        ("", Unable, "no reason"),
    ],
)
def test_what_git_complains_of_becomes_one_sentence(tmp_path, said, kind, words):
    error = git_process.trouble(said.encode(), tmp_path.__class__("/s"))
    assert isinstance(error, PmcsError)
    with pytest.raises(kind, match=words):
        raise error
