// A mark on each element that something is wrong with.
import { show } from './canvas.js';
import { pick } from './words/words.js';

export function mark(modeler, findings) {
  const overlays = modeler.get('overlays');
  overlays.remove({ type: 'finding' });
  for (const [id, { severity, texts }] of worst(findings)) {
    const element = modeler.get('elementRegistry').get(id);
    if (!element?.parent) continue; // the process as a whole, or nothing that is drawn
    const position = element.waypoints ? { top: -10, left: -10 } : { top: -11, right: 11 };
    overlays.add(element, 'finding', { position, html: badge(severity, texts, () => show(modeler, id)), scale: { min: 0.6, max: 1.2 } });
  }
}

function badge(severity, texts, choose) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = `check-badge is-${severity}`;
  button.textContent = '!';
  button.title = texts.join('\n');
  button.setAttribute('aria-label', texts.join(' '));
  button.addEventListener('click', choose);
  return button;
}

function worst(findings) {
  const found = new Map();
  for (const one of findings) {
    const before = found.get(one.element);
    found.set(one.element, { severity: before?.severity === 'error' ? 'error' : one.severity, texts: [...(before?.texts ?? []), pick(one)] });
  }
  return found;
}
