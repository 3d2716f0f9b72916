/**
 * The gate: is the candidate worse than the baseline, in quality or in speed, beyond what chance explains?
 *
 *     sides.ts      what the two are: a file of samples, a commit, the working tree (git.ts, checkout.ts)
 *     measure.ts    sweeps and runs of speed by both programs, through their command lines (program.ts)
 *     samples.ts    what is stored of them; read-quality.ts takes scores of items out of the records
 *     compare-quality.ts, compare-speed.ts   one draft a metric, of paired differences over seeds or rounds
 *     judge.ts      Holm over all of them; verdict.ts: one word and an exit code
 *     false-alarms.ts   how often this very gate would alarm without a change
 *     markdown.ts, junit.ts   the same for a pull request and for a CI system
 *     accept.ts     a new baseline, with who, when and why
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from './compare-speed.ts';
import { compareQuality } from './compare-quality.ts';
import { simulateFalseAlarms, type FalseAlarms } from './false-alarms.ts';
import type { Draft, Finding } from './finding.ts';
import { plural } from '../text/index.ts';
import { gateLevel, judge, statedPower } from './judge.ts';
import { measureQuality, type Measuring } from './measure.ts';
import { noQuality, samplesVersion, type QualitySamples, type Samples, type SpeedRun } from './samples.ts';
import { placeAt, sideHere, sideNamed, specBelow, type OpenSide, type Side } from './sides.ts';
import { gateSpeed } from './gate-speed.ts';
import { verdictOf, type Verdict } from './verdict.ts';

export interface GateOptions {
  /** The current folder. */
  readonly folder: string;
  /** A file of samples, or a commit. */
  readonly baseline: string;
  /** null = the working tree, or outside of the harness the program that runs this. */
  readonly candidate: string | null;
  /** A commit whose speed is the baseline; null = that of the baseline. */
  readonly speedBaseline: string | null;
  /** Experiments as files; those of the baseline where there are none. */
  readonly experiments: readonly string[];
  readonly only: 'quality' | 'speed' | null;
  readonly rounds: number;
  /** Of each path in each run. */
  readonly milliseconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told before each step that takes time. */
  readonly onStep: (step: string) => void;
}

export interface GateResult {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly baseline: Pick<Side, 'name' | 'commit' | 'changedFiles'>;
  readonly candidate: Pick<Side, 'name' | 'commit' | 'changedFiles'>;
  /** What a reader should know of the whole. */
  readonly notes: readonly string[];
  /** Probability of an alarm without a change, at most. */
  readonly level: number;
  readonly power: number;
  readonly falseAlarms: FalseAlarms | null;
  /** Of the candidate, to be accepted or looked at. */
  readonly samples: Samples;
}

/** @throws UserError (2, 3, 4) where the two cannot be found, built or swept. */
export async function gate(options: GateOptions): Promise<GateResult> {
  const place = placeAt(options.folder);
  const baseline = sideNamed(options.baseline, place);
  const candidate = options.candidate === null ? sideHere(place) : sideNamed(options.candidate, place);
  const speedBaseline = options.speedBaseline === null ? baseline : sideNamed(options.speedBaseline, place);
  const specs = options.experiments.map((spec) => specBelow(place, spec));
  const scratch = mkdtempSync(join(tmpdir(), 'harness-gate-'));
  const opened = new OpenedSides(options, scratch);
  try {
    const work = { baseline, candidate, speedBaseline, specs };
    return await judged(options, work, opened);
  } finally {
    opened.release();
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Work {
  readonly baseline: Side;
  readonly candidate: Side;
  readonly speedBaseline: Side;
  readonly specs: readonly string[];
}

async function judged(options: GateOptions, work: Work, opened: OpenedSides): Promise<GateResult> {
  const { baseline, candidate } = work;
  const quality = options.only === 'speed' ? noComparison : await gateQuality(work, opened);
  const speed =
    options.only === 'quality'
      ? { drafts: [], candidate: [] }
      : await gateSpeed({ baseline: work.speedBaseline, candidate }, options, opened);
  const findings = judge([...quality.drafts, ...speed.drafts]);
  return {
    verdict: verdictOf(findings),
    findings,
    baseline: about(baseline),
    candidate: about(candidate),
    notes: [...notesOn(work), ...quality.notes],
    level: gateLevel,
    power: statedPower,
    falseAlarms: simulateFalseAlarms(findings),
    samples: samplesOf(candidate, quality.candidate, speed.candidate),
  };
}

const about = ({ name, commit, changedFiles }: Side): GateResult['baseline'] => ({ name, commit, changedFiles });

function notesOn({ baseline, candidate, speedBaseline }: Work): readonly string[] {
  const dirty = [baseline, candidate].filter(({ changedFiles }) => changedFiles > 0);
  return [
    ...dirty.map(({ name, changedFiles }) => `${name}: ${plural(changedFiles, 'file')} not as in its commit.`),
    ...(speedBaseline === baseline ? [] : [`Speed is compared with ${speedBaseline.name}.`]),
  ];
}

function samplesOf({ commit, changedFiles }: Side, quality: QualitySamples, speed: readonly SpeedRun[]): Samples {
  return { samplesVersion, commit, changedFiles, accepted: [], ...quality, speed: [...speed] };
}

interface QualityComparison {
  readonly drafts: readonly Draft[];
  readonly candidate: QualitySamples;
  readonly notes: readonly string[];
}

const noComparison: QualityComparison = { drafts: [], candidate: noQuality, notes: [] };

async function gateQuality({ baseline, candidate, specs }: Work, opened: OpenedSides): Promise<QualityComparison> {
  const asked = specs.length > 0 ? specs : (baseline.samples?.experiments ?? []).map(({ spec }) => spec);
  if (asked.length === 0 && candidate.samples === null)
    return { ...noComparison, notes: ['Quality was not judged: no experiment was named (--experiment).'] };
  const now = await qualityOf(candidate, asked, opened);
  const before = await qualityOf(baseline, asked, opened);
  const names = new Set(now.experiments.map(({ name }) => name));
  const isAsked = ({ name, spec }: { readonly name: string; readonly spec: string }): boolean =>
    specs.length === 0 || names.has(name) || specs.includes(spec);
  const left = new Set(before.experiments.filter(isAsked).map(({ name }) => name));
  const shown = { ...before, quality: before.quality.filter(({ experiment }) => left.has(experiment)) };
  return { drafts: compareQuality(shown, now), candidate: now, notes: [] };
}

async function qualityOf(side: Side, specs: readonly string[], opened: OpenedSides): Promise<QualitySamples> {
  if (side.samples !== null) return side.samples;
  const { program } = await opened.of(side);
  return await measureQuality(program, { specs, name: side.name }, opened.measuring);
}

/** Sides that were built, each once, and released together. */
export class OpenedSides {
  readonly measuring: Measuring;
  readonly #opened = new Map<Side, OpenSide>();

  constructor({ signal, onStep }: GateOptions, scratch: string) {
    this.measuring = { signal, onStep, scratch };
  }

  /** The side can be opened. */
  async of(side: Side): Promise<OpenSide> {
    const known = this.#opened.get(side);
    if (known !== undefined) return known;
    if (side.open === null) throw new Error(`${side.name} cannot be built`);
    const folder = join(this.measuring.scratch, `side-${this.#opened.size + 1}`);
    const opened = await side.open({ ...this.measuring, folder });
    this.#opened.set(side, opened);
    return opened;
  }

  release(): void {
    for (const side of this.#opened.values()) side.release();
  }
}
