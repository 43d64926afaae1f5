const WAIT = 1500;

// Posts what has been written so far a moment after the last key; files wait for the button.
export function keepDraft(form) {
  const url = form.dataset.draft;
  const words = form.querySelector('[data-draft-state]');
  if (!url || !words) return;
  let timer;
  let changed = false;
  async function save() {
    changed = false;
    words.textContent = words.dataset.saving;
    try {
      const answer = await fetch(url, { method: 'POST', body: withoutFiles(form), headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { saved, revision } = await answer.json();
      words.textContent = saved;
      form.elements._revision.value = revision;
    } catch {
      changed = true;
      words.textContent = words.dataset.failed;
    }
  }
  function later(event) {
    if (event.target.type === 'file') return;
    changed = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, WAIT);
  }
  form.addEventListener('input', later);
  form.addEventListener('rowschange', later);
  form.addEventListener('submit', () => { window.clearTimeout(timer); changed = false; });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden' || !changed) return;
    window.clearTimeout(timer);
    navigator.sendBeacon(url, withoutFiles(form));
    changed = false;
  });
}

export function withoutFiles(form) {
  const values = new FormData(form);
  [...values.entries()].forEach(([name, value]) => { if (value instanceof File) values.delete(name); });
  return values;
}
