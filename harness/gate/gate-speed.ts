/** Speed in a gate: in turns where both sides can be built, else by what was stored on the same hardware. */
import { machineIdentity } from '../bench/index.ts';
import { compareRounds, compareRuns, hardwareDifference, undecided, type Clock } from './compare-speed.ts';
import type { Draft } from './finding.ts';
import { measureRounds, measureRuns, type Measuring } from './measure.ts';
import type { SpeedRun } from './samples.ts';
import type { OpenSide, Side } from './sides.ts';

export interface SpeedComparison {
  readonly drafts: readonly Draft[];
  /** Runs of the candidate. */
  readonly candidate: readonly SpeedRun[];
}

interface SpeedOptions {
  readonly rounds: number;
  readonly milliseconds: number;
  readonly clock: Clock;
}

interface Opened {
  readonly measuring: Measuring;
  of(side: Side): Promise<OpenSide>;
}

interface Sides {
  readonly baseline: Side;
  readonly candidate: Side;
}

export async function gateSpeed(sides: Sides, options: SpeedOptions, opened: Opened): Promise<SpeedComparison> {
  const { baseline, candidate } = sides;
  const isInTurns = candidate.samples === null && candidate.open !== null && baseline.open !== null;
  return isInTurns ? await inTurns(sides, options, opened) : await byRuns(sides, options, opened);
}

async function inTurns(
  { baseline, candidate }: Sides,
  options: SpeedOptions,
  opened: Opened,
): Promise<SpeedComparison> {
  const programs = {
    baseline: (await opened.of(baseline)).program,
    candidate: (await opened.of(candidate)).program,
  };
  const rounds = await measureRounds(programs, options, opened.measuring);
  if (!('side' in rounds)) return { drafts: compareRounds(rounds, options.clock), candidate: rounds.candidate };
  const { name } = rounds.side === 'baseline' ? baseline : candidate;
  return notMeasured('inconclusive', `${name} cannot be measured: ${rounds.reason}`);
}

const notMeasured = (outcome: 'inconclusive' | 'not comparable', why: string): SpeedComparison => ({
  drafts: [undecided('all paths', outcome, [why])],
  candidate: [],
});

const inTurnsHint = 'With --speed-baseline REF both are measured here, in turns.';

/** Fresh runs are as many as there would be rounds. The hardware is looked at before anything is measured. */
async function byRuns({ baseline, candidate }: Sides, options: SpeedOptions, opened: Opened): Promise<SpeedComparison> {
  const stored = baseline.samples?.speed ?? candidate.samples?.speed ?? [];
  if (stored.length === 0) return notMeasured('inconclusive', `${baseline.name} has no runs of speed.`);
  const now = { ...(stored[0] as SpeedRun), machine: machineIdentity() };
  const other = candidate.samples === null || baseline.samples === null ? hardwareDifference(stored, [now]) : null;
  if (other !== null) return notMeasured('not comparable', `Other hardware: ${other}. ${inTurnsHint}`);
  const before = await runsOf(baseline, options, opened);
  const after = await runsOf(candidate, options, opened);
  if (typeof before === 'string') return notMeasured('inconclusive', `${baseline.name} cannot be measured: ${before}`);
  if (typeof after === 'string') return notMeasured('inconclusive', `${candidate.name} cannot be measured: ${after}`);
  if (after.length === 0) return notMeasured('inconclusive', `${candidate.name} has no runs of speed.`);
  return { drafts: compareRuns({ baseline: before, candidate: after }, options.clock), candidate: after };
}

async function runsOf(
  side: Side,
  { rounds, milliseconds }: SpeedOptions,
  opened: Opened,
): Promise<readonly SpeedRun[] | string> {
  if (side.samples !== null) return side.samples.speed;
  return measureRuns((await opened.of(side)).program, { runs: rounds, milliseconds }, opened.measuring);
}
