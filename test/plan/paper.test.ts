import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInKinds } from '../../harness/kinds/index.ts';
import {
  absentFrom,
  planExperiment,
  planInputs,
  pricePlan,
  type Plan,
  type PlanPrice,
} from '../../harness/plan/index.ts';
import { experimentFormat, experimentOrThrow, loadExperiment, type ExperimentSpec } from '../../harness/spec/index.ts';
import { fixedInputs, stagesOf } from './plan-of.ts';

const folder = path.resolve(import.meta.dirname, '../../experiments/paper');
const golden = path.resolve(import.meta.dirname, 'golden/paper.json');
const kinds = { ...builtInKinds, withoutData: true };

interface Priced {
  readonly spec: ExperimentSpec;
  readonly plan: Plan;
  readonly price: PlanPrice;
}

const planned = new Map<string, Priced>();

/** The experiment as `harness plan` sees it where none of its data are here. */
function priced(file: string): Priced {
  const known = planned.get(file);
  if (known !== undefined) return known;
  const { spec } = experimentOrThrow(loadExperiment(path.join(folder, file), experimentFormat(kinds)));
  const plan = planExperiment(spec, planInputs(kinds));
  const price = pricePlan(plan, spec.execution);
  if (price === null) throw new Error(`${file} names no accelerator`);
  planned.set(file, { spec, plan, price });
  return { spec, plan, price };
}

const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

describe.each(files)('experiments/paper/%s', (file) => {
  it('plans and prices without its data to what is committed (rewrite it with UPDATE_GOLDEN=1)', () => {
    const { plan, price } = priced(file);
    // Different data that are not here stay different.
    expect(plan.duplicates).toBe(0);
    const cost = {
      trials: plan.trials.length,
      stages: plan.stages.length,
      trained: plan.stages.filter(({ cost: { steps } }) => steps !== null).length,
      flops: price.flops.toExponential(2),
      cardHours: Number(price.hours.toPrecision(4)),
      memoryGigabytes: Number((price.memoryBytes / 1e9).toFixed(1)),
      keptGigabytes: Math.round(price.keptBytes / 1e9),
    };
    const all = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, object>;
    if (process.env['UPDATE_GOLDEN'] === '1') {
      const entries = Object.entries({ ...all, [file]: cost }).filter(([name]) => files.includes(name));
      const lines = entries.toSorted().map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
      writeFileSync(golden, `{\n${lines.join(',\n')}\n}\n`);
    } else expect(cost).toEqual(all[file]);
  });

  it('says what is not here, and nothing that lies elsewhere', () => {
    const { spec } = priced(file);
    const absent = absentFrom(spec, kinds);
    expect(absent.length).toBeGreaterThan(0);
    for (const line of absent) expect(line).toContain(folder);
  });

  it('fits its accelerators', () => {
    const { price } = priced(file);
    for (const [id, { training }] of price.stages) expect(training?.fits ?? true, id).toBe(true);
  });
});

const partsOfExperiments = new Set(['profile.yaml', 'tasks.yaml']);
const profiles = readdirSync(path.join(folder, 'two-cores')).filter((file) => !partsOfExperiments.has(file));

it('has a profile for two cores of each', () => {
  expect(profiles).toEqual(files);
});

describe.each(profiles)('experiments/paper/two-cores/%s', (file) => {
  const { spec } = experimentOrThrow(
    loadExperiment(path.join(folder, 'two-cores', file), experimentFormat(builtInKinds)),
  );
  const plan = planExperiment(spec, fixedInputs);

  it('has the stages of the experiment that it stands for', () => {
    const { plan: paper } = priced(file);
    const kindsIn = ({ stages }: Plan): string[] => [...new Set(stages.map(({ kind }) => kind))].sort();
    expect(kindsIn(plan)).toEqual(expect.arrayContaining(kindsIn(paper)));
    expect(new Set(plan.trials.map(({ axes }) => axes.arm))).toEqual(new Set(paper.trials.map(({ axes }) => axes.arm)));
  });

  it('keeps the losses and the schedules, and is small', () => {
    const { plan: paper } = priced(file);
    const trained = (one: Plan): ReadonlySet<string> =>
      new Set(
        stagesOf(one, 'pretrain').map(({ config: { objective, schedule } }) =>
          JSON.stringify([objective, schedule.kind, 'decayFraction' in schedule && schedule.decayShape]),
        ),
      );
    for (const one of trained(paper)) expect(trained(plan)).toContain(one);
    const flops = plan.stages.reduce((sum, { cost }) => sum + (cost.trainFlops ?? 0), 0);
    expect(flops).toBeLessThan(2e12);
  });
});
