"""What is said of a user, and what can be wrong with it: the same on a page, in a sheet, by REST and by command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine.errors import Invalid, Problem
from engine.values import check_text

# Thai vowels and tones above and below a letter are no letters to Python, but nobody writes a Thai name without them.
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_USER_ID = re.compile(rf"[^\W_][\w.@+\-{_MARKS}]{{1,63}}")
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]{1,190}")
RESERVED_IDS = frozenset(
    {"system", "anonymous", "new", "import", "links", "parties", "roles"}
)  # who is no user; pages beside those of users
LONGEST_NAME = 200


def wrong(given: Mapping[str, str | None]) -> Iterator[Problem]:
    """What is wrong with a `user_id`, `name`, `name_en` or `email`; what is not given is not looked at."""
    user_id, email = given.get("user_id"), given.get("email")
    if user_id is not None and not _USER_ID.fullmatch(user_id):
        message = "2 to 64 letters, digits or . @ + - _, the first a letter or a digit"
        yield Problem(message, "ใช้ตัวอักษร ตัวเลข หรือ . @ + - _ ยาว 2 ถึง 64 ตัว โดยขึ้นต้นด้วยตัวอักษรหรือตัวเลข", field="user_id")
    elif user_id is not None and same(user_id) in RESERVED_IDS:
        yield Problem("This name is kept for the system; choose another.", "ชื่อนี้สงวนไว้สำหรับระบบ โปรดใช้ชื่ออื่น", field="user_id")
    name = given.get("name")
    if name is not None and not name.strip():
        yield Problem("A name is needed.", "ต้องมีชื่อ", field="name")
    for field in ("name", "name_en"):
        try:
            check_text(given.get(field) or "", field, LONGEST_NAME)
        except Invalid as error:
            yield from error.problems
    if email and not _EMAIL.fullmatch(email):
        yield Problem("That is no e-mail address.", "ไม่ใช่ที่อยู่อีเมล", field="email")


def same(user_id: str) -> str:
    """What two user names have in common that people would take for one: names that differ only in capitals."""
    return user_id.lower()
