// When a path is taken: by what was answered in the forms before, or when no other is.
import { html } from '@bpmn-io/diagram-js-ui';
import { isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Condition, askable } from './condition.js';
import { Group, Tick } from './fields.js';
import { pick, t } from '../words/words.js';

export function Flow({ subject }) {
  const { object } = subject;
  const source = object.sourceRef;
  if (!isAny(source, ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway', 'bpmn:Activity'])) return null;
  const otherwise = source.default === object;
  const put = (body) => subject.setPart('conditionExpression', 'bpmn:FormalExpression', body ? { body } : null);
  const turn = (on) => {
    subject.modeling.updateProperties(source === subject.element.source?.businessObject ? subject.element.source : subject.element, { default: on ? object : undefined });
  };
  return html`<${Group} title=${t('When this path is taken')} name="flow">
    <${Tick} label=${t('When no other is')} name="default" value=${otherwise} change=${turn} />
    ${otherwise ? null : html`<${Condition} groups=${answered(subject)} value=${object.conditionExpression?.body} change=${put} />`}<//>`;
}

// The fields of the forms before it first, then all others there are.
export function answered(subject) {
  const near = subject.formsBefore().map((key) => subject.choices.forms.find((one) => one.key === key)).filter(Boolean);
  const groups = near.map((form) => ({ words: pick(form, form.key), fields: form.fields.filter(askable) }));
  const told = new Set(groups.flatMap((group) => group.fields.map((one) => one.name)));
  return [...groups, { words: t('Other data'), fields: subject.choices.variables.filter((one) => !told.has(one.name) && askable(one)) }];
}
