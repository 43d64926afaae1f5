// What can be changed of one field, or of a column of a table.
import { html } from '@bpmn-io/diagram-js-ui';
import { Amount, Choice, Rows, Text, Tick } from '../panel/fields.js';
import { Condition, askable } from '../panel/condition.js';
import { FILES, choice, choicesOf, defaultOf, factsOf, keptOf, kindOf, nameFrom, textOf, validName, withChoices, withDefault, withKey, withKind, withOptions, withText } from '../reading/form.js';
import { english, t } from '../words/words.js';
import { kindOptions } from './kinds.js';
import { Kept, Pair } from './pair.js';

export function FieldParts({ editor, form, name, field }) {
  const put = (made, typing) => editor.putField(name, made, typing);
  const required = form.required?.includes(name) ?? false;
  const require = (on) => editor.put({ ...form, required: on ? [...(form.required ?? []), name] : form.required.filter((one) => one !== name) });
  const taken = Object.keys(form.properties).filter((one) => one !== name);
  const rename = (to) => (to !== name && validName(to) && !taken.includes(to) ? editor.rename(name, to) : editor.draw());
  // A name that nothing runs by yet follows the English title.
  const title = (value, typing) => {
    const follows = !editor.before.includes(name) && /^(new_field|field)(_\d+)?$/.test(name);
    put(withText(field, 'title', value), typing);
    if (!typing && follows && value.en && value.en !== 'New field') editor.rename(name, nameFrom(value.en, taken));
  };
  return html`<${Pair} label=${t('Title')} name="title" value=${textOf(field, 'title')} change=${title} />
    <div class="prop-row is-kind"><${Kind} field=${field} put=${put} />
      <${Text} code label=${t('Name (variable)')} name="fieldName" value=${name} change=${rename} suggestions=${editor.choices.variables.map((one) => ({ value: one.name, words: english ? one.en : one.th }))} /></div>
    ${editor.before.includes(name) ? html`<p class="prop-hint">${t('What runs already keeps its values under this name: renaming it here does not rename them there.')}</p>` : null}
    <${Tick} label=${t('Must be filled in')} name="required" value=${required} change=${require} />
    <${Pair} label=${t('Hint under the title')} name="hint" value=${textOf(field, 'description')} change=${(value, typing) => put(withText(field, 'description', value), typing)} />
    <${OfKind} field=${field} put=${put} />
    <${When} ...${{ editor, form, name, field, put }} />
    <${Text} code label=${t('Starts with')} name="default" value=${defaultOf(field)} change=${(value) => put(withDefault(field, value))} />
    <${Tick} label=${t('Can be read, not changed')} name="readOnly" value=${field.readOnly === true} change=${(on) => put(withKey(field, 'readOnly', on || undefined))} />
    <${Kept} list=${keptOf(field)} />`;
}

// Asked always, or by what stands in the form's other fields and in what is known before it.
function When({ editor, form, name, field, put }) {
  const others = factsOf(form).filter((one) => one.name !== name && askable(one));
  const before = editor.choices.variables.filter((one) => !form.properties[one.name] && askable(one));
  const groups = [{ words: t('This form'), fields: others }, { words: t('Other data'), fields: before }];
  const value = typeof field['x-visible'] === 'string' ? field['x-visible'] : '';
  return html`<fieldset class="prop is-when"><legend class="prop-label">${t('Asked only when')}</legend>
    ${value ? null : html`<p class="prop-hint">${t('Without a condition it is always asked.')}</p>`}
    <${Condition} ...${{ value, groups }} name="visible" label=${t('Condition')} change=${(given) => put(withKey(field, 'x-visible', given))} /></fieldset>`;
}

function Kind({ field, put, column }) {
  const kind = kindOf(field);
  return html`<${Choice} label=${t('Kind')} name="kind" value=${kind ?? ''} empty=${kind ? undefined : t('Another kind')} options=${kindOptions(column)} change=${(to) => to && put(withKind(field, to))} />`;
}

// What belongs to its kind.
function OfKind({ field, put, column }) {
  const kind = kindOf(field);
  const amount = (key, label, more = {}) => html`<${Amount} key=${key} label=${label} name=${key} value=${field[key]} min=${0} change=${(value) => put(withKey(field, key, value === '' ? undefined : Number(value)))} ...${more} />`;
  if (['text', 'long', 'email'].includes(kind)) return html`<div class="prop-row is-amounts">${amount('minLength', t('Characters, at least'))}${amount('maxLength', t('Characters, at most'))}</div>`;
  if (['number', 'whole', 'score'].includes(kind)) return html`<div class="prop-row is-amounts">${amount('minimum', t('At least'), { min: undefined })}${amount('maximum', t(kind === 'score' ? 'Out of' : 'At most'), { min: undefined })}</div>`;
  const items = html`<div class="prop-row is-amounts">${amount('minItems', t(kind === 'table' ? 'Rows, at least' : 'How many, at least'))}${amount('maxItems', t(kind === 'table' ? 'Rows, at most' : 'How many, at most'))}</div>`;
  if (kind === 'one') return html`${column ? null : html`<${Look} field=${field} put=${put} />`}<${Choices} field=${field} put=${put} />`;
  if (kind === 'several') return html`<${Choices} field=${field} put=${put} />${items}`;
  if (kind === 'file' || kind === 'files') return html`<${Paper} field=${field} put=${put} />${kind === 'files' ? items : null}`;
  return kind === 'table' ? html`<${Columns} field=${field} put=${put} />${items}` : null;
}

