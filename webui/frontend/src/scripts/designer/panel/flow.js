// When a path is taken: rows "field – comparison – value" about the form before, or an expression.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Group, Raw, Rows, Select, Tick, useTyped } from './fields.js';
import { BARE, asCondition, readCondition } from '../reading/condition.js';
import { english, t } from '../words/words.js';

const COMPARISONS = { '==': 'is', '!=': 'is not', '>': 'is more than', '>=': 'is at least', '<': 'is less than', '<=': 'is at most', filled: 'is filled in', empty: 'is empty', yes: 'is yes', no: 'is no' };

export function Flow({ subject }) {
  const { object } = subject;
  const source = object.sourceRef;
  if (!isAny(source, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway', 'bpmn:Activity'])) return null;
  const otherwise = source.default === object;
  const put = (body) => subject.setPart('conditionExpression', 'bpmn:FormalExpression', body ? { body } : null);
  const turn = (on) => {
    subject.modeling.updateProperties(source === subject.element.source?.businessObject ? subject.element.source : subject.element, { default: on ? object : undefined });
  };
  return html`<${Group} title=${t('When this path is taken')} name="flow">
    <${Tick} label=${t('When no other is')} name="default" value=${otherwise} change=${turn} />
    ${otherwise ? null : html`<${Condition} subject=${subject} value=${object.conditionExpression?.body} change=${put} />`}<//>`;
}

export function Condition({ subject, value, change }) {
  const [text, asText] = useState(false);
  const read = value ? readCondition(value) : { join: 'and', rows: [] };
  if (text || !read) {
    return html`<${Raw} label=${t('Condition')} name="condition" value=${value} change=${change} />
      ${read ? html`<button type="button" class="link-button" onClick=${() => asText(false)}>${t('As choices')}</button>` : null}`;
  }
  const fields = fieldsOf(subject);
  const make = () => ({ name: fields[0]?.options[0]?.value ?? 'name', ...beginning(find(subject, fields[0]?.options[0]?.value)) });
  return html`
    ${read.rows.length > 1 ? html`<div class="prop"><${Select} label=${t('Joined by')} name="join" value=${read.join} change=${(join) => change(asCondition({ ...read, join }))} options=${[
        { value: 'and', words: t('all of these hold') }, { value: 'or', words: t('one of these holds') }]} /></div>` : null}
    <${Rows} rows=${read.rows} change=${(rows) => change(asCondition({ ...read, rows }))} make=${make} add=${t('Condition')} row=${(one, put, index) => html`<${Row} ...${{ one, put, index, subject, fields }} />`} />
    ${value ? html`<p class="prop-said is-code">${value}</p>` : null}
    <button type="button" class="link-button" onClick=${() => asText(true)}>${t('As an expression')}</button>`;
}

function Row({ one, put, index, subject, fields }) {
  const field = find(subject, one.name);
  const chosen = (name) => put({ name, ...beginning(find(subject, name)) });
  const compared = (comparison) => put({ ...one, comparison, value: BARE.has(comparison) ? null : one.value ?? first(field) });
  return html`<${Select} label=${t('Field')} name=${`field-${index}`} value=${one.name} options=${fields} change=${chosen} />
    <${Select} label=${t('Comparison')} name=${`comparison-${index}`} value=${one.comparison} options=${comparisons(field, one.comparison)} change=${compared} />
    ${BARE.has(one.comparison) ? null : html`<${Value} field=${field} value=${one.value} index=${index} change=${(value) => put({ ...one, value })} />`}`;
}

function Value({ field, value, index, change }) {
  const name = `value-${index}`;
  const number = ['number', 'integer'].includes(field?.type) || typeof value === 'number';
  const typed = useTyped(value, (text) => change(number && text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text));
  if (field?.choices?.length) {
    return html`<${Select} label=${t('Value')} name=${name} value=${value} options=${field.choices.map((one) => ({ value: one.value, words: title(one) || one.value }))}
      change=${(given) => change(field.choices.find((one) => String(one.value) === given)?.value ?? given)} />`;
  }
  return html`<input type=${number ? 'number' : 'text'} step="any" aria-label=${t('Value')} name=${name} ...${typed} />`;
}

// The fields of the forms before it first, then all others there are.
function fieldsOf(subject) {
  const near = subject.formsBefore().map((key) => subject.choices.forms.find((one) => one.key === key)).filter(Boolean);
  const groups = near.map((form) => ({ words: title(form), options: form.fields.filter(simple).map((one) => ({ value: one.name, words: title(one) || one.name })) }));
  const told = new Set(groups.flatMap((group) => group.options.map((one) => one.value)));
  const rest = subject.choices.variables.filter((one) => !told.has(one.name) && simple(one));
  if (rest.length) groups.push({ words: t('Other data'), options: rest.map((one) => ({ value: one.name, words: title(one) || one.name })) });
  return groups.filter((group) => group.options.length);
}

function find(subject, name) {
  for (const key of subject.formsBefore()) {
    const found = subject.choices.forms.find((one) => one.key === key)?.fields.find((one) => one.name === name);
    if (found) return found;
  }
  return subject.choices.forms.flatMap((one) => one.fields).find((one) => one.name === name) ?? subject.choices.variables.find((one) => one.name === name);
}

function simple(field) {
  return !field.sealed && field.type !== 'object';
}

function beginning(field) {
  if (field?.type === 'boolean') return { comparison: 'yes', value: null };
  if (field?.type === 'array') return { comparison: 'filled', value: null };
  return { comparison: '==', value: first(field) };
}

function first(field) {
  if (field?.choices?.length) return field.choices[0].value;
  return ['number', 'integer'].includes(field?.type) ? 0 : '';
}

function comparisons(field, now) {
  const fitting = field?.type === 'boolean' ? ['yes', 'no'] : field?.type === 'array' ? ['filled', 'empty']
    : field?.choices?.length ? ['==', '!=', 'filled', 'empty'] : ['number', 'integer'].includes(field?.type) ? ['==', '!=', '>', '>=', '<', '<='] : Object.keys(COMPARISONS);
  return [...new Set([...fitting, now])].map((value) => ({ value, words: t(COMPARISONS[value]) }));
}

function title(one) {
  return english ? one.en || one.th : one.th || one.en;
}
