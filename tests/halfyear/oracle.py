"""Every assessment worked out again from the plain YAML of a commit. Nothing of pmcs: each figure is said anew.

A record counts unless it is void, as it stood in the commit that the assessment names. What happened in a month is what
has its time (`at`) in it, whenever it was typed.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every scalar is a text."""
ZONE = ZoneInfo("Asia/Shanghai")
CENT = Decimal("0.01")
SOLVED = ("resolved", "visited", "unreached", "closed", "invalid", "merged")
"""States of a ticket on which nobody works any more."""
UNPROMISED = ("waiting", *SOLVED)
"""States in which the promise does not run."""
DAILY = ("ticket", "task", "inspection", "repair", "maintenance", "hazard", "incident", "shift")
REGULATION = "regulation/2026-01-01"

Tree = dict[str, Any]


class Counted(NamedTuple):
    """A figure: its value, on how many cases it rests, which records it names."""

    value: Decimal
    base: int
    cites: list[str]


@cache
def parsed(data: bytes) -> Tree:
    """One file."""
    found: Tree = yaml.load(data, LOADER)
    return found


class Commit:
    """What stood in the files of one commit."""

    def __init__(self, root: Path, oid: str) -> None:
        data = subprocess.run(["git", "archive", oid], cwd=root, capture_output=True, check=True).stdout
        self.records: dict[str, list[Tree]] = {}
        self.kinds: dict[str, Tree] = {}
        self.scheme: Tree = {}
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                path, file = Path(member.name), archive.extractfile(member)
                if path.suffix != ".yaml" or file is None:
                    continue
                if member.name == f"{REGULATION}/assessment.yaml":
                    self.scheme = parsed(file.read())
                elif member.name.startswith(f"{REGULATION}/kinds/"):
                    self.kinds[path.stem] = parsed(file.read())
                elif path.parts[0] not in ("regulation", "pmcs.yaml"):
                    tree = parsed(file.read())
                    if tree["state"] != "void":
                        self.records.setdefault(path.parts[0], []).append(tree)

    def alone(self, id_: str) -> Commit:
        """The same with one record and no other; none where it is void or not there yet."""
        found = object.__new__(Commit)
        found.kinds, found.scheme = self.kinds, self.scheme
        found.records = {kind: [tree for tree in trees if tree["id"] == id_] for kind, trees in self.records.items()}
        return found

    def all(self, *kinds: str) -> Iterator[Tree]:
        """The records of these kinds by their numbers."""
        for kind in kinds:
            yield from sorted(self.records.get(kind, []), key=lambda tree: str(tree["id"]))


class Moment(NamedTuple):
    """One entry of a ticket, with how things stood just before it."""

    event: Tree
    at: datetime
    before: str
    after: str
    assignee: str
    promise: datetime | None
    owner: str
    """Who solved it last, as long as it is solved."""
    solution: int
    """The how manieth solution that was."""

    @property
    def solves(self) -> bool:
        """Work on it ends."""
        return self.before not in SOLVED and self.after in SOLVED

    @property
    def resumes(self) -> bool:
        """Work on it begins again."""
        return self.before in SOLVED and self.after not in SOLVED

    @property
    def solver(self) -> str:
        """Whose solution it would be: whoever has it in hand, without one whoever types it; an import is nobody's."""
        return "" if self.event["do"] == "import" else self.assignee or str(self.event["by"])


