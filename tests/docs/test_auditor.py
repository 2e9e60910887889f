"""An auditor who has nothing but a package, git and the page in it, types what the page says."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.session import FENCE, Reader, Typed, _entries, _found
from tests.stories.archive import no_pdf

PAGE = Path(__file__).resolve().parents[2] / "docs/auditor.md"
ALONE, OFFICE = "## With the package alone\n", "## In the office, with pmcs\n"
TOOLS = "awk bash cat comm cp cut find git grep head ls sed sha256sum sha512sum sort ssh-keygen tail tar uniq xargs"
TICKET = "ticket/2026/10/08/T20261008-A01.yaml"
OTHER = "ticket/2026/10/12/T20261012-A01.yaml"


class Handed(NamedTuple):
    """A package, and what the office knew when it was handed over."""

    folder: Path
    said: str
    keys: Path


class Alone(Reader):
    """Somebody with a few tools and no pmcs, who notes what each command prints."""

    def __init__(self, folder: Path, tools: Path) -> None:
        super().__init__(folder)
        self.tools = tools
        self.heard: dict[str, str] = {}

    def _pmcs(self, typed: Typed) -> str:
        raise AssertionError(f"line {typed.line}: there is no pmcs here")

    def _shell(self, typed: Typed) -> str:
        env = {"PATH": str(self.tools), "HOME": str(self.tools), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            [self.tools / "bash", "-c", typed.command],
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.code = done.returncode
        self.heard[typed.command] = said = done.stdout.decode()
        return said

    def listen(self, text: str) -> dict[str, str]:
        """Type it all, whatever comes of it; answers with what each command printed."""
        for block in FENCE.finditer(text):
            for entry in _entries(block["body"], 1):
                assert isinstance(entry, Typed)
                if entry.command.startswith("cd "):
                    self.folder = self.folder / entry.command.removeprefix("cd ")
                else:
                    self._shell(entry)
        return self.heard


def parts() -> tuple[str, str]:
    """The page up to the package, and what is for whoever has the package alone."""
    before, _, rest = PAGE.read_text("utf-8").partition(ALONE)
    return before, rest.partition(OFFICE)[0]


@pytest.fixture(scope="module")
def handed(tmp_path_factory) -> Handed:
    """The package of the page's own office; its store is gone."""
    top = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("pmcs.reports.pdf._made", no_pdf)
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        monkeypatch.chdir(top)
        for role in ("AUTHOR", "COMMITTER"):
            for part in ("NAME", "EMAIL"):
                monkeypatch.setenv(f"GIT_{role}_{part}", "")
        for name in ("HOME", "GIT_CONFIG_GLOBAL"):
            monkeypatch.setenv(name, str(top))
        told = []
        reader = Reader(top)
        act = reader._pmcs
        reader._pmcs = lambda typed: told.append(act(typed)) or told[-1]  # type: ignore[method-assign]
        reader.read(parts()[0])
    away = tmp_path_factory.mktemp("handed") / "YG-2026-10"
    shutil.copytree(top / "YG-2026-10", away)
    shutil.rmtree(top / "store")
    return Handed(away, "".join(told), top / ".homes")


@pytest.fixture(scope="module")
def tools(tmp_path_factory) -> Path:
    """What the page says that an auditor needs, and nothing else."""
    folder = tmp_path_factory.mktemp("bin")
    for name in TOOLS.split():
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def test_with_the_package_alone_each_question_has_its_answer(handed, tools, tmp_path):
    desk = tmp_path / "desk"
    desk.mkdir()
    shutil.copytree(handed.folder, desk / "YG-2026-10")
    assert (desk / "YG-2026-10/data/auditor.md").read_bytes() == PAGE.read_bytes()
    auditor = Alone(desk, tools)

    auditor.read(parts()[1])

    assert auditor.typed > 50
    # What the office was told when the package was built, and what the auditor works out, are the same.
    digest = re.search(r"清单摘要：(\w{64})", handed.said)
    assert digest
    assert digest[1] in heard(auditor.heard, "sha256sum manifest-sha256.txt")
    checkpoint = re.search(r"提交 (\w{40})，sha256 (\w{64})", handed.said)
    assert checkpoint
    assert checkpoint[2] in heard(auditor.heard, "sha256sum checkpoint/0001.yaml")
    assert f"head: {checkpoint[1]}" in heard(auditor.heard, "cat checkpoint/0001.yaml")
    for person in ("li.na", "zhao.min"):
        public = handed.keys / person / ".ssh/id_ed25519.pub"
        printed = subprocess.run(["ssh-keygen", "-lf", public], capture_output=True, text=True, check=True).stdout
        assert printed.split()[1] in heard(auditor.heard, "awk '{print $(NF-1)")


