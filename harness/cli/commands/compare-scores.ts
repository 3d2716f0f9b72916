/** `harness compare-scores A B`: two sets of scores of one task, item by item. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareScores, readItems, type ComparedMetric, type Comparison } from '../../judged/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { readDescription, readStageState, recordedOutputs, stageFolder } from '../../store/index.ts';
import { count, plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { percent } from '../output/judged-tables.ts';
import { stageBeginningWith } from '../stage-beginning-with.ts';

interface CompareFlags {
  readonly results?: string;
  readonly json: boolean;
}

export async function compareScoresCommand(
  context: CliContext,
  flags: CompareFlags,
  first: string,
  second: string,
): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const [a, b] = [sideNamed(first, folder), sideNamed(second, folder)];
  const comparison = compareScores(readItems(a.file), readItems(b.file));
  const { file: _, ...aboutFirst } = a;
  const { file: __, ...aboutSecond } = b;
  if (flags.json) return context.printJson({ first: aboutFirst, second: aboutSecond, ...comparison });
  printComparison(context, [a, b], comparison);
}

function printComparison(
  context: CliContext,
  [a, b]: readonly [Side, Side],
  { metrics, onlyInFirst, onlyInSecond }: Comparison,
): void {
  context.print(`first: ${a.model} (${a.id})\nsecond: ${b.model} (${b.id})\n\n`);
  const right = (name: string) => ({ name, align: 'right' }) as const;
  context.printTable(
    ['', right('first %'), right('second %'), right('difference'), right('95 % interval'), right('p'), right('n')],
    metrics.map(rowOf),
  );
  const [groups] = metrics.map(({ difference }) => difference.groups);
  context.print(`differences in points, first minus second; intervals and p over ${plural(groups ?? 0, 'group')}`);
  for (const [side, only] of [
    ['first', onlyInFirst],
    ['second', onlyInSecond],
  ] as const)
    if (only > 0)
      context.print(`${plural(only, 'pair or question', 'pairs and questions')} only in the ${side}, left out`);
}

function rowOf({ name, first, second, difference }: ComparedMetric): readonly (string | null)[] {
  const { meanDifference, interval, p, n } = difference;
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${percent(value)}`;
  return [
    name,
    percent(first),
    percent(second),
    signed(meanDifference),
    interval === null ? null : `${signed(interval.low)} to ${signed(interval.high)}`,
    p === null ? null : p.toPrecision(2),
    count(n),
  ];
}

interface Side {
  readonly id: string;
  readonly model: string;
  /** Its items. */
  readonly file: string;
}

/** Imported scores, or an evaluation of a sweep: any stage with items. */
function sideNamed(named: string, resultsFolder: string): Side {
  const id = /^[a-z]+-[0-9a-f]*$/.test(named) ? stageBeginningWith(named, resultsFolder) : null;
  if (id === null)
    throw new UserError(`${named}: no such stage in ${resultsFolder}`, {
      exitCode: 2,
      hint: '`harness ls stages --kind scores` lists scores that were kept, `--kind evaluate` those of sweeps.',
    });
  const folder = stageFolder(resultsFolder, id);
  const file = join(folder, recordedOutputs.items);
  if (readStageState(resultsFolder, id) !== 'done' || !existsSync(file))
    throw new UserError(`${id}: has no scores`, {
      exitCode: 2,
      hint: 'Give scores that were kept (scores-...), or an evaluation that is done (evaluate-...).',
    });
  const { model } = readDescription(folder).config as { readonly model?: unknown };
  return { id, model: typeof model === 'string' ? model : id, file };
}
