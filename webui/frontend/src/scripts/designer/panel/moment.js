// A moment built from choices, told as a sentence; an expression where it is more than that.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { Field, Raw, Select, Text, useOwnId, useTyped } from './fields.js';
import { asMoment, readMoment } from '../reading/moment.js';
import { pick, t } from '../words/words.js';

const FRESH = {
  none: () => ({ kind: 'none' }),
  window: (subject) => ({ kind: 'window', step: stepOf(subject), edge: 'closes', days: 0 }),
  begun: () => ({ kind: 'begun', days: 5 }),
  span: () => ({ kind: 'span', amount: 3, unit: 'day' }),
  variable: () => ({ kind: 'variable', name: 'due', days: 0 }),
  date: () => ({ kind: 'date', date: new Date().toISOString().slice(0, 10) }),
};
const SPANS = ['minute', 'hour', 'day', 'week', 'month', 'year'];

// `without`: kinds that make no sense there
export function Moment({ label, name, subject, value, change, without = [] }) {
  const [asked, ask] = useState(null);
  const id = useOwnId();
  const read = readMoment(value);
  const moment = asked === 'expression' ? { kind: 'expression', text: value ?? '' } : read;
  const put = (next) => { ask(null); change(asMoment(next)); };
  const choose = (kind) => {
    if (kind === 'expression') ask(kind);
    else put(FRESH[kind](subject));
  };
  const kinds = [
    { value: 'none', words: t('Not said') }, { value: 'window', words: t('By the schedule of a step') }, { value: 'begun', words: t('Working days after it begins') },
    { value: 'span', words: t('A time after it begins') }, { value: 'variable', words: t('By a date among the data') }, { value: 'date', words: t('On a certain day') },
    { value: 'expression', words: t('By an expression') }].filter((one) => !without.includes(one.value) && (one.value !== 'window' || subject.choices.windows.length || moment.kind === 'window'));
  return html`<${Field} label=${label} id=${id}><${Select} id=${id} name=${name} value=${moment.kind} options=${kinds} change=${choose} /><//>
    <${Details} ...${{ moment, put, subject, name, change: (text) => { ask(null); change(text); } }} />`;
}

function Details({ moment, put, subject, name, change }) {
  switch (moment.kind) {
    case 'window': return html`<div class="prop-row">
        <${Part} label=${t('Step')} name=${`${name}Step`} value=${moment.step} options=${subject.choices.windows.map((one) => ({ value: one.step, words: [t('Step {n}', { n: one.step }), pick(one)].filter(Boolean).join(' · ') }))} change=${(step) => put({ ...moment, step })} />
        <${Part} label=${t('Of its window')} name=${`${name}Edge`} value=${moment.edge} options=${[{ value: 'closes', words: t('the end') }, { value: 'opens', words: t('the beginning') }]} change=${(edge) => put({ ...moment, edge })} /></div>
      <${Shift} ...${{ moment, put, name }} />`;
    case 'begun': return html`<${Count} label=${t('Working days')} name=${`${name}Days`} min="1" value=${moment.days} change=${(days) => put({ ...moment, days })} />`;
    case 'variable': return html`<${Text} label=${t('Name of the date')} code name=${`${name}Name`} value=${moment.name} suggestions=${dates(subject)} change=${(given) => given && put({ ...moment, name: given })} />
      <${Shift} ...${{ moment, put, name }} />`;
    case 'span': return html`<${Span} ...${{ moment, put, name, units: SPANS }} />`;
    case 'date': return html`<div class="prop"><input type="date" aria-label=${t('Day')} name=${`${name}Date`} value=${moment.date} onChange=${(event) => event.target.value && put({ ...moment, date: event.target.value })} /></div>`;
    case 'expression': return html`<${Raw} label=${t('Expression')} name=${`${name}Text`} value=${moment.text} change=${change} />`;
    default: return null;
  }
}

function Part({ label, ...rest }) {
  const id = useOwnId();
  return html`<div class="prop"><label class="prop-label is-minor" for=${id}>${label}</label><${Select} id=${id} ...${rest} /></div>`;
}

function Count({ label, name, min, value, change }) {
  const id = useOwnId();
  return html`<div class="prop"><label class="prop-label is-minor" for=${id}>${label}</label>
    <input type="number" class="is-short" ...${{ id, name, min }} ...${useTyped(value, (given) => given !== '' && change(Math.max(Number(min), Math.trunc(Number(given)))))} /></div>`;
}

// On the day, or so many working days before or after it.
function Shift({ moment, put, name }) {
  const side = moment.days < 0 ? 'before' : moment.days > 0 ? 'after' : 'on';
  const amount = Math.abs(moment.days);
  const choose = (next) => put({ ...moment, days: next === 'on' ? 0 : (amount || 3) * (next === 'before' ? -1 : 1) });
  return html`<div class="prop-row"><${Part} label=${t('How far from it')} name=${`${name}Side`} value=${side} change=${choose} options=${[
      { value: 'on', words: t('exactly then') }, { value: 'before', words: t('working days before') }, { value: 'after', words: t('working days after') }]} />
    ${side === 'on' ? null : html`<${Count} label=${t('How many')} name=${`${name}Days`} min="1" value=${amount} change=${(days) => put({ ...moment, days: side === 'before' ? -days : days })} />`}</div>`;
}

export function Span({ moment, put, name, units = SPANS }) {
  return html`<div class="prop-row"><${Count} label=${t('How many')} name=${`${name}Amount`} min="1" value=${moment.amount} change=${(amount) => put({ ...moment, amount })} />
    <${Part} label=${t('Unit of time')} name=${`${name}Unit`} value=${moment.unit} options=${units.map((unit) => ({ value: unit, words: t(`${unit}s`) }))} change=${(unit) => put({ ...moment, unit })} /></div>`;
}

function stepOf(subject) {
  for (let shape = subject.element.host ?? subject.element; shape; shape = shape.parent) {
    const step = shape.businessObject && subject.get('ruam:step', shape.businessObject);
    if (step && subject.choices.windows.some((one) => one.step === step)) return step;
  }
  return subject.choices.windows[0]?.step ?? '1';
}

function dates(subject) {
  return subject.choices.variables.filter((one) => one.format === 'date' || one.widget === 'date').map((one) => ({ value: one.name, words: one.th }));
}

// The whole as one sentence.
export function saidMoment(moment, subject) {
  switch (moment.kind) {
    case 'window': {
      const edge = moment.edge === 'closes' ? t('the window of step {n} closes', { n: moment.step }) : t('the window of step {n} opens', { n: moment.step });
      return `${shifted(moment.days, edge)}${planned(moment, subject)}`;
    }
    case 'begun': return t('{n} working days after it begins', { n: moment.days });
    case 'variable': return shifted(moment.days, t('the date “{name}”', { name: moment.name }));
    case 'span': return t('{n} {unit} after it begins', { n: moment.amount, unit: t(`${moment.unit}s`) });
    default: return '';
  }
}

function shifted(days, what) {
  if (!days) return t('When: {what}', { what });
  return days < 0 ? t('{n} working days before {what}', { n: -days, what }) : t('{n} working days after {what}', { n: days, what });
}

function planned({ step, edge }, subject) {
  const day = subject.choices.windows.find((one) => one.step === step)?.[edge];
  if (!day) return '';
  const [month, date] = day.slice(-5).split('-').map(Number); // with or without a year before it
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'short' }).format(new Date(2001, month - 1, date));
  return ` (${t('planned for {day}', { day: words })})`;
}
