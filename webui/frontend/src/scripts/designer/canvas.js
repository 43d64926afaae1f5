// The modeler: bpmn-js with our words, whole copies, the minimap and the simulation of tokens.
import Modeler from 'bpmn-js/lib/Modeler';
import minimapModule from 'diagram-js-minimap';
import simulationModule from 'bpmn-js-token-simulation';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { breakThaiLabels } from '../thai_labels.js';
import clipboardModule from './clipboard.js';
import copyingModule from './copying.js';
import extensionsModule from './extensions.js';
import insertingModule from './inserting.js';
import { speakEnglish } from './names.js';
import peopleFirstModule from './people_first.js';
import { t } from './words/words.js';

const FAMILY = 'Sarabun, sans-serif';
const READABLE = 0.7; // below this scale a large drawing opens at its beginning instead of as a whole
const EDGE = 40;
const PALETTE = 100; // pixels at the left that the palette takes

const words = { translate: ['value', t] };
const look = { textRenderer: { defaultStyle: { fontFamily: FAMILY, fontSize: 12 }, externalStyle: { fontSize: 12 } } };

export async function editor(container) {
  await document.fonts.load('12px Sarabun', 'กa').catch(() => {});
  const modeler = new Modeler({ container, ...look, minimap: { open: false }, additionalModules: [
    words, clipboardModule, copyingModule, extensionsModule, peopleFirstModule, insertingModule, minimapModule, simulationModule] });
  breakThaiLabels(modeler, FAMILY);
  speakEnglish(modeler);
  return modeler;
}

// For reading only: where a draft is closed, or the screen too narrow to draw on.
export async function reader(container) {
  await document.fonts.load('12px Sarabun', 'กa').catch(() => {});
  const viewer = new NavigatedViewer({ container, ...look, additionalModules: [words] });
  breakThaiLabels(viewer, FAMILY);
  return viewer;
}

// The whole, beside the palette, where it can be read so; otherwise its upper left, readable.
export function begin(modeler, left = PALETTE, least = READABLE) {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !inner.height) return;
  const fitting = Math.min(1, (outer.width - left - EDGE) / inner.width, (outer.height - EDGE) / inner.height);
  const scale = Math.max(fitting, least);
  const beside = fitting < least ? left : Math.max(left, (outer.width - inner.width * scale) / 2);
  const above = fitting < least ? EDGE : (outer.height - inner.height * scale) / 2;
  canvas.viewbox({ x: inner.x - beside / scale, y: inner.y - above / scale, width: outer.width / scale, height: outer.height / scale });
}

// The whole, however small it becomes.
export function whole(modeler) {
  begin(modeler, PALETTE, 0);
}

// Bring an element to the middle and choose it; what is not drawn (a message, the process) leads to the whole.
export function show(modeler, id) {
  const canvas = modeler.get('canvas');
  const registry = modeler.get('elementRegistry');
  const element = registry.get(id) ?? registry.find((one) => one.businessObject?.processRef?.id === id) ?? canvas.getRootElement();
  const plane = canvas.findRoot(element);
  if (plane && plane !== canvas.getRootElement()) canvas.setRootElement(plane);
  if (element !== canvas.getRootElement()) centre(canvas, element);
  const selection = modeler.get('selection', false);
  if (selection) selection.select(element === canvas.getRootElement() ? [] : element);
  return element;
}

function centre(canvas, element) {
  const { outer } = canvas.viewbox();
  const scale = Math.max(canvas.zoom(), READABLE);
  const box = around(element);
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: box.x + box.width / 2 - width / 2, y: box.y + box.height / 2 - height / 2, width, height });
}

function around(element) {
  if (!element.waypoints) return element;
  const [xs, ys] = [element.waypoints.map(({ x }) => x), element.waypoints.map(({ y }) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
