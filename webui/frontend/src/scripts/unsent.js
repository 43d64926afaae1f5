// What was typed and the server does not have yet: kept in this tab of the browser, a form and a user each, until the server has it.
const PREFIX = 'ruam ';
export const COPIED = 'ruam.copied '; // and a user: what he copied in a diagram, in all tabs
const user = document.body.dataset.user;

const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
const ours = (key) => key.startsWith(`${PREFIX}${user} `);
const keyOf = (form) => `${PREFIX}${user} ${form.dataset.draft}`;

// False where the browser has no room, or keeps nothing at all.
export function remember(form, sent = false) {
  const values = [...new FormData(form).entries()];
  const files = values.some(([, value]) => value instanceof File && value.name);
  const typed = values.filter(([name, value]) => !name.startsWith('_') && typeof value === 'string');
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify({ typed, files, sent, time: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function remembered(form) {
  return JSON.parse(sessionStorage.getItem(keyOf(form)) ?? 'null');
}

export function forget(form) {
  sessionStorage.removeItem(keyOf(form));
}

// On every page: what was somebody else's goes, and what was sent goes once the server says that it has it. Who logs out takes all with him.
export function tidy() {
  const arrived = document.querySelector('.flashes .is-done, [data-check]') !== null;
  if (user) {
    keys().forEach((key) => {
      if (!ours(key) || (arrived && JSON.parse(sessionStorage.getItem(key)).sent)) sessionStorage.removeItem(key);
    });
  }
  document.querySelector('form[data-logout]')?.addEventListener('submit', () => {
    keys().forEach((key) => sessionStorage.removeItem(key));
    localStorage.removeItem(COPIED + user);
  });
}
