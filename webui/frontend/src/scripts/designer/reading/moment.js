// A moment as people say it: "3 working days before the window of step 12 closes". Read from an expression and written as one;
// what cannot be read this way stays an expression.
//
// {kind: 'none'} {kind: 'window', step, edge, days} {kind: 'begun', days} {kind: 'variable', name, days} {kind: 'date', date}
// {kind: 'span', amount, unit} {kind: 'expression', text}; days below 0: working days before.
import { asSpan, readSpan } from './span.js';

const WINDOW = /^windows\[(['"])([^'"\]]+)\1\]\.(opens|closes)$/;
const NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_]*(\.[\p{L}_][\p{L}\p{M}\p{N}_]*)*$/u;
const NOW = /^now\(\)$/;
const MOVED = /^working_days_(before|after)\((.+),\s*(\d+)\)$/;
const DAY_END = /^end_of_day\((.+)\)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

export function readMoment(text) {
  const said = (text ?? '').trim();
  if (!said) return { kind: 'none' };
  if (DATE.test(said)) return { kind: 'date', date: said };
  const span = readSpan(said);
  if (span) return { kind: 'span', ...span };
  const inside = /^\$\{(.*)\}$/s.exec(said)?.[1].trim();
  return (inside && fromExpression(inside)) || { kind: 'expression', text: said };
}

function fromExpression(inside) {
  const whole = DAY_END.exec(inside)?.[1].trim() ?? inside;
  const moved = MOVED.exec(whole);
  const base = (moved?.[2] ?? whole).trim();
  const days = moved ? Number(moved[3]) * (moved[1] === 'before' ? -1 : 1) : 0;
  const window = WINDOW.exec(base);
  if (window) return { kind: 'window', step: window[2], edge: window[3], days };
  if (NOW.test(base) && days > 0) return { kind: 'begun', days };
  if (NAME.test(base)) return { kind: 'variable', name: base, days };
  return null;
}

// A window's end has its hour; another day, and the moment in which a task begins, count to the end of the working day they lead to.
export function asMoment(moment) {
  switch (moment.kind) {
    case 'window': return `\${${moved(`windows['${moment.step}'].${moment.edge}`, moment.days)}}`;
    case 'begun': return `\${end_of_day(${moved('now()', moment.days)})}`;
    case 'variable': return moment.days ? `\${end_of_day(${moved(moment.name, moment.days)})}` : `\${${moment.name}}`;
    case 'date': return moment.date;
    case 'span': return asSpan(moment);
    case 'expression': return moment.text;
    default: return '';
  }
}

function moved(base, days) {
  if (!days) return base;
  return `working_days_${days < 0 ? 'before' : 'after'}(${base}, ${Math.abs(days)})`;
}
