// The sections of a form and their fields in order: added, moved by buttons or dragged, duplicated, removed.
import { html, useState } from '@bpmn-io/diagram-js-ui';
import { Icon, IconButton } from '../icon.js';
import { added, groupsOf, kindOf, moved, nameFrom, placed, textOf, withGroups } from '../reading/form.js';
import { pick, t } from '../words/words.js';
import { FieldParts } from './field.js';
import { KIND_WORDS } from './kinds.js';
import { Pair } from './pair.js';

export function Sections({ editor, form }) {
  const [dragged, drag] = useState(null);
  const groups = groupsOf(form);
  const sectioned = groups.length > 1;
  const shown = groups.map((group, index) => ({ ...group, index })).filter((group) => group.section || group.fields.length || !sectioned);
  return html`${shown.map((group) => html`<${Section} key=${group.index} ...${{ editor, form, group, groups, dragged, drag, sectioned }} />`)}
    <p><button type="button" class="add-row" data-add-section onClick=${() => addSection(editor, form)}>+ ${t('Section')}</button></p>`;
}

// The first section takes the fields that are there.
function addSection(editor, form) {
  const groups = groupsOf(form);
  const first = groups.length === 1;
  const section = { th: 'หัวข้อใหม่', en: 'New section' };
  const made = first ? [{ section: null, fields: [] }, { section, fields: groups[0].fields }] : [...groups, { section, fields: [] }];
  editor.put(withGroups(form, made));
  editor.focus(`[data-section="${made.length - 1}"] input`);
}

function Section({ editor, form, group, groups, dragged, drag, sectioned }) {
  const { index, section, fields } = group;
  const put = (made) => editor.put(withGroups(form, made));
  const drop = (target) => (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (dragged) editor.put(placed(form, dragged, target));
    drag(null);
  };
  const allow = (event) => { if (dragged) event.preventDefault(); };
  return html`<section class="form-group" data-section=${index}>
    ${section ? html`<div class="form-group-head"><${Pair} label=${t('Section')} name=${`section-${index}`} value=${{ th: section.th ?? '', en: section.en ?? '' }}
        change=${(value, typing) => editor.put(withGroups(form, groups.map((one, at) => (at === index ? { ...one, section: { ...section, ...value } } : one))), typing)} />
      <span class="field-tools">
        <${IconButton} name="up" words=${t('Section up')} disabled=${index <= 1} onClick=${() => put(swapped(groups, index, -1))} />
        <${IconButton} name="down" words=${t('Section down')} disabled=${index === groups.length - 1} onClick=${() => put(swapped(groups, index, 1))} />
        <${IconButton} name="remove" words=${t('Remove the heading; its fields stay')} onClick=${() => put(merged(groups, index))} /></span></div>`
      : sectioned ? html`<p class="form-group-loose">${t('Before the first section')}</p>` : null}
    <ol class="form-fields">${fields.map((name) => html`<${FieldRow} key=${editor.id(name)} ...${{ editor, form, name, drag, dragged, drop, allow }} />`)}</ol>
    ${fields.length ? null : html`<p class="form-empty" onDragOver=${allow} onDrop=${drop({ group: index })}>${t('No fields here yet.')}</p>`}
    <button type="button" class="add-row" data-add-field=${index} onDragOver=${allow} onDrop=${drop({ group: index })} onClick=${() => addField(editor, form, { group: index })}>+ ${t('Field')}</button>
  </section>`;
}

function swapped(groups, index, by) {
  const made = [...groups];
  [made[index], made[index + by]] = [made[index + by], made[index]];
  return made;
}

// Its fields go to the section before it.
function merged(groups, index) {
  return groups.map((one, at) => (at === index - 1 ? { ...one, fields: [...one.fields, ...groups[index].fields] } : one)).filter((_one, at) => at !== index);
}

function addField(editor, form, where) {
  const name = nameFrom('New field', Object.keys(form.properties));
  editor.open = name;
  editor.put(added(form, name, { type: 'string', title: 'ช่องใหม่', 'x-en': { title: 'New field' } }, where));
  editor.preview.show(name);
  editor.focus(`[data-field="${CSS.escape(name)}"] [name="title-th"]`);
}

function duplicate(editor, form, name) {
  const copy = nameFrom(name, Object.keys(form.properties));
  editor.open = copy;
  editor.put(added(form, copy, structuredClone(form.properties[name]), { after: name, required: form.required?.includes(name) }));
  editor.focus(`[data-field="${CSS.escape(copy)}"] [name="title-th"]`);
}

function FieldRow({ editor, form, name, drag, dragged, drop, allow }) {
  const field = form.properties[name];
  if (!field) return html`<li class="form-field is-missing"><span>${t('The section names a field “{name}” that is not there.', { name })}</span></li>`;
  const open = editor.open === name;
  const title = pick(textOf(field, 'title'), name);
  const step = (by) => { editor.put(moved(form, name, by)); editor.focus(`[data-field="${CSS.escape(name)}"] [data-move="${by}"]`); };
  const wrong = editor.findings.filter((one) => one.field?.split('/')[1] === name);
  return html`<li class="form-field ${open ? 'is-open' : ''} ${dragged === name ? 'is-dragged' : ''}" data-field=${name} onDragOver=${allow} onDrop=${drop({ before: name })}>
    <div class="field-head" draggable="true" onDragStart=${(event) => { event.dataTransfer.effectAllowed = 'move'; event.dataTransfer.setData('text/plain', name); setTimeout(() => drag(name)); }} onDragEnd=${() => drag(null)}>
      <span class="field-grip" aria-hidden="true"><${Icon} name="drag" /></span>
      <button type="button" class="field-head-main" aria-expanded=${String(open)} onClick=${() => editor.toggle(name)}>
        <span class="field-title">${title}${form.required?.includes(name) ? null : html` <span class="faint">${t('(optional)')}</span>`}</span>
        <span class="field-meta">${t(KIND_WORDS[kindOf(field)] ?? 'Another kind')} · <code>${name}</code>${field['x-visible'] ? html` · ${t('at times')}` : null}${field['x-sealed'] ? html` · ${t('sealed')}` : null}${wrong.length ? html` · <strong class="is-wrong">${t('{n} to mend', { n: wrong.length })}</strong>` : null}</span></button>
      <span class="field-tools">
        <${IconButton} name="up" words=${t('Up: {title}', { title })} data-move="-1" onClick=${() => step(-1)} />
        <${IconButton} name="down" words=${t('Down: {title}', { title })} data-move="1" onClick=${() => step(1)} />
        <${IconButton} name="copy" words=${t('Duplicate: {title}', { title })} data-duplicate onClick=${() => duplicate(editor, form, name)} />
        <${IconButton} name="remove" words=${t('Remove: {title}', { title })} data-remove onClick=${() => editor.remove(name, title)} /></span></div>
    ${open ? html`<div class="field-body">${wrong.map((one) => html`<p class="prop-wrong">${pick(one)}</p>`)}<${FieldParts} ...${{ editor, form, name, field }} /></div>` : null}</li>`;
}
