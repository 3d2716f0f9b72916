import { afterAll, describe, expect, test } from 'vitest';
import { benchmarkFolder } from './benchmark-files.ts';

const folder = benchmarkFolder();
afterAll(() => folder.remove());

const row = (i: number): object => ({ id: i, prompt: `p${i}`, chosen: 'a', rejected: 'b', subset: 'donotanswer' });
const preference = (i: number): object => ({ prompt: `p${i}`, chosen: `yes ${i}`, rejected: `no ${i}` });
const rows = (from: number, count: number, of: (i: number) => object): readonly object[] =>
  Array.from({ length: count }, (_, index) => of(from + index));

describe('a task over a benchmark', () => {
  test('is finetuned on files of preferences, without the prompts of the benchmark', async () => {
    const test = folder.write('rb.jsonl', rows(0, 10, row));
    const train = folder.write('train.jsonl', rows(5, 25, preference));
    const data = await folder.read({ kind: 'rewardbench', name: 'rb', test, train, dev: 0.2 });
    const prompts = [...data.train, ...data.dev].map(({ prompt }) => prompt);
    expect(prompts).toHaveLength(20);
    expect(data.dev).toHaveLength(4);
    for (const { prompt } of data.test) expect(prompts).not.toContain(prompt);
    expect(data.notes).toContain('train: left out: 5 rows, group also in test');
    expect(data.counts['train: group also in test']).toBe(5);
  });

  test('takes dev from a file where one is named', async () => {
    const test = folder.write('rb.jsonl', rows(0, 2, row));
    const train = folder.write('train.jsonl', rows(100, 8, preference));
    const dev = folder.write('dev.jsonl', rows(200, 3, preference));
    const data = await folder.read({ kind: 'rewardbench', name: 'rb', test, train, dev });
    expect([data.train.length, data.dev.length, data.test.length]).toEqual([8, 3, 2]);
  });

  test('is refused where the benchmark leaves nothing to finetune on', async () => {
    const test = folder.write('rb.jsonl', rows(0, 10, row));
    const train = folder.write('train.jsonl', rows(0, 10, preference));
    await expect(folder.read({ kind: 'rewardbench', name: 'rb', test, train })).rejects.toThrow(
      'task rb: no pair is left for train (left out: 10 rows, group also in test)',
    );
  });

  test('renders texts as chat where the section says so', async () => {
    const test = folder.write('rb.jsonl', rows(0, 1, row));
    const chatTemplate = folder.writeText(
      'template.jinja',
      "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</>{% endfor %}" +
        '{% if add_generation_prompt %}<assistant>{% endif %}',
    );
    const section = { kind: 'rewardbench', name: 'rb', test, chatTexts: true };
    const { test: pairs } = await folder.read({ ...section, chatTemplate }, folder.writeTokenizer());
    expect(pairs[0]).toMatchObject({ prompt: '<user>p0</><assistant>', chosen: 'a</>', isRendered: true });
    await expect(folder.read(section)).rejects.toThrow(
      `${test}: row 1: chatTexts is true, and the tokenizer has no chat template`,
    );
  });
});

describe('a file that is not the benchmark', () => {
  const refusal = async (text: string): Promise<{ readonly message: string; readonly hint: string }> => {
    const file = folder.writeText('bad.jsonl', text);
    const error = await folder.read({ kind: 'rewardbench', name: 'rb', test: file }).catch((thrown: unknown) => thrown);
    const { message, hint } = error as { readonly message: string; readonly hint: string };
    return { message: message.replaceAll(file, 'bad.jsonl'), hint };
  };

  test('is refused with line and field, every row at once', async () => {
    const lines = [
      row(1),
      { ...row(2), chosen: 5 },
      { ...row(3), subset: 'donotanwser', id: null },
      { id: 4, subset: 'donotanswer', prompt: ' ', chosen: 'a', rejected: 'b' },
      'text',
    ];
    const { message, hint } = await refusal(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(message.split('\n  ').map((line) => line.slice(0, 86))).toEqual([
      'bad.jsonl: 4 of 5 rows are not as RewardBench has them',
      'bad.jsonl:2: chosen: expected text or chat messages, found a number',
      'bad.jsonl:3: id: expected an id (text or a number), found null',
      'bad.jsonl:3: subset: expected one of "alpacaeval-easy"|"alpacaeval-length"|"alpacaeval-hard"'.slice(0, 86),
      'bad.jsonl:4: prompt empty',
      'bad.jsonl:5: row: expected object, received string',
    ]);
    expect(hint).toBe('Give the file as RewardBench publishes it, as JSONL, JSON or Parquet.');
  });

  test('is refused where a field stands twice, or the file has no rows', async () => {
    const twice = '{"id": 1, "prompt": "p", "prompt": "q", "chosen": "a", "rejected": "b", "subset": "donotanswer"}\n';
    expect((await refusal(twice)).message).toContain('bad.jsonl:1: prompt: found a second time at line 1, column');
    expect((await refusal('')).message).toBe('bad.jsonl: the file has no rows');
  });
});
