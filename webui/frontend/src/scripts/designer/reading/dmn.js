// Decision tables in a DMN file, changed in the file's own XML: what is not ours, drawings as well, stays where it is.
export const POLICIES = ['UNIQUE', 'FIRST', 'ANY', 'PRIORITY', 'COLLECT', 'COLLECT SUM', 'COLLECT MIN', 'COLLECT MAX', 'COLLECT COUNT', 'RULE ORDER', 'OUTPUT ORDER'];
export const TYPES = ['string', 'number', 'boolean', 'date', 'time', 'dateTime'];
const OPENING = /^<(?:"[^"]*"|'[^']*'|[^'">])*>/;
const RUAM = 'urn:ruam:bpmn:1';
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const SPACED = /([^\s<])\/>/g; // how some programs end an empty element: ` />`

// A file as it was read. `text()` writes it as it was written, but for what has changed.
export class Dmn {
  constructor(text) {
    this.document = new DOMParser().parseFromString(text, 'application/xml');
    this.error = this.document.querySelector('parsererror')?.textContent ?? '';
    this.root = this.document.documentElement;
    if (this.error || this.root.localName !== 'definitions') { this.error ||= this.root.localName; return; }
    const start = /<(?:[\w.-]+:)?definitions[\s>]/.exec(text)?.index ?? 0;
    this.head = text.slice(0, start);
    this.tail = text.slice(text.lastIndexOf('>') + 1);
    const before = text.slice(start, text.lastIndexOf('>') + 1);
    this.opening = OPENING.exec(before)[0]; // nothing here changes it, and a serializer would order its namespaces anew
    const plain = this.plain();
    this.spaced = plain !== before && plain.replace(SPACED, '$1 />') === before;
  }

  plain() { return new XMLSerializer().serializeToString(this.root).replace(OPENING, () => this.opening); }

  text() {
    const plain = this.plain();
    return this.head + (this.spaced ? plain.replace(SPACED, '$1 />') : plain) + this.tail;
  }

  get decisions() { return children(this.root, 'decision').map((element) => new Decision(this, element)); }

  // A new element in the language of the file.
  make(name, attributes = {}, text) {
    const prefix = this.root.prefix ? `${this.root.prefix}:` : '';
    const made = this.document.createElementNS(this.root.namespaceURI, prefix + name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.append(this.make('text', {}), '');
    if (text !== undefined) made.firstChild.textContent = text;
    return made;
  }

  // Another decision after the last: a table with one rule, to be filled in. In the drawing it stands below those there are.
  addDecision(key, { th, en }) {
    const { document, root } = this;
    const name = (local) => (root.prefix ? `${root.prefix}:${local}` : local);
    const input = `<${name('input')} id="${this.id('input')}"><${name('inputExpression')} id="${this.id('expression')}" typeRef="string"><${name('text')}>value</${name('text')}></${name('inputExpression')}></${name('input')}>`;
    const rule = `<${name('rule')} id="${this.id('rule')}">
        <${name('inputEntry')} id="${this.id('in')}"><${name('text')}>-</${name('text')}></${name('inputEntry')}>
        <${name('outputEntry')} id="${this.id('out')}"><${name('text')}>""</${name('text')}></${name('outputEntry')}>
      </${name('rule')}>`;
    const made = document.importNode(new DOMParser().parseFromString(`<${name('decision')} xmlns${root.prefix ? `:${root.prefix}` : ''}="${root.namespaceURI}">
    <${name('decisionTable')} id="${this.id('table')}" hitPolicy="FIRST">
      ${input}
      <${name('output')} id="${this.id('output')}" name="result" typeRef="string"/>
      ${rule}
    </${name('decisionTable')}>
  </${name('decision')}>`, 'application/xml').documentElement, true);
    made.removeAttributeNS(XMLNS, root.prefix ?? 'xmlns');
    made.setAttribute('id', key);
    insert(root, made, children(root, 'decision').at(-1));
    const decision = new Decision(this, made);
    decision.name = th || en || key;
    decision.english = en;
    this.draw(key);
  }

  shapes() { return [...this.document.getElementsByTagNameNS('*', 'DMNShape')].filter((one) => this.decisions.some(({ key }) => key === one.getAttribute('dmnElementRef'))); }

  draw(key) {
    const last = this.shapes().at(-1);
    if (!last) return;
    const shape = last.cloneNode(true);
    shape.setAttribute('id', this.id('shape'));
    shape.setAttribute('dmnElementRef', key);
    const bounds = shape.getElementsByTagNameNS('*', 'Bounds')[0];
    bounds?.setAttribute('y', String(Number(bounds.getAttribute('y')) + Number(bounds.getAttribute('height')) + 40));
    insert(last.parentNode, shape, last);
  }

  removeDecision(decision) {
    for (const shape of this.shapes()) if (shape.getAttribute('dmnElementRef') === decision.key) cut(shape);
    cut(decision.element);
  }

  // The prefix of our namespace in this file, declared where it is not.
  ours() {
    const known = this.root.lookupPrefix(RUAM);
    if (known) return known;
    let prefix = 'ruam';
    while (this.root.lookupNamespaceURI(prefix)) prefix += '_';
    this.root.setAttributeNS(XMLNS, `xmlns:${prefix}`, RUAM);
    this.opening = this.opening.replace(/\s*>$/, ` xmlns:${prefix}="${RUAM}"$&`);
    return prefix;
  }

  // `ruam:nameEn` of a decision or a column.
  english(element) { return element.getAttributeNS(RUAM, 'nameEn') ?? ''; }

  setEnglish(element, value) {
    if (value) element.setAttributeNS(RUAM, `${this.ours()}:nameEn`, value);
    else element.removeAttributeNS(RUAM, 'nameEn');
  }

  id(stem) {
    const taken = new Set([...this.document.querySelectorAll('[id]')].map((one) => one.id));
    let n = 1;
    while (taken.has(`${stem}_${n}`)) n += 1;
    return `${stem}_${n}`;
  }
}

export class Decision {
  constructor(file, element) { Object.assign(this, { file, element }); }

