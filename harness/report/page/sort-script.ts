/**
 * Tables that sort. The script makes the buttons, so that a page without scripts has none that does nothing: a first
 * activation sorts up, a second one down, a third gives the order of the page back.
 */

/**
 * Numbers come before words, and what was not measured (a dash, n/a) last in both directions. Of `62.3 [60.1, 64.5]
 * (3)` the first number counts. Equal cells keep the order of the page.
 */
export const sortScript = String.raw`
for (const table of document.querySelectorAll('table')) {
  const body = table.tBodies[0];
  const rows = body ? [...body.rows] : [];
  if (rows.length < 2) continue;
  for (const head of table.tHead.querySelectorAll('th')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'sort';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => sortBy(head, rows, body));
  }
}

function sortBy(head, rows, body) {
  const order = {ascending: 'descending', descending: null}[head.getAttribute('aria-sort')];
  const direction = order === undefined ? 'ascending' : order;
  for (const other of head.parentNode.children) other.removeAttribute('aria-sort');
  if (direction === null) return body.append(...rows);
  head.setAttribute('aria-sort', direction);
  const keyed = rows.map((row) => ({row, key: keyOf(row.cells[head.cellIndex])}));
  body.append(...keyed.sort((a, b) => inOrder(a.key, b.key, direction === 'descending')).map(({row}) => row));
}

function keyOf(cell) {
  const text = cell ? cell.textContent.trim() : '';
  const [, digits] = /^[<>~+\u2264\u2265\s]*([\u2212-]?(?:\d[\d,]*)?\.?\d+(?:e[+-]?\d+)?)x?(?![\w.])/i.exec(text) || [];
  const number = digits === undefined ? NaN : Number(digits.replaceAll(',', '').replace('\u2212', '-'));
  const kind = ['', '-', '\u2013', 'n/a'].includes(text) ? 2 : Number.isNaN(number) ? 1 : 0;
  return {kind, number, text};
}

function inOrder(a, b, isDown) {
  if (a.kind === 2 || b.kind === 2) return a.kind === b.kind ? 0 : a.kind === 2 ? 1 : -1;
  const up = a.kind - b.kind || (a.kind === 0 ? a.number - b.number : a.text.localeCompare(b.text, 'en', {numeric: true}));
  return isDown ? -up : up;
}
`;
