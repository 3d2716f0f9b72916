/** Preference pairs that tests decide: of one problem, a program that passed over one that did not. */
import { randomStream } from '../../random/index.ts';
import { UserError } from '../../spec/index.ts';
import { addCount } from '../add-count.ts';
import type { DropCounts, PreferencePair } from '../preference-pair.ts';
import type { TestedCandidate, TestedProblem } from './candidate.ts';

export interface VerifiedOptions {
  /** Share of the problems kept out of pretraining. */
  readonly heldOut: number;
  readonly maxPairsPerProblem: number;
  /** `same-model`: both programs are of one model, so that telling the writers apart does not help. */
  readonly pairing: 'any' | 'same-model';
  /** Statuses of rejected programs that count; null = every one that did not pass. */
  readonly failures: readonly string[] | null;
  readonly language: string | null;
  readonly seed: number;
}

export interface VerifiedPairs {
  readonly pairs: readonly PreferencePair[];
  readonly heldOut: readonly PreferencePair[];
  readonly counts: DropCounts;
  readonly heldOutCounts: DropCounts;
}

/** Split by problem, in a seeded order. @throws UserError (2) where no pair is left to train on. */
export function verifiedPairs(problems: readonly TestedProblem[], options: VerifiedOptions): VerifiedPairs {
  const order = randomStream(options.seed, 'verified', 'split').shuffled(problems);
  // One at least, and never all: few problems have a held-out accuracy too.
  const heldOutProblems = Math.min(order.length - 1, Math.max(1, Math.round(options.heldOut * order.length)));
  const [counts, heldOutCounts]: [Record<string, number>, Record<string, number>] = [{}, {}];
  const trained = order.slice(heldOutProblems).flatMap((problem) => pairsOf(problem, options, counts));
  const heldOut = order.slice(0, heldOutProblems).flatMap((problem) => pairsOf(problem, options, heldOutCounts));
  if (trained.length === 0) throw nothingToTrainOn(problems.length, counts);
  return { pairs: randomStream(options.seed, 'verified', 'order').shuffled(trained), counts, heldOut, heldOutCounts };
}

type Numbered = TestedCandidate & { readonly number: number };

function pairsOf(problem: TestedProblem, options: VerifiedOptions, counts: Record<string, number>): PreferencePair[] {
  const candidates = distinct(problem.candidates, counts);
  const passed = candidates.filter((candidate) => candidate.passed);
  const failed = candidates.filter((candidate) => !candidate.passed && doesCount(candidate, options, counts));
  const pairs = passed.flatMap((right) =>
    failed
      .filter((wrong) => options.pairing === 'any' || wrong.model === right.model)
      .map((wrong) => toPair(problem, right, wrong, options.language)),
  );
  if (pairs.length === 0) addCount(counts, 'problem: no pair of one that passed and one that failed');
  if (pairs.length <= options.maxPairsPerProblem) return pairs;
  addCount(counts, 'pair: beyond those of its problem', pairs.length - options.maxPairsPerProblem);
  return randomStream(options.seed, 'verified', 'pairs', problem.id)
    .shuffled(pairs)
    .slice(0, options.maxPairsPerProblem);
}

/** A text that both passed and failed (a time limit, chance) says nothing; of equal ones the first stays. */
function distinct(candidates: readonly TestedCandidate[], counts: Record<string, number>): Numbered[] {
  const verdicts = new Map<string, Set<boolean>>();
  for (const { completion, passed } of candidates)
    verdicts.set(textOf(completion), (verdicts.get(textOf(completion)) ?? new Set()).add(passed));
  const taken = new Set<string>();
  return candidates
    .map((candidate, number) => ({ ...candidate, number }))
    .filter(({ completion }) => {
      const text = textOf(completion);
      if ((verdicts.get(text)?.size ?? 0) > 1) addCount(counts, 'candidate: same text passed and failed');
      else if (taken.has(text)) addCount(counts, 'candidate: same text again');
      else return taken.add(text);
      return false;
    });
}

function textOf(completion: string): string {
  return completion.trimEnd();
}

function doesCount(
  { status }: TestedCandidate,
  { failures }: VerifiedOptions,
  counts: Record<string, number>,
): boolean {
  if (failures === null || failures.includes(status)) return true;
  addCount(counts, `candidate: ${status} does not count`);
  return false;
}

function toPair(problem: TestedProblem, right: Numbered, wrong: Numbered, language: string | null): PreferencePair {
  return {
    id: `${problem.id}:${right.number}>${wrong.number}`,
    group: problem.id,
    prompt: problem.prompt,
    chosen: right.completion,
    rejected: wrong.completion,
    source: `${right.model} vs ${wrong.model}`,
    edits: [`tests: pass, not ${wrong.status}`],
    ...(language === null ? {} : { language }),
    isDescribed: true,
  };
}

function nothingToTrainOn(problems: number, counts: DropCounts): UserError {
  const reasons = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  return new UserError(`pairs: none of ${problems} problems gives a pair to train on; ${reasons.join(', ')}`, {
    exitCode: 2,
    hint: 'A problem needs programs that passed and programs that failed; pairing: any takes them of several models.',
  });
}
