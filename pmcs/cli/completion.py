"""Shell completion: numbers, places, staff, choices, clauses, stores (bash, zsh and fish, by click's protocol)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from pmcs.cli.app import App
from pmcs.cli.offers import SEVERAL, Offer, beginning, choices
from pmcs.cli.screen import clean
from pmcs.core.kind import Field

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[Any]]
ANY = "any"
MOST = 50
VARIABLE = "_PMCS_COMPLETE"
STAFF = "staff"
EVERYWHERE = {"--store": "store_option", "--lang": "language_option", "--as": "as_option"}
LANGUAGES = ("zh_CN", "en")
ZSH = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }\n"
"""zsh knows no completion until this was said; whoever has said it is not disturbed."""


def complete_id(kind: str, states: Sequence[str] = ()) -> Completer:
    """Numbers of a kind, the newest first, where some are named only in these states; of `any` kind each in turn."""

    def complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem[str]]:
        return [_item(offer) for offer in _numbers(ctx.find_object(App), (kind,), typed, states)]

    return complete


def complete_field(item: Field) -> Completer:
    """Choices with their labels, names of a list, files, or the records that a link may name."""

    def complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem[str]]:
        from click.shell_completion import CompletionItem

        app = ctx.find_object(App)
        if item.type == "files":
            return [CompletionItem(typed, type="file")]
        if app is None or item.sealed:
            return []
        if item.ref:
            kinds = (ANY,) if SEVERAL & set(item.ref) else item.ref
            return [_item(offer) for offer in _numbers(app, kinds, typed)]
        return [_item(offer) for offer in _beginning(choices(app, item), typed)]

    return complete


def complete_among(offers: Callable[[App], Iterable[Offer]]) -> Completer:
    """Names that begin as typed, or the labels that do."""

    def complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem[str]]:
        app = ctx.find_object(App)
        return [_item(offer) for offer in _beginning(offers(app), typed)] if app else []

    return complete


def clauses(app: App) -> Iterator[Offer]:
    """The clauses of the regulation in force."""
    for number, clause in app.store.regulations.on(app.now().date()).clauses.items():
        yield Offer(number, app.words.label(clause.brief or clause.title))


def versions(app: App) -> Iterator[Offer]:
    """The days from which a version of the regulation is in force."""
    return (Offer(day.isoformat(), "") for day in app.store.regulations.versions)


def assessed_posts(app: App) -> Iterator[Offer]:
    """The posts that are assessed."""
    regulation = app.store.regulations.on(app.now().date())
    for name in regulation.scheme.posts if regulation.scheme else ():
        yield Offer(name, app.words.label(regulation.posts[name].label))


def _item(offer: Offer) -> CompletionItem[str]:
    from click.shell_completion import CompletionItem

    return CompletionItem(offer.name, help=clean(offer.label) or None)


def _beginning(offers: Iterable[Offer], typed: str) -> list[Offer]:
    """By name; where no name fits, what is typed may be a label's beginning, and a label is taken as well."""
    found = list(offers)
    named = [offer for offer in found if offer.name.startswith(typed)]
    return named or [Offer(offer.label, offer.name) for offer in found if offer.label.startswith(typed)]


def _numbers(app: App | None, kinds: Sequence[str], typed: str, states: Sequence[str] = ()) -> Iterator[Offer]:
    if app is None:
        return
    names = app.kind_names() if ANY in kinds else kinds
    for name in names:
        yield from beginning(app, name, typed, max(MOST // len(names), 5), states)


def answer_tab(app: App, instruction: str) -> int:
    """Print what fits the line being typed. Whatever goes wrong, a Tab prints nothing into it."""
    import io

    from click.shell_completion import get_completion_class

    shell, _, what = instruction.partition("_")
    found = get_completion_class(shell)
    if found is None or what != "complete":
        return 1
    from pmcs.cli.main import pmcs
    from pmcs.cli.words import in_words

    app.errors = io.StringIO()
    try:
        asked = found(pmcs, {"obj": app}, "pmcs", VARIABLE)
        args, typed = _unequal(*asked.get_completion_args())
        name, equals, value = typed.partition("=") if typed.startswith("--") else (typed, "", "")
        args, option = _everywhere(app, [*args, name] if equals else args)
        asked.cli = in_words(pmcs, app.words)
        if option:
            items = _global(app, option, value if equals else typed)
        else:
            items = asked.get_completions(args[:-1] if equals else args, typed)
        for item in items:
            if item.type == "plain" and equals:
                # zsh and fish replace the whole word, of which bash takes --OPTION= for words of their own.
                item.value = f"{name}={item.value}"
            if item.type == "plain" and shell == "bash":
                item.value = _quoted(item.value)
            print(asked.format_completion(item), file=app.out)
    except Exception:  # noqa: BLE001  a line being typed is no place for an error
        return 0
    return 0


def _quoted(text: str) -> str:
    """A word that bash, which unlike the others takes it as it is, neither splits nor carries out.

    Each backslash is doubled, since the script of bash reads them once itself.
    """
    return re.sub(r"([^\w@%+=:,./·-])", r"\\\\\1", text)


def _unequal(args: list[str], typed: str) -> tuple[list[str], str]:
    """bash's `--place`, `=`, `3-2` as `--place`, `3-2`."""
    kept = [word for place, word in enumerate(args) if word != "=" or not args[place - 1].startswith("--")]
    return kept, "" if typed == "=" else typed


def _everywhere(app: App, args: Sequence[str]) -> tuple[list[str], str]:
    """The line without --store, --lang and --as, which are heeded; and the one of them whose value is being typed."""
    kept: list[str] = []
    rest = iter(args)
    for word in rest:
        name, equals, value = word.partition("=")
        if name not in EVERYWHERE:
            kept.append(word)
            continue
        given = value if equals else next(rest, None)
        if given is None:
            return kept, name
        setattr(app, EVERYWHERE[name], given)
    return kept, ""


def _global(app: App, option: str, typed: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    if option == "--store":
        return [CompletionItem(typed, type="dir")]
    if option == "--lang":
        return [CompletionItem(name) for name in LANGUAGES if name.startswith(typed)]
    return [_item(offer) for offer in _numbers(app, (STAFF,), typed)]


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_obj
def completion(app: App, shell: str) -> None:
    """Print the completion script of a shell; put it into its start-up file."""
    from click.shell_completion import get_completion_class

    from pmcs.cli.main import pmcs

    found = get_completion_class(shell)
    if found is not None:
        app.say((ZSH if shell == "zsh" else "") + found(pmcs, {}, "pmcs", VARIABLE).source())
