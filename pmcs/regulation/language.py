"""The words of the language of kind files, by the place where they stand (KINDS.md): the reader's and the schema's."""

from __future__ import annotations

from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class Word(NamedTuple):
    """A key of the language: the shape of what stands under it (`pmcs.regulation.schema`), and what it says."""

    shape: str
    meaning: str


KIND = {
    "kind": Word("name", "The name of the kind, as its file is called."),
    "title": Word("label", "The name on the screen."),
    "clause": Word("clause", "The clause that it carries out."),
    "help": Word("text", "A sentence for --help."),
    "number": Word("letters", "A dated record: one to three capital letters that no other kind has."),
    "named_by": Word("names", "Beside number: the letters and these fields are the number, so that it is made once."),
    "register": Word("letters", "An entry without a day: one to three capital letters that no other kind has."),
    "key": Word("name", "An entry without a day, whose file is named by this field."),
    "tree": Word("name", "Beside key, the same field: the register is a tree by its parts."),
    "barred": Word("names", "Fields: who is named there may neither act on the record nor be named elsewhere in it."),
    "apart": Word("apart", "Groups of actions and persons: whoever does the first is none of the rest."),
    "one_open": Word("groups", "Groups of fields: no second open record with the same values."),
    "unique": Word("groups", "Groups of fields: no second record with the same values, ever."),
    "promise": Word("name", "The clock that is told to whoever calls, and that overdue means in lists."),
    "urgent": Word("flag", "true: pmcs today shows it before other kinds where it is overdue, at risk or due today."),
    "mine": Word("paths", "Fields with the person whose work it is in pmcs today."),
    "sees": Word("names", "Posts and fields: to whom pmcs shows a record whole."),
    "findings": Word("rules", "Rules that pmcs check holds every record against."),
    "columns": Word("names", "What list shows: fields, and id, state, due, opened."),
    "fields": Word("fields", "What a record holds."),
    "states": Word("states", "The states that a record may be in; at least one is an end."),
    "actions": Word("actions", "What may be done; new, add and import open a record."),
    "approvals": Word("approvals", "What is submitted to somebody else's decision."),
    "clocks": Word("clocks", "Deadlines and windows."),
}
_COLUMN = {
    "label": Word("label", "The name on the screen."),
    "type": Word("type", "What it holds; line where nothing is said."),
    "values": Word("choices", "A choice: each value with its label, or {label: ..., needs: [fields]}."),
    "in": Word("name", "A name from posts, clauses, or a file of lists/."),
    "open": Word("flag", "With in: names beside the list are kept, too."),
    "ref": Word("ref", "A link to a record of that kind, of a list of kinds, of any, or of the makers."),
    "sealed": Word("flag", "true: private, encrypted in the file. false: known to be nothing private."),
    "default": Word("scalar", "The value where none is given at the opening."),
    "min": Word("figure", "The least that it may be."),
    "max": Word("figure", "The most that it may be."),
    "not": Word("moment", "A date or time that may not lie in the past, or in the future, when it is entered."),
    "warns": Word("lengths", "A date that pmcs today announces so long ahead."),
}
COLUMN = _COLUMN | {
    "must": Word("flag", "No line without it."),
    "stamp": Word("stamp", "Filled in by itself: the event's own time (at) or person (by)."),
}
FIELD = _COLUMN | {
    "holds": Word("flag", "The linked record is held open until this one ends."),
    "rows": Word("columns", "Lines of a table: their columns."),
    "key": Word("names", "Columns: each combination stands once."),
    "count": Word("path", "Worked out: how often. Lines, items.result.bad, do.action or action.field.value."),
    "per": Word("measure", "With count: each day counts once."),
    "since": Word("name", "With count: only what came after this state was last entered."),
    "total": Word("total", "Worked out: the sum of fields or columns, less others."),
    "of": Word("name", "With bands: the number that they divide."),
    "bands": Word("bands", "Worked out: a number as a choice; each band with its lowest number."),
}
CHOICE = {
    "label": Word("label", "The name on the screen."),
    "needs": Word("names", "Fields that this choice makes compulsory; note, too."),
}
TOTAL = {
    "plus": Word("paths", "Fields or columns to be added."),
    "minus": Word("paths", "Fields or columns to be taken away."),
}
TYPES = _words("line text int number money bool date time period length files refs recurrence public_key")
NUMBERS = _words("int number money")
MOMENTS = _words("past future")
STAMPS = _words("at by")
MEASURES = _words("day")
LINKS = _words("any makers")
STATE = {
    "label": Word("label", "The name on the screen."),
    "done": Word("flag", "The work is finished."),
    "end": Word("flag", "Nothing is owed any more; every clock stops."),
}
ALSO = {
    "in": Word("path", "The link: a field, or lines.column for each line."),
    "do": Word("text_or_table", "The action there."),
    "set": Word("texts", "Its fields, each from one of ours, id or note."),
}
_STEP = {
    "label": Word("label", "The name on the screen."),
    "from": Word("from", "The states in which it is possible; open is every state that is no end."),
    "by": Word("names_or_table", "Posts that may; anyone is whoever is on the staff, system is cron."),
    "who": Word("names", "People named in the record who may."),
    "asks": Word("names", "Fields that must be given; note and make, too."),
    "takes": Word("names", "Fields that may be given."),
    "also": Word("also", "Actions on linked records in the same commit."),
    "rules": Word("rules", "Named rules, for what a table cannot say."),
    "clause": Word("clause", "The clause that it carries out, if not the kind's."),
}
ACTION = _STEP | {
    "to": Word("to", "The state that it leads to; the state stays where nothing is said."),
    "adds": Word("name", "Adds lines to this field."),
    "row": Word("name", "Changes lines of this field, found by their key."),
    "clears": Word("names", "Fields emptied before the new facts."),
    "signs": Word("name", "The field in which the person who acts is written."),
    "during": Word("name", "Only while this clock runs."),
    "after": Word("name", "Only when this clock is over."),
    "upon": Word("name", "Done by system when this clock runs out."),
    "freed": Word("flag", "Tried by system when no open record holds this one any more."),
    "named_by": Word("names", "Of an opening: the letters and these fields are the number, so that it is made once."),
    "held": Word("flag", "Refused while an open record holds this one."),
    "makes": Word("makes", "Makes a record of that kind in the same commit: its fields, each from one of ours."),
    "through": Word("names", "Never typed: only as the consequence of a record of such a kind."),
    "typed": Word("text", "How it is typed, if not by its name."),
}
APPROVAL = _STEP | {
    "state": Word("name", "The state in which it waits for the decision."),
    "decide": Word("names_or_table", "Posts and fields with persons: who decides."),
    "to": Word("name", "Where approval leads; back to where it came from where nothing is said."),
    "copies": Word("texts", "On approval, fields that take over the value of others."),
}
CLOCK = {
    "label": Word("label", "The name on the screen."),
    "starts": Word("names", "Actions, or states entered, that start it."),
    "stops": Word("names", "Actions, or states entered, that stop it; a name in both starts it again."),
    "within": Word("within", "How long: 30m real, 4h office, 3d day, or a choice table of such lengths."),
    "until": Word("given", "The field that holds the due time; or for rounds that an action began, {action: field}."),
    "since": Word("texts", "For rounds that an action began, the field from whose time they run."),
    "pauses": Word("names", "States in which it stands still."),
    "warns": Word("lengths", "pmcs today announces the due time so long ahead."),
    "escalates": Word("escalates", "By per cent of the time: the post or person that is told."),
    "clause": Word("clause", "The clause that it carries out, if not the kind's."),
}
WHO = _words("by who through")
"""One of them stands in every action."""
REGISTER_STEPS = _words("edit retire revive")
"""Actions of a register that come by themselves, and need no from where they are written."""

TAKEN_KINDS = frozenset(
    [
        "init",
        "desk",
        "doctor",
        "check",
        "escalate",
        "regulation",
        "today",
        "search",
        "show",
        "log",
        "edit",
        "report",
        "completion",
        "kind",
        "reports",
        "audit",
        "checkpoint",
        "templates",
    ]
)
"""Commands of pmcs and folders of a store: no kind can be called so."""
RESERVED = frozenset(
    _words("""
        id kind state due history note make because previous pending opinion escalations
        help format limit store lang as at mask
    """)
)
OWN_ACTIONS = _words("note edit correct void approve refuse withdraw escalate inherit")
COMMANDS = _words("reveal list show log")
