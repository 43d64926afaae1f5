"""The fixed table of functions. Each takes the budget first and is pure; what depends on the moment is given by the caller.

Names are those of Python, FEEL (its spaces as underscores; the parser joins them) or JUEL's common methods, one body each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP
from typing import Any

from engine.language import java_and_python, lists, scalars, temporal
from engine.language.feel_functions import FEEL

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **FEEL,  # what FEEL has alone is there for all; what it reads differently comes from its own table
    "len": lists.count, "count": lists.count, "size": lists.count, "string_length": lists.count, "sum": lists.total, "mean": lists.mean,
    "median": lists.median, "min": lists.minimum, "max": lists.maximum, "sorted": lists.ordered, "sort": lists.ordered,
    "reverse": lists.reverse, "reversed": lists.reverse, "unique": lists.unique, "distinct_values": lists.unique,
    "flatten": lists.flatten, "concatenate": lists.concatenate, "append": lists.append, "union": lists.union, "sublist": lists.sublist,
    "index_of": lists.index_of, "position": lists.position, "remove": lists.remove, "insert_before": lists.insert_before,
    "all": lists.all_true, "any": lists.any_true, "list_contains": scalars.has, "get": lists.get, "get_value": lists.get,
    "keys": lists.keys, "values": lists.values_of, "items": lists.items_of, "get_entries": lists.entries, "entries": lists.entries,
    "context": lists.context, "put": lists.put, "context_put": lists.put, "merge": lists.merge, "context_merge": lists.merge,
    "range": lists.numbers, "enumerate": lists.enumerated, "zip": lists.zipped, "abs": scalars.absolute,
    "round": scalars.rounding(ROUND_HALF_UP), "round_half_up": scalars.rounding(ROUND_HALF_UP),
    "round_half_even": scalars.rounding(ROUND_HALF_EVEN), "decimal": scalars.rounding(ROUND_HALF_EVEN),
    "floor": scalars.rounding(ROUND_FLOOR), "ceiling": scalars.rounding(ROUND_CEILING), "ceil": scalars.rounding(ROUND_CEILING),
    "sqrt": scalars.square_root, "modulo": scalars.modulo, "number": scalars.to_number, "float": scalars.to_number,
    "int": scalars.integer, "odd": scalars.odd, "even": scalars.even, "string": scalars.text, "str": scalars.text,
    "lower": scalars.textual(str.lower), "lower_case": scalars.textual(str.lower), "upper": scalars.textual(str.upper),
    "upper_case": scalars.textual(str.upper), "trim": scalars.textual(str.strip),
    "contains": scalars.has, "starts_with": scalars.starts_with, "ends_with": scalars.ends_with, "substring": scalars.substring,
    "substring_before": scalars.before, "substring_after": scalars.after, "before": scalars.before, "after": scalars.after,
    "equals": scalars.same, "join": scalars.join, "string_join": scalars.join, "split": scalars.split, "replace": scalars.replace,
    "bool": scalars.boolean, "boolean": scalars.boolean, "list": scalars.listed, "is_date": scalars.is_date, "is_blank": scalars.is_blank,
    **temporal.FUNCTIONS,
    **java_and_python.FUNCTIONS,
}  # fmt: skip

# FEEL's names of several words → ours
SPACED: Mapping[str, str] = {
    **{name.replace("_", " "): name for name in FUNCTIONS if "_" in name},
    "to base64": "to_base64",
    "is blank": "is_blank",
    "date and time": "date_and_time",
    "years and months duration": "years_and_months_duration",
    "day of week": "day_of_week",
    "day of year": "day_of_year",
    "week of year": "week_of_year",
    "month of year": "month_of_year",
    "is defined": "is_defined",
    "get or else": "get_or_else",
}

# given by the caller, since they depend on the moment, the calendar or who is there (engine/forms/choices.py)
HOST_FUNCTIONS = frozenset(
    {
        "now",
        "today",
        "working_days_before",
        "working_days_after",
        "working_days_between",
        "end_of_day",
        "last_working_day",
        "people",
        "execution",
        "currentUser",
        "currentUserGroups",
    }
)
