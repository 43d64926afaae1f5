// Who else has this file open. Said to the server every half minute, and when the page is left.
import { pick, t } from './words/words.js';

const EVERY = 30_000;

export function watch(drafts, path, box) {
  async function say() {
    const { presence } = await drafts.present(path);
    const others = presence.filter((one) => one.path === path).map((one) => pick(one.person, one.person.id));
    box.hidden = !others.length;
    box.querySelector('[data-others-text]').textContent = others.length
      ? t('{people} has this file open too. Whoever saves second is asked what to keep.', { people: others.join(', ') }) : '';
  }
  const ask = () => { if (!document.hidden) say().catch(() => {}); };
  ask();
  setInterval(ask, EVERY);
  document.addEventListener('visibilitychange', ask);
  addEventListener('pagehide', () => { drafts.present(null, true).catch(() => {}); });
}
