// The schedule as a table: when each step begins and ends. It writes into the text, which is what is saved.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { Amount, Choice, Select, Text } from './panel/fields.js';
import { options } from './panel/subject.js';
import { asDay, lastOf, readDay, readSchedule, withValue, withYear, yearOf } from './reading/schedule.js';
import { pick, t } from './words/words.js';

const ERA = 543; // พ.ศ. less CE
const MONTHS = Array.from({ length: 12 }, (_none, month) => ({
  value: two(month + 1), words: new Intl.DateTimeFormat(document.documentElement.lang, { month: 'long' }).format(new Date(2000, month, 1)),
}));

// `read()` gives the text, `write(text)` takes it.
export function schedule(box, { read, write, choices, locked }) {
  const draw = () => render(html`<${Whole} now=${readSchedule(read())} ...${{ choices, locked, put, move }} />`, box);
  const put = (section, name, value) => { write(withValue(read(), section, name, value)); draw(); };
  const move = (year) => { write(withYear(read(), year)); draw(); };
  draw();
  return draw;
}

function Whole({ now, choices, locked, put, move }) {
  const called = (step) => pick(choices.windows.find((one) => one.step === step));
  const { before, after, escalate_to: whom } = now.reminders;
  return html`<fieldset class="schedule-table" disabled=${locked}>
    <table class="table"><thead><tr><th scope="col">${t('Step')}</th><th scope="col">${t('It opens')}</th><th scope="col">${t('It closes')}</th></tr></thead>
      <tbody>${now.windows.map((one) => html`<tr key=${one.step}><th scope="row" class="head schedule-step"><span><span class="schedule-number">${one.step}</span><span class="schedule-name">${called(one.step)}</span></span></th>
        ${['opens', 'closes'].map((edge) => html`<td data-label=${t(edge === 'opens' ? 'It opens' : 'It closes')}><${Day} value=${one[edge]} name=${`${edge}-${one.step}`} change=${(value) => put(`windows.${one.step}`, edge, value)} /></td>`)}</tr>`)}</tbody></table>
    <div class="schedule-rest">
      <${Year} value=${yearOf(now)} change=${move} />
      ${now.start ? html`<div class="prop"><span class="prop-label">${t('The year’s project begins')}</span><${Day} value=${now.start} name="start" change=${(value) => put('', 'start', value)} /></div>` : null}
      ${now.closes_at ? html`<${Text} label=${t('Hour in which a window closes')} name="closesAt" value=${now.closes_at} change=${(value) => /^\d\d:\d\d(:\d\d)?$/.test(value) && put('', 'closes_at', value)} />` : null}
      ${before ? html`<${Amount} label=${t('Remind, working days before it is due')} name="before" value=${before} change=${(value) => put('reminders', 'before', value)} />` : null}
      ${after ? html`<${Amount} label=${t('Tell others, working days after it was due')} name="after" value=${after} change=${(value) => put('reminders', 'after', value)} />` : null}
      ${whom ? html`<${Choice} label=${t('Whom to tell')} name="whom" value=${whom} options=${options(choices.parties)} change=${(value) => put('reminders', 'escalate_to', value)} />` : null}</div></fieldset>`;
}

// In พ.ศ.; without one the windows are of the year each project is for.
function Year({ value, change }) {
  const shown = value ? String(Number(value) + ERA) : '';
  const put = (given) => { if (!given) change(''); else if (Number(given) > ERA) change(String(Math.trunc(Number(given)) - ERA).padStart(4, '0')); };
  return html`<${Amount} key=${shown} label=${t('Year of all windows (B.E.)')} name="year" min=${ERA + 1} value=${shown} placeholder=${t('each project’s own')} change=${put}
    hint=${t('With a year the windows are those days, whenever a project starts. What runs gets them when it is moved with its dates.')} />`;
}

function Day({ value, name, change }) {
  const now = readDay(value);
  const put = (given) => change(asDay({ ...now, ...given }));
  const days = Array.from({ length: lastOf(now) }, (_none, at) => ({ value: two(at + 1), words: String(at + 1) }));
  return html`<span class="schedule-day"><${Select} label=${t('Day')} name=${`${name}-day`} value=${now.day} options=${days} change=${(day) => put({ day })} />
    <${Select} label=${t('Month')} name=${`${name}-month`} value=${now.month} options=${MONTHS} change=${(month) => put({ month })} />${now.year ? html`<span class="schedule-year">${Number(now.year) + ERA}</span>` : null}</span>`;
}

function two(number) {
  return String(number).padStart(2, '0');
}
