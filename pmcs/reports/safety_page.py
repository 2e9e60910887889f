"""The page of safety: what it shows, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pmcs.reports.sections import (
    MOST,
    Cell,
    Line,
    Measure,
    Page,
    Section,
    Table,
    Words,
    abnormal_section,
    across,
    expiring_section,
    hazard_section,
    listed,
    more,
    rounds_section,
    sentences,
)


def safety_page(part: Mapping[str, Any], words: Words) -> Page:
    """The page of these figures; what the regulation has no kind for is left out."""
    _ = words.say
    sections, measures, lead = [], [], []
    rounds = part.get("rounds")
    if rounds:
        around = part["environment"]
        for label, found in ((_("Rounds on time"), rounds), (_("Rounds of the environment on time"), around)):
            measures.append(Measure(label, found["on_time_rate"], "percent", found["on_time"], found["due"]))
        lead.append(_("Rounds due {due}, missed {missed}.").format(**rounds))
        sections += [
            rounds_section("rounds", _("Rounds of safety and order"), rounds, words, by_round=True),
            rounds_section("environment", _("Environment: cleaning and greening"), around, words, by_round=True),
            abnormal_section([(_("Rounds"), rounds["abnormal"]), (_("Environment"), around["abnormal"])], words),
        ]
    if "hazards" in part:
        found = part["hazards"]
        measures += [
            Measure(
                _("Rectification rate"), found["rectification_rate"], "percent", found["closed"], found["to_close"]
            ),
            Measure(_("Hazards overdue"), found["overdue_end"]),
        ]
        lead.append(_("Hazards found {found}, closed {closed}, overdue {overdue_end}.").format(**found))
        sections.append(hazard_section(found, words))
    if "incidents" in part:
        found = part["incidents"]
        measures += [
            Measure(_("Incidents"), found["reported"]),
            Measure(
                _("There in time"), found["response_rate"], "percent", found["response_on_time"],
                found["response_with_due"],
            ),
        ]  # fmt: skip
        lead.append(_("Incidents reported {reported}, open at the end {open_end}.").format(**found))
        sections.append(_incidents(found, words))
    if "drills" in part:
        found = part["drills"]
        measures.append(Measure(_("Drills held"), found["held_rate"], "percent", found["held"], found["due"]))
    if "shifts" in part:
        found = part["shifts"]
        label = _("Shifts handed over in time")
        measures.append(Measure(label, found["on_time_rate"], "percent", found["taken_on_time"], found["due"]))
    if "drills" in part or "shifts" in part:
        sections.append(_duty(part, words))
    sections.append(expiring_section(part["expiring"], words))
    return Page(_("Safety report"), sentences(lead), measures, sections)


def _incidents(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    counts = [
        *((_("Open at the start"), Cell(figures["open_start"])), (_("Incidents reported"), Cell(figures["reported"]))),
        *((_("Incidents closed"), Cell(figures["closed"])), (_("Open at the end"), Cell(figures["open_end"]))),
        *((_("Persons affected"), Cell(figures["persons"])), (_("Reviewed"), Cell(figures["reviewed"]))),
        (_("Reviewed in time"), Cell(figures["review_rate"], "percent")),
        (_("Reviews overdue at the end"), Cell(figures["reviews_overdue_end"])),
    ]
    times = [
        (_("There in time"), Cell(figures["response_rate"], "percent")),
        (_("Median time until there"), Cell(figures["response_median_minutes"], "minutes")),
        (_("Longest time until there"), Cell(figures["response_longest_minutes"], "minutes")),
        (_("Median time until controlled"), Cell(figures["controlled_median_minutes"], "minutes")),
        (_("Median time until recovered"), Cell(figures["recovered_median_minutes"], "minutes")),
    ]
    if not figures["reported"] and not figures["open_start"]:
        return Section("incidents", _("Incidents"))
    notes = []
    for among, text in (("type", _("Reported, by type: {parts}.")), ("grade", _("Reported, by grade: {parts}."))):
        parts = words.each(f"incident.{among}", figures[f"by_{among}"])
        if parts:
            notes.append(text.format(parts=" · ".join(f"{label} {n}" for label, n in parts)))
    tables = [across(counts, words), across(times, words)]
    rows = figures["open"]
    if rows:
        heads = [_("Number"), _("Grade"), _("Type"), _("Place"), _("Incident"), _("Reported at")]
        lines = [
            Line(
                row["id"],
                [
                    Cell(words.of("incident.grade", row["grade"]), "text"),
                    Cell(words.of("incident.type", row["type"]), "text"),
                    *(Cell(row["place"], "text"), Cell(row["what"], "text"), Cell(row["opened"], "time")),
                ],
            )
            for row in rows[:MOST]
        ]
        notes += more(rows, words)
        tables.append(Table(heads, lines, words=True))
    return Section("incidents", _("Incidents"), notes, tables)


def _duty(part: Mapping[str, Any], words: Words) -> Section:
    """Drills and shifts one below the other."""
    _ = words.say
    tables, notes = [], []
    drills, shifts = part.get("drills"), part.get("shifts")
    if drills:
        names = ("due", "held", "held_on_time", "not_held", "poor", "not_due_yet")
        heads = [
            "",
            _("Due in the month"),
            _("Held"),
            _("On time"),
            _("Not held"),
            _("To be improved"),
            _("Not due yet"),
        ]
        tables.append(Table(heads, [Line(_("Drills"), [Cell(drills[name]) for name in names])]))
    if shifts:
        names = ("due", "taken_on_time", "taken_late", "without_takeover", "stood_down", "not_due_yet")
        heads = [
            "",
            _("Due in the month"),
            _("On time"),
            _("Late"),
            _("Taken over by nobody"),
            _("Stood down"),
            _("Not due yet"),
        ]
        tables.append(Table(heads, [Line(_("Shifts"), [Cell(shifts[name]) for name in names])]))
        if shifts["without"]:
            notes.append(_("Shifts taken over by nobody: {ids}.").format(ids=listed(shifts["without"])))
    return Section("duty", _("Drills and shifts"), notes, tables)
