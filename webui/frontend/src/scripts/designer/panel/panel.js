// What is known of the chosen element, in our own words. Every change is a command: it can be undone, and it is what gets saved.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { kindOf } from './kinds.js';
import { Subject } from './subject.js';
import { Naming, Documentation, Others } from './naming.js';
import { Process, Lane } from './process.js';
import { Person, Due, Reminders, Seen } from './person.js';
import { Papers } from './papers.js';
import { Handler, External, Script, Decision, Retries } from './automatic.js';
import { Call } from './call.js';
import { Loop } from './loop.js';
import { Flow } from './flow.js';
import { Event } from './event.js';
import { Identity } from './identity.js';
import { Ends, Paths } from './paths.js';
import { t } from '../words/words.js';

export class Panel {
  constructor({ modeler, box, choices, drafts, links, newForm }) {
    Object.assign(this, { modeler, box, choices, drafts, links, newForm });
    const bus = modeler.get('eventBus');
    bus.on(['selection.changed', 'commandStack.changed', 'root.set', 'import.done'], () => this.soon());
  }

  // Once, after all that one command changes; and after the focus has gone where it was going.
  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), 0);
  }

  draw() {
    const chosen = this.modeler.get('selection').get();
    const element = chosen.length === 1 ? chosen[0] : whole(this.modeler.get('canvas').getRootElement());
    if (chosen.length > 1) render(html`<${Several} number=${chosen.length} />`, this.box);
    else if (element?.businessObject) render(html`<${Whole} key=${element.id} subject=${new Subject(this, element.labelTarget ?? element)} />`, this.box);
  }
}

// Where nothing is chosen the process is told; of a drawing with one pool, the pool's.
function whole(root) {
  const pools = (root?.children ?? []).filter((one) => one.businessObject?.processRef);
  return is(root, 'bpmn:Collaboration') && pools.length === 1 ? pools[0] : root;
}

function Several({ number }) {
  return html`<div class="panel-head"><h2>${t('{n} elements chosen', { n: number })}</h2></div>
    <p class="prop-hint panel-note">${t('Choose one to see what is known of it. Together they can be moved, aligned, copied and removed.')}</p>`;
}

function Whole({ subject }) {
  const { object } = subject;
  const parts = PARTS.filter(([fits]) => fits(object, subject));
  return html`<header class="panel-head"><p class="panel-kind">${kindOf(subject.element)}</p>
      <h2>${subject.title}</h2><p class="panel-id"><span class="unseen">${t('Id')} </span><code>${object.id}</code></p></header>
    ${parts.map(([, Part]) => html`<${Part} subject=${subject} />`)}`;
}

const task = (type) => (object) => is(object, type);
const activity = task('bpmn:Activity');
const event = (object) => is(object, 'bpmn:Event') && object.eventDefinitions?.length;
const root = (object) => is(object, 'bpmn:Process') || is(object, 'bpmn:Participant') && Boolean(object.processRef);

const PARTS = [
  [(object) => is(object, 'bpmn:SequenceFlow'), Flow],
  [(object) => is(object, 'bpmn:SequenceFlow'), Ends],
  [() => true, Naming],
  [root, Process],
  [task('bpmn:Lane'), Lane],
  [task('bpmn:UserTask'), Person],
  [task('bpmn:UserTask'), Due],
  [task('bpmn:UserTask'), Reminders],
  [(object) => is(object, 'bpmn:ServiceTask') || is(object, 'bpmn:SendTask'), Handler],
  [(object) => is(object, 'bpmn:ServiceTask') || is(object, 'bpmn:SendTask'), External],
  [task('bpmn:ScriptTask'), Script],
  [task('bpmn:BusinessRuleTask'), Decision],
  [task('bpmn:CallActivity'), Call],
  [event, Event],
  [activity, Papers],
  [activity, Loop],
  [(object) => is(object, 'bpmn:UserTask') || is(object, 'bpmn:CallActivity'), Seen],
  [(object) => is(object, 'bpmn:ServiceTask') || is(object, 'bpmn:SendTask') || is(object, 'bpmn:BusinessRuleTask'), Retries],
  [task('bpmn:FlowNode'), Paths],
  [(object) => !is(object, 'bpmn:TextAnnotation'), Documentation],
  [(object) => !isAny(object, ['bpmn:Process', 'bpmn:Collaboration']), Identity],
  [(object, subject) => subject.others.length, Others],
];
