// bpmn-js breaks lines at spaces, which Thai does not write between words. Break at words as the browser knows them.
const THAI = /[\u0E00-\u0E7F]/;
const PADDING = 18;

export function breakThaiLabels(viewer, family) {
  const renderer = viewer.get('textRenderer');
  const words = new Intl.Segmenter('th', { granularity: 'word' });
  const canvas = document.createElement('canvas').getContext('2d');
  const plain = renderer.createText.bind(renderer);
  renderer.createText = (text, options = {}) => {
    if (!THAI.test(text)) return plain(text, options);
    const style = { ...renderer.getDefaultStyle(), ...options.style, fontFamily: family };
    canvas.font = `${style.fontSize}px ${family}`;
    const width = (options.box?.width ?? 90) - PADDING;
    return plain(lines(text, words, (line) => canvas.measureText(line).width <= width).join('\n'), { ...options, style });
  };
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
  for (const { segment } of words.segment(text)) {
    const before = found.at(-1);
    if (before !== undefined && !/\s$/.test(before) && (/^[.,:;)\]ฯๆ]/.test(segment) || /(^|\s|\()([ก-ฮ]{1,2}\.)+$/.test(before) && /^[ก-ฮ]/.test(segment) || /[(\[]$/.test(before))) found[found.length - 1] = before + segment;
    else found.push(segment);
  }
  return found;
}
