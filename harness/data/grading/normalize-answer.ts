/**
 * An answer in one spelling: LaTeX without decoration, numbers in their shortest form, units as `\unit{cm}`, words as
 * `\text{even}`. Answers that are spelled the same are the same; others may still be equal (`compare-answers.ts`).
 */
import { spellLatex } from './latex-spelling.ts';
import { shortNumber } from './rational.ts';
import { unitNamed } from './units.ts';

/** Longer texts are no answers: they come from responses that repeat themselves to their end. */
const longestAnswer = 4000;

/** null for nothing left, and for a text of pages. */
export function normalizeAnswer(raw: string): string | null {
  if (raw.length > longestAnswer) return null;
  const latex = spellLatex(withPlainFunctions(withoutDelimiters(raw)));
  const united = withUnits(withJoinedThousands(numberAmongWords(latex) ?? latex));
  const words = wordsOf(united);
  if (words !== null) return words === '' ? null : `\\text{${words}}`;
  const plain = united.replaceAll(/\\text\{([^{}]*)\}/g, '$1').replaceAll(mixedNumber, '$1\\frac{$2}{$3}');
  const bare = withoutAssignment(withoutSpaces(plain));
  return bare === '' ? null : shortNumber(bare);
}

/** `1 4/5`. */
const mixedNumber = /(?<![\d./])(\d+) (\d+)\/(\d+)(?![\d/])/g;

