import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../harness/data/index.ts';
import { captured, documentOf } from './captured-run.ts';
import { readSafetensors, writeSafetensors } from '../../harness/model/index.ts';
import { editJson, scoreFixture, type ScoreFixture } from '../score/score-fixture.ts';
import { programArguments } from '../programs/test-program.ts';

let fixture: ScoreFixture;
beforeAll(async () => {
  fixture = await scoreFixture();
});
afterAll(() => fixture[Symbol.dispose]());

const prompt = 'What is two plus three?';
const rows = [
  { id: 'a', prompt, response: 'it is five' },
  { id: 7, prompt, chosen: 'it is five', rejected: 'it is six', note: 'other fields are passed over' },
  { prompt, candidates: ['it is six', { text: 'it is five', isCorrect: true }, 'I do not know'] },
  { prompt, chosen: 'it is six', rejected: 'it is six' },
];
interface Line {
  readonly line: number;
  readonly reward?: number;
  readonly rewardChosen?: number;
  readonly rewardRejected?: number;
  readonly margin?: number;
  readonly rewards?: number[];
  readonly best?: number;
}
const linesOf = (text: string): Line[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

async function runProcess(
  argv: readonly string[],
  stdin: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = fileURLToPath(new URL('../../harness/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, [...programArguments(main), ...argv], { stdio: 'pipe' });
  const read = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (read.stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (read.stderr += part.toString()));
  child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...read };
}

describe('harness score', () => {
  it('streams a line for each row of standard input, in order, with what is said about them on stderr', async () => {
    const text = rows.map((row) => JSON.stringify(row)).join('\n\n');
    const run = await runProcess(['score', fixture.model, '-', '--output', '-', '--threads', '1'], text);
    expect(run).toMatchObject({ code: 0 });
    const lines = linesOf(run.stdout);
    const five = lines[0]?.reward as number;
    expect(lines).toEqual([
      { id: 'a', line: 1, reward: five },
      {
        id: 7,
        line: 3,
        rewardChosen: five,
        rewardRejected: expect.any(Number) as number,
        margin: five - (lines[1]?.rewardRejected as number),
      },
      { line: 5, rewards: [lines[1]?.rewardRejected, five, expect.any(Number)], best: expect.any(Number) as number },
      { line: 7, rewardChosen: lines[1]?.rewardRejected, rewardRejected: lines[1]?.rewardRejected, margin: 0 },
    ]);
    const rewards = lines[2]?.rewards as number[];
    expect(lines[2]?.best).toBe(rewards.indexOf(Math.max(...rewards)));
    expect(run.stderr).toContain('4 rows, 8 responses');
    // One of the two pairs is a tie, so strict accuracy is 0 or one half, and half credit a quarter more.
    const strict = five > (lines[1]?.rewardRejected as number) ? 50 : 0;
    expect(run.stderr).toContain(`pairwise accuracy ${strict.toFixed(1)} %`);
    expect(run.stderr).toContain(`with half credit for ties ${(strict + 25).toFixed(1)} %, ties 50.0 %`);
  });

  it('is one document with --json; rewards depend neither on batches nor on the place in the file', async () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...rows[index % rows.length],
      prompt: `${prompt} ${index % 7}`,
    }));
    const options = ['--json', '--threads', '1'];
    const whole = documentOf(await captured(['score', fixture.model, fixture.write('many.jsonl', many), ...options]));
    expect(whole).toMatchObject({
      schemaVersion: 1,
      device: 'cpu',
      model: fixture.model,
      summary: { rows: 30, nonFiniteRewards: 0, pairs: { pairs: 15 } },
    });
    const backwards = documentOf(
      await captured([
        'score',
        fixture.model,
        fixture.write('backwards.jsonl', many.toReversed()),
        ...options,
        '--batch-tokens',
        '50',
      ]),
    );
    const rewardsOf = (document: Record<string, unknown>): unknown[] =>
      (document['rows'] as Record<string, unknown>[]).map((row) => ({ ...row, line: undefined }));
    expect(rewardsOf(backwards).toReversed()).toEqual(rewardsOf(whole));
  });

  it('writes a file that appears when it is whole, and shows a table without one', async () => {
    const file = fixture.write('rows.jsonl', rows);
    const output = path.join(fixture.folder, 'rewards.jsonl');
    const run = await captured(['score', fixture.model, file, '--output', output]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(linesOf(readFileSync(output, 'utf8'))).toHaveLength(4);
    expect(existsSync(`${output}.partial`)).toBe(false);
    const table = (await captured(['score', fixture.model, file])).stdout;
    expect(table).toMatch(/^line +id +response +reward\n +1 +a +response +-?\d/);
    expect(table).toContain('candidates[2]');
    expect(await captured(['score', fixture.model, file, '--output', '-', '--json'])).toMatchObject({
      exitCode: 2,
      stdout: '',
    });
  });

  it('takes the id of a finetune stage, or its beginning', async () => {
    const results = path.join(fixture.folder, 'results');
    const stage = path.join(results, 'store', 'finetune-0123456789ab');
    mkdirSync(path.dirname(stage), { recursive: true });
    cpSync(fixture.model, stage, { recursive: true });
    const file = fixture.write('rows.jsonl', rows);
    expect(await captured(['score', 'finetune-0123', file, '--results', results])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('finetune-0123456789ab: not done') as string,
    });
    writeFileSync(path.join(stage, 'done.json'), '{}');
    const byId = documentOf(await captured(['score', 'finetune-0123', file, '--results', results, '--json']));
    expect(byId['rows']).toEqual(documentOf(await captured(['score', fixture.model, file, '--json']))['rows']);
    expect(await captured(['score', 'finetune-ff', file, '--results', results])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('no such stage') as string,
    });
  });
});

