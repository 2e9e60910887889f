"""A power cut at every step of an action, and what the next command makes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmcs.errors import Busy, Refused, Unable
from pmcs.store import journal as journal_module
from pmcs.store import transaction
from pmcs.store.git import Repository
from pmcs.store.git_process import start
from pmcs.store.git_stream import Identity
from pmcs.store.journal import read_journal, write_journal
from pmcs.store.lock import store_lock
from pmcs.store.transaction import apply, journal_pending, mend

WHO = Identity("李娜", "li.na@example.org")
NOW = datetime(2026, 11, 23, 1, 12, 4, tzinfo=UTC)
OLD = {"records/ticket/甲.yaml": b"state: open\n", "records/丙.yaml": b"gone soon\n"}
NEW = {"records/ticket/甲.yaml": b"state: closed\n", "records/ticket/2026/乙.yaml": b"new\n"}
CHANGES = [*NEW.items(), ("records/丙.yaml", None)]
THEIRS = ["M  theirs/staged.txt", " M theirs/edited.txt", "?? theirs/new.txt"]

# Runs an action and kills itself, as `kill -9` does, around the n-th call of one function.
CHILD = """
import importlib, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from pmcs.store import transaction
from pmcs.store.git import Repository
from pmcs.store.git_stream import Identity
from pmcs.store.lock import store_lock

root, what, where, name, nth, side = sys.argv[1:]
owner = importlib.import_module(where.partition(":")[0])
for part in filter(None, where.partition(":")[2].split(".")):
    owner = getattr(owner, part)
real, calls = getattr(owner, name), 0

def patched(*args, **kwargs):
    global calls
    calls += 1
    if calls == int(nth) and side == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*args, **kwargs)
    if calls == int(nth) and side == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, name, patched)
