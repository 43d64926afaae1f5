"""Thai ways of writing: dates in พ.ศ. (the Buddhist Era, CE + 543), digits, and the order of the dictionary."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time

from engine.dates.zone import in_bangkok
from engine.errors import Invalid, Problem

BE_OFFSET = 543
FIRST_BE_YEAR = 2400  # a year above it is meant in พ.ศ., whatever field it was typed into
FIRST_YEAR, LAST_YEAR = 1850, 2400  # CE: the years people mean when they fill in a form

MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
MONTHS_SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
WEEKDAYS_SHORT = ("จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส.", "อา.")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_THAI = str.maketrans("0123456789", _THAI_DIGITS)
_TO_ARABIC = str.maketrans(_THAI_DIGITS, "0123456789")


def thai_digits(text: str | int) -> str:
    """`2552` as `๒๕๕๒`."""
    return str(text).translate(_TO_THAI)


def arabic_digits(text: str) -> str:
    """`๒๕๕๒` as `2552`."""
    return text.translate(_TO_ARABIC)


def be_year(day: date) -> int:
    """The year of a day in พ.ศ."""
    return day.year + BE_OFFSET


def _day(value: date | str) -> date:
    """The day in Bangkok of a date, an instant or ISO text of either."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return (in_bangkok(value) if value.tzinfo else value).date()
    return value


def format_date(value: date | str, style: str = "long", *, locale: str = "th", digits: str = "arabic") -> str:
    """A day as people write it.

    `style`: full `วันศุกร์ที่ 31 กรกฎาคม พ.ศ. 2552`, long `31 กรกฎาคม 2552`, short `31 ก.ค. 2552`, weekday `ศ. 31 ก.ค. 2552`,
    month `กรกฎาคม 2552`, numeric `31/7/2552`. `locale` en gives the same in English and CE. `digits`: arabic or thai.
    """
    day = _day(value)
    text = _english(day, style) if locale == "en" else _thai(day, style)
    return thai_digits(text) if digits == "thai" else text


def _thai(day: date, style: str) -> str:
    year = be_year(day)
    if style == "numeric":
        return f"{day.day}/{day.month}/{year}"
    if style == "full":
        return f"วัน{WEEKDAYS[day.weekday()]}ที่ {day.day} {MONTHS[day.month - 1]} พ.ศ. {year}"
    if style == "month":
        return f"{MONTHS[day.month - 1]} {year}"
    if style == "long":
        return f"{day.day} {MONTHS[day.month - 1]} {year}"
    short = f"{day.day} {MONTHS_SHORT[day.month - 1]} {year}"
    return f"{WEEKDAYS_SHORT[day.weekday()]} {short}" if style == "weekday" else short


def _english(day: date, style: str) -> str:
    month = MONTHS_EN[day.month - 1]
    if style == "numeric":
        return f"{day.day}/{day.month}/{day.year}"
    if style == "month":
        return f"{month} {day.year}"
    if style in ("full", "long"):
        text = f"{day.day} {month} {day.year}"
        return f"{WEEKDAYS_EN[day.weekday()]} {text}" if style == "full" else text
    short = f"{day.day} {month[:3]} {day.year}"
    return f"{WEEKDAYS_EN[day.weekday()][:3]} {short}" if style == "weekday" else short


