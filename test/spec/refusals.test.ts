import { describe, expect, it } from 'vitest';
import { formatSpecErrors } from '../../harness/spec/index.ts';
import { baseText, edited, errorLines, parse, valid } from './base-experiment.ts';

/** Title, text, the whole list of errors. */
type Refusal = readonly [string, string, readonly string[]];

function refuses(title: string, cases: readonly Refusal[]): void {
  describe(title, () => {
    it.each(cases)('%s', (_, text, errors) => {
      expect(errorLines(text)).toEqual(errors);
    });
  });
}

refuses('text that is no YAML experiment', [
  ['empty file', '', ['x.yaml:1:1: (file): expected an experiment (a map of keys), found an empty file']],
  ['comment only', '# nothing\n', ['x.yaml:1:1: (file): expected an experiment (a map of keys), found an empty file']],
  ['plain text', 'hello world', ['x.yaml:1:1: (file): expected an experiment (a map of keys), found plain text']],
  ['list', '- 1\n- 2\n', ['x.yaml:1:1: (file): expected an experiment (a map of keys), found a list']],
  [
    'tab',
    'name:\n\tx: 1\n',
    ['x.yaml:2:1: (file): expected spaces, found a tab as indentation; YAML is indented with spaces only'],
  ],
  [
    'key twice',
    edited(['name: base\n', 'name: base\nname: again\n']),
    ['x.yaml:3:1: (file): expected each key once, found the same key again'],
  ],
  [
    'two documents',
    `${baseText}---\nname: second\n`,
    ['x.yaml:35:1: (file): expected one experiment a file, found a second document (---)'],
  ],
  [
    'unknown tag',
    edited(['name: base', 'name: !env base']),
    ['x.yaml:2:7: (file): expected a plain value, found the YAML tag !env'],
  ],
  [
    'unknown alias',
    edited(['name: base', 'name: *other']),
    ['x.yaml:2:7: (file): expected an anchor &other written before, found *other, which is nowhere'],
  ],
  [
    'alias inside itself',
    edited(['corpus: {kind: npm}', 'corpus: &c {kind: npm, more: *c}']),
    ['x.yaml:5:30: (file): expected an anchor &c written before, found *c inside itself'],
  ],
  [
    'list as a key',
    edited(['corpus: {kind: npm}', 'corpus: {kind: npm, [a]: 1}']),
    ['x.yaml:5:21: (file): expected a plain key in corpus, found a list or map as a key'],
  ],
]);

refuses('single fields', [
  [
    'wrong format version',
    edited(['formatVersion: 1', 'formatVersion: 2']),
    ['x.yaml:1:16: formatVersion: expected 1, found 2'],
  ],
  [
    'name with a space',
    edited(['name: base', 'name: My Base']),
    ['x.yaml:2:7: name: expected lower-case letters, digits and dashes, found "My Base" (text)'],
  ],
  ['empty question', edited(['Does it parse?', '""']), ['x.yaml:3:11: question: expected some text, found "" (text)']],
  [
    'number with an underscore',
    edited(['trainPairs: 256', 'trainPairs: 1_000']),
    ['x.yaml:27:15: task.trainPairs: expected a number, found "1_000" (text); YAML reads 1_000 as text: write 1000'],
  ],
  [
    'quoted number',
    edited(['hiddenSize: 32', 'hiddenSize: "32"']),
    ['x.yaml:11:15: model.hiddenSize: expected a number, found "32" (text); write it without quotes'],
  ],
  [
    'unquoted text',
    edited(['Does it parse?', '12']),
    ['x.yaml:3:11: question: expected text, found 12; put it in quotes'],
  ],
  [
    'an end that is none',
    edited(['hiddenSize: 32', 'hiddenSize: 32\n  responseEnd: newline']),
    ['x.yaml:12:16: model.responseEnd: expected none or null, found "newline" (text)'],
  ],
  [
    'fraction of a step',
    edited(['steps: 10', 'steps: 2.5']),
    ['x.yaml:31:10: finetune.steps: expected a whole number, found 2.5'],
  ],
  [
    'zero',
    edited(['steps: 10', 'steps: 0']),
    ['x.yaml:31:10: finetune.steps: expected a number greater than 0, found 0'],
  ],
  [
    'above the limit',
    edited(['difficulty: 1', 'difficulty: 6']),
    ['x.yaml:26:15: task.difficulty: expected a number of at most 5, found 6'],
  ],
  [
    'below the limit',
    edited(['tokenizer: {kind: bpe}', 'tokenizer: {kind: bpe, vocabSize: 10}']),
    ['x.yaml:6:35: tokenizer.vocabSize: expected a number of at least 257, found 10'],
  ],
  [
    'not a number',
    edited(['hiddenSize: 32', 'hiddenSize: .nan']),
    ['x.yaml:11:15: model.hiddenSize: expected a finite number, found .nan'],
  ],
  [
    'null',
    edited(['hiddenSize: 32', 'hiddenSize:']),
    ['x.yaml:11:14: model.hiddenSize: expected a number, found null'],
  ],
  [
    'empty list',
    edited(['seeds: [1, 2]', 'seeds: []']),
    ['x.yaml:4:8: seeds: expected a list of at least 1 entry, found an empty list'],
  ],
  [
    'list for a map',
    edited(['corpus: {kind: npm}', 'corpus: [npm]']),
    ['x.yaml:5:9: corpus: expected a map of keys or null, found a list; write keys without dashes or brackets'],
  ],
  [
    'missing key',
    edited(['  layers: 1\n', '']),
    ['x.yaml:8:1: model.layers: expected a number, found nothing (the key is missing)'],
  ],
  [
    'missing section',
    edited(['evaluate: {bestOf: [1, 2]}\n', '']),
    ['x.yaml:1:1: evaluate: expected a map of keys, found nothing (the key is missing)'],
  ],
  [
    'misspelt option',
    edited(['family: qwen2', 'family: qwen']),
    [
      'x.yaml:10:11: model.family: expected one of qwen2, qwen3, llama, mistral, gemma, gemma2, gemma3, phi3, olmo2, ' +
        'olmo3, smollm3, gpt2, gpt-neox, found "qwen" (text); ' +
        'did you mean qwen2?',
    ],
  ],
]);

