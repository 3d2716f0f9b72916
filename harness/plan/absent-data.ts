/** What a plan was made without: data that its stages will read and that are not here. */
import type { Kinds } from '../kinds/index.ts';
import { absentData, expandSweep, experimentFormat, type ExperimentSpec } from '../spec/index.ts';

/** One a place, e.g. `start.path: no folder at models/Qwen2-7B`, in the order in which trials need them. */
export function absentFrom(spec: ExperimentSpec, kinds: Kinds): readonly string[] {
  if (kinds.withoutData !== true) return [];
  const { points } = expandSweep(spec, experimentFormat(kinds));
  const trials = points.flatMap((point) => [
    point.spec,
    ...(point.tuning?.candidates ?? []).map(({ spec: one }) => one),
  ]);
  const absent = trials.flatMap((trial) => absentData(trial, kinds));
  return [...new Set(absent.map(({ fields, found }) => `${fields[0] ?? ''}: ${found}`))];
}

/** Lines of a plan; none where everything is here. */
export function absentLines(absent: readonly string[]): readonly string[] {
  if (absent.length === 0) return [];
  return [
    'Not here, and planned by what the experiment says of them (a sweep will refuse; ids change once they are here):',
    ...absent.map((line) => `  ${line}`),
    '',
  ];
}
