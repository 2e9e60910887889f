"""The page of people: what it shows, in words. Praise, blame and assessments without a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pmcs.reports.assessment_figures import FEWEST, OTHERS
from pmcs.reports.sections import (
    Cell,
    Line,
    Measure,
    Page,
    Section,
    Table,
    Words,
    across,
    expiring_section,
    listed,
    sentences,
)


def people_page(part: Mapping[str, Any], words: Words) -> Page:
    """The page of these figures; what the regulation has no kind for is left out."""
    _ = words.say
    sections, measures, lead = [], [], []
    if "people" in part:
        found = part["people"]
        measures += [
            Measure(_("On the staff at the end"), found["end"]),
            Measure(_("Undertakings missing"), found["undertakings_missing"]),
        ]
        lead.append(_("On the staff {end}: joined {joined}, left {left}.").format(**found))
        sections.append(_staff(found, words))
    if "training" in part:
        found = part["training"]
        measures += [
            Measure(_("Trainings on schedule"), found["on_time_rate"], "percent", found["done_on_time"], found["due"]),
            Measure(_("Coverage"), found["coverage"], "percent", found["attended"], found["expected"]),
            Measure(_("Not trained within a year"), found["untrained"]),
        ]
        lead.append(_("Trainings held {held}, attended {attended} of {expected}.").format(**found))
        sections.append(_training(found, words))
    if "conduct" in part:
        found = part["conduct"]
        measures += [
            Measure(_("Praise and blame announced"), found["announced"]),
            Measure(_("Appeals against praise and blame"), found["appeals"]),
        ]
        sections.append(_conduct(found, words))
    if "assessments" in part:
        found = part["assessments"]
        measures += [
            Measure(_("Assessments confirmed"), found["confirmed"]),
            Measure(_("Mean assessment"), found["mean"], "points"),
        ]
        sections.append(_assessments(found, words))
    dates = part["expiring"]
    measures.append(Measure(_("Licences over or near"), dates["expired"] + dates["near"]))
    sections.append(expiring_section(dates, words))
    return Page(_("People report"), sentences(lead), measures, sections)


def _staff(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    pairs = [
        *((_("At the start"), Cell(figures["start"])), (_("Joined"), Cell(figures["joined"]))),
        *((_("Left"), Cell(figures["left"])), (_("Returned to the staff"), Cell(figures["returned"]))),
        (_("At the end"), Cell(figures["end"])),
        (_("Without a post"), Cell(figures["without_post"])),
        (_("Undertakings missing"), Cell(figures["undertakings_missing"])),
    ]
    lines = [Line(label, [Cell(count)]) for label, count in words.each("posts", figures["by_post"])]
    tables = [across(pairs, words)]
    if lines:
        tables.append(Table([_("Post"), _("Persons who hold it")], lines))
    notes = [_("No undertaking of confidentiality: {people}.").format(people=_named(figures["missing"], words))]
    return Section("staff", _("Staff"), notes if figures["missing"] else (), tables)


def _training(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    plan = [
        *((_("Due in the month"), Cell(figures["due"])), (_("Of them held"), Cell(figures["done"]))),
        *((_("On time"), Cell(figures["done_on_time"])), (_("Trainings not held"), Cell(figures["not_done"]))),
        *((_("Cancelled"), Cell(figures["cancelled"])), (_("Not due yet"), Cell(figures["not_due_yet"]))),
        (_("On-time rate"), Cell(figures["on_time_rate"], "percent")),
    ]
    tables = [across(plan, words)]
    if figures["held"]:
        heads = [
            *(_("Clause"), _("Trainings held"), _("Training hours"), _("Should have come"), _("Came")),
            *(_("Coverage"), _("Mean score")),
        ]
        lines = [_attended(clause or "—", row) for clause, row in figures["by_basis"].items()]
        tables.append(Table(heads, [*lines, _attended(_("All"), figures, total=True)]))
    notes = [_("No training within a year: {people}.").format(people=_named(figures["not_trained"], words))]
    return Section("training", _("Trainings"), notes if figures["not_trained"] else (), tables)


def _attended(label: str, row: Mapping[str, Any], *, total: bool = False) -> Line:
    cells = [Cell(row["held"]), Cell(row["hours"], "points"), Cell(row["expected"]), Cell(row["attended"])]
    return Line(label, [*cells, Cell(row["coverage"], "percent"), Cell(row["mean_score"], "points")], total)


def _conduct(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    course = [
        *((_("Open at the start"), Cell(figures["open_start"])), (_("Put forward"), Cell(figures["proposed"]))),
        *((_("Announced"), Cell(figures["announced"])), (_("Become final"), Cell(figures["final"]))),
        *((_("Taken back"), Cell(figures["dropped"])), (_("Open at the end"), Cell(figures["open_end"]))),
    ]
    appeals = [
        *((_("Appeals"), Cell(figures["appeals"])), (_("Upheld and withdrawn"), Cell(figures["upheld"]))),
        (_("Dismissed"), Cell(figures["dismissed"])),
    ]
    tables = [across(course, words), across(appeals, words)]
    for head, rows in (
        (_("Sort"), words.each("conduct.type", figures["by_type"])),
        (_("Clause"), figures["by_basis"].items()),
    ):
        lines = [Line(label or "—", [Cell(row["proposed"]), Cell(row["announced"])]) for label, row in rows]
        if lines:
            tables.append(Table([head, _("Put forward"), _("Announced")], lines))
    return Section("conduct", _("Praise and blame"), [_("Counted without names.")], tables)


def _assessments(figures: Mapping[str, Any], words: Words) -> Section:
    _ = words.say
    if not figures["records"]:
        return Section("assessments", _("Assessments"))
    states = " · ".join(f"{label} {n}" for label, n in words.each("assessment.state", figures["by_state"]))
    notes = [
        _("Of this period, or confirmed in it, as they stand: {states}.").format(states=states),
        _("Without names. Posts of fewer than {fewest} persons are counted together, and of a group of fewer than "
          "{fewest} persons no points are told.").format(fewest=FEWEST),
    ]  # fmt: skip
    tables = []
    if figures["totals"]:
        posts = figures["by_post"] if figures["by_post"].keys() - {OTHERS} else {}
        rows = [*_posts(posts, words), (_("All"), figures)]
        heads = [
            _("Post"),
            _("Persons"),
            _("Assessments"),
            _("Mean points"),
            _("Median points"),
            _("Lowest"),
            _("Highest"),
        ]
        lines = [
            Line(
                label,
                [
                    *(Cell(row["persons"]), Cell(row["totals"])),
                    *(Cell(row[name], "points") for name in ("mean", "median", "lowest", "highest")),
                ],
                row is figures,
            )
            for label, row in rows
        ]
        tables.append(Table(heads, lines))
        bands = [_("Post"), _("Under 60"), _("60 to 70"), _("70 to 80"), _("80 to 90"), _("90 to 100")]
        spread = [
            Line(label, [Cell(number) for number in row["bands"].values()], row is figures)
            for label, row in rows
            if row["bands"] is not None
        ]
        if spread:
            tables.append(Table(bands, spread))
    return Section("assessments", _("Assessments"), notes, tables)


def _posts(by_post: Mapping[str, Any], words: Words) -> list[tuple[str, Mapping[str, Any]]]:
    """The posts in the order of the regulation, what is counted together last."""
    _ = words.say
    told = {post: row for post, row in by_post.items() if post != OTHERS}
    rest = [(_("Other posts together"), by_post[OTHERS])] if OTHERS in by_post else []
    return [*words.each("posts", told), *rest]


def _named(codes: Iterable[str], words: Words) -> str:
    return listed([words.names.get(code, code) for code in codes])
