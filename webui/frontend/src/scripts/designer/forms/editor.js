// A form as its sections and fields, over its text. Text and fields are never apart: every change is written into the text and read from it.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { Sections } from './sections.js';
import { Preview } from './preview.js';
import { Top } from './top.js';
import { asText, readForm, renamed, without } from '../reading/form.js';
import { t } from '../words/words.js';

export async function formEditor({ box, desk, read, write, locked }) {
  const preview = new Preview({ desk, read });
  if (locked) {
    preview.ask();
    return { draw() {}, first: 'text' };
  }
  const [choices, before] = await Promise.all([desk.drafts.choices(), namesBegunWith(desk)]);
  const editor = new Editor({ box, read, write, choices, before, preview });
  preview.ask();
  return { draw: () => editor.draw(), changed: () => preview.changed(), found: (findings) => editor.take(findings), lead: (finding) => editor.lead(finding) };
}

// The names of the fields as the draft began: what runs by them keeps its values under them.
async function namesBegunWith(desk) {
  const { base } = await desk.drafts.draft();
  if (!base.deployment) return [];
  const { form } = readForm(await desk.drafts.begunWith(desk.path).catch(() => ''));
  return Object.keys(form?.properties ?? {});
}

class Editor {
  constructor(given) {
    Object.assign(this, given);
    this.open = null; // the field that is open
    this.removed = null; // what was removed last, to be put back
    this.findings = [];
    this.ids = new Map(); // a field stays the same element when its name changes
    this.wish = null; // what is to have the focus when all is drawn
  }

  get form() { return readForm(this.read()).form; }

  put(form, typing) {
    this.removed = null;
    this.write(asText(form, this.read()), typing);
    this.draw();
  }

  // A field's keywords, by its name.
  putField(name, field, typing) {
    const { form } = this;
    this.put({ ...form, properties: { ...form.properties, [name]: field } }, typing);
  }

  rename(name, to) {
    this.ids.set(to, this.id(name));
    this.ids.delete(name);
    if (this.open === name) this.open = to;
    this.put(renamed(this.form, name, to));
  }

  remove(name, title) {
    const before = this.read();
    this.put(without(this.form, name));
    this.removed = { title, before };
    this.focus('[data-put-back]');
  }

  putBack() {
    const { before } = this.removed;
    this.removed = null;
    this.write(before);
    this.draw();
  }

  toggle(name) {
    this.open = this.open === name ? null : name;
    this.preview.show(this.open);
    this.draw();
  }

  focus(selector) {
    this.wish = selector;
    this.draw();
  }

  id(name) {
    if (!this.ids.has(name)) this.ids.set(name, `field-${this.ids.size}-${name}`);
    return this.ids.get(name);
  }

  take(findings) {
    this.findings = findings;
    if (!this.box.hidden) this.draw();
  }

  // A finding's field: `/plan_copies/x-visible`, or the form itself.
  lead({ field }) {
    const name = field?.split('/')[1];
    if (!name || !this.form?.properties[name]) return;
    this.open = name;
    this.preview.show(name);
    this.focus(`[data-field="${CSS.escape(name)}"] .field-head-main`);
  }

  draw() {
    const { form, error } = readForm(this.read());
    render(form ? html`<${Whole} editor=${this} form=${form} />` : html`<p class="form-unread" role="alert">${error
      ? t('The text cannot be read as a form: {why}. Mend it as text, or undo.', { why: error }) : t('This form was written for another program. It is changed as text.')}</p>`, this.box);
    if (!this.wish) return;
    const wish = this.wish;
    this.wish = null;
    requestAnimationFrame(() => this.box.querySelector(wish)?.focus());
  }
}

function Whole({ editor, form }) {
  const gone = editor.before.filter((name) => !form.properties[name]);
  return html`<div class="form-editor">
    <${Top} editor=${editor} form=${form} />
    ${gone.length ? html`<p class="prop-said is-warning">${t('Fields of the form in use that are not here any more: {names}. What is running keeps what was entered under these names; diagrams, letters and conditions that read them have to be changed as well.', { names: gone.join(', ') })}</p>` : null}
    <${Sections} editor=${editor} form=${form} />
    <p class="form-removed" role="status">${editor.removed ? html`${t('“{title}” is removed.', { title: editor.removed.title })} <button type="button" class="link-button" data-put-back onClick=${() => editor.putBack()}>${t('Put it back')}</button>` : null}</p>
  </div>`;
}
