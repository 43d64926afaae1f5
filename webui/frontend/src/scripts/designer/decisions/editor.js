// The decisions of a DMN file as tables over its text: every change is written into the text and read from it.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { Text } from '../panel/fields.js';
import { Dmn, setText, textOf } from '../reading/dmn.js';
import { Pair } from '../forms/pair.js';
import { pick, t } from '../words/words.js';
import { Another } from './another.js';
import { DecisionTable } from './table.js';
import { Trial } from './trial.js';

export function decisionTables({ box, desk, read, write, locked }) {
  const editor = new Editor({ box, desk, read, write, locked });
  return { draw: () => editor.draw(), found: (findings) => editor.take(findings), lead: (finding) => editor.lead(finding), changed: () => editor.trial?.changed() };
}

class Editor {
  constructor(given) {
    Object.assign(this, given);
    this.key = ''; // the decision in sight
    this.findings = [];
    this.matched = null; // the rules that match what is tried
    this.wish = null;
    this.trial = this.locked ? null : new Trial(this);
  }

  // `change(decision)` changes the file, which becomes the text.
  put(change) {
    const file = new Dmn(this.read());
    change(this.chosen(file), file);
    this.write(file.text());
    this.draw();
  }

  chosen(file) {
    const { decisions } = file;
    return decisions.find((one) => one.key === this.key) ?? decisions[0];
  }

  // `put` of the whole file, and which decision is in sight then.
  putFile(change, key) {
    const file = new Dmn(this.read());
    change(file);
    this.write(file.text());
    this.choose(key);
  }

  choose(key) {
    this.key = key;
    this.matched = null;
    this.trial?.changed();
    this.draw();
  }

  take(findings) {
    this.findings = findings;
    if (!this.box.hidden) this.draw();
  }

  lead({ element, field }) {
    if (element) this.key = element;
    this.focus(field ? `[data-cell="${field}"]` : 'input');
  }

  focus(selector) {
    this.wish = selector;
    this.draw();
  }

  draw() {
    const file = new Dmn(this.read());
    const decision = file.error ? null : this.chosen(file);
    render(decision ? html`<${Whole} editor=${this} file=${file} decision=${decision} />`
      : html`<p class="form-unread" role="alert">${t('The text cannot be read as decisions. Mend it as text, or undo.')}</p>`, this.box);
    if (!this.wish) return;
    const wish = this.wish;
    this.wish = null;
    requestAnimationFrame(() => this.box.querySelector(wish)?.focus());
  }
}

function Whole({ editor, file, decision }) {
  const { decisions } = file;
  const wrong = editor.findings.filter((one) => one.element === decision.key && !one.field);
  return html`<fieldset class="decisions" disabled=${editor.locked}>
    ${decisions.length > 1 ? html`<div class="decision-choice" role="group" aria-label=${t('Decisions')}>${decisions.map((one) => html`<button type="button" class="button small" aria-pressed=${String(one.key === decision.key)} onClick=${() => editor.choose(one.key)}>${pick(one.names, one.key)}</button>`)}</div>` : null}
    <div class="decision-head"><${Pair} committed label=${t('Decision')} name="decisionName" value=${decision.names} change=${({ th, en }) => th && editor.put((one) => { one.name = th; one.english = en; })} />
      <p class="prop-hint">${t('Called by')} <code>${decision.key}</code></p></div>
    ${wrong.map((one) => html`<p class="prop-wrong">${document.documentElement.lang === 'en' ? one.en : one.th}</p>`)}
    ${decision.table ? html`<${DecisionTable} editor=${editor} table=${decision.table} decision=${decision} />` : html`<${Otherwise} editor=${editor} decision=${decision} />`}
    ${editor.trial ? html`<${editor.trial.View} />` : null}
    ${editor.locked ? null : html`<${Another} ...${{ editor, decision, decisions }} />`}</fieldset>`;
}

function Otherwise({ editor, decision }) {
  if (!decision.expression) return html`<p class="prop-hint">${t('This decision is made in another way than by a table. It is changed as text.')}</p>`;
  return html`<${Text} code lines=${3} label=${t('Expression')} name="expression" value=${textOf(decision.expression)} change=${(value) => editor.put((one, file) => setText(file, one.expression, value))} />`;
}
