/** What is measured of a built program: the scores of experiments, and runs of speed. */
import { existsSync, mkdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { roundsInTurns } from '../bench/index.ts';
import { allocatorEnvironment } from '../engine/index.ts';
import type { SpeedRounds } from './compare-speed.ts';
import { runSpeeds, sweepWith, type Program } from './program.ts';
import { readQuality } from './read-quality.ts';
import { noQuality, type QualitySamples, type SpeedRun } from './samples.ts';

export interface Measuring {
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
  /** A folder that is removed in the end. */
  readonly scratch: string;
}

/** Sweeps every experiment that the program has, each into new records: nothing is taken from an earlier sweep. */
export async function measureQuality(
  program: Program,
  { specs, name }: { readonly specs: readonly string[]; readonly name: string },
  { signal, onStep, scratch }: Measuring,
): Promise<QualitySamples> {
  let quality = noQuality;
  for (const [index, spec] of specs.entries()) {
    if (!existsSync(isAbsolute(spec) ? spec : join(program.folder, spec))) continue;
    onStep(`sweeping ${spec} with ${name}`);
    const results = join(scratch, `results-${index}-${name.replaceAll(/\W+/g, '-')}`);
    mkdirSync(results, { recursive: true });
    const experiment = await sweepWith(program, { spec, results }, { signal, env: {} });
    quality = together(quality, await readQuality(results, experiment, spec));
  }
  return quality;
}

export function together(first: QualitySamples, second: QualitySamples): QualitySamples {
  return {
    experiments: [...first.experiments, ...second.experiments],
    itemSets: { ...first.itemSets, ...second.itemSets },
    quality: [...first.quality, ...second.quality],
  };
}

/** Runs of one program, a process each. A text says why there are none. */
export async function measureRuns(
  program: Program,
  { runs, milliseconds }: { readonly runs: number; readonly milliseconds: number },
  { signal, onStep }: Pick<Measuring, 'signal' | 'onStep'>,
): Promise<readonly SpeedRun[] | string> {
  const taken: SpeedRun[] = [];
  for (let run = 0; run < runs; run++) {
    onStep(`measuring speed, run ${run + 1} of ${runs}`);
    const speeds = await runSpeeds(program, milliseconds, { signal, env: allocatorEnvironment });
    if (typeof speeds === 'string') return speeds;
    taken.push(speeds);
  }
  return taken;
}

interface Programs {
  readonly baseline: Program;
  readonly candidate: Program;
}

/** A side that could not be measured, and why. */
export interface NoSpeed {
  readonly side: keyof Programs;
  readonly reason: string;
}

/**
 * Rounds of both programs in turns, every other round backwards (ABBA). A run of each before them is not counted: it
 * fills the caches of the file system, and shows whether both can be measured at all.
 */
export async function measureRounds(
  programs: Programs,
  { rounds, milliseconds }: { readonly rounds: number; readonly milliseconds: number },
  { signal, onStep }: Measuring,
): Promise<SpeedRounds | NoSpeed> {
  const run = (side: keyof Programs): Promise<SpeedRun | string> =>
    runSpeeds(programs[side], milliseconds, { signal, env: allocatorEnvironment });
  onStep('warming up both sides');
  for (const side of ['baseline', 'candidate'] as const) {
    const first = await run(side);
    if (typeof first === 'string') return { side, reason: first };
  }
  const counted = async (side: keyof Programs, round: number): Promise<SpeedRun> => {
    onStep(`measuring speed, round ${round + 1} of ${rounds}`);
    const speeds = await run(side);
    if (typeof speeds === 'string') throw new LostRun(side, speeds);
    return speeds;
  };
  try {
    const taken = await roundsInTurns(rounds, [
      (round) => counted('baseline', round),
      (round) => counted('candidate', round),
    ]);
    const of = (index: 0 | 1): readonly SpeedRun[] => taken.map((round) => round[index] as SpeedRun);
    return { baseline: of(0), candidate: of(1) };
  } catch (error) {
    if (error instanceof LostRun) return { side: error.side, reason: error.message };
    throw error;
  }
}

class LostRun extends Error {
  readonly side: keyof Programs;

  constructor(side: keyof Programs, reason: string) {
    super(reason);
    this.side = side;
  }
}
