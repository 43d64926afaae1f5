// A process (also as the pool that stands for it), and a lane's party.
import { html } from '@bpmn-io/diagram-js-ui';
import { Choice, Group, Text, Tick } from './fields.js';
import { nothing, options } from './subject.js';
import { t } from '../words/words.js';

export function Process({ subject }) {
  const process = subject.process;
  const value = (name) => subject.get(name, process);
  const put = (name) => (given) => subject.set({ [name]: given }, process);
  return html`<${Group} title=${t('Process')} name="process">
    <p class="prop-hint">${t('Key')}: <code>${process.id}</code></p>
    ${process === subject.object ? null : html`
      <${Text} label=${t('Name of the process in Thai')} lines="2" name="processName" value=${process.name} change=${put('name')} />
      <${Text} label=${t('Name of the process in English')} lines="2" name="processNameEn" value=${value('ruam:nameEn')} change=${put('ruam:nameEn')} />`}
    <${Tick} label=${t('Can be run')} name="isExecutable" value=${process.isExecutable} change=${(given) => subject.set({ isExecutable: given }, process)} />
    <${Tick} label=${t('People may start it')} name="startable" value=${value('camunda:isStartableInTasklist') !== 'false'}
      change=${(given) => subject.set({ 'camunda:isStartableInTasklist': given ? '' : 'false' }, process)} hint=${t('Otherwise only other processes call it.')} />
    <${Text} label=${t('Parties that may start it')} name="starters" value=${value('camunda:candidateStarterGroups')} suggestions=${options(subject.choices.parties)} change=${put('camunda:candidateStarterGroups')} hint=${t('Keys of parties, commas between.')} />
    <${Choice} label=${t('Form to start with')} name="startForm" empty=${nothing()} value=${value('ruam:startForm')} options=${options(subject.choices.forms)} change=${put('ruam:startForm')} />
    <${Text} label=${t('Name of an instance')} code name="businessKey" value=${value('ruam:businessKey')} change=${put('ruam:businessKey')} hint=${t('Where who starts it gives none.')} />
    <${Text} label=${t('Who may see it: category')} name="category" value=${value('ruam:category')} change=${put('ruam:category')} />
    <${Text} label=${t('Version in words')} name="versionTag" value=${value('camunda:versionTag')} change=${put('camunda:versionTag')} /><//>`;
}

export function Lane({ subject }) {
  return html`<${Group} title=${t('Who is responsible')} name="lane">
    <${Choice} label=${t('Party')} name="party" empty=${t('(by its name)')} value=${subject.get('ruam:party')} options=${options(subject.choices.parties)} change=${(party) => subject.set({ 'ruam:party': party })}
      hint=${t('All tasks in this lane are its, where they do not say otherwise.')} /><//>`;
}
