// The drafts' JSON (docs/designer.md). An answer that is no success becomes an error with what the server said.
import { pick } from './words/words.js';

export class Refused extends Error {
  constructor(status, body) {
    super(pick({ th: body.message_th, en: body.message }, String(status)));
    this.status = status;
    this.body = body;
  }
}

export class Drafts {
  constructor(draft) {
    this.base = `/designer/api/drafts/${encodeURIComponent(draft)}`;
    this.token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
  }

  draft() { return this.ask('GET', ''); }

  file(path) { return this.ask('GET', `/files/${inPath(path)}`); }

  save(path, content, revision) { return this.ask('PUT', `/files/${inPath(path)}`, { content, revision }); }

  add(path, content) { return this.ask('POST', '/files', { path, content }); }

  // A new file, as a template begins it: process form decision.
  begin(path, template, title, titleEn) { return this.ask('POST', '/files', { path, template, title, title_en: titleEn ?? '' }); }

  check(path, content) { return this.ask('POST', '/check', { path, content }); }

  preview(path, content, language, answers) { return this.ask('POST', '/preview', { path, content, language, ...answers }); }

  decide(path, content, decision, values) { return this.ask('POST', '/decide', { path, content, decision, values }); }

  async begunWith(path) {
    const revisions = await this.ask('GET', `/revisions?path=${encodeURIComponent(path)}`);
    const first = revisions.at(-1);
    return first ? (await this.ask('GET', `/revisions/${first.revision}/${inPath(path)}`)).content : '';
  }

  choices(files) { return files ? this.ask('POST', '/choices', { files }) : this.ask('GET', '/choices'); }

  // How many running instances stand at an element of a process.
  standing(process, element) { return this.ask('GET', `/standing/${encodeURIComponent(process)}/${encodeURIComponent(element)}`); }

  // `leaving`: the page closes, and the request must outlive it.
  present(path, leaving = false) { return this.ask('POST', '/presence', { path }, { keepalive: leaving }); }

  async ask(method, path, body, options = {}) {
    const { token } = this;
    const headers = { Accept: 'application/json' };
    if (body) Object.assign(headers, { 'Content-Type': 'application/json', 'X-CSRFToken': token });
    const answer = await fetch(this.base + path, { method, headers, body: body && JSON.stringify(body), ...options });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    if (told.code === 'stale' && await this.renewed(token)) return this.ask(method, path, body, options);
    throw new Refused(answer.status, told);
  }

  // Who has logged in again in another tab has another token. This page takes it over if he is the same one.
  async renewed(used) {
    if (this.token !== used) return true; // another request of this page has done so meanwhile
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    const token = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!token || token === used || page.body.dataset.user !== document.body.dataset.user) return false;
    this.token = token;
    return true;
  }
}

function inPath(path) {
  return path.split('/').map(encodeURIComponent).join('/');
}
