/** Values out of a parsed config.json, with every problem collected instead of the first one thrown. */
import { readFileSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';
import { natureOfFile } from './file-nature.ts';

export interface ConfigReader {
  readonly path: string;
  /** In the order of the file. */
  keys(): readonly string[];
  /** The value of a key; undefined where it is absent or null. */
  raw(key: string): unknown;
  /** Whether the key is there with the value null, which switches some parts off. */
  isNull(key: string): boolean;
  /** A whole number above 0. Without a fallback the key must be there. */
  count(key: string, fallback?: number): number;
  /** A whole number from 0. */
  index(key: string, fallback: number): number;
  /** A number above 0. */
  positive(key: string, fallback?: number): number;
  boolean(key: string, fallback: boolean): boolean;
  text(key: string, fallback?: string): string;
  /** A map below this one, read with the same list of problems; null where it is absent or null. */
  map(key: string): ConfigReader | null;
  problem(text: string): void;
  /** Throws UserError (exit 4) with all problems, if there are any. */
  finish(hint: string): void;
}

const notAFolder = 'A model folder holds config.json and model.safetensors.';

/** Throws UserError (exit 4) where the file is missing or holds no JSON object. */
export function openConfig(path: string): ConfigReader {
  const text = readText(path);
  const config = parsed(path, text);
  if (!isMap(config)) throw new UserError(`${path}: is not a JSON object`, { exitCode: 4, hint: notAFolder });
  return new MapReader(path, config, '', []);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError(`${path}: cannot be read`, { exitCode: 4, hint: notAFolder, cause });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const nature = natureOfFile(path);
    if (nature !== null) throw new UserError(`${path}: ${nature.is}`, { exitCode: 4, hint: nature.hint, cause });
    throw new UserError(`${path}${placeOf(text)}`, {
      exitCode: 4,
      hint: 'Correct the file or download it again; one of ours is written again by running its stage.',
      cause,
    });
  }
}

/** Python writes numbers that are not finite in a way that JSON does not know. */
function placeOf(text: string): string {
  const found = /[:,[]\s*(NaN|-?Infinity)\b/.exec(text);
  if (found === null) return ': is not JSON';
  const line = text.slice(0, found.index + found[0].length).split('\n').length;
  return `:${line}: ${found[1] ?? ''} is not JSON`;
}

interface Expectation<T> {
  readonly expected: string;
  readonly fallback: T | undefined;
  /** Stands in after a problem, so that reading goes on. */
  readonly placeholder: T;
}

class MapReader implements ConfigReader {
  readonly path: string;
  readonly #config: ConfigMap;
  /** Of this map within the file, with a dot behind it. */
  readonly #prefix: string;
  readonly #problems: string[];

  constructor(path: string, config: ConfigMap, prefix: string, problems: string[]) {
    this.path = path;
    this.#config = config;
    this.#prefix = prefix;
    this.#problems = problems;
  }

  keys(): readonly string[] {
    return Object.keys(this.#config);
  }

  raw(key: string): unknown {
    return Object.hasOwn(this.#config, key) ? (this.#config[key] ?? undefined) : undefined;
  }

  isNull(key: string): boolean {
    return Object.hasOwn(this.#config, key) && this.#config[key] === null;
  }

  count(key: string, fallback?: number): number {
    return this.#read(key, isCount, { expected: 'a whole number above 0', fallback, placeholder: 1 });
  }

  index(key: string, fallback: number): number {
    const isIndex = (value: unknown): value is number => value === 0 || isCount(value);
    return this.#read(key, isIndex, { expected: 'a whole number from 0', fallback, placeholder: fallback });
  }

  positive(key: string, fallback?: number): number {
    return this.#read(key, isPositive, { expected: 'a number above 0', fallback, placeholder: 1 });
  }

  boolean(key: string, fallback: boolean): boolean {
    const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
    return this.#read(key, isBoolean, { expected: 'true or false', fallback, placeholder: fallback });
  }

  text(key: string, fallback?: string): string {
    const isText = (value: unknown): value is string => typeof value === 'string';
    return this.#read(key, isText, { expected: 'text', fallback, placeholder: '' });
  }

  map(key: string): ConfigReader | null {
    const value = this.raw(key);
    if (value === undefined) return null;
    const path = `${this.#prefix}${key}`;
    if (!isMap(value)) this.problem(`${path}: expected a map, found ${JSON.stringify(value)}`);
    return new MapReader(this.path, isMap(value) ? value : {}, `${path}.`, this.#problems);
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  finish(hint: string): void {
    if (this.#problems.length > 0)
      throw new UserError(`${this.path}: ${this.#problems.join('; ')}`, { exitCode: 4, hint });
  }

  #read<T>(key: string, fits: (value: unknown) => value is T, { expected, fallback, placeholder }: Expectation<T>): T {
    const value = this.raw(key);
    if (fits(value)) return value;
    if (value === undefined && fallback !== undefined) return fallback;
    const found = value === undefined ? 'nothing' : JSON.stringify(value);
    this.problem(`${this.#prefix}${key}: expected ${expected}, found ${found}`);
    return placeholder;
  }
}

type ConfigMap = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is ConfigMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}

function isCount(value: unknown): value is number {
  return isPositive(value) && Number.isInteger(value);
}
