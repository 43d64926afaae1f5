// In the English interface the drawing shows and edits the English names; the Thai one stands in the panel.
import { english } from './words/words.js';

export function speakEnglish(modeler) {
  if (!english) return;
  const extensions = modeler.get('extensions');
  const renderer = modeler.get('textRenderer');
  const editing = modeler.get('labelEditingProvider');
  const modeling = modeler.get('modeling');
  const plain = { text: renderer.createText.bind(renderer), activate: editing.activate.bind(editing), update: editing.update.bind(editing) };
  const nameOf = (element) => element.businessObject && extensions.get(element.businessObject, 'ruam:nameEn');
  let drawn = null;
  const remember = (_event, { element }) => { drawn = element; };
  modeler.get('eventBus').on(['render.shape', 'render.connection'], 3001, remember);
  renderer.createText = (text, options) => {
    const own = drawn && drawn.businessObject?.name === text && nameOf(drawn);
    return plain.text(own || text, options);
  };
  editing.activate = (element) => {
    const context = plain.activate(element);
    if (context) context.text = nameOf(element) || context.text;
    return context;
  };
  // Where a name stands in both languages, what is written on the drawing is the English one.
  editing.update = (element, text, activeText, bounds) => {
    if (!nameOf(element)) return plain.update(element, text, activeText, bounds);
    modeling.updateProperties(element.labelTarget ?? element, { [extensions.written('ruam:nameEn')]: text?.trim() || undefined });
  };
}
