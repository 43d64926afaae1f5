// An element's id, for who has to know it: programs, tests and what runs call it by this.
import { html, useEffect, useState } from '@bpmn-io/diagram-js-ui';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { Group, Text } from './fields.js';
import { t } from '../words/words.js';

const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_.-]*$/u; // NCName, as XML has ids
const begun = new Map(); // new id → the one under which running instances stand there, and how many

export function Identity({ subject }) {
  const { object, drafts } = subject;
  const process = processOf(object);
  const [wrong, setWrong] = useState('');
  const [standing, setStanding] = useState(0);
  const before = begun.get(object.id);
  useEffect(() => {
    if (process && !before) drafts.standing(process.id, object.id).then(({ instances }) => setStanding(instances)).catch(() => {});
  }, [object.id]);
  const change = (id) => {
    const taken = subject.modeler.get('moddle').ids.assigned(id) || subject.modeler.get('elementRegistry').get(id);
    const why = id === object.id ? '' : !NAME.test(id) ? t('An id begins with a letter or _, and has letters, digits, _ . and - only.') : taken ? t('Another element has the id “{id}”.', { id }) : '';
    setWrong(why);
    if (why || id === object.id) return;
    const known = before ?? { id: object.id, standing };
    if (known.standing && known.id !== id) begun.set(id, known);
    subject.set({ id });
  };
  return html`<${Group} title=${t('For engineers')} name="identity" shut>
    <${Text} code label=${t('Id')} name="elementId" value=${object.id} change=${change} hint=${t('What refers to it in this diagram follows. Expressions, process tests and programs that name it have to be changed as well.')} />
    ${wrong ? html`<p class="prop-wrong" role="alert">${wrong}</p>` : null}
    ${standing && !before ? html`<p class="prop-hint">${t(standing === 1 ? '{n} running instance stands here.' : '{n} running instances stand here.', { n: standing })}</p>` : null}
    ${before ? html`<p class="prop-said is-warning" role="status">${t('{n} running instances stand at “{old}”. When they are moved to this version, choose “{id}” as where they go on: it is suggested there as long as its name and what it does stay alike.', { n: before.standing, old: before.id, id: object.id })}</p>` : null}<//>`;
}

function processOf(object) {
  for (let one = object; one; one = one.$parent) if (is(one, 'bpmn:Process')) return one;
  return null;
}
