import { parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import { planExperiment, type Plan } from '../../harness/plan/index.ts';
import { baseText, edited, valid, withSweep } from '../spec/base-experiment.ts';
import { fingerprints, fixedInputs, kindsOf, planOf, stageOf, stagesOf } from './plan-of.ts';

/** The same YAML with the keys of every map the other way round. */
function reversed(text: string): string {
  const turn = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turn)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, item]) => [key, turn(item)]),
          )
        : value;
  return JSON.stringify(turn(parseDocument(text).toJS()));
}

describe('a plan', () => {
  it('does not depend on the order of keys', () => {
    expect(planOf(reversed(baseText))).toEqual(planOf(baseText));
  });

  it.each([
    'execution.workers=9',
    'execution.threads=3',
    'execution.checkpointEverySeconds=1',
    'report.title=Other',
    'question=Other',
  ])('has the same fingerprints with %s', (override) => {
    expect([...fingerprints(planOf(baseText, [override]))]).toEqual([...fingerprints(planOf(baseText))]);
  });

  it('spells trials and stages of a renamed experiment the same way, but for the trial ids', () => {
    const [before, after] = [planOf(baseText), planOf(baseText, ['name=renamed'])];
    expect(after.stages).toEqual(before.stages);
    expect(after.trials.map(({ id }) => id)).not.toEqual(before.trials.map(({ id }) => id));
  });

  // Field, a new value, and the first stage kinds that must change; all that follow from them change too.
  it.each([
    ['corpus.maxCharacters', '300', 'corpus'],
    ['corpus.minCharacters', '50', 'corpus'],
    ['corpus.heldOutFunctions', '7', 'corpus'],
    ['tokenizer.vocabSize', '500', 'tokenizer'],
    ['pairs.mutantsPerFunction', '2', 'pairs'],
    ['pairs.maxEdits', '2', 'pairs'],
    ['pairs.seed', '5', 'pairs'],
    ['model.contextLength', '128', 'pairs'],
    ['model.responseEnd', 'none', 'pairs'],
    ['model.hiddenSize', '64', 'pretrain'],
    ['model.layers', '2', 'pretrain'],
    ['model.rewardPooling', 'mean', 'pretrain'],
    ['model.initStandardDeviation', '0.01', 'pretrain'],
    ['pretrain.objective.lmWeight', '0.5', 'pretrain'],
    ['pretrain.objective.pairwiseWeight', '2', 'pretrain'],
    ['pretrain.budget.pairs', '320', 'pretrain'],
    ['pretrain.pairsPerStep', '8', 'pretrain'],
    ['pretrain.optimizer.learningRate', '2e-3', 'pretrain'],
    ['pretrain.optimizer.clipNorm', 'null', 'pretrain'],
    ['pretrain.schedule.decayFraction', '0.3', 'pretrain'],
    ['pretrain.schedule.warmup.steps', '1', 'pretrain'],
    ['task.difficulty', '2', 'task'],
    ['task.testPairs', '50', 'task'],
    ['task.seed', '3', 'task'],
    ['finetune.samples', '16', 'finetune'],
    ['finetune.steps', '11', 'finetune'],
    ['finetune.objective.lmWeight', '1', 'finetune'],
    ['finetune.optimizer.weightDecay', '0', 'finetune'],
    ['finetune.schedule.warmup.fraction', '0.2', 'finetune'],
    ['evaluate.bestOf', '1', 'evaluate'],
  ] as const)('changes with %s from the %s stage on, and not before', (path, value, first) => {
    const order = ['corpus', 'tokenizer', 'pairs', 'task', 'pretrain', 'decay', 'finetune', 'evaluate'] as const;
    const follows = {
      corpus: order,
      tokenizer: order.slice(1),
      pairs: ['pairs', 'pretrain', 'decay', 'finetune', 'evaluate'],
      pretrain: order.slice(4),
      task: ['task', 'finetune', 'evaluate'],
      finetune: ['finetune', 'evaluate'],
      evaluate: ['evaluate'],
      decay: [],
    } as const;
    const [before, after] = [planOf(baseText), planOf(baseText, [`${path}=${value}`])];
    const changed = order.filter((kind) =>
      stagesOf(before, kind).some(({ fingerprint }) => !fingerprints(after).has(fingerprint)),
    );
    // What bears on token ids changes pairs and tasks alike.
    const isEncoding = path === 'model.contextLength' || path === 'model.responseEnd';
    const expected = isEncoding ? order.slice(2) : follows[first];
    expect(changed).toEqual(expected);
  });

  it('changes with the digests it is given', () => {
    const spec = valid(baseText);
    const other = planExperiment(spec, { ...fixedInputs, digestOf: ({ kind }) => (kind === 'npm' ? 'ff' : null) });
    expect([...fingerprints(other)].filter((one) => fingerprints(planOf(baseText)).has(one))).toEqual([]);
    const task = planExperiment(spec, {
      ...fixedInputs,
      digestOf: (kind, section) => (kind.kind === 'generated' ? 'aa' : fixedInputs.digestOf(kind, section)),
    });
    expect(stagesOf(task, 'task')[0]?.fingerprint).not.toBe(stagesOf(planOf(baseText), 'task')[0]?.fingerprint);
    expect(stagesOf(task, 'pretrain')[0]?.fingerprint).toBe(stagesOf(planOf(baseText), 'pretrain')[0]?.fingerprint);
  });

  it('lists inputs before those who use them, and ends each trial with its test evaluation', () => {
    const plan = planOf(
      withSweep('pretraining:\n  scratch: {pretrain.objective: {kind: none}}\n  pmp: {}\nfinetune.samples: [16, 32]'),
    );
    const position = new Map(plan.stages.map(({ id }, index) => [id, index]));
    for (const { id, inputs } of plan.stages)
      for (const input of Object.values(inputs)) expect(position.get(input)).toBeLessThan(position.get(id) ?? -1);
    for (const trial of plan.trials) {
      expect(trial.stages.at(-1)).toBe(trial.evaluate);
      expect(stageOf(plan, trial.evaluate).config).toMatchObject({ split: 'test' });
      expect(trial.stages).toContain(trial.baseline);
    }
  });

  it('runs seed by seed, then in the order of the axes', () => {
    const plan = planOf(withSweep('finetune.steps: [5, 6]\nfinetune.samples: [16, 32]'));
    expect(plan.trials.map(({ seed, axes }) => [seed, ...Object.values(axes.declared)])).toEqual([
      [1, 5, 16],
      [1, 5, 32],
      [1, 6, 16],
      [1, 6, 32],
      [2, 5, 16],
      [2, 5, 32],
      [2, 6, 16],
      [2, 6, 32],
    ]);
  });

  it('starts scratch trials from nothing: no pairs, no backbone', () => {
    const plan = planOf(edited(['kind: pmp', 'kind: none']));
    expect(kindsOf(plan, plan.trials[0])).toEqual([
      'corpus',
      'tokenizer',
      'task',
      'contamination',
      'ranker',
      'baseline',
      'finetune',
      'evaluate',
    ]);
    expect(stagesOf(plan, 'finetune').map(({ inputs }) => Object.keys(inputs))).toEqual([
      ['task', 'contamination'],
      ['task', 'contamination'],
    ]);
  });

  it('scores a preference-pretrained head without finetuning, and no other', () => {
    const plan = planOf(
      withSweep('k:\n  none: {pretrain.objective: {kind: none}}\n  lm: {pretrain.objective: {kind: lm}}\n  pmp: {}'),
      ['seeds=1'],
    );
    expect(stagesOf(plan, 'baseline').map(({ config }) => config.zeroShot)).toEqual([false, false, true]);
  });

  it('keeps trials that are one once: two spellings of a number, and scratch at two budgets', () => {
    const spelled = planOf(withSweep('finetune.optimizer.learningRate: [1e-6, 0.000001, 2e-6]'));
    expect([spelled.trials.length, spelled.duplicates]).toEqual([4, 2]);
    const scratch = planOf(
      withSweep('pretrain.budget: [{pairs: 160}, {pairs: 320}]').replace('kind: pmp', 'kind: none'),
    );
    expect([scratch.trials.length, scratch.duplicates]).toEqual([2, 2]);
  });

  it('leaves single seeds out', () => {
    const plan = planOf(withSweep('finetune.samples: [16, 32]', '  exclude: [{samples: 16, seed: 2}]\n'));
    expect(plan.trials.map(({ seed, axes }) => [seed, axes.samples])).toEqual([
      [1, 16],
      [1, 32],
      [2, 32],
    ]);
    expect(plan.excluded.length).toBe(1);
  });
});