refuses('unknown keys', [
  [
    'a slip',
    edited(['samples: 32', 'smaples: 32']),
    [
      'x.yaml:30:3: finetune.smaples: expected one of the keys objective, samples, steps, pairsPerStep, ' +
        'pairsPerMicroBatch, sharePrompts, trainable, stopping, optimizer, schedule, found the unknown key smaples; ' +
        'did you mean samples?',
    ],
  ],
  [
    'an abbreviation',
    edited(['optimizer: {kind: adamw, learningRate: 1e-3}', 'optimizer: {kind: adamw, learningRate: 1e-3, clip: 1}']),
    [
      'x.yaml:20:48: pretrain.optimizer.clip: expected one of the keys kind, learningRate, beta1, beta2, ' +
        'epsilon, weightDecay, clipNorm, momentStorage, ema, found the unknown key clip; did you mean clipNorm?',
    ],
  ],
  [
    'a key of another place',
    edited(['corpus: {kind: npm}', 'corpus: {kind: npm, vocabSize: 300}']),
    [
      'x.yaml:5:21: corpus.vocabSize: expected one of the keys kind, packages, languages, licenses, keep, ' +
        'minCharacters, maxCharacters, units, maxSimilarity, heldOutFunctions, found the unknown key vocabSize; ' +
        'vocabSize belongs to tokenizer',
    ],
  ],
  [
    'top level',
    `${baseText}lr: 3\n`,
    [
      'x.yaml:35:1: lr: expected one of the keys formatVersion, extends, plugins, name, question, seeds, start, ' +
        'corpus, descriptions, tokenizer, pairs, model, overLength, numerics, pretrain, task, finetune, evaluate, select, ' +
        'sweep, execution, report, found the unknown key lr',
    ],
  ],
]);

