// The live diagram: <div class="diagram" data-xml="URL" data-state="URL" data-element="URL with ELEMENT">. Its text twin is the line of steps.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { compare } from './comparison.js';
import { drawMappings } from './mapping.js';
import { breakThaiLabels } from './thai_labels.js';

const FAMILY = 'Sarabun, sans-serif';
const ZOOM = 1.25;
const NEAR = 0.6; // the scale from which on names can be read
const READABLE = 0.95;
const AROUND = 60; // left free around what is open
const EDGE = 20; // and around the whole
const LOWEST = 260; // pixels a drawing's box is high at least
const COMPUTED = /\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g; // as engine/language
const SIGNS = { done: '✓', open: '', returned: '↩\uFE0E', overdue: '!', incident: '⚠\uFE0E' };

async function show(box) {
  await document.fonts.load('12px Sarabun', 'กa').catch(() => {});
  const [xml, state] = await Promise.all([
    fetch(box.dataset.xml).then(sound).then((answer) => answer.text()),
    box.dataset.state ? fetch(box.dataset.state).then(sound).then((answer) => answer.json()) : {},
  ]);
  const viewer = new NavigatedViewer({ container: box, textRenderer: { defaultStyle: { fontFamily: FAMILY, fontSize: 12 } } });
  const short = breakThaiLabels(viewer, FAMILY);
  if (box.dataset.language === 'en') speakEnglish(viewer);
  rename(viewer, state.names ?? {});
  await viewer.importXML(xml);
  tellWhole(viewer, short);
  mark(viewer, state);
  number(viewer);
  begin(box, viewer, box.dataset.marks ? { open: changed(box) } : box.dataset.near ? { open: JSON.parse(box.dataset.near) } : state);
  if (box.dataset.marks) compare(box, viewer);
  tools(box, viewer);
  if (box.dataset.element) facts(box, viewer);
  box.dataset.ready = 'yes';
  return viewer;
}

function changed(box) {
  const marks = JSON.parse(box.dataset.marks);
  return [...(marks.added ?? []), ...(marks.removed ?? []), ...(marks.changed ?? [])];
}

function sound(answer) {
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

// `ruam:nameEn` in the place of the Thai name.
function speakEnglish(viewer) {
  viewer.on('import.parse.complete', ({ elementsById }) => {
    for (const element of Object.values(elementsById ?? {})) {
      const name = element.$attrs?.['ruam:nameEn'];
      if (name) element.name = name;
    }
  });
}

// Names that hold ${…}, as they read in this instance; where no instance is shown, what is computed is left open, as in lists.
function rename(viewer, names) {
  viewer.on('import.parse.complete', ({ elementsById }) => {
    for (const [id, element] of Object.entries(elementsById ?? {})) {
      if (typeof element.name === 'string') element.name = names[id] ?? element.name.replace(COMPUTED, '…');
    }
  });
}

function mark(viewer, state) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const overlays = viewer.get('overlays');
  const latest = new Map();
  for (const [name, ids] of [['done', state.done], ['open', state.open], ['returned', state.returned], ['overdue', state.overdue], ['incident', state.incidents]]) {
    for (const id of ids ?? []) latest.set(id, name);
  }
  for (const [id, name] of latest) {
    const shape = registry.get(id);
    if (!shape || shape.waypoints) continue;
    canvas.addMarker(id, `diagram-${name}`);
    const badge = document.createElement('span');
    badge.className = `diagram-badge badge-${name}`;
    badge.textContent = SIGNS[name];
    if (shape.width >= 60) overlays.add(id, 'state', { position: { top: -11, right: 11 }, html: badge, scale: { min: 0.35, max: 1.2 } });
  }
}

function number(viewer) {
  const overlays = viewer.get('overlays');
  viewer.get('elementRegistry').forEach((shape) => {
    const step = shape.businessObject?.$attrs?.['ruam:step'];
    if (!step || shape.waypoints || shape.type === 'label') return;
    const label = document.createElement('span');
    label.className = 'diagram-step';
    label.textContent = step;
    overlays.add(shape.id, 'step', { position: { top: -12, left: -10 }, html: label, scale: { min: 0.35, max: 1.2 } });
  });
}

// The whole name of what was cut short, under the pointer.
function tellWhole(viewer, short) {
  for (const [id, name] of short) {
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = name;
    viewer.get('elementRegistry').getGraphics(id)?.append(title);
  }
}

