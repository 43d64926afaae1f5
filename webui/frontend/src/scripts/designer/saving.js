// A draft saves itself: a moment after the last change, and when the page is left. One request at a time; what changes meanwhile goes with the next.
import { Refused } from './api.js';

const WAIT = 2000; // milliseconds after the last change
const AGAIN = 5000; // after the network failed, or while nobody is logged in

// States: saved changed saving failed loggedOut conflict refused
export class Saving {
  constructor({ drafts, path, revision, content, tell, conflicting }) {
    Object.assign(this, { drafts, path, revision, content, tell, conflicting });
    this.state = 'saved';
    this.version = 0;
    this.running = null;
    addEventListener('beforeunload', (event) => {
      document.activeElement?.blur(); // a field gives what was written in it when it is left
      if (this.state === 'saved') return;
      this.flush();
      event.preventDefault();
    });
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.flush(); });
  }

  changed() {
    this.version += 1;
    if (this.state === 'conflict') return;
    if (this.state !== 'saving') this.become('changed');
    this.wait(WAIT);
  }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  // Save now what is not saved. Resolves when nothing is under way any more.
  async flush() {
    clearTimeout(this.timer);
    if (this.running) return this.running;
    if (this.state === 'saved' || this.state === 'conflict') return;
    this.running = this.send().finally(() => { this.running = null; });
    return this.running;
  }

  async send() {
    const version = this.version;
    this.become('saving');
    try {
      const content = await this.content();
      const answer = await this.drafts.save(this.path, content, this.revision);
      this.revision = answer.revision;
      if (version === this.version) this.become('saved');
      else { this.become('changed'); this.wait(WAIT); }
    } catch (error) {
      if (error instanceof Refused && error.status === 409 && error.body.conflict) {
        this.become('conflict');
        this.conflicting(error.body.conflict);
      } else {
        const state = failure(error);
        this.become(state, error.message);
        if (state !== 'refused') this.wait(AGAIN);
      }
    }
  }

  // Knowingly over what the other one saved; his stays among the revisions.
  async overwrite(revision) {
    this.revision = revision;
    this.become('changed');
    await this.flush();
  }

  become(state, message = '') {
    this.state = state;
    this.tell(state, message);
  }
}

// Refused is what stays so, however often it is tried. A stale token does not: its user is about to log in again.
function failure(error) {
  if (!(error instanceof Refused) || error.status >= 500) return 'failed';
  return error.status === 401 || error.body.code === 'stale' ? 'loggedOut' : 'refused';
}
