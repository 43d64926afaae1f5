// A long row of tabs on a phone begins with the one in use.
export function showCurrentTab() {
  document.querySelectorAll('.tabs').forEach((row) => {
    const here = row.querySelector('[aria-current]');
    if (here) row.scrollLeft = here.offsetLeft - row.offsetLeft - 16;
  });
}
