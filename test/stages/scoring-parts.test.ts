/** The parts of the scoring stages at their edges: what is missing, what is not measured, what fails. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { writeEncodedPairs, writePairs } from '../../harness/data/index.ts';
import type { CandidateQuestion, EncodedPair, EncodedQuestion } from '../../harness/data/preference-pair.ts';
import { scorings } from '../../harness/eval/scorings/index.ts';
import { baseline } from '../../harness/stages/baseline.ts';
import { evaluate } from '../../harness/stages/evaluate.ts';
import type { DescribedStage, StageContext, WorkContext } from '../../harness/stages/index.ts';
import { pairItems, poolItems } from '../../harness/stages/items.ts';
import { checkProbes, probeQuestions, writeProbes } from '../../harness/stages/probes.ts';
import { ranker } from '../../harness/stages/ranker.ts';
import { readChoice, select } from '../../harness/stages/select.ts';
import { readScoring, writeScoring } from '../../harness/stages/task-scoring.ts';
import { readSplit } from '../../harness/stages/task-split.ts';
import { toySpec, vocabSize } from './toy-model.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-scoring-parts-'));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'case-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const pair = (id: string): EncodedPair => ({
  id,
  prompt: Int32Array.of(1, 2),
  chosen: Int32Array.of(3, 4, 5),
  rejected: Int32Array.of(6),
});

describe('items of pairs', () => {
  const rewards = [Float32Array.of(0.5, -1)];

  it('are the chosen response, which is correct, and the rejected one, with their tokens', () => {
    expect(pairItems([pair('a')], rewards)).toEqual([
      expect.objectContaining({ set: 'pairs', candidate: 0, reward: 0.5, isCorrect: true, tokens: 3 }),
      expect.objectContaining({ set: 'pairs', candidate: 1, reward: -1, isCorrect: false, tokens: 1 }),
    ]);
  });

  it('are a group of their own, of nobody and of no section, where no text is known', () => {
    const [first] = pairItems([pair('a')], rewards);
    expect(first).toMatchObject({ itemId: 'a', group: 'a', source: null, subset: null, answer: null });
  });

  it.each([
    ['one vs two', ['one', 'two']],
    ['one', [null, null]],
    ['one vs two vs three', [null, null]],
  ])('name who wrote each response where the source tells: %s', (source, expected) => {
    const items = pairItems([pair('a')], rewards, () => ({ group: 'g', source, subset: 's' }));
    expect(items.map((item) => item.source)).toEqual(expected);
    expect(items[0]).toMatchObject({ group: 'g', subset: 's' });
  });

  it.each([[[]], [[Float32Array.of(1)]]])('are refused without a reward for each response', (given) => {
    expect(() => pairItems([pair('a')], given)).toThrow(/^no reward for item 0, candidate [01]$/);
  });
});

describe('items of a pool', () => {
  const question: CandidateQuestion = {
    id: 'q',
    group: 'g',
    prompt: 'p',
    candidates: [
      { text: 'a', answer: '1', isCorrect: true, source: 'm' },
      { text: 'b', answer: null, isCorrect: null, source: 'n' },
    ],
  };
  const encoded: EncodedQuestion = { id: 'q', prompt: Int32Array.of(1), candidates: [Int32Array.of(2, 3)] };

  it('have 0 tokens where a candidate was not encoded, and no section where there is none', () => {
    const items = poolItems([question], [encoded], [Float32Array.of(1, 2)]);
    expect(items.map(({ tokens, isCorrect, subset }) => [tokens, isCorrect, subset])).toEqual([
      [2, true, null],
      [0, null, null],
    ]);
  });

  it('are refused where token ids have no text', () => {
    expect(() => poolItems([], [encoded], [Float32Array.of(1)])).toThrow('pool question q has token ids but no text');
  });
});

describe('probes', () => {
  it('are both responses of the first four dev pairs', () => {
    const pairs = ['a', 'b', 'c', 'd', 'e'].map(pair);
    writeEncodedPairs(path.join(folder, 'dev.arrow'), pairs);
    const questions = probeQuestions(folder);
    expect(questions).toHaveLength(4);
    const { prompt, chosen, rejected } = pairs[0]!;
    expect(questions[0]).toEqual({ prompt, responses: [chosen, rejected] });
  });

  it('allow rounding relative to large rewards and absolutely to small ones, elsewhere than on the CPU', () => {
    writeProbes(folder, [Float32Array.of(1000, 0.001)], 'webgpu');
    checkProbes(folder, [Float32Array.of(1000.05, 0.001)], 'cpu');
    checkProbes(folder, [Float32Array.of(1000, 0.00105)], 'cpu');
    expect(() => checkProbes(folder, [Float32Array.of(1000.2, 0.001)], 'cpu')).toThrow('probe 0 was 1000');
    expect(() => checkProbes(folder, [Float32Array.of(1000, 0.0012)], 'cpu')).toThrow('probe 1');
  });

  it('fail where there are more or fewer than were recorded, with both numbers', () => {
    writeProbes(folder, [Float32Array.of(1, 2)], 'cpu');
    const more = '2 probes were recorded, 3 are there';
    expect(() => checkProbes(folder, [Float32Array.of(1, 2, 3)], 'cpu')).toThrow(more);
    expect(() => checkProbes(folder, [Float32Array.of(1)], 'cpu')).toThrow('probe 1 was 2, is undefined');
    expect(() => checkProbes(folder, [Float32Array.of(1, 3)], 'cpu')).toThrow(
      expect.objectContaining({ exitCode: 4 }) as Error,
    );
  });
});

describe('a split', () => {
  it('of dev is its pairs alone, whatever pool lies beside it', () => {
    writeEncodedPairs(path.join(folder, 'dev.arrow'), [pair('a')]);
    const text = { id: 'a', group: 'a', prompt: 'p', chosen: 'c', rejected: 'r', source: 's', edits: [] };
    writePairs(path.join(folder, 'dev.jsonl'), [text]);
    writeFileSync(path.join(folder, 'pool.arrow'), 'no arrow file');
    expect(readSplit(folder, 'dev')).toEqual({ pairs: [pair('a')], texts: [text], pool: [], questions: [] });
  });
});

describe('the scoring of a task', () => {
  const { name } = scorings[0]!;
  const context = (kind: object): StageContext<never> =>
    ({
      stage: { config: { task: { kind: 'own', field: 1 } }, locations: { task: { file: 'f' } } },
      folder,
      kinds: { tasks: [{ kind: 'own', ...kind }] },
    }) as unknown as StageContext<never>;

  it('is nothing where its kind names none', () => {
    expect(writeScoring(context({}))).toEqual([]);
    expect(readScoring(folder)).toBeNull();
  });

  it('is handed on by its name, with settings read off the task where its kind has some', () => {
    expect(writeScoring(context({ scoring: name }))).toEqual(['scoring.json']);
    expect(readScoring(folder)).toEqual({ name, settings: {} });
    writeScoring(context({ scoring: name, scoringSettings: (spec: object) => ({ of: spec }) }));
    expect(readScoring(folder)).toEqual({ name, settings: { of: { kind: 'own', field: 1, file: 'f' } } });
  });

  it('is refused where nothing of that name is registered', () => {
    expect(() => writeScoring(context({ scoring: 'unheard-of' }))).toThrow('there is no scoring unheard-of');
    expect(existsSync(path.join(folder, 'scoring.json'))).toBe(false);
  });
});

describe('a choice', () => {
  const choose = (metrics: readonly (readonly { name: string; value: number }[])[]): Promise<unknown> => {
    const inputs = metrics.map((some) => {
      const place = mkdtempSync(path.join(folder, 'candidate-'));
      writeFileSync(path.join(place, 'metrics.json'), JSON.stringify(some));
      return place;
    });
    const candidates = inputs.map((_, index) => ({ input: `candidate-${index}`, values: { 'finetune.steps': index } }));
    const inputFolders = Object.fromEntries(inputs.map((place, index) => [`candidate-${index}`, place]));
    const context = { stage: { config: { candidates } }, folder, inputFolders, emit: () => {} };
    return select.run(context as unknown as StageContext<never>);
  };

  it('needs every metric of every candidate', async () => {
    const accuracy = { name: 'eval/pairwise_accuracy_half_credit', value: 0.5 };
    const loss = { name: 'eval/pairwise_loss', value: 0.7 };
    await expect(choose([[accuracy]])).rejects.toThrow('a candidate has no metric eval/pairwise_loss');
    await expect(choose([[loss]])).rejects.toThrow('a candidate has no metric eval/pairwise_accuracy_half_credit');
    // Less accurate, whatever its loss.
    await choose([
      [accuracy, loss],
      [
        { ...accuracy, value: 0.4 },
        { ...loss, value: 0.1 },
      ],
    ]);
    expect(readChoice(folder)).toEqual({ 'finetune.steps': 0 });
  });
});

describe('how the scoring stages stand in a plan', () => {
  it('only a choice goes on where an input diverged, and only baselines take a check that is no identity', () => {
    expect([baseline, evaluate, ranker, select].map(({ toleratesDiverged }) => toleratesDiverged)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(baseline.shortcuts).toEqual(['contamination']);
  });

  const task = { kind: 'task', config: { task: { kind: 'own' } } };
  const model = { kind: 'finetune', config: { model: toySpec, vocabSize } };
  const asked: unknown[] = [];
  const context = {
    stage: (id: string) => ({ t: task, m: model, other: task })[id] ?? null,
    recordedLengths: () => ({ prompt: 10, response: 5 }),
    kinds: {
      tasks: [{ kind: 'own', sizes: () => ({ devPairs: 3, testPairs: 7, questions: 5, candidates: 4 }) }],
    },
    steps: {
      ofScoring: async ({ questions, responses }: { questions: number; responses: number }) => {
        asked.push([questions, responses]);
        return { gigaflops: questions * responses };
      },
    },
  } as unknown as WorkContext;
  const described = (kind: string, config: object, inputs: Record<string, string>): DescribedStage<never> =>
    ({ kind, config, inputs }) as unknown as DescribedStage<never>;

  it('an evaluation scores its split: pairs, and on test the pool', async () => {
    const workOf = (split: string) =>
      evaluate.work(described('evaluate', { split }, { task: 't', model: 'm' }), null, context);
    expect((await workOf('test')).work).toEqual({ gigaflops: 7 * 2 + 5 * 4 });
    expect((await workOf('dev')).work).toEqual({ gigaflops: 3 * 2 });
  });

  it.each([{ task: 't' }, { task: 't', model: 'other' }])(
    'nothing is known of an evaluation without a finetuned model: %j',
    async (inputs) => {
      const { work, model } = await evaluate.work(described('evaluate', { split: 'dev' }, inputs), null, context);
      expect([work, model]).toEqual([{}, null]);
    },
  );

  it('a baseline scores test once, and twice where the backbone has a head of its own', async () => {
    const workOf = (zeroShot: boolean) =>
      baseline.work(described('baseline', { ...model.config, zeroShot }, { task: 't' }), null, context);
    expect((await workOf(false)).work).toEqual({ gigaflops: 34 });
    expect((await workOf(true)).work).toEqual({ gigaflops: 68 });
  });

  it('a ranker makes as many pairs as it is fitted on, and a choice has no work', async () => {
    const config = { samples: 9 };
    expect((await ranker.work(described('ranker', config, {}), null, context)).work).toEqual({ pairsMade: 9 });
    expect((await select.work(described('select', {}, {}), null, context)).work).toEqual({});
  });
});
