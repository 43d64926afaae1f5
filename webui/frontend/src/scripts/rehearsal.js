// While a rehearsal is played: how far it is, every second; its page again when it is over.
const EVERY = 1000;

export function follow(section) {
  const done = section.querySelector('[data-rehearsal-done]');
  const doing = section.querySelector('[data-rehearsal-doing]');
  async function ask() {
    try {
      const answer = await fetch(section.dataset.rehearsal, { headers: { Accept: 'application/json' } });
      const told = await answer.json();
      if (told.state !== 'RUNNING') { window.location.reload(); return; }
      done.textContent = told.done;
      doing.textContent = told.doing;
    } catch { /* asked again */ }
    window.setTimeout(ask, EVERY);
  }
  window.setTimeout(ask, EVERY);
}
