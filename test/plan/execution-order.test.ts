/** The order in which stages are run: laws for every shipped experiment, and what it is for. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { endTimes, executionOrder, planExperiment, type Plan, type PlannedStage } from '../../harness/plan/index.ts';
import { experimentOrThrow, loadExperiment } from '../../harness/spec/index.ts';
import { fixedInputs, planOf } from './plan-of.ts';
import { baseText, format } from '../spec/base-experiment.ts';

const folder = path.resolve(import.meta.dirname, '../../experiments');
const shipped = (file: string): Plan =>
  planExperiment(experimentOrThrow(loadExperiment(path.join(folder, file), format)).spec, fixedInputs);

/** 100 GFLOP/s, and something for the stages that train nothing. */
const secondsOf = ({ cost }: PlannedStage): number => 0.2 + (cost.trainFlops ?? 0) / 1e11;

interface Timeline {
  readonly total: number;
  /** Until one comparison of all arms, at one model, task, sample size and seed. */
  readonly firstComparison: number;
}

function timeline(plan: Plan, stages: readonly PlannedStage[], workers: number): Timeline {
  const ends = endTimes(stages, workers, secondsOf);
  const groups = new Map<string, number[]>();
  for (const { seed, axes, evaluate, baseline } of plan.trials) {
    const key = JSON.stringify([seed, axes.model, axes.task, axes.samples]);
    groups.set(key, [...(groups.get(key) ?? []), Math.max(ends.get(evaluate) ?? NaN, ends.get(baseline) ?? NaN)]);
  }
  return {
    total: Math.max(...ends.values()),
    firstComparison: Math.min(...[...groups.values()].map((done) => Math.max(...done))),
  };
}

describe.each(readdirSync(folder).filter((file) => file.endsWith('.yaml')))('experiments/%s', (file) => {
  const plan = shipped(file);
  const order = executionOrder(plan);

  it('has every stage once, and its inputs before it', () => {
    expect(new Set(order)).toEqual(new Set(plan.stages));
    expect(order).toHaveLength(plan.stages.length);
    const position = new Map(order.map(({ id }, index) => [id, index]));
    for (const { id, inputs } of order)
      for (const input of Object.values(inputs)) expect(position.get(input)).toBeLessThan(position.get(id) ?? -1);
  });

  // Handing out a list to several workers has anomalies of a few percent (Graham 1969, Bounds on Multiprocessing Timing
  // Anomalies). The largest of the shipped experiments is 1.6 % (scale-overnight.yaml, 4 workers).
  it.each([1, 2, 4])('takes no longer with %d workers than the order of the plan, and compares sooner', (workers) => {
    const [planned, ordered] = [timeline(plan, plan.stages, workers), timeline(plan, order, workers)];
    expect(ordered.total).toBeLessThan(1.02 * planned.total);
    expect(ordered.firstComparison).toBeLessThan(1.03 * planned.firstComparison);
  });
});

describe('executionOrder', () => {
  it('has the first comparison of the main experiment in half the time', () => {
    const plan = shipped('scale.yaml');
    const [planned, ordered] = [timeline(plan, plan.stages, 2), timeline(plan, executionOrder(plan), 2)];
    expect(ordered.firstComparison).toBeLessThan(0.5 * planned.firstComparison);
  });

  it('begins with the longest pretraining of the first seed, and keeps stages that no trial needs', () => {
    const plan = planOf(baseText);
    const spare = { ...(plan.stages[0] as PlannedStage), id: 'corpus-spare', inputs: {} };
    const order = executionOrder({ trials: plan.trials, stages: [spare, ...plan.stages] });
    expect(order.at(-1)).toBe(spare);
    const first = order.find(({ kind }) => kind === 'pretrain');
    expect(first?.config).toMatchObject({ seed: plan.trials[0]?.seed });
  });
});
