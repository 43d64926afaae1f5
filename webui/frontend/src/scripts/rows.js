// Rows of a table field. Without this script a button asks the server for the next row.
export function growRows(form) {
  form.querySelectorAll('[data-rows]').forEach((box) => {
    const list = box.querySelector('[data-row-list]');
    const tell = () => form.dispatchEvent(new Event('rowschange'));
    box.querySelector('[data-row-add]')?.addEventListener('click', (event) => {
      event.preventDefault();
      const row = addRow(box, numbersOf(box).reduce((most, number) => Math.max(most, number), -1) + 1);
      row.querySelector('input:not([type=hidden]), select, textarea').focus();
      tell();
    });
    list.addEventListener('click', (event) => {
      const button = event.target.closest('[data-row-remove]');
      if (!button) return;
      event.preventDefault();
      button.closest('.rows-row').remove();
      box.querySelector('[data-row-add]').focus();
      tell();
    });
  });
}

// Makes the table have these rows; their cells are empty where they were not there. A table of fixed rows stays as it is.
export function setRows(box, numbers) {
  const present = numbersOf(box);
  if (!box.querySelector('template') || (present.length === numbers.length && present.every((number, place) => number === numbers[place]))) return;
  box.querySelector('[data-row-list]').replaceChildren();
  numbers.forEach((number) => addRow(box, number));
}

function addRow(box, number) {
  const list = box.querySelector('[data-row-list]');
  const row = box.querySelector('template').content.cloneNode(true).firstElementChild;
  const names = ['id', 'for', 'name', 'value', 'aria-describedby', 'data-row'];
  [row, ...row.querySelectorAll('*')].forEach((node) => {
    names.filter((name) => node.hasAttribute(name)).forEach((name) => {
      node.setAttribute(name, node.getAttribute(name).replaceAll('__row__', String(number)));
    });
  });
  list.append(row);
  return row;
}

const numbersOf = (box) => [...box.querySelectorAll('[data-row]')].map((row) => Number(row.dataset.row));