describe('select', () => {
  const text = withSweep(
    'pretraining:\n  scratch: {pretrain.objective: {kind: none}}\n  small: {pretrain.budget: {pairs: ' +
      '160}}\n  large: {pretrain.budget: {pairs: 320}}\nfinetune.samples: [16, 32]',
    'select:\n  by: [arm]\n  at: {pretrain.budget: {pairs: 320}, finetune.samples: 32}\n  seed: 1\n  over: ' +
      '{finetune.optimizer.learningRate: [1e-4, 1e-3], finetune.objective.lmWeight: [0, 1]}\n',
  );
  const plan = planOf(text);

  it('has one choice an arm, over dev evaluations at `at`', () => {
    const selects = stagesOf(plan, 'select');
    expect(selects.length).toBe(2);
    for (const { config, inputs } of selects) {
      expect(config.candidates.map(({ input, values }) => [input, ...Object.values(values)])).toEqual([
        ['candidate-0', 1e-4, 0],
        ['candidate-1', 1e-4, 1],
        ['candidate-2', 1e-3, 0],
        ['candidate-3', 1e-3, 1],
      ]);
      for (const { input, values } of config.candidates) {
        const evaluate = stageOf(plan, inputs[input]);
        expect(evaluate.config).toMatchObject({ evaluate: { bestOf: [1] }, split: 'dev' });
        const finetune = stageOf(plan, evaluate.inputs['model']);
        expect(finetune.inputs['select']).toBeUndefined();
        expect(finetune.config).toMatchObject({
          seed: 1,
          selected: [],
          finetune: {
            samples: 32,
            objective: { lmWeight: values['finetune.objective.lmWeight'] },
            optimizer: { learningRate: values['finetune.optimizer.learningRate'] },
          },
        });
      }
    }
  });

  it('tunes the pretrained arm on the backbone of its seed at the number of `at`', () => {
    const pmp = stagesOf(plan, 'select')[1];
    const finetune = stageOf(plan, stageOf(plan, pmp?.inputs['candidate-0']).inputs['model']);
    expect(stageOf(plan, finetune.inputs['backbone']).config).toMatchObject({ budget: { pairs: 320 }, seed: 1 });
  });

  it('hands the choice to every trial of the arm, with the first values as placeholders', () => {
    const [scratch, pmp] = stagesOf(plan, 'select');
    for (const trial of plan.trials) {
      const finetune = stageOf(plan, stageOf(plan, trial.evaluate).inputs['model']);
      expect(finetune.inputs['select']).toBe(trial.axes.arm === 'none' ? scratch?.id : pmp?.id);
      expect(finetune.config).toMatchObject({
        selected: ['finetune.optimizer.learningRate', 'finetune.objective.lmWeight'],
        finetune: { samples: trial.axes.samples, objective: { lmWeight: 0 }, optimizer: { learningRate: 1e-4 } },
      });
      expect(trial.stages).toContain(finetune.inputs['select']);
    }
  });

  it('trains a trunk of its own for a tuning seed that is no trial seed', () => {
    const other = planOf(text.replace('seed: 1\n', 'seed: 9\n'));
    expect(stagesOf(other, 'pretrain').map(({ config }) => [config.seed, config.budget])).toEqual(
      expect.arrayContaining([[9, { pairs: 320 }]]),
    );
    expect(other.trials.map(({ seed }) => seed)).not.toContain(9);
  });

  it('does not hang on the N of best-of-N', () => {
    const other = planOf(text, ['evaluate.bestOf=1,4']);
    expect(stagesOf(other, 'finetune').map(({ id }) => id)).toEqual(stagesOf(plan, 'finetune').map(({ id }) => id));
  });
});

