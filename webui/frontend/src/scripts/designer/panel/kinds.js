// What kind of thing an element is, in the words bpmn-js's own menus use.
import { isEventSubProcess, isExpanded } from 'bpmn-js/lib/util/DiUtil';
import { t } from '../words/words.js';

const PLAIN = {
  Task: 'Task', UserTask: 'User task', ServiceTask: 'Service task', SendTask: 'Send task', ReceiveTask: 'Receive task', ManualTask: 'Manual task',
  BusinessRuleTask: 'Business rule task', ScriptTask: 'Script task', CallActivity: 'Call activity', Transaction: 'Transaction', AdHocSubProcess: 'Ad-hoc sub-process',
  ExclusiveGateway: 'Exclusive gateway', ParallelGateway: 'Parallel gateway', InclusiveGateway: 'Inclusive gateway', EventBasedGateway: 'Event-based gateway',
  ComplexGateway: 'Complex gateway', SequenceFlow: 'Sequence flow', MessageFlow: 'Message flow', Association: 'Association', TextAnnotation: 'Text annotation',
  Group: 'Group', Lane: 'Lane', Process: 'Process', Collaboration: 'Collaboration', Participant: 'Pool/participant', DataObjectReference: 'Data object reference',
  DataStoreReference: 'Data store reference',
};
const EVENTS = { StartEvent: 'start event', EndEvent: 'end event', IntermediateCatchEvent: 'intermediate catch event', IntermediateThrowEvent: 'intermediate throw event', BoundaryEvent: 'boundary event' };

export function kindOf(element) {
  const object = element.businessObject;
  const type = object.$type.replace('bpmn:', '');
  if (type === 'SubProcess') return t(isEventSubProcess(element) ? 'Event sub-process' : isExpanded(element) ? 'Sub-process' : 'Sub-process (collapsed)');
  if (!EVENTS[type]) return t(PLAIN[type] ?? type);
  const definition = object.eventDefinitions?.[0]?.$type.replace(/^bpmn:|EventDefinition$/g, '');
  const words = definition ? `${definition} ${EVENTS[type]}` : { StartEvent: 'Start event', EndEvent: 'End event', BoundaryEvent: 'Boundary event' }[type] ?? 'Intermediate throw event';
  return t(object.cancelActivity === false || object.isInterrupting === false ? `${words} (non-interrupting)` : words);
}
