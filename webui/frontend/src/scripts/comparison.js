// Two drawings of a process: <div data-comparison> around <div class="diagram" data-marks="{added, removed, changed, drawn}">.
// What a mark means is said by colour, by line and by a sign; links with data-goto show their element in both.
const SIGNS = { drawn: '↔', changed: '≠', added: '+', removed: '−' };
const NEAR = 0.8;
const drawings = [];

export function compare(box, viewer) {
  const marks = JSON.parse(box.dataset.marks);
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const latest = new Map();
  for (const kind of Object.keys(SIGNS)) for (const id of marks[kind] ?? []) if (registry.get(id)) latest.set(id, kind);
  for (const [id, kind] of latest) {
    canvas.addMarker(id, `difference-${kind}`);
    const shape = registry.get(id);
    if (shape.waypoints || kind === 'drawn') continue;
    const badge = document.createElement('span');
    badge.className = `diagram-badge badge-${kind}`;
    badge.textContent = SIGNS[kind];
    viewer.get('overlays').add(id, 'difference', { position: { top: -11, right: 11 }, html: badge, scale: { min: 0.35, max: 1.2 } });
  }
  drawings.push({ box, viewer, chosen: null });
  if (box.dataset.goto) goTo(drawings.at(-1), box.dataset.goto);
}

function goTo(drawing, id) {
  const canvas = drawing.viewer.get('canvas');
  const shape = drawing.viewer.get('elementRegistry').get(id);
  if (drawing.chosen) canvas.removeMarker(drawing.chosen, 'diagram-chosen');
  drawing.chosen = null;
  if (!shape) return false;
  canvas.addMarker(id, 'diagram-chosen');
  drawing.chosen = id;
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / NEAR, outer.height / NEAR];
  const middle = shape.waypoints ? shape.waypoints[0] : { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
  canvas.viewbox({ x: middle.x - width / 2, y: middle.y - height / 2, width, height });
  return true;
}

function showSide(name) {
  const comparison = document.querySelector('[data-comparison]');
  comparison.dataset.side = name;
  comparison.querySelectorAll('[data-show-side]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.showSide === name)));
}

document.querySelectorAll('[data-show-side]').forEach((button) => button.addEventListener('click', () => showSide(button.dataset.showSide)));

document.querySelectorAll('a[data-goto]').forEach((link) => link.addEventListener('click', (event) => {
  let shown = null;
  for (const drawing of drawings) {
    const old = Boolean(drawing.box.closest('.side-old'));
    const found = goTo(drawing, (old ? link.dataset.gotoOld : link.dataset.goto) || '');
    if (found && (!shown || !old)) shown = drawing;
  }
  if (!shown) return;
  event.preventDefault();
  showSide(shown.box.closest('.side-old') ? 'old' : 'new');
  document.querySelector('[data-comparison]').scrollIntoView({ block: 'start' });
  shown.box.focus({ preventScroll: true });
}));
