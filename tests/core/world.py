"""A small office in memory: the starter's regulation, six members of staff, and records in a dict."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pmcs.core.flow import advance
from pmcs.core.fold import advanced, fold
from pmcs.core.kind import VOID, shown
from pmcs.core.life import Life
from pmcs.core.period import periods_with
from pmcs.core.replay import faults
from pmcs.core.world import SYSTEM, SYSTEM_ACTOR, Actor, Context, Given
from pmcs.errors import NotFound, Refused
from pmcs.regulation.shape import Source
from pmcs.regulation.version import ANYONE, Regulation
from pmcs.store.codec import decode_marked

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "records/regulation/2026-01-01"
KEY_LOAN = ROOT / "examples/key_loan.yaml"
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2026, 1, 1)

STAFF = {
    "chen.jing": ["manager"],
    "li.na": ["service_officer"],
    "zhou.min": ["service_officer"],
    "wang.qiang": ["facility_keeper"],
    "zhao.lei": ["security_guard"],
    "sun.hui": ["leader"],
    "he.ping": ["leader"],
}


@cache
def sources():
    """Every file of the starter's regulation, with 钥匙借用 beside its kinds."""
    files = {path.relative_to(STARTER).as_posix(): path for path in sorted(STARTER.rglob("*.yaml"))}
    files["kinds/key_loan.yaml"] = KEY_LOAN
    return {name: Source(name, *decode_marked(path.read_bytes(), name)) for name, path in files.items()}


@cache
def starter():
    return Regulation(FIRST_DAY, {name: source.tree for name, source in sources().items()}, SHANGHAI)


def kind_from(text, name):
    """A kind written in a test, beside the starter's."""
    trees = {file: source.tree for file, source in sources().items()}
    trees[f"kinds/{name}.yaml"] = decode_marked(text.encode(), name)[0]
    return Regulation(FIRST_DAY, trees, SHANGHAI)


def clock(text):
    """A local time: `2026-11-23 09:12`, seconds if they matter."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def stamp(text):
    """The same as it stands in a record."""
    return clock(text).isoformat()


class Memory:
    """The engine's World over a dict of records."""

    def __init__(self, regulation, records=None):
        self.regulation = regulation
        self.records = dict(records or {})

    @property
    def calendar(self):
        return self.regulation.calendar

    def label(self, label):
        return shown(label, "en")

    def post(self, name):
        return self.label(ANYONE if name == "anyone" else self.regulation.names("posts")[name])

    def record(self, id_):
        if id_ not in self.records:
            raise NotFound("There is no record {id}.", id=id_)
        return self.records[id_]

    def kind_for(self, record):
        return self.regulation.kind(record.kind)

    def kind(self, name):
        return self.regulation.kind(name)

    def find(self, kinds, text):
        fits = [id_ for id_, record in self.records.items() if "any" in kinds or record.kind in kinds]
        found = [id_ for id_ in fits if id_ == text] or [id_ for id_ in fits if id_.endswith(text)]
        if len(found) != 1:
            raise NotFound("There is no {kind} {text}.", kind=list(kinds), text=text)
        return found[0]

    def twin(self, kind, values, *, open_only):
        return next(
            (
                record.id
                for record in self.records.values()
                if record.kind == kind.name
                and all(record.fields.get(name) == value for name, value in values.items())
                and not (open_only and kind.ends(record.state))
                and (kind.key in values or record.state != VOID)
            ),
            None,
        )

    def holders(self, id_):
        return [
            record.id
            for record in self.records.values()
            if not self.kind_for(record).ends(record.state)
            and any(id_ in record.named(link.name) for link in self.kind_for(record).links(holding=True))
        ]

    def naming(self, id_, kind):
        links = {link.name for link in self.kind(kind).links()}
        named = (record for record in self.records.values() if record.kind == kind)
        return [record.id for record in named if any(id_ in record.named(name) for name in links)]

    def work_of(self, person):
        return [
            record.id
            for record in self.records.values()
            if not (kind := self.kind_for(record)).done(record.state)
            and any(
                person in (row.get(column) for row in record.rows(name)) if column else person == record.get(name)
                for name, _, column in (field.partition(".") for field in kind.handed_on)
            )
        ]

    def alike(self, kind, values, states):
        return [
            record.id
            for record in self.records.values()
            if record.kind == kind.name
            and all(record.fields.get(name) == value for name, value in values.items())
            and record.state in states
        ]

    def judging(self, day):
        return self

    def attempt(self):
        return suppress(Refused)

    def entry(self, among, text):
        names = self.regulation.names(among)
        called = ((name, [label] if isinstance(label, str) else label.values()) for name, label in names.items())
        return text if text in names else next((name for name, labels in called if text in labels), None)

    def checklist(self, name):
        return self.regulation.checklist(name)

    def voting(self, body):
        return self.regulation.voting(body)

    def basis(self):
        return "0" * 40

    def scheme(self, commit=""):
        return self.regulation.scheme

    def lived(self, kinds, span, commit):
        there = [kind for kind in kinds if kind in self.regulation.kind_names]
        lives = [Life(self.kind_for(record), record) for record in self.records.values()]
        return {kind: [life for life in lives if life.record.kind == kind] for kind in there}

    def retention(self):
        return self.regulation.retention

    def archived(self, ended, when):
        """As the store: a package of the period, registered after the end and not scrapped."""
        there = [record for record in self.records.values() if record.kind == "package" and record.state != "scrapped"]
        found = [
            record.id
            for record in there
            if record.get("period") in periods_with(ended.date()) and ended < record.history[0].entered < when
        ]
        return min(found, default=None)

    def posts(self, person, when):
        if person == SYSTEM:
            return frozenset({SYSTEM})
        if person not in self.records:
            return frozenset()
        day = when.astimezone(SHANGHAI).date().isoformat()
        rows = self.records[person].rows("posts")
        held = {row["post"] for row in rows if row["since"] <= day <= row.get("until", "9999")}
        return frozenset({*held, "anyone"})

    def number(self, kind, day):
        stem = kind.register or f"{kind.number}{day.astimezone(SHANGHAI):%Y%m%d}-"
        taken = [int(id_.removeprefix(stem)[1:]) for id_ in self.records if re.fullmatch(stem + r"A\d+", id_)]
        return f"{stem}A{max(taken, default=0) + 1:0{4 if kind.register else 2}d}"

    def with_new(self, kind, record):
        return Memory(self.regulation, {**self.records, record.id: record})

    def seal(self, id_, field_name, text, kind):
        return f"sealed:v1:{id_}:{field_name}:{text.encode().hex()}"

    def holds(self, id_, field_name, sealed, text):
        return bool(sealed) and sealed == self.seal(id_, field_name, text, "")

    def file(self, text):
        return f"{text} sha256:{'0' * 64}"


