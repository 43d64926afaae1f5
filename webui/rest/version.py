"""Which program answers, and its one engine."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from webui.rest.operations import Dto, Resource

NAME = "default"
resource = Resource("engine", "The engine and its version.")


class EngineDto(Dto):
    """An engine by name."""

    name: str


class VersionDto(Dto):
    """The version of the program."""

    version: str


@resource.get("/engine")
def engines() -> list[EngineDto]:
    """The engines: there is one."""
    return [EngineDto(name=NAME)]


@resource.get("/version")
def this_version() -> VersionDto:
    """The version of the program."""
    return VersionDto(version=installed())


@cache
def installed() -> str:
    """The version of the program that is installed."""
    return version("ruam")
