"""`kdocs rule`: what a rule says and how to mend what it finds."""

from __future__ import annotations

import re

import click

from kdocs_plugin import messages
from kdocs_plugin.errors import ConfigError
from kdocs_plugin.messages import CATALOGUE, Language
from kdocs_plugin.validation import SEVERITIES


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def rule(codes: tuple[str, ...], lang: str | None) -> None:
    """Say what rules mean: `kdocs rule KD201`. Without a code, all of them in a line each."""
    language = messages.preferred_language(lang)
    known = sorted(code for code in CATALOGUE if re.fullmatch(r"KD\d{3}", code))
    if not codes:
        for code in known:
            click.echo(f"{code}  {_words(code, language)[0]}")
        return
    for code in (each.upper() for each in codes):
        if code not in known:
            raise ConfigError("rule.unknown", code=code)
        said, *mends = _words(code, language)
        severity = SEVERITIES.get(code)
        mark = (
            f" ({messages.text(f'report.{severity.value}', language, {})})" if severity else ""
        )
        click.secho(f"{code}{mark}", bold=True)
        click.echo(f"  {said}")
        for each in mends:
            click.echo(f"  {messages.text('report.hint', language, {})}: {each}")
        click.echo(f"  docs/manual/rules.md#{code.lower()}")


def _words(code: str, language: Language) -> list[str]:
    """The sentence and the hint's lines; a place to be filled stands as its name: <field>."""
    message = CATALOGUE[code]
    said = [message.ko, message.hint_ko] if language == "ko" else [message.en, message.hint_en]
    text = re.sub(r"\{(\w+)\}", r"<\1>", "\n".join(filter(None, said)))
    return text.replace("{{", "{").replace("}}", "}").split("\n")
