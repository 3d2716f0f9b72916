/** Files of scores that a test writes, and runs of the commands that judge them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';

export interface ScoreFiles {
  readonly folder: string;
  readonly results: string;
  /** JSON lines; a text stands as it is. */
  write(name: string, rows: readonly unknown[]): string;
  run(...argv: readonly string[]): Promise<CapturedRun>;
  document(...argv: readonly string[]): Promise<Record<string, unknown>>;
  [Symbol.dispose](): void;
}

export function scoreFiles(): ScoreFiles {
  const folder = mkdtempSync(path.join(tmpdir(), 'judged-'));
  const results = path.join(folder, 'results');
  const run = (...argv: readonly string[]): Promise<CapturedRun> => captured(argv, { HARNESS_RESULTS: results });
  return {
    folder,
    results,
    write: (name, rows) => {
      const file = path.join(folder, name);
      writeFileSync(file, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
      return file;
    },
    run,
    document: async (...argv) => documentOf(await run(...argv, '--json')),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
