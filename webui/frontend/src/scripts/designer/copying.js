// bpmn-js copies and morphs only what it has a description of. What other programs (and ours) add to an element goes with it here,
// attributes and elements alike, whatever their namespace.
import ModdleCopy from 'bpmn-js/lib/features/copy-paste/ModdleCopy';

class WholeCopy extends ModdleCopy {
  constructor(eventBus, bpmnFactory, moddle) {
    super(eventBus, bpmnFactory, moddle);
    this.moddle = moddle;
    eventBus.on('moddleCopy.canCopyProperty', 2000, ({ property, parent }) => {
      if (isGeneric(property)) return this.twin(property, parent);
    });
  }

  copyElement(source, target, propertyNames, clone) {
    super.copyElement(source, target, propertyNames, clone);
    for (const [name, value] of Object.entries(source.$attrs ?? {})) if (foreign(name)) target.$attrs[name] = value;
    return target;
  }

  twin(source, parent) {
    const { $type, $children, ...values } = source;
    const copy = this.moddle.createAny($type, source.$descriptor.ns.uri, values);
    if ($children) copy.$children = $children.map((child) => this.twin(child, copy));
    copy.$parent = parent;
    return copy;
  }
}

WholeCopy.$inject = ModdleCopy.$inject;

function isGeneric(property) {
  return property && property.$type && property.$descriptor?.isGeneric;
}

// What has a prefix, and is no declaration of one.
function foreign(name) {
  return name.includes(':') && !name.startsWith('xmlns');
}

export default { moddleCopy: ['type', WholeCopy] };
