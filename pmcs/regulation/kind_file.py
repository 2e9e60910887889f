"""From the tree of one file of `kinds/` to a Kind: the shape of the language (KINDS.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pmcs.core.kind import OPENING, VOID, Action, Also, Approval, Choice, Choose, Clock, Field, Kind, RuleCall, State
from pmcs.core.length import Length
from pmcs.regulation.shape import Path, Reader

KIND = [
    "kind",
    "title",
    "clause",
    "help",
    "number",
    "register",
    "key",
    "tree",
    "barred",
    "apart",
    "one_open",
    "unique",
    "promise",
    "mine",
    "sees",
    "findings",
    "columns",
    "fields",
    "states",
    "actions",
    "approvals",
    "clocks",
]
COLUMN = [
    "label",
    "type",
    "values",
    "in",
    "open",
    "ref",
    "sealed",
    "default",
    "min",
    "max",
    "not",
    "warns",
    "must",
    "stamp",
]
FIELD = [
    "label",
    "type",
    "values",
    "in",
    "open",
    "ref",
    "holds",
    "sealed",
    "default",
    "min",
    "max",
    "not",
    "warns",
    "rows",
    "key",
    "count",
    "per",
    "since",
    "total",
    "of",
    "bands",
]
TYPES = ["line", "text", "int", "number", "money", "bool", "date", "time", "period", "length", "files", "refs"]
STATE = ["label", "done", "end"]
ACTION = [
    "label",
    "from",
    "to",
    "by",
    "who",
    "asks",
    "takes",
    "adds",
    "row",
    "clears",
    "signs",
    "during",
    "after",
    "held",
    "makes",
    "also",
    "through",
    "rules",
    "clause",
    "typed",
]
APPROVAL = ["label", "state", "from", "by", "who", "asks", "takes", "decide", "to", "copies", "rules", "also", "clause"]
CLOCK = ["label", "starts", "stops", "within", "until", "since", "pauses", "warns", "escalates", "clause"]
LATER = {"named_by", "upon", "freed"}
"""Words of the language that the engine does not carry out yet."""


def read_kind(reader: Reader) -> Kind:
    """The kind that a file declares, as far as it can be read; the reader holds the problems."""
    tree = _only_known(reader, (), reader.source.tree, KIND)
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
        name: _action(reader, ("actions", name), name, node, open_states, register=register)
        for name, node in reader.mapping(("actions",), tree.get("actions", {})).items()
    }
    approvals: dict[str, Approval] = {}
    for name, node in reader.mapping(("approvals",), tree.get("approvals", {})).items():
        approvals[name], actions[name] = _approval(reader, ("approvals", name), name, node)
    clocks = {
        name: _clock(reader, ("clocks", name), name, node)
        for name, node in reader.mapping(("clocks",), tree.get("clocks", {})).items()
    }
    for name in ("title",):
        if name not in tree:
            reader.problem((), "{key} is missing.", key=name)
    return Kind(
        name=reader.text(("kind",), tree.get("kind", "")),
        title=reader.label(("title",), tree.get("title", "")),
        clause=_clause(reader, ("clause",), tree.get("clause")),
        help=reader.text(("help",), tree.get("help", "")),
        number=_optional(reader, tree, "number"),
        register=_optional(reader, tree, "register"),
        key=_optional(reader, tree, "key"),
        tree=_optional(reader, tree, "tree"),
        barred=_names(reader, (), tree, "barred"),
        apart=reader.groups(("apart",), tree.get("apart", [])),
        one_open=reader.groups(("one_open",), tree.get("one_open", [])),
        unique=reader.groups(("unique",), tree.get("unique", [])),
        promise=_optional(reader, tree, "promise"),
        mine=_names(reader, (), tree, "mine"),
        sees=_names(reader, (), tree, "sees"),
        findings=_rules(reader, ("findings",), tree.get("findings", [])),
        columns=_names(reader, (), tree, "columns"),
        fields=fields,
        states=states,
        actions=actions,
        approvals=approvals,
        clocks=clocks,
    )


def _only_known(reader: Reader, path: Path, node: object, allowed: list[str]) -> dict[str, Any]:
    if isinstance(node, dict):
        for key in LATER & node.keys():
            reader.problem((*path, key), "{key} is not carried out by this version of pmcs yet.", key=key)
        node = {key: value for key, value in node.items() if key not in LATER}
    return reader.mapping(path, node, allowed)


def _optional(reader: Reader, tree: Mapping[str, Any], key: str) -> str | None:
    return reader.text((key,), tree[key]) if key in tree else None


def _names(reader: Reader, path: Path, tree: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return reader.names((*path, key), tree[key]) if key in tree else ()


def read_field(reader: Reader, path: Path, name: str, node: object, *, column: bool = False) -> Field:
    """A field, or a column of rows."""
    tree = _only_known(reader, path, node, COLUMN if column else FIELD)
    reader.identifier(path, name)

    def given(key: str, read: Callable[[Path, object], Any], default: Any = None) -> Any:
        return read((*path, key), tree[key]) if key in tree else default

    total = reader.mapping((*path, "total"), tree.get("total", {}), ("plus", "minus"))
    kind_of = given("type", reader.text, "line")
    reader.known((*path, "type"), kind_of, TYPES, "type")
    never = given("not", reader.text)
    if never is not None:
        reader.known((*path, "not"), never, ("past", "future"), "time")
    if "label" not in tree:
        reader.problem(path, "{name} has no label.", name=name)
    rows = given("rows", reader.mapping)
    return Field(
        name=name,
        label=given("label", reader.label, name),
        type=kind_of,
        values=_choices(reader, (*path, "values"), tree["values"]) if "values" in tree else None,
        among=given("in", reader.text),
        open=given("open", reader.flag, default=False),
        ref=_one_or_more(reader, (*path, "ref"), tree["ref"]) if "ref" in tree else (),
        holds=given("holds", reader.flag, default=False),
        sealed=given("sealed", reader.flag),
        rows={
            inner: read_field(reader, (*path, "rows", inner), inner, item, column=True) for inner, item in rows.items()
        }
        if rows is not None
        else None,
        key=given("key", reader.names, ()),
        must=given("must", reader.flag, default=False),
        stamp=given("stamp", reader.text),
        default=given("default", reader.text),
        min=given("min", reader.text),
        max=given("max", reader.text),
        never=never,
        warns=given("warns", reader.lengths, ()),
        count=given("count", reader.text),
        per=given("per", reader.text),
        since=given("since", reader.text),
        plus=_names(reader, (*path, "total"), total, "plus"),
        minus=_names(reader, (*path, "total"), total, "minus"),
        of=given("of", reader.text),
        bands=given("bands", reader.mapping),
    )


def _one_or_more(reader: Reader, path: Path, node: object) -> tuple[str, ...]:
    return (node,) if isinstance(node, str) else reader.names(path, node)


def _choices(reader: Reader, path: Path, node: object) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    for name, item in reader.mapping(path, node).items():
        if isinstance(item, dict) and "label" in item:
            tree = reader.mapping((*path, name), item, ("label", "needs"))
            label = reader.label((*path, name, "label"), tree["label"])
            found[name] = Choice(label, _names(reader, (*path, name), tree, "needs"))
        else:
            found[name] = Choice(reader.label((*path, name), item))
    if not found:
        reader.problem(path, "{name} has no choices.", name=str(path[-2]))
    return found


def _state(reader: Reader, path: Path, name: str, node: object) -> State:
    tree = _only_known(reader, path, node, STATE)
    reader.identifier(path, name)
    end = "end" in tree and reader.flag((*path, "end"), tree["end"])
    done = "done" in tree and reader.flag((*path, "done"), tree["done"])
    if "label" not in tree:
        reader.problem(path, "{name} has no label.", name=name)
    return State(name, reader.label((*path, "label"), tree.get("label", name)), done=done or end, end=end)


def _action(
    reader: Reader, path: Path, name: str, node: object, open_states: tuple[str, ...], *, register: bool
) -> Action:
    tree = _only_known(reader, path, node, ACTION)
    reader.identifier(path, name)
    opens = name in OPENING
    start: tuple[str, ...] | None = None
    if opens and "from" in tree:
        reader.problem((*path, "from"), "{action} opens a record and has no from.", action=name)
    elif not opens and "from" not in tree:
        if register and name in {"edit", "retire", "revive"}:
            start = ("retired",) if name == "revive" else open_states
        else:
            reader.problem(
                path, "{action} says nowhere from which states it is possible (from: [...] or from: open).", action=name
            )
            start = ()
    elif "from" in tree:
        start = open_states if tree["from"] == "open" else reader.names((*path, "from"), tree["from"])
    to = _to(reader, (*path, "to"), tree["to"]) if "to" in tree else None
    return Action(
        name=name,
        label=_required_label(reader, path, name, tree),
        start=start,
        to="active" if to is None and opens and register else to,
        held="held" in tree and reader.flag((*path, "held"), tree["held"]),
        typed=reader.text((*path, "typed"), tree["typed"]) if "typed" in tree else None,
        during=reader.text((*path, "during"), tree["during"]) if "during" in tree else None,
        after=reader.text((*path, "after"), tree["after"]) if "after" in tree else None,
        signs=reader.text((*path, "signs"), tree["signs"]) if "signs" in tree else None,
        adds=reader.text((*path, "adds"), tree["adds"]) if "adds" in tree else None,
        row=reader.text((*path, "row"), tree["row"]) if "row" in tree else None,
        clears=_names(reader, path, tree, "clears"),
        through=_names(reader, path, tree, "through"),
        makes={
            kind: {
                field: reader.text((*path, "makes", kind, field), source)
                for field, source in reader.mapping((*path, "makes", kind), table).items()
            }
            for kind, table in reader.mapping((*path, "makes"), tree.get("makes", {})).items()
        },
        **_common(reader, path, tree),
    )


def _common(reader: Reader, path: Path, tree: Mapping[str, Any]) -> dict[str, Any]:
    """What actions and approvals say alike."""
    if not {"by", "who", "through"} & tree.keys():
        reader.problem(
            path, "{action} says nowhere who may do it (by: [posts] or who: [fields]).", action=str(path[-1])
        )
    return {
        "by": _posts(reader, (*path, "by"), tree["by"]) if "by" in tree else None,
        "who": _names(reader, path, tree, "who"),
        "asks": _names(reader, path, tree, "asks"),
        "takes": _names(reader, path, tree, "takes"),
        "also": tuple(
            _also(reader, (*path, "also", place), item)
            for place, item in enumerate(_list(reader, (*path, "also"), tree.get("also", [])))
        ),
        "rules": _rules(reader, (*path, "rules"), tree.get("rules", [])),
        "clause": _clause(reader, (*path, "clause"), tree.get("clause")),
    }


def _required_label(reader: Reader, path: Path, name: str, tree: Mapping[str, Any]) -> Any:
    if "label" not in tree:
        reader.problem(path, "{name} has no label.", name=name)
    return reader.label((*path, "label"), tree.get("label", name))


def _list(reader: Reader, path: Path, node: object) -> list[Any]:
    if isinstance(node, list):
        return node
    reader.problem(path, "{name} must be a list such as [a, b].", name=str(path[-1]))
    return []


def _choose(reader: Reader, path: Path, node: object, read: Callable[[Path, object], Any]) -> Choose:
    tree = reader.mapping(path, node)
    if len(tree) != 1:
        reader.problem(path, "A choice table names one field: {{field: {{value: ...}}}}.")
        return Choose("", {})
    field, table = next(iter(tree.items()))
    return Choose(
        field,
        {value: read((*path, field, value), item) for value, item in reader.mapping((*path, field), table).items()},
    )


def _to(reader: Reader, path: Path, node: object) -> str | Choose | tuple[Choose, ...]:
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return tuple(_choose(reader, (*path, place), item, reader.text) for place, item in enumerate(node))
    if isinstance(node, dict) and len(node) > 1:
        reader.problem(path, "Several choice tables are a list: to: [a: {{...}}, b: {{...}}].")
    return _choose(reader, path, node, reader.text)


def _posts(reader: Reader, path: Path, node: object) -> tuple[str, ...] | Choose:
    return _choose(reader, path, node, reader.names) if isinstance(node, dict) else reader.names(path, node)


def _clause(reader: Reader, path: Path, node: object) -> str | Choose | None:
    if node is None:
        return None
    return _choose(reader, path, node, reader.text) if isinstance(node, dict) else reader.text(path, node)


def _also(reader: Reader, path: Path, node: object) -> Also:
    tree = reader.mapping(path, node, ("in", "do", "set"))
    do = tree.get("do", "")
    return Also(
        reader.text((*path, "in"), tree.get("in", "")),
        _choose(reader, (*path, "do"), do, reader.text) if isinstance(do, dict) else reader.text((*path, "do"), do),
        {
            name: reader.text((*path, "set", name), item)
            for name, item in reader.mapping((*path, "set"), tree.get("set", {})).items()
        },
    )


def _rules(reader: Reader, path: Path, node: object) -> tuple[RuleCall, ...]:
    calls = []
    for place, item in enumerate(_list(reader, path, node)):
        if isinstance(item, str):
            calls.append(RuleCall(item, {}))
        else:
            tree = reader.mapping((*path, place), item)
            calls += [
                RuleCall(name, reader.mapping((*path, place, name), arguments)) for name, arguments in tree.items()
            ]
    return tuple(calls)


def _approval(reader: Reader, path: Path, name: str, node: object) -> tuple[Approval, Action]:
    tree = _only_known(reader, path, node, APPROVAL)
    reader.identifier(path, name)
    common = _common(reader, path, tree)
    for key in ("state", "from", "decide"):
        if key not in tree:
            reader.problem(path, "{name} says no {key}.", name=name, key=key)
    label = _required_label(reader, path, name, tree)
    state = reader.text((*path, "state"), tree.get("state", ""))
    copies = reader.mapping((*path, "copies"), tree.get("copies", {}))
    approval = Approval(
        name=name,
        label=label,
        state=state,
        decide=_posts(reader, (*path, "decide"), tree.get("decide", [])),
        to=reader.text((*path, "to"), tree["to"]) if "to" in tree else None,
        copies={field: reader.text((*path, "copies", field), item) for field, item in copies.items()},
        also=common.pop("also"),
        clause=common["clause"],
    )
    start = reader.names((*path, "from"), tree.get("from", []))
    return approval, Action(name=name, label=label, start=start, to=state, approval=name, **common)


def _clock(reader: Reader, path: Path, name: str, node: object) -> Clock:
    tree = _only_known(reader, path, node, CLOCK)
    reader.identifier(path, name)
    within, until = tree.get("within"), tree.get("until")

    def never_or_length(where: Path, item: object) -> Length | None:
        return None if item == "never" else reader.length(where, item)

    return Clock(
        name=name,
        label=_required_label(reader, path, name, tree),
        starts=_names(reader, path, tree, "starts"),
        stops=_names(reader, path, tree, "stops"),
        within=None
        if within is None
        else _choose(reader, (*path, "within"), within, never_or_length)
        if isinstance(within, dict)
        else reader.length((*path, "within"), within),
        until=None
        if until is None
        else _by_action(reader, (*path, "until"), until)
        if isinstance(until, dict)
        else reader.text((*path, "until"), until),
        since=_by_action(reader, (*path, "since"), tree.get("since", {})),
        pauses=_names(reader, path, tree, "pauses"),
        warns=reader.lengths((*path, "warns"), tree["warns"]) if "warns" in tree else (),
        escalates=_levels(reader, (*path, "escalates"), tree.get("escalates", {})),
        clause=_clause(reader, (*path, "clause"), tree.get("clause")),
    )


def _by_action(reader: Reader, path: Path, node: object) -> dict[str, str]:
    return {name: reader.text((*path, name), item) for name, item in reader.mapping(path, node).items()}


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
