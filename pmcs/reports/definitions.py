"""What each figure of a report means; printed on it. Those of people and of work stand beside."""

from __future__ import annotations

from pmcs.errors import Translate


def definitions(_: Translate) -> list[dict[str, str]]:
    """Terms and meanings in the language of the translator."""
    pairs = [
        (
            _("Month"),
            _(
                "From its first moment to that of the next month, in the office's time zone; tickets that are "
                "void do not count."
            ),
        ),
        (_("Received"), _("Opened in the month; an imported ticket on the day it was first reported.")),
        (
            _("Resolved"),
            _(
                "Transitions of the month into a finished state: resolved, invalid, merged, closed by force, "
                "imported as closed. A later reopening does not unmake one."
            ),
        ),
        (_("Reopened"), _("Transitions of the month out of a finished state; a low score does that too.")),
        (_("Open at the end"), _("Opened before the month's end and not finished before it.")),
        (
            _("Balance"),
            _(
                "Open at the start + received − resolved + reopened = open at the end; tickets closed in a month "
                "before they were opened are named beside it."
            ),
        ),
        (_("On-time rate"), _("Resolved no later than promised ÷ resolved with a promise.")),
        (_("Overdue and open"), _("Of those open at the end, the promised time lay before the month's end.")),
        (
            _("Median, nine in ten"),
            _(
                "Wall hours from opening to resolution, by linear interpolation; negative durations are kept and "
                "listed."
            ),
        ),
        (
            _("Visit rate"),
            _(
                "Resolved in the month, owing a return visit and reached ÷ resolved in the month and owing a "
                "return visit."
            ),
        ),
        (_("Satisfaction rate"), _("Scores of 4 and 5 ÷ all scores of those reached.")),
        ("—", _("There is nothing to divide by.")),
    ]
    return listed_terms(pairs)


def facility_definitions(_: Translate) -> list[dict[str, str]]:
    """Terms and meanings of the page of facilities."""
    return listed_terms(
        [
            of_span(_),
            *_of_rounds(_),
            (
                _("Abnormal items"),
                _(
                    "Of the rounds and services of the month; each ends as the repair (accepted), hazard (cleared) or "
                    "ticket (closed) that it led to, and is open while any of them is."
                ),
            ),
            (
                _("Repairs"),
                _(
                    "Open at the start + reported − accepted − ended unrepaired + reopened = open at the end. "
                    "Cost and rework are those of the repairs accepted in the month."
                ),
            ),
            (
                _("Repaired in time"),
                _(
                    "Repairs finished no later than their time for repair ÷ repairs finished in the month with such a "
                    "time; what is reworked is finished anew, under a new time. At a glance: emergencies and calls."
                ),
            ),
            (
                _("There in time"),
                _("First arrivals of the month no later than their time for it ÷ first arrivals with such a time."),
            ),
            (_("Rework rate"), _("Accepted in the month after one rejection or more ÷ accepted in the month.")),
            (_("Median"), _("Wall hours from the report to the finished repair.")),
            (
                _("Equipment in order"),
                _("Neither stopped nor retired ÷ not retired, as they stood at the month's end."),
            ),
            *_of_hazards(_),
            of_dates(_),
            of_nothing(_),
        ]
    )


def safety_definitions(_: Translate) -> list[dict[str, str]]:
    """Terms and meanings of the page of safety."""
    return listed_terms(
        [
            of_span(_),
            *_of_rounds(_),
            (
                _("Abnormal items"),
                _(
                    "Of the rounds of the month; each ends as the repair (accepted), hazard (cleared) or ticket "
                    "(closed) that it led to, and is open while any of them is."
                ),
            ),
            *_of_hazards(_),
            (
                _("There in time (incidents)"),
                _(
                    "Incidents reported in the month at which somebody arrived within the time for it ÷ those reported "
                    "in the month whose time is over or that somebody arrived at. Times are minutes from the report."
                ),
            ),
            (
                _("Reviewed in time"),
                _("Reviews of the month no later than their time ÷ reviews of the month with such a time."),
            ),
            (
                _("Drills"),
                _("Planned in the month; cancelled ones are not due. Held: by the last entry of the report."),
            ),
            (
                _("Shifts"),
                _(
                    "Due to end in the month. On time: taken over by the set end; what nobody took over stays in the "
                    "denominator, what the manager stood down does not."
                ),
            ),
            of_dates(_),
            of_nothing(_),
        ]
    )


def of_span(_: Translate) -> tuple[str, str]:
    """Which records belong to a part."""
    return (
        _("Month"),
        _("From its first moment to that of the next month, in the office's time zone; void records do not count."),
    )


def _of_rounds(_: Translate) -> list[tuple[str, str]]:
    return [
        (
            _("Due in the month"),
            _(
                "Planned in the month, and by the last entry of the report done, missed or past the latest time. "
                "What was done after the month's end counts for the month that it was planned in."
            ),
        ),
        (
            _("Done"),
            _("Rounds that are finished; services that are accepted, or covered by a greater one."),
        ),
        (
            _("On-time rate"),
            _(
                "Begun within the tolerance and done ÷ due. Early, late, missed and not done yet all stay in the "
                "denominator."
            ),
        ),
        (
            _("Ad hoc"),
            _("Without a set time; counted apart, by the planned day or else that of the opening."),
        ),
    ]


def _of_hazards(_: Translate) -> list[tuple[str, str]]:
    return [
        (
            _("Hazards"),
            _("Open at the start + found − closed + reopened = open at the end. Found: entered in the month."),
        ),
        (
            _("Rectification rate"),
            _(
                "Closed in the month ÷ closed in the month plus those open at its end whose deadline, extensions "
                "included, had passed."
            ),
        ),
        (
            _("Rectified in time"),
            _("Rectified in the month no later than the deadline then in force ÷ rectified in the month."),
        ),
        (
            _("Overdue (hazards)"),
            _("Open at the end, the deadline passed and the rectification not reported."),
        ),
    ]


def of_dates(_: Translate) -> tuple[str, str]:
    """Which dates are near or over."""
    return (
        _("Dates that run out"),
        _(
            "Over, or no further ahead than they are announced, at the end of the month's last day; of several of one "
            "name in one record the latest counts."
        ),
    )


def of_nothing(_: Translate) -> tuple[str, str]:
    """The dash."""
    return ("—", _("There is nothing to divide by."))


def listed_terms(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Terms and meanings as the templates want them."""
    return [{"term": term, "meaning": meaning} for term, meaning in pairs]


def of_year(_: Translate, terms: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same terms, in the report of a year: what is the month becomes the year."""
    year = (
        _("Year"),
        _(
            "From its first moment to that of the next year, in the office's time zone; void records do not count. "
            "What is said of the month holds for the year, and in the table by month for each month. Rates of the year "
            "are worked out from the year's counts, not from the rates of the months; what is open, overdue or in "
            "force at the end is what it is at the end of the last month."
        ),
    )
    return [*listed_terms([year]), *(term for term in terms if term["term"] != _("Month"))]
