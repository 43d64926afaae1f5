// The form as its task will show it, drawn by the server from what is not saved yet, in a frame from which nothing can be sent. What is
// answered there shows and hides fields as it does in the task.
import { Refused } from '../api.js';
import { saidCondition } from '../panel/condition.js';
import { factsOf, readForm } from '../reading/form.js';
import { english, pick, t } from '../words/words.js';

const WAIT = 350; // milliseconds after the last change

export class Preview {
  constructor({ desk, read }) {
    Object.assign(this, { desk, read });
    this.frame = desk.part('preview');
    this.note = desk.part('preview-note');
    this.all = desk.part('preview-all');
    this.language = english ? 'en' : 'th';
    this.asked = 0;
    this.stale = true; // what is drawn is not the form any more
    this.answered = new Set(); // the fields that were answered in the frame; all others have what they start with
    this.visible = new Set();
    const choice = desk.part('preview-languages');
    choice.addEventListener('click', ({ target }) => {
      const language = target.closest('[data-language]')?.dataset.language;
      if (language) { this.language = language; this.mark(choice); this.changed(0); }
    });
    this.mark(choice);
    this.all.addEventListener('change', () => this.dress());
    new ResizeObserver(() => this.fit()).observe(this.frame);
  }

  get inside() { return this.frame.contentDocument; }

  mark(choice) {
    for (const button of choice.querySelectorAll('[data-language]')) button.setAttribute('aria-pressed', String(button.dataset.language === this.language));
  }

  changed(wait = WAIT) {
    this.stale = true;
    this.soon(wait);
  }

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    const number = ++this.asked;
    try {
      const { html, visible } = await this.desk.drafts.preview(this.desk.path, this.read(), this.language, this.answers());
      if (number !== this.asked) return;
      this.visible = new Set(visible);
      this.note.hidden = true;
      delete this.frame.dataset.stale;
      if (this.stale) this.draw(html);
      else this.dress();
    } catch (error) {
      if (number === this.asked) this.stand(error);
    }
  }

  // What the controls of answered fields hold, as a form would send them.
  answers() {
    const answers = {};
    for (const name of this.answered) {
      for (const one of this.inside.querySelectorAll(`[data-field="${CSS.escape(name)}"] [name]:not([type=file])`)) {
        if (!['radio', 'checkbox'].includes(one.type) || one.checked) (answers[one.name] ??= []).push(one.value);
      }
    }
    return { answered: [...this.answered], answers };
  }

  // The frame is loaded once; afterwards only what is in it changes, so that it stays where one has scrolled to.
  draw(html) {
    this.stale = false;
    if (!this.loaded || !this.inside?.body) {
      this.frame.addEventListener('load', () => { this.loaded = true; this.listen(); this.dress(); this.frame.dataset.ready = 'yes'; }, { once: true });
      this.frame.srcdoc = html;
      return;
    }
    const made = new DOMParser().parseFromString(html, 'text/html');
    this.inside.documentElement.lang = made.documentElement.lang;
    this.inside.body.replaceChildren(...made.body.childNodes);
    this.dress();
  }

  listen() {
    this.inside.addEventListener('change', ({ target }) => {
      const name = target.closest('[data-field]')?.dataset.field;
      if (!name || target.type === 'file') return;
      this.answered.add(name);
      this.soon(0);
    });
    this.inside.addEventListener('input', () => this.fit());
  }

  // What a task's own script shows, where no script may run: the fields that are asked, the buttons for files.
  dress() {
    const { form } = readForm(this.read());
    const known = form ? factsOf(form) : [];
    for (const tools of this.inside.querySelectorAll('[data-file-tools]')) {
      tools.hidden = false;
      const state = tools.querySelector('[data-file-state]');
      state.textContent = state.dataset.none;
    }
    const conditions = [...this.inside.querySelectorAll('[data-when]')];
    for (const one of conditions) {
      one.lang = document.documentElement.lang;
      one.textContent = t('Only when {what}', { what: saidCondition(one.dataset.when, known) });
    }
    this.all.hidden = !conditions.length;
    this.show(this.shown);
  }

  // What cannot be shown leaves the last one that could, and says why.
  stand(error) {
    this.frame.dataset.stale = 'yes';
    this.note.hidden = false;
    const problem = error instanceof Refused ? error.body.problems?.[0] : null;
    this.note.textContent = t('The preview stands still: {why}', { why: problem ? pick(problem) : error.message });
  }

  // The fields that are asked, and the one that is open in the list, in sight.
  show(name) {
    this.shown = name;
    const every = this.all.querySelector('input').checked;
    for (const one of this.inside?.querySelectorAll('[data-field]') ?? []) {
      const asked = this.visible.has(one.dataset.field);
      one.classList.toggle('is-shown', one.dataset.field === name);
      one.classList.toggle('is-not-asked', !asked);
      one.hidden = !asked && !every && one.dataset.field !== name;
    }
    this.fit();
    if (name) this.inside?.querySelector('.is-shown')?.scrollIntoView({ block: 'nearest' });
  }

  // The frame is as high as what is in it: what scrolls is the column around it.
  fit() {
    const main = this.inside?.querySelector('main');
    if (main) this.frame.style.height = `${Math.ceil(main.getBoundingClientRect().height)}px`;
  }
}
