"""Typst templates to PDF/A: letters, certificates, reports. No network: packages are refused, fonts are files."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import threading
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, cast

import fontpkg_sarabun  # type: ignore[import-untyped]
import typst

from engine.errors import Invalid, Problem

STANDARDS: list[typst.PDFStandard] = ["a-2b"]
OFFICIAL_FONT = "TH Sarabun New"  # not free to bundle: an agency puts its files into the fonts folder
BUNDLED_FONT = "Sarabun"
BUNDLED_SCALE = 0.8  # Sarabun at 12.8 pt is as large as TH Sarabun at 16 pt
# `import "@preview/…"` would be fetched; a computed path or eval could hide one. Only plain paths of the pack are left.
_REACH = re.compile(r'\beval\s*\(|\bplugin\s*\(|\b(?:import|include)\b(?!\s*"[\w./-]+"\s*(?::|;|$))|"@')


class Typesetter:
    """Compiles the templates of a deployment; keeps one compiler a set of templates, because its cache makes the next letter cheap."""

    def __init__(self, fonts: Path | None = None) -> None:
        """`fonts`: a folder of the agency's own fonts; TH Sarabun New is used if it is there."""
        folders = [str(Path(fontpkg_sarabun.__file__).parent / "files")]
        if fonts is not None and fonts.is_dir():
            folders.append(str(fonts))
        self._fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
        official = OFFICIAL_FONT in self._fonts.families()
        self._inputs = {
            "font": OFFICIAL_FONT if official else BUNDLED_FONT,
            "scale": str(1 if official else BUNDLED_SCALE),
        }
        self._folder = Path(tempfile.mkdtemp(prefix="ruam-typesetting-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._compilers: dict[str, typst.Compiler] = {}
        self._lock = threading.Lock()  # a compiler serves one caller at a time

    def typeset(
        self, template: str, data: Mapping[str, Any], *, files: Mapping[str, bytes], now: datetime | None = None, picture: bool = False
    ) -> bytes:
        """Set `template` (a path in `files`) with `data`, which it reads as `json(bytes(sys.inputs.data))`.

        `files`: the deployment's files; templates import each other by their paths. `now`: the date written into the PDF's
        properties. `picture`: the first page as PNG instead of a PDF. Raises Invalid for a template that cannot be set.
        """
        sources = {path: content for path, content in files.items() if PurePosixPath(path).suffix in (".typ", ".png", ".svg")}
        if template not in sources:
            raise Invalid(
                f"The pack has no template {template}.",
                [Problem(f"no template {template}", file=template)],
                th=f"ชุดกระบวนการไม่มีแม่แบบ {template}",
            )
        with self._lock:
            compiler = self._compiler(sources)
            try:
                result = compiler.compile(
                    input=self._root(sources) / template,
                    format="png" if picture else "pdf",
                    pdf_standards=[] if picture else STANDARDS,
                    timestamp=None if now is None else now.astimezone(UTC).replace(microsecond=0),
                    sys_inputs={**self._inputs, "data": json.dumps(data, ensure_ascii=False)},
                )
            except typst.TypstError as error:
                raise Invalid(
                    f"{template}: {error.message}", [Problem(error.diagnostic, file=template)], th=f"จัดหน้าแม่แบบ {template} ไม่ได้"
                ) from error
        return cast("bytes", result[0] if isinstance(result, list) else result)

    def _root(self, sources: Mapping[str, bytes]) -> Path:
        digest = hashlib.sha256()
        for path in sorted(sources):
            digest.update(path.encode() + b"\0" + hashlib.sha256(sources[path]).digest())
        return self._folder / digest.hexdigest()[:24]

    def _compiler(self, sources: Mapping[str, bytes]) -> typst.Compiler:
        root = self._root(sources)
        if root.name not in self._compilers:
            check_templates(sources)
            for path, content in sources.items():
                target = root / PurePosixPath(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            nowhere = self._folder / "packages"
            self._compilers[root.name] = typst.Compiler(
                root=root, font_paths=self._fonts, ignore_system_fonts=True, package_path=nowhere, package_cache_path=nowhere
            )
        return self._compilers[root.name]


def check_templates(files: Mapping[str, bytes]) -> None:
    """Refuse templates that reach outside their pack. Raises Invalid naming file and line."""
    problems = []
    for path, content in sorted(files.items()):
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            problems.append(Problem(f"{path} leaves the pack's folder.", f"{path} อยู่นอกโฟลเดอร์ของชุดกระบวนการ", rule="path", file=path))
        if not path.endswith(".typ"):
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if _REACH.search(line):
                message = "A template may import only files of its pack, by a plain path."
                thai = "แม่แบบนำเข้าได้เฉพาะไฟล์ในชุดกระบวนการ"
                problems.append(Problem(message, thai, rule="template_import", file=path, line=number))
    if problems:
        raise Invalid("A template reaches outside its pack.", problems, th="แม่แบบอ้างไฟล์นอกชุดกระบวนการ")