refuses('kinds and units', [
  [
    'unknown kind',
    edited(['kind: wsd', 'kind: wds']),
    ['x.yaml:21:20: pretrain.schedule.kind: expected one of wsd, cosine, found "wds" (text); did you mean wsd?'],
  ],
  [
    'no kind',
    edited(['objective: {kind: pmp}', 'objective: {}']),
    ['x.yaml:18:3: pretrain.objective.kind: expected one of none, lm, pmp, found nothing (the key is missing)'],
  ],
  [
    'a field of another kind',
    edited(['objective: {kind: pmp}', 'objective: {kind: lm, pairwiseWeight: 1}']),
    [
      'x.yaml:18:25: pretrain.objective.pairwiseWeight: expected the keys of kind lm: ' +
        'kind, found the unknown key pairwiseWeight; pairwiseWeight is a field of kind pmp',
    ],
  ],
  [
    'cosine with a decay',
    edited([
      'schedule: {kind: cosine, warmup: {fraction: 0.1}}',
      'schedule: {kind: cosine, warmup: {fraction: 0.1}, decayFraction: 0.2}',
    ]),
    [
      'x.yaml:33:53: finetune.schedule.decayFraction: expected the keys of kind cosine: ' +
        'kind, warmup, found the unknown key decayFraction; decayFraction is a field of kind wsd',
    ],
  ],
  [
    'both units',
    edited(['budget: {pairs: 160}', 'budget: {pairs: 160, tokensOfPairs: 160}']),
    [
      'x.yaml:19:3: pretrain.budget: expected exactly one of {pairs: ...}, {tokensOfPairs: ' +
        '...}, found a map of pairs, tokensOfPairs',
    ],
  ],
  [
    'unknown unit',
    edited(['warmup: {steps: 2}', 'warmup: {stpes: 2}']),
    [
      'x.yaml:21:25: pretrain.schedule.warmup: expected exactly one of {steps: ...}, {fraction: ' +
        '...}, found a map of stpes; did you mean steps?',
    ],
  ],
  [
    'wrong value of a unit',
    edited(['warmup: {fraction: 0.1}', 'warmup: {fraction: 3}']),
    ['x.yaml:33:47: finetune.schedule.warmup.fraction: expected a number of at most 1, found 3'],
  ],
  [
    'a number for a budget',
    edited(['budget: {pairs: 160}', 'budget: 160']),
    ['x.yaml:19:11: pretrain.budget: expected exactly one of {pairs: ...}, {tokensOfPairs: ...}, found 160'],
  ],
]);

refuses('rules between fields', [
  [
    'heads do not divide',
    edited(['heads: 2', 'heads: 3'], ['keyValueHeads: 1', 'keyValueHeads: 3']),
    ['x.yaml:13:10: model.heads: expected a divisor of hiddenSize (32), found 3'],
  ],
  [
    'key-value heads do not divide',
    edited(['heads: 2', 'heads: 4'], ['keyValueHeads: 1', 'keyValueHeads: 3']),
    ['x.yaml:14:18: model.keyValueHeads: expected a divisor of heads (4), found 3'],
  ],
  [
    'grouped queries in gpt2',
    edited(['qwen2', 'gpt2']),
    ['x.yaml:14:18: model.keyValueHeads: expected 2, as many as heads (gpt2 has no grouped-query attention), found 1'],
  ],
  [
    'odd head size with rotary positions',
    edited(['hiddenSize: 32', 'hiddenSize: 30']),
    [
      'x.yaml:13:10: model.heads: expected an even head size (hiddenSize / heads) for rotary positions, ' +
        'found 30 / 2 = 15',
    ],
  ],
  [
    'finetune warmup too long',
    edited(['warmup: {fraction: 0.1}', 'warmup: {steps: 10}']),
    ['x.yaml:33:44: finetune.schedule.warmup.steps: expected fewer warmup steps than all 10 steps, found 10'],
  ],
  [
    'pretrain warmup too long',
    edited(['warmup: {steps: 2}', 'warmup: {steps: 10}']),
    ['x.yaml:21:41: pretrain.schedule.warmup.steps: expected fewer warmup steps than all 10 steps, found 10'],
  ],
  // 10 steps, decay round(0.9 x 10) = 9 of them: the decay would begin at step 1, inside the warmup of 2.
  [
    'no stable phase',
    edited(['warmup: {steps: 2}', 'warmup: {steps: 2}, decayFraction: 0.9']),
    [
      'x.yaml:21:60: pretrain.schedule.decayFraction: ' +
        'expected a stable phase between the warmup (2 steps) and the decay (from step 1 of 10), found 0.9, ' +
        'which leaves none',
    ],
  ],
  // 0.04 x 10 steps = 0.4, which rounds to no step; 0.05 x 10 = 0.5 rounds to one.
  [
    'no decay',
    edited(['warmup: {steps: 2}', 'warmup: {steps: 2}, decayFraction: 0.04']),
    [
      'x.yaml:21:60: pretrain.schedule.decayFraction: ' +
        'expected at least one step of decay in 10 steps, found 0.04; the least is 0.05',
    ],
  ],
  [
    'warmup as a fraction of a trunk',
    edited(['warmup: {steps: 2}', 'warmup: {fraction: 0.1}']),
    [
      'x.yaml:21:25: pretrain.schedule.warmup: expected warmup in {steps: ...}, found {fraction: 0.1}; ' +
        'all budgets share the trunk and so its warmup; a fraction would differ by budget',
    ],
  ],
  [
    'broken steps',
    edited(['pairs: 160', 'pairs: 150']),
    ['x.yaml:19:19: pretrain.budget.pairs: expected whole steps of 16 pairs, found 150; the nearest is 144'],
  ],
  [
    'tokens for preference pretraining',
    edited(['{pairs: 160}', '{tokensOfPairs: 160}']),
    [
      'x.yaml:19:27: pretrain.budget.tokensOfPairs: expected pairs (tokensOfPairs is for lm: ' +
        'as many tokens as preference pretraining sees), found tokensOfPairs; write {pairs: 160}',
    ],
  ],
  [
    'more samples than pairs',
    edited(['samples: 32', 'samples: 65']),
    [
      'x.yaml:30:12: finetune.samples: expected at most a quarter of task.trainPairs (256) of algebra, so that ' +
        'each seed draws other pairs; 65 samples need 260 pairs, found 65',
    ],
  ],
  [
    'a step larger than the sample',
    edited(['samples: 32', 'samples: 8']),
    [
      'x.yaml:28:1: finetune.pairsPerStep: expected at most finetune.samples (8): ' +
        'a pair is not to be twice in one step, found 16',
    ],
  ],
  [
    'N above the candidates',
    edited(['[1, 2]}', '[1, 32]}']),
    [
      'x.yaml:34:20: evaluate.bestOf: expected no N above the 16 candidates that every question of algebra ' +
        'has, found 32',
    ],
  ],
  [
    'N twice',
    edited(['bestOf: [1, 2]', 'bestOf: [2, 2]']),
    ['x.yaml:34:20: evaluate.bestOf: expected each N once, found 2 again'],
  ],
  [
    'length limits the wrong way round',
    edited(['corpus: {kind: npm}', 'corpus: {kind: npm, minCharacters: 500}']),
    ['x.yaml:5:36: corpus.minCharacters: expected fewer than maxCharacters (400), found 500'],
  ],
  [
    'seed twice',
    edited(['seeds: [1, 2]', 'seeds: [1, 2, 1]']),
    ['x.yaml:4:15: seeds[2]: expected each seed once, found 1 again'],
  ],
]);

