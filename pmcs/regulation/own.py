"""What the engine adds to every kind: note, edit, correct, void, escalate, approvals' steps, a register's life."""

from __future__ import annotations

from collections.abc import Iterable

from pmcs.core.kind import INHERIT, VOID, Action, Choose, Field, Kind


def completed(kind: Kind, makers: tuple[str, ...], leaving: tuple[str, ...] = ()) -> Kind:
    """The kind with the engine's own actions and fields, windows marked, `makers` spelled out.

    `leaving` are the kinds by which somebody hands over open work.
    """
    fields = {
        name: item._replace(ref=makers or item.ref) if item.ref == ("makers",) else item
        for name, item in kind.fields.items()
    }
    windows = {name for action in kind.actions.values() for name in (action.during, action.after, action.upon)}
    clocks = {name: clock._replace(window=name in windows) for name, clock in kind.clocks.items()}
    kind = kind._replace(fields=fields, clocks=clocks)
    actions = {**_own(kind, leaving), **kind.actions}
    if any(clock.escalates for clock in clocks.values()):
        kind = kind._replace(fields={**fields, "escalations": ESCALATIONS})
    order = [name for name in kind.actions if name in actions]
    order += [name for name in actions if name not in order]
    return kind.with_actions({name: actions[name] for name in order})


ESCALATIONS = Field(
    "escalations",
    {"zh_CN": "升级", "en": "escalations"},
    rows={
        "clock": Field("clock", {"zh_CN": "时限", "en": "clock"}),
        "since": Field("since", {"zh_CN": "起算", "en": "since"}, type="time"),
        "level": Field("level", {"zh_CN": "比例", "en": "per cent"}, type="int"),
        "told": Field("told", {"zh_CN": "报告", "en": "told"}),
    },
    key=("clock", "since", "level"),
)


def _own(kind: Kind, leaving: tuple[str, ...]) -> dict[str, Action]:
    living = tuple(name for name, state in kind.states.items() if not state.end)
    unvoided = tuple(name for name in kind.states if name != VOID)
    posts = _opening_posts(kind)
    found = [
        Action("note", {"zh_CN": "备注", "en": "note"}, by=("anyone",), asks=("note",), own=True),
        Action(
            "void", {"zh_CN": "作废", "en": "void"}, start=unvoided, to=VOID, by=("manager",), asks=("note",), own=True
        ),
    ]
    if set(kind.opening_fields) - set(kind.named_by):  # what stands in the number stays
        start = living if kind.is_register else None
        # What anyone may open and signs for, only the signer edits.
        signed = tuple(action.signs for action in kind.openings if action.signs and "anyone" in _posts([action]))
        editors = tuple(post for post in posts if post != "anyone" or not signed)
        found += [
            Action("edit", {"zh_CN": "修改", "en": "edit"}, start=start, by=editors, who=signed, own=True),
            Action(
                "correct", {"zh_CN": "更正", "en": "correct"}, start=unvoided, by=("manager",), asks=("note",), own=True
            ),
        ]
    if kind.is_register:
        found += [
            Action(
                "retire", {"zh_CN": "停用", "en": "retire"}, start=living, to="retired", by=posts, held=True, own=True
            ),
            Action(
                "revive", {"zh_CN": "恢复使用", "en": "revive"}, start=("retired",), to="active", by=posts, own=True
            ),
        ]
    named = tuple(dict.fromkeys(name.partition(".")[0] for name in kind.handed_on))
    if named and leaving:
        label = {"zh_CN": "接手", "en": "inherit"}
        found.append(Action(INHERIT, label, start=living, through=leaving, takes=named, clause="6", own=True))
    if any(item.sealed for field in kind.fields.values() for item in (field, *(field.rows or {}).values())):
        label = {"zh_CN": "查看密封内容", "en": "reveal"}
        found.append(Action("reveal", label, by=_sealing_posts(kind) or posts, asks=("note",), clause="11.4", own=True))
    if any(clock.escalates for clock in kind.clocks.values()):
        found.append(
            Action(
                "escalate",
                {"zh_CN": "升级", "en": "escalate"},
                start=living,
                by=("system",),
                adds="escalations",
                own=True,
            )
        )
    waiting = tuple(approval.state for approval in kind.approvals.values())
    if waiting:
        found += [
            Action("approve", {"zh_CN": "批准", "en": "approve"}, start=waiting, takes=("note",), own=True),
            Action("refuse", {"zh_CN": "驳回", "en": "refuse"}, start=waiting, asks=("note",), own=True),
            Action("withdraw", {"zh_CN": "撤回", "en": "withdraw"}, start=waiting, takes=("note",), own=True),
        ]
    return {action.name: action for action in found}


def _opening_posts(kind: Kind) -> tuple[str, ...]:
    return _posts(kind.openings) or ("manager",)


def _sealing_posts(kind: Kind) -> tuple[str, ...]:
    """Who may write what is private, and so may read it: whoever reports a fire is not told who was hurt."""
    private = {
        name for name, field in kind.fields.items() for item in (field, *(field.rows or {}).values()) if item.sealed
    }
    return _posts(action for action in kind.actions.values() if private & {*action.fields, action.adds, action.row})


def _posts(actions: Iterable[Action]) -> tuple[str, ...]:
    posts: list[str] = []
    for action in actions:
        by = action.by
        for names in by.table.values() if isinstance(by, Choose) else (by or (),):
            posts += [name for name in names if name not in posts]
    return tuple(posts)
