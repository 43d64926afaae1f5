// What is copied in one diagram can be pasted in another: it is kept with the browser, not with the page, as text. It is whose copied it.
// Namespaces go with it by their address, since another file may write another prefix, or none yet.
import { COPIED } from '../unsent.js';

const KEY = COPIED + document.body.dataset.user;

class SharedClipboard {
  constructor(bpmnjs, moddle, extensions) {
    Object.assign(this, { bpmnjs, moddle, extensions, own: null });
  }

  get() {
    const text = this.text();
    return text ? this.unpacked(JSON.parse(text)) : undefined;
  }

  set(tree) {
    this.own = JSON.stringify(this.packed(tree));
    try {
      localStorage.removeItem(KEY); // what was copied before is not pasted where there is no room for this
      localStorage.setItem(KEY, this.own);
    } catch { /* no room, or not allowed: it is for this page only */ }
  }

  clear() {
    const tree = this.get();
    this.set({});
    return tree;
  }

  isEmpty() {
    return !this.text();
  }

  text() {
    try { return localStorage.getItem(KEY) ?? this.own; } catch { return this.own; }
  }

  packed(value) {
    if (Array.isArray(value)) return value.map((one) => this.packed(one));
    if (!value || typeof value !== 'object') return value;
    if (value.$descriptor?.isGeneric) return this.packedForeign(value);
    const { bpmnElement, ...own } = value; // what a shape draws comes with the element itself
    const plain = Object.fromEntries(Object.entries(own).map(([name, one]) => [name, this.packed(one)]));
    if (!value.$type) return plain;
    return { ...plain, $foreign: Object.entries(value.$attrs ?? {}).map(([name, text]) => [this.address(name), name, text]).filter(([uri]) => uri) };
  }

  packedForeign({ $type, $children, $descriptor, ...values }) {
    return { $generic: $type, uri: $descriptor.ns.uri, values, children: ($children ?? []).map((one) => this.packed(one)) };
  }

  unpacked(value) {
    if (Array.isArray(value)) return value.map((one) => this.unpacked(one));
    if (!value || typeof value !== 'object') return value;
    if (value.$generic) return this.unpackedForeign(value);
    const { $type, $foreign, ...packed } = value;
    const plain = Object.fromEntries(Object.entries(packed).map(([name, one]) => [name, this.unpacked(one)]));
    if (plain.di) plain.di.bpmnElement = plain.businessObject;
    if (!$type) return plain;
    const made = this.moddle.create($type, plain);
    for (const [uri, name, text] of $foreign) made.$attrs[this.extensions.named(uri, name)] = text;
    return made;
  }

  unpackedForeign({ $generic, uri, values, children }) {
    const made = this.moddle.createAny(this.extensions.named(uri, $generic), uri, values);
    if (children.length) made.$children = children.map((one) => this.unpacked(one));
    return made;
  }

  // The namespace of an attribute with a prefix, as the file declares it.
  address(name) {
    const [prefix, local] = name.split(':');
    return local && prefix !== 'xmlns' ? this.bpmnjs.getDefinitions().$attrs[`xmlns:${prefix}`] : undefined;
  }
}

SharedClipboard.$inject = ['bpmnjs', 'moddle', 'extensions'];

export default { clipboard: ['type', SharedClipboard] };
