import { setRows } from './rows.js';

// Puts values as FormData lists them back into a form; rows of tables are added and taken away as they name them.
export function fill(form, values) {
  const given = new Map();
  values.forEach(([name, value]) => given.set(name, [...(given.get(name) ?? []), value]));
  form.querySelectorAll('[data-rows]').forEach((box) => setRows(box, rowNumbers(box.dataset.rows, values)));
  [...form.elements].forEach((input) => {
    if (!input.name || input.name.startsWith('_') || ['hidden', 'file', 'submit', 'button'].includes(input.type)) return;
    const mine = given.get(input.name);
    if (input.type === 'checkbox' || input.type === 'radio') input.checked = mine?.includes(input.value) ?? false;
    else if (mine?.length) input.value = mine.shift();
  });
  form.dispatchEvent(new Event('change'));
}

function rowNumbers(table, values) {
  const numbers = values.filter(([name]) => name.startsWith(`${table}[`)).map(([name]) => Number.parseInt(name.slice(table.length + 1), 10));
  return [...new Set(numbers)];
}
