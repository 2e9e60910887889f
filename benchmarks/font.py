"""Makes the font that PDFs are set in, templates/font/wqy-microhei.ttf, out of the whole WenQuanYi Micro Hei.

    python benchmarks/font.py wqy-microhei.ttc

The whole font is in Debian's package fonts-wqy-microhei (0.2.0-beta-3.1). Kept are all characters of GBK and all others
but Hangul; left out are hinting, kerning and the second, fixed-width face: paper needs none of them, and 5.2 MB become
3.2. fontTools 4.68 gives the bytes that are shipped. What was changed is said in the font's own name table, as the
Apache License asks.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

SHIPPED = Path(__file__).parents[1] / "templates" / "font" / "wqy-microhei.ttf"
HANGUL = range(0xAC00, 0xD7A4)
CHANGED = "Subset without Hangul, hinting and kerning, made for pmcs."
DESCRIPTION, WINDOWS, UNICODE, ENGLISH = 10, 3, 1, 0x409


def main(whole: str) -> None:
    font = TTCollection(whole).fonts[0]
    options = subset.Options(
        hinting=False,
        layout_features=[],
        notdef_outline=True,
        glyph_names=False,
        legacy_kern=False,
        name_IDs=["*"],
        name_languages=["*"],
        drop_tables=["FFTM", "GPOS", "GSUB", "GDEF", "gasp", "vhea", "vmtx"],
        recalc_timestamp=False,
    )
    kept = subset.Subsetter(options)
    kept.populate(unicodes=[code for code in font.getBestCmap() if code not in HANGUL])
    kept.subset(font)
    font["name"].setName(CHANGED, DESCRIPTION, WINDOWS, UNICODE, ENGLISH)
    font.recalcTimestamp = False
    subset.save_font(font, str(SHIPPED), options)
    print(f"{SHIPPED.name}: {len(font.getBestCmap()):,} characters, {SHIPPED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
