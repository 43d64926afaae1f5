// The questions and the help that stand over the page.
import { html, render } from '@bpmn-io/diagram-js-ui';
import { pick, t } from './words/words.js';

function open(content) {
  const dialog = document.createElement('dialog');
  dialog.className = 'designer-dialog';
  document.body.append(dialog);
  const close = () => dialog.close();
  dialog.addEventListener('close', () => { render(null, dialog); dialog.remove(); });
  render(content(close), dialog);
  dialog.showModal();
  return dialog;
}

const COMMAND = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';
const KEYS = [
  ['Undo', [COMMAND, 'Z']], ['Redo', [COMMAND, 'Shift', 'Z']], ['Copy', [COMMAND, 'C']], ['Cut', [COMMAND, 'X']], ['Paste', [COMMAND, 'V']], ['Duplicate', [COMMAND, 'D']],
  ['Remove', ['Delete']], ['Choose everything', [COMMAND, 'A']], ['Write the name', ['E']], ['Change the kind', ['R']], ['Next step', ['A']], ['Search', [COMMAND, 'F']], ['Hand: move the drawing', ['H']],
  ['Lasso: choose several', ['L']], ['Space: make room', ['S']], ['Connect', ['C']], ['Move what is chosen', ['←', '↑', '↓', '→']], ['Nearer', [COMMAND, '+']],
  ['Further', [COMMAND, '−']], ['Save now', [COMMAND, 'S']], ['This help', ['?']],
];

export function help() {
  open((close) => html`<h2>${t('Keys')}</h2>
    <dl class="keys">${KEYS.map(([words, keys]) => html`<div><dt>${t(words)}</dt><dd>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dd></div>`)}</dl>
    <p class="prop-hint">${t('Several elements can be chosen with Shift and aligned from the menu beside them.')}
      ${t('What leads where can be chosen from lists, too: “Where it leads”, beside the drawing.')}</p>
    <div class="actions"><button type="button" class="button" onClick=${close} autofocus>${t('Close')}</button></div>`);
}

// Somebody else saved first. Nothing is lost either way: what is not kept here stays among the file's revisions.
export function conflict({ revision, changed, changed_by: who, copy }, { theirs, mine }) {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Bangkok' }).format(new Date(changed));
  open((close) => html`<h2>${t('Somebody else has saved this file')}</h2>
    <p>${t('{who} saved it at {time} while you were changing it.', { who: pick(who, who?.id), time })} ${copy
      ? t('What you have is kept in the history as copy no. {n}.', { n: copy }) : ''}</p>
    <div class="actions stacked">
      <button type="button" class="button primary" autofocus onClick=${() => { close(); theirs(); }}>${t('Load theirs; mine stays as copy no. {n}', { n: copy })}</button>
      <button type="button" class="button" onClick=${() => { close(); mine(revision); }}>${t('Keep mine; theirs stays in the history')}</button>
      <button type="button" class="button" onClick=${close}>${t('Look first')}</button></div>
    <p class="prop-hint">${t('Until you choose, nothing more is saved.')}</p>`);
}
