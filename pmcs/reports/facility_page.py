"""The page of facilities: what it shows, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmcs.reports.sections import (
    Cell,
    Line,
    Measure,
    Page,
    Section,
    Table,
    Words,
    abnormal_section,
    expiring_section,
    hazard_section,
    listed,
    rounds_section,
    sentences,
)


def facility_page(part: Mapping[str, Any], words: Words) -> Page:
    """The page of these figures; what the regulation has no kind for is left out."""
    _ = words.say
    sections, measures, abnormal = [], [], []
    rounds, services, repairs = part.get("rounds"), part.get("maintenance"), part.get("repairs")
    if rounds:
        label = _("Rounds on time")
        measures.append(Measure(label, rounds["on_time_rate"], "percent", rounds["on_time"], rounds["due"]))
        sections.append(rounds_section("rounds", _("Rounds of equipment"), rounds, words))
        abnormal.append((_("Rounds"), rounds["abnormal"]))
    if services:
        label = _("Services on schedule")
        measures.append(Measure(label, services["on_time_rate"], "percent", services["on_time"], services["due"]))
        sections.append(rounds_section("maintenance", _("Services"), services, words))
        abnormal.append((_("Services"), services["abnormal"]))
    if abnormal:
        sections.append(abnormal_section(abnormal, words))
    if repairs:
        both = repairs["together"]
        measures += [
            Measure(
                _("Calls repaired in time"), both["timely_rate"], "percent", both["repaired_on_time"],
                both["repaired_with_due"],
            ),
            Measure(_("Rework rate"), repairs["rework_rate"], "percent", repairs["reworked"], repairs["accepted"]),
            Measure(_("Repairs open at the end"), repairs["open_end"]),
        ]  # fmt: skip
        sections.append(_repairs(repairs, words))
    if "assets" in part:
        found = part["assets"]
        label = _("Equipment in order")
        measures.append(Measure(label, found["in_order_rate"], "percent", found["in_order"], found["in_use"]))
        sections.append(_assets(found, words))
    if "hazards" in part:
        found = part["hazards"]
        label = _("Rectification rate")
        measures.append(Measure(label, found["rectification_rate"], "percent", found["closed"], found["to_close"]))
        sections.append(hazard_section(found, words))
    dates = part["expiring"]
    measures.append(Measure(_("Dates over or near"), dates["expired"] + dates["near"]))
    sections.append(expiring_section(dates, words))
    lead = [_("Rounds due {due}, missed {missed}.").format(**rounds)] if rounds else []
    if services:
        lead.append(_("Services due {due}, missed {missed}.").format(**services))
    if repairs:
        lead.append(
            _("Repairs reported {reported}, accepted {accepted}, open at the end {open_end}.").format(**repairs)
        )
    return Page(_("Facilities report"), sentences(lead), measures, sections)


def _repairs(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    heads = [
        *(
            _("Urgency"),
            _("Open at the start"),
            _("Repairs reported"),
            _("Accepted"),
            _("Ended unrepaired"),
            _("Open at the end"),
        ),
        *(_("Repaired in time"), _("There in time"), _("Rework rate"), _("Median"), _("Cost")),
    ]
    lines = [_repair_line(*part) for part in words.each("repair.urgency", figures["by_urgency"])]
    together = _repair_line(_("Emergencies and calls"), figures["together"])
    table = Table(heads, [*lines, together, _repair_line(_("All"), figures, total=True)])
    return Section("repairs", _("Repairs"), (), [table] if lines else ())


def _repair_line(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    return Line(
        label,
        [
            *(Cell(row["open_start"]), Cell(row["reported"]), Cell(row["accepted"])),
            *(Cell(row["ended"] - row["accepted"]), Cell(row["open_end"])),
            *(Cell(row["timely_rate"], "percent"), Cell(row["arrival_rate"], "percent")),
            *(Cell(row["rework_rate"], "percent"), Cell(row["median_hours"], "hours"), Cell(row["cost"], "money")),
        ],
        total,
    )


def _assets(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    heads = [_("Category"), _("In use"), _("In order"), _("Share in order")]
    lines = [_asset_line(*part) for part in words.each("asset.category", figures["by_category"])]
    table = Table(heads, [*lines, _asset_line(_("All"), figures, total=True)])
    stopped = figures["stopped"]
    notes = [_("Not in order: {codes}.").format(codes=listed(stopped))] if stopped else []
    return Section("assets", _("Equipment in order"), notes, [table] if lines else ())


def _asset_line(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    return Line(label, [Cell(row["in_use"]), Cell(row["in_order"]), Cell(row["in_order_rate"], "percent")], total)
