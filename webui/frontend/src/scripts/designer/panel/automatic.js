// What the system does by itself: a handler with its parameters, a worker's topic, a calculation, a decision.
import { html } from '@bpmn-io/diagram-js-ui';
import { Amount, Choice, Group, Raw, Text, Tick } from './fields.js';
import { Span } from './moment.js';
import { nothing, options } from './subject.js';
import { asCycle, readCycle } from '../reading/span.js';
import { t } from '../words/words.js';

const TYPES = { string: 'text', number: 'number', integer: 'number', boolean: 'yes or no', array: 'list', object: 'record' };

export function Handler({ subject }) {
  if (subject.get('camunda:type') === 'external') return null;
  const name = subject.get('ruam:handler');
  const handler = subject.choices.handlers.find((one) => one.name === name);
  const given = subject.children('ruam:parameter').map((one) => ({ name: one.name, $body: one.$body ?? '' }));
  const put = (key, value) => {
    const others = given.filter((one) => one.name !== key);
    const place = given.findIndex((one) => one.name === key);
    const next = value ? { name: key, $body: value } : null;
    const rows = place < 0 ? [...others, next] : given.map((one) => (one.name === key ? next : one));
    subject.setChildren('ruam:parameter', rows.filter(Boolean));
  };
  const declared = handler?.parameters ?? [];
  const more = given.filter((one) => !declared.some((known) => known.name === one.name)).map((one) => ({ name: one.name, strange: Boolean(handler) }));
  return html`<${Group} title=${t('What is done')} name="handler">
    <${Choice} label=${t('Handler')} name="handler" empty=${nothing()} value=${name} options=${subject.choices.handlers.map((one) => ({ value: one.name, words: one.name }))}
      change=${(value) => subject.set({ 'ruam:handler': value })} hint=${handler?.about} />
    ${[...declared, ...more].map((one) => html`<${Parameter} key=${one.name} one=${one} subject=${subject} value=${given.find((row) => row.name === one.name)?.$body} change=${(value) => put(one.name, value)} />`)}
    <${Tick} label=${t('In the background, tried again when it fails')} name="deferred" value=${subject.get('ruam:deferred') === 'true'} change=${(value) => subject.set({ 'ruam:deferred': value ? 'true' : '' })} /><//>`;
}

function Parameter({ one, subject, value, change }) {
  const label = html`<code>${one.name}</code>${one.required ? html`<span class="needed"> ${t('needed')}</span>` : null}`;
  if (/template$/.test(one.name) && !String(value ?? '').includes('${')) {
    return html`<${Choice} label=${label} name=${`parameter-${one.name}`} empty=${nothing()} value=${value} change=${change} options=${subject.choices.letters.map(({ key }) => ({ value: key, words: key }))} hint=${t('A letter’s template')} />`;
  }
  const hint = one.strange ? t('This handler has no such parameter.') : TYPES[one.type] && t(TYPES[one.type]);
  return html`<${Text} label=${label} code name=${`parameter-${one.name}`} value=${value} change=${change} suggestions=${expressions(subject)} hint=${hint} />`;
}

function expressions(subject) {
  return subject.choices.variables.map((one) => ({ value: `\${${one.name}}`, words: one.th ?? '' }));
}

export function External({ subject }) {
  const topic = subject.get('camunda:topic');
  const external = subject.get('camunda:type') === 'external';
  if (subject.get('ruam:handler') && !external) return null;
  return html`<${Group} title=${t('Another program does it')} name="external" shut filled=${external}>
    <${Text} label=${t('Topic its worker asks for')} code name="topic" value=${topic} change=${(value) => subject.set({ 'camunda:type': value ? 'external' : '', 'camunda:topic': value })} /><//>`;
}

export function Script({ subject }) {
  const { object } = subject;
  return html`<${Group} title=${t('Calculation')} name="script">
    <${Text} label=${t('Assignments, a line each')} code lines="6" name="script" value=${object.script} change=${(script) => subject.set({ script, ...(object.scriptFormat ? {} : { scriptFormat: 'ruam' }) })} hint=${t('For instance: total = price * number')} />
    <${Text} label=${t('Name for the last value')} code name="resultVariable" value=${subject.get('camunda:resultVariable')} change=${(value) => subject.set({ 'camunda:resultVariable': value })} /><//>`;
}

export function Decision({ subject }) {
  const key = subject.get('camunda:decisionRef');
  const decision = subject.choices.decisions.find((one) => one.key === key);
  const maps = [['singleEntry', t('one value')], ['singleResult', t('one row')], ['collectEntries', t('a list of values')], ['resultList', t('a list of rows')]];
  return html`<${Group} title=${t('Decision')} name="decision">
    <${Choice} label=${t('Decision table')} name="decisionRef" empty=${nothing()} value=${key} options=${options(subject.choices.decisions)} change=${(value) => subject.set({ 'camunda:decisionRef': value })} />
    ${decision?.path ? html`<p class="prop-link"><a href=${subject.links(decision.path)}>${t('Open the decision table')}</a></p>` : null}
    <${Text} label=${t('Name for its result')} code name="resultVariable" value=${subject.get('camunda:resultVariable')} change=${(value) => subject.set({ 'camunda:resultVariable': value })} hint=${t('Without one each of its outputs gets its own name.')} />
    <${Choice} label=${t('Its result is')} name="mapDecisionResult" empty=${t('a list of rows')} value=${subject.get('camunda:mapDecisionResult')} options=${maps.slice(0, 3).map(([value, words]) => ({ value, words }))} change=${(value) => subject.set({ 'camunda:mapDecisionResult': value })} /><//>`;
}

export function Retries({ subject }) {
  const now = subject.children('camunda:failedJobRetryTimeCycle')[0]?.$body;
  const cycle = readCycle(now);
  const put = (text) => subject.setChildren('camunda:failedJobRetryTimeCycle', text ? [{ $body: text }] : []);
  if (subject.get('ruam:deferred') !== 'true' && !now) return null;
  if (now && !cycle) return html`<${Group} title=${t('When it fails')} name="retries" shut filled><${Raw} label=${t('Try again')} name="retries" value=${now} change=${put} /><//>`;
  return html`<${Group} title=${t('When it fails')} name="retries" shut filled=${Boolean(now)}>
    <${Amount} label=${t('Try how many times')} name="retryTimes" value=${cycle?.times} change=${(times) => put(times ? asCycle({ amount: 10, unit: 'minute', ...cycle, times: Number(times) }) : '')} />
    ${cycle ? html`<p class="prop-label">${t('Time between')}</p><${Span} moment=${cycle} name="retry" units=${['minute', 'hour', 'day']} put=${(next) => put(asCycle(next))} />` : null}<//>`;
}
