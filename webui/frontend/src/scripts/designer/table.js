// A table of the pack (CSV) as rows and columns, over the text that is saved. Its columns are what handlers and forms ask for: they stay.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { IconButton } from './icon.js';
import { useTyped } from './panel/fields.js';
import { readRows, withCell, withRow, withoutRow } from './reading/table.js';
import { t } from './words/words.js';

const MOST = 1000; // rows; of more the text comes first

export function table({ box, read, write, locked }) {
  let wish = null;
  const draw = () => {
    const rows = readRows(read());
    render(rows?.length ? html`<${Whole} rows=${rows} ...${{ locked, put, insert, remove }} />` : html`<p class="form-unread" role="alert">${t('The text cannot be read as a table. Mend it as text, or undo.')}</p>`, box);
    const found = wish;
    wish = null;
    if (found) requestAnimationFrame(() => box.querySelector(found)?.focus());
  };
  const change = (make) => { const text = read(); write(make(text, readRows(text))); draw(); };
  const put = (row, column, value) => change((text, rows) => withCell(text, rows, row, column, value));
  const insert = (after, cells) => { wish = cell(after + 1, 0); change((text, rows) => withRow(text, rows, after, cells)); };
  const remove = (row) => { wish = '[data-add-row]'; change((text, rows) => withoutRow(text, rows, row)); };
  return { draw, first: (readRows(read()) ?? []).length > MOST ? 'text' : 'table' };
}

function cell(row, column) {
  return `[data-cell="${row}/${column}"]`;
}

function Whole({ rows, locked, put, insert, remove }) {
  const [{ cells: columns }, ...others] = rows;
  return html`<fieldset class="decisions" disabled=${locked}><div class="decision-scroll" tabindex="0" role="region" aria-label=${t('Table')}>
    <table class="decision-table is-plain"><thead><tr><th scope="col" class="rule-number"><span class="unseen">${t('Row')}</span></th>
      ${columns.map((name) => html`<th scope="col"><code>${name}</code></th>`)}<th scope="col"><span class="unseen">${t('What can be done with the row')}</span></th></tr></thead>
      <tbody>${others.map(({ cells }, index) => html`<${Row} key=${index} ...${{ columns, cells, put, insert, remove }} row=${index + 1} />`)}</tbody></table></div>
    <div class="decision-more"><button type="button" class="add-row" data-add-row onClick=${() => insert(others.length, columns.map(() => ''))}>+ ${t('Row')}</button></div></fieldset>`;
}

function Row({ columns, cells, row, put, insert, remove }) {
  return html`<tr><th scope="row" class="rule-number">${row}</th>
    ${columns.map((name, column) => html`<td key=${column}><${Cell} label=${t('Row {n}, {label}', { n: row, label: name })} at=${`${row}/${column}`} value=${cells[column] ?? ''} change=${(value) => put(row, column, value)} /></td>`)}
    <td class="rule-tools"><span class="field-tools"><${IconButton} name="copy" words=${t('Duplicate row {n}', { n: row })} onClick=${() => insert(row, cells)} />
      <${IconButton} name="remove" words=${t('Remove row {n}', { n: row })} onClick=${() => remove(row)} /></span></td></tr>`;
}

function Cell({ label, at, value, change }) {
  const given = (text) => { if (text !== value) change(text); };
  const key = (event) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    event.target.blur();
  };
  return html`<textarea rows="1" class="cell" aria-label=${label} title=${label} data-cell=${at} ...${useTyped(value, given)} onKeyDown=${key}></textarea>`;
}
