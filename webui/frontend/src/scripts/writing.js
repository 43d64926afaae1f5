// The page of any other file of a draft: its text, saved and checked as diagrams are.
import { schedule } from './designer/schedule.js';
import { Desk } from './designer/desk.js';

const desk = new Desk(document.querySelector('[data-writing]'));
const text = desk.part('text');

async function start() {
  const file = await desk.drafts.file(desk.path);
  if (file.encoding) throw new Error(desk.path); // no text
  text.value = file.content;
  text.readOnly = !file.editable;
  const changed = file.editable ? desk.edit(file, async () => text.value, { lead: toLine }) : () => desk.read();
  if (file.editable) text.addEventListener('input', changed);
  else desk.read();
  if (desk.path.endsWith('schedule.toml')) await table(file, changed);
  desk.page.dataset.ready = 'yes';
}

// The table first, the text for who wants it.
async function table(file, changed) {
  const box = desk.part('table');
  const { parties } = await desk.drafts.choices();
  const draw = schedule(box, { read: () => text.value, write: (given) => { text.value = given; changed(); }, parties, locked: !file.editable });
  const choice = desk.part('views');
  choice.hidden = false;
  choice.addEventListener('click', ({ target }) => {
    const view = target.closest('[data-view]')?.dataset.view;
    if (view) look(view, draw);
  });
  look('table', draw);
}

function look(view, draw) {
  if (view === 'table') draw();
  desk.part('table').hidden = view !== 'table';
  text.hidden = view === 'table';
  for (const button of desk.page.querySelectorAll('[data-view]')) button.setAttribute('aria-pressed', String(button.dataset.view === view));
}

function toLine({ line }) {
  if (!line || text.hidden) return;
  const lines = text.value.split('\n');
  const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(from, from + (lines[line - 1] ?? '').length);
}

start().catch((error) => desk.fail(error));
