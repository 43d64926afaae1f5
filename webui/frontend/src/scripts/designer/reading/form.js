// A form (JSON Schema with our x- keywords) as what one changes: kinds in words, sections, names. Every change gives a new schema and
// leaves alone what it does not know.
const TEXT = ['minLength', 'maxLength'];
const NUMBER = ['minimum', 'maximum'];
const CHOICES = ['oneOf', 'enum', 'x-options'];

// kind → what makes a field one, and the keywords that can be changed besides
export const KINDS = {
  text: { base: { type: 'string' }, keys: TEXT },
  long: { base: { type: 'string', 'x-widget': 'textarea' }, keys: TEXT },
  number: { base: { type: 'number' }, keys: NUMBER },
  whole: { base: { type: 'integer' }, keys: NUMBER },
  yes: { base: { type: 'boolean' }, keys: [] },
  date: { base: { type: 'string', format: 'date', 'x-widget': 'date' }, keys: [] },
  datetime: { base: { type: 'string', format: 'date-time', 'x-widget': 'datetime' }, keys: [] },
  time: { base: { type: 'string', format: 'time', 'x-widget': 'time' }, keys: [] },
  email: { base: { type: 'string', format: 'email', 'x-widget': 'email' }, keys: TEXT },
  one: { base: { type: 'string', 'x-widget': 'radio' }, keys: CHOICES },
  several: { base: { type: 'array', 'x-widget': 'checkboxes' }, keys: [...CHOICES, 'items', 'minItems', 'maxItems', 'uniqueItems'] },
  file: { base: { type: 'string', 'x-widget': 'file' }, keys: ['x-document'] },
  files: { base: { type: 'array', 'x-widget': 'files', items: { type: 'string' } }, keys: ['x-document', 'minItems', 'maxItems'] },
  table: { base: { type: 'array', 'x-widget': 'table' }, keys: ['items', 'minItems', 'maxItems'] },
  score: { base: { type: 'integer', 'x-widget': 'score' }, keys: NUMBER },
  hidden: { base: { type: 'string', 'x-widget': 'hidden' }, keys: [] },
};
export const COLUMNS = ['text', 'long', 'number', 'whole', 'yes', 'date', 'one'];
export const FILES = ['pdf', 'docx', 'xlsx', 'jpg', 'png', 'zip'];
const EVERYWHERE = ['type', 'format', 'x-widget', 'title', 'description', 'x-en', 'x-visible', 'x-default', 'default', 'readOnly'];
const OF_A_KIND = [...new Set([...Object.values(KINDS).flatMap((one) => [...Object.keys(one.base), ...one.keys])])];
const DOCUMENT = { category: 'deliverable', kinds: ['pdf', 'docx'], max_mb: 20 };
const TOP = ['$schema', '$id', 'type', 'title', 'description', 'x-en', 'x-submit', 'x-instructions', 'x-confirm', 'x-show', 'x-sections', 'properties', 'required', 'additionalProperties'];

export function typeOf(field) {
  return Array.isArray(field.type) ? field.type.find((one) => one !== 'null') ?? 'string' : field.type ?? 'string';
}

// The kind of a field; null where it is of none of ours.
export function kindOf(field) {
  const type = typeOf(field);
  const widget = field['x-widget'];
  if (field.$ref || type === 'object' || widget === 'group') return null;
  if (field['x-document'] || widget === 'file' || widget === 'files') return type === 'array' ? 'files' : 'file';
  if (widget === 'hidden') return 'hidden';
  if (type === 'array') return field.items?.properties ? 'table' : holdsChoices(field) || holdsChoices(field.items ?? {}) ? 'several' : null;
  if (widget === 'score') return 'score';
  if (holdsChoices(field)) return 'one';
  if (type !== 'string') return { boolean: 'yes', integer: 'whole', number: 'number' }[type] ?? null;
  const format = { date: 'date', 'date-time': 'datetime', time: 'time', email: 'email' }[field.format];
  return format ?? (['date', 'datetime', 'time', 'email'].includes(widget) ? widget : widget === 'textarea' ? 'long' : 'text');
}

function holdsChoices(field) {
  return CHOICES.some((key) => field[key] !== undefined);
}

