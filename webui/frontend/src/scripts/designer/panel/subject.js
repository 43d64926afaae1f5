// The element that the panel tells of, and how its parts read and change it.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { english, t } from '../words/words.js';
import { kindOf } from './kinds.js';
import { KNOWN_ATTRIBUTES, KNOWN_CHILDREN } from './known.js';

export class Subject {
  constructor({ modeler, choices, drafts, links, newForm }, element) {
    Object.assign(this, { modeler, choices, drafts, links, newForm, element });
    this.object = element.businessObject;
    this.extensions = modeler.get('extensions');
    this.modeling = modeler.get('modeling');
  }

  get title() {
    const name = english ? this.get('ruam:nameEn') || this.object.name : this.object.name;
    return name || this.condition || kindOf(this.element);
  }

  get condition() {
    return is(this.object, 'bpmn:TextAnnotation') ? this.object.text : '';
  }

  // The process that a pool stands for, or the element itself.
  get process() {
    return this.object.processRef ?? this.object;
  }

  get(name, object = this.object) { return this.extensions.get(object, name); }

  set(values, object = this.object) { this.extensions.set(this.element, object, values); }

  children(name, object = this.object) { return this.extensions.children(object, name); }

  setChildren(name, given, object = this.object) { this.extensions.setChildren(this.element, object, name, given); }

  setPart(property, type, attributes, object = this.object) { this.extensions.setPart(this.element, object, property, type, attributes); }

  // Attributes and elements of other programs, which we keep and do not read.
  get others() {
    const known = new Set([...KNOWN_ATTRIBUTES].map((name) => this.extensions.written(name)));
    const children = new Set([...KNOWN_CHILDREN].map((name) => this.extensions.written(name)));
    const attributes = Object.entries(this.object.$attrs ?? {}).filter(([name]) => name.includes(':') && !name.startsWith('xmlns') && !known.has(name));
    const elements = (this.object.extensionElements?.values ?? []).filter((one) => !children.has(one.$type));
    return [...attributes.map(([name, value]) => ({ name, value })), ...elements.map((one) => ({ name: one.$type, value: one.$body ?? '' }))];
  }

  // What stands in the reader's words, of a choice by its key.
  word(list, key) {
    const found = (this.choices[list] ?? []).find((one) => one.key === key);
    return found ? (english ? found.en || found.th : found.th || found.en) : key;
  }

  // The forms of the tasks before an element, nearest first: what a condition there is about.
  formsBefore() {
    const seen = new Set();
    const found = [];
    const waiting = [this.object.sourceRef ?? this.object];
    while (waiting.length) {
      const one = waiting.shift();
      if (!one || seen.has(one)) continue;
      seen.add(one);
      const form = is(one, 'bpmn:UserTask') && this.get('camunda:formKey', one);
      if (form && !found.includes(form)) found.push(form);
      for (const flow of one.incoming ?? []) waiting.push(flow.sourceRef);
      if (one.attachedToRef) waiting.push(one.attachedToRef);
      if (is(one, 'bpmn:StartEvent') && is(one.$parent, 'bpmn:SubProcess')) waiting.push(one.$parent);
    }
    return found;
  }

  // The lane an element stands in, the innermost, also of what it is inside of.
  lane() {
    for (let shape = this.element; shape; shape = shape.parent) {
      const lane = (shape.businessObject?.lanes ?? []).at(-1);
      if (lane) return lane;
    }
    return null;
  }
}

export function options(list, key = 'key') {
  return list.map((one) => ({ value: one[key], words: (english ? one.en || one.th : one.th || one.en) || one[key] }));
}

export function nothing() {
  return t('(none)');
}
