"""What the documents say is what happens: their sessions run, their links lead somewhere, the reference is current."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.session import STAFF, Reader
from tests.reports.judges import typesetter

TOP = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")])
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def somebody(tmp_path, monkeypatch):
    """A reader in an empty folder, as the manager."""
    for name, value in (("NAME", STAFF["li.na"]), ("EMAIL", "li.na@example.com")):
        for role in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{role}_{name}", value)  # and taken back when the story is over
    for name in ("HOME", "GIT_CONFIG_GLOBAL"):
        monkeypatch.setenv(name, str(tmp_path / ".home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.chdir(tmp_path)
    return Reader(tmp_path)


@pytest.mark.parametrize(
    ("document", "least"), [("README.md", 10), ("docs/user-guide.zh.md", 90), ("docs/auditor.md", 8)]
)
def test_whoever_types_what_a_document_shows_sees_what_it_prints(document, least, somebody):
    text = (TOP / document).read_text("utf-8")
    if "$ pmcs ticket list --open --limit 0 --format pdf" in text:
        typesetter()
    somebody.read(text)
    assert somebody.typed >= least


def test_a_session_that_is_not_true_is_noticed(somebody):
    for number, untrue in enumerate(
        (
            "$ pmcs init s\n错误：…",
            "$ pmcs desk\n…",
            "$ pmcs init s\nsomething else",
            "$ pmcs init s\n$ cd s\n$ pmcs desk\n$ echo $?\n1",
        )
    ):
        folder = somebody.folder / str(number)
        folder.mkdir()
        with pytest.raises(AssertionError, match=r"line [25]"):
            Reader(folder).read(f"```sh\n{untrue}\n```\n")


def test_the_command_reference_is_what_the_commands_say(somebody, tmp_path):
    said = _module(TOP / "docs/make_commands.py").reference(tmp_path)
    assert (TOP / "docs/commands.md").read_text("utf-8") == said, "run: python docs/make_commands.py"


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{document.name}: {link}"
        for document in DOCUMENTS
        for link in LINK.findall(FENCED.sub("", document.read_text("utf-8")))
        if not link.startswith(("https://", "http://")) and not _leads(document, link)
    ]
    assert broken == []


def _leads(document: Path, link: str) -> bool:
    name, _, place = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    if not target.exists():
        return False
    return not place or place in {
        _anchor(title) for title in HEADING.findall(FENCED.sub("", target.read_text("utf-8")))
    }


def _anchor(title: str) -> str:
    """As GitHub makes it: lower case, blanks to hyphens, punctuation dropped."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_every_document_is_named_in_the_readme():
    readme = (TOP / "README.md").read_text("utf-8")
    missing = [path.name for path in (TOP / "docs").glob("*.md") if f"docs/{path.name}" not in readme]
    assert missing == []


def test_the_guide_shows_the_example_that_ships():
    guide = (TOP / "docs/user-guide.zh.md").read_text("utf-8")
    assert f"key_loan.yaml\n{(TOP / 'examples/key_loan.yaml').read_text('utf-8')}```" in guide


def test_the_guide_names_every_exit_code_and_every_action_of_a_ticket():
    from pmcs import errors

    guide = (TOP / "docs/user-guide.zh.md").read_text("utf-8")
    codes = {item.exit_code for item in errors.PmcsError.__subclasses__()}
    assert [code for code in sorted(codes) if f"| {code} |" not in guide] == []
    kinds = (TOP / "records/regulation/2026-01-01/kinds/ticket.yaml").read_text("utf-8")
    actions = re.findall(r"^  (\w+): +\{label: [^,]+, +(?:to|from): ", kinds, re.MULTILINE)
    assert len(actions) > 15
    assert [name for name in actions if name.replace("_", " --") not in guide] == []


def test_the_document_on_kinds_explains_every_word_of_the_language_and_every_rule():
    from pmcs.core.rules import RULES
    from pmcs.regulation import language

    document = FENCED.sub("", (TOP / "docs/kinds.md").read_text("utf-8"))
    quoted = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", document))))
    words = [*language.KIND, *language.FIELD, *language.COLUMN, *language.STATE, *language.ACTION, *language.APPROVAL]
    words += [*language.CLOCK, *language.TYPES, *language.RESERVED, *RULES]
    assert [word for word in dict.fromkeys(words) if word not in quoted] == []


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
