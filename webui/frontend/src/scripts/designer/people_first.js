// A new task is work of people: a plain one would be passed without asking anybody, and who draws would have to know what turns it into work.
const LATE = 500; // asked after bpmn-js, whose entries these change
const TASK = 'bpmn:UserTask';
const ICON = 'bpmn-icon-user-task';

class PeopleFirst {
  constructor(palette, contextPad, create, elementFactory, autoPlace) {
    Object.assign(this, { create, elementFactory, autoPlace });
    palette.registerProvider(LATE, this);
    contextPad.registerProvider(LATE, this);
  }

  task() {
    return this.elementFactory.createShape({ type: TASK });
  }

  getPaletteEntries() {
    const begin = (event) => this.create.start(event, this.task());
    return (entries) => changed(entries, 'create.task', { dragstart: begin, click: begin });
  }

  getContextPadEntries(source) {
    const dragstart = (event) => this.create.start(event, this.task(), { source });
    const click = () => this.autoPlace.append(source, this.task());
    return (entries) => changed(entries, 'append.append-task', { dragstart, click });
  }
}

PeopleFirst.$inject = ['palette', 'contextPad', 'create', 'elementFactory', 'autoPlace'];

function changed(entries, name, action) {
  if (entries[name]) entries[name] = { ...entries[name], className: ICON, action };
  return entries;
}

export default { __init__: ['peopleFirst'], peopleFirst: ['type', PeopleFirst] };
