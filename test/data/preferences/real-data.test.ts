import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { lines, task, temporaryFolder, usualFields, type Row } from './row-files.ts';

// Real solutions of MATH-500 by four models with the labels of their grader; not part of the project.
const shared =
  process.env['HARNESS_DATA_MIRROR'] ?? fileURLToPath(new URL('../../../../shared/datasets', import.meta.url));
const solutions = path.join(shared, 'math_candidates/rho_math500_candidates.jsonl.gz');
const questions = path.join(shared, 'math/test.jsonl.gz');
const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rowsIn = (file: string): readonly Row[] =>
  gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

/** As a user would have them: one row a question, the fields as they were. */
function candidateFile(): string {
  const texts = rowsIn(questions).map((row) => row['problem'] ?? row['question']);
  const byQuestion = new Map<unknown, Row[]>();
  for (const row of rowsIn(solutions)) byQuestion.set(row['q_id'], [...(byQuestion.get(row['q_id']) ?? []), row]);
  const rows = [...byQuestion].map(([id, solved]) => ({ problem: texts[id as number], solved }));
  const file = path.join(folder, 'math.jsonl.gz');
  writeFileSync(file, gzipSync(lines(rows)));
  return file;
}

const isThere = existsSync(solutions) && existsSync(questions);
if (!isThere) console.warn(`skipped: real solutions need a data mirror; ${shared} is none (set HARNESS_DATA_MIRROR)`);

describe.skipIf(!isThere)('real labelled solutions', () => {
  it('give every pair of a right and a wrong one: 969 of 500 questions', async () => {
    const fields = { ...usualFields, prompt: 'problem', candidates: 'solved', answer: 'pred' };
    const data = await task({ train: candidateFile(), fields, dev: 0.1, test: 0.3, pairsPerQuestion: 100 });
    const { train, dev, test, pool, counts } = data;
    const left = (counts['pair: duplicate'] ?? 0) + (counts['pair: chosen equals rejected'] ?? 0);
    expect(train.length + dev.length + test.length + left).toBe(969);
    expect(pool.length).toBe(150);
    expect(pool.every(({ candidates }) => candidates.length === 4)).toBe(true);
    const groups = [train, dev, test].map((pairs) => new Set(pairs.map(({ group }) => group)));
    expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(groups.flatMap((some) => [...some])).size);
  });
});
