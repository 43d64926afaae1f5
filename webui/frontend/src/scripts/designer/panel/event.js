// What an event waits for or makes: a time in words, a message, a signal, an error, an escalation.
import { html } from '@bpmn-io/diagram-js-ui';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Amount, Choice, Group, Raw, Text, Tick } from './fields.js';
import { Moment, Span, saidMoment } from './moment.js';
import { Condition } from './condition.js';
import { answered } from './flow.js';
import { asCycle, asSpan, readCycle, readSpan } from '../reading/span.js';
import { readMoment } from '../reading/moment.js';
import { t } from '../words/words.js';

const NAMED = {
  'bpmn:MessageEventDefinition': ['messageRef', 'bpmn:Message', 'Message'], 'bpmn:SignalEventDefinition': ['signalRef', 'bpmn:Signal', 'Signal'],
  'bpmn:ErrorEventDefinition': ['errorRef', 'bpmn:Error', 'Error', 'errorCode'], 'bpmn:EscalationEventDefinition': ['escalationRef', 'bpmn:Escalation', 'Escalation', 'escalationCode'],
};
const TIMES = { date: 'timeDate', duration: 'timeDuration', cycle: 'timeCycle' };

export function Event({ subject }) {
  const definition = subject.object.eventDefinitions[0];
  const boundary = is(subject.object, 'bpmn:BoundaryEvent');
  return html`<${Group} title=${t('What happens')} name="event">
    ${definition.$type === 'bpmn:TimerEventDefinition' ? html`<${Timer} ...${{ subject, definition }} />` : null}
    ${NAMED[definition.$type] ? html`<${Named} ...${{ subject, definition }} />` : null}
    ${definition.$type === 'bpmn:ConditionalEventDefinition' ? html`<${Condition} groups=${answered(subject)} value=${definition.condition?.body} change=${(body) => subject.setPart('condition', 'bpmn:FormalExpression', body ? { body } : null, definition)} />` : null}
    ${boundary && !isAny(definition, ['bpmn:ErrorEventDefinition', 'bpmn:CompensateEventDefinition', 'bpmn:CancelEventDefinition'])
      ? html`<${Tick} label=${t('The work is broken off')} name="cancelActivity" value=${subject.object.cancelActivity !== false} change=${(on) => subject.set({ cancelActivity: on })} />` : null}<//>`;
}

function Timer({ subject, definition }) {
  const kind = Object.keys(TIMES).find((one) => definition[TIMES[one]]) ?? 'date';
  const text = definition[TIMES[kind]]?.body ?? '';
  const put = (next, body) => {
    const expression = (one) => {
      const made = subject.extensions.bpmnFactory.create('bpmn:FormalExpression', { body: one });
      made.$parent = definition;
      return made;
    };
    const values = Object.fromEntries(Object.entries(TIMES).map(([name, property]) => [property, name === next && body ? expression(body) : undefined]));
    subject.modeling.updateModdleProperties(subject.element, definition, values);
  };
  const fresh = { date: "${working_days_after(now(), 3)}", duration: 'PT1H', cycle: 'R3/P1D' };
  return html`<${Choice} label=${t('It happens')} name="timer" value=${kind} change=${(next) => put(next, fresh[next])} options=${[
      { value: 'date', words: t('at a moment') }, { value: 'duration', words: t('after a time') }, ...(is(subject.object, 'bpmn:StartEvent') || subject.object.cancelActivity === false || kind === 'cycle' ? [{ value: 'cycle', words: t('again and again') }] : [])]} />
    ${kind === 'date' ? html`<${At} ...${{ subject, text, put: (body) => put('date', body) }} />` : null}
    ${kind === 'duration' ? html`<${After} text=${text} put=${(body) => put('duration', body)} />` : null}
    ${kind === 'cycle' ? html`<${Again} text=${text} put=${(body) => put('cycle', body)} />` : null}`;
}

function At({ subject, text, put }) {
  const moment = readMoment(text);
  return html`<${Moment} name="at" label=${t('When')} subject=${subject} value=${text} change=${put} without=${['none', 'span']} />
    ${moment.kind === 'expression' ? null : html`<p class="prop-said">${saidMoment(moment, subject)}</p>`}`;
}

function After({ text, put }) {
  const span = readSpan(text);
  return span ? html`<${Span} moment=${span} name="after" put=${(next) => put(asSpan(next))} />` : html`<${Raw} label=${t('How long')} name="after" value=${text} change=${put} hint=${t('An expression, or a time such as PT10M (10 minutes) or P2D (2 days).')} />`;
}

function Again({ text, put }) {
  const cycle = readCycle(text);
  if (!cycle) return html`<${Raw} label=${t('How often')} name="again" value=${text} change=${put} />`;
  return html`<${Amount} label=${t('How many times')} name="times" min="1" value=${cycle.times} placeholder=${t('without end')} change=${(times) => put(asCycle({ ...cycle, times: times ? Number(times) : null }))} />
    <p class="prop-label">${t('Time between')}</p><${Span} moment=${cycle} name="again" put=${(next) => put(asCycle(next))} />`;
}

// Messages and their like are told by name; a new name makes a new one.
function Named({ subject, definition }) {
  const [property, type, word, code] = NAMED[definition.$type];
  const definitions = subject.extensions.bpmnjs.getDefinitions();
  const all = (definitions.rootElements ?? []).filter((one) => one.$type === type);
  const now = definition[property];
  const choose = (name) => {
    const found = all.find((one) => one.name === name);
    if (found || !name) { subject.modeling.updateModdleProperties(subject.element, definition, { [property]: found }); return; }
    const made = subject.extensions.bpmnFactory.create(type, { name, ...(code ? { [code]: name } : {}) });
    made.$parent = definitions;
    subject.extensions.together(
      () => subject.modeling.updateModdleProperties(subject.element, definitions, { rootElements: [...definitions.rootElements, made] }),
      () => subject.modeling.updateModdleProperties(subject.element, definition, { [property]: made }),
    );
  };
  return html`<${Text} label=${t(word)} name="named" value=${now?.name} suggestions=${all.map((one) => one.name).filter(Boolean)} change=${choose} hint=${t('One of the same name is the same.')} />
    ${code && now ? html`<${Text} label=${t('Code')} code name="code" value=${now[code]} change=${(value) => subject.set({ [code]: value }, now)} />` : null}`;
}
