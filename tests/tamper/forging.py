"""What a forger does with git: commits and histories written object by object, signed with whatever key is at hand."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pmcs.core.fold import fold
from pmcs.core.record import Event, day_of
from pmcs.duties.audit.found import CODES
from pmcs.store.documents import from_bytes, to_bytes
from pmcs.store.signing import sign_bytes
from pmcs.store.store import Store
from tests.stories.conftest import PEOPLE, Office, Said
from tests.stories.test_signing import Signed

Content = bytes | None | tuple[str, str]
Finding = tuple[str, str, str]


class Forged(Signed):
    """A copy of an honest store in the hands of a forger."""

    def __init__(self, root: Path, honest: Signed, monkeypatch) -> None:
        Office.__init__(self, root, honest.now, monkeypatch)
        self.keys = honest.keys
        self.before = self.head()
        self.sit_down("li.na")

    # What is found ------------------------------------------------------------------------------------------------

    def verify(self, *words: str) -> Said:
        return self.try_("audit", "verify", *words, "--format", "json")

    def found(self, *words: str) -> list[Finding]:
        """Code, commit (short) and file of all but what is only noted."""
        said = self.verify(*words)
        assert said.code in (0, 1), said.errors
        assert {row["code"] for row in said.json} <= CODES.keys()
        return [(row["code"], row["commit"], row["file"]) for row in said.json if row["severity"] != "info"]

    def tells(self, code: str, commit: str = "", file: str = "", *words: str) -> list[Finding]:
        """The forgery is found by its name, at its commit and its file; and nothing honest before it is accused."""
        found = self.found(*words)
        assert (code, commit[:12], file) in found, found
        return found

    # Objects ------------------------------------------------------------------------------------------------------

    def path(self, id_: str) -> str:
        return self.file(id_).relative_to(self.root).as_posix()

    def blob(self, data: bytes) -> str:
        return self._hash(data, "blob")

    def _hash(self, data: bytes, what: str) -> str:
        words = ["git", "hash-object", "-t", what, "-w", "--stdin", "--literally"]
        return subprocess.run(words, cwd=self.root, input=data, capture_output=True, check=True).stdout.decode().strip()

    def read(self, path: str, at: str = "HEAD") -> bytes:
        words = ["git", "cat-file", "blob", f"{at}:{path}"]
        return subprocess.run(words, cwd=self.root, capture_output=True, check=True).stdout

    def raw(self, commit: str) -> bytes:
        words = ["git", "cat-file", "commit", commit]
        return subprocess.run(words, cwd=self.root, capture_output=True, check=True).stdout

    def tree(self, base: str, files: Mapping[str, Content]) -> str:
        """The tree of a commit with some files otherwise: bytes, None for none, or mode and object."""
        index = self.root / ".git" / "forged-index"
        env = os.environ | {"GIT_INDEX_FILE": str(index)}

        def run(*words: str, data: str | None = None) -> str:
            done = subprocess.run(
                ["git", *words], cwd=self.root, env=env, input=data, text=True, capture_output=True, check=True
            )
            return done.stdout.strip()

        run("read-tree", base)
        lines = []
        for path, content in files.items():
            if content is None:
                lines.append(f"0 {'0' * 40}\t{path}\n")
            else:
                mode, oid = ("100644", self.blob(content)) if isinstance(content, bytes) else content
                lines.append(f"{mode} {oid}\t{path}\n")
        run("update-index", "--add", "--index-info", data="".join(lines))
        made = run("write-tree")
        index.unlink()
        return made

    def write(self, raw: bytes, key: str | Path | None) -> str:
        """A commit's object, signed with somebody's key; None: not at all."""
        raw = unsigned(raw)
        if key is not None:
            file = key if isinstance(key, Path) else self.key(key)
            armoured = sign_bytes(file, raw, "git").strip().replace("\n", "\n ")
            head, _, body = raw.partition(b"\n\n")
            raw = head + b"\ngpgsig " + armoured.encode() + b"\n\n" + body
        return self._hash(raw, "commit")

    def key(self, who: str) -> Path:
        """Somebody's private key; that of `system` lies in the clone."""
        if who == "system":
            return next((self.root / ".git/pmcs").rglob("system_key"))
        return self.keys / who / "key"

    # Commits ------------------------------------------------------------------------------------------------------

    def commit(
        self,
        files: Mapping[str, Content],
        message: str = "fix\n",
        by: str = "li.na",
        *,
        key: str | Path | None = "",
        committer: str = "",
        when: datetime | None = None,
        parents: Sequence[str] = (),
    ) -> str:
        """A commit of its own on top, signed by its committer if nothing else is said; returns it."""
        moment = when or self.later(minutes=5).now
        parents = parents or [self.head()]
        committer = committer or by
        who = {
            role: f"{role} {PEOPLE.get(code, code)} <{mail(code)}> {int(moment.timestamp())} +0800"
            for role, code in (("author", by), ("committer", committer))
        }
        tree = self.tree(parents[0], files)
        lines = [f"tree {tree}", *(f"parent {oid}" for oid in parents), who["author"], who["committer"], "", message]
        made = self.write("\n".join(lines).encode(), committer if key == "" else key)
        self.move(made)
        return made

    def move(self, commit: str) -> None:
        """The branch stands there now, and the work tree with it."""
        assert commit != self.head(), "nothing was forged"
        self.git("update-ref", "HEAD", commit)
        self.git("reset", "-q", "--hard")

    def amended(self, edit: Callable[[bytes], bytes], key: str | Path | None = "keep") -> str:
        """The last commit written anew; with `keep` it has its old signature."""
        raw = self.raw("HEAD")
        fresh = edit(raw)
        assert fresh != raw or key != "keep", "nothing was forged"
        made = self._hash(fresh, "commit") if key == "keep" else self.write(fresh, key)
        self.move(made)
        return made

    def rewritten(
        self,
        first: str,
        edit: Callable[[str, bytes], bytes] = lambda _, raw: raw,
        files: Mapping[str, Callable[[str], Content]] | None = None,
        key: str | Path | None = "keep",
    ) -> dict[str, str]:
        """Every commit from `first` on written anew with dates and authors kept; old and new ids.

        `files` says what each of the new trees has at a path, by the old commit.
        """
        span = [first, *self.git("rev-list", "--topo-order", "--reverse", f"{first}..HEAD").split()]
        news: dict[str, str] = {}
        for old in span:
            raw = edit(old, self.raw(old))
            for parent in re.findall(rb"^parent (\w+)$", raw.partition(b"\n\n")[0], re.MULTILINE):
                raw = raw.replace(b"parent " + parent, b"parent " + news.get(parent.decode(), parent.decode()).encode())
            if files:
                tree = self.tree(old, {path: content(old) for path, content in files.items()})
                raw = re.sub(rb"\Atree \w+", f"tree {tree}".encode(), raw)
            news[old] = self._hash(raw, "commit") if key == "keep" else self.write(raw, key)
        self.move(news[span[-1]])
        return news

    def of(self, id_: str, action: str) -> str:
        """The commit of an action on a record."""
        wanted = ("--all-match", f"--grep=^Action: {action}$", f"--grep=^Record: {id_}$")
        return self.git("log", "-1", "--format=%H", *wanted).strip()

    # Records ------------------------------------------------------------------------------------------------------

    def events(self, id_: str) -> list[Event]:
        return list(from_bytes(self.read(self.path(id_)), self.path(id_))[1])

    def folded(self, id_: str, events: Sequence[Event], kind: str = "ticket") -> bytes:
        """The file of a record with these events, its head rightly folded."""
        found = Store(self.root).kind_named(kind, day_of(id_) or events[0].at.date())
        return to_bytes(found, fold(found, id_, events))

    def event(self, do: str, by: str, **facts) -> Event:
        """An event of the moment at which `commit` is to be of."""
        return Event(self.later(minutes=5).now.replace(microsecond=0), by, do, **facts)

    def entered(self, id_: str, event: Event, by: str = "", clause: str = "7.2", kind: str = "ticket", **how) -> str:
        """An event written onto a record as pmcs would, trailers and all, without asking pmcs."""
        person = by or event.by
        posts = {
            "li.na": "manager",
            "wang.qiang": "facility_keeper",
            "chen.lei": "leader",
            "zhao.min": "service_officer",
        }
        data = self.folded(id_, [*self.events(id_), event], kind)
        message = said(id_, event.do, person, posts.get(person, ""), clause, kind)
        return self.commit({self.path(id_): data}, message, person, when=event.entered, **how)


def said(id_: str, do: str, actor: str, post: str, clause: str = "7.2", kind: str = "ticket") -> str:
    """A message as pmcs writes it."""
    post = f"Post: {post}\n" if post else ""
    return f"{kind} {id_}: {do}\n\nRecord: {id_}\nAction: {do}\nActor: {actor}\n{post}Clause: {clause}\n"


def mail(code: str) -> str:
    return "system@pmcs.invalid" if code == "system" else f"{code}@example.com"


def unsigned(raw: bytes) -> bytes:
    return re.sub(rb"\ngpgsig .*?-----END SSH SIGNATURE-----(?:\n )?(?=\n)", b"", raw, count=1, flags=re.DOTALL)