describe('harness score refuses', () => {
  const refusal = async (
    name: string,
    lines: readonly unknown[],
    model = fixture.model,
  ): Promise<{ exitCode: number; stderr: string; stdout: string }> =>
    await captured(['score', model, fixture.write(name, lines)]);

  it('every bad line at once, before anything is scored', async () => {
    const run = await refusal('bad.jsonl', [
      rows[0],
      { prompt, respnse: 'it is five' },
      '{"prompt": ',
      { prompt, chosen: 'it is five' },
      { prompt, response: 5 },
      { promt: 'x', response: 'it is five' },
      [1, 2],
      { prompt, response: 'a', candidates: ['b'] },
      { prompt, candidates: [] },
      { prompt, response: [{ role: 'user', content: 'x' }] },
      { prompt, response: [1, 999] },
      { prompt: '', response: 'x' },
    ]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('11 of 12 rows cannot be scored');
    const told = (line: number): string =>
      run.stderr
        .split('\n')
        .filter((text) => text.includes(`bad.jsonl:${line}:`))
        .join('\n');
    expect(told(2)).toContain('nothing to score: found the fields prompt, respnse; expected {"prompt", "response"}');
    expect(told(2)).toContain('(respnse: did you mean response?)');
    expect(told(3)).toContain('not JSON: the row that begins here is not closed at the end of its line');
    expect(told(4)).toContain('rejected is missing: found the fields prompt, chosen');
    expect(told(5)).toContain('response: found number 5; expected a text, chat messages or a list of token ids');
    expect(told(6)).toContain('prompt is missing: found the fields promt, response (promt: did you mean prompt?)');
    expect(told(7)).toContain('expected {"prompt", "response"}');
    expect(told(8)).toContain('expected one of response, chosen + rejected, candidates');
    expect(told(9)).toContain('candidates: found an empty list');
    expect(told(10)).toContain('and the tokenizer of the model has no chat template: name one with --chat-template');
    expect(told(11)).toContain('token id 999: expected ids below 270');
    expect(told(12)).toContain('prompt is empty');
  });

  it('the first twenty of very many', async () => {
    const { stderr } = await refusal(
      'many-bad.jsonl',
      Array.from({ length: 50 }, () => ({ prompt })),
    );
    expect(stderr).toContain('50 of 50 rows');
    expect(stderr).toContain('many-bad.jsonl:20:');
    expect(stderr).not.toContain('many-bad.jsonl:21:');
    expect(stderr).toContain('and 30 more');
  });

  it('a row longer than the context, with both lengths, and never cuts it', async () => {
    const run = await refusal('long.jsonl', [
      { prompt: Array.from({ length: 60 }, () => 1), response: Array.from({ length: 37 }, () => 2) },
    ]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(
      'long.jsonl:1: response: prompt and response are 97 tokens; expected at most 96, the longest input of the model',
    );
    expect(run.stderr).toContain('say what becomes of them with --over-length');
  });

  it('a file of which --over-length leaves nothing, as inconclusive', async () => {
    const long = [{ prompt: [1], response: Array.from({ length: 97 }, () => 2) }];
    const file = fixture.write('only-long.jsonl', long);
    const run = await captured(['score', fixture.model, file, '--over-length', 'drop']);
    expect(run).toMatchObject({ exitCode: 5, stdout: '' });
    expect(run.stderr).toContain(
      'only-long.jsonl: --over-length drop leaves none of 1 row, all of them longer than the context of 96 tokens',
    );
  });

  it('an empty file as inconclusive, and a file that is not there', async () => {
    expect(await refusal('empty.jsonl', ['', ' '])).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('no rows') as string,
    });
    expect(await captured(['score', fixture.model, path.join(fixture.folder, 'nowhere.jsonl')])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('cannot be read') as string,
    });
  });

  it('what is no reward model, and says what to do', async () => {
    const file = fixture.write('rows.jsonl', rows);
    expect(await captured(['score', 'no/model', file])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Nothing is downloaded here') as string,
    });
    expect(await captured(['score', fixture.folder, file])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('no config.json') as string,
    });
    const bare = path.join(fixture.folder, 'bare');
    cpSync(fixture.model, bare, { recursive: true });
    rmSync(path.join(bare, 'tokenizer.json'));
    expect(await captured(['score', bare, file])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--tokenizer') as string,
    });
    expect(
      await captured(['score', bare, fixture.write('ids.jsonl', [{ prompt: [1, 2], response: [3, 0] }]), '--json']),
    ).toMatchObject({ exitCode: 0 });
    expect(await captured(['score', fixture.model, file, '--template', '{prompt}{response}'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('for models from elsewhere') as string,
    });
  });
});

