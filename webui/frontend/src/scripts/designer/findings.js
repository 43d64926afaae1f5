// The list of what is wrong: this file's first, each leading to its place, then the other files'.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { pick, t } from './words/words.js';

const WAIT = 800; // milliseconds after the last change

// Asks the server a moment after the last change; an answer that a newer question has overtaken is forgotten.
export class Findings {
  // `lead(finding)`: go to its place in this file; `opened(finding)`: the address of its place in another file; `found(here)`: told each time
  constructor({ drafts, path, content, list, summary, lead, opened, found = () => {} }) {
    Object.assign(this, { drafts, path, content, list, summary, lead, opened, found });
    this.asked = 0;
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), WAIT);
  }

  async check() {
    const number = ++this.asked;
    try {
      const { findings } = await this.drafts.check(this.path, await this.content());
      if (number === this.asked) this.draw(findings);
    } catch {
      if (number === this.asked) this.list.dataset.stale = 'yes';
    }
  }

  draw(findings) {
    delete this.list.dataset.stale;
    this.list.dataset.ready = String(this.asked);
    const sorted = [...findings].sort((a, b) => (a.severity === 'error' ? 0 : 1) - (b.severity === 'error' ? 0 : 1));
    const here = sorted.filter((one) => one.file === this.path);
    const elsewhere = sorted.filter((one) => one.file !== this.path);
    const errors = findings.filter((one) => one.severity === 'error').length;
    render(html`<${Count} errors=${errors} warnings=${findings.length - errors} />`, this.summary);
    render(html`
      ${here.length ? html`<ul class="checks-found">${here.map((one) => html`<${Here} one=${one} choose=${() => this.lead(one)} />`)}</ul>` : null}
      ${elsewhere.length ? html`<h3 class="checks-group">${t('In other files')}</h3>
        <ul class="checks-found">${elsewhere.map((one) => html`<${Elsewhere} one=${one} url=${this.opened(one)} />`)}</ul>` : null}
      ${findings.length ? null : html`<p class="checks-none">${t('Nothing to complain of.')}</p>`}`, this.list);
    this.found(here);
  }
}

function Count({ errors, warnings }) {
  if (!errors && !warnings) return html`<span class="count-of is-fine">${t('No problems')}</span>`;
  return html`${errors ? html`<span class="count-of is-error">${t(errors === 1 ? '{n} error' : '{n} errors', { n: errors })}</span>` : null}
    ${warnings ? html`<span class="count-of is-warning">${t(warnings === 1 ? '{n} warning' : '{n} warnings', { n: warnings })}</span>` : null}`;
}

function Here({ one, choose }) {
  return html`<li><button type="button" class="check-one is-${one.severity}" onClick=${choose} data-element=${one.element}><${Told} one=${one} place=${one.element_name || one.element} /></button></li>`;
}

function Elsewhere({ one, url }) {
  const place = [one.file, one.element_name].filter(Boolean).join(' · ');
  return html`<li>${one.file ? html`<a class="check-one is-${one.severity}" href=${url}><${Told} one=${one} place=${place} /></a>` : html`<div class="check-one is-${one.severity}"><${Told} one=${one} /></div>`}</li>`;
}

function Told({ one, place }) {
  return html`<span class="check-sign" aria-hidden="true"></span><span><span class="unseen">${t(one.severity === 'error' ? 'Error' : 'Warning')}: </span>${pick(one)}
    ${place ? html`<span class="check-where">${place}</span>` : null}</span>`;
}
