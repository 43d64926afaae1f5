import { fill } from './filling.js';
import { forget, remember, remembered } from './unsent.js';

const WAIT = 1500;
const AGAIN = 15000; // until the next attempt where the server cannot be reached
const ENDED = new Set([403, 404, 409]); // the task is somebody else's by now, or done

// Posts what has been written so far a moment after the last key; files wait for the button. What could not be posted stays in this browser.
export function keepDraft(form) {
  const url = form.dataset.draft;
  const words = form.querySelector('[data-draft-state]');
  if (!url || !words) return;
  let timer;
  let changed = false;
  let since; // when it could not be kept for the first time

  const wait = (milliseconds) => { window.clearTimeout(timer); timer = window.setTimeout(save, milliseconds); };
  async function save() {
    window.clearTimeout(timer);
    changed = false;
    if (!since) words.textContent = words.dataset.saving;
    try {
      const answer = await fetch(url, { method: 'POST', body: withoutFiles(form), headers: { Accept: 'application/json' } });
      if (!answer.ok) return failed(reason(answer.status));
      const { saved } = await answer.json();
      since = undefined;
      if (changed) return undefined;
      words.textContent = saved;
      forget(form);
    } catch {
      return failed('offline');
    }
    return undefined;
  }
  function failed(why) {
    changed = true;
    since ??= new Date();
    const here = remember(form) ? 'here' : 'nowhere';
    const link = form.querySelector(`template[data-draft-link="${why}"]`)?.content.cloneNode(true);
    words.textContent = [words.dataset[why].replace('{time}', clock(since)), words.dataset[here]].join(' ');
    if (link) words.append(' ', link);
    if (why === 'offline' || why === 'away') wait(AGAIN);
  }
  function later(event) {
    if (event.target.type === 'file') return;
    changed = true;
    remember(form);
    wait(WAIT);
  }
  putBack(form);
  if (form.dataset.posted !== undefined) { remember(form); wait(WAIT); } // came back with mistakes: only this page has it
  form.addEventListener('input', later);
  form.addEventListener('rowschange', later);
  form.addEventListener('submit', () => {
    window.clearTimeout(timer);
    changed = false;
    remember(form, true);
  });
  window.addEventListener('online', () => { if (since) save(); });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden' || !changed) return;
    window.clearTimeout(timer);
    navigator.sendBeacon(url, withoutFiles(form));
  });
}

// After a login, or a page that was left too early: what was typed and not kept stands in the form again, and a line says so.
function putBack(form) {
  const before = remembered(form);
  if (!before || form.dataset.posted !== undefined) return;
  const here = JSON.stringify([...new FormData(form).entries()].filter(([name, value]) => !name.startsWith('_') && typeof value === 'string'));
  if (here === JSON.stringify(before.typed)) { forget(form); return; }
  const note = form.querySelector('[data-put-back]');
  fill(form, before.typed);
  note.querySelector('[data-put-back-time]').textContent = note.dataset.putBack.replace('{time}', clock(new Date(before.time)));
  note.querySelector('[data-put-back-files]').hidden = !before.files;
  note.querySelector('[data-put-back-not]').addEventListener('click', () => { forget(form); window.location.reload(); });
  note.hidden = false;
  form.querySelector('[data-draft-state]').textContent = '';
}

function reason(status) {
  if (status === 401) return 'loggedOut';
  if (status === 400) return 'stale';
  return ENDED.has(status) ? 'ended' : 'away';
}

function clock(time) {
  return time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Bangkok' });
}

export function withoutFiles(form) {
  const values = new FormData(form);
  [...values.entries()].forEach(([name, value]) => { if (value instanceof File) values.delete(name); });
  return values;
}
