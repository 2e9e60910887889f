"""YAML text to plain trees and back: every scalar is text, and a tree is always written with the same bytes.

Reading goes through libyaml's events. Writing is done here, without any library: the bytes of a record
must not change with somebody's version of one, and libyaml would escape the rarer Chinese characters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn, TypeAlias

from pmcs.errors import BadInput, Broken, Sentence, Unable
from pmcs.store.plain_file import LIMIT

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str"
Writable: TypeAlias = "Mapping[str, Writable] | Sequence[Writable] | str"
Lines: TypeAlias = dict[tuple[str | int, ...], int]

DEPTH = 20  # mappings and lists inside one another
KEY_LIMIT = 120  # characters of a key; YAML itself stops at 1,024, escapes included


def decode(data: bytes, name: str) -> dict[str, Tree]:
    """The mapping that a file holds, every scalar as its text. Raises Broken, naming `name` and the line."""
    return _Reading(data, name, None).top()


def decode_marked(data: bytes, name: str) -> tuple[dict[str, Tree], Lines]:
    """As `decode`, with the line (from 1) of every key and list item by its path; () is line 1. Raises Broken."""
    lines: Lines = {(): 1}
    return _Reading(data, name, lines).top(), lines


def encode(tree: Mapping[str, Writable]) -> bytes:
    """The one way to write `tree`; `decode` gives it back. Raises BadInput for what a file cannot hold."""
    out: list[str] = []
    if tree:
        _write_mapping(out, tree, "", "", 1, top=True)
    else:
        out.append("{}\n")
    try:
        data = "".join(out).encode()
    except UnicodeEncodeError:
        raise BadInput("The text holds a character that cannot be stored (half of a pair); type it again.") from None
    if len(data) > LIMIT:
        raise BadInput("This is too much for one file: it may hold {limit} MiB.", limit=LIMIT >> 20)
    return data


# Reading ----------------------------------------------------------------------------------------------------------


class _Reading:
    def __init__(self, data: bytes, name: str, lines: Lines | None) -> None:
        try:
            from yaml import YAMLError, events
            from yaml._yaml import CParser
        except ImportError:
            raise Unable("PyYAML is missing or lacks libyaml; install PyYAML as a ready-made wheel.") from None
        self.name = name
        self.lines = lines
        self.data = data.removeprefix(codecs.BOM_UTF8)
        self.check_text()
        self.error = YAMLError
        self.scalar: Any = events.ScalarEvent
        self.mapping = events.MappingStartEvent
        self.mapping_end = events.MappingEndEvent
        self.sequence = events.SequenceStartEvent
        self.sequence_end = events.SequenceEndEvent
        self.stream_end = events.StreamEndEvent
        self.following: Callable[[], Any] = CParser(self.data).get_event

    def broken(self, line: int, problem: Sentence) -> NoReturn:
        raise Broken("{name}, line {line}: {problem}", name=self.name, line=line, problem=problem)

    def broken_at(self, event: Any, problem: Sentence) -> NoReturn:
        self.broken(event.start_mark.line + 1, problem)

    def check_text(self) -> None:
        if len(self.data) > LIMIT:
            raise Broken(
                "{name} is larger than {limit} MiB; no file of a store is so large.",
                name=self.name,
                limit=LIMIT >> 20,
            )
        try:
            self.data.decode()
        except UnicodeDecodeError as error:
            self.broken(
                self.data.count(b"\n", 0, error.start) + 1,
                Sentence("this is not UTF-8 (perhaps GBK?); save the file as UTF-8."),
            )
        if (position := self.data.find(b"\0")) >= 0:
            self.not_text(position)

    def not_text(self, position: int) -> NoReturn:
        self.broken(
            self.data.count(b"\n", 0, position) + 1,
            Sentence("a character that no text holds; remove it, or fetch the file again from git."),
        )

    def top(self) -> dict[str, Tree]:
        try:
            self.following()  # the stream starts
            document = self.following()
            if type(document) is self.stream_end:
                raise Broken("{name} is empty; write it anew or fetch it again from git.", name=self.name)
            first = self.following()
            if type(first) is not self.mapping:
                self.check_bare(first)
                self.guess(first.start_mark.line, first.end_mark.line)
                self.broken_at(first, Sentence("no mapping; the file must consist of lines 'key: value'."))
            tree = self.read_mapping(first, (), 1)
            self.following()  # the document ends
            after = self.following()
            if type(after) is not self.stream_end:
                self.broken_at(after, Sentence("a second document begins; remove the line '---' and what follows."))
        except self.error as error:
            self.explain(error)
        return tree

    def check_bare(self, event: Any) -> None:
        if getattr(event, "anchor", None) is not None:  # an alias has one, too
            self.broken_at(event, Sentence("an anchor (&) or alias (*); write the value out, or put it in quotes."))
        if getattr(event, "tag", None) is not None:
            self.broken_at(event, Sentence("a tag (!); remove it, or put the text in quotes."))

    def read(self, event: Any, path: tuple[str | int, ...], depth: int) -> Tree:
        kind = type(event)
        if kind is self.mapping:
            return self.read_mapping(event, path, depth + 1)
        if kind is self.sequence:
            return self.read_list(event, path, depth + 1)
        self.check_bare(event)
        value: str = event.value
        return value

    def open(self, event: Any, depth: int) -> None:
        self.check_bare(event)
        if depth > DEPTH:
            self.broken_at(event, Sentence("more than {limit} levels inside one another.", limit=DEPTH))

    def read_mapping(self, event: Any, path: tuple[str | int, ...], depth: int) -> dict[str, Tree]:
        self.open(event, depth)
        following = self.following
        scalar, end, lines = self.scalar, self.mapping_end, self.lines
        tree: dict[str, Tree] = {}
        while True:
            event = following()
            if type(event) is end:
                return tree
            key = self.read_key(event, tree)
            if lines is not None:
                lines[(*path, key)] = event.start_mark.line + 1
            event = following()
            if type(event) is scalar and event.anchor is None and event.tag is None:
                tree[key] = event.value
            else:
                tree[key] = self.read(event, path if lines is None else (*path, key), depth)

    def read_key(self, event: Any, tree: dict[str, Tree]) -> str:
        self.check_bare(event)
        if type(event) is not self.scalar:
            self.broken_at(event, Sentence("a list or a mapping stands as a key; a key must be text."))
        key: str = event.value
        if not event.style and (key == "<<" or "：" in key or "，" in key):
            if key == "<<":
                self.broken_at(event, Sentence("a merge key (<<); write the values out."))
            self.guess_wide(event.start_mark.line, key)
        if len(key) > KEY_LIMIT:
            self.broken_at(event, Sentence("a key of more than {limit} characters.", limit=KEY_LIMIT))
        if key in tree:
            self.broken_at(event, Sentence("the key {key} stands here a second time; keep one of them.", key=key))
        return key

    def read_list(self, event: Any, path: tuple[str | int, ...], depth: int) -> list[Tree]:
        self.open(event, depth)
        following = self.following
        end, lines = self.sequence_end, self.lines
        tree: list[Tree] = []
        while True:
            event = following()
            if type(event) is end:
                return tree
            item = path if lines is None else (*path, len(tree))
            if lines is not None:
                lines[item] = event.start_mark.line + 1
            tree.append(self.read(event, item, depth))

    def explain(self, error: Any) -> NoReturn:
        if (position := getattr(error, "position", None)) is not None:
            self.not_text(position)
        problem = error.problem or ""
        last = error.problem_mark.line
        first = error.context_mark.line if error.context_mark else last
        self.guess(first, last)
        begun = "simple key" in (error.context or "") or "quote" in (error.context or "") or "',' or" in problem
        sentence = next((said for part, said in _PROBLEMS if part in problem), _UNKNOWN)
        self.broken((first if begun else last) + 1, sentence)

    def guess(self, first: int, last: int) -> None:
        """Refuses what is most likely meant by a syntax error in these lines (from 0), if it can be told."""
        lines = _LINE_END.split(self.data.decode())
        for number, line in enumerate(lines[first : last + 1], first):
            if line.startswith(("<<<<<<< ", ">>>>>>> ")) or line == "=======":
                self.broken(number + 1, Sentence("a conflict mark of git; keep one of the two versions."))
            if "\t" in line[: len(line) - len(line.lstrip())]:
                self.broken(number + 1, Sentence("a tab at the beginning of the line; use spaces."))
            if found := _WIDE.match(line[:_GUESSED]):
                self.guess_wide(number, found[1])

    def guess_wide(self, line: int, text: str) -> NoReturn:
        if text.find("，") > text.find("："):
            self.broken(line + 1, Sentence("a full-width comma (，); write an ordinary one and a space, or quotes."))
        self.broken(line + 1, Sentence("a full-width colon (：); write an ordinary one and a space, or quotes."))


_GUESSED = 500  # characters of a line in which a slip is looked for
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # as libyaml counts lines
# The first wide colon of a line that has no ordinary one before it, or a wide comma inside brackets.
_WIDE = re.compile(r"""\s*(?:- )*((?:[^\s#'"：:]|:\S)[^#'"：:]*：|[^#'"\[{]*[\[{][^#'"，]*，)""")
_UNKNOWN = Sentence("this is no YAML; look at the indentation, the quotes and the brackets.")
_PROBLEMS = (
    ("mapping values", Sentence("a second colon, or a wrong indentation; put text that holds ': ' in quotes.")),
    ("expected ':'", Sentence("a key needs a colon and a space or a line's end after it.")),
    ("',' or", Sentence("a bracket is not closed, or a comma is missing.")),
    ("unexpected end of stream", Sentence("a quote is not closed.")),
    ("unexpected document indicator", Sentence("a quote is not closed.")),
    ("cannot start any token", Sentence("text that begins with @, %, ` or a tab; put it in quotes.")),
    ("escape", Sentence("an unknown sign after \\; write \\\\ or use single quotes.")),
    ("tab character", Sentence("a tab in the indentation; use spaces.")),
    ("<document start>", Sentence("the line is indented less than the first one; indent both alike.")),
    ("expected '-'", Sentence("the line does not line up with the list above it.")),
    ("expected key", Sentence("the line does not line up with the keys above it.")),
)


# Writing ----------------------------------------------------------------------------------------------------------

_NEVER = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"  # must be escaped
_START = rf"(?:[^\s\-.?:,\[\]{{}}#&*!|>'\"%@`{_NEVER}]|[-.](?=\w))"
# Plain text, on its own line and inside brackets: nothing a YAML reader takes for a sign, no blank at the ends.
# Possessive quantifiers would say it in one pattern; the re of Python 3.11.2, which Debian 12 has, gets them wrong.
_STARTS = re.compile(_START)
_SIGNS = re.compile(rf"[\t\n{_NEVER}]|:(?=\s|\Z)|\s(?=#|\Z)")
_SIGNS_INSIDE = re.compile(rf"[\t\n,?\[\]{{}}{_NEVER}]|:(?=\s|\Z)|\s(?=#|\Z)")
# What nearly every text of a record is, plain without a second look: words and figures, one sign or blank between them.
_COMMON = re.compile(r"[^\W_][\w.，。、；！？（）/+-]*(?:[ :]\w[\w.，。、；！？（）/+-]*)*")
_MAPPINGS = (dict, Mapping)  # an abstract class is asked slowly
_ESCAPED = re.compile(rf'[\t\n"\\{_NEVER}]')
_UNQUOTABLE = re.compile(rf"[\t\n{_NEVER}]")
_NO_BLOCK = re.compile(rf"\n*(?:[ \t]|\Z)|[^{_NEVER}]*(?:[{_NEVER}]|\n\n\Z)")
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return _ESCAPES.get(found[0]) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _quoted(text: str) -> str:
    if _UNQUOTABLE.search(text):
        return '"' + _ESCAPED.sub(_escape, text) + '"'
    return "'" + text.replace("'", "''") + "'"


def _plain(text: str, signs: re.Pattern[str]) -> bool:
    """Whether a text may stand without quotes: it begins like one and holds no sign of YAML's."""
    return bool(_STARTS.match(text)) and not signs.search(text)


@lru_cache(maxsize=2048)
def _key(text: str) -> str:
    if len(text) > KEY_LIMIT:
        raise BadInput("A key of more than {limit} characters cannot be stored.", limit=KEY_LIMIT)
    if text == "<<" or "：" in text or "，" in text or not _plain(text, _SIGNS_INSIDE):
        return _quoted(text)
    return text


def _flow(node: Writable, levels: int) -> str | None:
    """The node on one line, if its texts are of one line and it is no more than `levels` deep; otherwise None."""
    if isinstance(node, str):
        if _COMMON.fullmatch(node):
            return node
        if "\n" in node:
            return None
        return node if _plain(node, _SIGNS_INSIDE) else _quoted(node)
    if levels < 1:
        return None
    parts = []
    if isinstance(node, _MAPPINGS):
        for key, value in node.items():
            if isinstance(value, str) and _COMMON.fullmatch(value):
                parts.append(f"{_key(key)}: {value}")
                continue
            if (part := _flow(value, levels - 1)) is None:
                return None
            parts.append(f"{_key(key)}: {part}")
        return "{" + ", ".join(parts) + "}"
    for item in node:
        if not isinstance(item, str) or (part := _flow(item, 0)) is None:
            return None
        parts.append(part)
    return "[" + ", ".join(parts) + "]"


def _text(text: str, pad: str) -> str:
    """A text after its key or dash, with its line's end."""
    if "\n" in text and not _NO_BLOCK.match(text):
        kept = text.endswith("\n")
        lines = text.removesuffix("\n").split("\n")
        return ("|\n" if kept else "|-\n") + "".join(pad + "  " + line + "\n" if line else "\n" for line in lines)
    return (text if _plain(text, _SIGNS) else _quoted(text)) + "\n"


def _write_mapping(
    out: list[str], tree: Mapping[str, Writable], lead: str, pad: str, depth: int, *, top: bool = False
) -> None:
    """`lead` stands before the first key (the dash of a list), `pad` before the others."""
    _check_depth(depth)
    for key, value in tree.items():
        begun = f"{lead}{_key(key)}:"
        lead = pad
        if isinstance(value, str):
            out.append(f"{begun} {value}\n" if _COMMON.fullmatch(value) else f"{begun} {_text(value, pad)}")
        elif top and key == "history" and value and not isinstance(value, Mapping):
            out.append(begun + "\n")
            _write_list(out, value, pad, pad, depth + 1, events=True)
        elif (line := _flow(value, min(2, DEPTH - depth))) is not None:
            out.append(f"{begun} {line}\n")
        elif isinstance(value, Mapping):
            out.append(begun + "\n")
            _write_mapping(out, value, pad + "  ", pad + "  ", depth + 1)
        else:
            out.append(begun + "\n")
            _write_list(out, value, pad, pad, depth + 1)


def _write_list(
    out: list[str], items: Sequence[Writable], lead: str, pad: str, depth: int, *, events: bool = False
) -> None:
    """`events`: mappings among the items are written a key a line, however short."""
    _check_depth(depth)
    for item in items:
        begun = lead + "- "
        lead = pad
        if isinstance(item, str):
            out.append(begun + _text(item, pad))
        elif events and item and isinstance(item, Mapping):
            _write_mapping(out, item, begun, pad + "  ", depth + 1)
        elif (line := _flow(item, min(2, DEPTH - depth))) is not None:
            out.append(begun + line + "\n")
        elif isinstance(item, Mapping):
            _write_mapping(out, item, begun, pad + "  ", depth + 1)
        else:
            _write_list(out, item, begun, pad + "  ", depth + 1)


def _check_depth(depth: int) -> None:
    if depth > DEPTH:
        raise BadInput("More than {limit} levels inside one another cannot be stored.", limit=DEPTH)
