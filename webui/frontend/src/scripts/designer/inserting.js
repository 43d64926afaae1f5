// A step that is put into a path: what follows it moves on where there is no room, as with the space tool, and the key that does it without a mouse.
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor';
import { selfAndAllChildren } from 'diagram-js/lib/util/Elements';
import { getMid } from 'diagram-js/lib/layout/LayoutUtil';

const LATE = 900; // asked after bpmn-js has found the path
const APART = 30; // between the step and what comes before and after it
const STRAIGHT = 5; // a part of a path that leans more than this is left as it is

class Inserting extends CommandInterceptor {
  constructor(eventBus, canvas, modeling, spaceTool) {
    super(eventBus);
    Object.assign(this, { canvas, modeling, spaceTool });
    this.preExecute('shape.create', LATE, (context) => {
      const { targetFlow, position, shape } = context;
      if (targetFlow) context.position = this.placed(targetFlow, position.width === undefined ? position : getMid(position), shape);
    }, true);
    this.preExecute('elements.move', LATE, (context) => {
      const { targetFlow, position, shapes } = context;
      if (!targetFlow) return;
      context.position = this.placed(targetFlow, position, shapes[0]);
      const now = getMid(shapes[0]);
      context.delta = { x: context.position.x - now.x, y: context.position.y - now.y };
    }, true);
  }

  // Where its middle comes to be on that path, with room on both sides.
  placed(flow, middle, { width, height }) {
    const [from, to] = nearest(flow.waypoints, middle);
    const [dx, dy] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
    if (Math.min(dx, dy) > STRAIGHT) return middle;
    const axis = dx >= dy ? 'x' : 'y';
    const needed = (axis === 'x' ? width : height) + 2 * APART;
    const [low, length] = [Math.min(from[axis], to[axis]), Math.max(dx, dy)];
    if (length < needed) this.makeRoom(axis, low + length / 2, Math.ceil(needed - length));
    const room = Math.max(length, needed);
    const place = Math.round(Math.min(Math.max(middle[axis], low + needed / 2), low + room - needed / 2));
    return axis === 'x' ? { x: place, y: from.y } : { x: from.x, y: place };
  }

  makeRoom(axis, start, amount) {
    const all = selfAndAllChildren(this.canvas.getRootElement(), true);
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, axis, amount, start);
    this.modeling.createSpace(movingShapes, resizingShapes, { x: 0, y: 0, [axis]: amount }, axis === 'x' ? 'e' : 's', start);
  }
}

Inserting.$inject = ['eventBus', 'canvas', 'modeling', 'spaceTool'];

// A: the next step of what is chosen. Into the path that leads on, where there is one; otherwise after it.
class NextStep {
  constructor(eventBus, editorActions, keyboard, injector) {
    Object.assign(this, { injector });
    eventBus.on('editorActions.init', () => editorActions.register('nextStep', () => this.add()));
    keyboard.addListener(({ keyEvent }) => {
      if (!keyboard.isKey(['a', 'A'], keyEvent) || keyboard.hasModifier(keyEvent)) return;
      editorActions.trigger('nextStep');
      return true;
    });
  }

  add() {
    const [chosen, more] = this.injector.get('selection').get();
    if (!chosen || more) return;
    const path = chosen.waypoints ? chosen : onlyWayOn(chosen);
    const step = this.injector.get('elementFactory').createShape({ type: 'bpmn:UserTask' });
    const made = path ? this.inserted(step, path) : this.appended(step, chosen);
    if (!made) return;
    this.injector.get('selection').select(made);
    this.injector.get('directEditing').activate(made);
  }

  inserted(step, path) {
    if (!this.injector.get('bpmnRules').canInsert(step, path)) return null;
    return this.injector.get('modeling').createShape(step, middleOf(path.waypoints), path);
  }

  appended(step, chosen) {
    if (!this.injector.get('bpmnRules').canConnect(chosen, step, { type: 'bpmn:SequenceFlow' })) return null;
    return this.injector.get('autoPlace').append(chosen, step);
  }
}

NextStep.$inject = ['eventBus', 'editorActions', 'keyboard', 'injector'];

function onlyWayOn(element) {
  const on = (element.outgoing ?? []).filter((one) => one.type === 'bpmn:SequenceFlow');
  return on.length === 1 ? on[0] : null;
}

function parts(waypoints) {
  return waypoints.slice(1).map((to, index) => [waypoints[index], to]);
}

function nearest(waypoints, point) {
  const distance = ([from, to]) => {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const along = Math.min(1, Math.max(0, ((point.x - from.x) * dx + (point.y - from.y) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(point.x - from.x - along * dx, point.y - from.y - along * dy);
  };
  return parts(waypoints).reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

// The middle of its longest part.
function middleOf(waypoints) {
  const length = ([from, to]) => Math.hypot(to.x - from.x, to.y - from.y);
  const [from, to] = parts(waypoints).reduce((best, one) => (length(one) > length(best) ? one : best));
  return { x: Math.round((from.x + to.x) / 2), y: Math.round((from.y + to.y) / 2) };
}

export default { __init__: ['inserting', 'nextStep'], inserting: ['type', Inserting], nextStep: ['type', NextStep] };