repository = Repository.discover(Path(root))
state = repository.git_dir / "pmcs" / "root"
who = Identity("李娜", "li.na@example.org")
with store_lock(repository.common_dir / "pmcs" / "lock", what):
    if what == "mend":
        transaction.mend(repository, state)
    else:
        changes = eval(what)
        before = {path: transaction.present(repository, path) for path, _ in changes}
        moment = datetime(2026, 11, 23, 1, 12, 4, tzinfo=UTC)
        print(transaction.apply(repository, state, changes, "act", who, who, moment, before=before), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""

IN_APPLY = [
    ("pmcs.store.transaction", "write_journal", 1, "before"),
    ("os", "fsync", 1, "before"),
    ("pmcs.store.transaction", "write_journal", 1, "after"),
    ("pmcs.store.git:Repository", "commit", 1, "before"),
    ("pmcs.store.git_stream", "_quoted", 2, "before"),
    ("pmcs.store.git_stream", "_signature", 1, "before"),
    ("pmcs.store.git:Repository", "commit", 1, "after"),
    # The first is the journal's, the others are the files'.
    ("os", "replace", 1, "before"),
    ("os", "replace", 2, "before"),
    ("os", "replace", 2, "after"),
    ("os", "mkdir", 2, "after"),
    ("os", "replace", 3, "before"),
    ("pmcs.store.worktree", "_delete", 1, "before"),
    ("pmcs.store.worktree", "_delete", 1, "after"),
    ("pmcs.store.worktree", "keep_names", 1, "before"),
    ("pmcs.store.git:Repository", "refresh_index", 1, "before"),
    ("pmcs.store.git:Repository", "refresh_index", 1, "after"),
    ("pmcs.store.transaction", "drop_journal", 1, "before"),
    ("pmcs.store.transaction", "drop_journal", 1, "after"),
]
IN_MEND = [
    ("pmcs.store.transaction", "clear_locks", 1, "after"),
    ("os", "replace", 1, "before"),
    ("os", "replace", 1, "after"),
    ("os", "replace", 2, "after"),
    ("pmcs.store.git:Repository", "refresh_index", 1, "before"),
    ("pmcs.store.git:Repository", "refresh_index", 1, "after"),
    ("pmcs.store.transaction", "drop_journal", 1, "before"),
]


def asked(root, *args):
    return subprocess.run(
        ["git", "-C", root, *args], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def killed(root, what, step, child=CHILD):
    """What the child had acknowledged before it was killed."""
    done = subprocess.run(
        [sys.executable, "-c", child, root, what, step[0], *map(str, step[1:])],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == -signal.SIGKILL
    return done.stdout.strip()


def state(repository):
    return repository.git_dir / "pmcs" / "root"


def act(repository, changes, **more):
    before = {path: transaction.present(repository, path) for path, _ in changes}
    return apply(repository, state(repository), changes, "act", WHO, WHO, NOW, **({"before": before} | more))


def status(root):
    return sorted(asked(root, "-c", "core.quotePath=false", "status", "--porcelain", "-uall").splitlines())


def files(root):
    return {path: (root / path).read_bytes() for path in {*OLD, *NEW} if (root / path).exists()}


def whole(repository, acknowledged=""):
    """Nothing is pending, and the action is there altogether or not at all."""
    assert not journal_pending(state(repository))
    assert status(repository.root) == sorted(THEIRS)
    assert (repository.root / "theirs/edited.txt").read_bytes() == b"edited by hand"
    assert not list(repository.root.rglob(".pmcs.tmp"))
    asked(repository.root, "fsck", "--strict", "--no-dangling")
    count = int(asked(repository.root, "rev-list", "--count", "HEAD"))
    assert files(repository.root) == {1: OLD, 2: NEW}[count]
    if acknowledged:
        assert repository.head().oid == acknowledged
    return count == 2


@pytest.fixture
def repository(tmp_path):
    """A store in a folder of a repository that holds the user's own work too."""
    made = Repository.create(tmp_path / "物业")
    theirs = [(f"theirs/{name}.txt", b"theirs") for name in ("staged", "edited")]
    apply(made, state(made), [*OLD.items(), *theirs], "before", WHO, WHO, NOW)
    (made.root / "theirs/staged.txt").write_bytes(b"staged by hand")
    asked(made.root, "add", "theirs/staged.txt")
    (made.root / "theirs/edited.txt").write_bytes(b"edited by hand")
    (made.root / "theirs/new.txt").write_bytes(b"new")
    return made


def test_an_action_is_one_commit_of_its_own_files(repository):
    oid = act(repository, CHANGES)
    assert whole(repository, oid)
    shown = asked(repository.root, "show", "--format=", "--name-only", "-z", "HEAD")
    assert sorted(shown.strip("\0").split("\0")) == sorted(path for path, _ in CHANGES)


@pytest.mark.parametrize("step", IN_APPLY, ids=lambda step: "-".join(map(str, step[1:])))
def test_killed_at_any_step_it_is_whole_after_the_next_command(repository, step):
    assert killed(repository.root, repr(CHANGES), step) == ""
    mend(repository, state(repository))
    happened = whole(repository)
    assert mend(repository, state(repository)) == []
    if not happened:
        act(repository, CHANGES)
        assert whole(repository)


def test_killed_after_it_was_acknowledged_nothing_is_left_to_do(repository):
    acknowledged = killed(repository.root, repr(CHANGES), ("os", "abort", 1, "before"))
    assert len(acknowledged) == 40
    assert whole(repository, acknowledged)


@pytest.mark.parametrize("step", IN_MEND, ids=lambda step: "-".join(map(str, step[1:])))
def test_the_mending_may_be_killed_too(repository, step):
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "after"))
    assert files(repository.root) == OLD
    killed(repository.root, "mend", step)
    assert journal_pending(state(repository))
    mend(repository, state(repository))
    assert whole(repository)


def test_what_it_did_is_said(repository):
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "before"))
    assert [str(line) for line in mend(repository, state(repository))] == [
        "An action that was interrupted before it was saved has left nothing behind."
    ]
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "after"))
    assert [str(line) for line in mend(repository, state(repository))] == [
        "An interrupted action was saved, and is complete now (3 files)."
    ]


IN_SIGNING = [
    ("pmcs.store.git:Repository", "_signed", 1, "before"),
    ("pmcs.store.git_commit", "git", 2, "before"),
    ("pmcs.store.git_commit", "git", 2, "after"),
    ("pmcs.store.git_commit", "git", 3, "before"),
    ("pmcs.store.git_commit", "git", 3, "after"),
    ("pmcs.store.git:Repository", "drop_scratch", 1, "before"),
    ("pmcs.store.git:Repository", "drop_scratch", 1, "after"),
    ("pmcs.store.git:Repository", "_signed", 1, "after"),
]


