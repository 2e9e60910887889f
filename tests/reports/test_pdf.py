"""Reports and lists on paper: a judge that is not ours, one font on every machine, and nothing lost in silence."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from pmcs.errors import Broken, Unable
from pmcs.reports import pdf as making
from pmcs.reports.pdf import pdf
from tests.reports.judges import broken_rules, program, typesetter

WHEN = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
A4 = (595.28, 841.89)
MARGIN = 12 / 25.4
"""Inches that stay white at either side of every page."""
AGAIN = """
import sys
from datetime import UTC, datetime
from pmcs.reports.pdf import pdf
made = pdf(sys.stdin.read(), title="一页", when=datetime(2026, 11, 1, 8, 30, tzinfo=UTC), attached={"a.json": b"{}"})
sys.stdout.buffer.write(made)
"""


@pytest.fixture(scope="module", autouse=True)
def _setting() -> None:
    typesetter()


def page(body: str) -> str:
    return f'<!DOCTYPE html><html lang="zh"><head><title>一页</title></head><body>{body}</body></html>'


def one(body: str) -> bytes:
    return pdf(page(body), title="一页", when=WHEN, attached={"a.json": b"{}"})


def texts(data: bytes) -> list[str]:
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(data)).pages]


def fonts(data: bytes) -> dict[str, object]:
    """The fonts of all pages, and how each finds its glyphs."""
    found = {}
    for sheet in PdfReader(BytesIO(data)).pages:
        for font in sheet["/Resources"].get_object()["/Font"].get_object().values():
            found[str(font.get_object()["/BaseFont"]).partition("+")[2]] = font.get_object()["/Encoding"]
    return found


def boxed(data: bytes) -> bool:
    """Whether glyph 0, the box, is drawn: by its number, or through a table that WeasyPrint makes for what it lacks."""
    drawn = b" ".join(sheet.get_contents().get_data() for sheet in PdfReader(BytesIO(data)).pages)
    glyphs = {run[at : at + 4] for run in re.findall(rb"<([0-9a-fA-F]+)>", drawn) for at in range(0, len(run), 4)}
    assert glyphs
    return b"0000" in glyphs or any(way != "/Identity-H" for way in fonts(data).values())


def test_the_report_and_a_list_are_pdf_a(printed, december, tmp_path):
    (tmp_path / "report.pdf").write_bytes(printed["pdf"])
    december("repair", "list", "--format", "pdf", "--output", str(tmp_path / "list.pdf"))
    from weasyprint import HTML

    HTML(string=page("plain")).write_pdf(tmp_path / "plain.pdf")
    found = broken_rules(*(tmp_path / f"{name}.pdf" for name in ("report", "list", "plain")))
    assert found.pop("plain.pdf"), "the judge finds fault where there is one"
    assert found == {"report.pdf": [], "list.pdf": []}


def test_the_report_carries_its_figures_and_says_what_they_are(printed):
    whole = PdfReader(BytesIO(printed["pdf"]))
    assert whole.attachments["report.json"] == [printed["json"]]
    assert {one.get_object()["/AFRelationship"] for one in whole.root_object["/AF"]} == {"/Source"}
    assert "阳光花园" in whole.metadata.title
    assert "2026-12" in whole.metadata.title
    made_from = json.loads(printed["json"])["made_from"]["at"]
    assert whole.metadata.creation_date == datetime.fromisoformat(made_from).astimezone(UTC)


def test_every_page_is_a4_numbered_and_says_whose_it_is(printed):
    sheets = PdfReader(BytesIO(printed["pdf"])).pages
    assert len(sheets) > 5
    assert {(round(float(s.mediabox.width), 2), round(float(s.mediabox.height), 2)) for s in sheets} == {A4}
    for number, text in enumerate(texts(printed["pdf"]), 1):
        assert f"{number} / {len(sheets)}" in text
        assert "阳光花园" in text
        assert "2026 年 12 月" in text


def test_one_font_is_in_it_and_no_box_is_drawn(printed):
    assert fonts(printed["pdf"]).keys() == {"WenQuanYi-Micro-Hei"}
    assert not boxed(printed["pdf"])


def test_nothing_runs_into_the_margins(printed, tmp_path):
    program("pdftoppm")
    (tmp_path / "report.pdf").write_bytes(printed["pdf"])
    subprocess.run(["pdftoppm", "-r", "50", "-gray", "report.pdf", "page"], cwd=tmp_path, check=True)
    pictures = sorted(tmp_path.glob("page-*.pgm"))
    assert len(pictures) == len(PdfReader(BytesIO(printed["pdf"])).pages)
    for path in pictures:
        with Image.open(path) as picture:
            edge = int(MARGIN * 50)
            sides = [(0, 0, edge, picture.height), (picture.width - edge, 0, picture.width, picture.height)]
            assert [picture.crop(side).getextrema() for side in sides] == [(255, 255)] * 2, path.name
            assert picture.getextrema()[0] < 200


def test_another_machine_with_other_fonts_makes_the_same_bytes(tmp_path):
    """Another process, home, folder, language, time zone; its fontconfig knows no font at all."""
    body = '<p>漏水 <i>é</i> — 12</p><svg width="90" height="20"><text y="12" font-family="Arial">图 1</text></svg>'
    (tmp_path / "none.conf").write_text("<fontconfig></fontconfig>")
    strange = {"FONTCONFIG_FILE": str(tmp_path / "none.conf"), "HOME": str(tmp_path), "TZ": "America/Lima", "LANG": "C"}
    done = subprocess.run(
        [sys.executable, "-c", AGAIN],
        input=page(body).encode(),
        env=os.environ | strange | {"PYTHONPATH": str(Path(making.__file__).parents[2]), "PYTHONUTF8": "1"},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert done.stdout == one(body)


def test_a_long_table_repeats_its_head_on_every_page():
    rows = "".join(f"<tr><td>{n}</td><td>{'很长的摘要' * (n % 9)}</td></tr>" for n in range(150))
    head = "<tr><th style='white-space: nowrap'>单号</th><th>内容</th></tr>"
    found = texts(one(f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"))
    assert len(found) > 2
    assert all("单号" in text for text in found)


# What cannot be printed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("水管爆了 🚰", "🚰 (U+1F6B0)"),
        ("𠮷先生", "𠮷 (U+20BB7)"),
        ("ไทย", "ท (U+0E17)"),
        ("a\u20e3", "U+20E3"),
        ("響\x07", "U+0007"),
        ("&#128512;", "😀 (U+1F600)"),
        ("한", "한 (U+D55C)"),
    ],
)
def test_a_character_without_a_glyph_is_named(text, named):
    with pytest.raises(Unable) as caught:
        one(f"<p>{text}</p>")
    assert named in str(caught.value)


def test_of_many_such_characters_the_first_are_named():
    with pytest.raises(Unable) as caught:
        one("".join(chr(code) for code in range(0x20000, 0x20020)))
    assert str(caught.value).count("U+") == making.NAMED
    assert "…" in str(caught.value)


def test_what_is_named_would_have_been_a_box(monkeypatch):
    """The other way to know: the check before the setting, and the boxes in what is set, say the same."""
    monkeypatch.setattr(making, "_each_has_a_glyph", lambda html: None)
    assert boxed(one("<p>水 🚰</p>"))
    assert not boxed(one("<p>水 e\u0301 ①②㈱ ℃ ￥ − ≥ ½ 〇 \u2003\u200d\ufe0f·…—“”</p>"))


def test_all_of_gbk_can_be_printed():
    """All that an office types; two letters of phonetics and a sign are not in it."""
    codes = [bytes((high, low)) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF) if low != 0x7F]
    letters = {text for code in codes if (text := code.decode("gbk", "ignore")) and not "\ue000" <= text <= "\uf8ff"}
    assert len(letters) > 21_000
    missing = sorted(letter for letter in letters if ord(letter) not in making._glyphs(making._font()))
    assert missing == ["\u0251", "\u0261", "\u2609"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://example.com/x.png"])
@pytest.mark.parametrize(
    "body", ['<img src="{}">', '<p style="background: url({})">x</p>', "<style>@import '{}';</style>x"]
)
def test_a_page_takes_nothing_from_outside(address, body):
    with pytest.raises(Broken, match=re.escape(address)):
        one(body.format(address))


def test_a_picture_within_the_page_is_printed():
    memory = BytesIO()
    Image.new("RGB", (1, 1)).save(memory, "png")
    dot = "data:image/png;base64," + b64encode(memory.getvalue()).decode()
    assert one(f'<p>图</p><img src="{dot}">').startswith(b"%PDF-1.7")


def test_without_weasyprint_the_way_to_get_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint.text.ffi", None)
    with pytest.raises(Unable, match=r"pip install 'pmcs\[pdf\]'"):
        one("x")


def test_without_a_library_of_the_system_the_way_to_get_it_is_told(monkeypatch):
    from weasyprint.text import ffi

    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    with pytest.raises(Unable, match=r"apt-get install libpangoft2-1.0-0 libharfbuzz-subset0"):
        one("x")


def test_without_the_font_or_with_half_of_it_nothing_is_printed(monkeypatch, tmp_path):
    monkeypatch.setattr(making, "templates_dir", lambda: tmp_path)
    with pytest.raises(Unable, match=r"The font .*wqy-microhei.ttf is missing"):
        one("x")
    (tmp_path / "font").mkdir()
    (tmp_path / "font" / making.FONT).write_bytes(b"\0" * 100)
    with pytest.raises(Unable, match="is damaged"):
        one("x")


def test_a_screen_is_not_filled_with_a_pdf(december):
    said = december.refused("report", "monthly", "2026-12", "--format", "pdf", code=2)
    assert "--output" in said
    assert "--output" in december.refused("repair", "list", "--format", "pdf", code=2)


def test_a_list_on_paper_has_every_row_and_says_how_many(december, tmp_path):
    path = tmp_path / "list.pdf"
    december("repair", "list", "--format", "pdf", "--output", str(path))
    numbers = [row["id"] for row in december.json("repair", "list")]
    text = "".join(texts(path.read_bytes()))
    assert len(numbers) > 3
    assert all(number in text for number in numbers)
    said = december.try_("repair", "list", "--limit", "2", "--format", "pdf", "--output", str(path))
    assert f"共 {len(numbers)} 张，列出 2 张" in said.errors
    assert december.json("repair", "list", "--limit", "2") == json.loads(
        PdfReader(BytesIO(path.read_bytes())).attachments["list.json"][0]
    )
