"""From the tree of one file of `kinds/` to a Kind: the shape of the language (KINDS.md)."""

from __future__ import annotations

from pmcs.core.kind import VOID, Approval, Clock, Kind, State
from pmcs.core.length import Length
from pmcs.regulation.action_file import read_action, read_approval, read_rules
from pmcs.regulation.field_file import read_field
from pmcs.regulation.language import CLOCK, KIND, STATE
from pmcs.regulation.shape import Path, Reader


def read_kind(reader: Reader) -> Kind:
    """The kind that a file declares, as far as it can be read; the reader holds the problems."""
    tree = reader.mapping((), reader.source.tree, KIND)
    fields = {
        name: read_field(reader, ("fields", name), name, node)
        for name, node in reader.mapping(("fields",), tree.get("fields", {})).items()
    }
    states = {
        name: _state(reader, ("states", name), name, node)
        for name, node in reader.mapping(("states",), tree.get("states", {})).items()
    }
    register = "number" not in tree
    if register:
        states = {"active": State("active", "在用"), "retired": State("retired", "停用", done=True, end=True), **states}
    states[VOID] = State(VOID, {"zh_CN": "已作废", "en": "void"}, done=True, end=True)
    open_states = tuple(name for name, state in states.items() if not state.end)
    actions = {
        name: read_action(reader, ("actions", name), name, node, open_states, register=register)
        for name, node in reader.mapping(("actions",), tree.get("actions", {})).items()
    }
    approvals: dict[str, Approval] = {}
    for name, node in reader.mapping(("approvals",), tree.get("approvals", {})).items():
        approvals[name], actions[name] = read_approval(reader, ("approvals", name), name, node, open_states)
    clocks = {
        name: _clock(reader, ("clocks", name), name, node)
        for name, node in reader.mapping(("clocks",), tree.get("clocks", {})).items()
    }
    for name in ("kind", "title"):
        if name not in tree:
            reader.problem((), "{key} is missing.", key=name)
    return Kind(
        name=reader.text(("kind",), tree.get("kind", "")),
        title=reader.label(("title",), tree.get("title", "")),
        clause=reader.text_or_table(("clause",), tree["clause"]) if "clause" in tree else None,
        help=reader.text(("help",), tree.get("help", "")),
        number=reader.one((), tree, "number"),
        named_by=reader.several((), tree, "named_by"),
        register=reader.one((), tree, "register"),
        key=reader.one((), tree, "key"),
        tree=reader.one((), tree, "tree"),
        barred=reader.several((), tree, "barred"),
        apart=reader.groups(("apart",), tree.get("apart", [])),
        one_open=reader.groups(("one_open",), tree.get("one_open", [])),
        unique=reader.groups(("unique",), tree.get("unique", [])),
        promise=reader.one((), tree, "promise"),
        urgent="urgent" in tree and reader.flag(("urgent",), tree["urgent"]),
        mine=reader.several((), tree, "mine"),
        sees=reader.several((), tree, "sees"),
        findings=read_rules(reader, ("findings",), tree.get("findings", [])),
        columns=reader.several((), tree, "columns"),
        fields=fields,
        states=states,
        actions=actions,
        approvals=approvals,
        clocks=clocks,
    )


def _state(reader: Reader, path: Path, name: str, node: object) -> State:
    tree = reader.mapping(path, node, STATE)
    reader.identifier(path, name)
    end = "end" in tree and reader.flag((*path, "end"), tree["end"])
    done = "done" in tree and reader.flag((*path, "done"), tree["done"])
    return State(name, reader.required_label(path, name, tree), done=done or end, end=end)


def _clock(reader: Reader, path: Path, name: str, node: object) -> Clock:
    tree = reader.mapping(path, node, CLOCK)
    reader.identifier(path, name)
    within, until = tree.get("within"), tree.get("until")

    def never_or_length(where: Path, item: object) -> Length | None:
        return None if item == "never" else reader.length(where, item)

    return Clock(
        name=name,
        label=reader.required_label(path, name, tree),
        starts=reader.several(path, tree, "starts"),
        stops=reader.several(path, tree, "stops"),
        within=None
        if within is None
        else reader.choose((*path, "within"), within, never_or_length)
        if isinstance(within, dict)
        else reader.length((*path, "within"), within),
        until=None
        if until is None
        else reader.texts((*path, "until"), until)
        if isinstance(until, dict)
        else reader.text((*path, "until"), until),
        since=reader.texts((*path, "since"), tree.get("since", {})),
        pauses=reader.several(path, tree, "pauses"),
        warns=reader.lengths((*path, "warns"), tree["warns"]) if "warns" in tree else (),
        escalates=_levels(reader, (*path, "escalates"), tree.get("escalates", {})),
        clause=reader.text_or_table((*path, "clause"), tree["clause"]) if "clause" in tree else None,
    )


def _levels(reader: Reader, path: Path, node: object) -> dict[int, str]:
    levels: dict[int, str] = {}
    for percent, to in reader.mapping(path, node).items():
        if percent.isdecimal() and int(percent) <= 1000:
            levels[int(percent)] = reader.text((*path, percent), to)
        else:
            reader.problem(
                (*path, percent), "{percent} is no share of the time; write 80, 100 or 200.", percent=percent
            )
    return levels
