"""How the project is rehearsed: which provinces apply, how good they are, what is returned once, what the sub-commission says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

from engine.dates.zone import BANGKOK
from engine.deployment.packs import read_folder
from engine.engine import Engine
from engine.people import SYSTEM
from engine.queries import InstanceView, TaskItem, TaskView
from handlers.demo import demo_users
from handlers.shared import provinces as tables
from handlers.shared.scoring import CRITERIA

FOLDER = Path(__file__).parents[1] / "bpmn" / "participation"
BE_OFFSET = 543
COUNTED_LETTERS = ("seminar_invitation", "application_invitation", "phase2_notice", "visit_schedule", "award_invitation")
Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What shall happen. The defaults are a year in which all goes on to an award, with one return and one No."""

    year: int = 2552
    applying: float = 0.55  # share of the invited provinces
    declining: float = 0.4  # share of the others that say so; the rest let the closing pass
    withdrawing: float = 0.03  # share of the applicants
    quality: tuple[float, float] = (66, 9)  # mean and spread of what a province is worth, in points
    returns: Mapping[str, str] = field(default_factory=lambda: {"19": "seminar_summary"})  # step → what is returned in its first round
    refusals: int = 1  # how often step 18 says No before it says Yes
    award: bool = True  # False: the sub-commission selects nobody


class ParticipationPlay:
    """`engine.rehearsal.Play` of the participation pack."""

    process, name = "project", "participation"

    def __init__(self, *, seed: int, units: int | None = None, year: int | None = None, scenario: Scenario | None = None) -> None:
        planned = scenario or Scenario()
        self.seed, self.scenario = seed, planned if year is None else replace(planned, year=year + BE_OFFSET)
        self._files = read_folder(FOLDER)
        everybody = tables.of_year(self._files["provinces.csv"], self.scenario.year)
        random = Random(f"{seed}/provinces")
        self.invited = everybody if units is None or units >= len(everybody) else sorted(
            random.sample(everybody, units), key=lambda province: everybody.index(province))  # fmt: skip
        self._applying = {p["code"] for p in self.invited if random.random() < self.scenario.applying}
        if self.scenario.applying and not self._applying:
            self._applying = {self.invited[0]["code"]}
        self._quality = {p["code"]: random.gauss(*self.scenario.quality) for p in self.invited}
        self._times: Counter[tuple[str, str | None]] = Counter()  # (what, whose): how often it was done
        self._refused = 0

    # ---- who, when, what starts it

    def files(self) -> Mapping[str, bytes]:
        return self._files

    def people(self) -> Sequence[Mapping[str, Any]]:
        return demo_users(self._files)

    def begins(self) -> datetime:
        return datetime(self.scenario.year - BE_OFFSET, 6, 1, tzinfo=BANGKOK)

    def start(self) -> tuple[str, dict[str, Any], str | None]:
        variables: dict[str, Any] = {"year": self.scenario.year, "start_date": self.begins().date().isoformat()}
        whole = tables.of_year(self._files["provinces.csv"], self.scenario.year)
        if len(self.invited) < len(whole):
            variables["province_codes"] = [province["code"] for province in self.invited]
        return "opdc1", variables, str(self.scenario.year)

    def at(self, task: TaskItem, variables: Mapping[str, Any], planned: datetime) -> datetime | None:
        """Not before the step's window opens; a province that does not apply does nothing; papers are not changed without need."""
        code, element = task.unit, task.element_id
        if element == "apply" and code not in self._applying and not self._chance("decline", code, self.scenario.declining):
            return None
        if element == "apply" and self._times["withdraw", code]:
            return None
        if element == "change" and not (self._chance("change", code, 0.15) or self._chance("withdraw", code, self.scenario.withdrawing)):
            return None
        if element == "change" and self._times["change", code]:
            return None
        if element == "hold":  # a seminar is recorded when it has been held
            held = (task.context.get("seminar") or {}).get("date") or self._seminar_day(task, variables)
            planned = max(planned, datetime.fromisoformat(f"{held}T15:00:00+07:00")) if held else planned
        window = (variables.get("windows") or {}).get(task.step or "")
        return planned if window is None else max(planned, datetime.fromisoformat(window["opens"]))

    def _seminar_day(self, task: TaskItem, variables: Mapping[str, Any]) -> str | None:
        return next((row["date"] for row in variables.get("seminar_plan") or [] if row["name"] in task.name), None)

    def _chance(self, what: str, whose: str | None, share: float) -> bool:
        return Random(f"{self.seed}/{what}/{whose}").random() < share

    # ---- decisions

    def decide(self, view: TaskView, random: Random, today: date) -> Answers:
        """What the form of that name is answered with (`_<form key>`), and who signs a letter."""
        decision: Callable[[TaskView, Random], Answers] | None = getattr(self, f"_{view.task.form_key}", None)
        answers = {} if decision is None else decision(view, random)
        if view.form is not None and "signer" in view.form.properties:
            answers |= {"signer": "ผู้ใช้สาธิต: ผู้ลงนาม", "signer_position": "เลขาธิการ ก.พ.ร.", "letter_date": today.isoformat()}
        return answers

    def _seminar_invitation(self, view: TaskView, random: Random) -> Answers:
        plan = [{**row, "place": row.get("place") or f"ศาลาประชาคม {row['name']}"} for row in view.variables["seminar_plan"]]
        return {"seminar_plan": plan}

    def _award_invitation(self, view: TaskView, random: Random) -> Answers:
        return {"ceremony_place": "หอประชุมใหญ่ของหน่วยงาน"}

    def _seminar_record(self, view: TaskView, random: Random) -> Answers:
        coming = [row["province"] for row in view.variables.get("confirmations") or [] if row and row.get("attend") == "yes"]
        invited = [province["code"] for province in view.variables["attending"]]
        attended = [code for code in invited if code in coming or random.random() < 0.3]
        return {"attended": attended, "participants": 4 * len(attended) + random.randint(0, 20)}

    def _application(self, view: TaskView, random: Random) -> Answers:
        applies = view.task.unit in self._applying
        return {"action": "apply" if applies else "decline"}

    def _application_change(self, view: TaskView, random: Random) -> Answers:
        code = view.task.unit
        if self._chance("withdraw", code, self.scenario.withdrawing):
            self._times["withdraw", code] += 1
            return {"action": "withdraw"}
        self._times["change", code] += 1
        return {"action": "replace"}

    def _completeness(self, view: TaskView, random: Random) -> Answers:
        self._times["check", view.task.unit] += 1
        ask = self._times["check", view.task.unit] == 1 and self._chance("ask", view.task.unit, 0.1)
        return {"completeness": "ask" if ask else "complete"}

    def _score_sheet_1(self, view: TaskView, random: Random) -> Answers:
        judge, code = view.task.assignee, view.task.unit
        whose = f"{view.task.form_key}/{code}/{judge}"
        self._times["score", whose] += 1
        if self._chance("conflict", whose, 0.03) and judge != self._first_judge(view):
            return {"action": "conflict"}
        if self._times["score", whose] == 1 and self._chance("question", whose, 0.05):
            return {"action": "ask"}
        points = {key: round(min(100, max(0, random.gauss(self._quality[code or ""], 5)))) for key in CRITERIA}
        return {"action": "score", **points, "opinion": random.choice(OPINIONS)}

    _score_sheet_2 = _score_sheet_1

    def _first_judge(self, view: TaskView) -> str | None:
        judges = view.variables.get("judges") or []
        return judges[0] if judges else None

    def _examination(self, view: TaskView, random: Random) -> Answers:
        step, key = view.task.step, self.scenario.returns.get(view.task.step or "")
        last = view.task.assignee == (view.variables.get("members") or [None])[-1]
        if key is None or view.variables.get("round") != 1 or not last or self._times["return", step]:
            return {"decision": "accept"}
        self._times["return", step] += 1
        return {"decision": "return", "returned_keys": [key], "reasons": "ข้อมูลยังไม่ครบถ้วน โปรดเพิ่มเติม"}

    def _best_practice_analysis(self, view: TaskView, random: Random) -> Answers:
        passed = [province["code"] for province in view.variables.get("passed2") or []]
        return {"proposed": [code for place, code in enumerate(passed) if not place or random.random() < 0.75]}

    def _selection(self, view: TaskView, random: Random) -> Answers:
        if self._refused < self.scenario.refusals:
            self._refused += 1
            return {"selection": "no", "selection_reasons": "ร่างบทเรียนยังไม่ชัดเจน โปรดปรับแก้"}
        return {"selection": "yes", "selected": list(view.variables.get("proposed") or []) if self.scenario.award else []}

    def _cluster_ranking(self, view: TaskView, random: Random) -> Answers:
        assessed = sorted(view.variables["assessed"], key=lambda province: -self._quality[province["code"]])
        return {"ranking": [{"province": province["code"], "rank": rank} for rank, province in enumerate(assessed, 1)]}

    # ---- the result

    def summary(self, engine: Engine, root: InstanceView) -> dict[str, Any]:
        variables = engine.variables(root.id, actor=SYSTEM)
        instalments = engine.instalments(root.id, actor=SYSTEM)
        letters = engine.documents(root.id, actor=SYSTEM, category="letter", limit=10_000).items
        issued = Counter(letter.step for letter in letters if letter.deliverable in COUNTED_LETTERS)
        names = {"invited": "provinces", "applied": "applicants", "phase1_passed": "passed1", "phase2_passed": "passed2",
                 "visited": "visits", "awarded": "awarded"}  # fmt: skip
        return {
            "result": variables.get("result"),
            "year": variables["year"],
            "returned": sum(len(examination.rounds) - 1 for instalment in instalments for examination in instalment.examinations),
            "provinces": {name: len(variables.get(variable) or []) for name, variable in names.items()},
            "letters": {step: issued[step] for step in sorted(issued, key=lambda step: int(step or 0))},
            "steps": [_step(step) for step in engine.progress(root.id, actor=SYSTEM)],
            "instalments": [_instalment(instalment) for instalment in instalments],
        }


