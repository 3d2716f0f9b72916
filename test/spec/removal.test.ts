import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandSweep } from '../../harness/spec/index.ts';
import { baseText, errorLines, valid, withSweep, format } from './base-experiment.ts';

const scale = readFileSync(path.resolve(import.meta.dirname, '../../reports/scale-0.1.0/scale.yaml'), 'utf8');
const files = {
  'scale.yaml': scale,
  'mid.yaml': 'extends: scale.yaml\nname: mid\nsweep:\n  axes: {task: null}\n  exclude: null\n',
  'steps.yaml': withSweep('finetune.steps: [5, 6]'),
  'base.yaml': baseText,
};
const child = (parent: string, text: string): string => `extends: ${parent}\nname: child\n${text}`;
const sweepOf = (text: string): ReturnType<typeof valid>['sweep'] => valid(text, [], files).sweep;
const errorsOf = (text: string): readonly string[] => errorLines(text, [], files);

describe('null in a file that extends another', () => {
  it('removes an inherited axis, of cases or of values', () => {
    const text = child('scale.yaml', 'sweep: {axes: {task: null}, exclude: []}\n');
    expect(Object.keys(sweepOf(text).axes)).toEqual(['architecture', 'pretraining', 'samples']);
    expect(expandSweep(valid(text, [], files), format).points.length).toBe(2 * 9 * 3);
    expect(sweepOf(child('steps.yaml', 'sweep: {axes: {finetune.steps: null}}\n')).axes).toEqual({});
  });

  it('removes an inherited case', () => {
    const text = child('scale.yaml', 'sweep: {axes: {pretraining: {pmp-512: null, scratch: null}}}\n');
    expect(Object.keys(sweepOf(text).axes['pretraining'] ?? {})).toEqual([
      'lm-equal-pairs',
      'lm-equal-tokens',
      'pmp-1024',
      'pmp-2048',
      'pmp-4096',
      'pmp-8192',
      'pmp-16384',
    ]);
  });

  it('removes inherited exclude rules, all axes, a path to choose, and the whole choice', () => {
    expect(sweepOf(child('scale.yaml', 'sweep: {axes: null, exclude: null}\nreport: {claim: null}\n'))).toEqual({
      axes: {},
      zip: [],
      exclude: [],
    });
    const over = valid(child('scale.yaml', 'select: {over: {finetune.objective.lmWeight: null}}\n'), [], files).select;
    expect(Object.keys(over?.over ?? {})).toEqual(['finetune.optimizer.learningRate']);
    expect(valid(child('scale.yaml', 'select: null\n'), [], files).select).toBeNull();
  });

  it('removes what comes from further up, and lets it be written anew', () => {
    expect(Object.keys(sweepOf(child('mid.yaml', 'sweep: {axes: {samples: null}}\n')).axes)).toEqual([
      'architecture',
      'pretraining',
    ]);
    const again = child('mid.yaml', 'sweep: {axes: {task: {algebra: {}}}}\n');
    expect(sweepOf(again).axes['task']).toEqual({ algebra: {} });
  });

  it('stays a value where null is one', () => {
    const text = child(
      'base.yaml',
      'finetune: {optimizer: {clipNorm: null}}\nsweep: {axes: {a: {b: {finetune.trainable: null}}}}\n',
    );
    const spec = valid(text, [], files);
    expect([spec.finetune.optimizer.clipNorm, spec.sweep.axes['a']]).toEqual([
      null,
      { b: { 'finetune.trainable': null } },
    ]);
  });

  it('refuses to remove what is not inherited', () => {
    expect(
      errorsOf(child('scale.yaml', 'sweep:\n  axes:\n    tsak: null\n    samples: {255: null}\n  zip: null\n')),
    ).toEqual([
      'x.yaml:5:5: sweep.axes.tsak: expected an inherited key to remove (null): ' +
        'architecture, pretraining, task, samples, found tsak; did you mean task?',
      'x.yaml:6:15: sweep.axes.samples.255: expected an inherited key to remove (null): 256, 1024, 4096, found 255',
      'x.yaml:7:3: sweep.zip: expected an inherited key to remove (null): axes, exclude, found zip',
    ]);
    expect(errorsOf(child('mid.yaml', 'sweep: {axes: {task: null}}\n'))).toEqual([
      'x.yaml:3:16: sweep.axes.task: expected an inherited key to remove (null): ' +
        'architecture, pretraining, samples, found task',
    ]);
  });

  it('stays an error for a key that must be there', () => {
    expect(errorsOf(child('base.yaml', 'finetune: {steps: null}\n'))).toEqual([
      'x.yaml:3:19: finetune.steps: expected a number, found null',
    ]);
  });

  it('leaves an axis without cases refused, and rules about what is gone', () => {
    expect(
      errorsOf(child('steps.yaml', 'sweep: {axes: {finetune.steps: null}, exclude: [{finetune.steps: 5}]}\n'))[0],
    ).toMatch(/^x\.yaml:3:50: sweep\.exclude\[0\]\.finetune\.steps: expected one of the axes /);
    expect(
      errorsOf(child('scale.yaml', 'sweep: {axes: {architecture: {qwen2-small: null, gpt2-small: null}}}\n')),
    ).toEqual(['x.yaml:3:16: sweep.axes.architecture: expected at least one case, found an empty map']);
  });
});

describe('null where nothing is inherited', () => {
  const removal = 'write {} for an empty one; null removes only what is inherited through `extends`';

  it('is refused', () => {
    expect(errorLines(withSweep('a: null'))).toEqual([
      `x.yaml:37:8: sweep.axes.a: expected a list or a map of keys, found null; ${removal}`,
    ]);
    expect(errorLines(withSweep('a:\n  b:\n  c: {}'))).toEqual([
      `x.yaml:38:9: sweep.axes.a.b: expected a map of keys, found null; ${removal}`,
    ]);
    expect(errorLines(`${baseText}sweep: {exclude: null}\n`)).toEqual([
      'x.yaml:35:18: sweep.exclude: expected a list, found null; write [] for an empty list',
    ]);
  });

  it('is refused in a file that extends one without a sweep', () => {
    expect(errorsOf(child('base.yaml', 'sweep: {axes: {a: null}}\n'))).toEqual([
      `x.yaml:3:19: sweep.axes.a: expected a list or a map of keys, found null; ${removal}`,
    ]);
  });
});

describe('docs/add-an-experiment.md', () => {
  it('shows an experiment on top of scale.yaml that is valid', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/add-an-experiment.md'), 'utf8');
    const example = /```yaml\n(extends: scale\.yaml[\s\S]*?)```/.exec(page)?.[1] ?? '';
    const { axes } = sweepOf(example);
    expect(Object.keys(axes)).toEqual(['architecture', 'pretraining', 'samples']);
    expect(Object.keys(axes['pretraining'] ?? {})).not.toContain('pmp-512');
  });
});
