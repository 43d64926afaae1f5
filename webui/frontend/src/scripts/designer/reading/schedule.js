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

function bare(step) {
  return step.replace(/"/g, '');
}
