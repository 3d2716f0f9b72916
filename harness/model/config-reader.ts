/** Values out of a parsed config.json, with every problem collected instead of the first one thrown. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../spec/user-error.ts';

export interface ConfigReader {
  readonly path: string;
  /** The value of a key; undefined where it is absent or null. */
  raw(key: string): unknown;
  /** Whether the key is there with the value null, which switches some parts off. */
  isNull(key: string): boolean;
  /** A whole number above 0. Without a fallback the key must be there. */
  count(key: string, fallback?: number): number;
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

/** Throws UserError (exit 4) where the file is missing or holds no JSON object. */
export async function openConfig(path: string): Promise<ConfigReader> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`${path}: cannot be read`, {
      exitCode: 4,
      hint: 'A model folder holds config.json and model.safetensors.',
      cause,
    });
  });
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${path}: is not JSON`, {
      exitCode: 4,
      hint: 'The file is damaged: run the stage that writes it again.',
      cause,
    });
  }
  if (!isMap(config))
    throw new UserError(`${path}: is not a JSON object`, {
      exitCode: 4,
      hint: 'A model folder holds config.json and model.safetensors.',
    });
  return configReader(path, config, '', []);
}

function configReader(
  path: string,
  config: Readonly<Record<string, unknown>>,
  prefix: string,
  problems: string[],
): ConfigReader {
  const raw = (key: string): unknown => (Object.hasOwn(config, key) ? (config[key] ?? undefined) : undefined);
  /** The checked value, the fallback, or, after a problem, a value that lets reading go on. */
  const read = <T>(
    key: string,
    fits: (value: unknown) => value is T,
    { expected, fallback, placeholder }: { expected: string; fallback: T | undefined; placeholder: T },
  ): T => {
    const value = raw(key);
    if (fits(value)) return value;
    if (value === undefined && fallback !== undefined) return fallback;
    problems.push(
      `${prefix}${key}: expected ${expected}, found ${value === undefined ? 'nothing' : JSON.stringify(value)}`,
    );
    return placeholder;
  };
  return {
    path,
    raw,
    isNull: (key) => Object.hasOwn(config, key) && config[key] === null,
    count: (key, fallback) => read(key, isCount, { expected: 'a whole number above 0', fallback, placeholder: 1 }),
    positive: (key, fallback) => read(key, isPositive, { expected: 'a number above 0', fallback, placeholder: 1 }),
    boolean: (key, fallback) =>
      read(key, (value) => typeof value === 'boolean', { expected: 'true or false', fallback, placeholder: fallback }),
    text: (key, fallback) =>
      read(key, (value) => typeof value === 'string', { expected: 'text', fallback, placeholder: '' }),
    map: (key) => {
      const value = raw(key);
      if (value === undefined) return null;
      if (!isMap(value)) problems.push(`${prefix}${key}: expected a map, found ${JSON.stringify(value)}`);
      return configReader(path, isMap(value) ? value : {}, `${prefix}${key}.`, problems);
    },
    problem: (text) => void problems.push(text),
    finish: (hint) => {
      if (problems.length > 0) throw new UserError(`${path}: ${problems.join('; ')}`, { exitCode: 4, hint });
    },
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}

function isCount(value: unknown): value is number {
  return isPositive(value) && Number.isInteger(value);
}
