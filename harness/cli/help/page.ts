/** The shape of every help page: paragraphs, and sections of terms with what they mean, within the terminal's width. */
import { textWidth, wrap, type Paint } from '../../text/index.ts';
import type { HelpRow } from './parameters.ts';

export interface PageStyle {
  readonly width: number | null;
  readonly paint: Paint;
}

/** Longer lines are hard to read, however wide the terminal is. */
const widest = 100;
const longestTerm = 34;

export const pageWidth = ({ width }: PageStyle): number => Math.min(width ?? widest, widest);

export function paragraph(text: string, style: PageStyle): string {
  return wrap(text, pageWidth(style)).join('\n');
}

/** A heading, and its rows below it; nothing without rows. */
export function section(title: string, rows: readonly HelpRow[], style: PageStyle): readonly string[] {
  if (rows.length === 0) return [];
  const indent = Math.min(longestTerm, Math.max(...rows.map(([term]) => textWidth(term)))) + 4;
  return [[style.paint('bold', title), ...rows.map((row) => entry(row, indent, style))].join('\n')];
}

/** The meaning stands beside its term, or below it where the term is too long or the page too narrow. */
function entry([term, meaning]: HelpRow, indent: number, style: PageStyle): string {
  const width = pageWidth(style);
  const isBelow = width - indent < 24 || textWidth(term) > indent - 4;
  const margin = ' '.repeat(isBelow ? 6 : indent);
  const [first = '', ...others] = wrap(meaning, width - margin.length);
  const rest = others.map((line) => `${margin}${line}`);
  const head = `  ${style.paint('cyan', term)}`;
  if (first === '') return head;
  if (isBelow) return [head, `${margin}${first}`, ...rest].join('\n');
  return [`${head}${' '.repeat(indent - 2 - textWidth(term))}${first}`, ...rest].join('\n');
}
