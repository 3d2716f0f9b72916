/**
 * Arithmetic that differs by more than rounding is identity, for the stages that it computes and what stands on them.
 */
import { describe, expect, it } from 'vitest';
import { backendOf, backends, native, numericsOf, requireBackend, type Backend } from '../../harness/backends/index.ts';
import { planExperiment, type Plan, type StageName } from '../../harness/plan/index.ts';
import { baseText, errorLines, valid, withSweep } from '../spec/base-experiment.ts';
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

describe('numerics that a trial asks for', () => {
  const asked = (text: string, chosen = 'torch'): Plan =>
    planExperiment(valid(text), {
      ...fixedInputs,
      numericsOf: (stage, numerics) => numericsOf(stage, numerics, { chosen, registered: backends }),
    });
  const bfloat16 = `${baseText}numerics: bfloat16\n`;

  it('move what is trained and scored, and neither data nor anything in float32', () => {
    expect(moved(asked(bfloat16))).toEqual(['baseline', 'decay', 'evaluate', 'finetune', 'pretrain']);
    expect(moved(asked(`${baseText}numerics: float32\n`))).toEqual([]);
    expect(moved(asked(baseText, 'native'))).toEqual([]);
  });

  it('can be an axis: trials that differ in it share their data', () => {
    const plan = asked(withSweep('numerics: [float32, bfloat16]'));
    expect(plan.trials).toHaveLength(4); // two seeds
    expect(new Set(plan.trials.map(({ axes }) => axes.declared['numerics']))).toEqual(new Set(['float32', 'bfloat16']));
    const count = (kind: StageName): number => plan.stages.filter((stage) => stage.kind === kind).length;
    expect([count('pairs'), count('task'), count('pretrain'), count('finetune')]).toEqual([1, 1, 4, 4]);
  });

  it('are refused where the backend does not compute in them, with those that do', () => {
    expect(() => asked(bfloat16, 'native')).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(/^numerics: bfloat16 is not what the backend native computes in/),
        hint: 'Set numerics: float32, or execution.backend: torch.',
      }),
    );
  });

  it('stand behind the name of a backend that has arithmetic of its own', () => {
    const own: Backend = { ...serving('tf32', ['finetune']), computesIn: ['float32', 'bfloat16'] };
    const of = (numerics: 'float32' | 'bfloat16'): string | null =>
      numericsOf('finetune', numerics, { chosen: 'other', registered: [native, own] });
    expect([of('float32'), of('bfloat16')]).toEqual(['tf32', 'tf32 bfloat16']);
  });
});

describe('ranks', () => {
  it('are no identity', () => {
    const ranks = '{backend: torch, ranksPerNode: 8, nodes: 2, launcher: slurm, torch: {packed: true}}';
    expect(moved(planOf(`${baseText}execution: ${ranks}\n`))).toEqual([]);
  });

  it('are refused on several nodes without a launcher that starts them', () => {
    expect(errorLines(`${baseText}execution: {nodes: 2}\n`)).toEqual([
      'x.yaml:35:20: execution.nodes: expected 1 with the launcher local (launcher: slurm starts several), found 2',
    ]);
  });

  it('are refused with the backend native', () => {
    const chosen = { backend: 'native', nodes: 1, ranksPerNode: 2 };
    expect(() => requireBackend(chosen)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: 'execution.ranksPerNode: expected 1 with the backend native, found 2',
        hint: expect.stringContaining('backend: torch'),
      }),
    );
    expect(() => requireBackend({ ...chosen, backend: 'torch' })).not.toThrow();
  });
});
