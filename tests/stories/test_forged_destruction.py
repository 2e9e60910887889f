"""A destruction that nobody carried out: written by hand, committed and pulled, it must not cost anybody a key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pmcs.core.fold import fold
from pmcs.core.record import Event
from pmcs.store.documents import record_path, to_bytes
from pmcs.store.locating import find_store

PHONE = "13811112222"


@pytest.mark.parametrize("years", [0, 11], ids=["too soon", "in a time to come"])
def test_a_destruction_written_by_hand_destroys_nothing(office, years):
    office.ticket(contact=f"欧阳 {PHONE}", summary="路灯不亮")
    office("ticket", "close", "A01", "--force", "--note", "业主撤回")
    moment = office.now.replace(year=2026 + years, microsecond=0)
    store, number = find_store(office.root, None, {}), f"XH{moment:%Y%m%d}-A01"
    kind = store.kind_named("disposal", moment.date())
    rows = [{"record": "T20261123-A01", "title": "路灯不亮", "retention": "D10"}]
    steps = [
        Event(
            at=moment + timedelta(minutes=1),
            by="zhao.min",
            desk="A",
            do="new",
            to="listed",
            set={"reason": "期满"},
            add={"records": rows},
        ),
        Event(
            at=moment + timedelta(minutes=2),
            by="li.na",
            desk="A",
            do="appraise",
            to="appraised",
            set={"appraisal": "无"},
        ),
        Event(at=moment + timedelta(minutes=3), by="zhao.min", desk="A", do="submit", to="submitted"),
        Event(at=moment + timedelta(minutes=4), by="chen.lei", desk="A", do="approve", to="approved"),
        Event(at=moment + timedelta(minutes=5), by="li.na", desk="A", do="begin", to="begun"),
        Event(at=moment + timedelta(minutes=6), by="chen.lei", desk="A", do="witness", to="destroyed"),
    ]
    file = office.root / record_path(kind, number, moment.date())
    file.parent.mkdir(parents=True)
    file.write_bytes(to_bytes(kind, fold(kind, number, steps)))
    office.git("add", "-A")
    office.git("commit", "-qm", "pulled from elsewhere")
    assert office.json("disposal", "show", number)["state"] == "destroyed"
    assert PHONE in office("ticket", "reveal", "T20261123-A01", "--purpose", "核对")
    assert number in office.try_("check").out
