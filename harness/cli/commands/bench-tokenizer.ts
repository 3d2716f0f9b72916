/**
 * `harness bench tokenizer`: how fast a tokenizer is trained here, on code of one's own, and how fast texts are
 * encoded, beside the Rust library where a Python has it.
 */
import { readFileSync } from 'node:fs';
import {
  benchTokenizerEncoding,
  benchTokenizerTraining,
  machineName,
  type EncodeSpeed,
  type MakeEncoding,
  type TokenizerEncoding,
} from '../../bench/index.ts';
import type { CliContext } from '../context.ts';

interface BenchTokenizerFlags {
  readonly megabytes: number;
  readonly vocabSize: number;
  readonly encodeMegabytes: number;
  readonly peerVocabSize: number;
  readonly rounds: number;
  readonly python?: string;
  readonly json: boolean;
}

export async function benchTokenizerCommand(
  context: CliContext,
  { json, ...options }: BenchTokenizerFlags,
  ...places: readonly string[]
): Promise<void> {
  const { tokenizer, paths, ...training } = await benchTokenizerTraining({ ...options, places });
  const encoding = await benchTokenizerEncoding({
    texts: textsOf(paths, 1e6 * options.encodeMegabytes),
    own: tokenizer,
    python: options.python ?? null,
    rounds: options.rounds,
    vocabSize: options.peerVocabSize,
  });
  if (json) return context.printJson({ ...training, encoding, ...options, machine: machineName() });
  const { files, bytes, seconds, peakMemoryBytes } = training;
  context.print(
    `${options.vocabSize} tokens from ${(bytes / 1e6).toFixed(1)} MB in ${files} files: ${seconds.toFixed(1)} s, ` +
      `${(peakMemoryBytes / 1e6).toFixed(0)} MB at the peak`,
  );
  printEncoding(context, encoding, options.rounds);
  context.print(machineName());
}

/** The first files, as far as they go. What is no UTF-8 is U+FFFD, for both sides. */
function textsOf(paths: readonly string[], mostBytes: number): readonly string[] {
  const texts: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    const text = readFileSync(path, 'utf8');
    bytes += Buffer.byteLength(text);
    if (bytes > mostBytes && texts.length > 0) break;
    texts.push(text);
  }
  return texts;
}

function printEncoding(context: CliContext, { library, bytes, makes }: TokenizerEncoding, rounds: number): void {
  const theirs = library ?? '';
  context.printTable(
    ['tokenizer', 'harness MB/s', ...(library === null ? [] : [`${theirs} MB/s`, 'ratio', 'of CPU time', 'ids'])],
    makes.map((make) => [make.make, speed(make.ours), ...(make.theirs === null ? [] : peerCells(make, make.theirs))]),
  );
  const compared = library === null ? '' : `, one thread each in turn; ratio: seconds of ${theirs} to ours`;
  context.print(`${(bytes / 1e6).toFixed(1)} MB encoded a file at a time, ${rounds} rounds${compared}`);
}

function peerCells({ ratio, cpuRatio, hasEqualIds }: MakeEncoding, theirs: EncodeSpeed): readonly string[] {
  const told = (summary: typeof ratio): string =>
    summary === null
      ? ''
      : `${summary.ratioMedian.toFixed(2)} (${summary.ratioRange.map((one) => one.toFixed(2)).join(' to ')})`;
  return [speed(theirs), told(ratio), told(cpuRatio), hasEqualIds === true ? 'equal' : 'DIFFERENT'];
}

function speed({ megabytesPerSecond, range }: EncodeSpeed): string {
  return `${megabytesPerSecond.toFixed(1)} (${range.map((one) => one.toFixed(1)).join(' to ')})`;
}
