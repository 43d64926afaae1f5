// The page of a diagram in a draft: <div data-designer data-draft="ID" data-path="project.bpmn" data-edit="URL with PATH">.
import { begin, editor, reader, show } from './designer/canvas.js';
import { mark } from './designer/badges.js';
import { Desk } from './designer/desk.js';
import { help } from './designer/dialogs.js';
import { Panel } from './designer/panel/panel.js';
import { simulation } from './designer/simulation.js';
import { toolbar } from './designer/toolbar.js';
import { t } from './designer/words/words.js';

const MARGIN = 16; // pixels left of a drawing without a palette
const NARROW = '(max-width: 60rem)';
const CHOICES_AGAIN = 5000; // milliseconds: what a changed diagram offers (its papers, its key) is not asked at every step

const desk = new Desk(document.querySelector('[data-designer]'));
const canvas = desk.part('canvas');

async function start() {
  const file = await desk.drafts.file(desk.path);
  if (!file.editable || matchMedia(NARROW).matches) await read(file);
  else await edit(file);
  canvas.dataset.ready = 'yes';
}

async function read(file) {
  desk.read();
  const viewer = await reader(canvas);
  await draw(viewer, file);
  begin(viewer, MARGIN);
  lead(viewer);
}

async function edit(file) {
  const [modeler, choices] = await Promise.all([editor(canvas), desk.drafts.choices()]);
  await draw(modeler, file);
  const content = async () => (await modeler.saveXML({ format: true })).xml;
  const changed = desk.edit(file, content, { lead: (one) => come(modeler, one.element), found: (findings) => mark(modeler, findings) });
  const newForm = async (key, title, titleEn) => {
    await desk.drafts.begin(`forms/${key}.json`, 'form', title, titleEn);
    panel.choices = await desk.drafts.choices({ [desk.path]: await content() });
  };
  const panel = new Panel({ modeler, box: desk.part('properties'), choices, drafts: desk.drafts, links: (path) => desk.link(path), newForm });
  const offer = slowly(async () => {
    panel.choices = await desk.drafts.choices({ [desk.path]: await content() });
    panel.soon();
  }, CHOICES_AGAIN);
  modeler.get('eventBus').on('commandStack.changed', ({ trigger }) => {
    if (trigger === 'clear') return; // a diagram was read, nothing changed
    changed();
    offer();
  });
  begin(modeler);
  lead(modeler);
  addEventListener('hashchange', () => lead(modeler));
  panel.draw();
  toolbar({ page: desk.page, modeler, saving: desk.saving, help, simulate: simulation(modeler, desk.page) });
}

// Whoever opened something else, or a file without a drawing, is told what it is; where in the file it breaks says the check.
async function draw(modeler, file) {
  if (file.encoding) throw new Error(t('It is no diagram: a picture, perhaps, or a document with a wrong ending.'));
  try {
    await modeler.importXML(file.content);
  } catch (error) {
    throw new Error(t(error.message === 'no diagram to display'
      ? 'The file says what is done, but has no drawing of it. Save it with its drawing in the program it was made with, and upload it again.'
      : 'What is in the file is no BPMN diagram, or is broken.'), { cause: error });
  }
}

// Who was led there goes on with the keys of the drawing.
function come(modeler, id) {
  show(modeler, id);
  modeler.get('canvas').focus();
}

function lead(modeler) {
  const id = new URLSearchParams(location.hash.slice(1)).get('element');
  if (id) show(modeler, id);
}

function slowly(act, wait) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(() => act().catch(() => {}), wait); };
}

start().catch((error) => desk.fail(error));
