// A length of time of one unit: PT30M is {amount: 30, unit: 'minute'}; and a cycle of such: R3/PT1H is {times: 3, amount: 1, unit: 'hour'}.
const UNITS = { year: ['P', 'Y'], month: ['P', 'M'], week: ['P', 'W'], day: ['P', 'D'], hour: ['PT', 'H'], minute: ['PT', 'M'], second: ['PT', 'S'] };

export function readSpan(text) {
  const found = /^(PT?)(\d+)([YMWDHS])$/.exec((text ?? '').trim());
  const unit = found && Object.keys(UNITS).find((name) => UNITS[name][0] === found[1] && UNITS[name][1] === found[3]);
  return unit ? { amount: Number(found[2]), unit } : null;
}

export function asSpan({ amount, unit }) {
  return `${UNITS[unit][0]}${amount}${UNITS[unit][1]}`;
}

export function readCycle(text) {
  const found = /^R(\d*)\/(PT?\d+[YMWDHS])$/.exec((text ?? '').trim());
  const span = found && readSpan(found[2]);
  return span ? { times: found[1] === '' ? null : Number(found[1]), ...span } : null;
}

export function asCycle({ times, ...span }) {
  return `R${times ?? ''}/${asSpan(span)}`;
}