def moments(ticket: Tree) -> Iterator[Moment]:
    """A ticket's life."""
    state = assignee = owner = ""
    promise: datetime | None = None
    solution = 0
    for event in ticket["history"]:
        after, facts = event.get("to") or state, event.get("set", {})
        found = Moment(event, _time(event["at"]), state, after, assignee, promise, owner, solution)
        yield found
        assignee = "" if event["do"] == "return" else facts.get("assignee", assignee)
        if facts.get("due", {}).get("resolve"):
            promise = _time(facts["due"]["resolve"])
        if after in UNPROMISED:
            promise = None
        if found.solves:
            owner, solution = found.solver, solution + 1
        elif found.resumes:
            owner = ""
        state = after


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Sheet:
    """One person's month, reckoned by hand."""

    def __init__(self, commit: Commit, period: str, person: str) -> None:
        self.commit, self.person = commit, person
        year, month = map(int, period.split("-"))
        self.start = datetime(year, month, 1, tzinfo=ZONE)
        self.end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=ZONE)

    def within(self, at: datetime) -> bool:
        """Whether it happened in the month."""
        return self.start <= at < self.end

    # Tickets ------------------------------------------------------------------------------------------------------

    def on_time_rate(self) -> Counted:
        """Each time the person solved a ticket that was promised for some time: by then, or later."""
        kept, cites = 0, []
        for ticket in self.commit.all("ticket"):
            for one in moments(ticket):
                if one.solves and one.solver == self.person and one.promise and self.within(one.at):
                    kept += one.at <= one.promise
                    cites.append(ticket["id"])
        return share(kept, len(cites), cites)

    def first_contact_rate(self) -> Counted:
        """Tickets the person wrote down and were first solved in the month: by nobody else's hand, and for good."""
        alone, cites = 0, []
        for ticket in self.commit.all("ticket"):
            life = list(moments(ticket))
            opening = ticket["history"][0]
            first = next((place for place, one in enumerate(life) if one.solves), None)
            if first is None or (opening["do"], opening["by"]) != ("new", self.person):
                continue
            if life[first].after in ("invalid", "merged") or not self.within(life[first].at):
                continue
            hands = {one.assignee for one in life[: first + 1]} - {"", self.person}
            led_on = any(one.event.get("make") for one in life[: first + 1])
            again = any(one.resumes and one.at < self.end for one in life)
            alone += life[first].solver == self.person and not hands and not led_on and not again
            cites.append(ticket["id"])
        return share(alone, len(cites), cites)

    def satisfaction_rate(self) -> Counted:
        """Solutions of the person's about which somebody told in the month how content they are: 4 or 5."""
        said: dict[tuple[str, int], int] = {}
        for ticket in self.commit.all("ticket"):
            for one in moments(ticket):
                facts = one.event.get("set", {})
                asked = one.event["do"] == "visit" and one.owner == self.person and self.within(one.at)
                if asked and facts.get("outcome") == "reached":
                    said[ticket["id"], one.solution] = int(facts["score"])
        return share(sum(score > 3 for score in said.values()), len(said), [id_ for id_, _ in said])

    def reopened(self) -> Counted:
        """How often what the person had solved was taken up again in the month."""
        again, cites = 0, set()
        for ticket in self.commit.all("ticket"):
            for one in moments(ticket):
                if one.resumes and one.owner == self.person and self.within(one.at):
                    again += 1
                    cites.add(ticket["id"])
                if one.solves and one.solver == self.person and self.within(one.at):
                    cites.add(ticket["id"])
        return Counted(Decimal(again), len(cites), sorted(cites))

    def overdue(self) -> Counted:
        """Unsolved in the person's hands at the last moment of the month, and promised for a time before it."""
        late, cites = 0, set()
        for ticket in self.commit.all("ticket"):
            life = list(moments(ticket))
            if any(one.solves and one.solver == self.person and self.within(one.at) for one in life):
                cites.add(ticket["id"])
            past = [place for place, one in enumerate(life) if one.at < self.end]
            if not past or life[past[-1]].after in SOLVED:
                continue
            last = past[-1]
            assignee, promise = _then(ticket, life, last)
            if assignee == self.person:
                late += promise is not None and promise < self.end
                cites.add(ticket["id"])
        return Counted(Decimal(late), len(cites), sorted(cites))

    # Rounds and repairs -------------------------------------------------------------------------------------------

    def rounds_on_time_rate(self) -> Counted:
        """Rounds and services with a set time: those the person began, and those left undone that were theirs."""
        good, cites = 0, []
        for tree in self.commit.all("inspection", "maintenance"):
            by, when = ("inspector", "began") if tree["kind"] == "inspection" else ("doer", "worked")
            if tree["state"] == "missed":
                if tree.get("person") == self.person and self.within(_time(tree["lapses"])):
                    cites.append(tree["id"])
            elif tree.get(by) == self.person and tree.get("timely") and self.within(_time(tree[when])):
                good += tree["timely"] == "on_time"
                cites.append(tree["id"])
        return share(good, len(cites), cites)

    def rework(self) -> Counted:
        """Repairs the person finished and somebody accepted or refused in the month: how many refusals."""
        refused, cites = 0, set()
        for tree in self.commit.all("repair"):
            finisher = ""
            for event in tree["history"]:
                if event["do"] == "finish":
                    finisher = event["by"]
                elif (
                    event["do"] in ("accept", "reject") and finisher == self.person and self.within(_time(event["at"]))
                ):
                    refused += event["do"] == "reject"
                    cites.add(tree["id"])
        return Counted(Decimal(refused), len(cites), sorted(cites))

    # People -------------------------------------------------------------------------------------------------------

    def _conduct(self, *types: str) -> list[Tree]:
        found = []
        for tree in self.commit.all("conduct"):
            told = [_time(event["at"]) for event in tree["history"] if event["do"] == "announce"]
            if tree["person"] == self.person and tree["type"] in types and told and self.within(told[-1]):
                found.append(tree)
        return found

    def breaches(self) -> Counted:
        """Breaches and true complaints made known in the month that stand; one appealed against is only named."""
        named = [tree for tree in self._conduct("breach", "complaint") if tree["state"] != "withdrawn"]
        counted = sum(tree["state"] != "appealed" for tree in named)
        return Counted(Decimal(counted), (self.end - self.start).days, [tree["id"] for tree in named])

    def praise(self) -> Counted:
        """Praise made known in the month that stands."""
        named = [tree["id"] for tree in self._conduct("praise") if tree["state"] in ("announced", "final")]
        return Counted(Decimal(len(named)), len(named), named)

    def training_rate(self) -> Counted:
        """Trainings held in the month with a mark against the person's name: came, or not (on leave is not)."""
        came, cites = 0, []
        for tree in self.commit.all("training"):
            held = [_time(event["at"]) for event in tree["history"] if event["do"] == "hold"]
            mine = [row for row in tree.get("attendance", []) if row["person"] == self.person and row.get("attended")]
            if mine and any(self.within(at) for at in held):
                came += mine[0]["attended"] == "came"
                cites.append(tree["id"])
        return share(came, len(cites), cites)

    def late_entries(self) -> Counted:
        """The person's own entries about the month in daily work, and which came over a day after the fact."""
        entries, late = 0, []
        for tree in self.commit.all(*DAILY):
            told = {name for name, field in self.commit.kinds[tree["kind"]]["fields"].items()
                    if (field.get("type"), field.get("not")) == ("time", "future")}  # fmt: skip
            for event in tree["history"]:
                at = _time(event["at"])
                if event["by"] == self.person and "because" not in event and self.within(at):
                    entries += 1
                    facts = [_time(text) for name, text in event.get("set", {}).items() if name in told and text]
                    typed = _time(event.get("recorded", event["at"]))
                    if event["do"] != "import" and typed - min([at, *facts]) > timedelta(days=1):
                        late.append(tree["id"])
        return Counted(Decimal(len(late)), entries, sorted(set(late)))

    # Weights and points -------------------------------------------------------------------------------------------

    def posts(self) -> set[str]:
        """What the person was in the month, be it for a day."""
        last = self.end - timedelta(days=1)
        staff = next(tree for tree in self.commit.records["staff"] if tree["id"] == self.person)
        return {
            row["post"]
            for row in staff.get("posts", [])
            if row["since"] <= f"{last:%Y-%m-%d}" and f"{self.start:%Y-%m-%d}" <= row.get("until", "9")
        }

    def rows(self) -> dict[str, dict[str, Any]]:
        """Every item of the person's sheet: its weight, and where it is counted all that was worked out."""
        posts, scheme = self.posts(), self.commit.scheme
        items = {
            name: item for name, item in scheme["items"].items() if not item.get("posts") or posts & set(item["posts"])
        }
        found: dict[str, dict[str, Any]] = {}
        for name, item in items.items():
            found[name] = {"dimension": item["dimension"], "what": item["label"]}
            if "figure" in item:
                counted: Counted = getattr(self, item["figure"])()
                found[name] |= {
                    "figure": counted.value,
                    "base": counted.base,
                    "few": counted.base < int(scheme["few"]),
                    "cites": sorted(counted.cites),
                    "points": _points(item, counted.value) if counted.base else Decimal(0),
                }
        for dimension, whole in scheme["dimensions"].items():
            names = [name for name, item in items.items() if item["dimension"] == dimension]
            counting = [name for name in names if found[name].get("base", 1)]
            shares = _split(int(whole), [int(items[name]["share"]) for name in counting])
            for name in names:
                found[name]["weight"] = shares[counting.index(name)] if name in counting else Decimal(0)
        return found


