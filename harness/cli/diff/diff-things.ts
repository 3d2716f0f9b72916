/** Two stages, trials or experiments on record, set side by side. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compareScores, readItems, type Comparison } from '../../judged/index.ts';
import {
  readEvaluateStage,
  readMetricsOfBoth,
  readMetricsOverSeeds,
  readSpecText,
  readStagesOf,
  type FoundThing,
  type MetricOfBoth,
  type MetricOverSeeds,
  type ResultsDatabase,
} from '../../record/index.ts';
import { diffFields } from '../../spec/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { recordedOutputs, stageFolder } from '../../store/index.ts';
import { diffStageConfigs, type FieldOfBoth } from './config.ts';
import { diffData, type DataOfBoth } from './data.ts';
import { diffEnvironments, type EnvironmentOfBoth } from './environment.ts';

export interface ThingDiff {
  readonly kind: FoundThing['kind'];
  readonly a: string;
  readonly b: string;
  readonly config: readonly FieldOfBoth[];
  readonly environment: readonly EnvironmentOfBoth[];
  readonly data: readonly DataOfBoth[];
  /** Of stages and trials. */
  readonly metrics: readonly MetricOfBoth[];
  /** Of experiments: where both have trials. */
  readonly overSeeds: readonly MetricOverSeeds[];
  /** B minus A on the items that both scored; null where there are none. */
  readonly items: Comparison | null;
}

export interface DiffOptions {
  readonly resultsFolder: string;
  /** Metrics of experiments. */
  readonly metrics: readonly string[];
}

/** @throws UserError (2) where they are of different kinds. */
export async function diffThings(
  database: ResultsDatabase,
  [a, b]: readonly [FoundThing, FoundThing],
  options: DiffOptions,
): Promise<ThingDiff> {
  if (a.kind !== b.kind)
    throw new UserError(`${a.id} is ${withArticle(a.kind)} and ${b.id} ${withArticle(b.kind)}`, {
      exitCode: 2,
      hint: 'Compare two stages, two trials or two experiments.',
    });
  const { resultsFolder } = options;
  const [stagesA, stagesB] = [await readStagesOf(database, a), await readStagesOf(database, b)];
  const about = { kind: a.kind, a: a.id, b: b.id };
  const environment = diffEnvironments(resultsFolder, stagesA, stagesB);
  return a.kind === 'experiment'
    ? { ...about, environment, ...(await experimentParts(database, about, options)) }
    : { ...about, environment, ...(await stageParts(database, { ...about, kind: a.kind }, resultsFolder)) };
}

const withArticle = (kind: FoundThing['kind']): string => `${kind === 'experiment' ? 'an' : 'a'} ${kind}`;

type Parts = Omit<ThingDiff, 'kind' | 'a' | 'b' | 'environment'>;

async function experimentParts(
  database: ResultsDatabase,
  { a, b }: { readonly a: string; readonly b: string },
  { metrics }: DiffOptions,
): Promise<Parts> {
  const [before, after] = [await specOf(database, a), await specOf(database, b)];
  const config = diffFields(before, after).map(({ path, before: inA, after: inB }) => ({
    stage: '',
    field: path,
    a: inA,
    b: inB,
  }));
  const overSeeds = await readMetricsOverSeeds(database, { a, b }, metrics);
  return { config, data: [], metrics: [], overSeeds, items: null };
}

async function specOf(database: ResultsDatabase, experiment: string): Promise<unknown> {
  return parse(await readSpecText(database, experiment)) as unknown;
}

async function stageParts(
  database: ResultsDatabase,
  { kind, a, b }: { readonly kind: 'stage' | 'trial'; readonly a: string; readonly b: string },
  resultsFolder: string,
): Promise<Parts> {
  const last = (id: string): Promise<string> | string => (kind === 'trial' ? readEvaluateStage(database, id) : id);
  const [lastOfA, lastOfB] = [await last(a), await last(b)];
  const { fields, pairs } = diffStageConfigs(resultsFolder, lastOfA, lastOfB);
  return {
    config: fields,
    data: diffData(resultsFolder, pairs),
    metrics: await readMetricsOfBoth(database, kind, a, b),
    overSeeds: [],
    items: sameItems(resultsFolder, lastOfA, lastOfB),
  };
}

/** null where one of them has no items, or they have none in common: then there is nothing to pair. */
function sameItems(resultsFolder: string, a: string, b: string): Comparison | null {
  const [inA, inB] = [a, b].map((id) => join(stageFolder(resultsFolder, id), recordedOutputs.items)) as [
    string,
    string,
  ];
  if (!existsSync(inA) || !existsSync(inB)) return null;
  try {
    return compareScores(readItems(inB), readItems(inA));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
