"""`signoff why ITEM`."""

from pathlib import Path

import click

from bot.card_parts import Strong, plain
from bot.flows.explaining import whole_story
from bot.story import story_lines
from config.reading import read_rulebook
from config.settings import Settings
from handlers.cli.databases import open_memory


@click.command("why")
@click.argument("item", metavar="ITEM")
def command(item: str) -> None:
    """Tell an item's whole story: its rules, what happened, and what comes next."""
    settings = Settings.read()
    rulebook = read_rulebook(Path(settings.config))
    memory = open_memory(settings.database_url)
    try:
        story = memory.read(whole_story, rulebook, item.strip().upper()).result()
    finally:
        memory.close()
    for number, line in enumerate(story_lines(story, rulebook.people)):
        is_title = len(line) == 1 and isinstance(line[0], Strong)
        if is_title and number:
            click.echo()
        click.echo(str(plain(line)) if is_title or number < 2 else f"  {plain(line)}")