@pytest.mark.parametrize("step", IN_SIGNING, ids=lambda step: "-".join(map(str, step[1:])))
def test_killed_while_it_is_signed_it_is_whole_too_and_leaves_no_scratch(repository, tmp_path, step):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    child = CHILD.replace("before=before)", f"before=before, key={str(key)!r})")
    assert killed(repository.root, repr(CHANGES), step, child) == ""
    mend(repository, state(repository))
    happened = whole(repository)
    assert asked(repository.root, "for-each-ref", "--format=%(refname)").split() == ["refs/heads/main"]
    if not happened:
        act(repository, CHANGES, key=str(key))
        assert whole(repository)
    assert "\ngpgsig " in asked(repository.root, "cat-file", "commit", "HEAD")


@pytest.mark.parametrize("side", ["before", "after"])
def test_killed_in_the_first_action_of_a_store(tmp_path, side):
    made = Repository.create(tmp_path / "s")
    killed(made.root, repr([*OLD.items()]), ("pmcs.store.git:Repository", "commit", 1, side))
    mend(made, state(made))
    assert (made.head().oid is None) == (side == "before")
    assert files(made.root) == ({} if side == "before" else OLD)
    assert status(made.root) == []


@pytest.mark.parametrize(
    "step",
    [("pmcs.store.git:Repository", "commit", 1, "before"), ("os", "replace", 150, "after")],
    ids=["none", "half"],
)
def test_killed_in_an_import_too_big_to_list(repository, step):
    many = [(f"records/many/{n % 7}/{n}.yaml", b"n\n") for n in range(300)]
    killed(repository.root, repr(many), step)
    assert read_journal(state(repository)).steps is None
    mend(repository, state(repository))
    assert status(repository.root) == sorted(THEIRS)
    assert len(list(repository.root.glob("records/many/*/*.yaml"))) == (300 if step[1] == "replace" else 0)
    assert not list(repository.root.rglob(".pmcs.tmp"))


def test_a_hand_edit_made_after_the_kill_is_left_and_not_staged(repository):
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "after"))
    edited = repository.root / "records/ticket/甲.yaml"
    edited.write_bytes(b"by hand\n")
    mend(repository, state(repository))
    assert edited.read_bytes() == b"by hand\n"
    assert status(repository.root) == sorted([*THEIRS, " M records/ticket/甲.yaml"])


def test_a_commit_of_the_user_s_after_the_kill_stays(repository):
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "before"))
    asked(repository.root, "-c", "user.name=w", "-c", "user.email=w@example.org", "commit", "-qm", "theirs")
    assert mend(repository, state(repository)) == []
    assert files(repository.root) == OLD
    assert status(repository.root) == sorted(THEIRS[1:])


def test_a_branch_set_back_by_the_user_after_the_kill_is_not_written_over(repository):
    act(repository, [("records/ticket/甲.yaml", b"second\n")])
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "after"))
    asked(repository.root, "reset", "-q", "--soft", "HEAD~2")
    mend(repository, state(repository))
    assert (repository.root / "records/ticket/甲.yaml").read_bytes() == b"second\n"


@pytest.mark.parametrize("rubbish", [b"", b'["abc", "refs/he', b"{}", b"null", b"[1,2,3,4,5]", b"\xff"])
def test_a_journal_cut_short_says_that_nothing_began(repository, rubbish):
    state(repository).mkdir(parents=True, exist_ok=True)
    (state(repository) / "journal.json").write_bytes(rubbish)
    assert mend(repository, state(repository)) == []
    assert not journal_pending(state(repository))
    act(repository, CHANGES)
    assert whole(repository)


LOCKS = ["index.lock", "HEAD.lock", "refs/heads/main.lock", "fast_import_crash_77"]


def locks(repository):
    return [name for name in LOCKS if (repository.git_dir / name).exists()]


def leave_locks(repository, since):
    for name in LOCKS:
        (repository.git_dir / name).touch()
        moment = time.time() + since
        os.utime(repository.git_dir / name, (moment, moment))


