// Where an element leads and what leads to it: what dragging arrows does, from lists, so that it needs no mouse and no drawing in sight.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { getMid } from 'diagram-js/lib/layout/LayoutUtil';
import { Choice, Field, Group, Select, useOwnId } from './fields.js';
import { Subject } from './subject.js';
import { t } from '../words/words.js';

const FLOW = 'bpmn:SequenceFlow';

// Of a task, an event or a gateway: its ways on, each of which can be led elsewhere, and one more.
export function Paths({ subject }) {
  const flows = (subject.element.outgoing ?? []).filter((one) => one.type === FLOW);
  const before = (subject.element.incoming ?? []).filter((one) => one.type === FLOW);
  const taken = new Set(flows.map((flow) => flow.target));
  const free = others(subject, subject.element).filter((one) => !taken.has(one) && allowed(subject, 'create', { source: subject.element, target: one }));
  if (!flows.length && !before.length && !free.length) return null;
  return html`<${Group} title=${t('Where it leads')} name="paths" shut=${!is(subject.object, 'bpmn:Gateway')}>
    ${flows.length || free.length ? html`<div class="rows">${flows.map((flow) => html`<${Way} key=${flow.id} subject=${subject} flow=${flow} />`)}
      ${free.length ? html`<${Another} key=${flows.length} subject=${subject} free=${free} />` : null}</div>` : null}
    ${before.length ? html`<div class="prop"><p class="prop-label">${t('What leads here')}</p><ul class="ways-here">
      ${before.map((flow) => html`<li><${Leading} subject=${subject} to=${flow.source} /></li>`)}</ul></div>` : null}<//>`;
}

// Of a path: both of its ends.
export function Ends({ subject }) {
  const flow = subject.element;
  return html`<${Group} title=${t('From where to where')} name="ends">
    <div class="prop"><p class="prop-label">${t('It comes from')}</p><${Leading} subject=${subject} to=${flow.source} /></div>
    <div class="rows-fields"><${Target} subject=${subject} flow=${flow} label=${t('It leads to')} /><${Leading} subject=${subject} to=${flow.target} words=${t('Go there')} /></div><//>`;
}

function Way({ subject, flow }) {
  return html`<div class="rows-one"><div class="rows-fields">
      <${Target} subject=${subject} flow=${flow} label=${called(subject, flow) || t('It leads to')} />
      <div class="ways-links"><${Leading} subject=${subject} to=${flow.target} words=${t('Go there')} />
        <${Leading} subject=${subject} to=${flow} words=${t('Open this path')} /></div></div>
    <button type="button" class="icon-button" title=${t('Remove this path')} aria-label=${t('Remove this path')} onClick=${() => subject.modeling.removeConnection(flow)}>×</button></div>`;
}

function Target({ subject, flow, label }) {
  const fit = others(subject, flow.source).filter((one) => one === flow.target || allowed(subject, 'reconnect', { connection: flow, source: flow.source, target: one }));
  const lead = (id) => {
    const target = subject.modeler.get('elementRegistry').get(id);
    if (target !== flow.target) subject.modeling.reconnectEnd(flow, target, getMid(target));
  };
  return html`<${Choice} label=${label} name="target" value=${flow.target.id} options=${told(subject, fit)} change=${lead} />`;
}

function Another({ subject, free }) {
  const id = useOwnId();
  const [chosen, choose] = useState('');
  const connect = () => subject.modeling.connect(subject.element, subject.modeler.get('elementRegistry').get(chosen));
  return html`<${Field} label=${t('Another path')} id=${id}><div class="ways-another">
    <${Select} id=${id} name="leadTo" value=${chosen} options=${told(subject, free)} empty=${t('Choose…')} change=${choose} />
    <button type="button" class="button" disabled=${!chosen} onClick=${connect}>${t('Connect')}</button></div><//>`;
}

function Leading({ subject, to, words }) {
  return html`<button type="button" class="link-button" onClick=${() => show(subject, to)}>${words ?? nameOf(subject, to)}</button>`;
}

function show({ modeler }, element) {
  modeler.get('selection').select(element);
  modeler.get('canvas').scrollToElement(element);
}

// What stands in the same process or sub-process, as one reads it.
function others({ modeler }, own) {
  const within = own.businessObject.$parent;
  const found = modeler.get('elementRegistry').filter((one) => one !== own && !one.labelTarget && !one.waypoints && is(one, 'bpmn:FlowNode') && one.businessObject.$parent === within);
  return found.sort((one, other) => one.x - other.x || one.y - other.y);
}

function allowed({ modeler }, change, context) {
  const fits = modeler.get('rules').allowed(`connection.${change}`, context);
  return fits === true || fits?.type === FLOW;
}

function told(subject, elements) {
  return elements.map((one) => ({ value: one.id, words: nameOf(subject, one) }));
}

function called(subject, flow) {
  return flow.businessObject.name && new Subject(subject, flow).title;
}

// What has no name of its own is told by its id, too: there may be several of its kind.
function nameOf(subject, element) {
  const { title, object } = new Subject(subject, element);
  return object.name ? title : `${title} (${object.id})`;
}
