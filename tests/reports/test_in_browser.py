"""The pages as a reader's browser shows them: well-formed, nothing wider than the window, no box for a letter."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import html5lib
import pytest

from pmcs.reports import pdf as making
from tests.reports.judges import program

# In a copy of the page, set in the shipped font: what a machine without Chinese fonts shows is not ours to mend.
LOOK = """
<style>@font-face { font-family: shipped; src: url("FONT"); } body, svg { font-family: shipped !important; }</style>
<script>
document.fonts.load('16px shipped', '水').then(() => document.fonts.ready).then(() => {
  const root = document.documentElement, wide = root.clientWidth;
  const inside = (box) => box.closest('.wide');
  const over = [...document.body.querySelectorAll('*')].filter(one => !inside(one) && !one.closest('.unseen')
    && one.getBoundingClientRect().right > wide + 1).map(one => one.tagName + '.' + one.className);
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d', {willReadFrequently: true});
  canvas.width = canvas.height = 32;
  const drawn = (letter) => {
    pen.clearRect(0, 0, 32, 32); pen.font = '24px shipped'; pen.fillText(letter, 2, 26);
    return pen.getImageData(0, 0, 32, 32).data.join();
  };
  const box = drawn('\\u{10FFFD}'), letters = [...new Set(document.body.innerText + 'PROBE')];
  const boxes = letters.filter(one => one.trim() && drawn(one) === box);
  root.innerHTML = '<body><pre>' + JSON.stringify({wide, scroll: root.scrollWidth, over, boxes,
    letters: letters.length}).replace(/</g, '\\\\u003c') + '</pre></body>';
});
</script>
"""
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--allow-file-access-from-files", "--virtual-time-budget=5000"),
]


def looked_at(page: str, width: int, folder: Path, probe: str = "") -> dict:
    font = making._font().as_uri()
    look = LOOK.replace("FONT", font).replace("PROBE", probe)
    path = folder / "page.html"
    path.write_text(page.replace("</body>", look + "</body>"), encoding="utf-8")
    words = [program("chromium", "chromium-browser", "google-chrome"), *QUIET, f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run(
        [*words, f"--window-size={width},900", "--dump-dom", path.as_uri()],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    found = re.search("<pre>(.*?)</pre>", done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def test_the_page_is_html_without_a_fault(printed):
    html5lib.HTMLParser(strict=True).parse(printed["html"].decode())
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse(printed["html"].decode().replace("</section>", "</sektion>", 1))


@pytest.mark.parametrize("width", [1280, 520])
def test_nothing_is_wider_than_the_window_and_no_letter_is_a_box(printed, tmp_path, width):
    found = looked_at(printed["html"].decode(), width, tmp_path)
    assert found["letters"] > 200
    assert (found["scroll"], found["over"], found["boxes"]) == (found["wide"], [], [])


def test_what_is_too_wide_and_what_has_no_letter_is_noticed(printed, tmp_path):
    page = printed["html"].decode().replace("<main>", "<main><p style='width: 2000px'>x</p>", 1)
    found = looked_at(page, 1280, tmp_path, probe="\\u{1F6B0}\\u{E123}")
    assert found["scroll"] > found["wide"]
    assert any(one.startswith("P.") for one in found["over"])
    assert found["boxes"]
