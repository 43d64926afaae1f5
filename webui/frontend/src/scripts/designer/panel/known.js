// What the panel tells in its own fields. All else that stands on an element is listed as kept.
export const KNOWN_ATTRIBUTES = new Set([
  'ruam:nameEn', 'ruam:step', 'ruam:party', 'ruam:remind', 'ruam:escalate', 'ruam:escalateTo', 'ruam:category', 'ruam:unit', 'ruam:barred', 'ruam:handler', 'ruam:deferred',
  'ruam:businessKey', 'ruam:startForm', 'ruam:resultCollection', 'ruam:resultExpression', 'camunda:formKey', 'camunda:candidateGroups', 'camunda:assignee', 'camunda:priority',
  'camunda:dueDate', 'camunda:followUpDate', 'camunda:type', 'camunda:topic', 'camunda:decisionRef', 'camunda:resultVariable', 'camunda:mapDecisionResult',
  'camunda:calledElementBinding', 'camunda:collection', 'camunda:elementVariable', 'camunda:versionTag', 'camunda:candidateStarterGroups', 'camunda:isStartableInTasklist',
]);
export const KNOWN_CHILDREN = new Set(['ruam:parameter', 'ruam:deliverable', 'ruam:accepts', 'camunda:in', 'camunda:out', 'camunda:failedJobRetryTimeCycle']);
