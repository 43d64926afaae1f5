"""`ruam test`: the process tests of a pack, each played in a database of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import click

from engine.deployment.packs import read_folder
from engine.packtests import Outcome, Report
from webui.cli.context import pass_settings
from webui.cli.output import json_option, print_json
from webui.settings import Settings

UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # in XML


@click.command("test")
@click.argument("pack", metavar="PACK", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("names", metavar="[NAME…]", nargs=-1)
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write the results into this file as JUnit's XML.")
@click.option("--seconds", type=click.FloatRange(1), help="Of CPU, for all of them together; default: 60.")
@json_option
@pass_settings
@click.pass_context
def test(
    context: click.Context, settings: Settings, pack: Path, names: Sequence[str], junit: Path | None, seconds: float | None, as_json: bool
) -> None:
    """Play the tests of a pack folder (tests/*.toml); exit 1 if one fails."""
    from engine.packtests.playing import SECONDS, play_all

    report = play_all(read_folder(pack), packs=settings.packs, limits=settings.limits, names=names, seconds=seconds or SECONDS)
    if junit is not None:
        junit.write_bytes(junit_of(report, pack.resolve().name))
    if as_json:
        print_json([told(outcome) for outcome in report.outcomes])
    else:
        _print(report.outcomes)
    context.exit(0 if report.ok else 1)


def told(outcome: Outcome) -> dict[str, object]:
    """What JSON says of a test."""
    failure, title = outcome.failure, outcome.test
    said = {"th": failure.th, "en": failure.en, "step": failure.step, "line": failure.line} if failure is not None else None
    names = {"name": title.name, "th": title.th, "en": title.en, "file": title.file, "process": title.process}
    return {**names, "passed": outcome.passed, "seconds": outcome.seconds, "failure": said}


def _print(outcomes: Iterable[Outcome]) -> None:
    """A line each, and what failed in both languages; how many at the end."""
    passed = failed = 0
    for outcome in outcomes:
        title = outcome.test.en or outcome.test.th
        click.echo(f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.test.name}{f': {title}' if title else ''} ({outcome.seconds:.2f} s)")
        if outcome.failure is not None:
            failed += 1
            place = f"{outcome.test.file}:{outcome.failure.line}"
            click.echo(f"     {place}: {outcome.failure.en}\n     {outcome.failure.th}")
        else:
            passed += 1
    click.echo(f"{passed} passed, {failed} failed" if passed + failed else "The pack has no tests (tests/*.toml).", err=True)


def junit_of(report: Report, pack: str) -> bytes:
    """The results as continuous integration reads them."""
    seconds = sum(outcome.seconds for outcome in report.outcomes)
    counts = {"tests": str(len(report.outcomes)), "failures": str(len(report.problems)), "time": f"{seconds:.3f}"}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": pack, "errors": "0", **counts})
    for outcome in report.outcomes:
        about = {"name": outcome.test.name, "classname": f"{pack}.{outcome.test.process}", "file": outcome.test.file}
        case = ET.SubElement(suite, "testcase", {**about, "time": f"{outcome.seconds:.3f}"})
        if outcome.failure is not None:
            failure = ET.SubElement(case, "failure", {"message": _writable(outcome.failure.en), "type": "process-test"})
            failure.text = _writable(f"{outcome.test.file}:{outcome.failure.line}\n{outcome.failure.en}\n{outcome.failure.th}")
    return bytes(ET.tostring(suites, encoding="utf-8", xml_declaration=True))


def _writable(text: str) -> str:
    return UNWRITABLE.sub("?", text)
