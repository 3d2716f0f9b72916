/**
 * Arithmetic that differs by more than rounding is identity, for the stages that it computes and what stands on them.
 */
import { describe, expect, it } from 'vitest';
import { backendOf, native, type Backend } from '../../harness/backends/index.ts';
import { planExperiment, type Plan, type StageName } from '../../harness/plan/index.ts';
import { baseText, valid } from '../spec/base-experiment.ts';
import { fixedInputs, fingerprints, planOf } from './plan-of.ts';

const serving = (numerics: string | null, kinds: readonly StageName[]): Backend => ({
  name: 'other',
  numerics,
  serves: (kind) => kinds.some((one) => one === kind),
  command: () => [],
});

function planWith(backend: Backend, chosen = 'other'): Plan {
  const numericsOf = (stage: string): string | null => backendOf(stage, chosen, [native, backend]).numerics;
  return planExperiment(valid(baseText), { ...fixedInputs, numericsOf });
}

const ours = fingerprints(planOf(baseText));
/** Kinds of the stages whose identity is another than ours. */
function moved(plan: Plan): readonly StageName[] {
  return [
    ...new Set(plan.stages.filter(({ fingerprint }) => !ours.has(fingerprint)).map(({ kind }) => kind)),
  ].toSorted();
}

describe('numerics of a backend', () => {
  it.each([
    [['evaluate'], ['evaluate']],
    [['baseline'], ['baseline']],
    [['finetune'], ['evaluate', 'finetune']],
    [['decay'], ['baseline', 'decay', 'evaluate', 'finetune']],
    [['pretrain'], ['baseline', 'decay', 'evaluate', 'finetune', 'pretrain']],
  ] as const)('of a backend for %j move these, and what stands on them, and no other stage', (served, expected) => {
    expect(moved(planWith(serving('bf16-matmul', served)))).toEqual(expected);
  });

  it('are named in the configs of the stages that are served, and in no other', () => {
    const plan = planWith(serving('bf16-matmul', ['finetune', 'evaluate']));
    const named = plan.stages.filter(({ config }) => 'numerics' in config && config.numerics !== null);
    expect(new Set(named.map(({ kind }) => kind))).toEqual(new Set(['finetune', 'evaluate']));
  });

  it('are no identity where nothing is computed: data are the same whoever prepares them', () => {
    expect(moved(planWith(serving('bf16-matmul', ['corpus', 'tokenizer', 'pairs', 'task', 'select'])))).toEqual([]);
  });

  it('change nothing where they are ours up to rounding, or where the backend is not chosen', () => {
    const all = ['pretrain', 'decay', 'finetune', 'baseline', 'evaluate'] as const;
    expect(moved(planWith(serving(null, all)))).toEqual([]);
    expect(moved(planWith(serving('bf16-matmul', all), 'native'))).toEqual([]);
  });

  it('tell two kinds of arithmetic apart', () => {
    const [a, b] = ['bf16-matmul', 'tf32'].map((numerics) => fingerprints(planWith(serving(numerics, ['evaluate']))));
    expect([...(a ?? [])].filter((one) => b?.has(one) !== true)).toHaveLength(2); // one a seed
  });
});
