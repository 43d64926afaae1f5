// The page of any other file of a draft: its text, saved and checked as diagrams are; some kinds have an editor over their text.
import { isKey } from 'diagram-js/lib/features/keyboard/KeyboardUtil';
import { decisionTables } from './designer/decisions/editor.js';
import { Desk } from './designer/desk.js';
import { formEditor } from './designer/forms/editor.js';
import { schedule } from './designer/schedule.js';
import { withEnds, withoutMark } from './designer/reading/ends.js';
import { Steps } from './designer/steps.js';
import { table } from './designer/table.js';

const desk = new Desk(document.querySelector('[data-writing]'));
const text = desk.part('text');

async function start() {
  const file = await desk.drafts.file(desk.path);
  if (file.encoding) throw new Error(desk.path); // no text
  text.value = withoutMark(file.content);
  text.readOnly = !file.editable;
  const writing = new Writing(file);
  const editor = await over(file, writing);
  if (editor) writing.show(editor);
  if (file.editable) writing.begin();
  else desk.read();
  desk.page.dataset.ready = 'yes';
}

// The editor of its kind: {draw, lead?, found?, changed?}; none for a file that is its text and no more.
async function over(file, writing) {
  const box = desk.part('table');
  const shared = { box, desk, read: () => text.value, write: (given, typing) => writing.put(given, typing), locked: !file.editable };
  if (desk.path.endsWith('schedule.toml')) return { draw: schedule(box, { ...shared, choices: await desk.drafts.choices() }) };
  if (desk.path.endsWith('.csv')) return table(shared);
  if (desk.page.dataset.kind === 'form') return formEditor(shared);
  return desk.page.dataset.kind === 'decision' ? decisionTables(shared) : null;
}

// What is written: the text is what counts, the editor a way to change it.
class Writing {
  constructor(file) {
    this.file = file;
    this.steps = new Steps(text.value);
    this.editor = null;
  }

  begin() {
    this.changed = desk.edit(this.file, async () => withEnds(text.value, this.file.content), {
      lead: (finding) => (text.hidden ? this.editor.lead?.(finding) : toLine(finding)), found: (here) => this.editor?.found?.(here),
    });
    text.addEventListener('input', () => { this.steps.put(text.value, true); this.told(); });
    desk.page.querySelectorAll('[data-act]').forEach((button) => button.addEventListener('click', () => this.turn(button.dataset.act)));
    document.addEventListener('keydown', (event) => this.key(event));
    this.told();
  }

  put(given, typing = false) {
    text.value = given;
    this.steps.put(given, typing);
    this.told();
  }

  // The first time there is nothing to save.
  told() {
    if (this.steps.past.length || this.steps.future.length) this.changed();
    this.editor?.changed?.();
    for (const act of ['undo', 'redo']) desk.page.querySelector(`[data-act="${act}"]`).disabled = !this.steps[act === 'undo' ? 'past' : 'future'].length;
  }

  turn(act) {
    const given = this.steps[act]();
    if (given === null) return;
    text.value = given;
    this.told();
    if (!text.hidden || !this.editor) return;
    this.editor.draw();
  }

  // In a field that is being written in, undoing is the browser's.
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const [save, undo, redo] = ['sS', 'zZ', 'yY'].map((keys) => isKey([...keys], event));
    if (save) {
      event.preventDefault();
      document.activeElement?.blur();
      desk.saving.flush();
    } else if ((undo || redo) && !event.target.dataset.typing && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      this.turn(redo || event.shiftKey ? 'redo' : 'undo');
    }
  }

  // The editor first, the text for who wants it and where the editor cannot read it.
  show(editor) {
    this.editor = editor;
    const choice = desk.part('views');
    choice.hidden = false;
    choice.addEventListener('click', ({ target }) => {
      const view = target.closest('[data-view]')?.dataset.view;
      if (view) this.look(view);
    });
    const box = desk.part('table');
    box.addEventListener('input', ({ target }) => { target.dataset.typing = 'yes'; });
    box.addEventListener('change', ({ target }) => { delete target.dataset.typing; });
    this.look(editor.first ?? 'table');
  }

  look(view) {
    if (view === 'table') this.editor.draw();
    desk.part('table').hidden = view !== 'table';
    text.hidden = view === 'table';
    for (const button of desk.page.querySelectorAll('[data-view]')) button.setAttribute('aria-pressed', String(button.dataset.view === view));
  }
}

function toLine({ line }) {
  if (!line) return;
  const lines = text.value.split('\n');
  const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(from, from + (lines[line - 1] ?? '').length);
}

start().catch((error) => desk.fail(error));
