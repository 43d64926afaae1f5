// The papers an activity makes, and those it examines, by instalment.
import { html } from '@bpmn-io/diagram-js-ui';
import { Amount, Choice, Group, Rows, Text } from './fields.js';
import { nothing, options } from './subject.js';
import { t } from '../words/words.js';

const MADE = ['key', 'copies', 'cds', 'instalment', 'th', 'en'];
const EXAMINED = ['instalment', 'deliverables'];

export function Papers({ subject }) {
  const made = subject.children('ruam:deliverable').map((one) => plain(one, MADE));
  const examined = subject.children('ruam:accepts').map((one) => plain(one, EXAMINED));
  const instalments = subject.choices.instalments.map((n) => ({ value: String(n), words: t('Instalment {n}', { n }) }));
  return html`<${Group} title=${t('Papers and instalments')} name="papers" shut filled=${made.length + examined.length > 0}>
    <p class="prop-label">${t('Papers it makes')}</p>
    <${Rows} rows=${made} change=${(rows) => subject.setChildren('ruam:deliverable', rows.map(told))} add=${t('Paper')} make=${() => ({ key: fresh(subject), th: t('New paper') })}
      row=${(one, put) => html`
        <${Text} label=${t('Name in Thai')} lines="2" lang="th" value=${one.th} change=${(th) => put({ ...one, th })} />
        <${Text} label=${t('Name in English')} lines="2" lang="en" value=${one.en} change=${(en) => put({ ...one, en })} />
        <${Text} label=${t('Key')} code value=${one.key} suggestions=${options(subject.choices.deliverables)} change=${(key) => key && put({ ...one, key })} />
        <div class="prop-row"><${Choice} label=${t('Instalment')} empty=${nothing()} value=${one.instalment} options=${instalments} change=${(instalment) => put({ ...one, instalment })} />
          <${Amount} label=${t('Copies')} value=${one.copies} change=${(copies) => put({ ...one, copies })} />
          <${Amount} label=${t('CDs')} value=${one.cds} change=${(cds) => put({ ...one, cds })} /></div>`} />
    <p class="prop-label">${t('Papers it examines')}</p>
    <${Rows} rows=${examined} change=${(rows) => subject.setChildren('ruam:accepts', rows.map(told))} add=${t('Examination')} make=${() => ({ instalment: '1', deliverables: '' })}
      row=${(one, put) => html`
        <${Choice} label=${t('Instalment')} value=${one.instalment} options=${instalments} change=${(instalment) => put({ ...one, instalment })} />
        <${Chosen} label=${t('Papers')} subject=${subject} value=${one.deliverables} change=${(deliverables) => put({ ...one, deliverables })} />`} /><//>`;
}

// Papers by their names; a key that no paper has stays.
function Chosen({ label, subject, value, change }) {
  const keys = (value ?? '').split(/\s+/).filter(Boolean);
  const known = subject.choices.deliverables.map((one) => one.key);
  const all = [...known, ...keys.filter((key) => !known.includes(key))];
  const turn = (key) => change(all.filter((one) => (one === key ? !keys.includes(key) : keys.includes(one))).join(' '));
  return html`<fieldset class="prop is-list"><legend class="prop-label">${label}</legend>
    ${all.map((key) => html`<label><input type="checkbox" checked=${keys.includes(key)} onChange=${() => turn(key)} /> ${subject.word('deliverables', key)}</label>`)}</fieldset>`;
}

function plain(element, names) {
  const { $type, $children, $body, ...rest } = element; // attributes of others' on it are kept
  return { ...Object.fromEntries(names.map((name) => [name, element[name]])), ...rest };
}

function told(row) {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined && value !== ''));
}

function fresh(subject) {
  const taken = new Set(subject.choices.deliverables.map((one) => one.key));
  let number = 1;
  while (taken.has(`paper_${number}`)) number += 1;
  return `paper_${number}`;
}