/** What sets a formula apart from text around it, and what a sentence leaves behind. */
function withoutDelimiters(raw: string): string {
  return raw
    .replaceAll(/(?<!\\)\\[()[\]]/g, ' ')
    .replace(/^\s*\*\*(.*)\*\*\s*$/s, '$1')
    .replaceAll(/`|"|\u201c|\u201d/g, '')
    .replaceAll(/(?<!\\)\$([^$]*[^$\\])\$/g, ' $1 ')
    .replaceAll(/\\(?:approx|sim)(?![A-Za-z])|\b(?:approximately|about|roughly|exactly)\b/gi, ' ')
    .replaceAll(/(?:\\?\$|USD)\s*(-?[\d.,]*\d)/g, ' $1\\unit{dollar} ')
    .replaceAll(/\u20ac|\u00a3|(?<!\\)\$|\\\$/g, ' ')
    .replaceAll(/(?<!\\)%|\\%/g, '\\unit{percent}')
    .trim()
    .replace(/(?<!\\)[.,;:]+$/, '')
    .trim();
}

const functionNames = 'sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp|max|min|gcd|lcm';

/** Functions as programs write them: `2*sqrt(3)` -> `2\cdot \sqrt{3}`. */
function withPlainFunctions(text: string): string {
  return text
    .replaceAll(/(?<![\\A-Za-z])sqrt\s*\(((?:[^()]|\([^()]*\))*)\)/g, '\\sqrt{$1}')
    .replaceAll(new RegExp(`(?<![\\\\A-Za-z])(${functionNames})(?=\\s*[\\(\\d\\\\]|\\s+[a-z]\\b)`, 'g'), '\\$1 ')
    .replaceAll(/(?<![\\A-Za-z])(pi|infinity|infty|oo)(?![A-Za-z])/g, (name) => (name === 'pi' ? '\\pi ' : '\\infty '))
    .replaceAll(/\*\*/g, '^')
    .replaceAll(/(?<=[\d)a-zA-Z}])\s*\*\s*(?=[\d(a-zA-Z\\])/g, '\\cdot ');
}

/** `1,200` and `10 080` are numbers; within brackets `(1,200)` is a pair. */
function withJoinedThousands(text: string): string {
  if (/[([{]\s*[^()[\]{}]*,[^()[\]{}]*[)\]}]/.test(text)) return text;
  return text
    .replaceAll(/(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])/g, (number) => number.replaceAll(',', ''))
    .replaceAll(/(?<![\d.])\d{1,3}(?: \d{3})+(?!\d)/g, (number) => number.replaceAll(' ', ''));
}

/** `Adam loses 16 dollars.` says 16; null for anything that is no sentence with one number. */
function numberAmongWords(text: string): string | null {
  const plain = text.replace(/^\\text\{(.*)\}$/, '$1');
  if (
    (plain.match(/[A-Za-z]{2,}/g) ?? []).length < 3 ||
    /[=^_{}&]|\\(?!unit)/.test(plain.replaceAll(/\\unit\{\w+\}/g, ''))
  )
    return null;
  const [only, ...more] = plain.match(/-?\d[\d,]*(?:\.\d+)?(?:\/\d+)?(?:\\unit\{\w+\})?/g) ?? [];
  return only === undefined || more.length > 0 ? null : only;
}

/** Words between answers become commas; units behind a value get their names, and other words behind one go. */
function withUnits(text: string): string {
  return text
    .replaceAll(/\\text\{\s*(?:,?\s*(?:and|or)|,)\s*\}|(?<=[\d})\]]\s*)\s(?:,\s*)?(?:and|or)\s(?=\s*[-\d\\({])/g, ',')
    .replaceAll(/(?<=[\d}\])a-z]\s*)\\text\{\s*([^{}]*?)\s*\}(?:\^\{\d\})?/g, (_, words: string) => unitText(words))
    .replace(
      /(?<=[\d}\])]\s*)((?:[A-Za-z]{2,}|(?<=[\d}\])] )[a-z])[A-Za-z .,'/-]*)(?:\^\{\d\})?$/,
      (found, words: string) => (isUnitWord(words) ? unitText(words) : found),
    );
}

function unitText(words: string): string {
  const name = unitNamed(words);
  return name === null ? ' ' : `\\unit{${name}}`;
}

/** Words, and not a product of variables: a known unit, or something of at least three letters with a vowel. */
function isUnitWord(words: string): boolean {
  return unitNamed(words) !== null || /[A-Za-z]*[aeiouy][A-Za-z]*/i.test(words.match(/[A-Za-z]{3,}/)?.[0] ?? '');
}

/** The words of an answer that consists of them, in small letters; null for one with a value. */
function wordsOf(text: string): string | null {
  const plain = text.replaceAll(/\\text\{([^{}]*)\}/g, '$1').trim();
  if (/^\d{1,2}:\d\d(?: ?[ap]\.?m\.?)?$/i.test(plain)) return plain.toLowerCase().replaceAll(/[ .]/g, '');
  const isText = plain !== text.trim() || /[A-Za-z]{3,}/.test(plain);
  if (!isText || /[\d\\=+^_{}]/.test(plain)) return null;
  return plain
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(/\s+/g, ' ')
    .toLowerCase()
    .trim();
}

/** A space that TeX needs (`\pi r`) stays. */
function withoutSpaces(text: string): string {
  return text.replaceAll(/(?<!\\[A-Za-z]+)\s+|\s+(?![A-Za-z])/g, '');
}

/** `x`, `\theta`, `x_1`, `f(x)`, `\angle ABC`. */
const names = [
  String.raw`\\?[A-Za-z]+(?:_(?:\{[^{}]*\}|\w))?'?`,
  String.raw`[A-Za-z]\([A-Za-z,]*\)`,
  String.raw`\\(?:angle|overline)\s*\{?[A-Z]+\}?`,
].join('|');
const assignment = new RegExp(`^(?:(?:${names})(?:=|\\\\in(?![a-z])|:)|=)\\s*`);

/**
 * `x=5`, `f(x)=5`, `x\in[1,2]` and `=5` say 5; a chain `2+3=5` says its last part. A list stays: its items say it each.
 */
export function withoutAssignment(text: string): string {
  if (text.includes('=') && text.replaceAll(/\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}/g, '').includes(',')) return text;
  const rest = text.replace(assignment, '');
  const parts = rest.split('=');
  const last = parts.at(-1) ?? '';
  if (parts.length > 2 || (parts.length === 2 && rest !== text)) return last;
  return parts.length === 2 && parts.every((part) => !/[a-z]/i.test(part.replaceAll(/\\[A-Za-z]+/g, ''))) ? last : rest;
}
