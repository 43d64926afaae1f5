// An icon of the page's own sheet, for the eye only.
import { html } from '@bpmn-io/diagram-js-ui';

const sheet = document.querySelector('[data-icons]')?.dataset.icons ?? '';

export function Icon({ name }) {
  return html`<svg class="icon icon-small" aria-hidden="true"><use href=${`${sheet}#${name}`}></use></svg>`;
}

export function IconButton({ name, words, ...more }) {
  return html`<button type="button" class="tool is-small" title=${words} aria-label=${words} ...${more}><${Icon} name=${name} /></button>`;
}