  get key() { return this.element.getAttribute('id') ?? ''; }

  get name() { return this.element.getAttribute('name') ?? ''; }

  set name(value) { this.element.setAttribute('name', value); }

  get english() { return this.file.english(this.element); }

  set english(value) { this.file.setEnglish(this.element, value); }

  get names() { return { th: this.name, en: this.english }; }

  get table() { const [found] = children(this.element, 'decisionTable'); return found ? new Table(this.file, found) : null; }

  get expression() { return children(this.element, 'literalExpression')[0] ?? null; }
}

export class Table {
  constructor(file, element) { Object.assign(this, { file, element }); }

  get policy() { return [(this.element.getAttribute('hitPolicy') ?? 'UNIQUE').replaceAll('_', ' '), this.element.getAttribute('aggregation')].filter(Boolean).join(' '); }

  set policy(value) {
    const [policy, aggregation] = /^COLLECT /.test(value) ? value.split(' ') : [value, ''];
    this.element.setAttribute('hitPolicy', policy);
    setAttribute(this.element, 'aggregation', aggregation);
  }

  columns(side) { return children(this.element, side); } // input output annotation

  get rules() { return children(this.element, 'rule'); }

  cells(rule, side) { return children(rule, ENTRIES[side]); }

  // What may be told and changed of a column.
  facts(side, column) {
    const english = this.file.english(column);
    if (side === 'annotation') return { label: column.getAttribute('name') ?? '', english };
    const [expression] = children(column, 'inputExpression');
    return {
      label: column.getAttribute('label') ?? '', english, type: (side === 'input' ? expression : column)?.getAttribute('typeRef') ?? '',
      name: side === 'input' ? textOf(expression) : column.getAttribute('name') ?? '', values: textOf(children(column, `${side}Values`)[0]),
    };
  }

  setFact(side, column, fact, value) {
    if (fact === 'english') return this.file.setEnglish(column, value);
    if (side === 'annotation') return column.setAttribute('name', value);
    if (fact === 'label') return setAttribute(column, 'label', value);
    if (fact === 'values') return this.setValues(side, column, value);
    if (side === 'output') return setAttribute(column, fact === 'name' ? 'name' : 'typeRef', value);
    let [expression] = children(column, 'inputExpression');
    if (!expression) column.prepend(expression = this.file.make('inputExpression', { id: this.file.id('expression') }, ''));
    return fact === 'name' ? setText(this.file, expression, value) : setAttribute(expression, 'typeRef', value);
  }

  setValues(side, column, value) {
    const [values] = children(column, `${side}Values`);
    if (!value) return values && cut(values);
    if (values) return setText(this.file, values, value);
    const made = this.file.make(`${side}Values`, { id: this.file.id('values') }, value);
    const [expression] = children(column, 'inputExpression');
    return expression ? expression.after(made) : column.prepend(made);
  }