class Office:
    """Drives the engine as the staff would, and checks every accepted step against its own history."""

    def __init__(self, regulation=None, records=None):
        self.memory = Memory(regulation or starter(), records)
        self.steps = []

    def __getitem__(self, id_):
        return self.memory.record(id_)

    def kind(self, name):
        return self.memory.kind(name)

    def actor(self, who, when, *, counter=False):
        return SYSTEM_ACTOR if who == SYSTEM else Actor(who, self.memory.posts(who, when), counter)

    def act(
        self,
        who,
        what,
        when,
        /,
        *,
        on=None,
        note="",
        make="",
        made=None,
        at=None,
        counter=False,
        mask=False,
        desk="A",
        **values,
    ):
        """`what` is `kind.action`; answers with the record as it then is. A refusal leaves everything as it was."""
        name, _, action = what.partition(".")
        record = self[on] if on else None
        given = Given(values, note, make, made or {}, clock(at) if at else None)
        context = self.context(who, when, counter=counter, mask=mask, desk=desk)
        self.keep(advance(self.kind(name), record, action, given, context))
        return self.steps[0].after

    def context(self, who, when, *, counter=False, mask=False, desk="A"):
        """The circumstances of something that `who` does then."""
        now = clock(when)
        return Context(now, self.actor(who, now, counter=counter), self.memory, desk, mask=mask)

    def keep(self, steps):
        """The records as these steps leave them."""
        self.steps = steps
        for step in steps:
            assert fold(step.kind, step.after.id, step.after.history) == step.after
            self.memory.records[step.after.id] = step.after

    def faults(self, id_, history=None):
        """Every sentence that a replay of a record's history has to say."""
        record = self[id_]
        kind = self.memory.kind_for(record)
        before, said = None, []
        for event in history or record.history:
            context = Context(event.entered, SYSTEM_ACTOR, self.memory, event.desk or "")
            said += [str(sentence) for sentence in faults(kind, before, event, context)]
            before = advanced(
                kind, before or record._replace(state="", previous="", fields={}, due={}, history=()), event
            )
        return said

    def honest(self):
        """Nothing that was accepted is found fault with afterwards."""
        found = {id_: self.faults(id_) for id_ in self.memory.records}
        return {id_: said for id_, said in found.items() if said} == {}


@cache
def _founded():
    office = Office()
    when = clock("2026-01-05 09:00")
    for place, (code, posts) in enumerate(STAFF.items()):
        rows = [{"post": post, "since": "2026-01-01"} for post in posts]
        moment = (when + timedelta(minutes=place)).strftime("%Y-%m-%d %H:%M")
        office.act(SYSTEM, "staff.add", moment, code=code, name=code.replace(".", " ").title(), posts=rows)
    office.act("li.na", "place.add", "2026-01-05 10:00", code="3-2-1201")
    return office


def founded(regulation=None):
    """An office with its staff and one room, as it stood on the first working day of 2026."""
    return Office(regulation, _founded().memory.records)
