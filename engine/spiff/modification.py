"""Changing by hand where an instance stands: tokens put before or behind elements or on a flow, tokens taken away. Not of BPMN.

Instructions only place and take tokens, in their order; the instance goes on after the last (`Instance.modify`). A scope from which
the last token was taken, and into which none was put, is given up with its activity: its flow does not go on. Where instances of a
multi-instance activity are left, only that one is given up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from engine.errors import Conflict, Invalid
from engine.spiff.elements.base import STARTED
from engine.spiff.elements.multi_instance import MultiInstance
from engine.spiff.scope import Scope
from engine.spiff.token import Token

if TYPE_CHECKING:
    from engine.diagrams.model import Element, Flow
    from engine.spiff.workflow import Instance

BODY = "#multiInstanceBody"  # behind an element's id, as in Camunda: all instances of the activity together
NOTHING: Mapping[str, Any] = {}


class Modification:
    """What is done to one instance by hand, in one step."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._emptied: list[Scope] = []  # tokens were taken from them
        self._filled: set[str] = set()  # ids of the scopes tokens were put into

    # ---- instructions

    def start_before(
        self,
        element_id: str | None,
        *,
        within: str | None = None,
        near: str | None = None,
        variables: Mapping[str, Any] = NOTHING,
        local: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Put a token before an element, as if a flow had led there.

        `within`: inside this token's activity, scope or instance, where activities in between are entered anew. `near`: as this
        token sees it; without an element the token's own. Else in the one scope that is open for it, entering the activities around
        that are not, without their start events. A multi-instance activity that runs gets one more instance. Raises Conflict, Invalid.
        """
        if element_id is None:
            token = self._token(near or "")
            self._enter(token.workflow, self._startable(token.element), variables, local)
            return
        bare = element_id.removesuffix(BODY)
        element = self._startable(self._element(bare))
        if within is None and bare == element_id and element.loop is not None and element.loop.kind != "loop":
            body = self._body(element, near)
            if body is not None:
                self._add(body, variables, local)
                return
        elif within is not None and (body := self._body_named(within, element)) is not None:
            self._add(body, variables, local)
            return
        scope, opened = self._scope_for(element, within, near, local)
        self._enter(scope, element, variables, NOTHING if opened else local)

    def start_after(
        self,
        element_id: str | None,
        *,
        within: str | None = None,
        near: str | None = None,
        variables: Mapping[str, Any] = NOTHING,
        local: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Go on behind an element as if it had been completed: over the flows that its conditions choose. Raises Conflict, Invalid."""
        if element_id is None:
            token = self._token(near or "")
            scope, element = token.workflow, token.element
        else:
            element = self._element(element_id.removesuffix(BODY))
            scope, opened = self._scope_for(element, within, near, local)
            variables = variables if opened else {**variables, **local}
        if element.type in ("eventBasedGateway", "complexGateway"):
            raise _invalid(
                element,
                "does not say where it goes on: start before what follows it, or on a flow",
                "ไม่ได้บอกว่าจะไปทางใดต่อ โปรดเลือกองค์ประกอบที่อยู่ถัดไป",
            )
        scope.assign(variables)
        spec = scope.spec.node(element.id)
        passing = Token(scope, spec)
        scope.alive += 1
        flows = spec.flows_taken(passing)
        scope.remove(passing)
        self._filled.add(scope.scope_id)
        for flow in flows:
            scope.enter(flow.target, flow)

    def take(self, flow_id: str, *, within: str | None = None, near: str | None = None, variables: Mapping[str, Any] = NOTHING) -> None:
        """Put a token on a sequence flow. Raises Conflict, Invalid."""
        flow = self.instance.compiled.process.flows.get(flow_id)
        if flow is None:
            raise Invalid(
                f"There is no sequence flow '{flow_id}' in this process.", th=f"ไม่มีเส้นทาง “{flow_id}” ในกระบวนการนี้", element_id=flow_id
            )
        scope, _opened = self._scope_for(self._element(flow.target), within, near, NOTHING)
        scope.assign(variables)
        self._filled.add(scope.scope_id)
        scope.enter(flow.target, flow)

    def cancel(self, id: str) -> None:
        """Take a token away, or all in a scope (one instance of a multi-instance sub-process), or all there are. Raises Conflict."""
        found = self._find(id)
        if isinstance(found, Token):
            self._take_away(found)
        else:
            found.cancel_all()
            self._emptied.append(found)

    def cancel_all(self, element_id: str) -> None:
        """Take away all tokens of an element. Raises Conflict where there is none."""
        bare = element_id.removesuffix(BODY)
        element, found = self._element(bare), False
        for scope in self._scopes():
            for token in list(scope.tasks.values()) if scope.scope_id in self.instance.scopes else ():
                if token.element_id == bare and token.id in scope.tasks and not token.watching and not token.undoing:
                    self._take_away(token)
                    found = True
        if not found:
            label = element.name or element.id
            raise Conflict(f"Nothing stands at '{label}' ({element.id}).", th=f"ไม่มีสิ่งใดอยู่ที่ “{label}”", element_id=element.id)

    def settle(self) -> None:
        """After the last instruction: give up what nothing is left in."""
        while self._emptied:
            scope = self._emptied.pop()
            if scope.alive or scope.scope_id in self._filled or scope.scope_id not in self.instance.scopes:
                continue
            host = scope.host_token
            if host is None:
                self.instance.cancel()
                return
            if host.undoing or host.task_spec.given_up(host, scope):
                continue
            host.cancel()
            self._emptied.append(host.workflow)

    # ---- placing

    def _enter(self, scope: Scope, element: Element, variables: Mapping[str, Any], local: Mapping[str, Any]) -> None:
        scope.assign(variables)
        self._filled.add(scope.scope_id)
        spec = scope.spec.node(element.id)
        if spec.joins and element.type.endswith("Gateway") and element.incoming:
            scope.enter(element.id, self._free_flow(scope, element))
            return
        token = Token(scope, spec)
        scope.alive += 1
        token.data.update(local)
        scope.touch()
        spec._update(token)

    @staticmethod
    def _free_flow(scope: Scope, element: Element) -> Flow:
        """At a join an arrival comes over a flow: the first over which none has arrived."""
        waiting = scope.tasks.get(scope.joins.get(element.id, ""))
        arrived = waiting.internal_data.get("arrived", {}) if waiting is not None else {}
        free = [flow_id for flow_id in element.incoming if flow_id not in arrived] or list(element.incoming)
        return scope.spec.flow(free[0])

    def _take_away(self, token: Token) -> None:
        scope = token.workflow
        if token.watching:
            raise _beside(token)
        token.cancel()
        self._emptied.append(scope)

    # ---- scopes

    def _scope_for(self, element: Element, within: str | None, near: str | None, local: Mapping[str, Any]) -> tuple[Scope, bool]:
        """The scope an element stands in, and whether it was opened for it; then the local variables are its own."""
        if within is not None:
            scope = self._inside_of(within)
            if element.id in scope.spec.elements:
                return scope, False
        else:
            scope = self._nearest(element, near)
        missing: list[str] = []
        around = element.parent
        while around is not None and around != scope.spec.name:
            missing.insert(0, around)
            around = self._element(around).parent
        if around is None and scope.parent_scope is not None:
            raise _invalid(element, f"is not inside '{scope.spec.name}'", "ไม่ได้อยู่ภายในส่วนที่ระบุ")
        for activity_id in missing:
            scope = self._open(scope, self._element(activity_id))
        if missing:
            scope.data.update(local)
        return scope, bool(missing)

    def _nearest(self, element: Element, near: str | None) -> Scope:
        """The innermost open scope around an element: the one `near` stands in or under, else the only one. Raises Conflict."""
        beside = self._token(near).workflow if near is not None else None
        seen: list[Scope] = []
        while beside is not None:
            seen.append(beside)
            beside = beside.parent_scope
        around = element.parent
        while around is not None:
            found = self._insides(around)
            ours = [scope for scope in found if scope in seen]
            if ours or len(found) == 1:
                return (ours or found)[0]
            if found:
                raise Conflict(
                    f"'{element.id}' could stand in {len(found)} places, as '{around}' runs {len(found)} times; say in which.",
                    th=f"“{element.name or element.id}” อยู่ได้ {len(found)} ที่ โปรดระบุว่าที่ใด",
                    element_id=element.id,
                )
            around = self._element(around).parent
        return cast(Scope, self.instance)

    def _open(self, around: Scope, activity: Element) -> Scope:
        """Enter a sub-process without its start events."""
        if activity.loop is not None:
            raise _invalid(
                activity,
                "is done several times, and none of them runs; start it as a whole",
                "ต้องทำหลายครั้งและยังไม่มีครั้งใดดำเนินอยู่ โปรดเริ่มทั้งส่วน",
            )
        spec = around.spec.node(activity.id)
        token = Token(around, spec)
        around.alive += 1
        self._filled.add(around.scope_id)
        token._set_state(STARTED)
        spec._on_ready_hook(token)
        scope = self.instance.open_scope(token, self.instance.compiled.scopes[activity.id])
        scope.spec.arm(scope)
        return scope

    def _insides(self, element_id: str) -> list[Scope]:
        """The open scopes inside an activity; not those in which something is undone."""
        found = [scope for scope in self._scopes() if scope.spec.name == element_id and scope.parent_scope is not None]
        return [scope for scope in found if not cast(Token, scope.host_token).undoing]

    def _inside_of(self, id: str) -> Scope:
        found = self._find(id)
        if not isinstance(found, Token):
            return found
        inside = self.instance.scopes_of(found)
        if len(inside) != 1:
            raise Conflict(f"'{found.element_id}' has {len(inside)} insides; say which.", th="โปรดระบุว่าภายในส่วนใด", token_id=id)
        return inside[0]

    # ---- many instances

    def _body(self, element: Element, near: str | None) -> Token | None:
        """The token that counts the instances of an activity that runs. Raises Conflict where there are several."""
        scope = self._nearest(element, near)
        found = [token for token in scope.tasks.values() if token.element_id == element.id and isinstance(token.task_spec, MultiInstance)]
        if len(found) > 1:
            raise Conflict(
                f"'{element.id}' runs {len(found)} times; say which gets one more.", th="โปรดระบุว่าจะเพิ่มในส่วนใด", element_id=element.id
            )
        return found[0] if found else None

    def _body_named(self, within: str, element: Element) -> Token | None:
        """The activity of which one more instance was asked, by naming it as the ancestor."""
        body = self._find(within)
        named = isinstance(body, Token) and body.element_id == element.id and isinstance(body.task_spec, MultiInstance)
        return cast(Token, body) if named else None

    def _add(self, body: Token, variables: Mapping[str, Any], local: Mapping[str, Any]) -> None:
        """One instance more: its item is its own and joins the list it is one of, other variables are set where they stand."""
        activity = cast(MultiInstance, body.task_spec)
        name, all_of_them = activity.loop.element_variable, activity.loop.collection_variable
        own = {**{key: value for key, value in variables.items() if key == name}, **local}
        body.workflow.assign({key: value for key, value in variables.items() if key != name})
        items = body.view().get(all_of_them) if all_of_them is not None else None
        activity.add(body, own)
        if all_of_them is not None and isinstance(items, list) and own.get(name or "") not in items:
            body.workflow.assign({all_of_them: [*items, own[name or ""]]})

    # ---- finding

    def _scopes(self) -> Sequence[Scope]:
        return open_scopes(self.instance)

    def _find(self, id: str) -> Token | Scope:
        for scope in self._scopes():
            if scope.scope_id == id:
                return scope
            if id in scope.tasks:
                return scope.tasks[id]
        raise Conflict(
            "This is no longer there; look again where the process stands.", th="จุดนี้ไม่มีอยู่แล้ว โปรดดูใหม่ว่ากระบวนการอยู่ที่ใด", token_id=id
        )

    def _token(self, id: str) -> Token:
        found = self._find(id)
        if not isinstance(found, Token):
            raise Invalid("A token is needed here, not a part of the process.", th="ต้องระบุจุดที่กระบวนการอยู่", token_id=id)
        if found.watching:
            raise _beside(found)
        return found

    def _element(self, element_id: str) -> Element:
        found = self.instance.compiled.process.elements.get(element_id)
        if found is None:
            raise Invalid(
                f"There is no element '{element_id}' in this process.",
                th=f"ไม่มีองค์ประกอบ “{element_id}” ในกระบวนการนี้",
                element_id=element_id,
            )
        return found

    @staticmethod
    def _startable(element: Element) -> Element:
        if element.type == "boundaryEvent":
            raise _invalid(
                element, "is attached to an activity; start after it, to go on where it leads", "ผูกอยู่กับงานอื่น โปรดเริ่มหลังเหตุการณ์นี้แทน"
            )
        if element.for_compensation:
            raise _invalid(element, "only undoes something that was completed", "ใช้เพื่อย้อนงานที่เสร็จแล้วเท่านั้น")
        return element


def open_scopes(instance: Instance) -> Sequence[Scope]:
    """All scopes of an instance, each behind the one it is in; those that are only stored are loaded."""
    for scope_id in instance.host.scopes_of_instance(instance.scope_id):
        if scope_id not in instance.removed:
            instance.scope_at(scope_id)
    return list(instance.scopes.values())


def _invalid(element: Element, reason: str, reason_th: str) -> Invalid:
    label = element.name or element.id
    return Invalid(f"'{label}' ({element.id}) {reason}.", th=f"“{label}” {reason_th}", element_id=element.id, element_name=element.name)


def _beside(token: Token) -> Conflict:
    label = token.element.name or token.element_id
    return Conflict(
        f"'{label}' only waits beside something else; choose that.", th=f"“{label}” รออยู่ข้างงานอื่น โปรดเลือกงานนั้นแทน", token_id=token.id
    )
