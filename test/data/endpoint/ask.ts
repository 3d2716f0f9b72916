/** Asks a server as a stage would, and remembers all that was said and written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import {
  askEndpoint,
  type Asked,
  type EndpointCompletion as Completion,
  type EndpointCounts,
  type EndpointOptions,
} from '../../../harness/data/index.ts';

export const usualOptions: EndpointOptions = {
  baseUrl: 'http://127.0.0.1:9/v1',
  model: 'tiny',
  api: 'chat',
  system: null,
  temperature: 0.8,
  topP: 0.95,
  maxTokens: 64,
  seed: 1,
  stop: [],
  concurrency: 4,
  timeoutSeconds: 20,
  maxAttempts: 4,
  keyVariable: null,
  budget: { tokens: null, money: null },
  price: null,
};

const caches: string[] = [];
afterAll(() => caches.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A cache folder that is removed after the tests of the file. */
export function newCache(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-endpoint-'));
  caches.push(folder);
  return folder;
}

/** `count` different requests. */
export const askedFor = (count: number, from = 0): readonly Asked[] =>
  Array.from({ length: count }, (_, index) => ({
    key: `f${from + index}#0`,
    prompt: `Write function ${from + index}.`,
  }));

export interface Asking {
  readonly completions: readonly Completion[];
  readonly notes: readonly string[];
  readonly counts: EndpointCounts;
  /** What ended it early; null = nothing. */
  readonly error: Error | null;
}

export async function ask(
  asked: AsyncIterable<Asked> | Iterable<Asked>,
  options: Partial<EndpointOptions>,
  { cacheFolder = newCache(), signal }: { readonly cacheFolder?: string; readonly signal?: AbortSignal } = {},
): Promise<Asking> {
  const notes: string[] = [];
  const completions: Completion[] = [];
  const io = {
    cacheFolder,
    note: (text: string) => void notes.push(text),
    ...(signal === undefined ? {} : { signal }),
  };
  const answers = askEndpoint(asked, { ...usualOptions, ...options }, io);
  let error: Error | null = null;
  try {
    for await (const completion of answers) completions.push(completion);
  } catch (caught) {
    error = caught as Error;
  }
  return { completions, notes, counts: answers.counts(), error };
}

/** Paths of the only ledger below a cache folder. */
export function ledgerFile(cacheFolder: string): string {
  const folder = path.join(cacheFolder, 'completions');
  const [only, ...others] = readdirSync(folder);
  if (only === undefined || others.length > 0) throw new Error(`not one ledger: ${[only, ...others].join()}`);
  return path.join(folder, only, 'ledger.jsonl');
}

export interface Line {
  readonly kind: string;
  readonly sha: string;
  readonly key: string;
  readonly id: string;
  readonly status: number;
  readonly reason: string;
  readonly date: string;
  readonly body: string;
  readonly mayBeBought: boolean;
}

/** Whole lines of a ledger; torn ones are left out. */
export function ledgerLines(cacheFolder: string): readonly Line[] {
  const lines = readFileSync(ledgerFile(cacheFolder), 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}
