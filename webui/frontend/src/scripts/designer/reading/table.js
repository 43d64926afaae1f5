// A CSV file as rows and back: what is not changed stays to the letter, quotes and line ends too.
const BARE = /^[^",\r\n]*$/;

// → [{from, to, end, cells}]: where each row's text begins and ends, its line end, its values; null where a quote is not closed
export function readRows(text) {
  const rows = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const row = readRow(text, at);
    if (!row) return null;
    rows.push(row);
    at = row.to + row.end.length;
  }
  return rows;
}

function readRow(text, from) {
  const cells = [];
  let at = from;
  for (;;) {
    const cell = text[at] === '"' ? quoted(text, at) : plain(text, at);
    if (!cell) return null;
    cells.push(cell.value);
    at = cell.to;
    if (text[at] !== ',') break;
    at += 1;
  }
  const end = /^(\r\n|\n|\r)?/.exec(text.slice(at, at + 2))[0];
  return at < text.length && !end ? null : { from, to: at, end, cells };
}

function plain(text, from) {
  const [value] = /^[^,\r\n]*/.exec(text.slice(from));
  return { value, to: from + value.length };
}

function quoted(text, from) {
  let to = from + 1;
  while (to < text.length && (text[to] !== '"' || text[to + 1] === '"')) to += text[to] === '"' ? 2 : 1;
  return to < text.length ? { value: text.slice(from + 1, to).replaceAll('""', '"'), to: to + 1 } : null;
}

// The text with one value changed; a row that is too short is filled up to it.
export function withCell(text, rows, at, column, value) {
  const { from, to, cells } = rows[at];
  const made = Array.from({ length: Math.max(cells.length, column + 1) }, (_none, index) => (index === column ? value : cells[index] ?? ''));
  return text.slice(0, from) + asRow(made) + text.slice(to);
}

// The text with one more row behind another.
export function withRow(text, rows, after, cells) {
  const { to, end } = rows[after];
  const line = end || rows[0].end || '\n';
  return text.slice(0, to) + line + asRow(cells) + (end ? text.slice(to) : line);
}

export function withoutRow(text, rows, at) {
  const { from, to, end } = rows[at];
  return text.slice(0, from) + text.slice(to + end.length);
}

function asRow(cells) {
  return cells.map((value) => (BARE.test(value) ? value : `"${value.replaceAll('"', '""')}"`)).join(',');
}
