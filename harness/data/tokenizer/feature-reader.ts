/**
 * A map of tokenizer.json, read strictly: whatever a file asks for that is not computed exactly is refused by its name.
 * A key that nobody asked for is a feature that would be passed over, so it is a problem too.
 */
import { UserError } from '../../spec/user-error.ts';

/** Collects every problem of a file, so that all are told at once. */
export class FeatureReader {
  /** Where the map stands in the file: `pre_tokenizer.pretokenizers[1]`. */
  readonly path: string;
  readonly #map: Readonly<Record<string, unknown>>;
  readonly #problems: string[];
  readonly #asked = new Set<string>(['type']);

  constructor(path: string, value: unknown, problems: string[] = []) {
    this.path = path;
    this.#problems = problems;
    this.#map = isMap(value) ? value : {};
    if (!isMap(value)) this.refuse(`expected a map, found ${shown(value)}`);
  }

  /** `type`, by which the parts of the format tell what they are. */
  kind(): string {
    return this.text('type');
  }

  /** Without a fallback the key must be there. */
  text(key: string, fallback?: string): string {
    return this.#read(key, isText, { expected: 'text', fallback, placeholder: '' });
  }

  flag(key: string, fallback?: boolean): boolean {
    return this.#read(key, isFlag, { expected: 'true or false', fallback, placeholder: false });
  }

  number(key: string, fallback?: number): number {
    return this.#read(key, isNumber, { expected: 'a number', fallback, placeholder: 0 });
  }

  /** null where the key is absent or null. */
  optionalText(key: string): string | null {
    return this.raw(key) === null ? null : this.text(key);
  }

  optionalNumber(key: string): number | null {
    return this.raw(key) === null ? null : this.number(key);
  }

  /** The value as it is; null where the key is absent. */
  raw(key: string): unknown {
    this.#asked.add(key);
    return Object.hasOwn(this.#map, key) ? (this.#map[key] ?? null) : null;
  }

  /** A map below this one; null where the key is absent or null. */
  child(key: string): FeatureReader | null {
    const value = this.raw(key);
    return value === null ? null : new FeatureReader(this.#pathOf(key), value, this.#problems);
  }

  /** A list of maps below this one; empty where the key is absent or null. */
  children(key: string): readonly FeatureReader[] {
    const value = this.raw(key) ?? [];
    if (Array.isArray(value))
      return value.map(
        (one: unknown, index) => new FeatureReader(`${this.#pathOf(key)}[${index}]`, one, this.#problems),
      );
    this.refuse(`${key}: expected a list, found ${shown(value)}`);
    return [];
  }

  /** Names something that is not computed here: `dropout 0.1 changes the tokens of a text from call to call`. */
  refuse(what: string): void {
    this.#problems.push(this.path === '' ? what : `${this.path}: ${what}`);
  }

  /** To be called when all of a map has been asked for. */
  done(): void {
    for (const key of Object.keys(this.#map))
      if (!this.#asked.has(key)) this.refuse(`${key} is not known, with the value ${shown(this.#map[key])}`);
  }

  /** @throws UserError (exit 4) with all problems of the file, if there are any. */
  finish(file: string): void {
    if (this.#problems.length === 0) return;
    throw new UserError(`${file}: a tokenizer that is not computed exactly here: ${this.#problems.join('; ')}`, {
      exitCode: 4,
      hint: 'Give rows of token ids instead of text, encoded by the tools of the model.',
    });
  }

  #pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #read<T>(key: string, fits: (value: unknown) => value is T, { expected, fallback, placeholder }: Expectation<T>): T {
    const value = this.raw(key);
    if (fits(value)) return value;
    if (value === null && fallback !== undefined) return fallback;
    this.refuse(`${key}: expected ${expected}, found ${value === null ? 'nothing' : shown(value)}`);
    return placeholder;
  }
}

interface Expectation<T> {
  readonly expected: string;
  readonly fallback: T | undefined;
  /** Stands in after a problem, so that reading goes on. */
  readonly placeholder: T;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** A value for messages, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
