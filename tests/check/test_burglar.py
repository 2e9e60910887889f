"""The burglar: whoever writes in the files by hand, and commits it, is found with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.check.office import OFFICER, Office

DAY = "ticket/2026/11/23"
A01, A02, A03 = (f"{DAY}/T20261123-A0{number}.yaml" for number in (1, 2, 3))
TASK = "task/2026/11/23/K20261123-A01.yaml"
LAST = "- at: 2026-11-23T09:01:08"

# What is found, in which file, what stood there, what the burglar writes, and the line that the finding points to.
BURGLARIES = {
    "another state": ("fold", A01, "state: processing", "state: resolved", "state: resolved"),
    "another value": ("fold", A01, "\nchannel: phone", "\nchannel: web", "channel: web"),
    "no such choice": ("value", A01, "\nurgency: normal", "\nurgency: whenever", "urgency: whenever"),
    "a list for a text": ("value", A01, "\nsummary: 楼上漏水", "\nsummary: [楼上, 漏水]", "summary: ["),
    "a text for rows": ("value", A01, "materials:\n- {name: 报价单}", "materials: 报价单", "materials: 报"),
    "no time": ("value", TASK, "\ndeadline: 2026-11-25", "\ndeadline: someday", "deadline: someday"),
    "an unknown field": ("unknown", A01, "\nchannel:", "\ncolour: red\nchannel:", "colour"),
    "an unknown column": ("value", A02, "\nsummary:", "\nmaterials:\n- {colour: red}\nsummary:", "materials:"),
    "an unknown key of an entry": ("broken", A01, "  make: task", "  maker: task", LAST),
    "an unknown clock": ("unknown", A01, "respond: 2026", "lunch: 2026", "lunch"),
    "a key twice": ("broken", A01, "\nchannel:", "\nurgency: low\nchannel:", "urgency: low"),
    "a tab": ("broken", A01, "\nchannel:", "\n\tchannel:", "\tchannel"),
    "a conflict mark": ("broken", A01, "\nchannel:", "\n<<<<<<< HEAD\nchannel:", "<<<<<<<"),
    "no history": ("broken", A03, "history:", "story:", "id: "),
    "an entry that is a word": ("broken", A03, "history:\n", "history:\n- hello\n", "- hello"),
    "a time without its zone": ("broken", A03, "  by:", "  recorded: 2026-11-23T09:10:00\n  by:", "- at"),
    "another number": ("broken", A03, "id: T20261123-A03", "id: T20261123-A09", "id: "),
    "another kind": ("misplaced", A03, "kind: ticket", "kind: task", "kind: task"),
    "a post that may not": ("flow", A01, "li.na\n  do: assign", "zhao.min\n  do: assign", "09:00:39"),
    "nobody of the staff": ("flow", A01, "li.na\n  do: assign", "ghost\n  do: assign", "09:00:39"),
    "where it does not lead": ("flow", A03, "to: registered\n", "to: resolved\n", "- at"),
    "no state for it": ("flow", A01, "start\n  to: proc", "visit\n  to: proc", "09:00:42"),
    "no such action": ("flow", A01, "do: involve", "do: invent", LAST),
    "approved by who submitted it": ("flow", A01, "by: zhao.min", "by: wang.qiang", "09:00:56"),
    "visited by its doer": ("flow", A02, "li.na\n  do: visit", "wang.qiang\n  do: visit", "- at: 2026-11-23T09:01:02"),
    "another action's fact": ("flow", A01, "{verdict: valid}", "{verdict: valid, location: x}", "09:00:37"),
    "no later than the last": ("flow", A01, "T09:01:08", "T09:00:56", "T09:00:56+08:00\n  by: l"),
    "entered weeks late": ("flow", A03, "  by:", "  recorded: 2026-12-08T09:00:00+08:00\n  by:", "- at"),
    "a due time in the head": ("fold", A03, "\ndue: {inform: 2026-11-23", "\ndue: {inform: 2026-11-24", "due: {"),
    "a number in clear": ("value", A01, "\nsummary: 楼上漏水", "\nsummary: 楼上漏水13812345678", "summary: 楼"),
    "a number in a note": ("private", A01, "note: 同意", "note: 同意,电13812345678", "note: 同意,"),
    "a number in a comment": ("private", A01, "\nchannel: phone", "\nchannel: phone # 13812345678", "phone #"),
    "a seal of no use": ("seal", A01, "\ncontact: sealed:v1:", "\ncontact: sealed:v1:A", "contact: "),
    "a place that is not there": ("reference", A03, "\nplace: 3-2-1201", "\nplace: 9-9-999", "place: 9-9-999"),
    "a resident for a place": ("reference", A03, "\nplace: 3-2-1201", "\nplace: RA0001", "place: RA0001"),
    "a handler not there": ("reference", A02, "{assignee: wang.qiang}", "{assignee: ghost}", "set: {assignee: gh"),
}  # fmt: skip


def test_the_honest_morning_has_no_findings(honest: Office) -> None:
    assert honest.findings() == []


@pytest.mark.parametrize("burglary", BURGLARIES)
def test_what_is_written_by_hand_is_found_with_file_and_line(honest: Office, burglary: str) -> None:
    code, file, old, new, where = BURGLARIES[burglary]
    text = (honest.root / file).read_text("utf-8")
    assert old in text
    burgled = text.replace(old, new, 1)
    line = burgled.count("\n", 0, burgled.index(where)) + 1
    try:
        (honest.root / file).write_text(burgled, "utf-8")
        found = honest.findings(file)
    finally:
        (honest.root / file).write_text(text, "utf-8")
    errors = [(item["code"], item["line"]) for item in found if item["severity"] == "error"]
    assert (code, line) in errors
    assert ("edited", None) in errors
    assert "13812345678" not in str(found)


def test_the_faults_of_one_record_are_not_laid_to_another_that_leans_on_it(office: Office) -> None:
    path = office.root / A01
    path.write_text(path.read_text("utf-8").replace("state: processing", "state: closed"), "utf-8")
    office.commit_by_hand()
    assert office.errors() == [("fold", A01, 3)]
    path.write_bytes(b"\xff\xfe")
    office.commit_by_hand()
    assert office.errors() == [("broken", A01, 1)]


def sealed(office: Office, file: str, field: str) -> str:
    lines = (office.root / file).read_text("utf-8").splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith(f"{field}: "))


@pytest.mark.parametrize("relabel", [False, True])
def test_a_sealed_value_is_of_its_record_and_field_alone(office: Office, relabel: bool) -> None:
    own, foreign = sealed(office, A01, "contact"), sealed(office, A02, "contact")
    if relabel:
        foreign = foreign.replace("A02", "A01")
    path = office.root / A01
    path.write_text(path.read_text("utf-8").replace(own, foreign), "utf-8")
    resident = office.root / "resident/RA0001.yaml"
    name, phone = (sealed(office, "resident/RA0001.yaml", field) for field in ("name", "phone"))
    resident.write_text(resident.read_text("utf-8").replace(name, phone), "utf-8")
    office.commit_by_hand()
    assert office.errors() == [
        ("seal", "resident/RA0001.yaml", 4),
        ("seal", "resident/RA0001.yaml", 14),
        ("seal", A01, 8),
        ("seal", A01, 20),
    ]


def test_a_contact_in_clear_is_found_and_never_repeated(office: Office) -> None:
    path = office.root / A01
    path.write_text(path.read_text("utf-8").replace(sealed(office, A01, "contact"), "13755556666"), "utf-8")
    office.commit_by_hand()
    assert office.errors() == [("value", A01, 8), ("value", A01, 20)]
    assert "13755556666" not in "".join(map(str, office.run("check")))


def test_a_number_that_is_gone_is_evidence(office: Office) -> None:
    (office.root / A02).unlink()
    office.commit_by_hand()
    assert office.errors() == [("gap", A03, None)]
    assert "T20261123-A02" in str(office.findings()[0]["message"])


def test_many_numbers_that_are_gone_are_one_finding(office: Office) -> None:
    (office.root / A03).rename(office.root / A03.replace("A03", "A1234567"))
    office.commit_by_hand()
    gaps = [finding for finding in office.findings() if finding["code"] == "gap"]
    assert len(gaps) == 1
    assert "T20261123-A0000003 to T20261123-A1234566" in str(gaps[0]["message"])


def test_one_key_of_origin_is_taken_over_once(office: Office) -> None:
    rows = "key,opened,what\nX-1,2026-11-20 09:00,路灯\nX-2,2026-11-20 10:00,水管\n"
    (office.root.parent / "list.csv").write_text(rows, "utf-8")
    (office.root.parent / "map.yaml").write_text(
        "kind: ticket\nsource: old\nkey: key\nopened: {column: opened}\n"
        "fields:\n  category: {column: what, values: {路灯: repair}, default: repair}\n  summary: {column: what}\n",
        "utf-8",
    )
    office.do(["ticket", "import", str(office.root.parent / "list.csv"), "--map", str(office.root.parent / "map.yaml")])
    assert office.errors() == []
    second = office.root / "ticket/2026/11/20/T20261120-A02.yaml"
    text = second.read_text("utf-8")
    second.write_text(text.replace("X-2", "X-1"), "utf-8")
    office.commit_by_hand()
    line = text[: text.index("origin_key:")].count("\n") + 1
    assert office.errors() == [("unique", "ticket/2026/11/20/T20261120-A02.yaml", line)]


def test_of_two_open_records_that_are_open_once_the_second_is_found(office: Office) -> None:
    kinds = office.root / "regulation/2026-01-01/kinds"
    example = Path(__file__).parents[2] / "examples/key_loan.yaml"
    (kinds / "key_loan.yaml").write_text(example.read_text("utf-8"), "utf-8")
    office.commit_by_hand()
    for key in ("一号", "二号"):
        words = ["--key", key, "--borrower", "杨工", "--purpose", "检修", "--due-back", "2026-11-24"]
        office.do(["key_loan", "new", *words], OFFICER)
    second = office.root / "key_loan/2026/11/23/YS20261123-A02.yaml"
    text = second.read_text("utf-8")
    second.write_text(text.replace("二号", "一号"), "utf-8")
    office.commit_by_hand()
    line = text[: text.index("key: 二号")].count("\n") + 1
    assert office.errors() == [("one_open", "key_loan/2026/11/23/YS20261123-A02.yaml", line)]
    office.do("key_loan return YS20261123-A01", OFFICER)
    assert office.errors() == []


def remove(path: Path) -> None:
    path.unlink()


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def rename(path: Path) -> None:
    path.rename(path.with_name("T20261123-A04.yaml"))


def edit(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("路灯", "电灯"), "utf-8")


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        (remove, {"deleted"}),
        (replace_by_folder, {"deleted"}),
        (rename, {"deleted", "untracked", "broken"}),
        (edit, {"edited", "fold"}),
    ],
)
def test_what_is_not_committed_did_not_happen(office: Office, act: Callable[[Path], None], codes: set[str]) -> None:
    act(office.root / A03)
    assert {code for code, _, _ in office.errors()} >= codes - {"fold"}
    assert {code for code, _, _ in office.errors()} <= codes


def test_other_files_are_nobodys_business(office: Office) -> None:
    for name in ("README.md", "notes.yaml", "ticket/notes.txt", "photos/a.yaml", "ticket/.swap.yaml", f"{A01}~"):
        path = office.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(": [ 13812345678", "utf-8")
    assert office.findings() == []


def test_an_error_of_the_regulation_is_found_and_the_files_are_still_looked_at(office: Office) -> None:
    kind = "regulation/2026-01-01/kinds/ticket.yaml"
    text = (office.root / kind).read_text("utf-8")
    (office.root / kind).write_text(text.replace("promise: resolve", "promise: resolv"), "utf-8")
    (office.root / A02).unlink()
    line = text[: text.index("promise:")].count("\n") + 1
    assert office.errors() == [("regulation", kind, line), ("deleted", A02, None)]
    (office.root / kind).write_text(text.replace("promise: resolve", "promise: [resolve"), "utf-8")
    assert office.errors() == [("regulation", kind, line), ("deleted", A02, None)]


def test_a_changed_or_new_file_of_the_regulation_is_a_warning_until_it_is_committed(office: Office) -> None:
    calendar = office.root / "regulation/2026-01-01/calendar.yaml"
    calendar.write_bytes(calendar.read_bytes() + b"# 2027 follows\n")
    (office.root / "regulation/2026-01-01/notes.txt").write_text("x", "utf-8")
    found = office.findings()
    assert [(item["code"], item["severity"], item["file"]) for item in found] == [
        ("uncommitted", "warning", "regulation/2026-01-01/calendar.yaml"),
        ("uncommitted", "warning", "regulation/2026-01-01/notes.txt"),
    ]
    assert office.run("check")[0] == 0


def test_settings_that_cannot_be_read_are_one_sentence(office: Office) -> None:
    for text in ("offices: x\n", "\toffice: x\n", "time_zone: Mars/Olympus\n", "", "[", "office: [x]\n"):
        (office.root / "pmcs.yaml").write_text(text, "utf-8")
        code, out, errors = office.run("check")
        assert (code, out) == (5, "")
        assert errors.count("\n") == 1
        assert errors.startswith("Error: pmcs.yaml")


def test_records_whose_kind_was_taken_out_of_the_regulation_are_not_forgotten(office: Office) -> None:
    kinds = office.root / "regulation/2026-01-01/kinds"
    for kind in kinds.glob("*.yaml"):  # those that name one another go together
        if kind.stem not in {"staff", "training", "assessment", "conduct", "place", "resident", "interpretation"}:
            kind.unlink()
    (office.root / "regulation/2026-01-01/retention.yaml").unlink()  # which names them, too
    office.commit_by_hand()
    found = {(code, file) for code, file, _ in office.errors()}
    assert {("broken", A01), ("broken", A02), ("broken", A03), ("broken", TASK)} <= found