describe('rows longer than the context', () => {
  const ids = (length: number, id: number): number[] => Array.from({ length }, (_, k) => id + (k % 3));
  const scoredWith = async (policy: string): Promise<{ rows: Line[]; notes: string[] }> => {
    const file = fixture.write('some-long.jsonl', [
      { prompt: ids(60, 10), response: ids(37, 20) },
      { prompt: ids(10, 10), chosen: [...ids(95, 20), 0], rejected: [9, 0] },
      { prompt: ids(10, 10), response: [9, 0] },
    ]);
    const run = await captured(['score', fixture.model, file, '--json', '--over-length', policy]);
    expect(run.exitCode).toBe(0);
    return documentOf(run) as unknown as { rows: Line[]; notes: string[] };
  };
  const rewardOf = async (row: object): Promise<number | undefined> => {
    const run = await captured(['score', fixture.model, fixture.write('one.jsonl', [row]), '--json']);
    return (documentOf(run) as unknown as { rows: Line[] }).rows[0]?.reward;
  };

  it('drop leaves them out and says how many', async () => {
    const { rows: kept, notes } = await scoredWith('drop');
    expect(kept.map(({ line }) => line)).toEqual([3]);
    expect(notes).toContain('2 rows left out: longer than the context');
  });

  it('truncate-prompt-left scores the row whose prompt lost its oldest tokens, as that row alone', async () => {
    const { rows: kept, notes } = await scoredWith('truncate-prompt-left');
    expect(kept.map(({ line }) => line)).toEqual([1, 3]);
    expect(notes).toEqual(
      expect.arrayContaining([
        '1 row longer than the context: the prompt lost its oldest tokens',
        '1 row left out: no room in the context for prompt and response',
      ]),
    );
    expect(kept[0]?.reward).toBe(await rewardOf({ prompt: ids(60, 10).slice(1), response: ids(37, 20) }));
  });

  it('truncate-right scores the response without its end, and its last token', async () => {
    const { rows: kept, notes } = await scoredWith('truncate-right');
    expect(kept.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(notes).toContain('2 rows longer than the context: responses lost their ends');
    const chosen = [...ids(85, 20), 0];
    expect(kept[1]?.rewardChosen).toBe(await rewardOf({ prompt: ids(10, 10), response: chosen }));
    expect(kept[1]?.rewardRejected).toBe(await rewardOf({ prompt: ids(10, 10), response: [9, 0] }));
  });
});

describe('a model from elsewhere', () => {
  /** `!` in the byte alphabet: the bytes follow `<|end|>` in order. */
  const first = 1 + '!'.charCodeAt(0);
  const foreign = (): string => {
    const folder = path.join(fixture.folder, 'foreign');
    rmSync(folder, { recursive: true, force: true });
    cpSync(fixture.model, folder, { recursive: true });
    // A token in front of every text, as `<s>` is in Llama's tokenizers; token 5 pads.
    editJson(path.join(folder, 'config.json'), (config) => ({ ...config, harness: undefined, pad_token_id: 5 }));
    editJson(path.join(folder, 'tokenizer.json'), (json) => ({
      ...json,
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: '!', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [],
        special_tokens: { '!': { id: '!', ids: [first], tokens: ['!'] } },
      },
    }));
    return folder;
  };
  const rewardsOf = async (folder: string, some: readonly unknown[], ...flags: string[]): Promise<number[]> => {
    const document = documentOf(
      await captured(['score', folder, fixture.write('foreign.jsonl', some), '--json', ...flags]),
    );
    return (document['rows'] as Line[]).map(({ reward }) => reward as number);
  };

  it('reads prompt and response as one text with the special tokens of its tokenizer', async () => {
    const folder = foreign();
    const ids = ownIds(folder, `${prompt} it is five`);
    const [plain, split, verbatim] = await rewardsOf(folder, [
      { prompt, response: ' it is five' },
      { response: `${prompt} it is five` },
      { prompt: [first], response: ids },
    ]);
    expect(plain).toBe(verbatim);
    expect(split).toBe(verbatim);
    const [without] = await rewardsOf(folder, [{ prompt, response: ' it is five' }], '--no-special-tokens');
    expect(without).toBe((await rewardsOf(folder, [{ prompt: ids.slice(0, 1), response: ids.slice(1) }]))[0]);
    expect(without).not.toBe(plain);
  });

  it('follows a template, and reads the reward before padding, as transformers does', async () => {
    const folder = foreign();
    const [templated] = await rewardsOf(
      folder,
      [{ prompt, response: 'it is five' }],
      '--template',
      'Q: {prompt}\\nA: {response}',
    );
    const [same, padded] = await rewardsOf(folder, [
      { response: `Q: ${prompt}\nA: it is five` },
      { prompt: [first], response: [...ownIds(folder, `Q: ${prompt}\nA: it is five`), 5, 5] },
    ]);
    expect(templated).toBe(same);
    expect(padded).toBe(same);
    expect(await captured(['score', folder, fixture.write('t.jsonl', rows), '--template', '{prompt}'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('{response} not found') as string,
    });
  });

  it('with a language-model head alone is refused', async () => {
    const folder = foreign();
    const weights = path.join(folder, 'model.safetensors');
    const { tensors, metadata } = await readSafetensors(weights);
    await writeSafetensors(
      weights,
      Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== 'score.weight')),
      metadata,
    );
    const run = await captured(['score', folder, fixture.write('rows.jsonl', rows)]);
    expect(run).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('a language model without a reward head (no score.weight)') as string,
    });
  });
});

/** Ids of a text under the folder's own vocabulary, without special tokens. */
function ownIds(folder: string, text: string): number[] {
  const json = JSON.parse(readFileSync(path.join(folder, 'tokenizer.json'), 'utf8')) as Parameters<
    typeof loadTokenizer
  >[0];
  return [...loadTokenizer(json).encode(text)];
}
