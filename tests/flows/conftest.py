"""A scene for each database."""

from collections.abc import Callable, Iterator

import pytest

from config.policies import Policy
from tests.flows.scene import Scene


@pytest.fixture
def set_scene(database_url: str) -> Iterator[Callable[..., Scene]]:
    """Builds the scene with policies of the test's own."""
    scenes: list[Scene] = []

    def build(**policies: Policy) -> Scene:
        scenes.append(Scene(database_url, **policies))
        return scenes[-1]

    yield build
    for scene in scenes:
        scene.memory.close()


@pytest.fixture
def scene(set_scene: Callable[..., Scene]) -> Scene:
    """The scene with its usual policies."""
    return set_scene()