// A diagram begins where something waits, near enough to read; as a whole where it is small, has not begun or is over.
function begin(frame, viewer, state) {
  const canvas = viewer.get('canvas');
  fit(canvas, frame);
  const current = [...(state.incidents ?? []), ...(state.overdue ?? []), ...(state.open ?? [])];
  const shapes = current.map((id) => viewer.get('elementRegistry').get(id)).filter((found) => found && !found.waypoints);
  if (canvas.zoom() >= NEAR || !shapes.length) return;
  const { inner, outer } = canvas.viewbox();
  const scaled = (box) => Math.min(READABLE, outer.width / (box.width + 2 * AROUND), outer.height / (box.height + 2 * AROUND));
  const all = around(shapes);
  const box = scaled(all) >= NEAR ? all : shapes.find((found) => found.businessObject?.$attrs?.['ruam:step']) ?? shapes[0];
  const scale = scaled(box);
  const width = outer.width / scale;
  const height = outer.height / scale;
  const x = within(box.x + box.width / 2 - width / 2, inner.x - EDGE, inner.x + inner.width + EDGE - width);
  const y = within(box.y + box.height / 2 - height / 2, inner.y - EDGE, inner.y + inner.height + EDGE - height);
  canvas.viewbox({ x, y, width, height });
}

// All of it, centred, clear of the edges and of the buttons; a flat drawing makes its box lower instead of leaving it empty.
function fit(canvas, box) {
  canvas.zoom(1);
  const { inner } = canvas.viewbox();
  if (!inner.width || !inner.height) return;
  const tools = (box.querySelector('.diagram-tools')?.offsetHeight ?? 0) + EDGE;
  const across = Math.min(1, (box.clientWidth - 2 * EDGE) / inner.width);
  const needed = Math.max(LOWEST, inner.height * across + 2 * tools);
  box.style.height = '';
  if (needed < box.clientHeight && !box.dataset.marks) box.style.height = `${Math.ceil(needed)}px`;
  canvas.resized();
  const { outer } = canvas.viewbox();
  const scale = Math.min(across, (outer.height - 2 * tools) / inner.height);
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({ x: inner.x + inner.width / 2 - width / 2, y: inner.y + inner.height / 2 - height / 2, width, height });
}

function around(shapes) {
  const x = Math.min(...shapes.map((shape) => shape.x));
  const y = Math.min(...shapes.map((shape) => shape.y));
  return { x, y, width: Math.max(...shapes.map((shape) => shape.x + shape.width)) - x, height: Math.max(...shapes.map((shape) => shape.y + shape.height)) - y };
}

function within(value, least, most) {
  return Math.max(Math.min(value, most), least);
}

function tools(box, viewer) {
  const canvas = viewer.get('canvas');
  const acts = { in: () => canvas.zoom(canvas.zoom() * ZOOM), out: () => canvas.zoom(canvas.zoom() / ZOOM), fit: () => fit(canvas, box) };
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

// A click on an element fetches what is known of it and puts it beside the drawing.
function facts(box, viewer) {
  const aside = document.querySelector('[data-element-facts]');
  const canvas = viewer.get('canvas');
  let chosen = null;
  async function choose(id) {
    if (chosen) canvas.removeMarker(chosen, 'diagram-chosen');
    chosen = id;
    canvas.addMarker(id, 'diagram-chosen');
    const answer = await fetch(box.dataset.element.replace('ELEMENT', encodeURIComponent(id)));
    if (answer.ok && chosen === id) aside.innerHTML = await answer.text();
  }
  viewer.on('element.click', ({ element }) => {
    const shape = element.labelTarget ?? element;
    if (shape.waypoints || !shape.parent || shape.type === 'bpmn:Participant' || shape.type === 'bpmn:Lane') return;
    choose(shape.id).catch(() => {});
  });
  if (box.dataset.chosen && viewer.get('elementRegistry').get(box.dataset.chosen)) canvas.addMarker(chosen = box.dataset.chosen, 'diagram-chosen');
}

document.querySelectorAll('.diagram[data-xml]:not([data-later])').forEach((box) => {
  show(box).catch(() => {
    box.dataset.failed = 'yes';
    box.querySelector('.diagram-failed')?.removeAttribute('hidden');
  });
});
drawMappings(show);
