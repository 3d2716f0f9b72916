/**
 * The audit of preference pairs: one pass over the trained ones, of which counts, hashes and a seeded sample are kept,
 * and the held-out ones in memory.
 */
import { randomStream } from '../../random/index.ts';
import type { PreferencePair } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';
import type { Tokenizer } from '../tokenizer/load-tokenizer.ts';
import type { Audit, Judgement, SetAudit, SideLengths } from './audit.ts';
import { judgementOf, signalsAudit } from './code-judge.ts';
import { wordsOf } from '../rankers/linear-ranker.ts';
import { normalizedDistance } from './edit-distance.ts';
import { executionJudgement, type ProblemTests } from './execution-judge.ts';
import { flagsOf, isSolved } from './flags.ts';
import { auditRankers } from './rankers.ts';
import type { Sandbox } from './run-program.ts';
import { SampledRows } from './sample.ts';
import { sideLengths, spreadOf } from './spread.ts';
import { SplitOverlap } from './split-overlap.ts';
import { Tally } from './tally.ts';

export interface AuditOptions {
  readonly trained: Rows<PreferencePair>;
  readonly heldOut: Rows<PreferencePair>;
  /** Counts tokens; null = lengths in characters and lines only. */
  readonly tokenizer: Pick<Tokenizer, 'encode'> | null;
  readonly seed: number;
  /** Pairs that are looked at closely, of each set. */
  readonly sample: number;
  /** Tests to run; null = nothing is executed. */
  readonly execution: { readonly tests: ReadonlyMap<string, ProblemTests>; readonly sandbox: Sandbox } | null;
}

/** Pairs that learned rankers learn from. */
const learnedFrom = 20_000;
/** Held-out pairs that rankers are measured on: more would move no interval that matters. */
const mostHeldOut = 20_000;

export async function auditPairs(options: AuditOptions): Promise<Audit> {
  const heldOut = await readSet(options.heldOut, mostHeldOut, { seed: options.seed, name: 'held-out' });
  const overlap = new SplitOverlap(heldOut.sampled);
  const seen = (pair: PreferencePair): void => overlap.see(pair);
  const trained = await readSet(options.trained, learnedFrom, { seed: options.seed, name: 'trained', seen });
  const rankers = await auditRankers(trained.sampled, heldOut.sampled);
  const found = {
    trained: await setAudit(trained, options, 'trained'),
    heldOut: await setAudit(heldOut, options, 'held-out'),
    split: overlap.counts(),
    rankers,
  };
  return {
    auditVersion: 1,
    ...found,
    isSolvedByTrivialRanker: rankers.some(isSolved),
    flags: flagsOf(found),
  };
}

interface ReadSet {
  readonly tally: Tally;
  readonly sampled: readonly PreferencePair[];
}

async function readSet(
  rows: Rows<PreferencePair>,
  size: number,
  { seed, name, seen }: { readonly seed: number; readonly name: string; seen?(pair: PreferencePair): void },
): Promise<ReadSet> {
  const tally = new Tally();
  const sample = new SampledRows<PreferencePair>(size, randomStream(seed, 'audit', name));
  for await (const pair of rows) {
    tally.see(pair);
    sample.see(pair);
    seen?.(pair);
  }
  return { tally, sampled: sample.rows() };
}

async function setAudit({ tally, sampled }: ReadSet, options: AuditOptions, name: string): Promise<SetAudit> {
  const pairs = randomStream(options.seed, 'audit', 'close look', name).shuffled(sampled).slice(0, options.sample);
  const { signals, judgement } = await signalsAudit(pairs);
  const { execution } = options;
  const executed = execution === null ? null : await executionJudgement(pairs, execution.tests, execution.sandbox);
  const judgements = [executed, labelsJudgement(pairs), judgement].filter((one) => one !== null);
  return {
    ...tally.counts(),
    sampled: pairs.length,
    lengths: lengthsOf(pairs, options.tokenizer),
    editDistance: spreadOf(pairs.map(({ chosen, rejected }) => normalizedDistance(wordsOf(chosen), wordsOf(rejected)))),
    signals,
    judgements,
  };
}

function lengthsOf(pairs: readonly PreferencePair[], tokenizer: AuditOptions['tokenizer']): readonly SideLengths[] {
  const of = (unit: SideLengths['unit'], measure: (text: string) => number): SideLengths | null =>
    sideLengths(
      unit,
      pairs.map(({ chosen, rejected }) => ({ chosen: measure(chosen), rejected: measure(rejected) })),
    );
  return [
    of('characters', (text) => text.length),
    of('lines', (text) => text.split('\n').length),
    tokenizer === null ? null : of('tokens', (text) => tokenizer.encode(text).length),
  ].filter((one) => one !== null);
}

/** Sources that ran tests themselves say so among the edits; then chosen is the side that passed. */
function labelsJudgement(pairs: readonly PreferencePair[]): Judgement | null {
  const labelled = pairs.filter(({ edits }) => edits.some((edit) => edit.startsWith('tests')));
  if (labelled.length === 0) return null;
  return judgementOf(
    'labels',
    labelled.map(({ group }) => ({ group, verdict: 'agree' })),
  );
}
