"""`pmcs audit sample`: a worksheet for whoever looks at single records by hand."""

from __future__ import annotations

import click

from pmcs.cli.answers import print_objects
from pmcs.cli.app import App
from pmcs.cli.output import write
from pmcs.cli.shapes import cell, local_time, shown_fields
from pmcs.core.kind import Kind
from pmcs.core.record import Record
from pmcs.errors import Sentence
from pmcs.store.message import clause_of
from pmcs.store.queries import Row

STYLE = (
    "@page{size:A4 landscape;margin:12mm}body{font:.9rem/1.45 sans-serif}h1{font-size:1.4rem}"
    "table{border-collapse:collapse;width:100%}thead{display:table-header-group}tr{break-inside:avoid}"
    "th,td{border:1px solid #000;padding:.3em;text-align:left;vertical-align:top;overflow-wrap:break-word}"
    "th,.short{white-space:nowrap}.wide{min-width:12em}@media print{body{font-size:8.5pt}}"
)
WIDE, LONG = ("remarks",), ("title", "promised", "done")
FORMATS = ("table", "json", "csv", "yaml", "md", "html")


@click.command()
@click.argument("period", metavar="YYYY-MM|YYYY")
@click.option("--n", "size", type=click.IntRange(1, 10_000), default=30, help="How many records.")
@click.option("--seed", metavar="TEXT", required=True, help="Whoever knows it draws the same sample again.")
@click.option("--format", "how", type=click.Choice(FORMATS), default="table")
@click.pass_obj
def sample(app: App, period: str, size: int, seed: str, how: str) -> None:
    """Draw records of a period at random, for a look at each; the same seed draws the same."""
    from pmcs.core.period import period_of, span_of
    from pmcs.duties.audit.sample import drawn, place_in_draw, population

    span = span_of(period_of(period), app.store.config.zone)
    there = population(app.store, span)
    chosen = drawn(seed, there, size)
    found = [
        {
            "place": place,
            "draw": place_in_draw(seed, id_)[:12],
            **_record(app, there[id_]),
            "conform": "",
            "not_conform": "",
            "remarks": "",
        }
        for place, id_ in enumerate(chosen, 1)
    ]
    _ = app.words.gettext
    columns = [
        ("place", _("No.")),
        ("id", _("Number")),
        ("kind", _("Kind")),
        ("title", _("Title")),
        ("clause", _("Clause")),
        ("promised", _("Promised")),
        ("done", _("Done")),
        ("conform", _("Conforms")),
        ("not_conform", _("Does not")),
        ("remarks", _("Remarks")),
    ]
    drawn_of = Sentence(
        "{period}: {count} of {total} records, seed {seed}.",
        period=period,
        count=len(found),
        total=len(there),
        seed=seed,
    )
    if how in ("md", "html"):
        title = _("Audit sample")
        signature = _("Auditor: ____________    Date: ____________    Office: ____________")
        page = _page(how, title, app.words.sentence(drawn_of), columns, found, signature, app.language)
        write(page, app.out)
        return
    print_objects(found, found, columns, how, app.out)
    if how == "table":
        app.say(drawn_of)


def _record(app: App, row: Row) -> dict[str, str]:
    """What a worksheet says of a record, as far as the viewer is shown it; private values stay sealed."""
    store = app.store
    record = store.seen(row.id, (row.kind,))[0]
    kind = store.kind_of(record)
    shown = shown_fields(app, kind, record.id, record.fields)
    titles = [name for name in (*kind.columns, *kind.fields) if name in shown and _tells(kind, name)]
    due: dict[str, str] = {}
    for event in record.history:
        due |= {name: text for name, text in event.due.items() if text and name in kind.clocks}
    promised = [f"{app.words.label(kind.clocks[name].label)} {local_time(app, text)}" for name, text in due.items()]
    state = kind.states.get(record.state)
    last = next((event for event in reversed(record.history) if event.to), record.history[-1])
    return {
        "id": record.id,
        "kind": app.words.label(kind.title),
        "title": cell(app, kind, record.id, kind.fields[titles[0]], shown[titles[0]]) if titles else "",
        "clause": _clause(kind, record),
        "promised": "; ".join(promised),
        "done": f"{app.words.label(state.label) if state else record.state} {local_time(app, last.at.isoformat())}",
    }


def _tells(kind: Kind, name: str) -> bool:
    item = kind.fields[name]
    return item.type == "text" and not item.sealed and item.rows is None and not item.ref


def _clause(kind: Kind, record: Record) -> str:
    """The clause that its last action carried out."""
    action = kind.actions.get(record.history[-1].do)
    return clause_of(kind, record, action) if action else ""


def _page(
    how: str,
    title: str,
    told: str,
    columns: list[tuple[str, str]],
    found: list[dict[str, object]],
    signature: str,
    language: str,
) -> str:
    from html import escape

    if how == "md":

        def plain(text: object) -> str:
            return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")

        head = "| " + " | ".join(heading for _, heading in columns) + " |\n|" + "---|" * len(columns)
        rows = ["| " + " | ".join(plain(row[key]) for key, _ in columns) + " |" for row in found]
        return "\n".join([f"# {title}", "", plain(told), "", head, *rows, "", signature, ""])
    cells = "".join(f"<th>{escape(heading)}</th>" for _, heading in columns)
    kept = {key: ' class="wide"' if key in WIDE else "" if key in LONG else ' class="short"' for key, _ in columns}
    rows = [
        "<tr>" + "".join(f"<td{kept[key]}>{escape(str(row[key]))}</td>" for key, _ in columns) + "</tr>"
        for row in found
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{language.replace("_", "-")}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        f"<style>{STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n<p>{escape(told)}</p>\n<table><thead><tr>{cells}"
        f"</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + f"\n</tbody></table>\n<p>{escape(signature)}</p></body></html>\n"
    )
