// One decision table: its hit policy in words, its columns, its rules; what is wrong stands at its cell.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { IconButton } from '../icon.js';
import { Choice, Select, Text, useTyped } from '../panel/fields.js';
import { POLICIES, TYPES, setText, textOf } from '../reading/dmn.js';
import { english, pick, t } from '../words/words.js';

const POLICY_WORDS = {
  UNIQUE: 'At most one rule matches', FIRST: 'The first rule that matches', ANY: 'Several may match, if they say the same', PRIORITY: 'The match whose result stands first in its list',
  COLLECT: 'All that match, as a list', 'COLLECT SUM': 'All that match: their sum', 'COLLECT MIN': 'All that match: the least', 'COLLECT MAX': 'All that match: the most', 'COLLECT COUNT': 'All that match: how many',
  'RULE ORDER': 'All that match, in the order of the table', 'OUTPUT ORDER': 'All that match, in the order of their result’s list',
};
const TYPE_WORDS = { string: 'text', number: 'number', boolean: 'yes or no', date: 'date', time: 'time', dateTime: 'date and time' };
const SIDES = ['input', 'output', 'annotation'];
const SIDE_WORDS = { input: 'If', output: 'Then', annotation: 'Note' };

export function DecisionTable({ editor, table, decision }) {
  const columns = SIDES.flatMap((side) => table.columns(side).map((column, index) => ({ side, index, facts: table.facts(side, column), at: `/${side}s/${index}` })));
  const wrongAt = new Map(editor.findings.filter((one) => one.element === decision.key && one.field).map((one) => [one.field, one]));
  const put = (change) => editor.put((one) => change(one.table));
  return html`<div class="decision-policy"><${Choice} label=${t('Which rules count')} name="policy" value=${table.policy} change=${(value) => put((now) => { now.policy = value; })}
      options=${POLICIES.map((value) => ({ value, words: t(POLICY_WORDS[value]) }))} /></div>
    <div class="decision-scroll" tabindex="0" role="region" aria-label=${pick(decision.names, decision.key)}>
    <table class="decision-table"><thead><tr><th scope="col" class="rule-number"><span class="unseen">${t('Rule')}</span></th>
      ${columns.map((column) => html`<${Head} key=${`${column.side}-${column.index}`} ...${{ editor, table, put, wrongAt }} ...${column} />`)}
      <th scope="col" class="rule-remark">${t('Remark')}</th><th scope="col"><span class="unseen">${t('What can be done with the rule')}</span></th></tr></thead>
      <tbody>${table.rules.map((rule, row) => html`<${Rule} key=${rule.id || row} ...${{ editor, table, rule, row, columns, put, wrongAt }} />`)}</tbody></table></div>
    <div class="decision-more"><button type="button" class="add-row" data-add-rule onClick=${() => { put((now) => now.addRule()); editor.focus(`[data-cell="/rules/${table.rules.length}/inputs/0"]`); }}>+ ${t('Rule')}</button>
      <button type="button" class="add-row" data-add-input onClick=${() => put((now) => now.addColumn('input'))}>+ ${t('Condition column')}</button>
      <button type="button" class="add-row" data-add-output onClick=${() => put((now) => now.addColumn('output'))}>+ ${t('Result column')}</button></div>`;
}

function Head({ editor, table, put, wrongAt, side, index, facts, at }) {
  const [open, setOpen] = useState(false);
  const change = (fact) => (value) => put((now) => now.setFact(side, now.columns(side)[index], fact, value));
  const count = table.columns(side).length;
  const move = (by) => { put((now) => now.moveColumn(side, index, by)); };
  const wrong = [`${at}/expression`, `${at}/values`, `${at}/default`].map((place) => wrongAt.get(place)).filter(Boolean);
  const label = called(facts);
  const shown = english && facts.english ? 'english' : 'label';
  return html`<th scope="col" class="is-${side}"><span class="column-side">${t(SIDE_WORDS[side])}</span>
    <${Cell} label=${t('Heading')} name=${`${side}-${index}-label`} value=${facts[shown]} change=${change(shown)} class="column-label" />
    ${side === 'annotation' ? null : html`<${Cell} code label=${t(side === 'input' ? 'What is looked at (variable)' : 'Name of the result')} name=${`${side}-${index}-name`} at=${`${at}/expression`} value=${facts.name} change=${change('name')} wrong=${wrong[0]} />
      <button type="button" class="link-button column-open" aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>${facts.type ? t(TYPE_WORDS[facts.type] ?? facts.type) : t('of any kind')}<span class="unseen"> ${t('Column {label}', { label })}</span></button>`}
    ${open ? html`<div class="column-body"><${Text} label=${t('Heading in Thai')} lang="th" name=${`${side}-${index}-label-th`} value=${facts.label} change=${change('label')} />
      <${Text} label=${t('Heading in English')} lang="en" name=${`${side}-${index}-label-en`} value=${facts.english} change=${change('english')} /><${Select} label=${t('Kind')} name=${`${side}-${index}-type`} value=${facts.type} empty=${t('of any kind')} options=${TYPES.map((value) => ({ value, words: t(TYPE_WORDS[value]) }))} change=${change('type')} />
      <${Cell} code label=${t('Values it may have')} name=${`${side}-${index}-values`} placeholder=${t('any value')} value=${facts.values} change=${change('values')} />
      <span class="field-tools"><${IconButton} name="arrow-left" words=${t('Column to the left')} disabled=${index === 0} onClick=${() => move(-1)} /><${IconButton} name="arrow-right" words=${t('Column to the right')} disabled=${index === count - 1} onClick=${() => move(1)} />
        <${IconButton} name="remove" words=${t('Remove the column')} disabled=${side === 'output' && count === 1} onClick=${() => put((now) => now.removeColumn(side, index))} /></span></div>` : null}</th>`;
}

