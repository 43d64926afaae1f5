"""Multi-instance activities, parallel and sequential (BPMN 2.0.2, 10.3.8 and 13.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from engine.errors import Conflict, ExecutionFailed, Invalid
from engine.language.thai import said as in_thai
from engine.language.values import type_name
from engine.spiff import piles
from engine.spiff.elements.instance_events import throw_for
from engine.spiff.elements.repeated import COMPLETE, Repeated

if TYPE_CHECKING:
    from engine.spiff.scope import Scope
    from engine.spiff.token import Token

LIMIT = 10_000  # instances of one activity


class MultiInstance(Repeated):
    """One scope an instance; this token only counts, so that a step costs the same however many there are.

    Its own variables `nrOfInstances`, `nrOfActiveInstances` and `nrOfCompletedInstances` are seen by all instances. Instances that
    declare a result keep all they write to themselves: one name in 75 of them would be one variable outside, the last one's.
    """

    def _run_hook(self, my_task: Token) -> bool | None:
        items = self._items(my_task)
        my_task.data |= {"nrOfInstances": len(items), "nrOfActiveInstances": 0, "nrOfCompletedInstances": 0}
        if self.loop.result_collection is not None:
            my_task.internal_data["results"] = piles.new()
        my_task.touch()
        if not items:
            self._publish(my_task)
            return True
        if self.loop.kind == "sequential":
            my_task.internal_data["items"] = piles.fill(my_task.workflow, reversed(items[1:]))
            self._begin(my_task, 0, items[0])
        else:
            for index, item in enumerate(items):
                self._begin(my_task, index, item)
        return None

    def _items(self, token: Token) -> list[Any]:
        host, view = self.host_of(token), token.view()
        if self.loop.collection is None:
            said, count = self.number(token, self.loop.cardinality or "")
            if count is None or count < 0:
                raise self.failed(
                    f"cannot be repeated {said!r} times: its cardinality {self.loop.cardinality} must be a whole number",
                    f"ทำซ้ำ {said!r} ครั้งไม่ได้: จำนวนครั้ง {self.loop.cardinality} ต้องเป็นจำนวนเต็ม",
                )
            items: list[Any] = [None] * min(count, LIMIT + 1)
        else:
            collection = host.evaluate(self.loop.collection, view)
            if isinstance(collection, Mapping):
                collection = list(collection.values())
            if not isinstance(collection, list | tuple):
                raise self.failed(
                    f"cannot go through {self.loop.collection}: it is {type_name(collection)}, not a list",
                    f"ทำทีละรายการของ {self.loop.collection} ไม่ได้: เป็น{in_thai(type_name(collection))} ไม่ใช่รายการ",
                )
            items = list(collection)
        if len(items) > LIMIT:
            raise self.too_many()
        return items

    def _begin(self, token: Token, index: int, item: Any) -> None:
        token.data["nrOfActiveInstances"] += 1
        given = {} if self.loop.element_variable is None else {self.loop.element_variable: item}
        if self.loop.index_variable is not None:
            given[self.loop.index_variable] = index
        self.open_round(token, index, given)

    def scope_ended(self, token: Token, scope: Scope) -> None:
        """One instance is done: note its result, then end, go on with the next, or wait for the others."""
        self.write_outputs_of(token, scope)
        token.data["nrOfActiveInstances"] -= 1
        token.data["nrOfCompletedInstances"] += 1
        token.workflow.written(token.data)
        if self.loop.result_collection is not None and self.loop.result_expression is not None:
            result = self.host_of(token).template(self.loop.result_expression, scope.view())
            piles.push(token.workflow, token.internal_data["results"], [scope.data["loopCounter"], result])
        over = self._over(token, scope)
        if self.loop.behavior != "All" and not throw_for(self, token, scope):
            return
        token.workflow.instance.close_scope(scope)
        token.touch()
        if over or token.data["nrOfCompletedInstances"] == token.data["nrOfInstances"]:
            self._end(token)
        elif self.loop.kind == "sequential":
            self._begin(token, token.data["nrOfCompletedInstances"], piles.pop(token.workflow, token.internal_data["items"]))

    def add(self, token: Token, variables: Mapping[str, Any]) -> None:
        """By hand, one instance more, with these variables of its own. Raises Conflict, Invalid."""
        label = self.element.name or self.element.id
        if self.loop.kind == "sequential":
            raise Conflict(f"'{label}' is done one after the other; none can be added.", th=f"“{label}” ทำทีละครั้งตามลำดับ เพิ่มไม่ได้")
        name = self.loop.element_variable
        if name is not None and name not in variables:
            raise Invalid(
                f"'{label}' needs '{name}': what the added one is for.", th=f"“{label}” ต้องระบุ “{name}” ของรายการที่เพิ่ม", variable=name
            )
        index = self._count(token)
        if index >= LIMIT:
            raise self.too_many()
        token.internal_data["begun"] = index + 1
        token.data["nrOfInstances"] += 1
        token.data["nrOfActiveInstances"] += 1
        self.open_round(token, index, variables if self.loop.index_variable is None else {**variables, self.loop.index_variable: index})
        token.workflow.written(token.data)
        token.touch()

    def given_up(self, token: Token, scope: Scope) -> bool:
        """The others go on, and their number is what decides when all is done."""
        token.internal_data["begun"] = self._count(token)
        token.data["nrOfInstances"] -= 1
        token.data["nrOfActiveInstances"] -= 1
        token.workflow.instance.close_scope(scope)
        token.workflow.written(token.data)
        token.touch()
        return bool(token.data["nrOfActiveInstances"])

    def too_many(self) -> ExecutionFailed:
        """More than one activity may have."""
        return self.failed(f"would have more than {LIMIT:,} instances", f"จะมีมากกว่า {LIMIT:,} รายการ ซึ่งเกินกว่าที่ทำได้")

    def _count(self, token: Token) -> int:
        """How many instances there have been, with those given up: the place of the next among the results."""
        return cast(int, token.internal_data.get("begun", token.data["nrOfInstances"]))

    def _over(self, token: Token, scope: Scope) -> bool:
        """Whether the completion condition holds, as the instance that has just ended sees it."""
        condition = self.loop.completion_condition
        return condition is not None and self.decides(token, COMPLETE, condition, scope.view())

    def _end(self, token: Token) -> None:
        instance = token.workflow.instance
        if token.data["nrOfActiveInstances"]:
            for scope in instance.scopes_of(token):
                instance.close_scope(scope)
        self._publish(token)
        token.complete()

    def _publish(self, token: Token) -> None:
        if self.loop.result_collection is not None:
            results: list[Any] = [None] * self._count(token)
            for index, result in piles.take(token.workflow, token.internal_data["results"]):
                results[index] = result
            token.workflow.assign({self.loop.result_collection: results})
