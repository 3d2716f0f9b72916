/** The first pair of every function, then the second ones: later rounds wait in files. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { PreferencePair } from '../preference-pair.ts';
import { storedRows } from '../storage/line-file.ts';

interface WaitingRound {
  readonly path: string;
  readonly file: number;
  pending: string;
}

const chunkCharacters = 1 << 20;

/** @param folder For the files of later rounds; they are gone when the last pair has been read. */
export async function* inRounds(
  pairsOfEach: AsyncIterable<readonly PreferencePair[]>,
  folder: string,
): AsyncGenerator<PreferencePair> {
  const waiting: WaitingRound[] = [];
  try {
    for await (const [first, ...later] of pairsOfEach) {
      if (first !== undefined) yield first;
      for (const [index, pair] of later.entries()) append((waiting[index] ??= openRound(folder, index)), pair);
    }
    for (const round of waiting) {
      flush(round);
      yield* storedRows(round.path, isPair);
    }
  } finally {
    for (const round of waiting) {
      closeSync(round.file);
      rmSync(round.path);
    }
  }
}

function openRound(folder: string, index: number): WaitingRound {
  const file = path.join(folder, `round-${index + 2}.jsonl`);
  return { path: file, file: openSync(file, 'w'), pending: '' };
}

function append(round: WaitingRound, pair: PreferencePair): void {
  round.pending += `${JSON.stringify(pair)}\n`;
  if (round.pending.length >= chunkCharacters) flush(round);
}

function flush(round: WaitingRound): void {
  writeSync(round.file, round.pending);
  round.pending = '';
}

/** The files hold nothing else: they were written a moment ago. */
function isPair(value: unknown): value is PreferencePair {
  return typeof value === 'object' && value !== null && 'rejected' in value;
}
