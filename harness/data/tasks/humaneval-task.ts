/**
 * HumanEval (arXiv 2107.03374) as a preference task: of one problem, a program that passed the official tests over one
 * that did not, and best-of-N over all programs.
 */
import type { Candidate, TaskData } from '../preference-pair.ts';
import { addCount } from '../add-count.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { readHumanEval, type HumanEvalPool } from '../verified/humaneval.ts';
import type { TestedCandidate, TestedProblem } from '../verified/candidate.ts';
import type { SolvedQuestion } from './solved-question.ts';
import { solvedTask, type SolvedTaskOptions } from './solved-task.ts';

export interface HumanEvalTaskOptions extends SolvedTaskOptions {
  readonly pools: readonly HumanEvalPool[];
  /** Candidates that every question of the pool has at least; those with fewer are left out of it. */
  readonly leastCandidates: number;
}

/** @throws UserError (2) where the splits leave no training problem, (3) where the data cannot be had. */
export async function humanEvalTask(spec: HumanEvalTaskOptions, options: FetchOptions): Promise<TaskData> {
  const counts: Record<string, number> = {};
  const problems = await readHumanEval(spec.pools, options, counts);
  const questions = problems.map((problem) => solvedQuestion(problem, counts));
  const task = solvedTask(questions, spec);
  const pool = task.pool.filter(({ candidates }) => candidates.length >= spec.leastCandidates);
  addCount(counts, 'pool question: too few programs', task.pool.length - pool.length);
  return { ...task, pool, counts: { ...counts, ...task.counts } };
}

/** A text that both passed and failed (a time limit, chance) says nothing. */
export function solvedQuestion(
  { id, prompt, candidates }: TestedProblem,
  counts: Record<string, number>,
): SolvedQuestion {
  const verdicts = new Map<string, Set<boolean>>();
  for (const { completion, passed } of candidates)
    verdicts.set(completion, (verdicts.get(completion) ?? new Set<boolean>()).add(passed));
  const clear = candidates.filter(({ completion }) => verdicts.get(completion)?.size === 1);
  addCount(counts, 'candidate: same text passed and failed', candidates.length - clear.length);
  const numbers = new Map<string, number>();
  return {
    id: id.replace('/', '-').toLowerCase(),
    prompt,
    reference: null,
    candidates: clear.map((candidate) => toCandidate(candidate, numbers)),
    language: 'python',
  };
}

/** `<model>/<number of its sample>`: pairs of one model are within its source. Programs have no answer to vote on. */
function toCandidate({ completion, passed, model }: TestedCandidate, numbers: Map<string, number>): Candidate {
  const number = numbers.get(model) ?? 0;
  numbers.set(model, number + 1);
  return { text: completion, answer: null, isCorrect: passed, source: `${model}/${number}` };
}
