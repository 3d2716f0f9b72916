/** Scores and labels -> items, as an evaluation has them. What does not fit together is an error or is counted. */
import type { Item } from '../eval/index.ts';
import type { Gathered } from './gather.ts';
import type { LabelledItem, Labels } from './labels.ts';
import { doNotFit, nothingInCommon, notScored } from './match-errors.ts';

export interface MatchCounts {
  /** Pairs and questions of the task without scores, that were left out. */
  readonly missing: number;
  /** Entries of the file that the task does not have. */
  readonly extra: number;
  readonly nonFinite: number;
  /** Candidates whose label nobody could tell. */
  readonly ungraded: number;
  /** Pairs whose two scores differ, but not as float32, as which they are kept. */
  readonly roundedTies: number;
}

export interface JudgedItems extends Pick<Labels, 'lengthUnit'> {
  readonly items: readonly Item[];
  /** Ids of the pairs whose responses come from one writer. */
  readonly withinSource: ReadonlySet<string>;
  readonly counts: MatchCounts;
  /** Sets of the task of which the file has no score at all. */
  readonly unscoredSets: readonly Item['set'][];
}

export interface MatchOptions {
  /** Of the file, for messages. */
  readonly name: string;
  /** What to do where a part of the task has no scores. */
  readonly missing: 'refuse' | 'leave-out';
}

/** @throws UserError (2) where scores do not fit the task, or are missing. */
export function matchScores(
  entries: readonly Gathered[],
  { items: labelled, lengthUnit }: Labels,
  options: MatchOptions,
): JudgedItems {
  const { scored, extra } = scoresByItem(entries, labelled);
  if (scored.size === 0) throw nothingInCommon(entries, labelled, options.name);
  const sets = new Set([...scored.keys()].map(({ set }) => set));
  const asked = labelled.filter(({ set }) => sets.has(set));
  const missing = asked.filter((item) => !scored.has(item));
  if (missing.length > 0 && options.missing === 'refuse') throw notScored(missing, asked.length, options.name);
  const kept = asked.filter((item) => scored.has(item));
  const items = kept.flatMap((item) => itemsOf(item, scored.get(item) ?? []));
  return {
    items,
    lengthUnit,
    withinSource: new Set(kept.filter(({ isWithinSource }) => isWithinSource).map(({ id }) => id)),
    unscoredSets: [...new Set(labelled.map(({ set }) => set))].filter((set) => !sets.has(set)),
    counts: { missing: missing.length, extra, ...countsOf(items), roundedTies: roundedTies(scored) },
  };
}

function countsOf(items: readonly Item[]): Pick<MatchCounts, 'nonFinite' | 'ungraded'> {
  return {
    nonFinite: items.filter(({ reward }) => !Number.isFinite(reward)).length,
    ungraded: items.filter(({ isCorrect }) => isCorrect === null).length,
  };
}

function roundedTies(scored: ScoresByItem['scored']): number {
  return [...scored].filter(([{ set }, scores]) => set === 'pairs' && isRoundedTie(scores)).length;
}

interface ScoresByItem {
  readonly scored: ReadonlyMap<LabelledItem, readonly number[]>;
  readonly extra: number;
}

function scoresByItem(entries: readonly Gathered[], labelled: readonly LabelledItem[]): ScoresByItem {
  const byId = new Map(labelled.map((item) => [keyOf(item.set, item.id), item]));
  const scored = new Map<LabelledItem, readonly number[]>();
  const problems: string[] = [];
  let extra = 0;
  for (const entry of entries) {
    const item = itemFor(entry, byId);
    const scores = item === undefined ? 'extra' : scoresFor(entry, item);
    if (item === undefined) extra += 1;
    else if (scored.has(item)) problems.push(`${entry.place}: ${entry.id} has scores in another form before`);
    else if (typeof scores === 'string') problems.push(`${entry.place}: ${entry.id}: ${scores}`);
    else scored.set(item, scores);
  }
  if (problems.length > 0) throw doNotFit(problems);
  return { scored, extra };
}

const keyOf = (set: Item['set'], id: string): string => `${set} ${id}`;

/**
 * An id that both sets have is the question's, unless the row says that it is a pair. Tasks of benchmarks put the
 * section before an id, files of their scores beside it.
 */
function itemFor({ set, id, own }: Gathered, byId: ReadonlyMap<string, LabelledItem>): LabelledItem | undefined {
  const found = (one: Item['set']): LabelledItem | undefined =>
    byId.get(keyOf(one, id)) ?? byId.get(keyOf(one, `${own.subset}/${id}`));
  return set === 'pairs' ? (found('pairs') ?? found('pool')) : (found('pool') ?? found('pairs'));
}

/** Scores in the order of the candidates, or what does not fit. */
function scoresFor({ scores }: Gathered, { candidates }: LabelledItem): readonly number[] | string {
  const n = candidates.length;
  if (scores.kind === 'list')
    return scores.scores.length === n ? scores.scores : `${scores.scores.length} scores for ${n} responses`;
  if (scores.kind === 'sides') return bySides(scores, candidates);
  const beyond = [...scores.scores.keys()].find((candidate) => candidate >= n);
  if (beyond !== undefined) return `candidate ${beyond}: there are ${n}, counted from 0`;
  const missing = candidates.map((_, index) => index).filter((index) => !scores.scores.has(index));
  if (missing.length > 0) return `no score for candidate ${missing.slice(0, 10).join(', ')} of ${n}`;
  return candidates.map((_, index) => scores.scores.get(index) ?? NaN);
}

/** The right candidates get the scores of `chosen` in their order, the others those of `rejected`. */
function bySides(
  { chosen, rejected }: Extract<Gathered['scores'], { kind: 'sides' }>,
  candidates: LabelledItem['candidates'],
): readonly number[] | string {
  const right = candidates.filter(({ isCorrect }) => isCorrect === true).length;
  if (right !== chosen.length || candidates.length - right !== rejected.length)
    return (
      `${chosen.length} chosen and ${rejected.length} rejected scores ` +
      `for ${right} right and ${candidates.length - right} other responses`
    );
  const [left, other] = [chosen.values(), rejected.values()];
  return candidates.map(({ isCorrect }) => (isCorrect === true ? left : other).next().value ?? NaN);
}

function itemsOf({ set, id, group, subset, candidates }: LabelledItem, scores: readonly number[]): readonly Item[] {
  return candidates.map(({ isCorrect, length, answer, source }, candidate) => ({
    set,
    itemId: id,
    group,
    candidate,
    reward: Math.fround(scores[candidate] ?? NaN),
    isCorrect,
    tokens: length,
    answer,
    subset,
    source,
  }));
}

function isRoundedTie([chosen = NaN, rejected = NaN]: readonly number[]): boolean {
  return chosen !== rejected && Math.fround(chosen) === Math.fround(rejected);
}
