/** `harness stage run FOLDER`, on the folders that a sweep left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native, type Backend } from '../../harness/backends/index.ts';
import { oneRank, type RanksSpec } from '../../harness/spec/experiment-schema.ts';
import { readTaskFile, writeTaskFile, type StageTask } from '../../harness/store/index.ts';
import { sweptNano } from '../end-to-end/swept-nano.ts';
import { captured, documentOf } from './captured-run.ts';

let cache = '';
let folder = '';
const store = (): string => path.join(folder, 'results', 'store');
const stagesOf = (kind: string): readonly string[] =>
  readdirSync(store())
    .filter((name) => name.startsWith(`${kind}-`))
    .map((name) => path.join(store(), name));
const run = (stage: string, ...flags: readonly string[]): ReturnType<typeof captured> =>
  captured(['stage', 'run', stage, ...flags], { HARNESS_CACHE: cache });

interface Done {
  readonly outputs: readonly { readonly file: string; readonly sha256: string }[];
}
const doneOf = (stage: string): Done => JSON.parse(readFileSync(path.join(stage, 'done.json'), 'utf8')) as Done;

const taskOf = (stage: string): StageTask => readTaskFile(stage);
/** As if the sweep had asked for these ranks. */
function writeTask(stage: string, ranks: Partial<RanksSpec>): void {
  const task = taskOf(stage);
  writeTaskFile({ ...task, execution: { ...task.execution, ranks: { ...oneRank, ...ranks } } });
}

/** Takes back what a stage did, as if its worker had never run. */
function undo(stage: string): Done {
  const done = doneOf(stage);
  for (const name of readdirSync(stage)) if (name !== 'task.json') rmSync(path.join(stage, name), { recursive: true });
  return done;
}

beforeAll(async () => {
  ({ folder, cache } = await sweptNano());
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a stage run by hand', () => {
  it.each(['corpus', 'tokenizer', 'pairs', 'task', 'pretrain', 'decay', 'finetune', 'evaluate', 'select', 'baseline'])(
    'gives the bytes that a worker gave: %s',
    async (kind) => {
      const [stage] = stagesOf(kind);
      const before = undo(stage!);
      const again = await run(stage!, '--json');
      expect(again.exitCode, again.stderr).toBe(0);
      expect(documentOf(again)).toMatchObject({
        stage: path.basename(stage!),
        kind,
        outcome: { kind: 'completed' },
        wasDone: false,
        outputs: before.outputs,
      });
      expect(doneOf(stage!)).toEqual(before);
      expect(existsSync(path.join(stage!, 'lease'))).toBe(false);
    },
  );

  it('says with --dry-run what it would start, and starts nothing', async () => {
    const [stage] = stagesOf('finetune');
    const before = undo(stage!);
    const ours = await run(stage!, '--dry-run', '--json');
    expect(documentOf(ours)).toMatchObject({
      stage: path.basename(stage!),
      commands: [native.command(taskOf(stage!))],
    });
    writeTask(stage!, { nodes: 2, ranksPerNode: 4, launcher: 'slurm' });
    const many = await run(stage!, '--dry-run', '--backend', 'torch');
    expect(many.exitCode, many.stderr).toBe(0);
    expect(many.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/ stage run \S+ --backend torch$/),
      expect.stringMatching(/ -m harness_torch\.start harness_torch --serve$/),
      expect.stringMatching(
        / srun --nodes=2 --ntasks=2 --ntasks-per-node=1 .* --rdzv-endpoint=\S+:\d+ .*=4 .* \S+\/JOB$/,
      ),
    ]);
    writeTask(stage!, {});
    expect(readdirSync(stage!)).toEqual(['task.json']);
    expect((await run(stage!)).exitCode).toBe(0);
    expect(doneOf(stage!)).toEqual(before);
  });

  it('needs nothing but its folder and those of its inputs, wherever they lie', async () => {
    const [stage] = stagesOf('finetune');
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'harness-elsewhere-'));
    const inputs = Object.values(readTaskFile(stage!).inputFolders);
    for (const one of [stage!, ...inputs]) cpSync(one, path.join(elsewhere, path.basename(one)), { recursive: true });
    const copy = path.join(elsewhere, path.basename(stage!));
    const before = undo(copy);
    expect((await run(copy)).exitCode).toBe(0);
    expect(doneOf(copy)).toEqual(before);
    rmSync(elsewhere, { recursive: true });
  });

  it('that is done is not run again, and says so', async () => {
    const [stage] = stagesOf('evaluate');
    const journal = readFileSync(path.join(stage!, 'journal.jsonl'), 'utf8');
    const again = await run(stage!);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout).toContain(`${path.basename(stage!)}: completed before; nothing was run\n`);
    expect(readFileSync(path.join(stage!, 'journal.jsonl'), 'utf8')).toBe(journal);
  });

  it('whose outputs were damaged is done again', async () => {
    const [stage] = stagesOf('select');
    const before = doneOf(stage!);
    writeFileSync(path.join(stage!, 'choice.json'), '{');
    expect((await run(stage!)).exitCode).toBe(0);
    expect(doneOf(stage!)).toEqual(before);
    expect(JSON.parse(readFileSync(path.join(stage!, 'choice.json'), 'utf8'))).toHaveProperty('values');
  });
});

