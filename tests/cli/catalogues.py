"""The message catalogues: `make catalogues` extracts, updates and compiles; tests/cli/test_words.py checks them."""

from __future__ import annotations

import ast
import importlib.util
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "pmcs" / "cli" / "locale" / "zh_CN" / "LC_MESSAGES"
OURS, CLICKS = FOLDER / "pmcs.po", FOLDER / "messages.po"
ERRORS = ("BadInput", "Refused", "NotFound", "Broken", "Busy", "Unable", "KeyMissing", "KeyErased", "SealBroken")
# Which argument of a call is a message.
CALLS = {
    **dict.fromkeys(("Sentence", *ERRORS, "_", "gettext", "translate"), 0),
    **dict.fromkeys(("problem", "warning", "tell", "Word"), 1),
    **dict.fromkeys(("known", "each"), 3),
}
# What click shows of what it is given.
CLICKS_CALLS = ("argument", "command", "group", "option", "Option", "Command", "Group", "version_option", "prompt")
OPTIONS = ("help", "short_help", "epilog", "prompt")
HEADERS = [
    ("Language", "zh_CN"),
    ("Content-Type", "text/plain; charset=utf-8"),
    # Chinese has no plural, but click's two forms say different things.
    ("Plural-Forms", "nplurals=2; plural=(n != 1);"),
]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # no date in the file, so the same messages are the same bytes


def messages_of(source: str) -> list[str]:
    """The messages in a Python source, in the order in which they stand there."""
    tree = ast.parse(source)
    names = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            place = CALLS.get(name)
            if place is not None and place < len(node.args):
                found += _texts(node.args[place], names)
            if name in CLICKS_CALLS:
                for keyword in node.keywords:
                    found += _texts(keyword.value, names) if keyword.arg in OPTIONS else []
        elif isinstance(node, ast.FunctionDef) and {_called(item) for item in node.decorator_list} & {
            "command",
            "group",
        }:
            # The docstring of a command is its help.
            found += [(node.lineno, text) for text in [ast.get_docstring(node)] if text]
    return [text for _, text in sorted(found)]


def _called(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator).rpartition(".")[2]


def _texts(node: ast.expr, names: dict[str, ast.expr]) -> list[tuple[int, str]]:
    """The texts that an expression may be: one, one of two, one of a table, or what a name of the file stands for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return [(node.lineno, node.value)]
    if isinstance(node, ast.IfExp):
        return _texts(node.body, names) + _texts(node.orelse, names)
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in _texts(value, names)]
    if isinstance(node, ast.Subscript):
        return _texts(node.value, names)
    if isinstance(node, ast.Name) and node.id in names:
        rest = {name: value for name, value in names.items() if name != node.id}
        return _texts(names[node.id], rest)
    return []


def ours() -> dict[str, list[str]]:
    """Every message of pmcs and its templates, with the files it stands in."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "pmcs").rglob("*.py")):
        for text in messages_of(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append(path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        for _, text, _, _ in extract_from_file("jinja2", str(path)):
            found.setdefault(str(text), []).append(path.relative_to(ROOT).as_posix())
    return found


def clicks() -> dict[str | tuple[str, ...], list[str]]:
    """Every message of the installed click; those with a plural as a pair."""
    folder = Path(importlib.util.find_spec("click").origin).parent
    found = {message: ["click"] for _, _, message, _, _ in extract_from_dir(str(folder))}
    return found | {"required": ["click"]}  # it looks this one up by a variable


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def opened(catalogue: Catalog) -> BytesIO:
    """The compiled catalogue, to be read."""
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return buffer


def update(path: Path, messages: dict) -> list[str]:
    """Brings a catalogue up to date and compiles it; returns the messages that have no Chinese yet."""
    before = read(path) if path.exists() else Catalog(locale="zh_CN")
    after = Catalog(
        "zh_CN",
        project="pmcs",
        version="1",
        msgid_bugs_address="-",
        last_translator="pmcs",
        language_team="zh_CN",
        fuzzy=False,
        creation_date=EPOCH,
        revision_date=EPOCH,
    )
    after.mime_headers = HEADERS
    after.header_comment = "# The Chinese words; `make catalogues` adds what is new and takes away what is gone."
    for message, files in messages.items():
        old = before.get(message if isinstance(message, str) else message[0])
        after.add(message, old.string if old else None, locations=[(file, 1) for file in dict.fromkeys(files)])
    with path.open("wb") as file:
        write_po(file, after, width=120, include_lineno=False)
    path.with_suffix(".mo").write_bytes(opened(after).getvalue())
    return [str(message.id) for message in after if message.id and not message.string]


def main() -> None:
    for path, messages in ((OURS, ours()), (CLICKS, clicks())):
        missing = update(path, messages)
        said = [f"{path.name}: {len(messages)} messages, {len(missing)} without Chinese", *map(repr, missing)]
        sys.stdout.write("\n  ".join(said) + "\n")


if __name__ == "__main__":
    main()