// A column in the reader's words.
function called(facts) {
  return pick({ th: facts.label, en: facts.english }, facts.name);
}

function Rule({ editor, table, rule, row, columns, put, wrongAt }) {
  const matched = editor.matched?.includes(row + 1);
  const n = row + 1;
  const refocus = (to, act) => editor.focus(`[data-rule="${to}"] [data-act-rule="${act}"]`);
  const move = (by) => { put((now) => now.moveRule(row, by)); refocus(row + by, by < 0 ? 'up' : 'down'); };
  return html`<tr class=${matched ? 'is-matched' : ''} data-rule=${row}><th scope="row" class="rule-number">${n}${matched ? html`<span class="rule-matched">${t('matches')}</span>` : null}</th>
    ${columns.map(({ side, index, facts }) => {
      const cell = table.cells(rule, side)[index];
      if (!cell) return html`<td></td>`;
      const at = `/rules/${row}/${side}s/${index}`;
      const text = textOf(cell);
      const set = (value) => put((now) => setText(now.file, now.cells(now.rules[row], side)[index], side === 'input' ? value || '-' : value));
      return html`<td class="is-${side}" key=${`${side}-${index}`}><${Cell} code=${side !== 'annotation'} ...${{ at, change: set, wrong: wrongAt.get(at) }} value=${side === 'input' && text === '-' ? '' : text}
        placeholder=${side === 'input' ? t('any value') : ''} label=${t('Rule {n}, {label}', { n, label: called(facts) })} down=${() => editor.focus(`[data-cell="/rules/${row + 1}/${side}s/${index}"]`)} /></td>`;
    })}
    <td class="rule-remark"><${Cell} label=${t('Rule {n}, {label}', { n, label: t('Remark') })} at=${`/rules/${row}/remark`} value=${table.remark(rule)} change=${(value) => put((now) => now.setRemark(now.rules[row], value))} /></td>
    <td class="rule-tools"><span class="field-tools">
      <${IconButton} name="up" words=${t('Rule {n} up', { n })} data-act-rule="up" disabled=${row === 0} onClick=${() => move(-1)} />
      <${IconButton} name="down" words=${t('Rule {n} down', { n })} data-act-rule="down" disabled=${row === table.rules.length - 1} onClick=${() => move(1)} />
      <${IconButton} name="copy" words=${t('Duplicate rule {n}', { n })} data-act-rule="copy" onClick=${() => { put((now) => now.duplicateRule(row)); refocus(row + 1, 'copy'); }} />
      <${IconButton} name="remove" words=${t('Remove rule {n}', { n })} data-act-rule="remove" onClick=${() => { put((now) => now.removeRule(row)); editor.focus('[data-add-rule]'); }} /></span></td></tr>`;
}

// A cell is as high as what is in it. Enter takes it and goes one down, Shift+Enter is a new line.
function Cell({ label, value, change, at, name, wrong, code, placeholder, down, ...more }) {
  const given = (text) => { if (text !== value) change(text); };
  const key = (event) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    event.target.blur();
    down?.();
  };
  return html`<textarea rows="1" aria-label=${label} title=${wrong ? undefined : label} class=${`cell ${code ? 'is-code' : ''} ${more.class ?? ''}`} spellcheck=${code ? 'false' : undefined} data-cell=${at} name=${name} placeholder=${placeholder}
      aria-invalid=${wrong ? 'true' : undefined} ...${useTyped(value, given)} onKeyDown=${key}></textarea>${wrong ? html`<p class="prop-wrong">${reason(wrong)}</p>` : null}`;
}

// At the cell one knows where one is: the place, which a finding begins with, is left out.
function reason(wrong) {
  const told = pick(wrong);
  return told.slice(told.indexOf(': ') + 1).trim();
}
