// The process a call activity calls, and what goes in and comes back.
import { html } from '@bpmn-io/diagram-js-ui';
import { Choice, Group, Rows, Text, Tick } from './fields.js';
import { nothing, options } from './subject.js';
import { t } from '../words/words.js';

const BUSINESS_KEY = '${execution.processBusinessKey}';

export function Call({ subject }) {
  const { object } = subject;
  const called = subject.choices.processes.find((one) => one.key === object.calledElement);
  const bindings = [['latest', t('the newest version')], ['deployment', t('of the same deployment')]];
  const keyed = subject.children('camunda:in').some((one) => one.businessKey);
  return html`<${Group} title=${t('Called process')} name="call">
    <${Choice} label=${t('Process')} name="calledElement" empty=${nothing()} value=${object.calledElement} options=${options(subject.choices.processes)} change=${(calledElement) => subject.set({ calledElement })} />
    ${called?.path ? html`<p class="prop-link"><a href=${subject.links(called.path)}>${t('Open its diagram')}</a></p>` : null}
    <${Choice} label=${t('Which version')} name="binding" empty=${bindings[0][1]} value=${subject.get('camunda:calledElementBinding')} options=${bindings.slice(1).map(([value, words]) => ({ value, words }))} change=${(value) => subject.set({ 'camunda:calledElementBinding': value })} />
    <${Tick} label=${t('It has this instance’s name')} name="keyed" value=${keyed} change=${(on) => handOver(subject, 'camunda:in', rows(subject, 'camunda:in'), on)} /><//>
    <${Handing} subject=${subject} name="camunda:in" title=${t('What goes in')} mine=${t('From here')} theirs=${t('Its name there')} keyed=${keyed} />
    <${Handing} subject=${subject} name="camunda:out" title=${t('What comes back')} mine=${t('From there')} theirs=${t('Its name here')} />`;
}

// A row: what is handed over (a name, or an expression), and as what. `variables="all"` hands over everything.
function rows(subject, name) {
  return subject.children(name).filter((one) => !one.businessKey).map((one) => {
    const { $type, $children, ...rest } = one;
    return rest;
  });
}

function handOver(subject, name, given, keyed) {
  const key = keyed ? [{ businessKey: subject.children(name).find((one) => one.businessKey)?.businessKey ?? BUSINESS_KEY }] : [];
  subject.setChildren(name, [...key, ...given]);
}

function Handing({ subject, name, title, mine, theirs, keyed = false }) {
  const given = rows(subject, name);
  const put = (next) => handOver(subject, name, next, keyed);
  const names = subject.choices.variables.map((one) => ({ value: one.name, words: one.th ?? '' }));
  return html`<${Group} title=${title} name=${name} shut filled=${given.length > 0}>
    <${Rows} rows=${given} change=${put} add=${t('Value')} make=${() => ({ source: 'name', target: 'name' })} row=${(one, set) => (one.variables
      ? html`<p class="prop-label">${t('All variables')}</p>`
      : html`<div class="prop-row"><${Text} label=${mine} code value=${one.sourceExpression ?? one.source} suggestions=${names} change=${(text) => set(handed(one, text))} />
        <${Text} label=${theirs} code value=${one.target} change=${(target) => set({ ...one, target })} /></div>`)} /><//>`;
}

function handed({ source, sourceExpression, ...rest }, text) {
  return /[${}()'"[\]+\s]/.test(text) ? { sourceExpression: text, ...rest } : { source: text, ...rest };
}
