// An activity done several times: once for each of a list, at once or one after another.
import { html } from '@bpmn-io/diagram-js-ui';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { Choice, Group, Raw, Text } from './fields.js';
import { t } from '../words/words.js';

export function Loop({ subject }) {
  const { object, element } = subject;
  const loop = object.loopCharacteristics;
  const several = loop && is(loop, 'bpmn:MultiInstanceLoopCharacteristics');
  const kind = !loop ? 'once' : !several ? 'again' : loop.isSequential ? 'each' : 'all';
  const choose = (next) => {
    if (next === 'once') subject.setPart('loopCharacteristics', null, null);
    else if (next === 'again') subject.setPart('loopCharacteristics', 'bpmn:StandardLoopCharacteristics', {});
    else if (several) subject.set({ isSequential: next === 'each' || '' }, loop);
    else subject.setPart('loopCharacteristics', 'bpmn:MultiInstanceLoopCharacteristics', { isSequential: next === 'each' });
  };
  return html`<${Group} title=${t('How often')} name="loop" shut filled=${Boolean(loop)}>
    <${Choice} label=${t('It is done')} name="loop" value=${kind} change=${choose} options=${[{ value: 'once', words: t('once') }, { value: 'all', words: t('for each of a list, all at once') },
      { value: 'each', words: t('for each of a list, one after another') }, ...(kind === 'again' ? [{ value: 'again', words: t('again and again') }] : [])]} />
    ${several ? html`<${Several} ...${{ subject, loop, element }} />` : null}<//>`;
}

function Several({ subject, loop }) {
  const value = (name) => subject.get(name, loop);
  const put = (name) => (given) => subject.set({ [name]: given }, loop);
  const part = (property) => (body) => subject.setPart(property, 'bpmn:FormalExpression', body ? { body } : null, loop);
  return html`
    <${Text} label=${t('The list')} code name="collection" value=${value('camunda:collection')} suggestions=${lists(subject)} change=${put('camunda:collection')} />
    <${Text} label=${t('Each of it is called')} code name="elementVariable" value=${value('camunda:elementVariable')} change=${put('camunda:elementVariable')} />
    ${loop.loopCardinality || !value('camunda:collection') ? html`<${Text} label=${t('Or so many times')} code name="cardinality" value=${loop.loopCardinality?.body} change=${part('loopCardinality')} />` : null}
    <${Raw} label=${t('Enough when')} name="completion" value=${loop.completionCondition?.body} change=${part('completionCondition')} hint=${t('For instance ${nrOfCompletedInstances >= 3}; all where nothing is said.')} />
    <${Text} label=${t('Results are gathered as')} code name="resultCollection" value=${value('ruam:resultCollection')} change=${put('ruam:resultCollection')} />
    ${value('ruam:resultCollection') ? html`<${Raw} label=${t('The result of each')} name="resultExpression" value=${value('ruam:resultExpression')} change=${put('ruam:resultExpression')} />` : null}`;
}

function lists(subject) {
  return subject.choices.variables.filter((one) => one.type === 'array').map((one) => ({ value: one.name, words: one.th ?? '' }));
}
