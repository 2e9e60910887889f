"""One question on a terminal: its choices, what Enter takes, `?`, a wrong answer refused at once, completion by Tab."""

from __future__ import annotations

import select
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from glob import glob

from pmcs.cli.app import App
from pmcs.cli.offers import Offer
from pmcs.cli.screen import clean, cut, padded, wide
from pmcs.core.private import mask_text
from pmcs.errors import BadInput, PmcsError

EXPLAIN = ("?", "？")
MANY = 12
"""More choices than these are shown by their groups first."""
SHOWN = 8
"""Records shown of those that a link may name."""
PRESENT = 30
"""Columns of a terminal that what stands there may take."""
PASTED = 0.05
"""Seconds in which the further lines of a pasted text arrive."""


@dataclass
class Question:
    """What is asked, and how its answer is judged."""

    label: str
    check: Callable[[str], str]
    """The answer as it is taken. Raises PmcsError."""
    offers: Sequence[Offer] = ()
    records: bool = False
    """The offers are records: one a line, and there may be others."""
    numbered: bool = True
    example: str = ""
    present: str | None = None
    """What Enter takes, an empty text included; None where something must be given."""
    shown: str = ""
    """What stands there, as people read it."""
    about: Sequence[str] = ()
    """What `?` says, line by line."""
    several_lines: bool = False
    files: bool = False
    beginning: Callable[[str], Iterable[Offer]] | None = None
    """More offers that begin as typed, for Tab."""


def put(app: App, question: Question) -> str:
    """The answer, as `check` takes it; an empty one only where it is not compulsory. Ctrl-C and Ctrl-D end it."""
    return _Asking(app, question).answered()


def one_of(offers: Sequence[Offer]) -> Callable[[str], str]:
    """A check: one of these, by its name."""

    def check(text: str) -> str:
        if any(text.strip() == offer.name for offer in offers):
            return text.strip()
        raise BadInput(
            "There is no {text} here; choose {choices}.",
            text=mask_text(text.strip()[:60]),
            choices=[offer.label for offer in offers],
        )

    return check


def sure(app: App, text: str, *, default: bool) -> bool:
    """A question answered by yes or no."""
    _ = app.words.gettext
    words = {"y": True, "yes": True, "是": True, "n": False, "no": False, "否": False}
    _prepare(lambda _typed: [])
    while True:
        answer = _read(f"{clean(text)} [{'Y/n' if default else 'y/N'}]{_(': ')}").strip().lower()
        if not answer:
            return default
        if answer in words:
            return words[answer]