OPINIONS = (
    "มีการเปิดให้ประชาชนร่วมตัดสินใจอย่างเป็นรูปธรรม",
    "ควรขยายกลุ่มผู้มีส่วนได้ส่วนเสียให้ครอบคลุมยิ่งขึ้น",
    "ผู้บริหารให้ความสำคัญและติดตามงานต่อเนื่อง",
    "ควรแสดงหลักฐานความยั่งยืนของการดำเนินงานให้ชัดเจน",
)


def _local(instant: datetime | date | None) -> str | None:
    return None if not isinstance(instant, datetime) else instant.astimezone(BANGKOK).isoformat(timespec="seconds")


def _step(step: Any) -> dict[str, Any]:
    return {
        "n": int(step.n), "name": step.name, "party": step.party, "started": _local(step.started), "completed": _local(step.completed),
        "times": step.times,
    }  # fmt: skip


def _instalment(instalment: Any) -> dict[str, Any]:
    return {
        "n": instalment.n,
        "accepted": _local(instalment.accepted),
        "deliverables": [
            {
                "key": paper.key, "copies": paper.copies, "cds": paper.cds, "delivered": _local(paper.delivered),
                "accepted": paper.accepted, "returned": paper.returned,
            }
            for paper in instalment.deliverables
        ],
    }  # fmt: skip
