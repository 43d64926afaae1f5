// The mapping of a migration between its two drawings: <details data-mapping> with the old one and the new one, lines between them.
// Dragging from an element of the old drawing to one of the new is the same as choosing it in the lists: trial.js asks the server.
const SVG = 'http://www.w3.org/2000/svg';
const BEND = 0.4; // of the distance, for which a line leaves an element straight
const NEAR = 5; // pixels the pointer moves before it drags

class Mapping {
  constructor(details) {
    this.details = details;
    this.form = details.closest('form');
    this.sides = details.querySelector('.mapping-sides');
    this.lines = details.querySelector('.mapping-lines');
    this.viewers = {};
    this.over = null; // the element under the pointer
    this.form.addEventListener('tried', () => this.show());
    new ResizeObserver(() => this.draw()).observe(this.sides);
  }

  add(side, box, viewer) {
    this.viewers[side] = viewer;
    viewer.on('canvas.viewbox.changed', () => this.draw());
    if (side === 'old') this.listen(box, viewer);
    this.show();
  }

  shape(side, id) {
    return this.viewers[side]?.get('elementRegistry').get(id);
  }

  mark(side, id, name, on) {
    if (this.shape(side, id)) this.viewers[side].get('canvas')[on ? 'addMarker' : 'removeMarker'](id, name);
  }

  show() {
    this.facts = JSON.parse(this.details.nextElementSibling.querySelector('[data-mapped]').dataset.mapped);
    if (!this.viewers.old || !this.viewers.new) return;
    const { stands, asked, chosen } = this.facts;
    for (const id of Object.keys(stands)) this.mark('old', id, 'mapping-stand', true);
    for (const id of this.asked ?? []) this.mark('old', id, 'mapping-asked', false);
    this.asked = asked;
    for (const id of asked) this.mark('old', id, 'mapping-asked', true);
    this.shown = Object.entries(stands).filter(([id, one]) => one.to && (chosen.includes(id) || one.to !== id || one.way !== 'map'));
    this.draw();
  }

  // ---- lines

  draw() {
    if (!this.shown) return;
    this.lines.replaceChildren();
    const { facts } = this;
    const told = new Map(this.shown);
    if (this.over && facts.stands[this.over]?.to) told.set(this.over, facts.stands[this.over]);
    for (const [id, { to, way }] of told) {
      const from = this.middle('old', id, facts);
      const end = this.middle('new', to, facts);
      if (from && end) this.line(from, end, `line-${way === 'map' ? 'map' : 'before'}`);
    }
    if (this.dragged) this.line(this.dragged.from, this.dragged.to, 'line-dragged');
  }

  line(from, to, name) {
    const path = document.createElementNS(SVG, 'path');
    const bend = Math.abs(to.x - from.x) > Math.abs(to.y - from.y) ? [(to.x - from.x) * BEND, 0] : [0, (to.y - from.y) * BEND];
    path.setAttribute('d', `M${from.x},${from.y} C${from.x + bend[0]},${from.y + bend[1]} ${to.x - bend[0]},${to.y - bend[1]} ${to.x},${to.y}`);
    path.setAttribute('class', name);
    const end = document.createElementNS(SVG, 'circle');
    for (const [key, value] of Object.entries({ cx: to.x, cy: to.y, r: 5, class: name })) end.setAttribute(key, value);
    this.lines.append(path, end);
  }

  // Where an element is seen: its own box, else that of the closed sub-process it is in.
  box(side, id, inside) {
    for (let seen = id; seen; seen = inside[side][seen]) {
      const box = this.viewers[side].get('elementRegistry').getGraphics(seen)?.querySelector('.djs-visual').getBoundingClientRect();
      if (box?.width) return box;
    }
    return null;
  }

  // Its middle in the pixels of the lines; nothing where it is scrolled out of its drawing.
  middle(side, id, { inside } = this.facts) {
    const box = this.box(side, id, inside);
    if (!box) return null;
    const around = this.viewers[side].get('canvas').getContainer().getBoundingClientRect();
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    if (x < around.left || x > around.right || y < around.top || y > around.bottom) return null;
    return this.inLines(x, y);
  }

  inLines(x, y) {
    const origin = this.lines.getBoundingClientRect();
    return { x: x - origin.x, y: y - origin.y };
  }

  // ---- dragging, by pointer and touch

  listen(box, viewer) {
    // else the drawing would be moved under the pointer
    viewer.on('element.mousedown', 2000, (event) => (this.stand(event.element) ? event.stopPropagation() : undefined));
    viewer.on('element.hover', ({ element }) => this.point(this.stand(element)));
    viewer.on('element.out', () => this.point(null));
    box.addEventListener('pointerdown', (event) => {
      const id = this.stand(this.shape('old', elementAt(event.clientX, event.clientY, box)));
      if (id && event.isPrimary && event.button === 0) this.drag(id, event, box);
    });
  }

  stand(element) {
    const id = (element?.labelTarget ?? element)?.id;
    return id && this.facts.stands[id] ? id : null;
  }

  point(id) {
    if (this.over === id) return;
    this.over = id;
    this.draw();
  }

  drag(id, start, box) {
    const { stands, targets } = this.facts;
    const there = this.viewers.new.get('canvas').getContainer();
    const [x, y] = [start.clientX, start.clientY];
    let target = null;
    const aim = (found) => {
      if (target === found) return;
      if (target) this.mark('new', target, 'mapping-aim', false);
      target = found;
      if (target) this.mark('new', target, 'mapping-aim', true);
    };
    const move = (event) => {
      if (!this.dragged && Math.hypot(event.clientX - x, event.clientY - y) < NEAR) return;
      const element = this.shape('new', elementAt(event.clientX, event.clientY, there));
      const found = (element?.labelTarget ?? element)?.id;
      aim(targets.includes(found) ? found : null);
      this.dragged = { from: this.middle('old', id) ?? this.inLines(x, y), to: this.inLines(event.clientX, event.clientY) };
      this.draw();
    };
    const end = (event) => {
      box.removeEventListener('pointermove', move);
      for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) box.removeEventListener(name, end);
      const said = event.type === 'pointerup' ? target : null;
      aim(null);
      this.dragged = null;
      this.draw();
      if (said) this.choose(id, said, stands[id].fitting.includes(said) ? 'map' : 'before');
    };
    box.setPointerCapture(start.pointerId);
    box.addEventListener('pointermove', move);
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) box.addEventListener(name, end);
  }

  choose(id, place, way) {
    const name = this.facts.name + id;
    const fields = { [`place:${name}`]: place, [`way:${name}`]: way };
    this.form.dispatchEvent(new CustomEvent('choose', { detail: { use: name, fields } }));
  }
}

// The id of the innermost element of a drawing at a point of the page.
function elementAt(x, y, container) {
  const found = document.elementsFromPoint(x, y).find((one) => container.contains(one) && one.closest('.djs-element'));
  return found?.closest('.djs-element').dataset.elementId;
}

/** Draws what is shown in `show`, as soon as it is opened. */
export function drawMappings(show) {
  document.querySelectorAll('[data-mapping]').forEach((details) => {
    const mapping = new Mapping(details);
    const open = () => details.querySelectorAll('.diagram[data-later]').forEach((box) => {
      delete box.dataset.later;
      show(box).then((viewer) => mapping.add(box.closest('.side-old') ? 'old' : 'new', box, viewer)).catch(() => {
        box.dataset.failed = 'yes';
        box.querySelector('.diagram-failed')?.removeAttribute('hidden');
      });
    });
    details.addEventListener('toggle', () => details.open && open());
    if (details.open) open();
  });
}
