// A task's form: the draft keeps itself, fields appear as answers ask for them, rows are added.
import { keepDraft } from './draft.js';
import { growRows } from './rows.js';
import { showConditional } from './conditional.js';

export function enhanceForm(form) {
  keepDraft(form);
  showConditional(form);
  growRows(form);
  tickMany(form);
  checkFiles(form);
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
    list.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

// Says at once that a file is too large; the server looks at size and content again.
function checkFiles(form) {
  form.querySelectorAll('input[type=file][data-max-bytes]').forEach((input) => {
    const note = document.getElementById(`${input.id}-size`);
    input.addEventListener('change', () => {
      const large = [...input.files].find((file) => file.size > Number(input.dataset.maxBytes));
      note.hidden = !large;
      input.setCustomValidity(large ? note.textContent.trim() : '');
    });
    const box = input.closest('.file-box');
    ['dragenter', 'dragover'].forEach((name) => box.addEventListener(name, () => box.classList.add('over')));
    ['dragleave', 'drop'].forEach((name) => box.addEventListener(name, () => box.classList.remove('over')));
  });
}