def test_the_locks_of_a_git_killed_with_pmcs_are_removed(repository):
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "before"))
    leave_locks(repository, 0)
    mend(repository, state(repository))
    assert locks(repository) == []
    act(repository, CHANGES)
    assert whole(repository)


def test_locks_older_than_the_action_are_somebody_else_s(repository):
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "before"))
    leave_locks(repository, -3600)
    mend(repository, state(repository))
    assert locks(repository) == LOCKS


def test_locks_stay_while_a_git_is_running_here(repository):
    killed(repository.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "before"))
    with subprocess.Popen(["git", "cat-file", "--batch"], cwd=repository.root, stdin=-1, stdout=-1) as theirs:
        theirs.stdin.write(b"HEAD\n")
        theirs.stdin.flush()
        theirs.stdout.readline()
        leave_locks(repository, 5)
        mend(repository, state(repository))
        assert locks(repository) == LOCKS
        theirs.stdin.close()


@pytest.mark.parametrize(
    ("other", "alive"),
    [
        ({}, True),
        ({"started": "1"}, False),  # the number has been given to another process since
        ({"boot": "another"}, False),
        ({"host": "elsewhere"}, True),
    ],
)
def test_a_process_is_known_by_more_than_its_number(tmp_path, other, alive):
    write_journal(tmp_path, Repository.create(tmp_path / "r").head(), (), ())
    process = read_journal(tmp_path).process._replace(**other)
    assert journal_module._alive(process) is alive


def test_an_index_that_stays_locked_fails_no_action_and_is_made_good(repository, monkeypatch):
    monkeypatch.setattr(Repository.refresh_index, "__defaults__", (0,))
    lock = repository.git_dir / "index.lock"
    lock.touch()
    oid = act(repository, CHANGES)
    assert (repository.head().oid, files(repository.root)) == (oid, NEW)
    assert "do not run `git commit`" in str(mend(repository, state(repository))[-1])
    second = act(repository, [("records/second.yaml", b"2\n")])
    assert lock.exists()
    lock.unlink()
    assert mend(repository, state(repository)) == []
    assert status(repository.root) == sorted(THEIRS)
    assert repository.head().oid == second
    assert not journal_pending(state(repository))


def test_a_file_changed_by_hand_is_never_written_over(repository):
    head = repository.head()
    seen = {path: repository.blob_oid(data) for path, data in OLD.items()}
    place = repository.root / "records/ticket/甲.yaml"
    place.write_bytes(b"by hand\n")
    with pytest.raises(Refused, match=r"ticket/甲.yaml was changed by hand.*pmcs edit 甲.*git checkout -- records"):
        act(repository, CHANGES, before=seen)
    place.unlink()
    with pytest.raises(Refused, match="deleted by hand"):
        act(repository, CHANGES, before=seen)
    place.symlink_to("/dev/null")
    with pytest.raises(Refused, match="changed by hand"):
        act(repository, CHANGES, before=seen)
    place.unlink()
    place.write_bytes(OLD["records/ticket/甲.yaml"])
    (repository.root / "records/ticket/2026").mkdir()
    (repository.root / "records/ticket/2026/乙.yaml").write_bytes(b"mine")
    with pytest.raises(Refused, match="in the way"):
        act(repository, CHANGES, before=seen)
    assert repository.head() == head
    assert not journal_pending(state(repository))


def test_an_edit_that_was_read_may_be_replaced(repository):
    edited = b"edited by hand\n"
    (repository.root / "records/ticket/甲.yaml").write_bytes(edited)
    act(
        repository,
        CHANGES,
        before={path: repository.blob_oid(d) for path, d in OLD.items()}
        | {"records/ticket/甲.yaml": repository.blob_oid(edited)},
    )
    assert whole(repository)


def test_a_head_that_moved_since_the_record_was_read_is_busy(repository):
    head = repository.head()
    act(repository, [("records/other.yaml", b"")])
    with pytest.raises(Busy, match="same moment"):
        act(repository, CHANGES, head=head)