  addColumn(side) {
    const { file } = this;
    const count = this.columns(side).length + 1;
    const made = side === 'annotation' ? file.make('annotation', { name: '' }) : file.make(side, { id: file.id(side), label: '', ...(side === 'output' ? { name: `result_${count}`, typeRef: 'string' } : {}) });
    if (side === 'input') made.append(file.make('inputExpression', { id: file.id('expression'), typeRef: 'string' }, ''));
    this.place(side, made);
    for (const rule of this.rules) this.place(side, this.entry(side), rule);
  }

  // After those of its side, or after what stands before them (DMN: inputs, outputs, annotations, rules).
  place(side, made, rule) {
    const parent = rule ?? this.element;
    const order = ['input', 'output', 'annotation'].map((one) => (rule ? ENTRIES[one] : one));
    const before = [...(rule ? ['description', 'extensionElements'] : ['description', 'extensionElements', 'label']), ...order.slice(0, ['input', 'output', 'annotation'].indexOf(side) + 1)];
    const last = [...parent.children].filter((one) => before.includes(one.localName)).at(-1);
    insert(parent, made, last);
  }

  entry(side) {
    if (side === 'annotation') return this.file.make(ENTRIES[side], {}, '');
    return this.file.make(ENTRIES[side], { id: this.file.id(side === 'input' ? 'in' : 'out') }, side === 'input' ? '-' : '');
  }

  removeColumn(side, index) {
    cut(this.columns(side)[index]);
    for (const rule of this.rules) { const cell = this.cells(rule, side)[index]; if (cell) cut(cell); }
  }

  moveColumn(side, index, by) {
    swap(this.columns(side), index, by);
    for (const rule of this.rules) swap(this.cells(rule, side), index, by);
  }

  addRule(after) {
    const rule = this.file.make('rule', { id: this.file.id('rule') });
    const last = this.rules[after] ?? this.rules.at(-1) ?? [...this.element.children].at(-1);
    insert(this.element, rule, last);
    for (const side of ['input', 'output', 'annotation']) this.columns(side).forEach(() => { this.place(side, this.entry(side), rule); });
  }

  duplicateRule(index) {
    const rule = this.rules[index];
    const copy = rule.cloneNode(true);
    insert(this.element, copy, rule);
    for (const one of [copy, ...copy.querySelectorAll('[id]')]) if (one.id) { one.id = ''; one.id = this.file.id(one === copy ? 'rule' : one.localName === 'inputEntry' ? 'in' : 'out'); }
  }

  removeRule(index) { cut(this.rules[index]); }

  moveRule(index, by) { swap(this.rules, index, by); }

  remark(rule) { return children(rule, 'description')[0]?.textContent ?? ''; }

  setRemark(rule, value) {
    const [found] = children(rule, 'description');
    if (found && value) found.textContent = value;
    else if (found) cut(found);
    else if (value) { const made = this.file.make('description'); made.textContent = value; insert(rule, made, null); }
  }
}

const ENTRIES = { input: 'inputEntry', output: 'outputEntry', annotation: 'annotationEntry' };

function children(element, name) {
  return [...element.children].filter((one) => one.localName === name && one.namespaceURI === element.namespaceURI);
}

export function textOf(element) {
  return (element && children(element, 'text')[0]?.textContent.trim()) ?? '';
}

export function setText(file, element, value) {
  let [text] = children(element, 'text');
  if (!text) element.append(text = file.make('text'));
  text.textContent = value;
}

function setAttribute(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}

// The white space before an element is its line: it comes and goes with it.
function space(element) {
  const before = element.previousSibling;
  return before?.nodeType === Node.TEXT_NODE && !before.data.trim() ? before : null;
}

function cut(element) {
  space(element)?.remove();
  element.remove();
}

// After `last`, or first; on a line of its own where its neighbours have one.
function insert(parent, made, last) {
  const like = last ?? parent.firstElementChild;
  const before = like && space(like)?.data;
  if (last) last.after(made); else parent.prepend(made);
  if (before) made.before(before);
  else if (!like && space(parent)) { made.before(`${space(parent).data}  `); made.after(space(parent).data); }
}

function swap(list, index, by) {
  const [one, other] = [list[index], list[index + by]];
  if (!one || !other) return;
  const mark = one.ownerDocument.createComment('');
  one.replaceWith(mark);
  other.replaceWith(one);
  mark.replaceWith(other);
}
