// Tokens that run through the drawing, to see whether a path is right. Nothing is changed or saved meanwhile. Its module speaks English alone:
// its words are put into ours as they appear.
import { english, t } from './words/words.js';

export function simulation(modeler, page) {
  const toggle = modeler.get('toggleMode');
  const button = page.querySelector('[data-act="simulate"]');
  modeler.get('eventBus').on('tokenSimulation.toggleMode', ({ active }) => {
    page.dataset.simulating = active ? 'yes' : 'no';
    button.setAttribute('aria-pressed', String(active));
  });
  if (!english) speakThai(page.querySelector('[data-part="canvas"]'));
  return () => toggle.toggleMode();
}

function speakThai(canvas) {
  const watched = '[class*="bts-"]';
  new MutationObserver((changes) => {
    for (const { addedNodes, target } of changes) {
      if (target.closest?.(watched)) words(target);
      for (const node of addedNodes) if (node.nodeType === 1 && (node.matches(watched) || node.querySelector(watched))) words(node);
    }
  }).observe(canvas, { childList: true, subtree: true });
}

function words(box) {
  for (const node of [box, ...box.querySelectorAll('[title]')]) {
    const said = node.title && t(node.title);
    if (said && said !== node.title) node.title = said;
  }
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const plain = node.data.trim();
    const said = plain && t(plain);
    if (said && said !== plain) node.data = node.data.replace(plain, said);
  }
}
