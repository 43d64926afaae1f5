// The file control in the page's language: the browser's own one speaks the browser's. Without this script that one is used.
const UNITS = ['B', 'KB', 'MB'];

export function chooseFiles(form) {
  form.querySelectorAll('[data-file-box]').forEach((box) => {
    const input = box.querySelector('input[type=file]');
    const button = box.querySelector('[data-file-choose]');
    const state = box.querySelector('[data-file-state]');
    const list = box.querySelector('[data-file-chosen]');
    const large = document.getElementById(`${input.id}-size`);
    const needed = input.required;
    takeOver(input, button);

    function show() {
      const chosen = [...input.files];
      const limit = Number(input.dataset.maxBytes || Infinity);
      large.hidden = chosen.every((file) => file.size <= limit);
      state.textContent = chosen.length ? state.dataset.chosen : state.dataset.none;
      list.replaceChildren(...chosen.map((file) => line(box, file)));
    }
    function tell() {
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }
    button.addEventListener('click', () => input.click());
    input.addEventListener('change', show);
    form.addEventListener('submit', (event) => {
      if (!needed || input.files.length) return;
      event.preventDefault();
      state.textContent = state.dataset.needed;
      button.focus();
    });
    list.addEventListener('click', (event) => {
      const place = [...list.querySelectorAll('button')].indexOf(event.target.closest('button'));
      if (place < 0) return;
      const rest = new DataTransfer();
      [...input.files].filter((_, number) => number !== place).forEach((file) => rest.items.add(file));
      input.files = rest.files;
      tell();
      button.focus();
    });
    ['dragenter', 'dragover'].forEach((name) => box.addEventListener(name, (event) => { event.preventDefault(); box.classList.add('over'); }));
    ['dragleave', 'drop'].forEach((name) => box.addEventListener(name, () => box.classList.remove('over')));
    box.addEventListener('drop', (event) => {
      event.preventDefault();
      const dropped = new DataTransfer();
      [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => dropped.items.add(file));
      if (!dropped.files.length) return;
      input.files = dropped.files;
      tell();
    });
    show();
  });
}

// The button stands for the input: links of the summary of errors and descriptions lead to it.
function takeOver(input, button) {
  const { id } = input;
  const labels = [...input.labels];
  input.hidden = true;
  input.required = false; // nothing that is hidden can say that it is needed
  input.id = `${id}-input`;
  button.id = id;
  labels.forEach((label) => { label.htmlFor = input.id; });
  for (const name of ['aria-describedby', 'aria-invalid']) {
    if (input.hasAttribute(name)) button.setAttribute(name, input.getAttribute(name));
  }
  button.closest('[data-file-tools]').hidden = false;
}

function line(box, file) {
  const item = box.querySelector('template[data-file-line]').content.cloneNode(true);
  item.querySelectorAll('[data-file-name]').forEach((place) => { place.textContent = file.name; });
  item.querySelector('[data-file-size]').textContent = size(file.size);
  return item;
}

// As `webui.rendering.size` writes it.
function size(count) {
  let amount = count;
  for (const unit of UNITS) {
    if (amount < 1024) return `${unit === 'B' || amount >= 10 ? amount.toFixed(0) : amount.toFixed(1)} ${unit}`;
    amount /= 1024;
  }
  return `${amount.toFixed(1)} GB`;
}
