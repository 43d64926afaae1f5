// A page whose server answers at each choice: only the parts that tell of it are put in anew, so that nothing jumps and no choice is lost.
const EVERY = 1000;

async function asked(url, options) {
  const answer = await fetch(url, options);
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

/** Put in `found` for `part` where it differs; what had the focus has it again. */
function put(part, found) {
  if (!found || part.innerHTML === found.innerHTML) return;
  const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
  part.innerHTML = found.innerHTML;
  part.hidden = found.hidden;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Tries a form again as soon as something is chosen in it. */
export function tryAgain(form) {
  let turn = 0;
  async function ask(name, value, fields = {}) {
    const mine = turn += 1;
    const body = new FormData(form);
    for (const [field, said] of Object.entries(fields)) body.set(field, said);
    body.append(name, value);
    form.setAttribute('aria-busy', 'true');
    try {
      const page = await asked(form.action, { method: 'POST', body });
      if (mine !== turn) return; // something else was chosen meanwhile
      form.querySelectorAll('[data-trial-part]').forEach((part) => put(part, page.querySelector(`[data-trial-part="${part.dataset.trialPart}"]`)));
      form.querySelectorAll('[data-more]').forEach((list) => { list.value = ''; });
      form.dispatchEvent(new Event('tried'));
    } finally {
      if (mine === turn) form.removeAttribute('aria-busy');
    }
  }
  form.classList.add('is-live');
  form.addEventListener('change', (event) => {
    const { name, dataset } = event.target;
    if (name === 'reason') return;
    if (name === 'instance') form.querySelector('[name=which][value=some]').checked = true;
    if (dataset.use) ask('use', dataset.use); else ask('try', 'yes');
  });
  form.addEventListener('choose', ({ detail }) => ask('use', detail.use, detail.fields)); // by dragging: mapping.js
  form.elements.reason?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return; // else the first button of the form would be pressed
    event.preventDefault();
    form.querySelector('button[name=begin]')?.click();
  });
  form.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (!button || button.name === 'begin') return;
    event.preventDefault();
    ask(button.name, button.value);
  });
}

/** Shows how far something is, until it is over. */
export function watch(part) {
  async function look() {
    try {
      const found = (await asked(part.dataset.live)).querySelector('[data-live]');
      put(part, found);
      if (found && !found.dataset.live) return;
    } catch { /* asked again */ }
    window.setTimeout(look, EVERY);
  }
  if (part.dataset.live) window.setTimeout(look, EVERY);
}
