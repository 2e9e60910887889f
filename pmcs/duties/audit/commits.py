"""One commit against what it brought: trailers, author, committer, times, and what lies where in its tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta

from pmcs.core.world import SYSTEM
from pmcs.duties.amending import MAY_AMEND
from pmcs.duties.audit.found import INFO, WARNING, Found
from pmcs.duties.audit.lives import Entry
from pmcs.duties.audit.states import SYSTEM_EMAIL, Staff, States
from pmcs.duties.documents import KEPT
from pmcs.errors import Sentence
from pmcs.store.config import FILE
from pmcs.store.message import NAMED
from pmcs.store.regulations import FOLDER
from pmcs.store.walk import Commit, Edge

GRACE = timedelta(minutes=10)
"""Between typing and committing, and between two desks' clocks."""
LIST = re.compile(r"\w+: import \d+\n")
"""The subject of a list that was imported, which names its first record only."""
PLAIN = "100644"
OWN = (f"{FOLDER}/", "reports/", "checkpoint/", "templates/", "document/")
JUDGES = ("kinds/", "posts.yaml", "voting.yaml", "assessment.yaml", "retention.yaml", "lists/", "checklists/")
"""Files of a version by which what is done is judged; the calendar and the articles' words are not among them."""
RECORD = re.compile(r"[^/.][^/]*/(?:[^/]+/)*[^/.][^/]*\.yaml")
RUNS = re.compile(r".*\.(?:sh|bash|py|pyc|exe|bat|cmd|ps1|js|jar|so|dll)", re.IGNORECASE)


