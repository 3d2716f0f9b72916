/**
 * The labels of a stored task once more, by a grader: from the texts that the task stage wrote, without a model. What
 * is stored stays as it is.
 */
import { gradeCandidates, isWithinSource } from '../data/index.ts';
import type { Candidate, CandidateQuestion, PreferencePair } from '../data/preference-pair.ts';
import type { Graded, GraderKind } from '../kinds/index.ts';
import type { EvaluationSplit } from './task-split.ts';

/** A label that the grader sets otherwise. */
export interface ChangedLabel {
  readonly question: string;
  readonly source: string;
  /** As the grader reads it; null where it finds none. */
  readonly answer: string | null;
  readonly reference: string;
  readonly recorded: Graded;
  readonly now: Graded;
}

/** What becomes of a pair under new labels. */
export type PairFate = 'kept' | 'swapped' | 'dropped';

/** A pair that is not what it was. */
export interface ChangedPair {
  readonly pair: string;
  readonly fate: PairFate;
  /** Final answer of the response that was chosen, and of the one that was rejected. */
  readonly chosen: string | null;
  readonly rejected: string | null;
  readonly reference: string;
}

export interface Regraded {
  /** In the order of the stored pool; questions without a reference are as they were. */
  readonly pool: readonly CandidateQuestion[];
  /** Id of a pair -> what becomes of it. */
  readonly pairs: ReadonlyMap<string, PairFate>;
  /** Ids of the pairs whose responses come from one source. */
  readonly withinSource: ReadonlySet<string>;
  readonly changed: readonly ChangedLabel[];
  readonly changedPairs: readonly ChangedPair[];
  readonly counts: RegradeCounts;
}

export interface RegradeCounts {
  readonly candidates: number;
  readonly candidatesChanged: number;
  readonly ungraded: number;
  /** Neither read nor compared: their question has no reference. */
  readonly withoutReference: number;
  readonly pairs: number;
  readonly pairsSwapped: number;
  readonly pairsDropped: number;
}

/** @param references The right answer of each question, by group. */
export async function regrade(
  { texts, questions }: Pick<EvaluationSplit, 'texts' | 'questions'>,
  references: ReadonlyMap<string, string>,
  grader: GraderKind,
): Promise<Regraded> {
  const pool: CandidateQuestion[] = [];
  for (const question of questions) {
    const reference = references.get(question.group);
    const candidates =
      reference === undefined ? question.candidates : await gradeCandidates(question.candidates, reference, grader);
    pool.push({ ...question, candidates });
  }
  const pairs = new Map<string, PairFate>();
  const changedPairs: ChangedPair[] = [];
  for (const pair of texts) {
    const reference = references.get(pair.group);
    const judged = reference === undefined ? null : await judgePair(pair, reference, grader);
    pairs.set(pair.id, judged?.fate ?? 'kept');
    if (judged !== null && judged.fate !== 'kept') changedPairs.push(judged);
  }
  const changed = questions.flatMap((question, q) =>
    changedIn(question, pool[q]?.candidates ?? [], references.get(question.group)),
  );
  return {
    pool,
    pairs,
    withinSource: new Set(texts.filter(isWithinSource).map(({ id }) => id)),
    changed,
    changedPairs,
    counts: countsOf({ pool, pairs, changed, references }),
  };
}

/** A pair prefers nothing any more where its responses are both right, both wrong, or one cannot be graded. */
async function judgePair(pair: PreferencePair, reference: string, grader: GraderKind): Promise<ChangedPair> {
  const [chosen, rejected] = [grader.answerOf(pair.chosen), grader.answerOf(pair.rejected)];
  const right = await grader.isCorrect(chosen, reference);
  const wrong = await grader.isCorrect(rejected, reference);
  const fate = right === true && wrong === false ? 'kept' : right === false && wrong === true ? 'swapped' : 'dropped';
  return { pair: pair.id, fate, chosen, rejected, reference };
}

function changedIn(
  { id, candidates }: CandidateQuestion,
  now: readonly Candidate[],
  reference: string | undefined,
): readonly ChangedLabel[] {
  if (reference === undefined) return [];
  return candidates.flatMap(({ source, isCorrect: recorded }, c) => {
    const after = now[c];
    if (after === undefined || after.isCorrect === recorded) return [];
    return [{ question: id, source, answer: after.answer, reference, recorded, now: after.isCorrect }];
  });
}

function countsOf({
  pool,
  pairs,
  changed,
  references,
}: Pick<Regraded, 'pool' | 'pairs' | 'changed'> & {
  readonly references: ReadonlyMap<string, string>;
}): RegradeCounts {
  const all = pool.flatMap(({ group, candidates }) => candidates.map((candidate) => ({ group, candidate })));
  const graded = all.filter(({ group }) => references.has(group));
  const fates = [...pairs.values()];
  return {
    candidates: all.length,
    candidatesChanged: changed.length,
    ungraded: graded.filter(({ candidate }) => candidate.isCorrect === null).length,
    withoutReference: all.length - graded.length,
    pairs: fates.length,
    pairsSwapped: fates.filter((fate) => fate === 'swapped').length,
    pairsDropped: fates.filter((fate) => fate === 'dropped').length,
  };
}
