// Work of people: whose, on which form, by when, and who else may see it.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { Amount, Choice, Group, Raw, Text } from './fields.js';
import { Moment, saidMoment } from './moment.js';
import { nothing, options } from './subject.js';
import { readMoment } from '../reading/moment.js';
import { t } from '../words/words.js';

export function Person({ subject }) {
  const form = subject.choices.forms.find((one) => one.key === subject.get('camunda:formKey'));
  return html`<${Group} title=${t('Work')} name="person">
    <${Doer} subject=${subject} />
    <${Choice} label=${t('Form')} name="form" empty=${nothing()} value=${subject.get('camunda:formKey')} options=${options(subject.choices.forms)} change=${(key) => subject.set({ 'camunda:formKey': key })} />
    ${form?.path ? html`<p class="prop-link"><a href=${subject.links(form.path)}>${t('Open the form')}</a></p>` : html`<${NewForm} subject=${subject} />`}
    <${Amount} label=${t('Priority')} name="priority" placeholder="50" value=${subject.get('camunda:priority')} change=${(value) => subject.set({ 'camunda:priority': value })} hint=${t('Higher stands first in the inbox; 50 where nothing is said.')} /><//>`;
}

// A form of the task's own, begun by its id; its address stands here then.
function NewForm({ subject }) {
  const [why, say] = useState('');
  const begin = async () => {
    const { id, name } = subject.object;
    try {
      await subject.newForm(id, name ?? id, subject.get('ruam:nameEn'));
      subject.set({ 'camunda:formKey': id });
    } catch (error) { say(error.message); }
  };
  return html`<p class="prop-link"><button type="button" class="link-button" data-new-form onClick=${begin}>${t('Begin a form for this task')}</button>${why ? html`<span class="prop-hint" role="alert">${why}</span>` : null}</p>`;
}

// lane party person text: the four ways to say whose it is
function way(subject) {
  const groups = subject.get('camunda:candidateGroups');
  if (subject.get('camunda:assignee')) return 'person';
  if (!groups) return 'lane';
  return subject.choices.parties.some((one) => one.key === groups) ? 'party' : 'text';
}

function Doer({ subject }) {
  const [asked, ask] = useState(null);
  const now = asked ?? way(subject);
  const lane = subject.lane();
  const party = lane && (subject.get('ruam:party', lane) || lane.id);
  const change = (next) => {
    ask(next);
    if (next === 'lane') subject.set({ 'camunda:candidateGroups': '', 'camunda:assignee': '' });
    if (next === 'party' || next === 'text') subject.set({ 'camunda:assignee': '' });
  };
  return html`<${Choice} label=${t('Who does it')} name="doer" value=${now} change=${change} options=${[
      { value: 'lane', words: lane ? t('The party of its lane: {party}', { party: subject.word('parties', party) }) : t('The party of its lane') },
      { value: 'party', words: t('Another party') }, { value: 'text', words: t('A unit, or several parties') }, { value: 'person', words: t('One person') }]} />
    ${now === 'party' ? html`<${Choice} label=${t('Party')} name="party" empty=${t('Choose…')} value=${subject.get('camunda:candidateGroups')} options=${options(subject.choices.parties)} change=${(value) => subject.set({ 'camunda:candidateGroups': value })} />` : null}
    ${now === 'text' ? html`<${Raw} label=${t('Units or parties')} name="groups" value=${subject.get('camunda:candidateGroups')} change=${(value) => subject.set({ 'camunda:candidateGroups': value })} hint=${t('For instance province:${province.code}, commas between.')} />` : null}
    ${now === 'person' ? html`<${Raw} label=${t('Person')} name="assignee" value=${subject.get('camunda:assignee')} change=${(value) => subject.set({ 'camunda:assignee': value })} hint=${t('A login, or an expression that gives one.')} />` : null}`;
}

export function Due({ subject }) {
  const due = subject.get('camunda:dueDate');
  const follow = subject.get('camunda:followUpDate');
  return html`<${Group} title=${t('When it is due')} name="due">
    <${Moment} name="due" label=${t('Due')} subject=${subject} value=${due} change=${(value) => subject.set({ 'camunda:dueDate': value })} />
    ${due && readMoment(due).kind !== 'expression' ? html`<p class="prop-said">${saidMoment(readMoment(due), subject)}</p>` : null}
    ${follow ? html`<${Raw} label=${t('Not before')} name="followUp" value=${follow} change=${(value) => subject.set({ 'camunda:followUpDate': value })} />` : null}<//>`;
}

export function Reminders({ subject }) {
  const { before, after, escalate_to: whom } = subject.choices.reminders ?? {};
  const value = (name) => subject.get(`ruam:${name}`);
  const put = (name) => (given) => subject.set({ [`ruam:${name}`]: given });
  return html`<${Group} title=${t('Reminders')} name="reminders" shut filled=${Boolean(value('remind') || value('escalate') || value('escalateTo'))}>
    <${Amount} label=${t('Remind, working days before it is due')} name="remind" placeholder=${before} value=${value('remind')} change=${put('remind')} />
    <${Amount} label=${t('Tell others, working days after it was due')} name="escalate" placeholder=${after} value=${value('escalate')} change=${put('escalate')} />
    <${Choice} label=${t('Whom to tell')} name="escalateTo" empty=${whom ? t('As the schedule says: {party}', { party: subject.word('parties', whom) }) : nothing()} value=${value('escalateTo')} options=${options(subject.choices.parties)} change=${put('escalateTo')} /><//>`;
}

export function Seen({ subject }) {
  const value = (name) => subject.get(`ruam:${name}`);
  const put = (name) => (given) => subject.set({ [`ruam:${name}`]: given });
  return html`<${Group} title=${t('Who may see it')} name="seen" shut filled=${Boolean(value('category') || value('unit') || value('barred'))}>
    <${Text} label=${t('Category')} name="category" value=${value('category')} change=${put('category')} hint=${t('Where it is not the process’s own.')} />
    <${Text} label=${t('Unit')} code name="unit" value=${value('unit')} change=${put('unit')} />
    ${subject.object.$type === 'bpmn:UserTask' ? html`<${Text} label=${t('Who may not do it')} code name="barred" value=${value('barred')} change=${put('barred')} hint=${t('Parties or units, commas between; not even an administrator may give it to them.')} />` : null}<//>`;
}
