/**
 * What is told of a mark: the one nearest to a pointer or a finger, or the one that arrow keys came to. Nothing is
 * drawn but a ring around it. Goes on from chart-script.ts.
 */
const tips = String.raw`
const tip = Object.assign(document.createElement('div'), {className: 'tip', hidden: true});
const spoken = Object.assign(document.createElement('div'), {className: 'visually-hidden'});
spoken.setAttribute('role', 'status');
const ring = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
ring.setAttribute('class', 'spot');
ring.setAttribute('r', '7');
let told = null;
const reach = 24;

const middleOf = ({element}) => {
  const {left, top, width, height} = element.getBoundingClientRect();
  return {x: left + width / 2, y: top + height / 2};
};

function tell(mark, isHeld) {
  told = mark;
  tip.hidden = mark === null;
  tip.classList.toggle('held', Boolean(isHeld));
  if (mark === null) return ring.remove();
  const lines = [...mark.lines, ...(mark.trial === undefined ? [] : [trialLine(mark.trial)])];
  tip.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement('p');
    paragraph.append(line);
    return paragraph;
  }));
  const {x, y} = middleOf(mark);
  const svg = mark.panel.querySelector('svg');
  const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  ring.setAttribute('cx', at.x);
  ring.setAttribute('cy', at.y);
  svg.append(ring);
  const {width, height} = tip.getBoundingClientRect();
  const left = Math.max(4, Math.min(x + 14, document.documentElement.clientWidth - width - 4));
  const top = y - height - 12 < 0 ? y + 14 : y - height - 12;
  Object.assign(tip.style, {left: left + scrollX + 'px', top: top + scrollY + 'px'});
}

function trialLine(id) {
  if (document.getElementById('trial-' + id) === null) return 'trial ' + id;
  const link = document.createElement('a');
  link.href = '#trial-' + id;
  link.textContent = 'record of trial ' + id;
  return link;
}

/** Closed parts of the page open around it. */
function openTrial(id) {
  const record = document.getElementById('trial-' + id);
  if (record === null) return;
  for (let part = record; part !== null; part = part.parentElement.closest('details')) part.open = true;
  tell(null);
  pickOut([]);
  location.hash = record.id;
  record.querySelector('summary').focus();
}

const firstKeys = ({keys}) => keys.flatMap(([key]) => (key === undefined ? [] : [key]));
`;

/** Panels take the focus, and not their marks: a page has thousands of these. */
const panels = String.raw`
function listen(panel, marks) {
  const points = marks.filter(({lines}) => lines.length > 0);
  if (points.length === 0) return;
  const nearest = ({clientX, clientY}) => {
    let best = null;
    let distance = reach;
    for (const point of points) {
      if (!isShown(point)) continue;
      const {x, y} = middleOf(point);
      const away = Math.hypot(x - clientX, y - clientY);
      if (away < distance) [best, distance] = [point, away];
    }
    return best;
  };
  const show = (mark, isHeld) => {
    if (mark === told && !isHeld) return;
    tell(mark, isHeld);
    pickOut(mark === null ? [] : firstKeys(mark));
  };
  panel.addEventListener('pointermove', (event) => show(nearest(event)));
  panel.addEventListener('pointerleave', ({pointerType}) => pointerType === 'mouse' && show(null));
  panel.addEventListener('click', (event) => {
    if (event.pointerType !== 'mouse') return show(nearest(event), true);
    // Of several marks in one place the one that is told of.
    const mark = told === null ? nearest(event) : told;
    if (mark !== null && mark.trial !== undefined) openTrial(mark.trial);
  });
  walk(panel, points, show);
}

function walk(panel, points, show) {
  panel.tabIndex = 0;
  panel.setAttribute('role', 'group');
  panel.setAttribute('aria-label', panel.querySelector('.panel-title').textContent + ': arrow keys tell of each point');
  panel.addEventListener('blur', ({relatedTarget}) => tip.contains(relatedTarget) || show(null));
  panel.addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (event.key === 'Escape') return show(null);
    if (event.key === 'Enter' && told !== null && told.trial !== undefined) return openTrial(told.trial);
    if (step === undefined) return;
    event.preventDefault();
    const placed = points.filter(isShown).map((point) => ({point, ...middleOf(point)}));
    const order = placed.sort((a, b) => a.x - b.x || a.y - b.y).map(({point}) => point);
    if (order.length === 0) return;
    const place = order.indexOf(told);
    const next = place < 0 ? (step > 0 ? 0 : order.length - 1) : (place + step + order.length) % order.length;
    show(order[next]);
    spoken.textContent = [...tip.children].map((line) => line.textContent).join('. ');
  });
}

document.querySelector('main').append(tip, spoken);
for (const {marks} of figures)
  for (const panel of new Set(marks.map((mark) => mark.panel)))
    listen(panel, marks.filter((mark) => mark.panel === panel));
if (figures.length > 0) showHidden();
tip.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (link === null) return;
  event.preventDefault();
  openTrial(link.hash.slice('#trial-'.length));
});
const openNamed = () => location.hash.startsWith('#trial-') && openTrial(location.hash.slice('#trial-'.length));
addEventListener('hashchange', openNamed);
openNamed();
`;

export const tipScript = [tips, panels].join('');
