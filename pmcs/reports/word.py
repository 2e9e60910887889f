"""The office's own Word form, filled: the same form and figures give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from pmcs.errors import Broken, NotFound, Translate, Unable
from pmcs.reports.render import FAILURES, filters, said
from pmcs.reports.template import folders
from pmcs.store.store import Store

FORMS = "forms"
MOST_BYTES = 100_000_000
"""Unpacked: a form with pictures has a few of them, one that unpacks without end has no end."""
MADE = (1980, 1, 1, 0, 0, 0)
_UNWRITTEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def form_of(store: Store, name: str) -> Path:
    """The office's form of a kind or report: `templates/forms/NAME.docx`. Raises NotFound."""
    places = [folder / FORMS / f"{name}.docx" for folder in folders(store)]
    found = next((path for path in places if path.is_file()), None)
    if found is None:
        raise NotFound(
            "There is no form {name}.docx; put one into {folder}, or name it with --form.",
            name=name,
            folder=str(places[0].parent),
        )
    return found


def filled(form: Path, told: Mapping[str, Any], translate: Translate) -> bytes:
    """The form with `told` in its places.

    Raises Unable: docxtpl is missing; Broken: it is no form, or asks for what there is not.
    """
    try:
        from docxtpl import DocxTemplate
    except ImportError:
        raise Unable("Writing .docx takes docxtpl; install it with pip install 'pmcs[docx]'.") from None
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Forms(ImmutableSandboxedEnvironment):
        """As templates of pages are: a form must not run what it likes. `fields.items` is the field, no method."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            return obj[attribute] if isinstance(obj, Mapping) and attribute in obj else super().getattr(obj, attribute)

    environment = Forms(undefined=StrictUndefined, finalize=lambda value: "" if value is None else value)
    environment.filters.update(filters(translate))
    memory = BytesIO()
    try:
        whole = _whole(form)
        template = DocxTemplate(BytesIO(whole))
        template.render(_written(told), environment, autoescape=True)
        template.save(memory)
        return _repacked(memory.getvalue())
    except Broken:
        raise
    except (BadZipFile, OSError) as error:
        raise Broken("The form {file} is no Word document (.docx); save it again in Word.", file=str(form)) from error
    except (TemplateError, SyntaxError, *FAILURES) as error:
        reason = said(error)
        raise Broken(
            "The form {file} cannot be filled: {reason}; correct it.", file=str(form), reason=reason
        ) from error


def _whole(form: Path) -> bytes:
    data = form.read_bytes()
    with ZipFile(BytesIO(data)) as packed:
        if "word/document.xml" not in packed.namelist() or sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
            raise BadZipFile
    return data


def _repacked(data: bytes) -> bytes:
    """The same parts in the same order, all of one time."""
    memory = BytesIO()
    with ZipFile(BytesIO(data)) as before, ZipFile(memory, "w") as after:
        for name in before.namelist():
            part = ZipInfo(name, MADE)
            part.compress_type = ZIP_DEFLATED
            after.writestr(part, before.read(name))
    return memory.getvalue()


def _written(value: Any) -> Any:
    """The same without what no XML can hold."""
    if isinstance(value, str):
        return _UNWRITTEN.sub("", value)
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, list | tuple) else value
