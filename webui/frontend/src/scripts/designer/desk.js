// What the editors of all kinds of files share: the file, its saving, its findings, who else has it open, the bar's words.
import { Drafts } from './api.js';
import { conflict } from './dialogs.js';
import { Findings } from './findings.js';
import { watch } from './presence.js';
import { Saving } from './saving.js';
import { t } from './words/words.js';

const STATES = {
  saved: 'Saved', changed: 'Not saved yet', saving: 'Saving…', failed: 'Not saved: no connection. It is tried again.', conflict: 'Not saved: somebody else has saved this file',
  loggedOut: 'Not saved: you are logged out. Log in again in another tab; it is saved then.', refused: 'Not saved: {why}', reading: 'For reading',
};

export class Desk {
  constructor(page) {
    this.page = page;
    this.path = page.dataset.path;
    this.drafts = new Drafts(page.dataset.draft);
  }

  part(name) { return this.page.querySelector(`[data-part="${name}"]`); }

  link(file, element) {
    const address = this.page.dataset.edit.replace('PATH', file.split('/').map(encodeURIComponent).join('/'));
    return element ? `${address}#element=${encodeURIComponent(element)}` : address;
  }

  // `content()`: the file's text as it stands. Returns what is to be told of every change.
  edit(file, content, { lead, found }) {
    this.saving = new Saving({
      drafts: this.drafts, path: this.path, revision: file.revision, content, tell: (state, why) => this.tell(state, why),
      conflicting: (told) => conflict(told, { theirs: () => location.reload(), mine: (revision) => this.saving.overwrite(revision) }),
    });
    this.findings = new Findings({
      drafts: this.drafts, path: this.path, content, list: this.part('findings'), summary: this.part('summary'), lead, found, opened: (one) => this.link(one.file, one.element),
    });
    this.findings.check();
    watch(this.drafts, this.path, this.part('others'));
    return () => { this.saving.changed(); this.findings.changed(); };
  }

  read() {
    this.page.dataset.reading = 'yes';
    this.tell('reading');
  }

  tell(state, why = '') {
    const sign = this.part('state');
    sign.dataset.state = state;
    sign.title = sign.textContent = t(STATES[state], { why }); // a long reason is cut off in the bar
  }

  fail(error) {
    this.page.dataset.failed = 'yes';
    const box = this.part('failed');
    box.hidden = false;
    box.querySelector('[data-why]').textContent = error.message;
  }
}
