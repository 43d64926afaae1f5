// The schedule as a table: when each step begins and ends. It writes into the text, which is what is saved.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { Amount, Choice, Select, Text } from './panel/fields.js';
import { options } from './panel/subject.js';
import { readSchedule, withValue } from './reading/schedule.js';
import { t } from './words/words.js';

const LEAP = 2000; // a year in which every day of a month can be chosen
const MONTHS = Array.from({ length: 12 }, (_none, month) => ({
  value: two(month + 1), words: new Intl.DateTimeFormat(document.documentElement.lang, { month: 'long' }).format(new Date(LEAP, month, 1)),
}));

// `read()` gives the text, `write(text)` takes it.
export function schedule(box, { read, write, parties, locked }) {
  const draw = () => render(html`<${Whole} now=${readSchedule(read())} ...${{ parties, locked }} put=${put} />`, box);
  const put = (section, name, value) => { write(withValue(read(), section, name, value)); draw(); };
  draw();
  return draw;
}

function Whole({ now, parties, locked, put }) {
  const { before, after, escalate_to: whom } = now.reminders;
  return html`<fieldset class="schedule-table" disabled=${locked}>
    <table class="table"><thead><tr><th scope="col">${t('Step')}</th><th scope="col">${t('It opens')}</th><th scope="col">${t('It closes')}</th></tr></thead>
      <tbody>${now.windows.map((one) => html`<tr key=${one.step}><th scope="row" class="head">${one.step}</th>
        ${['opens', 'closes'].map((edge) => html`<td data-label=${t(edge === 'opens' ? 'It opens' : 'It closes')}><${Day} value=${one[edge]} name=${`${edge}-${one.step}`} change=${(value) => put(`windows.${one.step}`, edge, value)} /></td>`)}</tr>`)}</tbody></table>
    <div class="schedule-rest">
      ${now.start ? html`<div class="prop"><span class="prop-label">${t('The year’s project begins')}</span><${Day} value=${now.start} name="start" change=${(value) => put('', 'start', value)} /></div>` : null}
      ${now.closes_at ? html`<${Text} label=${t('Hour in which a window closes')} name="closesAt" value=${now.closes_at} change=${(value) => /^\d\d:\d\d(:\d\d)?$/.test(value) && put('', 'closes_at', value)} />` : null}
      ${before ? html`<${Amount} label=${t('Remind, working days before it is due')} name="before" value=${before} change=${(value) => put('reminders', 'before', value)} />` : null}
      ${after ? html`<${Amount} label=${t('Tell others, working days after it was due')} name="after" value=${after} change=${(value) => put('reminders', 'after', value)} />` : null}
      ${whom ? html`<${Choice} label=${t('Whom to tell')} name="whom" value=${whom} options=${options(parties)} change=${(value) => put('reminders', 'escalate_to', value)} />` : null}</div></fieldset>`;
}

function Day({ value, name, change }) {
  const [month, day] = (value ?? '01-01').split('-');
  const last = new Date(LEAP, Number(month), 0).getDate();
  const put = (given, date) => change(`${given}-${two(Math.min(date, new Date(LEAP, Number(given), 0).getDate()))}`);
  const days = Array.from({ length: last }, (_none, at) => ({ value: two(at + 1), words: String(at + 1) }));
  return html`<span class="schedule-day"><${Select} label=${t('Day')} name=${`${name}-day`} value=${day} options=${days} change=${(date) => put(month, Number(date))} />
    <${Select} label=${t('Month')} name=${`${name}-month`} value=${month} options=${MONTHS} change=${(given) => put(given, Number(day))} /></span>`;
}

function two(number) {
  return String(number).padStart(2, '0');
}
