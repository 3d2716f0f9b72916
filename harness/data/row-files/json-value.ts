/**
 * One value of JSON, read exactly (RFC 8259): where it ends, which names stand twice in an object, how numbers are
 * written, and where Python's NaN and Infinity stand, which JSON has not. `JSON.parse` tells none of these.
 */
import { JsonCut, JsonFault, unexpected } from './json-fault.ts';
import { rememberNumber } from './written-number.ts';

/** Something in a row that is no fault while nobody uses it. `path` is as in `candidates[2].score`. */
export interface JsonOddity {
  readonly kind: 'notFinite' | 'repeated';
  readonly path: string;
  /** From the start of the text. */
  readonly at: number;
  /** The word, or the name that stands twice. */
  readonly text: string;
}

export interface JsonValue {
  readonly value: unknown;
  /** Index behind the value. */
  readonly end: number;
  readonly oddities: readonly JsonOddity[];
}

/** The recursion has to end before the stack does. */
const deepest = 512;

/** Neither a quote nor a backslash nor a control character. */
const plain = /[ !#-[\]-\uffff]*/y;
const token = /[\w.+-]*/y;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', NaN],
  ['-NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/**
 * @param start Index of its first character.
 * @param isWhole No more text follows.
 * @throws JsonFault with the place, JsonCut where the text ends within the value.
 */
export function readJson(text: string, start: number, isWhole: boolean): JsonValue {
  const reader = new Reader(text, start, isWhole);
  const value = reader.value();
  return { value, end: reader.at, oddities: reader.oddities };
}

/** Index of the first character that is no white space. */
export function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    at += 1;
  }
}

class Reader {
  at: number;
  readonly oddities: JsonOddity[] = [];
  readonly #text: string;
  readonly #isWhole: boolean;
  /** Names and indexes of what is being read. */
  readonly #path: (string | number)[] = [];

  constructor(text: string, start: number, isWhole: boolean) {
    this.#text = text;
    this.at = start;
    this.#isWhole = isWhole;
  }

  value(): unknown {
    const first = this.#text[this.at];
    if (first === '"') return this.#string();
    if (this.#path.length > deepest)
      throw new JsonFault(this.at, `found lists and objects nested deeper than ${deepest}`);
    if (first === '{') return this.#object();
    if (first === '[') return this.#list();
    return this.#numberOrWord();
  }

  #object(): Readonly<Record<string, unknown>> {
    const row: Record<string, unknown> = {};
    this.at += 1;
    if (this.#next() === '}') return ((this.at += 1), row);
    for (;;) {
      const nameAt = this.at;
      if (this.#text[nameAt] !== '"') throw this.#fault('a name in double quotes');
      const name = this.#string();
      this.#path.push(name);
      if (Object.hasOwn(row, name)) this.#tell('repeated', nameAt, name);
      if (this.#next() !== ':') throw this.#fault('a colon');
      this.at += 1;
      this.#next();
      this.#field(row, name, this.at, this.value());
      this.#path.pop();
      if (this.#hasEnded('}')) return row;
    }
  }

  #field(row: Record<string, unknown>, name: string, start: number, value: unknown): void {
    if (name === '__proto__')
      Object.defineProperty(row, name, { value, enumerable: true, writable: true, configurable: true });
    else row[name] = value;
    if (typeof value === 'number') rememberNumber(row, name, this.#text.slice(start, this.at));
  }

  #list(): readonly unknown[] {
    const list: unknown[] = [];
    this.at += 1;
    if (this.#next() === ']') return ((this.at += 1), list);
    for (;;) {
      this.#path.push(list.length);
      list.push(this.value());
      this.#path.pop();
      if (this.#hasEnded(']')) return list;
    }
  }

  /** Behind an entry: whether the list or object ends here. The next entry follows a comma. */
  #hasEnded(close: string): boolean {
    const found = this.#next();
    if (found !== close && found !== ',') throw this.#fault(`a comma or ${close}`);
    this.at += 1;
    if (found === close) return true;
    if (this.#next() === close) throw new JsonFault(this.at, `found ${close} behind a comma; leave the comma out`);
    return false;
  }

  /** A text without escapes is a slice; the others are read by `JSON.parse`, once their end is known. */
  #string(): string {
    const text = this.#text;
    const start = this.at + 1;
    plain.lastIndex = start;
    plain.test(text);
    let end = plain.lastIndex;
    const hasEscapes = text[end] === '\\';
    while (text[end] === '\\') {
      // Beyond its end an expression begins again at the start.
      if (end + 2 > text.length) throw this.#ended(text.length);
      plain.lastIndex = end + 2;
      plain.test(text);
      end = plain.lastIndex;
    }
    if (text[end] !== '"') throw this.#endOfString(end);
    this.at = end + 1;
    return hasEscapes ? this.#unescaped(start, end) : text.slice(start, end);
  }

  #unescaped(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start - 1, end + 1)) as string;
    } catch {
      const broken = /^(?:[^\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/.exec(this.#text.slice(start, end));
      throw unexpected(
        this.#text,
        start + (broken?.[0].length ?? 0),
        'an escape of JSON (a backslash is written \\\\)',
      );
    }
  }

  #endOfString(at: number): Error {
    const code = this.#text.charCodeAt(at);
    if (at >= this.#text.length) return this.#ended(at);
    if (code === 10 || code === 13)
      return new JsonFault(at, 'found the end of the line within a text; a line break is written \\n');
    const hex = code.toString(16).padStart(4, '0');
    return new JsonFault(
      at,
      `found the control character U+${hex.toUpperCase()} within a text; it is written \\u${hex}`,
    );
  }

  #numberOrWord(): unknown {
    token.lastIndex = this.at;
    const found = token.exec(this.#text)?.[0] ?? '';
    const end = this.at + found.length;
    if (end === this.#text.length && !this.#isWhole) throw new JsonCut();
    const isNumber = number.test(found);
    if (!isNumber && !words.has(found)) throw this.#fault(/^-?[\d.]/.test(found) ? 'a number of JSON' : 'a value');
    const value = isNumber ? Number(found) : words.get(found);
    if (!isNumber && typeof value === 'number') this.#tell('notFinite', this.at, found);
    this.at = end;
    return value;
  }

  #tell(kind: JsonOddity['kind'], at: number, text: string): void {
    const path = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    this.oddities.push({ kind, path: path.replace(/^\./, ''), at, text });
  }

  #next(): string | undefined {
    this.at = skipSpace(this.#text, this.at);
    return this.#text[this.at];
  }

  #fault(expected: string): Error {
    return this.at >= this.#text.length ? this.#ended(this.at) : unexpected(this.#text, this.at, expected);
  }

  #ended(at: number): Error {
    return this.#isWhole ? new JsonFault(at, 'the file ends within a value') : new JsonCut();
  }
}
