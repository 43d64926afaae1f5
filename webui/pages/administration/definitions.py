"""Processes: their versions and diagrams, and deploying files or a pack, all or none."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from engine.errors import Invalid, Problem
from webui import current, names
from webui.languages import pick
from webui.pages.administration import parts
from webui.pages.administration.blueprint import page

LARGEST = 100 * 1024 * 1024  # bytes of an unpacked pack
MOST_FILES = 2_000
LONGEST_NAME = 200
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError, lzma.LZMAError)
Page = tuple[str, int] | Response


@page.get("/processes")
def definitions() -> str:
    """The newest version of each process, with all its versions below."""
    return _page([])


@page.get("/processes/<definition_id>")
def definition(definition_id: str) -> str:
    """One version: its diagram and file."""
    engine = current.engine()
    view = engine.definition(definition_id)
    versions = engine.definitions(key=view.key).items
    return render_template(
        "pages/admin_definition.html",
        tabs=parts.tabs("definitions"),
        definition=view,
        versions=versions,
        elsewhere=sum(one.active_instances for one in versions if one.id != view.id),
        names=names,
    )


@page.post("/processes/<definition_id>/suspend")
def suspend_definition(definition_id: str) -> Response:
    """Keep it from being started."""
    current.engine().suspend_definition(definition_id, actor=current.actor())
    flash(_("Suspended: nobody can start it. What runs goes on."), "done")
    return redirect(url_for("administration.definition", definition_id=definition_id))


@page.post("/processes/<definition_id>/resume")
def resume_definition(definition_id: str) -> Response:
    """Let it be started again."""
    current.engine().resume_definition(definition_id, actor=current.actor())
    flash(_("It can be started again."), "done")
    return redirect(url_for("administration.definition", definition_id=definition_id))


@page.post("/processes")
def deploy() -> Page:
    """Deploy what was posted: files, or one zip of a pack's folder."""
    name = request.form.get("name", "").strip()
    try:
        files = _posted()
        if not files:
            raise Invalid(_("Choose the files first."))
        deployment = current.engine().deploy(
            files, name=(name or next(iter(files)))[:LONGEST_NAME], pack=request.form.get("pack") or None,
            tested=True, untested=request.form.get("untested", ""), actor=current.actor(),
        )  # fmt: skip
    except Invalid as error:
        return _page(error.problems or [Problem(error.message, error.message)]), 422
    made = ", ".join(f"{pick(one.name, one.name_en) or one.key} {one.version}" for one in deployment.definitions)
    flash(_("Deployed: %(names)s", names=made) if deployment.new else _("Nothing has changed since the last deployment."), "done")
    return redirect(url_for("administration.definitions"))


@page.post("/processes/check")
def check() -> Page:
    """Say what would be wrong, and change nothing."""
    try:
        problems: Sequence[Problem] = current.engine().check(_posted(), pack=request.form.get("pack") or None)
    except Invalid as error:
        problems = error.problems or [Problem(error.message, error.message)]
    if not problems:
        flash(_("Nothing is wrong with these files."), "done")
    return _page(problems), 200


def _posted() -> dict[str, bytes]:
    """The files by path; a zip is unpacked, without the folder all its files are in. Raises Invalid."""
    found: dict[str, bytes] = {}
    for file in request.files.getlist("files"):
        content = file.read()
        if (file.filename or "").lower().endswith(".zip"):
            found |= _unpacked(content)
        elif file.filename:
            found[file.filename.replace("\\", "/").rsplit("/", 1)[-1]] = content
    return found


def _unpacked(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and "__MACOSX" not in member.filename]
            if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST:
                raise Invalid(_("The pack is too large: at most %(files)s files, 100 MB unpacked.", files=MOST_FILES))
            files = {member.filename: archive.read(member) for member in members}  # never more than its file_size
    except (*UNREADABLE, OSError):
        raise Invalid(_("This zip file cannot be read: it is damaged, or protected by a password. Make it anew.")) from None
    folders = {path.partition("/")[0] for path in files}
    if len(folders) == 1 and all("/" in path for path in files):
        return {path.partition("/")[2]: content for path, content in files.items()}
    return files


def _page(problems: Sequence[Problem]) -> str:
    found = current.engine().definitions(limit=500).items
    newest = {one.key: one for one in reversed(found)}
    processes = sorted(newest.values(), key=lambda one: (not one.startable, one.key))
    older = {key: [one for one in found if one.key == key and one.id != view.id] for key, view in newest.items()}
    return render_template(
        "pages/admin_definitions.html",
        tabs=parts.tabs("definitions"),
        processes=processes,
        older=older,
        problems=problems,
        name=request.form.get("name", ""),
        packs=sorted({one.pack for one in found if one.pack}),
        pack=request.form.get("pack", ""),
    )
