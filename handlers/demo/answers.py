"""What a sensible person would say to each item: how the demo's scripted people come to know it."""

from pathlib import Path

FOLDER = "answers"  # in the demo's own folder; Signoff never looks there


def note(folder: Path, item_id: str, answer: str) -> None:
    """Keeps the label of the button that a sensible person would press."""
    (folder / FOLDER).mkdir(exist_ok=True)
    (folder / FOLDER / item_id).write_text(answer, encoding="utf-8")


def look_up(folder: Path, item_id: str) -> str | None:
    """The label of that button; None when the item is not the demo's."""
    try:
        return (folder / FOLDER / Path(item_id).name).read_text(encoding="utf-8")
    except OSError:
        return None
