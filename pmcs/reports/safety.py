"""The part of safety (9, and the rounds of 5.3): rounds, hazards, incidents, drills, shifts."""

from __future__ import annotations

from typing import Any

from pmcs.reports.duty_figures import drill_figures, shift_figures
from pmcs.reports.facilities import DOMAIN
from pmcs.reports.ground import Ground
from pmcs.reports.incident_figures import incident_figures
from pmcs.reports.life_rows import dated, stirring
from pmcs.reports.round_figures import round_figures

KINDS = ("inspection", "hazard", "incident", "drill", "shift")
ENVIRONMENT = ("cleaning", "greening")


def safety(ground: Ground) -> dict[str, Any]:
    """The part's figures; of a kind that the regulation lacks there are none, and of nothing no part."""
    span, kinds = ground.span, ground.kinds
    found: dict[str, Any] = {}
    if "inspection" in kinds:
        others = [item for item in ground.inspections if item.category != DOMAIN]
        guarded = [item for item in others if item.category not in ENVIRONMENT]
        found["rounds"] = round_figures(guarded, span.known)
        found["environment"] = round_figures([item for item in others if item.category in ENVIRONMENT], span.known)
    if "hazard" in kinds:
        found["hazards"] = ground.hazard_part([life for life in ground.hazards if life.get("domain") != DOMAIN])
    if "incident" in kinds:
        incidents = stirring(ground.store, kinds["incident"], span)
        rows = [
            {**{name: life.fields.get(name) for name in ("grade", "type", "place", "what")}, "id": life.id,
             "opened": ground.local(life.opened)}
            for life in incidents
            if life.open_at(span.end)
        ]  # fmt: skip
        found["incidents"] = {**incident_figures(incidents, span), "open": rows}
    if "drill" in kinds:
        found["drills"] = drill_figures(dated(ground.store, kinds["drill"], "planned", span), span)
    if "shift" in kinds:
        found["shifts"] = shift_figures(dated(ground.store, kinds["shift"], "ends", span), span)
    return found
