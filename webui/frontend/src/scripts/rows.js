// Rows of a table field. Without this script a button asks the server for the next row.
export function growRows(form) {
  form.querySelectorAll('[data-rows]').forEach((box) => {
    const blank = box.querySelector('template');
    const list = box.querySelector('[data-row-list]');
    const tell = () => form.dispatchEvent(new Event('rowschange'));
    let next = list.children.length;
    box.querySelector('[data-row-add]').addEventListener('click', (event) => {
      event.preventDefault();
      const row = blank.content.cloneNode(true).firstElementChild;
      row.querySelectorAll('[id], [for], [name], [value], [aria-describedby]').forEach((node) => {
        for (const name of ['id', 'for', 'name', 'value', 'aria-describedby']) {
          if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replaceAll('__row__', String(next)));
        }
      });
      row.querySelectorAll('[data-row-number]').forEach((node) => { node.textContent = String(list.children.length + 1); });
      next += 1;
      list.append(row);
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
