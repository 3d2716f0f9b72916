import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assert as assertProperty, nat, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentOrThrow, loadExperiment, UserError } from '../../harness/spec/index.ts';
import { baseText, edited, errorLines, parse, valid, withSweep, format } from './base-experiment.ts';

describe('parseExperiment', () => {
  it('fills every default and freezes all of it', () => {
    const spec = valid(baseText);
    expect(spec.pretrain).toEqual({
      objective: { kind: 'pmp', pairwiseWeight: 1, lmWeight: 1, rewardCentering: null, margin: null },
      budget: { pairs: 160 },
      pairsPerStep: 16,
      pairsPerMicroBatch: null,
      sharePrompts: null,
      optimizer: {
        kind: 'adamw',
        learningRate: 0.001,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0.1,
        clipNorm: 1,
        momentStorage: null,
        ema: null,
      },
      schedule: { kind: 'wsd', warmup: { steps: 2 }, decayFraction: 0.2, decayShape: null },
    });
    expect(spec.execution).toEqual({
      workers: 2,
      threads: 1,
      device: 'cpu',
      backend: 'native',
      checkpointEverySeconds: 30,
      nodes: 1,
      ranksPerNode: 1,
      launcher: 'local',
      torch: {
        sharding: 'replicated',
        gradientCheckpointing: false,
        packed: false,
        compile: false,
        tokensAtOnce: null,
        peakFlops: null,
        joinTimeoutSeconds: 300,
      },
      accelerator: null,
      mfu: null,
      stageTimeoutSeconds: null,
      stuckAfterSeconds: null,
      retries: { oom: 1, timeout: 0, stuck: 1, infrastructure: 1, bug: 0 },
      slurm: {
        partition: null,
        account: null,
        time: null,
        cpusPerTask: null,
        memory: null,
        gpusPerNode: null,
        extra: [],
        saveSeconds: 120,
        pollSeconds: 5,
      },
    });
    expect(() => {
      (spec.pretrain.optimizer as { learningRate: number }).learningRate = 1;
    }).toThrow(TypeError);
    expect(() => {
      (spec.seeds as number[]).push(3);
    }).toThrow(TypeError);
  });

  it('says where each value is written, and nothing of defaults', () => {
    const result = parse(baseText);
    expect(result.ok && result.origins.get('finetune.optimizer.learningRate')).toEqual({
      file: 'x.yaml',
      line: 32,
      column: 42,
    });
    expect(result.ok && result.origins.get('seeds[1]')).toEqual({ file: 'x.yaml', line: 4, column: 12 });
    expect(result.ok && result.origins.has('finetune.optimizer.beta1')).toBe(false);
  });

  it('follows anchors', () => {
    const spec = valid(
      edited(
        [
          'optimizer: {kind: adamw, learningRate: 1e-3}\n  schedule: {kind: wsd',
          'optimizer: &adam {kind: adamw, learningRate: 5e-4}\n  schedule: {kind: wsd',
        ],
        ['{kind: adamw, learningRate: 1e-3}', '*adam'],
      ),
    );
    expect([spec.pretrain.optimizer.learningRate, spec.finetune.optimizer.learningRate]).toEqual([5e-4, 5e-4]);
  });

  it('stops at an alias bomb', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `b${level}: &b${level} [${Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*b${level - 1}`)).join(', ')}]`,
    );
    expect(errorLines(`${baseText}${levels.join('\n')}\n`)).toEqual([
      expect.stringMatching(/: \(file\): expected at most 500 aliases, found more$/),
    ]);
  });

  it('turns any text into a spec or errors, never into an exception', () => {
    assertProperty(
      property(string(), nat(baseText.length), (noise, at) => {
        const result = parse(`${baseText.slice(0, at)}${noise}${baseText.slice(at)}`);
        return result.ok || result.errors.length > 0;
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});

describe('extends', () => {
  const child = (
    text: string,
    files: Readonly<Record<string, string>> = { 'base.yaml': baseText },
  ): ReturnType<typeof valid> => valid(`extends: base.yaml\nname: child\n${text}`, [], files);

  it('lets the last file win, merges maps and replaces lists', () => {
    const spec = child('seeds: [7]\nfinetune: {optimizer: {learningRate: 2e-3}}\n');
    expect([spec.name, spec.seeds, spec.finetune.optimizer.learningRate, spec.finetune.samples, spec.question]).toEqual(
      ['child', [7], 2e-3, 32, 'Does it parse?'],
    );
  });

  it('replaces what is of another kind or unit whole', () => {
    const spec = child(
      'pretrain: {objective: {kind: lm}, budget: {tokensOfPairs: 320}}\nfinetune: {schedule: {warmup: {steps: 1}}}\n',
      { 'base.yaml': baseText.replace('objective: {kind: pmp}', 'objective: {kind: pmp, lmWeight: 0.5}') },
    );
    expect([spec.pretrain.objective, spec.pretrain.budget, spec.finetune.schedule]).toEqual([
      { kind: 'lm' },
      { tokensOfPairs: 320 },
      { kind: 'cosine', warmup: { steps: 1 } },
    ]);
  });

  it('merges fields of the same kind', () => {
    expect(child('pretrain: {objective: {lmWeight: 0.5}}\n').pretrain.objective).toEqual({
      kind: 'pmp',
      pairwiseWeight: 1,
      lmWeight: 0.5,
      rewardCentering: null,
      margin: null,
    });
  });

  it('merges the cases of an axis', () => {
    const base = withSweep(
      'pretraining:\n  scratch: {pretrain.objective: {kind: none}}\n  pmp: {pretrain.budget: {pairs: 160}}',
    );
    const spec = child(
      'sweep: {axes: {pretraining: {pmp: {pretrain.budget: {pairs: 320}}, more: {pretrain.budget: {pairs: 480}}}}}\n',
      { 'base.yaml': base },
    );
    expect(spec.sweep.axes).toEqual({
      pretraining: {
        scratch: { 'pretrain.objective': { kind: 'none' } },
        pmp: { 'pretrain.budget': { pairs: 320 } },
        more: { 'pretrain.budget': { pairs: 480 } },
      },
    });
  });

  it('is relative to the file that says it, over several files, and keeps the place of each value', () => {
    const files = {
      'a/b.yaml': 'extends: c/d.yaml\nfinetune: {steps: 20}\n',
      'a/c/d.yaml': edited(['difficulty: 1', 'difficulty: 8']),
    };
    const result = parse('extends: a/b.yaml\nname: child\ntask: {trainPairs: 31}\n', [], files);
    const lines = result.ok
      ? []
      : result.errors.map(({ file, line, path: field, sourceLine }) => [file, line, field, sourceLine]);
    expect(lines).toEqual([['a/c/d.yaml', 26, 'task.difficulty', '  difficulty: 8']]);
  });

  it('takes several files, of which the later win, and what they share below both', () => {
    const files = {
      'shared.yaml': baseText,
      'first.yaml': 'extends: shared.yaml\nseeds: [3]\nfinetune: {steps: 11, samples: 16}\n',
      'second.yaml': 'extends: shared.yaml\nquestion: Of the second?\nfinetune: {steps: 12}\n',
    };
    const text = 'extends: [first.yaml, second.yaml]\nname: child\n';
    const spec = valid(text, [], files);
    expect([spec.seeds, spec.question, spec.finetune.steps, spec.finetune.samples, spec.name]).toEqual([
      [3],
      'Of the second?',
      12,
      16,
      'child',
    ]);
    const turned = valid(text.replace('first.yaml, second.yaml', 'second.yaml, first.yaml'), [], files);
    expect(turned.finetune.steps).toBe(11);
  });

  it('takes a part of an experiment, which extends nothing, as one of several', () => {
    const files = { 'base.yaml': baseText, 'small.yaml': 'model: {hiddenSize: 16}\n' };
    expect(valid('extends: [base.yaml, small.yaml]\nname: child\n', [], files).model.hiddenSize).toBe(16);
  });

  it('says which of several files cannot be read', () => {
    expect(errorLines('extends: [b.yaml, gone.yaml]\n', [], { 'b.yaml': baseText })).toEqual([
      'x.yaml:1:19: extends: expected a file that can be read, relative to this one, found gone.yaml',
    ]);
    expect(
      errorLines('extends: [b.yaml]\n', [], { 'b.yaml': 'extends: [c.yaml]\n', 'c.yaml': 'extends: b.yaml\n' }),
    ).toEqual([
      'c.yaml:1:10: extends: expected files that do not extend each other, found the circle b.yaml -> c.yaml -> b.yaml',
    ]);
  });

  it('refuses circles and missing files at the line that names them', () => {
    expect(errorLines('extends: b.yaml\n', [], { 'b.yaml': 'extends: x.yaml\n' })).toEqual([
      'b.yaml:1:10: extends: expected files that do not extend each other, found the circle x.yaml -> b.yaml -> x.yaml',
    ]);
    expect(errorLines('name: x\nextends: gone.yaml\n')).toEqual([
      'x.yaml:2:10: extends: expected a file that can be read, relative to this one, found gone.yaml',
    ]);
    expect(errorLines('name: x\nextends: /elsewhere/gone.yaml\n')).toEqual([
      'x.yaml:2:10: extends: expected a file that can be read, relative to this one, found /elsewhere/gone.yaml',
    ]);
  });
});

describe('overrides', () => {
  it('set one value, typed as YAML', () => {
    const spec = valid(baseText, [
      'finetune.steps=20',
      'pretrain.optimizer.clipNorm=null',
      'model.name=other',
      'pretrain.objective={kind: none}',
      'execution.workers=4',
      'finetune.optimizer.learningRate=3e-4',
    ]);
    expect([
      spec.finetune.steps,
      spec.pretrain.optimizer.clipNorm,
      spec.model.name,
      spec.pretrain.objective,
      spec.execution.workers,
      spec.finetune.optimizer.learningRate,
    ]).toEqual([20, null, 'other', { kind: 'none' }, 4, 3e-4]);
  });

  it('make an axis of several values, or replace the values of one that is there', () => {
    expect(valid(baseText, ['finetune.steps=20,30']).sweep.axes).toEqual({ 'finetune.steps': [20, 30] });
    expect(valid(withSweep('finetune.steps: [5, 6, 7]'), ['finetune.steps=20']).sweep.axes).toEqual({
      'finetune.steps': [20],
    });
    expect(valid(withSweep('finetune.steps: [5, 6, 7]'), ['sweep.axes.finetune.steps=20,30']).sweep.axes).toEqual({
      'finetune.steps': [20, 30],
    });
  });

  it('replace lists', () => {
    expect(valid(baseText, ['seeds=5']).seeds).toEqual([5]);
    expect(valid(baseText, ['seeds=[5, 6]', 'evaluate.bestOf=1,4']).evaluate.bestOf).toEqual([1, 4]);
  });

  it('choose among the cases of an axis', () => {
    const text = withSweep('samples:\n  16: {finetune.samples: 16}\n  32: {finetune.samples: 32}');
    expect(Object.keys(valid(text, ['sweep.axes.samples=32']).sweep.axes['samples'] ?? {})).toEqual(['32']);
    expect(errorLines(text, ['sweep.axes.samples=23'])).toEqual([
      '-s sweep.axes.samples=23: sweep.axes.samples: expected one of the cases 16, 32, found 23; did you mean 32?',
    ]);
    expect(errorLines(text, ['finetune.samples=16'])).toEqual([
      '-s finetune.samples=16: finetune.samples: expected a key that no axis sets, ' +
        'found a key set by the axis samples; choose among its cases instead: -s sweep.axes.samples=...',
    ]);
    expect(errorLines(text, ['samples=16'])[0]).toMatch(
      /found samples; samples is an axis: write -s sweep\.axes\.samples=\.\.\.$/,
    );
    expect(errorLines(text, ['sweep.axes.sample=16'])).toEqual([
      '-s sweep.axes.sample=16: sweep.axes.sample: expected one of the axes samples, found sample; ' +
        'did you mean samples?',
    ]);
  });

  it.each([
    [
      'finetune.smaples=3',
      '-s finetune.smaples=3: finetune.smaples: expected one of objective, samples, steps, pairsPerStep, ' +
        'pairsPerMicroBatch, sharePrompts, trainable, stopping, optimizer, schedule, found smaples; did you mean samples?',
    ],
    [
      'finetune.steps.more=3',
      '-s finetune.steps.more=3: finetune.steps.more: expected no key below finetune.steps, found more',
    ],
    ['finetune.steps', '-s finetune.steps: (override): expected path=value, found no ='],
    ['=3', '-s =3: (override): expected path=value, found no path'],
    ['finetune.steps=', '-s finetune.steps=: finetune.steps: expected a value, found nothing; write null for off'],
    [
      'finetune.steps=[1',
      '-s finetune.steps=[1: finetune.steps: expected a YAML value, or several between commas, found [1',
    ],
    ['finetune.steps=many', '-s finetune.steps=many: finetune.steps: expected a number, found "many" (text)'],
    [
      'finetune.samples=99',
      '-s finetune.samples=99: finetune.samples: expected at most a quarter of task.trainPairs (256) of algebra, so ' +
        'that each seed draws other pairs; 99 samples need 396 pairs, found 99',
    ],
    [
      'select.at.finetune.steps=3',
      '-s select.at.finetune.steps=3: select.at.finetune.steps: ' +
        'expected a path that select.at has, found finetune.steps',
    ],
  ])('refuse %s', (override, line) => {
    expect(errorLines(baseText, [override])).toEqual([line]);
  });
});

describe('loadExperiment', () => {
  it('says which file is missing, as a value, and as exit code 2', () => {
    const result = loadExperiment('gone/nowhere.yaml', format);
    expect(result.ok || result.errors.map(({ file, found }) => [file, found])).toEqual([
      ['gone/nowhere.yaml', 'no such file'],
    ]);
    expect(() => experimentOrThrow(result)).toThrow(UserError);
    expect(() => experimentOrThrow(result)).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
  });

  it('reads what an experiment extends beside it', () => {
    const file = path.resolve(import.meta.dirname, '../../experiments/scale-overnight.yaml');
    const { sources, spec } = experimentOrThrow(loadExperiment(file, format, ['seeds=4']));
    expect([spec.name, spec.seeds]).toEqual(['scale-overnight', [4]]);
    expect([...sources.values()]).toEqual([
      readFileSync(file, 'utf8'),
      readFileSync(path.resolve(path.dirname(file), 'scale.yaml'), 'utf8'),
    ]);
  });
});
