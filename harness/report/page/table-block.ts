/** A table of the page; a folded one shows its title until a reader opens it. */
import type { Table } from '../report-types.ts';
import { escape } from './escape.ts';

/** The open tables first. */
export function tableBlocks(tables: readonly Table[]): string {
  const folded = tables.filter((table) => table.isFolded);
  return [
    ...tables.filter((table) => !table.isFolded).map(tableBlock),
    ...folded.map((table) => `<details><summary>${escape(table.title)}</summary>${tableBlock(table)}</details>`),
  ].join('\n');
}

function tableBlock({ title, columns, rows, note, name }: Table): string {
  const id = `table-${escape(name)}`;
  const body = rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`).join('\n');
  const caption = `<caption class="visually-hidden">${escape(title)}</caption>`;
  const table = `<table>${caption}<thead><tr>${columns.map(headOf).join('')}</tr></thead><tbody>${body}</tbody></table>`;
  const scroll = `<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}">${table}</div>`;
  return `<div class="table"><h3 id="${id}">${escape(title)}</h3>${scroll}<p class="note">${escape(note)}</p></div>`;
}

/** A header without a text would be read out as one. */
const headOf = (column: string): string => (column === '' ? '<td></td>' : `<th scope="col">${escape(column)}</th>`);

/** The first cell of a row names it. */
function cellOf(text: string, column: number): string {
  return column === 0 ? `<th scope="row">${escape(text)}</th>` : `<td>${escape(text)}</td>`;
}
