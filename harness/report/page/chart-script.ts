/**
 * Charts that answer. The pictures are the SVG that is on the page anyway; the script finds their marks by `data-m`,
 * and what they stand for in the JSON of the page (page-marks.ts).
 */

/** Shared with tip-script.ts: what is known of each mark, and which keys are hidden or picked out. */
const state = String.raw`
const known = JSON.parse(document.getElementById('marks')?.textContent || '{"panels":{},"texts":[]}');
const hidden = new Set();
const figures = Object.entries(known.panels).map(([name, panels]) => {
  const figure = document.getElementById('figure-' + name);
  const marks = [...figure.querySelectorAll('.panel')].flatMap((panel, i) => marksOf(panel, panels[i] || []));
  return {figure, marks, buttons: [...figure.querySelectorAll('.legend-item[data-k]')].map(buttonOf)};
});

function marksOf(panel, coded) {
  return [...panel.querySelectorAll('[data-m]')].map((element) => {
    const [keys, lines, trial] = coded[element.dataset.m];
    // What belongs to no arm, as the line at chance, is never dimmed.
    if (keys.every((own) => own.length === 0)) element.removeAttribute('data-m');
    return {element, panel, keys, lines: lines.map((n) => known.texts[n]), trial: known.texts[trial]};
  });
}

const isShown = ({keys}) => keys.length === 0 || keys.some((own) => !own.some((key) => hidden.has(key)));
`;

/** An entry of a legend hides its arms, or its model, in every chart, and picks them out while it is pointed at. */
const legend = String.raw`
function buttonOf(item) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'legend-item';
  button.append(...item.childNodes);
  item.replaceWith(button);
  const keys = item.dataset.k.split(' ').map(Number);
  button.addEventListener('click', () => toggle(keys));
  for (const name of ['pointerenter', 'focus']) button.addEventListener(name, () => pickOut(keys));
  for (const name of ['pointerleave', 'blur']) button.addEventListener(name, () => pickOut([]));
  return {button, keys};
}

function toggle(keys) {
  const isOn = keys.some((key) => !hidden.has(key));
  for (const key of keys) isOn ? hidden.add(key) : hidden.delete(key);
  showHidden();
}

function showHidden() {
  for (const {marks, buttons} of figures) {
    for (const mark of marks) mark.element.classList.toggle('off', !isShown(mark));
    for (const {button, keys} of buttons)
      button.setAttribute('aria-pressed', String(keys.some((key) => !hidden.has(key))));
  }
  tell(null);
}

function pickOut(keys) {
  for (const {figure, marks, buttons} of figures) {
    const isLit = (own) => own.some((key) => keys.includes(key));
    for (const mark of marks) mark.element.classList.toggle('lit', mark.keys.some(isLit));
    for (const {button, keys: own} of buttons) button.classList.toggle('lit', isLit(own));
    figure.classList.toggle('dim', marks.some((mark) => isShown(mark) && mark.keys.some(isLit)));
  }
}
`;

export const chartScript = [state, legend].join('');
