"""What each figure of the page of the office's work means; printed on it."""

from __future__ import annotations

from pmcs.errors import Translate
from pmcs.reports.definitions import listed_terms, of_dates, of_nothing, of_span


def work_definitions(_: Translate) -> list[dict[str, str]]:
    """Terms and meanings of the page of work."""
    return listed_terms(
        [
            of_span(_),
            (
                _("Plans and rules"),
                _(
                    "Drafted, approved, put in force, reviewed: in the month. In force: put in force and neither "
                    "reviewed nor given up. Reviewed in time: no later than the plan's last day ÷ reviewed with one."
                ),
            ),
            (
                _("Measures"),
                _(
                    "Those of the plans in force at the end or reviewed in the month, as they stood at its end. "
                    "Overdue: of a plan in force, their day is past, and they are neither finished nor given up."
                ),
            ),
            (
                _("Tasks"),
                _(
                    "Open at the start + given − ended = open at the end; ended is what was confirmed or dropped. "
                    "Finished: reported as finished in the month; what has to be done anew is finished anew."
                ),
            ),
            (
                _("Tasks finished in time"),
                _("Finished no later than the deadline then in force ÷ finished with a deadline."),
            ),
            (
                _("Tasks overdue"),
                _("Open at the end, not reported as finished, and the deadline, extensions included, is past."),
            ),
            (
                _("Meetings"),
                _(
                    "Held: whose attendance was counted in the month. Quorate: of those held, whose attendance was "
                    "enough. Items passed and not passed: of the meetings held."
                ),
            ),
            (
                _("Published in time"),
                _("Published in the month no later than their time for it ÷ published with such a time."),
            ),
            (
                _("Letters"),
                _(
                    "Those that came in: open at the start + received − answered − filed = open at the end. Received: "
                    "entered in the month. Answered in time: by the set day ÷ answered with such a day."
                ),
            ),
            (
                _("Activities"),
                _(
                    "Planned, approved, held, cancelled: in the month. Attendance, budget and cost: of those held in "
                    "it, as entered by now; over budget: whose cost is above the budget."
                ),
            ),
            of_dates(_),
            of_nothing(_),
        ]
    )
