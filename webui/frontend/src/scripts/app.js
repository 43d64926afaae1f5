// Every page works without these; they make it pleasanter.
import { fillDemoUser, tidyMenus } from './menus.js';
import { chooseFiles } from './files.js';
import { enhanceForm } from './form.js';
import { sayBeside } from './lacking.js';
import { follow } from './rehearsal.js';
import { showCurrentTab } from './tabs.js';
import { joinShortened } from './thai_words.js';
import { tryAgain, watch } from './trial.js';
import { tidy } from './unsent.js';

joinShortened(document.body);
tidyMenus();
showCurrentTab();
sayBeside();
tidy();
fillDemoUser();
document.querySelectorAll('form[data-form]').forEach(enhanceForm);
document.querySelectorAll('form[data-files]').forEach(chooseFiles);
document.querySelectorAll('[data-rehearsal]').forEach(follow);
document.querySelectorAll('[data-trial]').forEach(tryAgain);
document.querySelectorAll('[data-live]').forEach(watch);
document.querySelector('.error-summary')?.focus();
document.querySelectorAll('button[data-print]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
});
