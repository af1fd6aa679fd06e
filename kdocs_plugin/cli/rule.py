"""`kdocs rule`: what a rule says and why, how to mend what it finds, wrong and right."""

from __future__ import annotations

import re

import click

from kdocs_plugin import messages
from kdocs_plugin.errors import ConfigError
from kdocs_plugin.messages import CATALOGUE, Language
from kdocs_plugin.rules import SEVERITIES, pages


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def rule(codes: tuple[str, ...], lang: str | None) -> None:
    """Say what rules mean: `kdocs rule KD201`. Without a code, all of them in a line each."""
    language = messages.preferred_language(lang)
    if not codes:
        for code in sorted(SEVERITIES):
            click.echo(f"{code}  {_words(code, language)[0]}")
        return
    for code in (each.upper() for each in codes):
        if code not in SEVERITIES:
            raise ConfigError("rule.unknown", code=code)
        said, *mends = _words(code, language)
        grave = messages.text(f"report.{SEVERITIES[code].value}", language, {})
        click.secho(f"{code} ({grave})", bold=True)
        click.echo(f"  {said}")
        for each in mends:
            click.echo(f"  {messages.text('report.hint', language, {})}: {each}")
        click.echo()
        click.echo(_page(pages.rule(code), language))
        click.echo(f"docs/manual/rules.md#{code.lower()}\n")


def _page(about: pages.Rule, language: Language) -> str:
    """The rule's page. Its text is Korean; its examples are for everybody."""
    if language == "ko":
        return f"{about.title}\n\n{about.plain}\n"
    shown = []
    for each in about.examples:
        words = messages.text("rule.wrong" if each.wrong else "rule.right", language, {})
        shown.append(f"{words}:\n\n" + re.sub(r"(?m)^(?=.)", "    ", each.text))
    return "\n".join(shown)


def _words(code: str, language: Language) -> list[str]:
    """The sentence and the hint's lines; a place to be filled stands as its name: <field>."""
    message = CATALOGUE[code]
    said = [message.ko, message.hint_ko] if language == "ko" else [message.en, message.hint_en]
    text = re.sub(r"\{(\w+)\}", r"<\1>", "\n".join(filter(None, said)))
    return text.replace("{{", "{").replace("}}", "}").split("\n")
