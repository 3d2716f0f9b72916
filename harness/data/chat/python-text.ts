/**
 * Methods of Python's `str` that templates use on the contents of messages. The template engine has JavaScript's: it
 * strips other characters, and takes no notice of the characters that a template names (`lstrip('\n')`).
 */

/** What `str.isspace` holds for. U+FEFF is white space in JavaScript only; U+001C to U+001F and U+0085 here only. */
const space = '\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const spaces = new RegExp(`[${space}]+`, 'u');
const leadingSpace = new RegExp(`^[${space}]+`, 'u');
const trailingSpace = new RegExp(`[${space}]+$`, 'u');

type Argument = string | number | null | undefined;
export type TextMethod = (text: unknown, ...args: readonly Argument[]) => unknown;

const strip: TextMethod = (text, characters) => rstrip(lstrip(text, characters), characters);

const lstrip: TextMethod = (value, characters) => {
  const text = textOf(value, 'lstrip');
  if (typeof characters !== 'string') return text.replace(leadingSpace, '');
  const kept = [...text];
  const first = kept.findIndex((one) => !characters.includes(one));
  return first === -1 ? '' : kept.slice(first).join('');
};

const rstrip: TextMethod = (value, characters) => {
  const text = textOf(value, 'rstrip');
  if (typeof characters !== 'string') return text.slice(0, trailingStart(text));
  const kept = [...text];
  return kept.slice(0, kept.findLastIndex((one) => !characters.includes(one)) + 1).join('');
};

/** Where the white space at the end begins; a regular expression alone takes quadratic time on long runs inside. */
function trailingStart(text: string): number {
  let end = text.length;
  while (end > 0 && trailingSpace.test(text[end - 1] as string)) end -= 1;
  return end;
}

const split: TextMethod = (value, separator, most = -1) => {
  const text = textOf(value, 'split');
  if (typeof most !== 'number') throw new Error('split: maxsplit is not a number');
  if (typeof separator === 'string') return splitAt(text, separator, most);
  const start = text.replace(leadingSpace, '');
  if (most < 0) return start.split(spaces).filter((part) => part !== '');
  return splitAtSpaces(start, most);
};

function splitAt(text: string, separator: string, most: number): readonly string[] {
  if (separator === '') throw new Error('split: the separator is empty');
  const parts = text.split(separator);
  return most < 0 || parts.length <= most + 1 ? parts : [...parts.slice(0, most), parts.slice(most).join(separator)];
}

function splitAtSpaces(text: string, most: number): readonly string[] {
  if (text === '') return [];
  const found = spaces.exec(text);
  if (most === 0 || found === null) return [text];
  const rest = text.slice(found.index + found[0].length);
  return [text.slice(0, found.index), ...(rest === '' ? [] : splitAtSpaces(rest, most - 1))];
}

const capitalize: TextMethod = (value) => capitalized(textOf(value, 'capitalize'));

/** A word of the method is a run of letters; one of the filter ends at white space, a hyphen or a bracket. */
const title: TextMethod = (value) => textOf(value, 'title').replaceAll(/\p{L}+/gu, capitalized);
const titleFilter: TextMethod = (value) => textOf(value, 'title').replaceAll(/[^-\s({[<]+/gu, capitalized);

function capitalized(word: string): string {
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

/** In code points; of a list or a map, its entries. */
const length: TextMethod = (value) => {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  throw new Error('length: neither a text nor a list');
};

/** By the name that a template calls them by, as methods. */
export const textMethods: Readonly<Record<string, TextMethod>> = { strip, lstrip, rstrip, split, capitalize, title };
/** As filters. */
export const textFilters: Readonly<Record<string, TextMethod>> = {
  trim: strip,
  capitalize,
  title: titleFilter,
  length,
  count: length,
};

function textOf(value: unknown, method: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${method}: not a text`);
}
