import { withoutFiles } from './draft.js';

// Which fields are asked for depends on expressions that only the server evaluates: one rule, one place.
export function showConditional(form) {
  const url = form.dataset.visible;
  if (!url || !form.querySelector('[data-conditional]')) return;
  let latest = 0;
  async function ask() {
    const mine = ++latest;
    const answer = await fetch(url, { method: 'POST', body: withoutFiles(form), headers: { Accept: 'application/json' } });
    if (!answer.ok || mine !== latest) return;
    const visible = new Set((await answer.json()).visible);
    form.querySelectorAll('[data-conditional]').forEach((field) => {
      show(field, visible.has(field.dataset.conditional));
    });
  }
  form.querySelectorAll('[data-conditional]').forEach((field) => show(field, !field.hidden));
  let timer;
  const soon = () => { window.clearTimeout(timer); timer = window.setTimeout(() => ask().catch(() => {}), 200); };
  form.addEventListener('change', soon);
  form.addEventListener('rowschange', soon);
}

// What is not asked is not sent.
function show(field, shown) {
  field.hidden = !shown;
  field.querySelectorAll('input, select, textarea').forEach((input) => { input.disabled = !shown; });
}
