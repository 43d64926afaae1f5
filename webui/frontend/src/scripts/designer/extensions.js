// Reading and writing what is ours and Camunda's in a diagram, every change a command that can be undone.
//
// There is deliberately no moddle description of these namespaces: of a namespace it knows moddle drops every child element that it has no
// description of, and a file from elsewhere would lose them. Undescribed, all of it stays as it is, and this reads it by name.
const URIS = { ruam: 'urn:ruam:bpmn:1', camunda: 'http://camunda.org/schema/1.0/bpmn' };

export class Extensions {
  constructor(bpmnjs, modeling, bpmnFactory, moddle, commandStack) {
    Object.assign(this, { bpmnjs, modeling, bpmnFactory, moddle, commandStack });
    commandStack.register('ruam.together', { preExecute({ changes }) { for (const change of changes) change(); } });
  }

  // Several changes that are one to undo.
  together(...changes) {
    this.commandStack.execute('ruam.together', { changes });
  }

  // `ruam:step` as this file writes it, where it has another prefix for the namespace.
  written(name) {
    const uri = URIS[name.split(':')[0]];
    return uri ? this.named(uri, name) : name;
  }

  // A name with this file's prefix for a namespace. Declares one where the file has none: the name's own, unless that stands for something else.
  named(uri, name) {
    const [wished, local] = name.split(':');
    const declared = this.bpmnjs.getDefinitions().$attrs;
    const known = Object.keys(declared).find((key) => key.startsWith('xmlns:') && declared[key] === uri);
    if (known) return `${known.slice(6)}:${local}`;
    let prefix = wished;
    for (let n = 2; declared[`xmlns:${prefix}`]; n += 1) prefix = `${wished}${n}`;
    declared[`xmlns:${prefix}`] = uri;
    return `${prefix}:${local}`;
  }

  get(object, name) {
    return object.get(this.written(name));
  }

  // `values`: name → text, or nothing to take the attribute away. `object` may be what hangs on the element: its process, its loop.
  set(element, object, values) {
    const given = Object.entries(values).map(([name, value]) => [this.written(name), empty(value) ? undefined : value]);
    if (given.every(([name, value]) => object.get(name) === value)) return;
    const properties = Object.fromEntries(given);
    if (object === element.businessObject && ('name' in properties || 'id' in properties)) this.modeling.updateProperties(element, properties);
    else this.modeling.updateModdleProperties(element, object, properties);
  }

  // The child elements of that name among the extensions.
  children(object, name) {
    const type = this.written(name);
    return (object.extensionElements?.values ?? []).filter((one) => one.$type === type);
  }

  // Replaces them; what else stands there stays where it is. `given`: dicts of attributes, `$body` for the text.
  setChildren(element, object, name, given) {
    const type = this.written(name);
    const uri = URIS[name.split(':')[0]];
    const made = given.map((values) => this.moddle.createAny(type, uri, values));
    const before = object.extensionElements?.values ?? [];
    const place = before.findIndex((one) => one.$type === type);
    const others = before.filter((one) => one.$type !== type);
    const values = place < 0 ? [...others, ...made] : [...others.slice(0, place), ...made, ...others.slice(place)];
    if (!object.extensionElements) {
      if (!values.length) return;
      const holder = this.bpmnFactory.create('bpmn:ExtensionElements', { values });
      for (const one of values) one.$parent = holder;
      holder.$parent = object;
      this.modeling.updateModdleProperties(element, object, { extensionElements: holder });
      return;
    }
    for (const one of made) one.$parent = object.extensionElements;
    if (values.length) this.modeling.updateModdleProperties(element, object.extensionElements, { values });
    else this.modeling.updateModdleProperties(element, object, { extensionElements: undefined });
  }

  // A part of BPMN itself below an object: a condition, a loop's count, a timer's text.
  setPart(element, object, property, type, attributes) {
    const part = attributes && this.bpmnFactory.create(type, attributes);
    if (part) part.$parent = object;
    this.modeling.updateModdleProperties(element, object, { [property]: part ?? undefined });
  }
}

Extensions.$inject = ['bpmnjs', 'modeling', 'bpmnFactory', 'moddle', 'commandStack'];

function empty(value) {
  return value === undefined || value === null || value === '';
}

export default { extensions: ['type', Extensions] };
