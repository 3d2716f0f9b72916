/** What a field expects, in words, and how to write what was probably meant. */
import { hint } from './problem.ts';
import { didYouMean } from './suggest.ts';

const typeWords: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  null: 'null',
};

/** `int` -> `a whole number`. */
export function typeInWords(type: string): string {
  return typeWords[type] ?? type;
}

/** `a number of at least 1`, `a list of at least 1 entry`. */
export function limitInWords(
  { origin, inclusive }: { readonly origin: string; readonly inclusive?: boolean | undefined },
  bound: number | bigint,
  word: 'least' | 'most',
): string {
  if (origin === 'string') return bound === 1 ? 'some text' : `at ${word} ${bound} characters`;
  if (origin === 'array') return `a list of at ${word} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return inclusive === false
    ? `a number ${word === 'least' ? 'greater' : 'less'} than ${bound}`
    : `a number of at ${word} ${bound}`;
}

/** How to write a value of the wrong type. */
export function typeHint(expected: string, found: unknown, isNullable: boolean): { suggestion?: string } {
  return hint(hintFor(expected, found) ?? (isNullable && isOff(found) ? 'write null for off' : null));
}

function hintFor(expected: string, found: unknown): string | null {
  if (expected === 'object' || expected === 'record') return mapHint(found);
  if (expected === 'array' && typeof found === 'object' && found !== null) return 'write each entry after a dash';
  if (!isScalar(found)) return null;
  if (expected === 'array') return `write [${String(found)}]`;
  if (expected === 'string') return 'put it in quotes';
  if (typeof found !== 'string') return null;
  if (expected === 'boolean') return asBoolean(found);
  return expected === 'number' || expected === 'int' ? asNumber(found) : null;
}

function mapHint(found: unknown): string | null {
  if (found === null) return 'write its keys below it, indented';
  return Array.isArray(found) && found.length > 0 ? 'write keys without dashes or brackets' : null;
}

/** How to write a value that is none of those allowed. */
export function choiceHint(values: readonly unknown[], found: unknown, isNullable: boolean): { suggestion?: string } {
  const near = typeof found === 'string' ? nearestChoice(values, found) : null;
  return near === null ? typeHint('choice', found, isNullable) : { suggestion: near };
}

function nearestChoice(values: readonly unknown[], found: string): string | null {
  if (values.some((value) => typeof value !== 'string' && String(value) === found)) return 'write it without quotes';
  if (values.includes(true) && asBoolean(found) === 'write true') return 'write true';
  const words = values.filter((value) => typeof value === 'string');
  return didYouMean(found, words);
}

function isScalar(found: unknown): boolean {
  return (typeof found === 'string' && found !== '') || typeof found === 'number' || typeof found === 'boolean';
}

function isOff(found: unknown): boolean {
  return found === false || (typeof found === 'string' && /^(none|nil|off|no|false|undefined)$/i.test(found));
}

/** Text that was meant as a number. YAML 1.2 leaves `1_000`, `0b1`, `20%` and `1:30` as text. */
function asNumber(found: string): string | null {
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(found))
    return /^[-+]?0\d/.test(found) ? `write ${Number(found)}, without quotes` : 'write it without quotes';
  if (/^\d+:\d+/.test(found)) return 'write one number, without a colon';
  if (/^\d+(\.\d+)?%$/.test(found)) return `write ${Number((Number.parseFloat(found) / 100).toPrecision(12))}`;
  return asPlainDigits(found);
}

function asPlainDigits(found: string): string | null {
  const digits = withoutSeparators(found);
  if (digits === '' || !Number.isFinite(Number(digits))) return null;
  return `YAML reads ${found} as text: write ${/^0[box]/i.test(digits) ? Number(digits) : digits}`;
}

/** `1_000`, `1 000` and `1,000` are a thousand; `0,5` is a half. */
function withoutSeparators(found: string): string {
  const digits = found.replaceAll(/[_ ]/g, '');
  return /^[1-9]\d{0,2}(,\d{3})+$/.test(digits) ? digits.replaceAll(',', '') : digits.replace(',', '.');
}

function asBoolean(found: string): string | null {
  if (/^(true|false)$/i.test(found)) return 'write it without quotes';
  if (/^(yes|on|y)$/i.test(found)) return 'write true';
  return /^(no|off|n)$/i.test(found) ? 'write false' : null;
}
