// Names in both languages, the step's number, what is written about an element, and what others have added to it.
import { html } from '@bpmn-io/diagram-js-ui';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { Group, Text } from './fields.js';
import { t } from '../words/words.js';

export function Naming({ subject }) {
  const { object } = subject;
  if (is(object, 'bpmn:TextAnnotation')) {
    return html`<${Group} title=${t('Name')} name="naming"><${Text} label=${t('Text')} lines="4" name="text" value=${object.text} change=${(text) => subject.modeling.updateProperties(subject.element, { text })} /><//>`;
  }
  if (isAny(object, ['bpmn:Association', 'bpmn:Collaboration', 'bpmn:Group'])) return null;
  return html`<${Group} title=${t('Name')} name="naming">
    <${Text} label=${t('Name in Thai')} lines="2" lang="th" name="name" value=${object.name} change=${(name) => subject.set({ name })} />
    <${Text} label=${t('Name in English')} lines="2" lang="en" name="nameEn" value=${subject.get('ruam:nameEn')} change=${(name) => subject.set({ 'ruam:nameEn': name })} />
    ${is(object, 'bpmn:Activity') ? html`<${Step} subject=${subject} />` : null}<//>`;
}

function Step({ subject }) {
  const steps = subject.choices.windows.map((one) => one.step);
  return html`<${Text} label=${t('Step number')} name="step" value=${subject.get('ruam:step')} suggestions=${steps} change=${(step) => subject.set({ 'ruam:step': step })}
    hint=${t('What stands inside belongs to the same step, called processes too.')} />`;
}

export function Documentation({ subject }) {
  const target = subject.process;
  const text = target.documentation?.[0]?.text;
  const change = (value) => {
    const rest = (target.documentation ?? []).slice(1);
    const first = value ? [subject.extensions.bpmnFactory.create('bpmn:Documentation', { text: value })] : [];
    for (const one of first) one.$parent = target;
    subject.modeling.updateModdleProperties(subject.element, target, { documentation: [...first, ...rest] });
  };
  return html`<${Group} title=${t('Explanation')} name="documentation" shut filled=${Boolean(text)}>
    <${Text} label=${t('What people should know of it')} lines="4" name="documentation" value=${text} change=${change} /><//>`;
}

export function Others({ subject }) {
  return html`<${Group} title=${t('From other programs')} name="others" shut filled>
    <p class="prop-hint">${t('Ruam does not read these. They stay as they are.')}</p>
    <dl class="others">${subject.others.map((one) => html`<dt><code>${one.name}</code></dt><dd>${one.value}</dd>`)}</dl><//>`;
}
