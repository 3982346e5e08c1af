"""What is wrong with a request's body, as the tree that comes with error 50035."""

from localchat.discord.errors import DiscordError
from localchat.wire import Json

Path = tuple[str | int, ...]


class Problems:
    """Collects faults by where they are."""

    def __init__(self) -> None:
        self.found: list[tuple[Path, str, str]] = []

    def __bool__(self) -> bool:
        """True when something is wrong."""
        return bool(self.found)

    def add(self, path: Path, code: str, message: str) -> None:
        """Something at `path` is wrong."""
        self.found.append((path, code, message))

    def tree(self) -> Json:
        """Nested by field and index, with `_errors` at the leaves."""
        tree: Json = {}
        for path, code, message in self.found:
            node = tree
            for step in path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append({"code": code, "message": message})
        return tree

    def refuse(self) -> None:
        """Refuse the request if anything is wrong.

        Raises:
            DiscordError: 50035 with the tree.
        """
        if self.found:
            raise DiscordError(400, 50035, "Invalid Form Body", errors=self.tree())


def invalid(path: Path, code: str, message: str) -> DiscordError:
    """Error 50035 with one fault."""
    problems = Problems()
    problems.add(path, code, message)
    return DiscordError(400, 50035, "Invalid Form Body", errors=problems.tree())
