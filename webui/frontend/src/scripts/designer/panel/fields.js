// The controls of the panel. Each says its words above, and gives back its value when it is left or changed, not at every key.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { t } from '../words/words.js';

// Preact's own `useId` begins again in each part of a page that is drawn by itself: two controls would have one id, and a label would lead to the wrong one.
let controls = 0;
export function useOwnId() {
  return useState(() => `control-${++controls}`)[0];
}

export function Field({ label, hint, id, children }) {
  return html`<div class="prop"><label class="prop-label" for=${id}>${label}</label>${children}${hint ? html`<p class="prop-hint">${hint}</p>` : null}</div>`;
}

// What is being typed belongs to whoever types: drawing the panel again does not take it away. It is given back when the field is left.
// `live` is told at every key.
export function useTyped(value, change, live) {
  const [typed, type] = useState(null);
  return {
    value: typed ?? value ?? '',
    onInput: (event) => { type(event.target.value); live?.(event.target.value); },
    onChange: (event) => { type(null); change(event.target.value.trim()); },
  };
}

// `lines`: how many; `code`: an expression; `suggestions`: [value] or [{value, words}]
export function Text({ label, hint, value, change, live, lines, code, suggestions, placeholder, lang, name }) {
  const id = useOwnId();
  const shared = {
    id, name, lang, placeholder, class: code ? 'is-code' : '', spellcheck: code ? 'false' : undefined, ...useTyped(value, change, live),
  };
  const control = lines
    ? html`<textarea rows=${lines} ...${shared} onKeyDown=${enterIsDone}></textarea>`
    : html`<input type="text" autocomplete="off" ...${shared} list=${suggestions && `${id}-list`} onKeyDown=${enterIsDone} />`;
  return html`<${Field} label=${label} hint=${hint} id=${id}>${control}
    ${suggestions ? html`<datalist id=${`${id}-list`}>${suggestions.map((one) => html`<option value=${one.value ?? one}>${one.words ?? ''}</option>`)}</datalist>` : null}<//>`;
}

// Enter takes what was written in a field of one line, and in one of many with Ctrl or ⌘.
function enterIsDone(event) {
  if (event.key === 'Enter' && (event.target.tagName === 'INPUT' || event.ctrlKey || event.metaKey)) event.target.blur();
}

export function Amount({ label, hint, value, change, min = 0, placeholder, name }) {
  const id = useOwnId();
  return html`<${Field} label=${label} hint=${hint} id=${id}>
    <input type="number" class="is-short" ...${{ id, name, min, placeholder }} ...${useTyped(value, change)} onKeyDown=${enterIsDone} /><//>`;
}

// `options`: [{value, words}] or [{words, options}]. A value that is none of them stays, as itself.
export function Choice({ label, hint, value, options, change, empty, name }) {
  const id = useOwnId();
  return html`<${Field} label=${label} hint=${hint} id=${id}><${Select} ...${{ id, name, value, options, change, empty }} /><//>`;
}

export function Select({ id, name, value, options, change, empty, label }) {
  const flat = options.flatMap((one) => one.options ?? [one]);
  const strange = value && !flat.some((one) => String(one.value) === String(value));
  return html`<select id=${id} name=${name} aria-label=${label} value=${value ?? ''} onChange=${(event) => change(event.target.value)}>
    ${empty !== undefined ? html`<option value="">${empty}</option>` : null}
    ${options.map((one) => one.options
      ? html`<optgroup label=${one.words}>${one.options.map(option)}</optgroup>` : option(one))}
    ${strange ? html`<option value=${value}>${value}</option>` : null}</select>`;
}

function option({ value, words }) {
  return html`<option value=${value}>${words}</option>`;
}

export function Tick({ label, hint, value, change, name }) {
  const id = useOwnId();
  return html`<div class="prop is-tick"><input type="checkbox" id=${id} name=${name} checked=${Boolean(value)} onChange=${(event) => change(event.target.checked)} />
    <label for=${id}>${label}${hint ? html`<span class="prop-hint">${hint}</span>` : null}</label></div>`;
}

// A part of the panel that opens and closes; it remembers which, for the kind of thing it tells.
const closed = new Map();
export function Group({ title, name, filled, shut = false, children }) {
  const [open, setOpen] = useState(closed.has(name) ? !closed.get(name) : !shut || filled);
  const toggle = (event) => { closed.set(name, !event.currentTarget.open); setOpen(event.currentTarget.open); };
  return html`<details class="panel-group" open=${open} onToggle=${toggle} data-group=${name}>
    <summary>${title}${filled && !open ? html`<span class="panel-group-filled"><span class="unseen">${t('filled in')}</span></span>` : null}</summary>
    <div class="panel-group-body">${children}</div></details>`;
}

// A list of like things: each with its fields, one more, one less.
export function Rows({ rows, change, make, add, row, removing }) {
  const put = (index, value) => change(rows.map((old, at) => (at === index ? value : old)));
  return html`<div class="rows">
    ${rows.map((one, index) => html`<div class="rows-one">
      <div class="rows-fields">${row(one, (value) => put(index, value), index)}</div>
      <button type="button" class="icon-button" title=${removing ?? t('Remove')} aria-label=${removing ?? t('Remove')} onClick=${() => change(rows.filter((_old, at) => at !== index))}>×</button></div>`)}
    <button type="button" class="add-row" onClick=${() => change([...rows, make()])}>+ ${add}</button></div>`;
}

export function Raw({ label, value, change, hint, suggestions, name }) {
  return html`<${Text} code lines=${suggestions ? 0 : 2} ...${{ label, value, change, name, suggestions }} hint=${hint ?? t('An expression, as it stands in the file.')} />`;
}
