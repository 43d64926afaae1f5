// A condition as rows "field – comparison – value", all joined by `and` or all by `or`. What is more than that stays an expression.
const NAME = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{M}\p{N}_]*)*`;
const LITERAL = String.raw`'(?:[^'\\])*'|"(?:[^"\\])*"|-?\d+(?:\.\d+)?|true|false|null`;
const WORDS = new Set(['not', 'and', 'or', 'empty', 'true', 'false', 'null']);
const SHAPES = [
  [new RegExp(`^(?:not\\s+|!\\s*)empty\\s*(?:\\(\\s*(${NAME})\\s*\\)|\\s(${NAME}))$`, 'u'), 'filled'],
  [new RegExp(`^empty\\s*(?:\\(\\s*(${NAME})\\s*\\)|\\s(${NAME}))$`, 'u'), 'empty'],
  [new RegExp(`^(?:not\\s+|!\\s*)(${NAME})$`, 'u'), 'no'],
  [new RegExp(`^(${NAME})$`, 'u'), 'yes'],
];
const HELD = new RegExp(`^(${LITERAL})\\s+(not\\s+)?in\\s+(?:(${NAME})|default\\(\\s*(${NAME})\\s*,\\s*\\[\\]\\s*\\))$`, 'u'); // what is ticked of a list
const COMPARED = new RegExp(`^(${NAME})\\s*(==|!=|>=|<=|>|<)\\s*(${LITERAL})$`, 'u');

export const BARE = new Set(['filled', 'empty', 'yes', 'no']); // comparisons without a value

// → {join: 'and' or 'or', rows: [{name, comparison, value}]}, or null; `value` is a text, number, true, false or null
export function readCondition(text) {
  const inside = /^\$\{(.*)\}$/s.exec((text ?? '').trim())?.[1].trim();
  if (!inside) return null;
  const { parts, join } = split(inside);
  if (!parts) return null;
  const rows = parts.map(readRow);
  return rows.every(Boolean) ? { join, rows } : null;
}

function readRow(text) {
  for (const [shape, comparison] of SHAPES) {
    const found = shape.exec(text);
    const name = found && (found[1] ?? found[2]);
    if (name && !WORDS.has(name)) return { name, comparison, value: null };
  }
  const held = HELD.exec(text);
  if (held) return { name: held[3] ?? held[4], comparison: held[2] ? 'has not' : 'has', value: readLiteral(held[1]) };
  const found = COMPARED.exec(text);
  return found && !WORDS.has(found[1]) ? { name: found[1], comparison: found[2], value: readLiteral(found[3]) } : null;
}

function readLiteral(text) {
  if (text[0] === "'" || text[0] === '"') return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return text === 'null' ? null : Number(text);
}

// Apart at `and` (`&&`) or `or` (`||`) outside of quotes and brackets; both together cannot be told as rows.
function split(text) {
  const parts = [];
  let join = 'and';
  const joins = new Set();
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quote) { if (letter === quote) quote = ''; continue; }
    if (letter === "'" || letter === '"') quote = letter;
    else if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter)) depth -= 1;
    const found = depth === 0 && /^(\s+and\s+|\s+or\s+|\s*&&\s*|\s*\|\|\s*)/.exec(text.slice(at));
    if (!found) continue;
    join = /and|&&/.test(found[0]) ? 'and' : 'or';
    joins.add(join);
    parts.push(text.slice(from, at).trim());
    from = at + found[0].length;
    at = from - 1;
  }
  parts.push(text.slice(from).trim());
  return joins.size > 1 ? {} : { parts, join };
}

export function asCondition({ join, rows }) {
  const told = rows.filter((row) => row.name).map(asRow);
  return told.length ? `\${${told.join(` ${join} `)}}` : '';
}

function asRow({ name, comparison, value }) {
  if (comparison === 'filled') return `not empty(${name})`;
  if (comparison === 'empty') return `empty(${name})`;
  if (comparison === 'yes') return name;
  if (comparison === 'no') return `not ${name}`;
  if (comparison === 'has' || comparison === 'has not') return `${asLiteral(value)} ${comparison === 'has' ? 'in' : 'not in'} default(${name}, [])`;
  return `${name} ${comparison} ${asLiteral(value)}`;
}

// Texts hold neither a quote nor a backslash: one that would is written in the other quotes, without what cannot be written.
function asLiteral(value) {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return "''";
  const clean = value.replaceAll('\\', '');
  return clean.includes("'") ? `"${clean.replaceAll('"', '')}"` : `'${clean}'`;
}
