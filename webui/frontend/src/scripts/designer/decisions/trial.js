// Trying a decision: one types what its variables are, and sees which rules match and what they give.
import { html } from '@bpmn-io/diagram-js-ui';
import { Text } from '../panel/fields.js';
import { Dmn } from '../reading/dmn.js';
import { pick, t } from '../words/words.js';

const WAIT = 400; // milliseconds after the last change

export class Trial {
  constructor(editor) {
    this.editor = editor;
    this.values = {};
    this.told = null;
    this.open = false;
    this.asked = 0;
    this.View = () => html`<${View} trial=${this} />`;
  }

  changed() {
    clearTimeout(this.timer);
    if (this.open) this.timer = setTimeout(() => this.ask(), WAIT);
  }

  turn(open) {
    this.open = open;
    if (open) return this.ask();
    this.editor.matched = null;
    return this.editor.draw();
  }

  put(name, value) {
    this.values = { ...this.values, [name]: value };
    this.ask();
  }

  async ask() {
    const number = ++this.asked;
    const { desk, read } = this.editor;
    const file = new Dmn(read());
    const decision = file.error ? null : this.editor.chosen(file);
    if (!decision) return;
    const told = await desk.drafts.decide(desk.path, read(), decision.key, this.values).catch((error) => ({ names: [], matched: [], rows: [], fault: { th: error.message, en: error.message } }));
    if (number !== this.asked) return;
    this.told = told;
    this.editor.matched = Object.values(this.values).some(Boolean) ? told.matched : null;
    this.editor.draw();
  }
}

function View({ trial }) {
  const { told } = trial;
  return html`<details class="trial folded" open=${trial.open} onToggle=${(event) => event.currentTarget.open !== trial.open && trial.turn(event.currentTarget.open)}>
    <summary>${t('Try it')}</summary>
    <p class="prop-hint">${t('Type what is known; the rules that match are marked. Nothing is saved or run.')}</p>
    ${told ? html`<div class="trial-values">${told.names.map((name) => html`<${Text} key=${name} code label=${name} name=${`try-${name}`} value=${trial.values[name] ?? ''} change=${(value) => trial.put(name, value)} live=${(value) => { trial.values[name] = value; trial.changed(); }} />`)}</div>
      <div class="trial-told" role="status"><${Told} told=${told} asked=${trial.editor.matched !== null} /></div>` : null}</details>`;
}

function Told({ told, asked }) {
  if (!asked && !told.fault) return null;
  const matching = told.matched.length ? t(told.matched.length === 1 ? 'Rule {rules} matches.' : 'Rules {rules} match.', { rules: told.matched.join(', ') }) : t('No rule matches.');
  return html`<p><strong>${matching}</strong></p>
    ${told.fault ? html`<p class="prop-wrong">${pick(told.fault)}</p>` : null}
    ${told.rows.map((row) => html`<dl class="trial-row">${row.map(({ name, value }) => html`<div><dt><code>${name}</code></dt><dd>${value === null ? t('nothing') : typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd></div>`)}</dl>`)}`;
}