@pytest.fixture(scope="module")
def honest(handed, tools, tmp_path_factory) -> dict[str, str]:
    """What the commands print of the package as it was handed over."""
    return listen(handed, tools, tmp_path_factory.mktemp("honest"))


def test_nothing_is_printed_where_the_page_shows_nothing(honest):
    """Silence is the good answer, so it must be silence."""
    for block in FENCE.finditer(parts()[1]):
        for entry in _entries(block["body"], 1):
            if isinstance(entry, Typed) and not entry.printed and not entry.command.startswith("cd "):
                assert honest[entry.command] == "", entry.command


def heard(told: dict[str, str], start: str) -> str:
    """What the one command that begins so printed."""
    found = [said for command, said in told.items() if command.startswith(start)]
    assert len(found) == 1, start
    return found[0]


def listen(handed: Handed, tools: Path, tmp_path: Path, tamper: Callable[[Path], None] | None = None) -> dict[str, str]:
    desk = tmp_path / "tampered"
    desk.mkdir()
    shutil.copytree(handed.folder, desk / "YG-2026-10")
    if tamper:
        tamper(desk / "YG-2026-10")
    return Alone(desk, tools).listen(parts()[1])


# What somebody may do to a package ------------------------------------------------------------------------------------


def manifests(package: Path) -> None:
    """The manifests made anew, as a forger would."""
    for tag in ("", "tag"):
        for name in ("sha256", "sha512"):
            file = package / f"{tag}manifest-{name}.txt"
            lines = []
            for line in file.read_text("utf-8").splitlines():
                path = line.split("  ", 1)[1]
                if (package / path).is_file():
                    lines.append(f"{hashlib.new(name, (package / path).read_bytes()).hexdigest()}  {path}\n")
            file.write_text("".join(lines), "utf-8")


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, file
    file.write_text(text.replace(old, new), "utf-8")


def altered(package: Path) -> None:
    replace(package / "data/records" / TICKET, "已修复", "已更换")


def forged(package: Path) -> None:
    altered(package)
    manifests(package)


def added(package: Path) -> None:
    (package / "data/records/ticket/more.yaml").write_text("id: more\n", "utf-8")


def left_out(package: Path) -> None:
    (package / "data/records" / TICKET).unlink()
    catalogue = package / "data/catalogue.csv"
    lines = [line for line in catalogue.read_text("utf-8").splitlines() if "T20261008" not in line]
    catalogue.write_text("\n".join(lines), "utf-8")
    manifests(package)


def checkpoint(package: Path) -> None:
    replace(package / "data/checkpoint/0001.yaml", "2026-11-01", "2026-11-02")
    manifests(package)


def own_key(package: Path) -> None:
    """A forger's key in the place of the manager's."""
    file = package.parent / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    signers = package / "data/checkpoint/allowed_signers"
    lines = signers.read_text().splitlines(keepends=True)
    key = " ".join(file.with_name("stranger.pub").read_text().split()[:2])
    lines[0] = re.sub(r"ssh-ed25519 .*", key, lines[0])
    signers.write_text("".join(lines))
    manifests(package)