def test_a_link_to_elsewhere_is_not_followed(repository, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (repository.root / "records/link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unable, match="no link"):
        act(repository, [("records/link/x.yaml", b"")])
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_no_permission_is_noticed_before_anything_is_saved(repository, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: not path.endswith(b"ticket"))
    with pytest.raises(Unable, match=r"no permission to write in .*ticket"):
        act(repository, CHANGES)
    assert not whole(repository)


def test_a_full_disk_is_noticed_before_anything_is_saved(repository, monkeypatch):
    full = os.statvfs_result((4096, 4096, 10**6, 10, 10, 10, 10, 10, 0, 255))
    monkeypatch.setattr("os.statvfs", lambda _: full)
    with pytest.raises(Unable, match="full"):
        act(repository, CHANGES)
    assert not whole(repository)


def test_a_disk_that_fails_after_the_commit_says_that_it_is_saved(repository, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("pmcs.store.worktree._make_folder", lambda *_: Path("/proc/nothing").mkdir())
        with pytest.raises(Unable, match="is saved as commit"):
            act(repository, CHANGES)
    assert journal_pending(state(repository))
    mend(repository, state(repository))
    assert whole(repository)


def test_a_commit_that_git_refuses_leaves_nothing_behind(repository, monkeypatch):
    def refuse(*_):
        raise Busy("git is locked.")

    with monkeypatch.context() as broken:
        broken.setattr(Repository, "commit", refuse)
        with pytest.raises(Busy):
            act(repository, CHANGES)
    assert not whole(repository)


def test_in_the_middle_of_a_merge_nothing_is_saved(repository):
    (repository.git_dir / "MERGE_HEAD").write_text(repository.head().oid + "\n")
    with pytest.raises(Busy, match="merge --abort"):
        act(repository, CHANGES)
    (repository.git_dir / "MERGE_HEAD").unlink()
    asked(repository.root, "checkout", "-q", "--detach")
    with pytest.raises(Busy, match="detached"):
        act(repository, CHANGES)
    assert files(repository.root) == OLD
    assert not journal_pending(state(repository))


def test_two_worktrees_act_each_on_its_own_branch(repository, tmp_path):
    asked(repository.root, "worktree", "add", "-q", "-b", "second", tmp_path / "second")
    second = Repository.discover(tmp_path / "second")
    killed(second.root, repr(CHANGES), ("pmcs.store.git:Repository", "commit", 1, "after"))
    act(repository, [("records/here.yaml", b"")])
    mend(second, state(second))
    assert files(second.root) == NEW
    assert files(repository.root) == OLD
    assert status(second.root) == []


COUNT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pmcs.store.git import Repository
from pmcs.store.git_stream import Identity
from pmcs.store.lock import store_lock
from pmcs.store.transaction import apply, mend
who = Identity("a", "a@example.org")
repository = Repository.discover(Path(sys.argv[1]))
state = repository.git_dir / "pmcs" / "root"
place = repository.root / "records/count.yaml"
for _ in range(8):
    with store_lock(repository.common_dir / "pmcs" / "lock", "counting"):
        mend(repository, state)
        old = place.read_bytes()
        apply(repository, state, [("records/count.yaml", b"%d" % (int(old) + 1))], "count", who, who, datetime.now(UTC),
              before={"records/count.yaml": repository.blob_oid(old)})
"""


def test_two_counters_at_once_lose_nothing_of_each_other(repository):
    act(repository, [("records/count.yaml", b"0")])
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    pair = [subprocess.Popen([sys.executable, "-c", COUNT, repository.root], env=env) for _ in range(2)]
    assert [process.wait() for process in pair] == [0, 0]
    assert (repository.root / "records/count.yaml").read_bytes() == b"16"
    assert asked(repository.root, "rev-list", "--count", "HEAD").strip() == "18"
    assert status(repository.root) == sorted(THEIRS)


def test_a_git_that_outlives_a_killed_pmcs_keeps_the_lock(repository, tmp_path):
    """Else the next command would find nothing done, and the commit would come after all."""
    lock = tmp_path / "lock"
    with store_lock(lock):
        writing = start(repository.root, "cat-file", "--batch", fed=True, hold=True)
    with writing:
        with pytest.raises(Busy), store_lock(lock, timeout=0):
            pass
        writing.stdin.close()
        writing.wait()
        with store_lock(lock, timeout=0):
            reading = start(repository.root, "cat-file", "--batch", fed=True)
    with reading, store_lock(lock, timeout=0):
        reading.stdin.close()