describe('refusals as a whole', () => {
  const gsm8k = (pool: string, bestOf: string): string =>
    edited(
      [
        '  kind: generated\n  name: algebra\n  family: algebra\n  difficulty: 1\n  trainPairs: 256\n',
        `  {kind: gsm8k, name: gsm8k, pool: ${pool}}\n`,
      ],
      ['[1, 2]}', `${bestOf}}`],
    );

  it('knows the graders that a task can name', () => {
    expect(valid(gsm8k('candidates, grader: math', '[1]')).task).toMatchObject({ grader: 'math' });
    expect(errorLines(gsm8k('candidates, grader: maths', '[1]'))[0]).toContain(
      'task.grader: expected a grader: final-answer, math, found maths; did you mean math?',
    );
  });

  it('knows how many candidates the gsm8k pools have', () => {
    expect(valid(gsm8k('example-solutions', '[1, 4]')).evaluate.bestOf).toEqual([1, 4]);
    expect(valid(gsm8k('candidates', '[1, 9]')).evaluate.bestOf).toEqual([1, 9]);
    expect(errorLines(gsm8k('example-solutions', '[1, 5]'))[0]).toContain(
      'no N above the 4 candidates that every question of gsm8k has, found 5',
    );
    expect(errorLines(gsm8k('candidates', '[1, 10]'))[0]).toContain('no N above the 9 candidates');
  });

  it('tells schema errors and broken rules of other sections at once, in the order of the file', () => {
    const text = edited(
      ['family: qwen2', 'family: qwen9'],
      ['pairs: 160', 'pairs: 150'],
      ['samples: 32', 'samples: 65'],
      ['[1, 2]}', '[1, 99]}'],
      ['steps: 10', 'stesp: 10'],
    );
    expect(errorLines(text).map((line) => line.split(': ')[1])).toEqual([
      'model.family',
      'pretrain.budget.pairs',
      'finetune.stesp',
      'evaluate.bestOf',
    ]);
  });

  it('ignores pretraining rules where there is no pretraining', () => {
    expect(valid(edited(['kind: pmp', 'kind: none'], ['pairs: 160', 'pairs: 150'])).pretrain.objective.kind).toBe(
      'none',
    );
  });

  it('prints the line and a caret, tabs kept', () => {
    const result = parse(edited(['steps: 10', 'steps:\t0']));
    expect(result.ok ? '' : formatSpecErrors(result.errors)).toBe(
      'x.yaml:31:10: finetune.steps: expected a number greater than 0, found 0\n  31 |   steps:\t0\n     |         \t^',
    );
  });
});
