// A task's form: the draft keeps itself, fields appear as answers ask for them, rows are added, files are chosen.
import { chooseFiles } from './files.js';
import { keepDraft } from './draft.js';
import { growRows } from './rows.js';
import { showConditional } from './conditional.js';

export function enhanceForm(form) {
  growRows(form);
  showConditional(form);
  keepDraft(form);
  tickMany(form);
  chooseFiles(form);
  submitOnce(form);
}

// A second click while the first is on its way would only bring a conflict.
function submitOnce(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    window.setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener('pageshow', () => { delete form.dataset.sent; });
}

// Ticks all choices of a list or heading, or none. Without this script the server does it.
function tickMany(form) {
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-tick]');
    if (!button) return;
    event.preventDefault();
    const list = button.closest('fieldset');
    list.querySelectorAll('input[type=checkbox]').forEach((box) => { box.checked = button.name === '_all'; });
    for (const name of ['input', 'change']) list.dispatchEvent(new Event(name, { bubbles: true }));
  });
}
