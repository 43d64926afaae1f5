// What a field lacks is said beside it and in the language of the page: a browser's own bubble speaks the browser's, and goes after a while.
const FIELDS = 'input:invalid, select:invalid, textarea:invalid';

export function sayBeside() {
  const words = document.querySelector('template[data-lacking]')?.content;
  if (!words) return;
  document.addEventListener('invalid', (event) => {
    const input = event.target;
    const field = input.closest('form[method="post"] .field');
    if (!field) return;
    event.preventDefault();
    const told = input.dataset.lacking || (input.type === 'radio' && field.querySelector('[id$=-lacking]')); // of a group each says so
    if (!told) tell(input, field, words.querySelector(input.validity.valueMissing ? '.is-empty' : '.is-otherwise'));
    if (input === input.form.querySelector(FIELDS)) input.focus();
  }, true);
}

function tell(input, field, words) {
  const error = words.cloneNode(true);
  const before = input.getAttribute('aria-describedby');
  error.id = `${input.id || input.name}-lacking`;
  input.dataset.lacking = error.id;
  const wrong = field.classList.contains('wrong');
  let place = input;
  while (place.parentElement !== field) place = place.parentElement;
  place.before(error);
  field.classList.add('wrong');
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', [before, error.id].filter(Boolean).join(' '));
  const mended = () => {
    if (!input.validity.valid) return;
    field.removeEventListener('input', mended);
    error.remove();
    field.classList.toggle('wrong', wrong);
    delete input.dataset.lacking;
    input.removeAttribute('aria-invalid');
    if (before) input.setAttribute('aria-describedby', before);
    else input.removeAttribute('aria-describedby');
  };
  field.addEventListener('input', mended); // another choice of a group mends it, too
}