describe('checks of the data', () => {
  const accepting = (accept: string): Plan => planOf(baseText, [`evaluate.contamination.accept=${accept}`]);

  it('stop what is trained on the task, and bear no identity: accepting an overlap runs nothing else again', () => {
    const [strict, lenient] = [planOf(baseText), accepting('[train]')];
    const others = ({ stages }: Plan): readonly string[] =>
      stages.filter(({ kind }) => kind !== 'contamination').map(({ id }) => id);
    expect(others(lenient)).toEqual(others(strict));
    expect(stagesOf(lenient, 'contamination')[0]?.id).not.toBe(stagesOf(strict, 'contamination')[0]?.id);
    for (const { inputs } of [...stagesOf(strict, 'finetune'), ...stagesOf(strict, 'baseline')])
      expect(inputs['contamination']).toBe(stagesOf(strict, 'contamination')[0]?.id);
  });

  it('come before anything is trained', () => {
    const kinds = kindsOf(planOf(baseText), planOf(baseText).trials[0]);
    expect(kinds.indexOf('contamination')).toBeLessThan(kinds.indexOf('pretrain'));
  });

  it('rank with the samples and the seed of the trial, on the task alone, before any training', () => {
    const plan = planOf(
      withSweep('pretraining:\n  scratch: {pretrain.objective: {kind: none}}\n  pmp: {}\nfinetune.samples: [16, 32]'),
    );
    const rankers = stagesOf(plan, 'ranker');
    // Two seeds and two sizes; the arms share them.
    expect(rankers.map(({ config }) => config).toSorted((a, b) => a.seed - b.seed || a.samples - b.samples)).toEqual([
      { samples: 16, seed: 1 },
      { samples: 32, seed: 1 },
      { samples: 16, seed: 2 },
      { samples: 32, seed: 2 },
    ]);
    for (const { inputs } of rankers) expect(Object.keys(inputs)).toEqual(['task']);
    const ids = new Set(rankers.map(({ id }) => id));
    expect(plan.stages.filter(({ inputs }) => Object.values(inputs).some((input) => ids.has(input)))).toEqual([]);
    for (const trial of plan.trials) {
      const kinds = kindsOf(plan, trial);
      expect(kinds.filter((kind) => kind === 'ranker').length).toBe(1);
      expect(kinds.indexOf('ranker')).toBeLessThan(
        kinds.findIndex((kind) => kind === 'pretrain' || kind === 'finetune'),
      );
    }
  });

  it('audit the pairs once, as a leaf of every trial that is pretrained on them', () => {
    const plan = planOf(baseText);
    const [audit, ...others] = stagesOf(plan, 'audit');
    expect(others).toEqual([]);
    expect(plan.stages.filter(({ inputs }) => Object.values(inputs).includes(audit?.id ?? ''))).toEqual([]);
    for (const { stages } of plan.trials) expect(stages).toContain(audit?.id);
  });
});
