"""CSV files of whatever program: UTF-8 or GB18030; comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pmcs.duties.imports.cells import Line
from pmcs.errors import BadInput

CHUNK = 1 << 20
LONGEST_LINE = 16 * CHUNK
# So many characters of good UTF-8 before the first bad byte are no accident of another encoding.
SURELY_UTF8 = 12


def csv_lines(path: Path, stream: BinaryIO) -> Iterator[Line]:
    """The lines of a CSV file that are not blank. Raises BadInput for a file that is none."""
    encoding = _encoding(path, stream)
    stream.seek(0)
    # newline="": a cell may hold line ends, and an editor counts each of them.
    with io.TextIOWrapper(stream, encoding, newline="") as text:
        head = next((line for line in text if line.strip()), "")
        text.seek(0)
        reader = csv.reader(text, delimiter=_delimiter(head), strict=True)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _bad_csv(path, number, error) from None
            except UnicodeDecodeError:
                raise BadInput("The file {file} changed while it was read; try again.", file=path) from None
            if "".join(cells).strip():
                yield number, cells, None


def _encoding(path: Path, stream: BinaryIO) -> str:
    """Read the whole file once: a single byte in the last line can rule UTF-8 out."""
    start = stream.read(3)
    stream.seek(0)
    marked = start == codecs.BOM_UTF8
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")("strict")
    chinese: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("gb18030")("strict")
    foreign, lines, pending, unbroken = 0, 1, b"", 0
    damaged: int | None = None
    while True:
        chunk = stream.read(CHUNK)
        if b"\0" in chunk or start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise BadInput("The file {file} is no CSV text (it holds NUL bytes); save it as CSV UTF-8.", file=path)
        unbroken = 0 if b"\n" in chunk or b"\r" in chunk else unbroken + len(chunk)
        if unbroken > LONGEST_LINE:
            raise BadInput("The file {file} has a line of more than 16 MB; it is no table.", file=path)
        if utf8 is not None:
            pending = utf8.getstate()[0]
            try:
                text = utf8.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # error.start counts from the bytes that were held back from the chunk before.
                good = (pending + chunk)[: error.start]
                foreign += _foreign(good.decode())
                damaged = lines + good.count(b"\n")
                utf8 = None
            else:
                foreign += 0 if foreign >= SURELY_UTF8 else _foreign(text)
                lines += chunk.count(b"\n")
        if utf8 is None and (marked or foreign >= SURELY_UTF8):
            raise BadInput(
                "Line {line} of {file} is damaged: everything before it is UTF-8; save the file as CSV UTF-8 again.",
                line=damaged,
                file=path,
            )
        if chinese is not None:
            try:
                chinese.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                chinese = None
        if utf8 is None and chinese is None:
            raise BadInput("The file {file} is neither UTF-8 nor GB18030; save it as CSV UTF-8.", file=path)
        if not chunk:
            break
    if utf8 is None:
        return "gb18030"
    return "utf-8-sig" if marked else "utf-8"


def _foreign(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


def _delimiter(head: str) -> str:
    outside = "".join(head.split('"')[::2])
    return next((mark for mark in (",", "\t", ";") if mark in outside), ",")


def _bad_csv(path: Path, number: int, error: csv.Error) -> BadInput:
    if "limit" in str(error):
        return BadInput(
            "A cell in line {line} of {file} is longer than {most} characters; is a quote left open there?",
            line=number,
            file=path,
            most=csv.field_size_limit(),
        )
    return BadInput(
        "The quotes in line {line} of {file} do not match; write a quote in a quoted cell twice and close each cell.",
        line=number,
        file=path,
    )
