// Browsers lose the words of a Thai run that ends in ฯ ("shortened"): คณะกรรมการฯ is broken as คณะ|กร|รม|การฯ.
// A word joiner before the ฯ lets them know the word, and no line begins with the sign.
export const JOINER = '\u2060';
const SHORTENED = /(?<=[\u0E01-\u0E4E])\u0E2F/g;

export const joined = (text) => text.replace(SHORTENED, `${JOINER}\u0E2F`);

// What is read, not what is written: the text of fields is not changed, and what is copied has no joiners: pasted into a search it would find nothing.
export function joinShortened(root) {
  root.addEventListener('copy', copyUnjoined);
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.data.includes('\u0E2F') && !text.parentElement.closest('textarea, select, script, style')) text.data = joined(text.data);
  }
}

function copyUnjoined(event) {
  const selection = getSelection();
  if (!selection.toString().includes(JOINER)) return;
  const holder = document.createElement('div');
  for (let n = 0; n < selection.rangeCount; n += 1) holder.append(selection.getRangeAt(n).cloneContents());
  event.clipboardData.setData('text/plain', selection.toString().replaceAll(JOINER, ''));
  event.clipboardData.setData('text/html', holder.innerHTML.replaceAll(JOINER, ''));
  event.preventDefault();
}
