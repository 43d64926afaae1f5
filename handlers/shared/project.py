"""What a project is started with, checked before anything is opened: a mistake here would show only weeks later."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.errors import Invalid, Problem
from handlers.shared.scoring import CRITERIA

APPOINTED = {"inspection_members": "inspection_committee", "central_members": "central_committee"}  # field → party


def check_start(variables: Mapping[str, Any], members: Mapping[str, Collection[str]]) -> None:
    """Committee members must be of their party (`members`: party → user ids), own weights must add up to something. Raises Invalid."""
    problems = [*_invitations(variables), *_appointments(variables, members), *_weights(variables)]
    if problems:
        raise Invalid(problems[0].message, problems)


def _invitations(variables: Mapping[str, Any]) -> Iterator[Problem]:
    if variables.get("invite") == "some" and not variables.get("province_codes"):
        yield Problem("Choose the provinces to invite.", "โปรดเลือกจังหวัดที่เชิญ", field="province_codes", rule="required")


def _appointments(variables: Mapping[str, Any], members: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    for field, party in APPOINTED.items():
        for user_id in variables.get(field) or ():
            if user_id not in members[party]:
                yield Problem(
                    f"{user_id} is no member of this committee. Add the membership first, or choose somebody else.",
                    f"{user_id} ไม่ได้เป็นกรรมการชุดนี้ โปรดเพิ่มเป็นสมาชิกก่อน หรือเลือกผู้อื่น", field=field, rule="member",
                )  # fmt: skip


def _weights(variables: Mapping[str, Any]) -> Iterator[Problem]:
    if not variables.get("own_criteria"):
        return
    for phase in (1, 2):
        if not sum(float(variables.get(f"phase{phase}_{criterion}") or 0) for criterion in CRITERIA):
            yield Problem(
                f"The weights of phase {phase} add up to nothing.", f"น้ำหนักของระยะที่ {phase} รวมกันเป็นศูนย์",
                field=f"phase{phase}_{next(iter(CRITERIA))}", rule="weights",
            )  # fmt: skip
