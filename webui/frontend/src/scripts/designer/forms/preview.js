// The form as its task will show it, drawn by the server from what is not saved yet, in a frame from which nothing can be sent.
import { Refused } from '../api.js';
import { english, pick, t } from '../words/words.js';

const WAIT = 350; // milliseconds after the last change

export class Preview {
  constructor({ desk, read }) {
    Object.assign(this, { desk, read });
    this.frame = desk.part('preview');
    this.note = desk.part('preview-note');
    this.language = english ? 'en' : 'th';
    this.asked = 0;
    const choice = desk.part('preview-languages');
    choice.addEventListener('click', ({ target }) => {
      const language = target.closest('[data-language]')?.dataset.language;
      if (language) { this.language = language; this.mark(choice); this.ask(); }
    });
    this.mark(choice);
  }

  mark(choice) {
    for (const button of choice.querySelectorAll('[data-language]')) button.setAttribute('aria-pressed', String(button.dataset.language === this.language));
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const number = ++this.asked;
    try {
      const { html } = await this.desk.drafts.preview(this.desk.path, this.read(), this.language);
      if (number === this.asked) this.draw(html);
    } catch (error) {
      if (number === this.asked) this.stand(error);
    }
  }

  // The frame is loaded once; afterwards only what is in it changes, so that it stays where one has scrolled to.
  draw(html) {
    this.note.hidden = true;
    delete this.frame.dataset.stale;
    const inside = this.frame.contentDocument;
    if (!this.loaded || !inside?.body) {
      this.frame.addEventListener('load', () => { this.loaded = true; this.dress(); this.frame.dataset.ready = 'yes'; }, { once: true });
      this.frame.srcdoc = html;
      return;
    }
    const made = new DOMParser().parseFromString(html, 'text/html');
    inside.documentElement.lang = made.documentElement.lang;
    inside.body.replaceChildren(...made.body.childNodes);
    this.dress();
  }

  // What a task's own script shows, where no script may run: the buttons for files.
  dress() {
    for (const tools of this.frame.contentDocument.querySelectorAll('[data-file-tools]')) {
      tools.hidden = false;
      const state = tools.querySelector('[data-file-state]');
      state.textContent = state.dataset.none;
    }
    this.show(this.shown);
  }

  // What cannot be shown leaves the last one that could, and says why.
  stand(error) {
    this.frame.dataset.stale = 'yes';
    this.note.hidden = false;
    const problem = error instanceof Refused ? error.body.problems?.[0] : null;
    this.note.textContent = t('The preview stands still: {why}', { why: problem ? pick(problem) : error.message });
  }

  // The field that is open in the list, in sight.
  show(name) {
    this.shown = name;
    const inside = this.frame.contentDocument;
    for (const one of inside?.querySelectorAll('[data-field]') ?? []) one.classList.toggle('is-shown', one.dataset.field === name);
    if (name) inside?.querySelector('.is-shown')?.scrollIntoView({ block: 'nearest' });
  }
}
