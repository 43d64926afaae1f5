// What a form says about itself: its title, what stands above the fields, the button, what is shown beside.
import { html } from '@bpmn-io/diagram-js-ui';
import { Group, Rows, Text, Tick } from '../panel/fields.js';
import { keptOnTop, textOf, withKey, withText } from '../reading/form.js';
import { t } from '../words/words.js';
import { Kept, Pair } from './pair.js';

export function Top({ editor, form }) {
  const put = (made, typing) => editor.put(made, typing);
  const pair = (key) => form[key] && typeof form[key] === 'object' ? form[key] : { th: form[key] ?? '', en: '' };
  const putPair = (key) => (value, typing) => put(withKey(form, key, value.th || value.en ? { ...(typeof form[key] === 'object' ? form[key] : {}), ...value } : undefined), typing);
  return html`<${Group} title=${t('The form')} name="form-top">
    <${Pair} label=${t('Title')} name="title" value=${textOf(form, 'title')} change=${(value, typing) => put(withText(form, 'title', value), typing)} />
    <${Pair} label=${t('Instructions')} name="instructions" lines=${2} value=${pair('x-instructions')} change=${putPair('x-instructions')} hint=${t('Above the fields. May hold ${…}.')} />
    <${Pair} label=${t('The button')} name="submit" value=${pair('x-submit')} change=${putPair('x-submit')} hint=${t('Say what it does: “Hand in the plan”, not “Submit”.')} />
    <${Tick} label=${t('Show the answers once more before they are sent')} name="confirm" value=${form['x-confirm'] === true} change=${(on) => put(withKey(form, 'x-confirm', on || undefined))} /><//>
    <${Group} title=${t('Shown beside the form')} name="form-beside" shut>
      <${Rows} rows=${form['x-show'] ?? []} make=${() => ({ th: 'ข้อมูล', en: 'Facts', value: '' })} add=${t('Fact or papers')}
        change=${(rows) => put(withKey(form, 'x-show', rows.length ? rows : undefined))} row=${(one, putRow) => html`<${Shown} one=${one} put=${putRow} />`} />
      <${Pair} label=${t('Description')} name="description" lines=${2} value=${textOf(form, 'description')} change=${(value, typing) => put(withText(form, 'description', value), typing)} />
      <${Kept} list=${keptOnTop(form)} /><//>`;
}

function Shown({ one, put }) {
  return html`<${Pair} label=${t('Heading')} name="shown" value=${{ th: one.th ?? '', en: one.en ?? '' }} change=${(value) => put({ ...one, ...value })} committed />
    <${Text} code label=${t('Fact, as an expression')} name="shownValue" value=${one.value ?? ''} change=${(value) => put(withKey(one, 'value', value))} />
    <${Text} code label=${t('or papers of the category')} name="shownDocument" value=${one.document ?? ''} change=${(value) => put(withKey(one, 'document', value))} />`;
}
