"""DMN 1.1 to 1.5 XML to the model. Layout and the attributes of other engines are passed over; logic we do not execute is a problem."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.decisions.boxed import BOXED, BoxedReader
from engine.decisions.markup import Element, children, elements, local
from engine.decisions.model import AGGREGATIONS, Cell, Decision, HitPolicy, Input, Knowledge, Logic, Output, Rule, Table
from engine.diagrams.namespaces import RUAM
from engine.diagrams.xml import parse_xml
from engine.errors import Problem

_LOGIC = ("decisionTable", "literalExpression")
CAMUNDA = "http://camunda.org/schema/1.0/dmn"
NAME_EN = f"{{{RUAM}}}nameEn"  # of decisions and columns, as of elements in diagrams
ZEEBE = "http://camunda.org/schema/zeebe/1.0"


class Reader:
    """Reads one file; `problems` collects what is wrong with it."""

    def __init__(self, content: bytes, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.root = parse_xml(content, file)
        self.boxed = BoxedReader(self.cell, self.table, self.problem)
        self.labels = {element.get("id"): element.get("name", "") for element in elements(self.root)}

    def decisions(self) -> list[Decision]:
        """The decisions of the file, without those that cannot be executed."""
        if local(self.root) != "definitions" or "DMN" not in (etree.QName(self.root).namespace or ""):
            self.problem(self.root, "dmn-file", "This is not a DMN file.", "ไม่ใช่ไฟล์ DMN")
            return []
        for element in children(self.root, "decisionService"):
            self.problem(
                element, "dmn-unsupported", "A decision service is not called; its decisions are.", "ไม่รองรับ decisionService", "warning"
            )
        return [made for element in children(self.root, "decision") if (made := self.decision(element)) is not None]

    def knowledge(self) -> list[Knowledge]:
        """The business knowledge of the file."""
        found = []
        for element in children(self.root, "businessKnowledgeModel"):
            encapsulated = next(children(element, "encapsulatedLogic"), None)
            made = self.boxed.function(encapsulated) if encapsulated is not None else None
            name = _variable(element) or element.get("name") or element.get("id")
            if made is None or not name:
                self.problem(element, "dmn-empty", "The business knowledge has no logic.", "องค์ความรู้ (BKM) ไม่มีตรรกะ")
                continue
            key = element.get("id") or name
            requires = tuple(_required(element, "knowledgeRequirement", "requiredKnowledge"))
            found.append(Knowledge(key, name, made.names, made.parts[0][1], self.file, element.sourceline, requires))
        return found

    def problem(self, element: Element, rule: str, message: str, message_th: str, severity: str = "error") -> None:
        owner = next((node for node in [element, *element.iterancestors()] if local(node) == "decision"), element)
        self.problems.append(
            Problem(
                message,
                message_th,
                rule=rule,
                severity=severity,
                file=self.file,
                line=element.sourceline,
                element_id=owner.get("id"),
                element_name=owner.get("name"),
                element_name_en=owner.get(NAME_EN),
            )
        )

    def decision(self, element: Element) -> Decision | None:
        key = element.get("id")
        if not key:
            self.problem(element, "dmn-id", "A decision has no id.", "การตัดสินใจไม่มี id")
            return None
        variable = _variable(element)
        requires = list(_required(element, "informationRequirement", "requiredDecision"))
        inputs = list(_required(element, "informationRequirement", "requiredInput"))
        knowledge = tuple(_required(element, "knowledgeRequirement", "requiredKnowledge"))
        logic = self.logic(element, variable or key)
        if logic is None:
            return None
        names = {self.labels.get(name, "") for name in [*requires, *inputs, *knowledge]} | set(inputs) | set(requires)
        kind = next((node.get("typeRef") for node in children(element, "variable")), None)
        tag = element.get(f"{{{CAMUNDA}}}versionTag") or next((node.get("value") for node in element.iter(f"{{{ZEEBE}}}versionTag")), None)
        return Decision(
            key, element.get("name", ""), variable or key, self.file, element.sourceline, logic, tuple(requires), knowledge,
            kind, tag, frozenset(names - {""}), element.get(NAME_EN, ""),
        )  # fmt: skip

    def logic(self, element: Element, variable: str) -> Logic | None:
        for node in children(element, *_LOGIC):
            return self.table(node, variable) if local(node) == "decisionTable" else self.cell(node)
        other = next(children(element, *BOXED), None)
        if other is not None:
            return self.boxed.read(other)
        self.problem(element, "dmn-empty", "The decision has no table and no expression.", "การตัดสินใจไม่มีตารางหรือนิพจน์")
        return None

    def table(self, element: Element, variable: str) -> Table | None:
        policy = self.policy(element)
        aggregation = element.get("aggregation")
        inputs = tuple(self.input(node) for node in children(element, "input"))
        outputs = tuple(self.output(node, variable) for node in children(element, "output"))
        rules = tuple(self.rule(node, number, len(inputs), len(outputs)) for number, node in enumerate(children(element, "rule"), 1))
        if not outputs:
            self.problem(element, "dmn-outputs", "The table has no output.", "ตารางไม่มีคอลัมน์ผลลัพธ์")
        if len({output.name for output in outputs}) != len(outputs):
            self.problem(element, "dmn-outputs", "Two outputs have the same name.", "คอลัมน์ผลลัพธ์มีชื่อซ้ำกัน")
        if aggregation is not None and (aggregation not in AGGREGATIONS or policy is not HitPolicy.COLLECT or len(outputs) != 1):
            self.problem(
                element,
                "dmn-aggregation",
                f"{aggregation} needs the hit policy COLLECT and one output.",
                f"{aggregation} ใช้ได้กับ COLLECT ที่มีผลลัพธ์เดียว",
            )
        if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and not any(output.values for output in outputs):
            self.problem(element, "dmn-priority", f"{policy} needs output values to order by.", f"{policy} ต้องมีรายการค่าผลลัพธ์")
        return Table(policy, aggregation, inputs, outputs, rules, element.sourceline) if outputs else None

    def policy(self, element: Element) -> HitPolicy:
        written = element.get("hitPolicy", "UNIQUE").replace("_", " ")
        try:
            return HitPolicy(written)
        except ValueError:
            self.problem(element, "dmn-hit-policy", f"There is no hit policy '{written}'.", f"ไม่มีนโยบาย “{written}”")
            return HitPolicy.UNIQUE

    def input(self, element: Element) -> Input:
        expression = next(children(element, "inputExpression"), None)
        label = element.get("label", "")
        own = element.get(f"{{{CAMUNDA}}}inputVariable")
        cell = self.cell(expression) if expression is not None else Cell("", element.sourceline)
        if not cell.text:
            name = own or label
            if not name:
                self.problem(element, "dmn-input", "An input has no expression.", "คอลัมน์ข้อมูลเข้าไม่มีนิพจน์")
            cell = Cell(name, element.sourceline)
        values = next(children(element, "inputValues"), None)
        kind = expression.get("typeRef") if expression is not None else None
        return Input(cell, label or cell.text, self.cell(values) if values is not None else None, kind, own, element.get(NAME_EN, ""))

    def output(self, element: Element, variable: str) -> Output:
        values, default = (next(children(element, name), None) for name in ("outputValues", "defaultOutputEntry"))
        return Output(
            element.get("name") or variable,
            element.get("label", ""),
            element.get("typeRef"),
            self.cell(values) if values is not None else None,
            self.cell(default) if default is not None else None,
            element.get(NAME_EN, ""),
        )

    def rule(self, element: Element, number: int, inputs: int, outputs: int) -> Rule:
        tests = tuple(self.cell(node) for node in children(element, "inputEntry"))
        results = tuple(self.cell(node) for node in children(element, "outputEntry"))
        if len(tests) != inputs or len(results) != outputs:
            self.problem(
                element, "dmn-rule", f"Rule {number} has {len(tests)} + {len(results)} cells, the table has {inputs} + {outputs} columns.",
                f"กฎที่ {number} มีจำนวนช่องไม่ตรงกับตาราง",
            )  # fmt: skip
        return Rule(element.get("id") or f"rule {number}", number, element.sourceline, tests, results)

    def cell(self, element: Element) -> Cell:
        text = next((node.text or "" for node in children(element, "text")), "").strip()
        if element.get("importedElement") is not None or next(children(element, "importedValues"), None) is not None:
            self.problem(element, "dmn-unsupported", "Imported values are not read.", "ไม่รองรับค่าที่นำเข้าจากไฟล์อื่น")
        written = (element.get("expressionLanguage") or "feel").lower()
        language = "juel" if written == "juel" or text.startswith(("${", "#{")) else "feel"
        if "feel" not in written and written != "juel" and "DMN" not in written.upper():
            self.problem(element, "dmn-language", f"Expressions in {written} are not executed.", f"ไม่รองรับนิพจน์ภาษา {written}")
        return Cell(text, element.sourceline, language)


def _variable(element: Element) -> str | None:
    return next((node.get("name") for node in children(element, "variable") if node.get("name")), None)


def _required(element: Element, requirement: str, kind: str) -> Iterator[str]:
    """The keys of what an element requires."""
    return (_target(node) for need in children(element, requirement) for node in children(need, kind))


def _target(element: Element) -> str:
    """`#id`, or `other.dmn#id`: keys are unique within a deployment."""
    return str(element.get("href", "")).rpartition("#")[2]
