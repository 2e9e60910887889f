"""The part of facilities (8): rounds of equipment, services, repairs, hazards, equipment in order, certificates."""

from __future__ import annotations

from typing import Any

from pmcs.reports.asset_figures import asset_figures, read_assets
from pmcs.reports.ground import Ground
from pmcs.reports.life_rows import stirring
from pmcs.reports.repair_figures import repair_figures
from pmcs.reports.round_figures import round_figures
from pmcs.reports.round_rows import read_rounds

KINDS = ("inspection", "maintenance", "repair", "asset", "hazard")
DOMAIN = "equipment"


def facilities(ground: Ground) -> dict[str, Any]:
    """The part's figures; of a kind that the regulation lacks there are none, and of nothing no part."""
    found: dict[str, Any] = {}
    if "inspection" in ground.kinds:
        mine = [item for item in ground.inspections if item.category == DOMAIN]
        found["rounds"] = round_figures(mine, ground.span.known)
    if "maintenance" in ground.kinds:
        services = read_rounds(ground.store, ground.kinds["maintenance"], ground.span)
        found["maintenance"] = round_figures(services, ground.span.known)
    if "repair" in ground.kinds:
        found["repairs"] = repair_figures(stirring(ground.store, ground.kinds["repair"], ground.span), ground.span)
    if "asset" in ground.kinds:
        found["assets"] = asset_figures(read_assets(ground.store, ground.kinds["asset"], ground.span.end))
    if "hazard" in ground.kinds:
        found["hazards"] = ground.hazard_part([life for life in ground.hazards if life.get("domain") == DOMAIN])
    return found