describe('a stage that cannot be run by hand', () => {
  it('because no backend of that name computes', async () => {
    const [stage] = stagesOf('evaluate');
    const { exitCode, stderr } = await captured(['stage', 'run', stage!, '--backend', 'tensorflow']);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('--backend: expected native or torch, found tensorflow'),
    ]);
  });

  const other = (): string => mkdtempSync(path.join(folder, 'other-'));

  it('because its folder is no stage folder exits with 2 and names it', async () => {
    const missing = path.join(folder, 'nowhere');
    const result = await run(missing);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(`${missing} has no task.json`);
    expect(existsSync(missing)).toBe(false);
  });

  it('because its task.json is wrong exits with 2, naming the file and the field', async () => {
    const copy = other();
    const task = readFileSync(path.join(stagesOf('task')[0]!, 'task.json'), 'utf8');
    writeFileSync(path.join(copy, 'task.json'), task.replace('"threads": 1', '"threads": "many"'));
    const result = await run(copy);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(`${path.join(copy, 'task.json')}: `);
    expect(result.stderr).toContain('execution.threads');
    writeFileSync(path.join(copy, 'task.json'), task.slice(0, 40));
    expect((await run(copy)).stderr).toContain(path.join(copy, 'task.json'));
  });

  it('because an input is damaged or not there exits with 4 and names the input', async () => {
    const copy = path.join(other(), 'store', 'finetune');
    cpSync(stagesOf('finetune')[0]!, copy, { recursive: true });
    undo(copy);
    const result = await run(copy, '--json');
    expect(result.exitCode).toBe(4);
    expect(documentOf(result)).toMatchObject({ outcome: { kind: 'damaged-input' }, outputs: [] });
    expect(result.stderr).toMatch(/its input task-[0-9a-f]{12} is not what was committed: done.json is missing/);
  });

  it('because it fails exits with 1, and says why and what to do', async () => {
    const [stage] = stagesOf('corpus');
    const before = undo(stage!);
    const text = readFileSync(path.join(stage!, 'task.json'), 'utf8');
    writeFileSync(path.join(stage!, 'task.json'), text.replace('"minCharacters": 40', '"minCharacters": 399'));
    const failed = await run(stage!, '--json');
    expect([failed.exitCode, documentOf(failed)]).toMatchObject([
      1,
      { outcome: { kind: 'failed', errorClass: 'user' } },
    ]);
    expect(failed.stderr).toContain(`${path.basename(stage!)} failed: `);
    writeFileSync(path.join(stage!, 'task.json'), text);
    expect((await run(stage!)).exitCode).toBe(0);
    expect(doneOf(stage!)).toEqual(before);
  });
});

describe('the command line of the native backend', () => {
  const start = (stage: string, backend: Backend = native): ReturnType<typeof spawn> => {
    const [program = '', ...argv] = backend.command(readTaskFile(stage));
    return spawn(program, argv, { env: { ...process.env, HARNESS_CACHE: cache }, cwd: tmpdir(), stdio: 'ignore' });
  };

  it.each(['harness/backends/index.ts', 'dist/backends/index.js'])(
    'runs a stage in a process of its own, from any folder: %s',
    async (file) => {
      const { native: backend } = (await import(path.resolve(file))) as { native: Backend };
      const [stage] = stagesOf('evaluate');
      const before = undo(stage!);
      expect(await once(start(stage!, backend), 'exit')).toEqual([0, null]);
      expect(doneOf(stage!)).toEqual(before);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('saves and leaves with %s, and goes on to the same bytes', async (signal, code) => {
    const [stage] = stagesOf('pretrain');
    const before = undo(stage!);
    const text = readFileSync(path.join(stage!, 'task.json'), 'utf8');
    const child = start(stage!);
    const exit = once(child, 'exit');
    // As soon as the stage is entered it can be stopped.
    while (!existsSync(path.join(stage!, 'journal.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill(signal);
    expect(await exit).toEqual([code, null]);
    expect(existsSync(path.join(stage!, 'done.json'))).toBe(false);
    expect(existsSync(path.join(stage!, 'lease'))).toBe(false);
    expect(readFileSync(path.join(stage!, 'task.json'), 'utf8')).toBe(text);
    expect((await run(stage!)).exitCode).toBe(0);
    expect(doneOf(stage!)).toEqual(before);
  });
});
