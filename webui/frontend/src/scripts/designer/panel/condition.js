// A condition as rows "field – comparison – value" about what is known by then, with the expression it is below them.
import { html } from '@bpmn-io/diagram-js-ui';
import { Raw, Rows, Select, useTyped } from './fields.js';
import { BARE, asCondition, readCondition } from '../reading/condition.js';
import { pick, t } from '../words/words.js';

const COMPARISONS = {
  '==': 'is', '!=': 'is not', '>': 'is more than', '>=': 'is at least', '<': 'is less than', '<=': 'is at most',
  has: 'has among them', 'has not': 'does not have among them', filled: 'is filled in', empty: 'is empty', yes: 'is yes', no: 'is no',
};
const NUMBERS = ['number', 'integer'];
const FILES = ['file', 'files'];
const SIZES = ['==', '!=', '>', '>=', '<', '<=', 'filled', 'empty'];

// `groups`: [{words, fields}] of fields as the choices have them
export function Condition({ value, change, groups, label = t('Condition'), name = 'condition' }) {
  const read = value ? readCondition(value) : { join: 'and', rows: [] };
  const known = groups.flatMap((group) => group.fields);
  const find = (wanted) => known.find((one) => one.name === wanted);
  const options = groups.filter((group) => group.fields.length).map(({ words, fields }) => ({ words, options: fields.map((one) => ({ value: one.name, words: pick(one, one.name) })) }));
  const make = () => ({ name: known[0]?.name ?? 'name', ...beginning(known[0]) });
  const put = (made) => change(asCondition({ ...read, ...made }));
  return html`<div class="condition">
    ${read?.rows.length > 1 ? html`<div class="prop"><${Select} label=${t('Joined by')} name="join" value=${read.join} change=${(join) => put({ join })} options=${[
        { value: 'and', words: t('all of these hold') }, { value: 'or', words: t('one of these holds') }]} /></div>` : null}
    ${read ? html`<${Rows} rows=${read.rows} change=${(rows) => put({ rows })} make=${make} add=${t('Condition')} row=${(one, putRow, index) => html`<${Row} ...${{ one, put: putRow, index, find, options }} />`} />` : null}
    <details class="condition-text folded" open=${!read}><summary>${t('As an expression')}</summary>
      <${Raw} ...${{ label, name, value, change }} hint=${read ? undefined : t('It is more than rows can say. It stays as it is.')} /></details></div>`;
}

function Row({ one, put, index, find, options }) {
  const field = find(one.name);
  const chosen = (name) => put({ name, ...beginning(find(name)) });
  const compared = (comparison) => put({ ...one, comparison, value: BARE.has(comparison) ? null : one.value ?? first(field) });
  return html`<${Select} label=${t('Field')} name=${`field-${index}`} value=${one.name} options=${options} change=${chosen} />
    <${Select} label=${t('Comparison')} name=${`comparison-${index}`} value=${one.comparison} options=${comparisons(field, one.comparison)} change=${compared} />
    ${BARE.has(one.comparison) ? null : html`<${Value} field=${field} value=${one.value} index=${index} change=${(value) => put({ ...one, value })} />`}`;
}

function Value({ field, value, index, change }) {
  const name = `value-${index}`;
  const number = NUMBERS.includes(field?.type) || typeof value === 'number';
  const typed = useTyped(value, (text) => change(number && text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text));
  const choices = typeof value === 'boolean' ? [{ value: true, th: t('yes'), en: t('yes') }, { value: false, th: t('no'), en: t('no') }] : field?.choices;
  if (choices?.length) {
    return html`<${Select} label=${t('Value')} name=${name} value=${String(value)} options=${choices.map((one) => ({ value: String(one.value), words: pick(one, String(one.value)) }))}
      change=${(given) => change(choices.find((one) => String(one.value) === given)?.value ?? given)} />`;
  }
  return html`<input type=${number ? 'number' : 'text'} step="any" aria-label=${t('Value')} name=${name} ...${typed} />`;
}

function beginning(field) {
  if (field?.type === 'boolean') return { comparison: 'yes', value: null };
  if (field?.type === 'array') return field.choices?.length ? { comparison: 'has', value: first(field) } : { comparison: 'filled', value: null };
  return FILES.includes(field?.widget) ? { comparison: 'filled', value: null } : { comparison: '==', value: first(field) };
}

function first(field) {
  if (field?.choices?.length) return field.choices[0].value;
  return NUMBERS.includes(field?.type) ? 0 : '';
}

function comparisons(field, now) {
  return [...new Set([...fitting(field), now])].map((value) => ({ value, words: t(COMPARISONS[value]) }));
}

function fitting(field) {
  if (!field) return Object.keys(COMPARISONS);
  if (field.type === 'boolean') return ['yes', 'no'];
  if (field.type === 'array') return field.choices?.length ? ['has', 'has not', 'filled', 'empty'] : ['filled', 'empty'];
  if (field.choices?.length) return ['==', '!=', 'filled', 'empty'];
  return FILES.includes(field.widget) ? ['filled', 'empty'] : SIZES;
}

// In words: “Does the province apply? is Not this year”; as it is written where rows cannot say it. `known`: the fields it may name.
export function saidCondition(text, known) {
  const read = readCondition(text);
  const said = ({ name, comparison, value }) => {
    const field = known.find((one) => one.name === name);
    const choice = field?.choices?.find((one) => one.value === value);
    const what = typeof value === 'boolean' ? t(value ? 'yes' : 'no') : pick(choice, String(value));
    return [`“${pick(field, name)}”`, t(COMPARISONS[comparison]), BARE.has(comparison) ? '' : `“${what}”`].filter(Boolean).join(' ');
  };
  return read ? read.rows.map(said).join(t(` ${read.join} `)) : text;
}

// What a condition may ask of: neither sealed, which nothing else reads, nor of parts of its own.
export function askable(field) {
  return !field.sealed && field.type !== 'object';
}
