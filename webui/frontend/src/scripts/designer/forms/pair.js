// A text in both languages, side by side; and what is kept as it is.
import { html } from '@bpmn-io/diagram-js-ui';
import { Text } from '../panel/fields.js';
import { t } from '../words/words.js';

// `change({th, en}, typing)`: at every key, and when it is left; `committed`: only then
export function Pair({ label, name, value, change, lines, hint, committed }) {
  const one = (lang, words) => {
    const put = (text, typing) => change({ ...value, [lang]: text }, typing);
    return html`<${Text} label=${words} lang=${lang} lines=${lines} name=${`${name}-${lang}`} value=${value[lang]} change=${(text) => put(text, false)} live=${committed ? undefined : (text) => put(text, true)} />`;
  };
  return html`<div class="prop-pair">${one('th', t('{label}, Thai', { label }))}${one('en', t('{label}, English', { label }))}${hint ? html`<p class="prop-hint">${hint}</p>` : null}</div>`;
}

export function Kept({ list }) {
  if (!list.length) return null;
  return html`<div class="prop kept-keywords"><span class="prop-label">${t('Kept as it is')}</span>
    <dl>${list.map(({ name, value }) => html`<div><dt><code>${name}</code></dt><dd><code>${JSON.stringify(value)}</code></dd></div>`)}</dl>
    <p class="prop-hint">${t('Changed as text, where it has to be.')}</p></div>`;
}
