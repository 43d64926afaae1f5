// The live diagram: <div class="diagram" data-xml="URL" data-state="URL" data-label="…">. Its text twin is the line of steps.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { breakThaiLabels } from './thai_labels.js';

const FAMILY = 'Sarabun, sans-serif';
const ZOOM = 1.25;

async function show(box) {
  await document.fonts.load('12px Sarabun', 'กa').catch(() => {});
  const [xml, state] = await Promise.all([
    fetch(box.dataset.xml).then((answer) => answer.text()),
    box.dataset.state ? fetch(box.dataset.state).then((answer) => answer.json()) : {},
  ]);
  const viewer = new NavigatedViewer({ container: box, textRenderer: { defaultStyle: { fontFamily: FAMILY, fontSize: 12 } } });
  breakThaiLabels(viewer, FAMILY);
  await viewer.importXML(xml);
  mark(viewer, state);
  fit(viewer);
  tools(box, viewer);
  box.dataset.ready = 'yes';
}

function mark(viewer, state) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const name of ['done', 'open', 'overdue']) {
    for (const id of state[name] ?? []) {
      if (registry.get(id)) canvas.addMarker(id, `diagram-${name}`);
    }
  }
}

function fit(viewer) {
  viewer.get('canvas').zoom('fit-viewport', 'auto');
}

function tools(box, viewer) {
  const canvas = viewer.get('canvas');
  const acts = { in: () => canvas.zoom(canvas.zoom() * ZOOM), out: () => canvas.zoom(canvas.zoom() / ZOOM), fit: () => fit(viewer) };
  box.querySelectorAll('[data-zoom]').forEach((button) => button.addEventListener('click', acts[button.dataset.zoom]));
  const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  box.addEventListener('keydown', (event) => {
    if (event.target !== box) return;
    if (event.key === '+') acts.in();
    else if (event.key === '-') acts.out();
    else if (event.key === '0') acts.fit();
    else if (steps[event.key]) canvas.scroll({ dx: steps[event.key][0], dy: steps[event.key][1] });
    else return;
    event.preventDefault();
  });
}

document.querySelectorAll('.diagram[data-xml]').forEach((box) => {
  show(box).catch(() => { box.dataset.failed = 'yes'; });
});
