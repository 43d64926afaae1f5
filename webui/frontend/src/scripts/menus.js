// Menus made of <details>: they close on Escape and on a click elsewhere.
export function tidyMenus() {
  const menus = document.querySelectorAll('details.account');
  document.addEventListener('click', (event) => {
    menus.forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    menus.forEach((menu) => {
      if (!menu.open) return;
      menu.open = false;
      menu.querySelector('summary').focus();
    });
  });
}

// The list of demo users on the login page: one click fills the name.
export function fillDemoUser() {
  const name = document.querySelector('[data-user-name]');
  document.querySelectorAll('a[data-fill-user]').forEach((link) => {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      name.value = link.dataset.fillUser;
      const password = document.querySelector('[data-user-password]');
      if (password.dataset.demo) password.value = password.dataset.demo;
      document.querySelector('[data-login]').focus();
    });
  });
}