class CommitJudge:
    """Judges the commits of one history, parents first."""

    def __init__(self, states: States, names: Callable[[str], Collection[str]], prefix: str) -> None:
        self.states = states
        self.names = names
        self._inside = f"{prefix}/" if prefix else ""
        self._times: dict[str, datetime] = {}

    def place(self, edge: Edge) -> str:
        """A path as the store names it."""
        return edge.path.removeprefix(self._inside)

    def is_record(self, file: str, commit: str) -> bool:
        """Whether a file claims to be a record, of a kind that there was then."""
        return file.partition("/")[0] in self.names(commit) and RECORD.fullmatch(file) is not None

    def findings(self, commit: Commit, entries: Sequence[Entry]) -> Iterator[Found]:
        """All that is wrong with one commit itself."""
        yield from self._times_of(commit, entries)
        self._times[commit.oid] = commit.committed
        if not commit.changes:
            return
        yield from self._tree(commit)
        yield from self._settings(commit)
        yield from self._people(commit, entries)
        if entries:
            yield from self._trailers(commit, entries)

    def _found(self, code: str, commit: Commit, sentence: Sentence, file: str = "", severity: str = "") -> Found:
        return Found(code, commit.oid, file, sentence, severity)

    # Times --------------------------------------------------------------------------------------------------------

    def _times_of(self, commit: Commit, entries: Sequence[Entry]) -> Iterator[Found]:
        when = commit.committed
        if entries and commit.authored != when:
            sentence = Sentence(
                "Author and committer time differ: {first}, {second}.", first=commit.authored, second=when
            )
            yield self._found("backdated", commit, sentence)
        later = [self._times[oid] for oid in commit.parents if oid in self._times and self._times[oid] > when + GRACE]
        if later:
            sentence = Sentence("The commit is of {when}, before its parent of {parent}.", when=when, parent=max(later))
            yield self._found("backdated", commit, sentence)
        for entry in entries:
            entered = entry.event.entered
            if not when - GRACE <= entered <= when + timedelta(seconds=1):
                facts = {"action": entry.event.do, "id": entry.id, "entered": entered.isoformat()}
                sentence = Sentence(
                    "{action} of {id} says it was entered at {entered}; the commit is of {when}.", when=when, **facts
                )
                yield self._found("backdated", commit, sentence)
                return

    # The tree -----------------------------------------------------------------------------------------------------

    def _tree(self, commit: Commit) -> Iterator[Found]:
        by_hand = "Actor" not in commit.trailers()
        for file, edge in self._own(commit).items():
            if file.startswith("reports/") and (by_hand or edge.after is None):
                yield self._found("outside", commit, Sentence("A report was changed outside pmcs."), file)
            elif file.startswith(f"{KEPT}/") and edge.before:
                code, what = ("altered", "exchanged") if edge.after else ("deleted", "deleted")
                sentence = Sentence("A document kept in the store was {what}.", what=Sentence(what))
                yield self._found(code, commit, sentence, file)
            elif edge.after is None:
                continue
            elif edge.mode != PLAIN:
                what = {"120000": "link", "160000": "submodule", "100755": "executable file"}.get(edge.mode, edge.mode)
                yield self._found(
                    "outside", commit, Sentence("A {what} has no place in a store.", what=Sentence(what)), file
                )
            elif file == FILE or file.startswith(OWN) or self.is_record(file, commit.oid):
                if by_hand and not self.is_record(file, commit.oid):
                    yield self._found("outside", commit, Sentence("Edited with an editor."), file, INFO)
            elif RUNS.fullmatch(file):
                yield self._found("outside", commit, Sentence("A program has no place in a store."), file)
            else:
                yield self._found("outside", commit, Sentence("No file of a store."), file, WARNING)

    def _own(self, commit: Commit) -> dict[str, Edge]:
        """What a commit itself changed: of a merge what none of its parents has."""
        found: dict[str, list[Edge]] = {}
        for edge in commit.changes:
            found.setdefault(self.place(edge), []).append(edge)
        least = max(len(commit.parents), 1)
        return {file: edges[0] for file, edges in found.items() if len(edges) >= least}

    def _settings(self, commit: Commit) -> Iterator[Found]:
        """Regulation and settings are changed by those who may amend them; a version in force is not made another."""
        own = self._own(commit)
        ruling = [file for file in own if file == FILE or file.startswith(f"{FOLDER}/")]
        before = [*self.states.before(commit)] if commit.parents else []
        if not ruling or not any(staff.by_code for _, staff in before):
            return  # the founding
        email, held = commit.author.email.lower(), frozenset[str]()
        for rules, staff in before:
            for code, person in staff.by_code.items():
                if person.email == email:
                    held |= staff.posts(code, commit.committed, rules.config.zone)
        if not held & {*MAY_AMEND}:
            sentence = Sentence("{email} may not change regulation and settings.", email=commit.author.email)
            yield self._found("not_allowed", commit, sentence, ruling[0])
        today = commit.committed.astimezone(before[0][0].config.zone).date().isoformat()
        for file in ruling:
            day, _, name = file.removeprefix(f"{FOLDER}/").partition("/")
            if own[file].before and name.startswith(JUDGES) and day <= today:
                sentence = Sentence("The regulation was changed while in force; open a new version instead.")
                yield self._found("outside", commit, sentence, file, WARNING)

    # People -------------------------------------------------------------------------------------------------------

    def _people(self, commit: Commit, entries: Sequence[Entry]) -> Iterator[Found]:
        states = [*self.states.before(commit), self.states.at(commit.oid)]
        staffs = [staff for _, staff in states]
        counters = frozenset().union(*(rules.config.counters for rules, _ in states))
        author, committer = commit.author.email.lower(), commit.committer.email.lower()
        known = frozenset().union(*(staff.emails for staff in staffs))
        if committer not in known | counters | {SYSTEM_EMAIL}:
            sentence = Sentence("{email} is neither staff nor a counter.", email=commit.committer.email)
            yield self._found("committer", commit, sentence)
        elif author != committer and committer not in counters:
            yield self._found(
                "committer", commit, Sentence("{email} committed what another did.", email=commit.committer.email)
            )
        actors = commit.trailers().get("Actor", [])
        if entries and len(actors) == 1:
            yield from self._author(commit, actors[0], staffs, counters)
        if committer in counters:
            for entry in entries:
                if entry.apart and not entry.event.because:
                    sentence = Sentence(
                        "{action} of {id} was typed at a shared counter.", action=entry.event.do, id=entry.id
                    )
                    yield self._found("counter_approval", commit, sentence)

    def _author(
        self, commit: Commit, actor: str, staffs: Sequence[Staff], counters: Collection[str]
    ) -> Iterator[Found]:
        author = commit.author.email.lower()
        if actor == SYSTEM:
            fits = author == SYSTEM_EMAIL
        else:
            there = [staff.by_code[actor] for staff in staffs if actor in staff.by_code]
            emails = {person.email for person in there} - {""}
            # Whoever has no e-mail acts at a counter, under its own.
            fits = author in emails or (not emails and author in counters and bool(there))
        if not fits:
            sentence = Sentence(
                "The author {email} is not {person}, who acted.", email=commit.author.email, person=actor
            )
            yield self._found("author", commit, sentence)

    # Trailers -----------------------------------------------------------------------------------------------------

    def _trailers(self, commit: Commit, entries: Sequence[Entry]) -> Iterator[Found]:
        said = commit.trailers()
        if said.get("Action") == ["init"] and all(entry.kind == "staff" for entry in entries):
            return  # the founding, by which there is somebody to act
        if len(said.get("Actor", [])) != 1 or not said.get("Action") or not said.get("Record"):
            ids = [*dict.fromkeys(entry.id for entry in entries)]
            yield self._found("outside", commit, Sentence("{ids} was changed outside pmcs.", ids=ids[:12]))
            return
        actor = said["Actor"][0]
        touched, done = {entry.id for entry in entries}, {entry.event.do for entry in entries}
        named = {*said["Record"]}
        whole = len(entries) <= NAMED and not LIST.match(commit.message)
        if named - touched or (whole and touched - named):
            yield self._other(commit, "Record", said["Record"], touched)
        if {*said["Action"]} != done:
            yield self._other(commit, "Action", said["Action"], done)
        strangers = {e.event.by for e in entries if e.event.by not in (actor, SYSTEM)}
        strangers |= {SYSTEM for e in entries if e.event.by == SYSTEM != actor and not e.event.because}
        if strangers:
            yield self._other(commit, "Actor", [actor], strangers)
        yield from self._post(commit, actor, said.get("Post", []))

    def _other(self, commit: Commit, trailer: str, said: Collection[str], true: Collection[str]) -> Found:
        facts = {"trailer": trailer, "said": sorted(said)[:12], "true": sorted(true)[:12]}
        return self._found(
            "outside", commit, Sentence("The commit says {trailer}: {said}; its files say {true}.", **facts)
        )

    def _post(self, commit: Commit, actor: str, said: Sequence[str]) -> Iterator[Found]:
        held = {"anyone"}
        for rules, staff in [*self.states.before(commit), self.states.at(commit.oid)]:
            held |= staff.posts(actor, commit.committed, rules.config.zone)
        named = {name for line in said for name in line.split(", ") if name}
        if named - held:
            yield self._other(commit, "Post", named, held - {"anyone"})


def _is_merge(commit: Commit) -> bool:
    return len(commit.parents) > 1
