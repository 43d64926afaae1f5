// The ends of a file's lines, and the mark before its first: a browser's text field has neither, and what is saved has them as they were.
const MARK = '\uFEFF';
const LINE = /([^\r\n]*)(\r\n|\r|\n|$)/g;

export function withoutMark(text) {
  return text.startsWith(MARK) ? text.slice(1) : text;
}

// The lines that nobody has touched keep their ends; those between have what most have.
export function withEnds(text, before) {
  const mark = before.startsWith(MARK) ? MARK : '';
  if (!before.includes('\r')) return mark + text;
  const then = linesOf(withoutMark(before));
  const now = linesOf(text);
  let first = 0;
  while (first < Math.min(then.length, now.length) && then[first][0] === now[first][0]) first += 1;
  let last = 0;
  while (last < Math.min(then.length, now.length) - first && then.at(-1 - last)[0] === now.at(-1 - last)[0]) last += 1;
  const usual = most(then.map(([, end]) => end).filter(Boolean));
  const end = (index) => (index < first ? then[index][1] : index >= now.length - last ? then[index - now.length + then.length][1] : usual) || usual;
  return mark + now.map(([line, had], index) => line + (had && end(index))).join('');
}

// [line, its end]; the last has none, and is empty where the file ends with one.
function linesOf(text) {
  const lines = [...text.matchAll(LINE)].map(([, line, end]) => [line, end]);
  return lines.length > 1 && lines.at(-2)[1] === '' ? lines.slice(0, -1) : lines;
}

function most(ends) {
  const count = (end) => ends.filter((one) => one === end).length;
  return [...new Set(ends)].sort((one, other) => count(other) - count(one))[0];
}
