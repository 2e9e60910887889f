"""The JSON Schema for editors: it takes what the reader takes, and no misspelled word."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator

from pmcs.regulation import language
from pmcs.regulation.schema import kind_schema
from tests.core.world import sources
from tests.regulation.sketches import sketched

KINDS = [name for name in sources() if name.startswith("kinds/")]
SKETCHED = [name for name in sketched() if name.startswith("kinds/")]
SCHEMA = kind_schema()
VALID = Draft202012Validator(SCHEMA)
WORDS = re.compile(
    r"[^/]+|fields/[^/]+/([^/]+|rows/[^/]+/[^/]+|total/[^/]+)|(states|approvals|clocks)/[^/]+/[^/]+"
    r"|actions/[^/]+/([^/]+|also/[^/]+/[^/]+)"
)
"""The paths whose last part is a word of the language, and no name."""
FIGURE = re.compile(r"-?\d+(\.\d+)?")


def as_editors_read(tree):
    """Texts of the codec as an editor's YAML has them: numbers and truths are no texts."""
    if isinstance(tree, dict):
        return {key: as_editors_read(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [as_editors_read(value) for value in tree]
    if tree in {"true", "false"}:
        return tree == "true"
    return float(tree) if FIGURE.fullmatch(tree) else tree


def kind(name):
    return as_editors_read(sources()[f"kinds/{name}.yaml"].tree)


def keys(tree, path=()):
    """The path of every key."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        if isinstance(tree, dict):
            yield (*path, key)
        yield from keys(value, (*path, key))


def test_it_is_a_schema_of_2020_12_with_a_sentence_for_every_word():
    Draft202012Validator.check_schema(SCHEMA)
    tables = (language.KIND, language.FIELD, language.COLUMN, language.STATE, language.ACTION, language.APPROVAL)
    for word in [word for table in (*tables, language.CLOCK, language.ALSO) for word in table.values()]:
        assert word.meaning.endswith(".")
        assert word.shape in SCHEMA["$defs"]


@pytest.mark.parametrize("file", KINDS)
def test_the_kinds_there_are_are_valid(file):
    assert list(VALID.iter_errors(as_editors_read(sources()[file].tree))) == []


@pytest.mark.parametrize("file", SKETCHED)
def test_and_so_is_every_kind_that_the_regulation_needs(file):
    assert list(VALID.iter_errors(as_editors_read(sketched()[file].tree))) == []


@pytest.mark.parametrize("name", ["staff", "resident", "key_loan", "interpretation"])
def test_a_misspelled_word_of_the_language_is_not(name):
    tree = kind(name)
    tried = 0
    for path in [path for path in keys(tree) if WORDS.fullmatch("/".join(map(str, path)))]:
        broken = deepcopy(tree)
        place = broken
        for part in path[:-1]:
            place = place[part]
        place[f"{path[-1]}x"] = place.pop(path[-1])
        assert not VALID.is_valid(broken), path
        tried += 1
    assert tried > 20


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fields", "category", "type"), "strng"),
        (("fields", "resume_by", "not"), "never"),
        (("fields", "attempts", "per"), "week"),
        (("fields", "state"), {"label": "状态"}),
        (("fields", "no"), {"label": "否"}),
        (("fields", "2nd"), {"label": "次"}),
        (("fields", "电话，手机"), {"label": "电话"}),
        (("number",), "t"),
        (("register",), "R"),
        (("apart",), [["visit"]]),
        (("actions", "approve"), {"label": "批准", "from": "open", "by": ["manager"]}),
        (("actions", "urge"), {"label": "催办", "from": "open"}),
        (("actions", "urge"), {"label": "催办", "by": ["manager"]}),
        (("actions", "urge", "from"), "closed"),
        (("actions", "triage", "to"), {"verdict": {"valid": "triaged"}, "category": {"repair": "triaged"}}),
        (("clocks", "inform", "within"), "3天"),
        (("clocks", "inform", "within"), "3h day"),
        (("clocks", "respond", "escalates"), {"soon": "manager"}),
        (("states", "closed", "end"), "yes"),
    ],
)
def test_what_the_reader_refuses_is_not_valid_either(path, value):
    tree = kind("ticket")
    place = tree
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    assert not VALID.is_valid(tree)


def test_names_and_choice_tables_may_be_chinese_and_stand_where_the_language_lets_them():
    tree = kind("ticket")
    tree["fields"]["归档号"] = {"label": {"zh_CN": "归档号", "en": "file number"}}
    tree["clause"] = {"category": {"inquiry": "7.1", "complaint": "7.2"}}
    tree["approvals"]["submit"]["decide"] = {"category": {"inquiry": ["manager"]}}
    tree["actions"]["urge"]["by"] = {"category": {"inquiry": ["manager"]}}
    tree["actions"]["urge"]["also"] = [{"in": "materials.file", "do": {"category": {"inquiry": "归档"}}}]
    tree["actions"]["urge"]["rules"] = ["quorum", {"weighted": {"rows": ["materials", "files"], "share": "2/3"}}]
    assert list(VALID.iter_errors(tree)) == []


def test_its_descriptions_come_in_the_user_s_language():
    assert kind_schema(lambda text: f"<{text}>")["properties"]["title"]["description"] == "<The name on the screen.>"
