"""Checklists for stories of rounds: a short one with a measured item, and a lift's thirty-one."""

from __future__ import annotations

PUMPS = """\
title: 消防泵房
items:
  1: {what: 泵房照明}
  2: {what: 阀门, standard: 常开阀门全开}
  3: {what: 出水压力, standard: 稳压时读表, unit: MPa, min: 0.35, max: 0.45}
  4: {what: 地面}
"""
LIFT = "title: 电梯\nitems:\n" + "".join(f"  {number}: {{what: 第{number}处}}\n" for number in range(1, 32))


def with_checklists(office):
    """The office, with both checklists in its regulation."""
    folder = office.root / "regulation/2026-01-01/checklists"
    folder.mkdir(exist_ok=True)
    (folder / "pumps.yaml").write_text(PUMPS, "utf-8")
    (folder / "lift.yaml").write_text(LIFT, "utf-8")
    office.git("add", "regulation")
    office.git("commit", "-qm", "checklists")
    return office


def begun(office, checklist="pumps"):
    """A round that wang.qiang has begun, and its number."""
    id_ = office.json(
        *("inspection", "new", "--round", "safety", "--checklist", checklist, "--place", "3-2-1201"),
        by="wang.qiang",
    )["id"]
    office("inspection", "start", id_, by="wang.qiang")
    return id_


def results(office, id_):
    """What stands in the rows: number → result."""
    return {row["item"]: row.get("result", "") for row in office.json("show", id_)["items"]}
