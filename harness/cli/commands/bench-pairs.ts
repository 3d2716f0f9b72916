/** `harness bench pairs`: how fast pairs are written, read and trained on here, and in how much memory. */
import { benchPairStorage, machineName } from '../../bench/index.ts';
import type { CliContext } from '../context.ts';

interface BenchPairsFlags {
  readonly steps: number;
  readonly threads: number;
  readonly json: boolean;
}

const usualCounts = [10_000, 100_000, 1_000_000];

export async function benchPairsCommand(
  context: CliContext,
  { steps, threads, json }: BenchPairsFlags,
  ...counts: readonly number[]
): Promise<void> {
  const results = await benchPairStorage({ counts: counts.length === 0 ? usualCounts : counts, steps, threads });
  if (json) return context.printJson({ machine: machineName(), steps, threads, results });
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const rows = results.map(({ pairs, write, read, train }) => [
    pairs,
    (pairs / write.seconds).toFixed(0),
    megabytes(write.textBytes),
    megabytes(write.tokenBytes),
    megabytes(write.peakMemoryBytes),
    (pairs / read.seconds).toFixed(0),
    megabytes(read.peakMemoryBytes),
    train.openSeconds.toFixed(2),
    ((1000 * train.fetchSeconds) / steps).toFixed(2),
    megabytes(train.peakMemoryBytes),
  ]);
  const columns = [
    'pairs',
    'written/s',
    'text MB',
    'token MB',
    'peak MB',
    'read/s',
    'peak MB',
    'open s',
    'fetch ms a step',
    'peak MB',
  ];
  context.printTable(
    columns.map((name) => ({ name, align: 'right' as const })),
    rows,
  );
  context.print(`${machineName()}, ${steps} steps of 16 pairs on ${threads} threads, a process for each phase`);
}
