"""Brings messages.po up to date with the sources, compiles it, and lists what has no Thai yet (exit code 1)."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEBUI = Path(__file__).parent.parent
THAI = Path(__file__).parent / "th" / "LC_MESSAGES" / "messages.po"
SOURCES = [("pages/**.py", "python"), ("cli/**.py", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
HEADER = """# Thai for the pages of Ruam. The message ids are the English texts.
msgid ""
msgstr ""
"Language: th\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def collected() -> Catalog:
    """All texts of the pages."""
    catalog = Catalog(project="Ruam", charset="utf-8")
    for path, line, message, _comments, _context in extract_from_dir(WEBUI, SOURCES, OPTIONS, keywords=KEYWORDS):
        catalog.add(message, None, [(path, line)])
    return catalog


def write(catalog: Catalog) -> None:
    """Write the .po under a header that does not change from run to run, and compile it."""
    with THAI.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, catalog, width=140, sort_output=True, no_location=True, omit_header=True)
    with THAI.open("rb") as source, THAI.with_suffix(".mo").open("wb") as file:
        write_mo(file, read_po(source, locale="th"))


def main() -> int:
    """Collect, merge, write, compile, report."""
    with THAI.open("rb") as file:
        catalog = read_po(file, locale="th")
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    write(catalog)
    missing = [
        message.id
        for message in catalog
        if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]
    for text in missing:
        print(text)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
