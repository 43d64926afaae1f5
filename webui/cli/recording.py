"""`ruam record`: what happened in an instance, as a process test."""

from __future__ import annotations

from pathlib import Path

import click

from engine.packtests.writing import write
from engine.people import SYSTEM
from webui.cli.context import opened, pass_settings
from webui.cli.output import pick
from webui.settings import Settings


@click.command()
@click.argument("instance_id", metavar="INSTANCE")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A new file; default: print it.")
@click.option("--title", default="", help="What the test is called.")
@click.option("--texts", is_flag=True, help="Keep free text as it was written; default: samples stand for it.")
@click.option("--user", "user_id", help="Who records it, with what he may read; default: the system.")
@pass_settings
def record(settings: Settings, instance_id: str, output: Path | None, title: str, texts: bool, user_id: str | None) -> None:
    """Write what happened in INSTANCE, from its root down, as a test of its pack (tests/NAME.toml)."""
    with opened(settings) as engine:
        actor = SYSTEM if user_id is None else engine.actor(user_id)
        found = engine.record_test(instance_id, texts=texts, actor=actor)
    that = [text for text, usual in found.asserted.items() if usual]
    text = write(found.kept(name="recorded", th=title, en="", tasks=True, end=True, that=that))
    for th, en in found.notes:
        click.echo(pick(f"แบบทดสอบไม่ได้ทำ: {th}", f"The test does not do this: {en}"), err=True)
    if found.hidden:
        th = f"ไม่มีสิทธิ์อ่านคำตอบ {found.hidden} รายการ แบบทดสอบใช้ค่าตัวอย่างแทน"
        click.echo(pick(th, f"{found.hidden} answers may not be read; samples stand for them."), err=True)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.UsageError(f"{output} is there already.") from None
