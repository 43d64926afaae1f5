// schedule.toml as a table and back, line by line: comments and whatever else stands there stay.
const SECTION = /^\s*\[([^\]]+)\]/;
const VALUE = /^(\s*)([\w-]+)(\s*=\s*)(?:"([^"]*)"|(\d+))(.*)$/;

// → {start, windows: [{step, opens, closes}], reminders: {before, after, escalate_to}, …}, each as it is written
export function readSchedule(text) {
  const found = { windows: [], reminders: {} };
  let section = '';
  for (const line of text.split('\n')) {
    const head = SECTION.exec(line);
    if (head) {
      section = head[1].trim();
      if (section.startsWith('windows.')) found.windows.push({ step: bare(section.slice(8)) });
      continue;
    }
    const value = VALUE.exec(line);
    if (!value) continue;
    const into = !section ? found : section === 'reminders' ? found.reminders : section.startsWith('windows.') ? found.windows.at(-1) : {};
    into[value[2]] = value[4] ?? value[5];
  }
  return found;
}

// The text with one value changed. `section`: '' at the top, 'reminders', 'windows.12'.
export function withValue(text, section, name, value) {
  let now = '';
  return text.split('\n').map((line) => {
    const head = SECTION.exec(line);
    if (head) now = head[1].trim().replace(/"/g, '');
    const found = VALUE.exec(line);
    if (now !== section || !found || found[2] !== name) return line;
    const written = found[4] === undefined ? String(Number.parseInt(value, 10) || 0) : `"${value}"`;
    return `${found[1]}${found[2]}${found[3]}${written}${found[6]}`;
  }).join('\n');
}

const DATED = /^(?:(\d{4})-)?(\d\d)-(\d\d)$/;

// → {year, month, day}, each as it is written; `year` is '' for a day of every year
export function readDay(value = '01-01') {
  const [, year = '', month = '01', day = '01'] = DATED.exec(value) ?? [];
  return { year, month, day };
}

// A day that is there: of the 31st in a shorter month, its last.
export function asDay({ year, month, day }) {
  const last = lastOf({ year, month });
  return [...(year ? [year] : []), month, String(Math.min(Number(day), last)).padStart(2, '0')].join('-');
}

const LEAP = 2000; // where no year is said every day of a month can be chosen
export function lastOf({ year, month }) {
  return new Date(Number(year) || LEAP, Number(month), 0).getDate();
}

// The year the windows begin in; '' where they are of every project's own year.
export function yearOf({ windows }) {
  return windows.flatMap((one) => [one.opens, one.closes]).map((value) => readDay(value).year).filter(Boolean).sort()[0] ?? '';
}

// The text with all windows in another year, those over the turn of a year too; '': in every project's own.
export function withYear(text, year) {
  const now = readSchedule(text);
  const begun = yearOf(now);
  return now.windows.reduce((made, one) => ['opens', 'closes'].reduce((written, edge) => {
    const day = readDay(one[edge]);
    const later = day.year && begun ? Number(day.year) - Number(begun) : 0;
    return one[edge] ? withValue(written, `windows.${one.step}`, edge, asDay({ ...day, year: year ? String(Number(year) + later) : '' })) : written;
  }, made), text);
}

function bare(step) {
  return step.replace(/"/g, '');
}
