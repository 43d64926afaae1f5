// The page of a diagram in a draft: <div data-designer data-draft="ID" data-path="project.bpmn" data-edit="URL with PATH">.
import { Drafts } from './designer/api.js';
import { begin, editor, reader, show } from './designer/canvas.js';
import { Checking } from './designer/checking.js';
import { conflict, help } from './designer/dialogs.js';
import { Panel } from './designer/panel/panel.js';
import { watch } from './designer/presence.js';
import { Saving } from './designer/saving.js';
import { simulation } from './designer/simulation.js';
import { toolbar } from './designer/toolbar.js';
import { t } from './designer/words/words.js';

const NARROW = '(max-width: 60rem)';
const CHOICES_AGAIN = 5000; // milliseconds: what a changed diagram offers (its processes, its papers) is not asked at every step

const page = document.querySelector('[data-designer]');
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const { draft, path } = page.dataset;
const drafts = new Drafts(draft);
const links = (file) => page.dataset.edit.replace('PATH', file.split('/').map(encodeURIComponent).join('/'));

async function start() {
  const file = await drafts.file(path);
  const narrow = matchMedia(NARROW).matches;
  if (!file.editable || narrow) return read(file);
  const [modeler, choices] = await Promise.all([editor(part('canvas')), drafts.choices()]);
  const warnings = await modeler.importXML(file.content);
  edit(modeler, file, choices);
  part('canvas').dataset.ready = 'yes';
  if (warnings.warnings.length) console.warn(warnings.warnings);
}

async function read(file) {
  page.dataset.reading = 'yes';
  const viewer = await reader(part('canvas'));
  await viewer.importXML(file.content);
  begin(viewer);
  lead(viewer);
  tell(file.editable ? 'narrow' : 'closed');
  part('canvas').dataset.ready = 'yes';
}

function edit(modeler, file, choices) {
  const content = async () => (await modeler.saveXML({ format: true })).xml;
  const saving = new Saving({ drafts, path, revision: file.revision, content, tell, conflicting });
  const checking = new Checking({ drafts, path, modeler, content, list: part('findings'), summary: part('summary'), opened: (one) => `${links(one.file)}${one.element ? `#element=${encodeURIComponent(one.element)}` : ''}` });
  const panel = new Panel({ modeler, box: part('properties'), choices, links });
  function conflicting(told) {
    conflict(told, { theirs: () => location.reload(), mine: (revision) => saving.overwrite(revision) });
  }
  const offer = slowly(async () => {
    panel.choices = await drafts.choices({ [path]: await content() });
    panel.soon();
  }, CHOICES_AGAIN);
  modeler.get('eventBus').on('commandStack.changed', ({ trigger }) => {
    if (trigger === 'clear') return; // a diagram was read, nothing changed
    saving.changed();
    checking.changed();
    offer();
  });
  begin(modeler);
  lead(modeler);
  addEventListener('hashchange', () => lead(modeler));
  panel.draw();
  checking.check();
  watch(drafts, path, part('others'));
  toolbar({ page, modeler, saving, help, simulate: simulation(modeler, page) });
  addEventListener('pagehide', () => document.activeElement?.blur()); // a field takes what was written in it when it is left
}

function lead(modeler) {
  const id = new URLSearchParams(location.hash.slice(1)).get('element');
  if (id) show(modeler, id);
}

const STATES = { saved: 'Saved', changed: 'Not saved yet', saving: 'Saving…', failed: 'Not saved: no connection. It is tried again.', conflict: 'Not saved: somebody else has saved this file', refused: 'Not saved: {why}', narrow: 'For reading', closed: 'For reading' };

function tell(state, why = '') {
  const sign = part('state');
  sign.dataset.state = state;
  sign.textContent = t(STATES[state], { why });
}

function slowly(act, wait) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(() => act().catch(() => {}), wait); };
}

start().catch((error) => {
  page.dataset.failed = 'yes';
  const box = part('failed');
  box.hidden = false;
  box.querySelector('[data-why]').textContent = error.message;
});
