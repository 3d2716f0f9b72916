/**
 * The pilot of an experiment: the two sides of its claim, at every model and sample size that has both, on seeds that
 * the experiment does not use. It is an experiment of its own, so that it is swept, continued and recorded as any
 * other; what does not hang on the seed has the same fingerprint in both. Pure.
 */
import { claimProblems, comparedBy } from './claim.ts';
import type { ClaimSpec } from './claim-schema.ts';
import { expandSweep, type Expansion } from './expand-sweep.ts';
import type { LeftOutPoint } from './exclude.ts';
import type { SweepSpec } from './experiment-schema.ts';
import type { ExperimentFormat, ExperimentSpec } from './format.ts';
import type { SweepPoint } from './sweep-point.ts';
import { UserError } from './user-error.ts';

export interface Pilot {
  readonly spec: ExperimentSpec;
  readonly claim: ClaimSpec;
  readonly task: string;
  /** Seeds of the experiment that have both sides of the claim at all its models and sample sizes. */
  readonly seedsOfClaim: readonly number[];
}

/** Far from the seeds that people write. */
const firstPilotSeed = 1001;

/** @throws UserError (2) where the experiment makes no claim, or none that its sweep can answer. */
export function pilotOf(spec: ExperimentSpec, format: ExperimentFormat, seeds: number): Pilot {
  const expansion = expandSweep(spec, format);
  const claim = answerableClaim(spec, expansion, format);
  const compared = comparedPoints(expansion.points, claim);
  const [first] = compared;
  if (first === undefined) throw noPilot(`${spec.name}: no model and sample size has both sides of the claim`);
  return {
    spec: {
      ...spec,
      name: `${spec.name}-noise`,
      question: `How far do seeds differ in the claim of ${spec.name}? A pilot on seeds of its own.`,
      seeds: pilotSeeds(spec, seeds),
      model: withOneName(spec.model, compared, 'model'),
      task: withOneName(spec.task, compared, 'task'),
      sweep: { ...spec.sweep, exclude: allBut(compared, expansion) },
      // A claim here would be judged on the pilot, which is made to know the noise and nothing else.
      report: { title: null, claim: null },
    },
    // The pilot has none of the points that the claim must survive at: it measures the noise of the first contrast.
    claim: { ...claim, survives: null },
    task: first.axes.task,
    seedsOfClaim: spec.seeds.filter((seed) => compared.every(({ excludedSeeds }) => !excludedSeeds.has(seed))),
  };
}

function answerableClaim(
  { name, report: { claim } }: ExperimentSpec,
  { points }: Expansion,
  { kinds: { metrics } }: ExperimentFormat,
): ClaimSpec {
  if (claim === null) {
    const arms = unique(points.map(({ axes }) => axes.arm)).join(', ');
    throw noPilot(
      `${name} makes no claim: nothing says which difference its seeds have to show`,
      `Write one under report, such as claim: {treatment: pmp, reference: lm-equal-tokens}. The arms are ${arms}.`,
    );
  }
  const [problem] = claimProblems(claim, { points, metrics });
  if (problem === undefined) return claim;
  const { path, expected, found, suggestion } = problem;
  throw noPilot(`${name}: ${path}: expected ${expected}, found ${found}`, suggestion);
}

function noPilot(message: string, hint = 'Change report.claim, or what the sweep leaves out.'): UserError {
  return new UserError(message, { exitCode: 2, hint });
}

/** As the report compares: the treatment at its budget, the reference at the same one or else at its largest. */
function comparedPoints(points: readonly SweepPoint[], claim: ClaimSpec): readonly SweepPoint[] {
  const of = (arm: string): readonly SweepPoint[] => comparedBy(claim, points).filter(({ axes }) => axes.arm === arm);
  const [treatments, references] = [of(claim.treatment), of(claim.reference)];
  const budget = claim.pretrainPairs ?? largestBudget(treatments);
  const hasEqual = references.some(({ axes }) => axes.pretrainPairs === budget);
  const first = atBudget(treatments, budget);
  const second = atBudget(references, hasEqual ? budget : largestBudget(references));
  const [firstPlaces, secondPlaces] = [new Set(first.map(placeOf)), new Set(second.map(placeOf))];
  return [...first, ...second].filter((point) => {
    const place = placeOf(point);
    return firstPlaces.has(place) && secondPlaces.has(place);
  });
}

const largestBudget = (points: readonly SweepPoint[]): number =>
  Math.max(...points.map(({ axes }) => axes.pretrainPairs));

const atBudget = (points: readonly SweepPoint[], budget: number): readonly SweepPoint[] =>
  points.filter(({ axes }) => axes.pretrainPairs === budget);

const placeOf = ({ axes: { model, samples } }: SweepPoint): string => JSON.stringify([model, samples]);

function pilotSeeds({ seeds, select }: ExperimentSpec, wanted: number): number[] {
  const taken = new Set([...seeds, ...[select?.seed ?? []].flat()]);
  const found: number[] = [];
  for (let seed = firstPilotSeed; found.length < wanted; seed++) if (!taken.has(seed)) found.push(seed);
  return found;
}

/**
 * A path axis names its tasks and models only while there are several of them. The one that is left keeps the name it
 * has in the experiment: that is part of its identity.
 */
function withOneName<Section extends { readonly name: string } | null>(
  section: Section,
  compared: readonly SweepPoint[],
  which: 'model' | 'task',
): Section {
  const [name, ...others] = unique(compared.map(({ spec }) => spec[which].name));
  return section === null || name === undefined || others.length > 0 ? section : { ...section, name };
}

type Labels = Readonly<Record<string, string | number>>;

/**
 * Rules that leave the compared points, in the author's own labels: canonical names may change with what is left out.
 * A label that none of them has is a rule for its axis; any other point is named whole.
 */
function allBut(compared: readonly SweepPoint[], { points, excluded }: Expansion): SweepSpec['exclude'] {
  const kept = compared.map(({ declared }) => declared);
  const keptKeys = new Set(kept.map(keyOf));
  const all = [...points.map(({ declared }) => declared), ...excluded.map(withoutSeed)];
  const others = all.filter((labels) => !keptKeys.has(keyOf(labels)));
  const ofAxes = Object.keys(kept[0] ?? {}).flatMap((axis) => {
    const labels = unique(others.map((one) => one[axis] as string | number));
    const lost = labels.filter((label) => !kept.some((one) => one[axis] === label));
    return lost.length === 0 ? [] : [{ [axis]: lost }];
  });
  const single = others.filter((one) => !ofAxes.some((rule) => isLeftOut(one, rule)));
  return [...ofAxes, ...new Map(single.map((one) => [keyOf(one), { ...one }])).values()];
}

/** A rule may leave out a point at one seed only. */
const withoutSeed = ({ axes }: LeftOutPoint): Labels =>
  Object.fromEntries(Object.entries(axes).filter(([axis]) => axis !== 'seed'));

const isLeftOut = (labels: Labels, rule: Readonly<Record<string, readonly (string | number)[]>>): boolean =>
  Object.entries(rule).some(([axis, lost]) => lost.includes(labels[axis] as string | number));

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels));

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
