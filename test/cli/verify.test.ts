/** `harness verify`, on the folder that a sweep left. */
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweptNano } from '../end-to-end/swept-nano.ts';
import { captured, documentOf } from './captured-run.ts';

let cache = '';
let folder = '';
let swept = '';
/** A copy for each test. */
let results = '';
let copies = 0;

beforeAll(async () => {
  ({ folder, results: swept, cache } = await sweptNano());
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copy(): void {
  copies += 1;
  results = path.join(folder, `copy-${copies}`);
  cpSync(swept, results, { recursive: true });
}

const verify = (...argv: readonly string[]): ReturnType<typeof captured> =>
  captured(['verify', ...argv], { HARNESS_CACHE: cache, HARNESS_RESULTS: results });
const stageOf = (kind: string): string =>
  readdirSync(path.join(swept, 'store')).find((name) => name.startsWith(`${kind}-`)) ?? '';
const file = (stage: string, name: string): string => path.join(results, 'store', stage, name);

describe('a stage that is run again', () => {
  it.each(['corpus', 'pairs', 'finetune', 'evaluate'])('gives the same bytes, and leaves nothing: %s', async (kind) => {
    copy();
    const before = readdirSync(results, { recursive: true }).toSorted();
    const verified = await verify(stageOf(kind));
    expect(verified.exitCode, verified.stderr).toBe(0);
    expect(verified.stdout).toMatch(new RegExp(`^${stageOf(kind)} .*: the same bytes\n$`));
    expect(readdirSync(results, { recursive: true }).toSorted()).toEqual(before);
  });

  it('and gives other bytes than those on record is told, file by file, with exit code 1', async () => {
    copy();
    const stage = stageOf('finetune');
    forge(stage, 'model.safetensors');
    const verified = await verify(stage, '--json');
    expect(verified.exitCode).toBe(1);
    const files = (documentOf(verified) as { stages: { files: { file: string; verdict: string }[] }[] }).stages[0]
      ?.files;
    const differing = files?.filter(({ verdict }) => verdict !== 'same');
    expect(differing).toEqual([{ file: 'model.safetensors', verdict: 'differs', difference: expect.any(Number) }]);
  });
});

/** An output that its done.json agrees with, and that the stage never gave. */
function forge(stage: string, name: string): void {
  const bytes = readFileSync(file(stage, name));
  bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
  writeFileSync(file(stage, name), bytes);
  const done = JSON.parse(readFileSync(file(stage, 'done.json'), 'utf8')) as {
    outputs: { file: string; sha256: string }[];
  };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const outputs = done.outputs.map((output) => (output.file === name ? { ...output, sha256 } : output));
  const { doneVersion: _sealed, ...rest } = done as typeof done & { doneVersion: number };
  writeFileSync(file(stage, 'done.json'), JSON.stringify({ ...rest, outputs }));
}

describe('what cannot be verified', () => {
  it('says why, with an exit code that tells the cases apart', async () => {
    copy();
    expect((await verify()).exitCode).toBe(2);
    expect((await verify('--all', stageOf('corpus'))).exitCode).toBe(2);
    const unknown = await verify('nothing');
    expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('no stage in')]);

    renameSync(path.join(results, 'store', stageOf('task')), path.join(results, 'moved'));
    const orphan = await verify(stageOf('finetune'));
    expect([orphan.exitCode, orphan.stderr]).toEqual([
      4,
      expect.stringMatching(/its input task-[0-9a-f]{12} is not what it was made from: it is not there/),
    ]);
    rmSync(file(stageOf('corpus'), 'done.json'));
    const open = await verify(stageOf('corpus'));
    expect([open.exitCode, open.stderr]).toEqual([2, expect.stringContaining('not done, so there is nothing')]);

    results = path.join(folder, 'empty');
    expect((await verify('--all', '--quick')).exitCode).toBe(5);
  });
});

describe('--all --quick', () => {
  it('reads everything, finds every changed byte, and runs nothing', async () => {
    copy();
    const sound = await verify('--all', '--quick');
    expect([sound.exitCode, sound.stdout]).toEqual([
      0,
      expect.stringMatching(/^\d+ read to the last byte, none damaged\n$/),
    ]);
    const harmed = [
      file(stageOf('evaluate'), 'items.arrow'),
      file(stageOf('corpus'), 'provenance.json'),
      file(stageOf('audit'), 'journal.jsonl'),
      path.join(results, 'experiments', 'nano', 'plan.json'),
      path.join(results, 'harness.duckdb'),
    ];
    for (const one of harmed) {
      const bytes = readFileSync(one);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(one, bytes);
    }
    const damaged = await verify('--all', '--quick', '--json');
    expect(damaged.exitCode).toBe(1);
    const { digests } = documentOf(damaged) as { digests: { name: string; verdict: string }[] };
    expect(
      digests
        .filter(({ verdict }) => verdict === 'damaged')
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(
      [
        stageOf('evaluate'),
        stageOf('corpus'),
        stageOf('audit'),
        'experiments/nano/plan.json',
        'harness.duckdb',
      ].toSorted(),
    );
  });
});