def history(change: Callable[[Path], None], message: str = "x", when: str = "2026-11-02T10:00:00+08:00"):
    """Another history in the package, committed by hand with a message of one's own."""

    def tamper(package: Path) -> None:
        clone = package.parent / "forger"
        # A fixed identity and time, and no settings of anybody.
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(package)}
        for role in ("AUTHOR", "COMMITTER"):
            env |= {f"GIT_{role}_NAME": "李娜", f"GIT_{role}_EMAIL": "li.na@example.com", f"GIT_{role}_DATE": when}

        def git(*words: str, folder: Path = clone) -> str:
            return subprocess.run(
                ["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=True
            ).stdout

        git("clone", "-q", str(package / "history.bundle"), str(clone), folder=package)
        before = git("rev-parse", "HEAD").strip()
        change(clone)
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", message)
        (package / "history.bundle").unlink()
        git("bundle", "create", "-q", str(package / "history.bundle"), "HEAD", "main")
        replace(package / "data/package.json", before, git("rev-parse", "HEAD").strip())
        for path in (package / "data/records").rglob("*.yaml"):
            now = clone / path.relative_to(package / "data/records")
            if now.exists():
                path.write_bytes(now.read_bytes())
        manifests(package)

    return tamper


SAID = "ticket T20261008-A01: note\n\nRecord: T20261008-A01\nAction: note\nActor: li.na\nPost: manager\nClause: 7\n"


def other_event(store: Path) -> None:
    replace(store / TICKET, "note: 已修复", "note: 已更换")


def deleted(store: Path) -> None:
    (store / OTHER).unlink()


def more(at: str, by: str) -> Callable[[Path], None]:
    def write(store: Path) -> None:
        file = store / TICKET
        file.write_text(f"{file.read_text('utf-8')}- at: {at}\n  by: {by}\n  do: note\n  note: 无\n", "utf-8")

    return write


def skipped(store: Path) -> None:
    text = (store / OTHER).read_text("utf-8")
    (store / OTHER).with_name("T20261012-A03.yaml").write_text(text.replace("A01", "A03"), "utf-8")


def in_clear(store: Path) -> None:
    replace(store / TICKET, "summary: 楼上卫生间漏水", "summary: 打13812345678")


def regulation(store: Path) -> None:
    replace(store / "regulation/2026-01-01/kinds/ticket.yaml", "normal: 3d office", "normal: 9d office")


def rewritten(store: Path) -> None:
    subprocess.run(["git", "reset", "-q", "--hard", "HEAD~6"], cwd=store, check=True)


def nothing(store: Path) -> None:
    pass


def unchanged(store: Path) -> None:
    more("2026-11-02T10:00:00+08:00", "li.na")(store)


TIMES, ACTORS = "git log -p -U0 --no-renames --format='commit %h", "git log -p -U0 --no-renames --format='commit %s"
LOST = "git log -p -U99999"
SIGNED = "git log --format='%h %G? %GS %ce'"
POSTS = "git log --format='%H %(trailers:key=Actor"


@pytest.mark.parametrize(
    ("tamper", "command", "says"),
    [
        (altered, "sha256sum --quiet -c", "FAILED"),
        (altered, "sha512sum --quiet -c", "FAILED"),
        (forged, "git status --short", f" M {TICKET}"),
        (added, "find data -type f", "data/records/ticket/more.yaml"),
        (left_out, "git log --since='2026-10-01T00:00:00+08:00' --until='2026-10-31T23:59:59+08:00' --name", "A01"),
        (checkpoint, "git status --short", " M checkpoint/0001.yaml"),
        (checkpoint, "ssh-keygen -Y verify", "Could not verify"),
        (own_key, SIGNED, "li.na@example.com"),
        (history(other_event, SAID), LOST, "已修复"),
        (history(other_event, SAID), SIGNED, " N "),
        (history(other_event), "git log --invert-grep", "李娜 x"),
        (history(deleted, SAID), "git log --diff-filter=DR", f"D\t{OTHER}"),
        (history(deleted, SAID), LOST, OTHER),
        (history(more("2026-10-20T10:00:00+08:00", "li.na"), SAID), TIMES, "2026-10-20T10:00:00+08:00"),
        (history(more("2026-11-02T10:00:00+08:00", "zhao.min"), SAID), ACTORS, "zhao.min"),
        (history(unchanged, SAID.replace("manager", "finance_clerk")), POSTS, "finance_clerk"),
        (history(unchanged, SAID, "2026-10-20T10:00:00+08:00"), "git log --reverse --topo-order", ""),
        (history(skipped, SAID), "git ls-files | sed -n", "missing: T20261012-A02"),
        (history(in_clear, SAID), "git ls-files -z", "打13812345678"),
        (history(regulation), "git log --format='%h %ad %an %s' --date=short -- regulation", "李娜 x"),
        (history(rewritten, SAID), "git merge-base --is-ancestor", "Not a valid commit"),
        (history(nothing), "git log --format='%G?'", "1 N"),
    ],
)
def test_what_was_done_to_a_package_shows(handed, honest, tools, tmp_path, tamper, command, says):
    after = heard(listen(handed, tools, tmp_path, tamper), command)
    assert after != heard(honest, command)
    assert says in after


def test_a_package_made_anew_has_another_digest_than_the_paper(handed, tools, tmp_path):
    told = listen(handed, tools, tmp_path, forged)
    assert heard(told, "sha256sum --quiet -c").endswith("whole\n")
    with pytest.raises(AssertionError):
        _found([re.search(r"清单摘要：(\w+)", handed.said)[1] + "…"], heard(told, "sha256sum manifest"), "")