// The field as another kind: what belongs to its old kind alone goes, choices stay between one and several.
export function withKind(field, kind) {
  if (kindOf(field) === kind) return field;
  const { base, keys } = KINDS[kind];
  const kept = Object.fromEntries(Object.entries(field).filter(([key]) => keys.includes(key) && key !== 'items' || !OF_A_KIND.includes(key)));
  const made = { ...base, ...kept };
  if (field['x-document'] && (kind === 'file' || kind === 'files')) made['x-document'] = field['x-document'];
  else if (kind === 'file' || kind === 'files') made['x-document'] = { ...DOCUMENT };
  if (kind === 'table') made.items = field.items?.properties ? field.items : { type: 'object', properties: { item: withText({ type: 'string' }, 'title', { th: 'รายการ', en: 'Item' }) } };
  if (kind === 'score') Object.assign(made, { minimum: field.minimum ?? 0, maximum: field.maximum ?? 100 });
  if ((kind === 'one' || kind === 'several') && kindOf(field) !== kind) Object.assign(made, forChoices(field, kind));
  if (typeOf(field) !== typeOf(made)) { delete made.default; delete made['x-default']; }
  return made;
}

function forChoices(field, kind) {
  if (field['x-options']) return { 'x-options': field['x-options'], ...(kind === 'several' ? { items: { type: 'string' } } : {}) };
  const list = choicesOf(field);
  const made = list.length ? list : [choice('first', 'ตัวเลือกแรก', 'First choice')];
  return kind === 'one' ? { oneOf: made, enum: undefined } : { items: { type: 'string', oneOf: made }, oneOf: undefined, enum: undefined };
}

export function choice(value, th, en) {
  return { const: value, title: th, 'x-en': { title: en } };
}

// The list of a field's own choices, as `oneOf` has them.
export function choicesOf(field) {
  const holder = typeOf(field) === 'array' ? field.items ?? {} : field;
  return holder.oneOf ?? (holder.enum ?? []).map((value) => ({ const: value, title: String(value) }));
}

export function withChoices(field, list) {
  const put = (holder) => { const { enum: _old, 'x-options': _computed, ...rest } = holder; return { ...rest, oneOf: list }; };
  if (typeOf(field) !== 'array') return put(field);
  const { 'x-options': _computed, ...rest } = field;
  return { ...rest, items: put(field.items ?? { type: 'string' }) };
}

export function withOptions(field, expression) {
  const drop = ({ oneOf: _own, enum: _old, ...rest }) => rest;
  if (typeOf(field) !== 'array') return { ...drop(field), 'x-options': expression };
  return { ...drop(field), items: drop(field.items ?? { type: 'string' }), 'x-options': expression };
}

// A keyword of a value, or without it where there is none.
export function withKey(object, key, value) {
  if (value === undefined || value === null || value === '') { const { [key]: _gone, ...rest } = object; return rest; }
  return { ...object, [key]: value };
}

// `title` and `description` stand in Thai, with English beside.
export function textOf(object, key) {
  return { th: object[key] ?? '', en: object['x-en']?.[key] ?? '' };
}

export function withText(object, key, { th, en }) {
  const english = withKey(object['x-en'] ?? {}, key, en);
  return withKey(withKey(object, key, th), 'x-en', Object.keys(english).length ? english : undefined);
}

// The fields as conditions know them: those of the choices have the same facts.
export function factsOf(form) {
  return Object.entries(form.properties).map(([name, field]) => ({
    name, type: typeOf(field), widget: (kindOf(field) ?? '').startsWith('file') ? 'file' : field['x-widget'], ...textOf(field, 'title'),
    choices: choicesOf(field).map((one) => ({ value: one.const, ...textOf(one, 'title') })),
  }));
}

// What a field starts with: a value, or what an expression gives.
export function defaultOf(field) {
  return field['x-default'] ?? (field.default === undefined ? '' : typeof field.default === 'string' ? field.default : JSON.stringify(field.default));
}

export function withDefault(field, text) {
  const { default: _value, 'x-default': _expression, ...rest } = field;
  if (text === '') return rest;
  if (text.includes('${')) return 'default' in field ? { ...rest, 'x-default': text } : withKey(field, 'x-default', text);
  return withKey('x-default' in field ? rest : field, 'default', literal(field, text));
}

function literal(field, text) {
  if (typeOf(field) === 'string') return text;
  try { return JSON.parse(text); } catch { return text; }
}

// Keywords that are kept as they are, because nothing here changes them.
export function keptOf(field) {
  const kind = kindOf(field);
  const known = new Set([...EVERYWHERE, ...(kind ? [...KINDS[kind].keys, ...Object.keys(KINDS[kind].base)] : [])]);
  return Object.entries(field).filter(([key]) => !known.has(key)).map(([name, value]) => ({ name, value }));
}

export function keptOnTop(form) {
  return Object.entries(form).filter(([key]) => !TOP.includes(key)).map(([name, value]) => ({ name, value }));
}

// ---- order: the fields of no section first, then section by section

export function groupsOf(form) {
  const sections = Array.isArray(form['x-sections']) ? form['x-sections'] : [];
  const placed = new Set(sections.flatMap((one) => one.fields ?? []));
  const loose = Object.keys(form.properties ?? {}).filter((name) => !placed.has(name));
  return [{ section: null, fields: loose }, ...sections.map((section) => ({ section, fields: section.fields ?? [] }))];
}

