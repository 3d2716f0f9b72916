import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planExperiment, type Plan } from '../../harness/plan/index.ts';
import { experimentOrThrow, loadExperiment } from '../../harness/spec/index.ts';
import { format } from '../spec/base-experiment.ts';
import { fixedInputs } from './plan-of.ts';

const folder = path.resolve(import.meta.dirname, '../../experiments');
const ablations = readdirSync(path.join(folder, 'ablations')).filter((file) => file !== 'profile.yaml');
const files = [...readdirSync(folder), ...ablations.map((file) => `ablations/${file}`)].filter((file) =>
  file.endsWith('.yaml'),
);
const largestGolden = 150_000;

/**
 * One line a stage: [id, steps, train FLOPs]; one line an arm; so that the diff of a change shows what it will cost.
 */
function compact(plan: Plan): string {
  const stages = plan.stages.map(({ id, cost }) =>
    JSON.stringify([id, cost.steps, cost.trainFlops === null ? null : Number(cost.trainFlops.toPrecision(3))]),
  );
  const arms = [...new Set(plan.trials.map(({ axes }) => axes.arm))].map(
    (arm) => `${JSON.stringify(arm)}: ${plan.trials.filter(({ axes }) => axes.arm === arm).length}`,
  );
  return (
    `{\n"experiment": ${JSON.stringify(plan.experiment)},\n"trials": {${arms.join(', ')}},\n"firstTrials": ` +
    `${JSON.stringify(plan.trials.slice(0, 5).map(({ id }) => id))},\n"excluded": ` +
    `${plan.excluded.length},\n"duplicates": ${plan.duplicates},\n"stages": [\n${stages.join(',\n')}\n]\n}\n`
  );
}

describe.each(files)('experiments/%s', (file) => {
  it('plans to what is committed (rewrite it with UPDATE_GOLDEN=1)', () => {
    const { spec } = experimentOrThrow(loadExperiment(path.join(folder, file), format));
    const text = compact(planExperiment(spec, fixedInputs));
    const golden = path.resolve(import.meta.dirname, 'golden', file.replace('/', '-').replace(/\.yaml$/, '.json'));
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
    expect(text.length).toBeLessThan(largestGolden);
  });
});
