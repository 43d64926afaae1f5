// The kinds of fields in words.
import { COLUMNS, KINDS } from '../reading/form.js';
import { t } from '../words/words.js';

export const KIND_WORDS = {
  text: 'Short text', long: 'Long text', number: 'Number', whole: 'Whole number', yes: 'Yes or no', date: 'Date', datetime: 'Date and time', time: 'Time of day',
  email: 'E-mail address', one: 'One of a list', several: 'Several of a list', file: 'File', files: 'Several files', table: 'Rows of a table', score: 'Score', hidden: 'Hidden value',
};

export function kindOptions(column) {
  return (column ? COLUMNS : Object.keys(KINDS)).map((value) => ({ value, words: t(KIND_WORDS[value]) }));
}