export function withGroups(form, groups) {
  const names = [...new Set(groups.flatMap((one) => one.fields))].filter((name) => form.properties[name]);
  const properties = Object.fromEntries(names.map((name) => [name, form.properties[name]]));
  const sections = groups.filter((one) => one.section).map((one) => ({ ...one.section, fields: one.fields }));
  return withKey({ ...form, properties }, 'x-sections', sections.length ? sections : undefined);
}

// One place up (-1) or down (1), over the edge of its section into the next.
export function moved(form, name, by) {
  const groups = groupsOf(form).map((one) => ({ ...one, fields: [...one.fields] }));
  const at = groups.findIndex((one) => one.fields.includes(name));
  const place = groups[at].fields.indexOf(name);
  const next = groups[at + by];
  if (place + by >= 0 && place + by < groups[at].fields.length) {
    groups[at].fields.splice(place, 1);
    groups[at].fields.splice(place + by, 0, name);
  } else if (next && (at + by > 0 || groups.length > 1)) {
    groups[at].fields.splice(place, 1);
    if (by < 0) next.fields.push(name); else next.fields.unshift(name);
  } else return form;
  return withGroups(form, groups);
}

// Before another field, or at the end of a section.
export function placed(form, name, { before, group }) {
  if (before === name) return form;
  const groups = groupsOf(form).map((one) => ({ ...one, fields: one.fields.filter((field) => field !== name) }));
  const target = before ? groups.find((one) => one.fields.includes(before)) : groups[group];
  target.fields.splice(before ? target.fields.indexOf(before) : target.fields.length, 0, name);
  return withGroups(form, groups);
}

export function without(form, name) {
  const groups = groupsOf(form).map((one) => ({ ...one, fields: one.fields.filter((field) => field !== name) }));
  return { ...withGroups(form, groups), ...(form.required ? { required: form.required.filter((one) => one !== name) } : {}) };
}

// A new field into a group, after another one where that is named.
export function added(form, name, field, { group, after, required = false }) {
  const groups = groupsOf(form).map((one) => ({ ...one, fields: [...one.fields] }));
  const target = after ? groups.find((one) => one.fields.includes(after)) : groups[group];
  target.fields.splice(after ? target.fields.indexOf(after) + 1 : target.fields.length, 0, name);
  const grown = withGroups({ ...form, properties: { ...form.properties, [name]: field } }, groups);
  return required ? { ...grown, required: [...(grown.required ?? []), name] } : grown;
}

// Another name, also where the form's own expressions read it.
export function renamed(form, name, to) {
  const other = (one) => (one === name ? to : one);
  const properties = Object.fromEntries(Object.entries(form.properties).map(([key, field]) => [other(key), withName(field, name, to)]));
  const made = { ...form, properties };
  if (form.required) made.required = form.required.map(other);
  if (form['x-sections']) made['x-sections'] = form['x-sections'].map((one) => ({ ...one, fields: (one.fields ?? []).map(other) }));
  return made;
}

function withName(field, name, to) {
  const word = new RegExp(`('[^']*'|"[^"]*")|(?<![\\p{L}\\p{M}\\p{N}_.])${name}(?![\\p{L}\\p{M}\\p{N}_])`, 'gu');
  const made = { ...field };
  for (const key of ['x-visible', 'x-options']) {
    if (typeof field[key] === 'string') made[key] = field[key].replace(word, (found, quoted) => quoted ?? to);
  }
  return made;
}

// A variable's name from an English title: "Date of the visit" → date_of_the_visit, and date_of_the_visit_2 where that is taken.
export function nameFrom(title, taken) {
  const plain = title.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '').slice(0, 40) || 'field';
  let name = plain;
  for (let n = 2; taken.includes(name); n += 1) name = `${plain}_${n}`;
  return name;
}

export function validName(name) {
  return /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name) && name !== 'typename' && !name.startsWith('__');
}

// ---- the file

// → {form} or {error}; a form that is none of ours to change (form-js, no properties) is an error without words
export function readForm(text) {
  try {
    const form = JSON.parse(text);
    const ours = form && typeof form === 'object' && !Array.isArray(form) && form.properties && typeof form.properties === 'object';
    return ours ? { form } : { error: '' };
  } catch (error) {
    return { error: error.message };
  }
}

// As it was written: its indentation, its last line.
export function asText(form, before) {
  const indent = /\n([ \t]+)"/.exec(before)?.[1] ?? 2;
  return JSON.stringify(form, null, indent) + (/\n$/.test(before) ? '\n' : '');
}
