"""The words of the language of kind files, by the place where they stand (KINDS.md)."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


KIND = _words("""
    kind title clause help number named_by register key tree barred apart one_open unique promise mine sees findings
    columns fields states actions approvals clocks
""")
COLUMN = _words("label type values in open ref sealed default min max not warns must stamp")
FIELD = _words("""
    label type values in open ref holds sealed default min max not warns rows key count per since total of bands
""")
TYPES = _words("line text int number money bool date time period length files refs recurrence")
NUMBERS = _words("int number money")
STATE = _words("label done end")
ACTION = _words("""
    label from to by who asks takes adds row clears signs during after upon held freed named_by makes also
    through rules clause typed
""")
APPROVAL = _words("label state from by who asks takes decide to copies rules also clause")
CLOCK = _words("label starts stops within until since pauses warns escalates clause")
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
OWN_ACTIONS = _words("note edit correct void approve refuse withdraw escalate")
COMMANDS = _words("reveal list show log")
