"""How the tests are shared out: a file to one process, which makes what its tests share; what takes long is begun first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer

TOGETHER = "tests/browser/"  # one browser, one server
APART = ("tests/stories/test_project.py", "tests/stories/test_storage_faults.py")  # long, and each of their tests makes its own
FIRST = (TOGETHER, "tests/stories/")


def in_order(items: list[pytest.Item]) -> None:
    """The long ones to the front: both processes are to end at the same time."""
    items.sort(key=lambda item: next((place for place, folder in enumerate(FIRST) if item.nodeid.startswith(folder)), len(FIRST)))


class ByFile(LoadScopeScheduling):
    """xdist's own groups are read from a mark, which newer versions of pytest do not hand on."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # it knows how many tests a file has, not how long they take

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(TOGETHER):
            return TOGETHER
        return nodeid if file in APART else file
