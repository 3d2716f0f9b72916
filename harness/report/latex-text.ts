/** Text as LaTeX that prints it: what is a command, a ligature or unknown to pdfTeX's fonts there is spelled out. */
import { visible } from '../text/index.ts';

/** Commands in text; the longest first, as "+/-" must not be read sign by sign. */
const spelled: Readonly<Record<string, string>> = {
  '+/-': String.raw`$\pm$`,
  '>=': String.raw`$\geq$`,
  '<=': String.raw`$\leq$`,
  '->': String.raw`$\rightarrow$`,
  '<-': String.raw`$\leftarrow$`,
  '--': '-{}-',
  ',,': ',{},',
  "''": "'{}'",
  '\\': String.raw`\textbackslash{}`,
  '{': String.raw`\{`,
  '}': String.raw`\}`,
  $: String.raw`\$`,
  '&': String.raw`\&`,
  '#': String.raw`\#`,
  _: String.raw`\_`,
  '%': String.raw`\%`,
  '^': String.raw`\textasciicircum{}`,
  '~': String.raw`\textasciitilde{}`,
  '<': String.raw`\textless{}`,
  '>': String.raw`\textgreater{}`,
  '|': String.raw`\textbar{}`,
  '`': String.raw`\textasciigrave{}`,
  '\u00a0': '~',
  '\u00b1': String.raw`$\pm$`,
  '\u00b2': String.raw`\textsuperscript{2}`,
  '\u00b7': String.raw`\textperiodcentered{}`,
  '\u00d7': String.raw`$\times$`,
  '\u2013': '--',
  '\u2014': '---',
  '\u2018': '`',
  '\u2019': "'",
  '\u201c': '``',
  '\u201d': "''",
  '\u2026': String.raw`\ldots{}`,
  '\u2190': String.raw`$\leftarrow$`,
  '\u2192': String.raw`$\rightarrow$`,
  '\u2212': '$-$',
  '\u2248': String.raw`$\approx$`,
  '\u2260': String.raw`$\neq$`,
  '\u2264': String.raw`$\leq$`,
  '\u2265': String.raw`$\geq$`,
};

const pattern = new RegExp(
  Object.keys(spelled)
    .map((sign) => sign.replaceAll(/[$^|\\{}+]/g, String.raw`\$&`))
    .join('|'),
  'gu',
);

/** On one line: an empty one would end the paragraph, which a caption does not allow. */
export function latexText(text: string): string {
  return visible(text.trim().replaceAll(/[^\S\u00a0]+/g, ' '))
    .replaceAll(/(?<=^|[\s(])"/g, '\u201c')
    .replaceAll('"', '\u201d')
    .replaceAll(pattern, (sign) => spelled[sign] ?? sign);
}

/** Letters and digits of a name, and the code of anything else. */
export function latexLabel(name: string): string {
  return name.replaceAll(/[^\w.-]|_/gu, (sign) => `-u${(sign.codePointAt(0) ?? 0).toString(16)}`);
}