function Look({ field, put }) {
  return html`<${Choice} label=${t('Chosen from')} name="look" value=${field['x-widget'] === 'radio' ? 'radio' : 'select'} change=${(value) => put({ ...field, 'x-widget': value })}
    options=${[{ value: 'radio', words: t('buttons, all in sight') }, { value: 'select', words: t('a list that opens') }]} />`;
}

function Choices({ field, put }) {
  const computed = field['x-options'] !== undefined;
  const from = (way) => put(way === 'computed' ? withOptions(field, "${table('provinces.csv')}") : withChoices(field, [choice('first', 'ตัวเลือกแรก', 'First choice')]));
  const list = choicesOf(field);
  const add = () => { const values = list.map((one) => String(one.const)); return choice(nameFrom('choice', values), 'ตัวเลือกใหม่', 'New choice'); };
  return html`<${Choice} label=${t('Choices')} name="choicesFrom" value=${computed ? 'computed' : 'own'} change=${from} options=${[{ value: 'own', words: t('the list below') }, { value: 'computed', words: t('computed: a table, people, a variable') }]} />
    ${computed ? html`<${Text} code label=${t('Choices, as an expression')} name="options" value=${typeof field['x-options'] === 'string' ? field['x-options'] : JSON.stringify(field['x-options'])} change=${(value) => put({ ...field, 'x-options': value })}
      hint=${t("For instance ${table('provinces.csv')} or ${people('opdc')}.")} />`
    : html`<div class="choice-rows"><${Rows} rows=${list} make=${add} add=${t('Choice')} change=${(rows) => put(withChoices(field, rows))} row=${(one, putOne, index) => html`<${OneChoice} one=${one} put=${putOne} index=${index} />`} /></div>`}`;
}

function OneChoice({ one, put, index }) {
  const value = (text) => put({ ...one, const: typeof one.const === 'number' && text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text });
  const { th, en } = textOf(one, 'title');
  return html`<${Text} code label=${t('Value')} name=${`choice-${index}-value`} value=${String(one.const)} change=${value} />
    <${Text} label=${t('Thai')} lang="th" name=${`choice-${index}-th`} value=${th} change=${(text) => put(withText(one, 'title', { th: text, en }))} />
    <${Text} label=${t('English')} lang="en" name=${`choice-${index}-en`} value=${en} change=${(text) => put(withText(one, 'title', { th, en: text }))} />`;
}

function Paper({ field, put }) {
  const paper = field['x-document'] ?? {};
  const set = (key, value) => put({ ...field, 'x-document': withKey(paper, key, value) });
  const kinds = paper.kinds ?? FILES;
  const tick = (kind) => (event) => set('kinds', FILES.filter((one) => (one === kind ? event.target.checked : kinds.includes(one))));
  return html`<fieldset class="prop is-kinds"><legend class="prop-label">${t('Files that are taken')}</legend>
      ${FILES.map((kind) => html`<label><input type="checkbox" name=${`kind-${kind}`} checked=${kinds.includes(kind)} onChange=${tick(kind)} /> ${kind.toUpperCase()}</label>`)}</fieldset>
    <div class="prop-row is-amounts"><${Amount} label=${t('MB, at most')} name="maxMb" min=${1} placeholder="20" value=${paper.max_mb} change=${(value) => set('max_mb', value === '' ? undefined : Number(value))} />
      <${Text} code label=${t('Category')} name="category" value=${paper.category} change=${(value) => set('category', value)} /></div>
    <div class="prop-row"><${Text} code label=${t('Unit')} name="unit" value=${paper.unit} change=${(value) => set('unit', value)} />
      <${Text} code label=${t('Deliverable')} name="deliverable" value=${paper.deliverable} change=${(value) => set('deliverable', value)} /></div>`;
}

function Columns({ field, put }) {
  const items = field.items ?? { type: 'object', properties: {} };
  const list = Object.entries(items.properties ?? {});
  const required = items.required ?? [];
  const change = (rows) => {
    const kept = rows.filter(Boolean).map(([name]) => name);
    const needed = rows.filter(([, , needs]) => needs).map(([name]) => name);
    put({ ...field, items: withKey({ ...items, properties: Object.fromEntries(rows.map(([name, column]) => [name, column])) }, 'required', needed.length || items.required ? needed.filter((one) => kept.includes(one)) : undefined) });
  };
  const make = () => [nameFrom('column', list.map(([name]) => name)), { type: 'string', title: 'คอลัมน์ใหม่', 'x-en': { title: 'New column' } }, false];
  return html`<div class="prop"><span class="prop-label">${t('Columns')}</span>
    <${Rows} rows=${list.map(([name, column]) => [name, column, required.includes(name)])} make=${make} add=${t('Column')} change=${change}
      row=${([name, column, needs], putOne) => html`<${Column} ...${{ name, column, needs }} put=${putOne} taken=${list.map(([one]) => one).filter((one) => one !== name)} />`} /></div>`;
}

function Column({ name, column, needs, put, taken }) {
  const set = (made) => put([name, made, needs]);
  const rename = (to) => (validName(to) && !taken.includes(to) ? put([to, column, needs]) : undefined);
  return html`<${Pair} committed label=${t('Title')} name=${`column-${name}`} value=${textOf(column, 'title')} change=${(value) => set(withText(column, 'title', value))} />
    <div class="prop-row"><${Kind} column field=${column} put=${set} /><${Text} code label=${t('Name')} name=${`column-${name}-name`} value=${name} change=${rename} /></div>
    <${OfKind} column field=${column} put=${set} />
    <${Tick} label=${t('Must be filled in')} name=${`column-${name}-required`} value=${needs} change=${(on) => put([name, column, on])} />
    <${Kept} list=${keptOf(column)} />`;
}
