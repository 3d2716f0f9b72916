/**
 * LaTeX of an answer in one spelling: what only changes how it looks is taken out, and abbreviations that TeX allows
 * (`\frac14`, `\sqrt2`) are written out. The value stays what it was.
 */
import { withFullArguments } from './latex-arguments.ts';

/** In this order. */
const spellings: readonly (readonly [found: RegExp, written: string])[] = [
  [/\u2212|\u2013/g, '-'],
  [/\u00d7/g, '\\times '],
  [/\u00b7|\u22c5/g, '\\cdot '],
  [/\u03c0/g, '\\pi '],
  [/\u221e/g, '\\infty '],
  [/\u221a\(([^()]*)\)/g, '\\sqrt{$1}'],
  [/\u221a(\d+|[a-z])/g, '\\sqrt{$1}'],
  [/\u00b0/g, '^{\\circ}'],
  [/\u2264/g, '\\le '],
  [/\u2265/g, '\\ge '],
  [/\u222a/g, '\\cup '],
  [/\u00b1/g, '\\pm '],
  [/\u00b2/g, '^{2}'],
  [/\u00b3/g, '^{3}'],
  // `32,\!348`: a thousands separator whose space is taken back.
  [/,\s*\\!\s*(?=\d{3})|\{,\}(?=\d{3})/g, ''],
  [/\\(?:displaystyle|textstyle|limits|nonumber|phantom\{[^{}]*\}|big|Big|bigg|Bigg)(?![A-Za-z])/g, ' '],
  [/\\(?:left|right|bigl|bigr|Bigl|Bigr)\s*(?=[([{|)\]}.\\<>])/g, ''],
  [/\\(?:quad|qquad|thinspace|enspace)(?![A-Za-z])|(?<!\\)\\[,;:!> ]|~|\\hspace\*?\{[^{}]*\}/g, ' '],
  [/\\(?:dfrac|tfrac|cfrac)(?![A-Za-z])/g, '\\frac'],
  [/\\(?:dbinom|tbinom|choose)(?![A-Za-z])/g, '\\binom'],
  [/\\(?:leq|leqslant)(?![A-Za-z])/g, '\\le'],
  [/\\(?:geq|geqslant)(?![A-Za-z])/g, '\\ge'],
  [/\\(?:neq)(?![A-Za-z])/g, '\\ne'],
  [/\\(?:lbrace|\{)/g, '\\{'],
  [/\\(?:rbrace|\})/g, '\\}'],
  [/\\(?:lvert|rvert|vert|mid)(?![A-Za-z])/g, '|'],
  [/\\(?:mathrm|mathbf|mathit|mathsf|mathbb|boldsymbol|bold|operatorname)\s*(?=\{)/g, '\\text'],
  [/\\(?:mbox|hbox|textbf|textit|textrm|textnormal|textsf)\s*(?=\{)/g, '\\text'],
  [/\\(?:emptyset|varnothing)(?![A-Za-z])/g, '\\{\\}'],
  [/\^\s*(?:\\circ|\{\s*\\circ\s*\})|\\degree(?![A-Za-z])|\\circ$/g, '\\unit{degree}'],
  [/\\(?:dots|ldots|cdots)(?![A-Za-z])/g, '\\ldots'],
  [/\\begin\{(?:bmatrix|Bmatrix|smallmatrix|matrix|array)\}(?:\{[lcr| ]*\})?/g, '\\begin{pmatrix}'],
  [/\\end\{(?:bmatrix|Bmatrix|smallmatrix|matrix|array)\}/g, '\\end{pmatrix}'],
];

/** `\\dfrac 3 4` -> `\frac{3}{4}`. */
export function spellLatex(raw: string): string {
  let text = withSingleBackslashes(raw);
  for (const [found, written] of spellings) text = text.replaceAll(found, written);
  return withFullArguments(text).replaceAll(/\s+/g, ' ').trim();
}

/**
 * Models write `\\frac` where a string of a program was meant. In a matrix `\\` ends a row; there it is taken back only
 * where `\\begin` shows that all backslashes are doubled.
 */
function withSingleBackslashes(text: string): string {
  if (/\\\\begin/.test(text)) return text.replaceAll('\\\\', '\\');
  if (!text.includes('\\begin')) return text.replaceAll(/\\{2,}(?=[A-Za-z{}!,;: ])/g, '\\');
  return text.replaceAll(/\\\\(?=(?:frac|dfrac|tfrac|sqrt|pi|cdot)(?![A-Za-z]))(?<!\\\\\\\\)/g, (found, at: number) =>
    isRowEnd(text, at) ? found : '\\',
  );
}

/** A doubled backslash right after `{` of the matrix, `&` or another row end starts a cell: it cannot end a row. */
function isRowEnd(text: string, at: number): boolean {
  return !/(?:\\begin\{\w+\}|&|\\\\)\s*-?$/.test(text.slice(0, at));
}
