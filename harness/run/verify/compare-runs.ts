/** The outputs and metrics of two runs of one stage, side by side. */
import { join } from 'node:path';
import { dependsOnClock } from '../../record/index.ts';
import { largestDifference } from '../../stages/index.ts';
import { readJournal, stageFiles, type DoneRecord, type JournalEvent } from '../../store/index.ts';

export interface ComparedFile {
  readonly file: string;
  /** `close`: other bytes, and numbers that are no further apart than the tolerance. */
  readonly verdict: 'same' | 'close' | 'differs';
  /** The largest difference of two numbers, relative to max(1, |a|); null where it cannot be told. */
  readonly difference: number | null;
}

export interface ComparedRuns {
  readonly before: { readonly folder: string; readonly done: DoneRecord };
  readonly after: { readonly folder: string; readonly done: DoneRecord };
  /** 0 = the same bytes. */
  readonly tolerance: number;
}

/** Every output, and the metrics as `journal.jsonl`. */
export async function compareRuns(runs: ComparedRuns): Promise<readonly ComparedFile[]> {
  const compared: ComparedFile[] = [];
  for (const { file, sha256 } of runs.before.done.outputs) {
    const other = runs.after.done.outputs.find((output) => output.file === file);
    if (other?.sha256 === sha256) compared.push({ file, verdict: 'same', difference: 0 });
    else compared.push(verdictOn(file, other === undefined ? Infinity : await apart(runs, file), runs.tolerance));
  }
  const more = runs.after.done.outputs.filter(({ file }) => !compared.some((one) => one.file === file));
  for (const { file } of more) compared.push({ file, verdict: 'differs', difference: null });
  return [...compared, metricsCompared(runs)];
}

async function apart({ before, after }: ComparedRuns, file: string): Promise<number | null> {
  try {
    return await largestDifference(file, join(before.folder, file), join(after.folder, file));
  } catch {
    return null; // not what its name says: other bytes are all that is known
  }
}

function verdictOn(file: string, found: number | null, tolerance: number): ComparedFile {
  const difference = found === Infinity ? null : found;
  // Other bytes of equal numbers are no difference in what is computed, but they are other bytes.
  const isClose = tolerance > 0 && difference !== null && difference <= tolerance;
  return { file, verdict: isClose ? 'close' : 'differs', difference };
}

function metricsCompared({ before, after, tolerance }: ComparedRuns): ComparedFile {
  const [a, b] = [metricsIn(before.folder), metricsIn(after.folder)];
  const names = new Set([...a.keys(), ...b.keys()]);
  let largest = 0;
  for (const name of names) {
    const [left, right] = [a.get(name) ?? NaN, b.get(name) ?? NaN];
    const difference = left === right ? 0 : Math.abs(left - right) / Math.max(1, Math.abs(left));
    largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
  }
  if (largest === 0) return { file: stageFiles.journal, verdict: 'same', difference: 0 };
  return verdictOn(stageFiles.journal, largest, tolerance);
}

/** What was said last of each step, over all attempts, without what a clock or the machine decides. */
function metricsIn(folder: string): ReadonlyMap<string, number> {
  const { events } = readJournal(join(folder, stageFiles.journal));
  const metrics = events.filter((event): event is Extract<JournalEvent, { kind: 'metric' }> => event.kind === 'metric');
  const told = metrics.filter(({ name }) => !dependsOnClock(name));
  return new Map(told.map(({ step, name, value }) => [`${step} ${name}`, value]));
}