class _Asking:
    """One question while it is asked: its choices may be narrowed by what is typed."""

    def __init__(self, app: App, question: Question) -> None:
        self.app = app
        self.question = question
        self.page = self._groups() or list(question.offers)
        self.narrowed = ""
        self.present, self.shown = question.present, question.shown

    def _groups(self) -> list[Offer]:
        """The upper level of a long list, whose entries are named GROUP.ENTRY."""
        offers = self.question.offers
        if self.question.records or len(offers) <= MANY or not any("." in offer.name for offer in offers):
            return []
        return [offer for offer in offers if "." not in offer.name]

    def answered(self) -> str:
        self._show()
        _prepare(self._fitting, files=self.question.files)
        while True:
            text = _read(self._prompt())
            if self.question.several_lines:
                text += _rest_of_paste()
            word = text.strip()
            if word in EXPLAIN:
                self._explain()
            elif not word:
                if self.present is not None:
                    return self.present
                self._tell(self.app.words.gettext("This must be given; ? explains."))
            elif (answer := self._judged(text, word)) is not None:
                return answer

    def _judged(self, text: str, word: str) -> str | None:
        """The answer, or None where it has to be asked again: narrowed, or refused with the reason."""
        picked = self._picked(word)
        if picked is not None:
            entries = [offer for offer in self.question.offers if offer.name.startswith(f"{picked.name}.")]
            if not entries or picked not in self.page or self.page == entries or picked.name == self.present:
                return self._checked(picked.name)
            self._narrow(entries, picked)
            return None
        if not self.question.records and self._narrows(word):
            return None
        return self._checked(text, word)

    def _checked(self, text: str, word: str = "") -> str | None:
        try:
            answer = self.question.check(text)
        except PmcsError as error:
            if not (self.question.records and word and self._narrows(word)):
                self._tell(self.app.words.sentence(error))
            return None
        if self.question.records and word not in ("", answer):
            self._tell(f"→ {answer}")
        return answer

    def _picked(self, word: str) -> Offer | None:
        for offer in self.question.offers:
            if word in (offer.name, offer.label):
                return offer
        number = unicodedata.normalize("NFKC", word)
        shown = self._page_shown()
        if self._numbered and number.isascii() and number.isdecimal() and 1 <= int(number) <= len(shown):
            return shown[int(number) - 1]
        return None

    def _narrows(self, word: str) -> bool:
        """Show what holds the piece typed, once: typed again, it is taken as it stands."""
        low = word.casefold()
        found = [o for o in self.question.offers if low in o.name.casefold() or low in o.label.casefold()]
        if not found or word == self.narrowed:
            return False
        self.narrowed = word
        self._narrow(found, found[0] if len(found) == 1 else None)
        return True

    def _narrow(self, page: list[Offer], present: Offer | None) -> None:
        self.page = page
        self.present = present.name if present else self.question.present
        self.shown = (present.name if self.question.records else present.label) if present else self.question.shown
        self._show()

    @property
    def _numbered(self) -> bool:
        """Names that are numbers themselves are answered by name."""
        return self.question.numbered and not any(offer.name.isdecimal() for offer in self.question.offers)

    def _page_shown(self) -> list[Offer]:
        return self.page[:SHOWN] if self.question.records else self.page

    def _show(self) -> None:
        width = shutil.get_terminal_size().columns
        texts = []
        for place, offer in enumerate(self._page_shown(), 1):
            name = offer.name if self.question.records or not self._numbered else ""
            number = str(place) if self._numbered else ""
            texts.append(" ".join(part for part in (number, name, offer.label) if part))
        if self.question.records:
            rest = len(self.page) - len(texts)
            texts += [self.app.words.gettext("… more by Tab")] if rest > 0 else []
            lines = [cut(text, width - 3) for text in texts]
        else:
            lines = _in_columns(texts, width - 3)
        for line in lines:
            self._tell(line)

    def _explain(self) -> None:
        for line in self.question.about:
            self._tell(line)
        self._show()

    def _tell(self, line: str) -> None:
        print(f"  {line}", file=self.app.out)

    def _prompt(self) -> str:
        _ = self.app.words.gettext
        parts = [clean(self.question.label)]
        if self.question.example and not self.shown:
            parts.append(_(" (such as {example})").format(example=self.question.example))
        if self.shown:
            parts.append(f" [{cut(clean(self.shown), PRESENT)}]")
        return "".join(parts) + _(": ")

    def _fitting(self, typed: str) -> list[str]:
        """What Tab offers: names and labels that begin as typed; with nothing typed what is shown."""
        low = typed.casefold()
        by_name = [offer.name for offer in self.question.offers if offer.name.casefold().startswith(low)]
        by_label = [offer.label for offer in self.question.offers if offer.label.casefold().startswith(low)]
        if self.question.records:
            found = [offer.name for offer in self.question.beginning(typed)] if self.question.beginning else []
            others = [offer.name for offer in self.question.offers if typed and offer.label.startswith(typed)]
            return found or by_name or others
        return (by_label if not typed else by_name or by_label) if self.question.offers else []


def _in_columns(texts: Sequence[str], width: int) -> list[str]:
    """Short texts in one line where they fit, else in columns."""
    if not texts or wide(line := "  ".join(texts)) <= width:
        return [line] if texts else []
    column = min(max(wide(text) for text in texts) + 2, width)
    count = max(width // column, 1)
    return [
        "".join(padded(cut(text, column), column) for text in texts[start : start + count]).rstrip()
        for start in range(0, len(texts), count)
    ]


def _read(prompt: str) -> str:
    """One line as typed. Bytes that are no text are asked for again."""
    while True:
        try:
            return input(prompt)
        except UnicodeDecodeError:
            continue


def _rest_of_paste() -> str:
    """The further lines of a text pasted on a terminal that does not say where a paste ends."""
    lines = ""
    while sys.stdin.isatty() and select.select([sys.stdin], [], [], PASTED)[0]:
        lines += "\n" + _read("")
    return lines.rstrip("\n")


def _prepare(fitting: Callable[[str], list[str]], *, files: bool = False) -> None:
    """The line editor, where there is one: completion of the whole line, and no answer kept to be called back."""
    if not sys.stdin.isatty():
        return
    try:
        import readline
    except ImportError:
        return
    found: list[str] = []

    def complete(typed: str, place: int) -> str | None:
        nonlocal found
        if place == 0:
            found = sorted(glob(f"{typed}*")) if files else fitting(typed)  # noqa: PTH207  the path as typed
        return found[place] if place < len(found) else None

    readline.set_auto_history(False)
    readline.set_completer(complete)
    readline.set_completer_delims("")
    libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    if not libedit:
        # Chinese also where the locale is C; no bell in an office.
        for setting in ("input-meta on", "output-meta on", "convert-meta off", "bell-style none"):
            readline.parse_and_bind(f"set {setting}")
