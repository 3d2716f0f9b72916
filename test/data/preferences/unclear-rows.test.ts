import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder, task, usualFields } from './row-files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const written = (...rows: readonly string[]): string => {
  const file = path.join(folder, `${(files += 1)}.jsonl`);
  writeFileSync(file, rows.join('\n'));
  return file;
};
const good = (prompt: string): string => `{"prompt": "${prompt}", "chosen": "good", "rejected": "bad"}`;
const candidate =
  '{"prompt": "P", "candidates": [{"text": "a", "score": 1.5}, {"text": "b", "score": SCORE, "x": NaN}]}';

describe('a row that says two things, or no text', () => {
  it.each([
    ['row: chosen is there twice', '{"prompt": "P", "chosen": "a", "chosen": "b", "rejected": "c"}'],
    ['row: score is NaN', candidate.replace('SCORE', 'NaN')],
    ['row: score is -Infinity', candidate.replace('SCORE', '-Infinity')],
    ['row: prompt is NaN', '{"prompt": NaN, "chosen": "a", "rejected": "c"}'],
    ['row: chosen holds half of a surrogate pair', '{"prompt": "q", "chosen": "\\ud83d", "rejected": "\\ude00"}'],
    ['row: text holds half of a surrogate pair', candidate.replace('SCORE', '2').replace('"b"', '"\\udfff"')],
    ['row: margin is not a number from 0 up', '{"prompt": "P", "chosen": "a", "rejected": "b", "margin": 1e400}'],
  ])('is left out and counted: %s', async (reason, row) => {
    const { counts, notes } = await task({ train: written(good('x'), good('y'), row), test: written(good('z')) });
    expect(counts[reason]).toBe(1);
    expect(notes).toEqual([
      expect.stringMatching(new RegExp(`: left out: 1 ${reason} \\(first in row 3\\)$`)) as string,
    ]);
  });

  it('is used where nobody reads what is unclear', async () => {
    const unused = [
      '{"prompt": "P", "chosen": "a", "rejected": "b", "loss": NaN, "note": "\\ud83d", "x": 1, "x": 2}',
      candidate.replace('SCORE', '2'),
      '{"prompt": "q \\ud83d\\ude00", "chosen": "a\\u0000", "rejected": "b"}',
    ];
    const { notes, test } = await task({ train: written(good('x'), good('y')), test: written(...unused) });
    expect(notes).toEqual([]);
    expect(test.map(({ chosen }) => chosen)).toEqual(['a', 'b', 'a\u0000']);
  });
});

describe('groups that are large numbers', () => {
  it('stay apart where a number of JavaScript could not tell them', async () => {
    const row = (prompt: string, topic: string): string => good(prompt).replace('}', `, "topic": ${topic}}`);
    const topics = ['1234567890123456788', '1234567890123456789', '1e400'];
    const train = written(
      ...topics.flatMap((topic) => [row(`first of ${topic}`, topic), row(`second of ${topic}`, topic)]),
    );
    const { test, train: rest, dev } = await task({ train, fields: { ...usualFields, group: 'topic' } });
    for (const split of [rest, dev, test]) expect(new Set(split.map(({ group }) => group)).size).toBe(1);
  });
});
