// The buttons above the canvas and the keys that are ours; bpmn-js brings its own (copy, paste, undo, tools).
import { isKey } from 'diagram-js/lib/features/keyboard/KeyboardUtil'; // knows the keys of a Thai keyboard
import { whole } from './canvas.js';

const ZOOM = 1.25;

export function toolbar({ page, modeler, saving, help, simulate }) {
  const canvas = modeler.get('canvas');
  const stack = modeler.get('commandStack');
  const minimap = modeler.get('minimap');
  const actions = modeler.get('editorActions');
  const button = (name) => page.querySelector(`[data-act="${name}"]`);
  const acts = {
    undo: () => stack.undo(), redo: () => stack.redo(), in: () => canvas.zoom(canvas.zoom() * ZOOM), out: () => canvas.zoom(canvas.zoom() / ZOOM),
    fit: () => whole(modeler), find: () => actions.trigger('find'), minimap: () => minimap.toggle(), simulate, help, save: () => saving.flush(),
    checks: () => show(page, page.dataset.checks === 'shut'),
  };
  for (const [name, act] of Object.entries(acts)) button(name)?.addEventListener('click', () => act());
  const follow = () => {
    button('undo').disabled = !stack.canUndo();
    button('redo').disabled = !stack.canRedo();
  };
  modeler.get('eventBus').on('commandStack.changed', follow);
  modeler.get('eventBus').on('minimap.toggle', ({ open }) => button('minimap').setAttribute('aria-pressed', String(open)));
  follow();
  addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select, [contenteditable="true"]');
    if ((event.ctrlKey || event.metaKey) && isKey(['s', 'S'], event)) {
      event.preventDefault();
      if (typing) typing.blur();
      setTimeout(acts.save);
    } else if (event.key === '?' && !typing) {
      help();
    } else if ((event.ctrlKey || event.metaKey) && isKey(['z', 'Z'], event) && !typing && !page.querySelector('[data-part="canvas"]').contains(event.target)) {
      event.preventDefault(); // the panel's buttons have the focus: undo is the drawing's all the same
      (event.shiftKey ? acts.redo : acts.undo)();
    }
  });
}

function show(page, open) {
  page.dataset.checks = open ? 'open' : 'shut';
  page.querySelector('[data-act="checks"]').setAttribute('aria-expanded', String(open));
}
