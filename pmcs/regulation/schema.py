"""A JSON Schema (2020-12) of kind files, made from the words that the reader knows: for editors, while one types.

It knows shapes, not meaning: whether a name exists is `pmcs regulation check`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pmcs.core.kind import OPENING
from pmcs.core.length import Measure, Unit
from pmcs.errors import Translate, untranslated
from pmcs.regulation.language import (
    ACTION,
    ALSO,
    APPROVAL,
    CHOICE,
    CLOCK,
    COLUMN,
    COMMANDS,
    FIELD,
    KIND,
    MEASURES,
    MOMENTS,
    OWN_ACTIONS,
    REGISTER_STEPS,
    RESERVED,
    STAMPS,
    STATE,
    TOTAL,
    TYPES,
    WHO,
    Word,
)
from pmcs.regulation.shape import YAML_WORDS

Schema = dict[str, Any]

# What Python and the editors' JavaScript both read: a letter of any script is whatever is no ASCII sign or digit, and
# no punctuation of a Chinese keyboard.
_MARKS = r"\s!-/:-@\[-\^`{-~\u3000-\u303f\uff00-\uff0f\uff1a-\uff20"
_NAME = rf"[^{_MARKS}0-9_][^{_MARKS}]*"


def kind_schema(translate: Translate = untranslated) -> Schema:
    """The schema, its descriptions in the language of `translate`."""

    def keys(words: Mapping[str, Word], *required: str, **more: Any) -> Schema:
        return {
            "type": "object",
            "properties": {
                key: {"description": translate(word.meaning), **_ref(word.shape)} for key, word in words.items()
            },
            "additionalProperties": False,
            **({"required": list(required)} if required else {}),
            **more,
        }

    somebody = {"anyOf": [{"required": [key]} for key in WHO]}
    opening = {key: word for key, word in ACTION.items() if key != "from"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **keys(KIND, "kind", "title", oneOf=[{"required": [key]} for key in ("number", "register", "key")]),
        "$defs": {
            **_shapes(),
            "field": keys(FIELD, "label"),
            "column": keys(COLUMN, "label"),
            "choice": {"anyOf": [_ref("label"), keys(CHOICE, "label")]},
            "total": keys(TOTAL),
            "state": keys(STATE, "label"),
            "opening": keys(opening, "label", **somebody),
            "register_step": keys(ACTION, "label", **somebody),
            "action": keys(ACTION, "label", "from", **somebody),
            "approval": keys(APPROVAL, "label", "state", "from", "decide", **somebody),
            "clock": keys(CLOCK, "label", "starts", anyOf=[{"required": ["within"]}, {"required": ["until"]}]),
            "one_also": keys(ALSO, "in", "do"),
        },
    }


def _ref(shape: str) -> Schema:
    return {"$ref": f"#/$defs/{shape}"}


def _list(of: str, least: int = 0) -> Schema:
    return {"type": "array", "items": _ref(of), **({"minItems": least} if least else {})}


def _map(of: Schema, names: Schema | None = None) -> Schema:
    return {"type": "object", "additionalProperties": of, **({"propertyNames": names} if names else {})}


def _named(of: str, *taken: str) -> Schema:
    """Names of the office's own, with what they stand for; none of those taken."""
    return _map(_ref(of), _name_but(*taken))


def _name_but(*taken: str) -> Schema:
    return {"pattern": f"^{_NAME}$", "not": {"enum": sorted({*taken, *YAML_WORDS})}}


def _table(of: Schema) -> Schema:
    """A choice table: one field, and something for each of its values."""
    return {**_map(_map(of), _ref("name")), "minProperties": 1, "maxProperties": 1}


def _or_table(of: Schema) -> Schema:
    return {"anyOf": [of, _table(of)]}


def _shapes() -> Schema:
    """What may stand under a key, by the name of the shape."""
    plain = {"type": ["string", "number"]}
    measured = [f"[{''.join(get_args(Unit))}]( ({'|'.join(item for item in get_args(Measure) if item != 'day')}))?"]
    length = f"^[0-9]{{1,5}}({'|'.join([*measured, 'd day'])})$"
    arguments = _map({"anyOf": [{"type": ["string", "number", "boolean"]}, _list("path")]}, _ref("name"))
    return {
        "text": plain,
        "scalar": {"type": ["string", "number", "boolean"]},
        "figure": {"type": "number"},
        "flag": {"type": "boolean"},
        "name": {"type": "string", **_name_but()},
        "names": _list("name"),
        "path": {"type": "string", "pattern": rf"^{_NAME}(\.[^{_MARKS}]+)*$"},
        "paths": _list("path"),
        "letters": {"type": "string", "pattern": "^[A-Z]{1,3}$"},
        "label": {"anyOf": [plain, {**_map(plain), "minProperties": 1, "propertyNames": {"not": {"enum": [*CHOICE]}}}]},
        "length": {"type": "string", "pattern": length},
        "lengths": _list("length"),
        "groups": {"type": "array", "items": _list("name", 1)},
        "apart": {"type": "array", "items": _list("name", 2)},
        "clause": _or_table(plain),
        "names_or_table": _or_table(_list("name")),
        "text_or_table": _or_table(_ref("name")),
        "texts": _map(_ref("name"), _ref("name")),
        "type": {"enum": list(TYPES)},
        "moment": {"enum": list(MOMENTS)},
        "stamp": {"enum": list(STAMPS)},
        "measure": {"enum": list(MEASURES)},
        "ref": {"anyOf": [_ref("name"), _list("name", 1)]},
        "choices": {**_map(_ref("choice")), "minProperties": 1},
        "bands": {**_map({"type": "number"}), "minProperties": 1},
        "columns": {**_named("column"), "minProperties": 1},
        "fields": _named("field", *RESERVED),
        "states": _named("state"),
        "actions": {
            **_named("action", *(name for name in (*OWN_ACTIONS, *COMMANDS) if name != "edit")),
            "properties": {
                **{name: _ref("opening") for name in OPENING},
                **{name: _ref("register_step") for name in REGISTER_STEPS},
            },
        },
        "approvals": _named("approval", *OWN_ACTIONS, *COMMANDS),
        "clocks": _named("clock"),
        "from": {"anyOf": [{"const": "open"}, _list("name")]},
        "to": {"anyOf": [_ref("name"), _table(_ref("name")), {"type": "array", "items": _table(_ref("name"))}]},
        "also": _list("one_also"),
        "makes": _map(_ref("texts"), _ref("name")),
        "rules": {"type": "array", "items": {"anyOf": [_ref("name"), _map(arguments, _ref("name"))]}},
        "within": {"anyOf": [_ref("length"), _table({"anyOf": [{"const": "never"}, _ref("length")]})]},
        "given": {"anyOf": [_ref("name"), _ref("texts")]},
        "escalates": _map(_ref("path"), {"pattern": "^[0-9]{1,4}$"}),
    }