def _then(ticket: Tree, life: list[Moment], last: int) -> tuple[str, datetime | None]:
    """Who had a ticket, and its promise, after an entry of it: what the next entry found, or one that never came."""
    if last + 1 < len(life):
        return life[last + 1].assignee, life[last + 1].promise
    *_, found = moments({"history": [*ticket["history"], {"do": "end", "by": "", "at": ticket["history"][-1]["at"]}]})
    return found.assignee, found.promise


def share(part: int, whole: int, cites: list[str]) -> Counted:
    """So many of so many in per cent, two decimals; each record named once."""
    value = (Decimal(100 * part) / whole).quantize(CENT, ROUND_HALF_UP) if whole else Decimal(0)
    return Counted(value, whole, sorted(set(cites)))


def _points(item: Tree, value: Decimal) -> Decimal:
    none, full = Decimal(item["none"]), Decimal(item["full"])
    reached = 100 * (value - none) / (full - none)
    return max(Decimal(0), min(Decimal(100), reached)).quantize(CENT, ROUND_HALF_UP)


def _split(whole: int, shares: list[int]) -> list[Decimal]:
    """A weight in hundredths by shares; what is left over goes to who lost most, the first among equals."""
    if not shares:
        return []
    exact = [Decimal(whole * 100 * part) / sum(shares) for part in shares]
    parts = [one.quantize(Decimal(1), ROUND_DOWN) for one in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: int(whole * 100 - sum(parts))]:
        parts[place] += 1
    return [part / 100 for part in parts]
