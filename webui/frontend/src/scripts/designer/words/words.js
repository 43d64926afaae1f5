// The words of the designer: English in the code, Thai from the maps beside. bpmn-js asks the same function for its own.
import { DECISIONS } from './decisions.js';
import { DRAWING } from './drawing.js';
import { FORMS } from './forms.js';
import { PANEL } from './panel.js';

const THAI = { ...DRAWING, ...DECISIONS, ...FORMS, ...PANEL };

export const english = document.documentElement.lang === 'en';

export function t(text, values = {}) {
  const said = english ? text : THAI[text] ?? text;
  return said.replace(/{([^{}]+)}/g, (whole, key) => values[key] ?? whole);
}

// The one of a pair of texts that the reader reads; the other where it is missing.
export function pick(both, otherwise = '') {
  return (english ? both?.en || both?.th : both?.th || both?.en) || otherwise;
}
