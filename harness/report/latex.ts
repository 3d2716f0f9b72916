/**
 * results.tex: the tables of results.md for a paper, each with its caption and label. A file to be read in by `\input`,
 * so that a paper has the numbers as they are and not as they were typed.
 */
import { latexLabel, latexText } from './latex-text.ts';
import type { Report, Table } from './report-types.ts';

const needs = String.raw`% Needs \usepackage{array,booktabs,longtable,pdflscape}; read it in by \input{results.tex}.`;
/** More rows do not fit on a page together with their caption. */
const rowsOfPage = 30;
/** Signs that fit beside each other on a line of a one-column page, and on one of a page that is turned. */
const signsOfLine = { small: 76, footnotesize: 84, turned: 129 } as const;
/** Of the room between two columns. */
const signsBetween = 3;

export function latexOf({ experiment, tables }: Pick<Report, 'experiment' | 'tables'>): string {
  const head = [`% Tables of the experiment ${latexText(experiment)}, as in results.md.`, needs];
  return `${[head.join('\n'), ...tables.map(tableText)].join('\n\n')}\n`;
}

function tableText(table: Table): string {
  const text = table.rows.length > rowsOfPage ? longTable(table) : floating(table);
  return isTurned(table) ? [String.raw`\begin{landscape}`, text, String.raw`\end{landscape}`].join('\n') : text;
}

function floating(table: Table): string {
  return [
    String.raw`\begin{table}[tbp]`,
    String.raw`\centering`,
    sizeOf(table),
    captionOf(table),
    String.raw`\begin{tabular}{${columnsOf(table)}}`,
    String.raw`\toprule`,
    lineOf(table.columns),
    String.raw`\midrule`,
    ...table.rows.map(lineOf),
    String.raw`\bottomrule`,
    String.raw`\end{tabular}`,
    String.raw`\end{table}`,
  ].join('\n');
}

/** Over several pages, with its head on each. */
function longTable(table: Table): string {
  const head = [String.raw`\toprule`, lineOf(table.columns), String.raw`\midrule`];
  return [
    String.raw`\begingroup`,
    sizeOf(table),
    String.raw`\begin{longtable}{${columnsOf(table)}}`,
    `${captionOf(table)}\\\\`,
    ...head,
    String.raw`\endfirsthead`,
    ...head,
    String.raw`\endhead`,
    String.raw`\bottomrule`,
    String.raw`\endfoot`,
    ...table.rows.map(lineOf),
    String.raw`\end{longtable}`,
    String.raw`\endgroup`,
  ].join('\n');
}

/** The title alone goes to a list of tables. */
function captionOf({ name, title, note }: Table): string {
  const short = latexText(title);
  return String.raw`\caption[{${short}}]{${`${short}. ${latexText(note)}`.trim()}}\label{tab:${latexLabel(name)}}`;
}

const lineOf = (cells: readonly string[]): string => `${cells.map(cellText).join(' & ')} \\\\`;

/** Behind the end of a row, a bracket or a star would be an option of that end. */
const cellText = (cell: string): string => latexText(cell).replace(/^[[*]/, '{$&}');

const sizeOf = (table: Table): string =>
  signsOf(table) <= signsOfLine.small ? String.raw`\small` : String.raw`\footnotesize`;

/** Cells of a wide table break their lines: its columns share the width of the text. */
function columnsOf(table: Table): string {
  if (signsOf(table) <= lineOfPage(table)) return `l${'r'.repeat(table.columns.length - 1)}`;
  return sharesOf(table)
    .map((share, i) => {
      const ragged = i === 0 ? String.raw`\raggedright` : String.raw`\raggedleft`;
      return String.raw`>{${ragged}\arraybackslash}p{\dimexpr ${share}\linewidth-2\tabcolsep\relax}`;
    })
    .join('');
}

const lineOfPage = (table: Table): number => (isTurned(table) ? signsOfLine.turned : signsOfLine.footnotesize);

/** Where not even its longest words stand beside each other. */
const isTurned = (table: Table): boolean => sum(measured(table).map(({ word }) => word)) > signsOfLine.footnotesize;

const signsOf = (table: Table): number => sum(measured(table).map(({ cell }) => cell));

/** The longest word for all, since it cannot be broken; what is left of the line goes to those with long cells. */
function sharesOf(table: Table): readonly number[] {
  const columns = measured(table);
  const words = sum(columns.map(({ word }) => word));
  const rest = sum(columns.map(({ word, cell }) => cell - word));
  const line = Math.max(words, lineOfPage(table));
  return columns.map(({ word, cell }) => {
    const width = word + ((line - words) * (cell - word)) / rest;
    return Math.floor((1000 * width) / line) / 1000;
  });
}

/** The longest cell and the longest word of each column, in signs, with the room to the next column. */
function measured({ columns, rows }: Table): readonly { readonly cell: number; readonly word: number }[] {
  return columns.map((column, i) => {
    const cells = [column, ...rows.map((row) => row[i] ?? '')];
    return {
      cell: longest(cells) + signsBetween,
      word: longest(cells.flatMap((text) => text.split(/\s/))) + signsBetween,
    };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));
