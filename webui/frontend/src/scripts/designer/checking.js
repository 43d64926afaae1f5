// What is wrong with the draft as it stands, unsaved changes included: a list beside the canvas, and a mark on each element.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { show } from './canvas.js';
import { pick, t } from './words/words.js';

const WAIT = 800; // milliseconds after the last change

export class Checking {
  constructor({ drafts, path, modeler, content, list, summary, opened }) {
    Object.assign(this, { drafts, path, modeler, content, list, summary, opened });
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
      if (number !== this.asked) return; // a newer question is under way
      this.draw(findings);
    } catch {
      if (number === this.asked) this.list.dataset.stale = 'yes';
    }
  }

  draw(findings) {
    delete this.list.dataset.stale;
    this.list.dataset.ready = 'yes';
    const sorted = [...findings].sort((a, b) => (a.severity === 'error' ? 0 : 1) - (b.severity === 'error' ? 0 : 1));
    const here = sorted.filter((one) => one.file === this.path);
    const elsewhere = sorted.filter((one) => one.file !== this.path);
    const errors = findings.filter((one) => one.severity === 'error').length;
    render(html`<${Count} errors=${errors} warnings=${findings.length - errors} />`, this.summary);
    render(html`
      ${here.length ? html`<ul class="findings">${here.map((one) => html`<${Finding} one=${one} choose=${() => this.lead(one)} />`)}</ul>` : null}
      ${elsewhere.length ? html`<h3 class="findings-head">${t('In other files')}</h3>
        <ul class="findings">${elsewhere.map((one) => html`<${Elsewhere} one=${one} url=${this.opened(one)} />`)}</ul>` : null}
      ${findings.length ? null : html`<p class="findings-none">${t('Nothing to complain of.')}</p>`}`, this.list);
    this.mark(here);
  }

  lead(finding) {
    const element = show(this.modeler, finding.element);
    this.modeler.get('canvas').focus?.();
    return element;
  }

  mark(findings) {
    const overlays = this.modeler.get('overlays');
    const registry = this.modeler.get('elementRegistry');
    overlays.remove({ type: 'finding' });
    const worst = new Map();
    for (const one of findings) {
      const before = worst.get(one.element);
      worst.set(one.element, { severity: before?.severity === 'error' ? 'error' : one.severity, texts: [...(before?.texts ?? []), pick(one)] });
    }
    for (const [id, { severity, texts }] of worst) {
      const element = registry.get(id);
      if (!element?.parent) continue; // the process as a whole, or nothing that is drawn
      const badge = document.createElement('button');
      badge.type = 'button';
      badge.className = `finding-badge is-${severity}`;
      badge.textContent = '!';
      badge.title = texts.join('\n');
      badge.setAttribute('aria-label', texts.join(' '));
      badge.addEventListener('click', () => show(this.modeler, id));
      const position = element.waypoints ? { top: -10, left: -10 } : { top: -11, right: 11 };
      overlays.add(element, 'finding', { position, html: badge, scale: { min: 0.6, max: 1.2 } });
    }
  }
}

function Count({ errors, warnings }) {
  if (!errors && !warnings) return html`<span class="count-of is-fine">${t('No problems')}</span>`;
  return html`${errors ? html`<span class="count-of is-error">${t(errors === 1 ? '{n} error' : '{n} errors', { n: errors })}</span>` : null}
    ${warnings ? html`<span class="count-of is-warning">${t(warnings === 1 ? '{n} warning' : '{n} warnings', { n: warnings })}</span>` : null}`;
}

function Finding({ one, choose }) {
  return html`<li><button type="button" class="finding is-${one.severity}" onClick=${choose} data-element=${one.element}>
    <span class="finding-sign" aria-hidden="true"></span>
    <span><span class="unseen">${t(one.severity === 'error' ? 'Error' : 'Warning')}: </span>${pick(one)}
    ${one.element_name || one.element ? html`<span class="finding-where">${one.element_name || one.element}</span>` : null}</span></button></li>`;
}

function Elsewhere({ one, url }) {
  return html`<li><a class="finding is-${one.severity}" href=${url}><span class="finding-sign" aria-hidden="true"></span>
    <span>${pick(one)}<span class="finding-where">${one.file || ''}${one.element_name ? ` · ${one.element_name}` : ''}</span></span></a></li>`;
}