def format_datetime(value: datetime | str, style: str = "short", *, locale: str = "th", digits: str = "arabic") -> str:
    """A day and its time in Bangkok: `31 ก.ค. 2552 16:30 น.`, `31 Jul 2009 16:30`."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = in_bangkok(moment) if moment.tzinfo else moment
    text = f"{format_date(local, style, locale=locale)} {local:%H:%M}" + (" น." if locale == "th" else "")
    return thai_digits(text) if digits == "thai" else text


# dates typed by people
def _names() -> dict[str, int]:
    found: dict[str, int] = {}
    for number, (long, short, english) in enumerate(zip(MONTHS, MONTHS_SHORT, MONTHS_EN, strict=True), 1):
        for name in (long, short, short.replace(".", ""), english.lower(), english[:3].lower()):
            found[name] = number
        if long.endswith(("คม", "ยน")):
            found[long[:-2]] = number  # as people say it: กรกฎา, มิถุนา
    found["กุมภา"] = 2
    found["sept"] = 9
    return found


_MONTH_NAMES = _names()
_ISO = re.compile(r"(?P<year>\d{4,6})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NUMERIC = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<era>พ\.?ศ\.?|ค\.?ศ\.?)?(?P<year>\d{1,6})")
_WORDS = re.compile(
    r"(?:(?:วัน)?(?P<weekday>[ก-๎]+\.?|[a-z]+),?(?:ที่)?\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\s*(?:เดือน)?\s*(?P<month>[ก-๎.]+|[a-z]+\.?),?\s*"
    r"(?P<era>พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|be|b\.e\.|ce|ad|a\.d\.)?\s*(?P<year>\d{1,6})\s*(?P<era_after>be|b\.e\.|ce|ad)?"
)
_TIME = re.compile(r"(?P<hour>\d{1,2}) ?[:.] ?(?P<minute>\d\d)(?: ?น\.?)?")


def parse_date(text: str, *, field: str | None = None) -> date:
    """The day a person typed: `31/7/2552`, `๓๑ ก.ค. ๒๕๕๒`, `ศ. 31 กรกฎาคม พ.ศ. 2552`, `31 July 2009`, `2009-07-31`.

    A year above 2400 is พ.ศ. Raises Invalid whose one problem says in both languages what is wrong: no such day, a year that
    cannot be, a year that contradicts its era.
    """
    plain = " ".join(arabic_digits(text[:80]).lower().replace("\u0e4d\u0e32", "\u0e33").split())
    match = _ISO.fullmatch(plain) or _NUMERIC.fullmatch(plain) or _WORDS.fullmatch(plain)
    month = _month(match["month"]) if match else None
    if match is None or month is None:
        shown = text.strip()[:40]
        raise _wrong(
            f"'{shown}' is not a date. Write it as 31/7/2552 or 31 July 2009.",
            f"“{shown}” ไม่ใช่วันที่ โปรดพิมพ์เช่น 31/7/2552 หรือ 31 ก.ค. 2552",
            field,
        )
    groups = match.groupdict()
    year = common_year(int(match["year"]), _era(groups.get("era") or groups.get("era_after")), field)
    return _calendar_day(year, month, int(match["day"]), field)


def parse_time(text: str) -> time:
    """The time of day a person typed: `16:30`, `9.05 น.`, `๐๙.๓๐`. Raises Invalid."""
    match = _TIME.fullmatch(" ".join(arabic_digits(text[:80]).lower().split()))
    if match is not None and int(match["hour"]) < 24 and int(match["minute"]) < 60:
        return time(int(match["hour"]), int(match["minute"]))
    raise _wrong("Write the time as 16:30.", "โปรดพิมพ์เวลาเช่น 16:30", None)


def _month(name: str) -> int | None:
    return int(name) if name.isdigit() else _MONTH_NAMES.get(name) or _MONTH_NAMES.get(name.rstrip("."))


def _era(written: str | None) -> str | None:
    if written is None:
        return None
    return "be" if written.startswith(("พ", "b")) else "ce"


def common_year(year: int, era: str | None = None, field: str | None = None) -> int:
    """The year CE of a year as written: one above 2400 is พ.ศ. Raises Invalid."""
    if year < 100:
        raise _wrong(f"Write the year in full: 25{year:02d}, not {year:02d}.", f"โปรดพิมพ์ปีให้ครบสี่หลัก เช่น 25{year:02d} ไม่ใช่ {year:02d}", field)
    if era == "be" and year <= FIRST_BE_YEAR:
        raise _wrong(
            f"{year} is a year of the Common Era; in the Buddhist Era it is {year + BE_OFFSET}.",
            f"{year} เป็นปี ค.ศ. หากเป็น พ.ศ. คือ {year + BE_OFFSET}",
            field,
        )
    if era == "ce" and year > FIRST_BE_YEAR:
        raise _wrong(
            f"{year} is a year of the Buddhist Era; in the Common Era it is {year - BE_OFFSET}.",
            f"{year} เป็นปี พ.ศ. หากเป็น ค.ศ. คือ {year - BE_OFFSET}",
            field,
        )
    common = year - BE_OFFSET if year > FIRST_BE_YEAR else year
    if not FIRST_YEAR <= common <= LAST_YEAR:
        raise _wrong(f"The year {year} cannot be right.", f"ปี {year} ไม่ถูกต้อง โปรดตรวจสอบ", field)
    return common


def _calendar_day(year: int, month: int, day: int, field: str | None) -> date:
    if not 1 <= month <= 12:
        raise _wrong(f"There is no month {month}: write 1 to 12.", f"ไม่มีเดือนที่ {month} โปรดใช้ 1 ถึง 12", field)
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise _wrong(
            f"There is no {day} {MONTHS_EN[month - 1]} {year}: that month has {last} days.",
            f"ไม่มีวันที่ {day} {MONTHS[month - 1]} {year + BE_OFFSET} เพราะเดือนนั้นมี {last} วัน",
            field,
        )
    return date(year, month, day)


def check_iso_date(text: str) -> Problem | None:
    """What is wrong with a stored date (`2009-07-31`, CE): nothing, no such day, or a พ.ศ. year in CE's place."""
    match = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    if match is None:
        return Problem(f"'{text[:40]}' is not a date such as 2009-07-31.", f"“{text[:40]}” ไม่ใช่วันที่ เช่น 31/7/2552 (2009-07-31)", rule="date")
    year = int(match[1])
    if year > FIRST_BE_YEAR:
        common = f"{year - BE_OFFSET}-{match[2]}-{match[3]}"
        return Problem(
            f"{year} is a year of the Buddhist Era where the Common Era is expected: did you mean {common}?",
            f"{year} เป็นปี พ.ศ. แต่ต้องเป็น ค.ศ. หมายถึง {common} หรือไม่",
            rule="date",
        )
    try:
        _calendar_day(common_year(year, "ce", None), int(match[2]), int(match[3]), None)
    except Invalid as error:
        return error.problems[0]
    return None


def _wrong(english: str, thai: str, field: str | None) -> Invalid:
    return Invalid(english, [Problem(english, thai, field=field, rule="date")])


# order
_LEADING = "เแโใไ"
_MARKS = "็่้๊๋์ํ๎ฺ"
_IGNORED = re.compile(r"[^\wก-๎]|[ฯๆ_]")
_SWAP = re.compile(f"([{_LEADING}])([ก-ฮ])")


def sort_key(text: str) -> tuple[str, str, str]:
    """Orders as the Royal Institute's dictionary: a vowel written before its consonant sorts behind it, tone marks count last."""
    plain = _IGNORED.sub("", arabic_digits(text).casefold())
    swapped = _SWAP.sub(r"\2\1", plain)
    primary = "".join(char for char in swapped if char not in _MARKS)
    secondary = "".join(char if char in _MARKS else " " for char in swapped)
    return primary, secondary, text
