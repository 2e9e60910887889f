"""The page of the office's own work: what it shows, in words."""

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
    across,
    expiring_section,
    more,
    sentences,
)


def work_page(part: Mapping[str, Any], words: Words) -> Page:
    """The page of these figures; what the regulation has no kind for is left out."""
    _ = words.say
    sections, measures, lead = [], [], []
    if "plans" in part:
        found = part["plans"]
        measures += [
            Measure(_("Plans in force at the end"), found["in_force_end"]),
            Measure(_("Measures finished"), found["finished_rate"], "percent", found["finished"], found["measured"]),
        ]
        sections.append(_plans(found, words))
    if "tasks" in part:
        found = part["tasks"]
        measures += [
            Measure(
                _("Tasks finished in time"), found["on_time_rate"], "percent", found["finished_on_time"],
                found["finished_with_due"],
            ),
            Measure(_("Tasks overdue"), found["overdue_end"]),
        ]  # fmt: skip
        lead.append(_("Tasks given {given}, finished {finished}, open at the end {open_end}.").format(**found))
        sections.append(_tasks(found, words))
    if "meetings" in part:
        found = part["meetings"]
        measures += [
            Measure(_("Meetings held"), found["held"]),
            Measure(
                _("Published in time"), found["publication_rate"], "percent", found["published_on_time"],
                found["published_with_due"],
            ),
        ]  # fmt: skip
        lead.append(_("Meetings held {held}, items passed {items_passed}.").format(**found))
        sections.append(_meetings(found, words))
    if "correspondence" in part:
        found = part["correspondence"]
        measures.append(
            Measure(
                _("Letters answered in time"), found["on_time_rate"], "percent", found["answered_on_time"],
                found["answered_with_due"],
            )
        )  # fmt: skip
        lead.append(_("Letters received {received}, answered {answered}.").format(**found))
        sections.append(_letters(found, words))
    if "activities" in part:
        found = part["activities"]
        measures += [
            Measure(_("Activities held"), found["held"]),
            Measure(_("Cost of activities"), found["cost"], "money"),
        ]
        lead.append(_("Activities held {held}, with {attendance} people.").format(**found))
        sections.append(_activities(found, words))
    sections.append(expiring_section(part["expiring"], words))
    return Page(_("Work report"), sentences(lead), measures, sections)


def _plans(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    course = [
        *((_("In force at the start"), Cell(figures["in_force_start"])), (_("Drafted"), Cell(figures["drafted"]))),
        *((_("Approved"), Cell(figures["approved"])), (_("Put in force"), Cell(figures["enacted"]))),
        *((_("Plans reviewed"), Cell(figures["reviewed"])), (_("Given up"), Cell(figures["dropped"]))),
        (_("In force at the end"), Cell(figures["in_force_end"])),
        (_("Plans reviewed in time"), Cell(figures["review_rate"], "percent")),
    ]
    measures = [
        *((_("Measures"), Cell(figures["measured"])), (_("Finished measures"), Cell(figures["finished"]))),
        (_("Share finished"), Cell(figures["finished_rate"], "percent")),
        (_("Measures overdue"), Cell(figures["overdue_measures"])),
        (_("Plan reviews overdue at the end"), Cell(figures["reviews_overdue_end"])),
    ]
    tables = [across(course, words), across(measures, words)]
    rows = figures["overdue"]
    if rows:
        lines = [
            Line(
                row["id"],
                [
                    *(Cell(row["item"], "text"), Cell(row["measure"], "text")),
                    Cell(words.names.get(row["owner"], row["owner"]), "text"),
                    Cell(row["deadline"], "day"),
                ],
            )
            for row in rows[:MOST]
        ]
        tables.append(Table([_("Plan"), _("Item"), _("Measure"), _("Owner"), _("Deadline")], lines, words=True))
    notes = [_("Measures overdue: {count}.").format(count=len(rows)), *more(rows, words)] if rows else []
    return Section("plans", _("Plans and rules"), notes, tables)


def _tasks(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    heads = [
        *(_("Department"), _("Open at the start"), _("Given"), _("Finished"), _("Open at the end")),
        *(_("Overdue and open"), _("On-time rate"), _("Extensions asked"), _("Extensions granted")),
        *(_("Sent back"), _("Dropped")),
    ]
    lines = [_task_line(*part) for part in words.each("task.dept", figures["by_dept"])]
    table = Table(heads, [*lines, _task_line(_("All"), figures, total=True)])
    return Section("tasks", _("Tasks"), (), [table] if lines else ())


def _task_line(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    names = ("open_start", "given", "finished", "open_end", "overdue_end")
    last = ("extensions_asked", "extensions_granted", "returned", "dropped")
    rate = Cell(row["on_time_rate"], "percent")
    return Line(label, [*(Cell(row[name]) for name in names), rate, *(Cell(row[name]) for name in last)], total)


def _meetings(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    heads = [
        *(_("Meeting"), _("Called"), _("Meetings held"), _("Quorate"), _("Cancelled"), _("Items passed")),
        *(_("Items not passed"), _("Published"), _("Published in time"), _("Publications overdue")),
    ]
    lines = [_meeting_line(*part) for part in words.each("meeting.body", figures["by_body"])]
    table = Table(heads, [*lines, _meeting_line(_("All"), figures, total=True)])
    return Section("meetings", _("Meetings"), (), [table] if lines else ())


def _meeting_line(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    names = ("called", "held", "quorate", "cancelled", "items_passed", "items_failed", "published")
    last = [Cell(row["publication_rate"], "percent"), Cell(row["publications_overdue_end"])]
    return Line(label, [*(Cell(row[name]) for name in names), *last], total)


def _letters(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    heads = [
        *(_("From"), _("Open at the start"), _("Letters received"), _("Answered"), _("Filed unanswered")),
        *(_("Open at the end"), _("Overdue and open"), _("Answered in time")),
    ]
    lines = [_letter_line(*part) for part in words.each("correspondence.party", figures["by_party"])]
    table = Table(heads, [*lines, _letter_line(_("All"), figures, total=True)])
    notes = [_("Letters sent: {count}.").format(count=figures["sent"])] if figures["sent"] else []
    return Section("correspondence", _("Letters"), notes, [table] if lines else ())


def _letter_line(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    names = ("open_start", "received", "answered", "filed", "open_end", "overdue_end")
    return Line(label, [*(Cell(row[name]) for name in names), Cell(row["on_time_rate"], "percent")], total)


def _activities(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    course = [
        *((_("Open at the start"), Cell(figures["open_start"])), (_("Activities planned"), Cell(figures["planned"]))),
        *((_("Approved"), Cell(figures["approved"])), (_("Activities held"), Cell(figures["held"]))),
        *((_("Cancelled"), Cell(figures["cancelled"])), (_("Summed up"), Cell(figures["summed_up"]))),
        (_("Summed up in time"), Cell(figures["sum_up_rate"], "percent")),
        (_("Open at the end"), Cell(figures["open_end"])),
    ]
    money = [
        *((_("Took part"), Cell(figures["attendance"])), (_("Budget"), Cell(figures["budget"], "money"))),
        *((_("Cost"), Cell(figures["cost"], "money")), (_("Over budget"), Cell(figures["over_budget"]))),
    ]
    nothing = not any(figures[name] for name in ("open_start", "planned", "held", "cancelled"))
    return Section("activities", _("Activities"), (), () if nothing else [across(course, words), across(money, words)])
