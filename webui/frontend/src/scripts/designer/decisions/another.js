// Another decision in the same file, and taking one away.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { Text } from '../panel/fields.js';
import { Pair } from '../forms/pair.js';
import { pick, t } from '../words/words.js';

const KEY = /^[A-Za-z_][\w.-]{0,63}$/;

export function Another({ editor, decision, decisions }) {
  const [open, setOpen] = useState(false);
  const [key, setKey] = useState('');
  const [names, setNames] = useState({ th: '', en: '' });
  const taken = decisions.some((one) => one.key === key);
  const add = () => {
    editor.putFile((file) => file.addDecision(key, names), key);
    setOpen(false);
    setKey('');
    setNames({ th: '', en: '' });
    editor.focus('.decision-table .column-label');
  };
  const remove = () => editor.putFile((file) => file.removeDecision(file.decisions.find((one) => one.key === decision.key)), decisions.find((one) => one.key !== decision.key).key);
  return html`<details class="another folded" open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>${t('Another decision in this file')}</summary>
      <div class="another-body"><${Pair} label=${t('Name')} name="another" value=${names} change=${setNames} />
      <${Text} code label=${t('Key')} name="anotherKey" value=${key} change=${setKey} live=${setKey} hint=${t('English letters, digits, _ . and -. Diagrams ask it by this.')} />
      ${taken ? html`<p class="prop-wrong" role="alert">${t('A decision of this file has this key.')}</p>` : null}
      <p><button type="button" class="button small" data-add-decision disabled=${taken || !KEY.test(key) || !(names.th || names.en)} onClick=${add}>${t('Add the decision')}</button></p></div></details>
    ${decisions.length > 1 ? html`<p><button type="button" class="link-button" data-remove-decision onClick=${remove}>${t('Remove the decision “{name}”', { name: pick(decision.names, decision.key) })}</button></p>` : null}`;
}
