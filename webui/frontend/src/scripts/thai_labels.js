// bpmn-js breaks lines at spaces, which Thai does not write between words. Break at words as the browser knows them,
// and keep names inside their boxes: off the icon at the top and the marker at the bottom.
import { JOINER, joined } from './thai_words.js';

const THAI = /[\u0E00-\u0E7F]/;
const PADDING = 18;
const LINE = 1.2; // of the size of the letters
const SIZES = [12, 11];
const EDGE = 3;
const ICON = 22; // at the top left of a typed task
const MARKER = 22; // at the bottom of what has something inside, or is done several times

// Returns the names that had to be cut short, by element id.
export function breakThaiLabels(viewer, family) {
  const renderer = viewer.get('textRenderer');
  const words = new Intl.Segmenter('th', { granularity: 'word' });
  const canvas = document.createElement('canvas').getContext('2d');
  const plain = renderer.createText.bind(renderer);
  const short = new Map();
  let drawn = null;
  viewer.get('eventBus').on('render.shape', 3000, (_event, { element }) => { drawn = element; });

  function broken(text, width, size) {
    canvas.font = `${size}px ${family}`;
    return lines(text, words, (line) => canvas.measureText(line).width <= width);
  }

  renderer.createText = (text, options = {}) => {
    const inside = options.align === 'center-middle' && options.box;
    if (!inside && !THAI.test(text)) return plain(text, options);
    const style = { ...renderer.getDefaultStyle(), ...options.style, fontFamily: family };
    const width = (options.box?.width ?? 90) - PADDING;
    if (!inside) return plain(broken(text, width, style.fontSize).join('\n'), { ...options, style });
    const room = roomOf(drawn);
    const fitted = fit(options.box.height - room.bottom - room.edge, (size) => broken(text, width, size));
    if (fitted.cut) short.set(drawn.id, text);
    const box = { ...options.box, height: options.box.height + 2 * shift(options.box.height, fitted.lines.length * fitted.size * LINE, room) };
    return plain(fitted.lines.join('\n'), { ...options, box, style: { ...style, fontSize: fitted.size } });
  };
  return short;
}

function roomOf(shape) {
  if (/Lane|Participant/.test(shape.type)) return { top: 0, bottom: 0, edge: 0 }; // a strip for two lines
  const marked = shape.type === 'bpmn:CallActivity' || /SubProcess|Transaction/.test(shape.type) || shape.businessObject.loopCharacteristics;
  return { top: /.Task$/.test(shape.type.replace('bpmn:', '')) ? ICON : EDGE, bottom: marked ? MARKER : EDGE, edge: 2 * EDGE };
}

// As many lines as the height holds, in smaller letters if need be; the last one ends in … where that is not enough.
function fit(height, broken) {
  for (const size of SIZES) {
    const found = broken(size);
    if (found.length * size * LINE <= height) return { lines: found, size, cut: false };
  }
  const size = SIZES.at(-1);
  const found = broken(size).slice(0, Math.max(1, Math.floor(height / (size * LINE))));
  found.push(`${found.pop()}…`);
  return { lines: found, size, cut: true };
}

// How far a text that stands in the middle moves down (or up) to leave icon and marker free.
function shift(height, text, room) {
  const margin = (height - text) / 2;
  if (margin < room.bottom) return margin - room.bottom;
  return Math.min(Math.max(room.top - margin, 0), Math.max(margin - room.bottom, 0));
}

function lines(text, words, fits) {
  const done = [];
  let line = '';
  for (const segment of whole(text, words)) {
    if (line && !fits(line + segment)) {
      done.push(line.trimEnd());
      line = segment.trimStart();
    } else {
      line += segment;
    }
  }
  return line ? [...done, line] : done;
}

// Abbreviations (อ.ก.พ.ร.) and what stands in brackets' edges are not torn apart.
function whole(text, words) {
  const found = [];
  for (const { segment } of words.segment(joined(text))) {
    const before = found.at(-1);
    if (before !== undefined && !/\s$/.test(before) && (/^[.,:;)\]ฯๆ]/.test(segment) || /(^|\s|\()([ก-ฮ]{1,2}\.)+$/.test(before) && /^[ก-ฮ]/.test(segment) || /[(\[]$/.test(before))) found[found.length - 1] = before + segment;
    else found.push(segment);
  }
  return found.map((word) => word.replaceAll(JOINER, ''));
}
