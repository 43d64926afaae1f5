// The page of any other file of a draft: its text, saved and checked as diagrams are.
import { Desk } from './designer/desk.js';

const desk = new Desk(document.querySelector('[data-writing]'));
const text = desk.part('text');

async function start() {
  const file = await desk.drafts.file(desk.path);
  if (file.encoding) throw new Error(desk.path); // no text
  text.value = file.content;
  if (!file.editable) { desk.read(); return; }
  text.readOnly = false;
  text.addEventListener('input', desk.edit(file, async () => text.value, { lead: toLine }));
}

function toLine({ line }) {
  if (!line) return;
  const lines = text.value.split('\n');
  const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(from, from + (lines[line - 1] ?? '').length);
}

start().catch((error) => desk.fail(error));
