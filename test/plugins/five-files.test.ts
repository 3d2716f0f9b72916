/**
 * An experiment whose arm, corpus, task with grader, figure, table, backend and start come from plug-ins: one file and
 * one registration each, swept by the built program, with no file of the harness edited.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'dist', 'cli', 'main.js');
let folder: string;
let sweep: { readonly exitCode?: number; readonly stdout: string; readonly stderr: string };
const environment = (): Record<string, string> => ({
  HARNESS_RESULTS: path.join(folder, 'results'),
  HARNESS_CACHE: path.join(folder, 'cache'),
});

beforeAll(async () => {
  if (!existsSync(main)) execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' });
  folder = mkdtempSync(path.join(tmpdir(), 'harness-five-files-'));
  for (const file of readdirSync(import.meta.dirname).filter((name) => /\.(mjs|yaml)$/.test(name)))
    cpSync(path.join(import.meta.dirname, file), path.join(folder, file));
  writeFileSync(path.join(folder, 'functions.json'), JSON.stringify(Array.from({ length: 64 }, functionOf)));
  const argv = [main, 'sweep', 'five-files.yaml', '--json'];
  sweep = await execa(process.execPath, argv, { cwd: folder, env: environment(), reject: false });
}, 90_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function functionOf(_: unknown, index: number): { readonly signature: string; readonly body: string } {
  const [a, b, c] = [index % 4, Math.floor(index / 4) % 4, Math.floor(index / 16)];
  const lines = [`  let total = left.length - ${a};`, `  if (left > right && right !== ${b}) return left - right;`];
  return {
    signature: `function step${index}(left, right) {`,
    body: `\n${lines.join('\n')}\n  for (let i = ${c}; i < right; i++) total += i * ${index};\n  return total;\n}`,
  };
}

const run = (command: string, file: string, ...more: readonly string[]): Promise<CapturedRun> =>
  captured([command, path.join(folder, file), ...more], environment());

const stageFile = (kind: string, file: string): string => {
  const store = path.join(folder, 'results', 'store');
  const stage = readdirSync(store).find((name) => name.startsWith(`${kind}-`));
  return readFileSync(path.join(store, String(stage), file), 'utf8');
};

/** A file of the report that the sweep left. */
const reported = (file: string): string =>
  readFileSync(path.join(folder, 'results', 'reports', 'five-files', file), 'utf8');

interface Reported {
  readonly arms: readonly { readonly id: string; readonly role: string }[];
  readonly tasks: readonly { readonly task: string; readonly headline: string }[];
}
const report = (): Reported => JSON.parse(reported('report.json')) as Reported;

describe('five files of a user', () => {
  it('are swept to the end', () => {
    expect(sweep.stderr).not.toContain('failed');
    expect(sweep.exitCode).toBe(0);
    expect(documentOf({ exitCode: 0, stderr: '', stdout: sweep.stdout })['trials']).toMatchObject({
      ran: 6,
      failed: 0,
    });
  });

  it('the arm claims its trials, with its role in the report', async () => {
    const query = 'select distinct arm from trials order by arm';
    expect(documentOf(await captured(['sql', query, '--json'], environment()))['rows']).toEqual([
      { arm: 'none' },
      { arm: 'pairwise-only' },
      { arm: 'pmp' },
    ]);
    expect(report().arms.map(({ id, role }) => [id, role])).toEqual([
      ['none', 'null'],
      ['pairwise-only', 'control'],
      ['pmp', 'treatment'],
    ]);
    expect(reported('results.md')).toContain('PMP without LM loss');
  });

  it('the task gives its pairs and its pool, answered by its own grader, and its headline is what is compared', () => {
    expect(stageFile('task', 'test.jsonl').trim().split('\n')).toHaveLength(16);
    const question = JSON.parse(String(stageFile('task', 'pool.jsonl').split('\n')[0])) as {
      candidates: { answer: string; isCorrect: boolean }[];
    };
    expect(question.candidates.map(({ isCorrect }) => isCorrect)).toEqual([true, false, false, false]);
    expect(report().tasks).toMatchObject([{ task: 'sums', headline: 'eval/best_of_2' }]);
  });

  it('the figure is in the page, and the table too', () => {
    const page = reported('index.html');
    expect(page).toContain('<figure id="figure-trials-by-arm"');
    expect(page).toContain('Roles of the arms');
  });

  it('the backend served the corpus stage, and our own workers the rest', () => {
    expect(stageFile('corpus', 'journal.jsonl')).toContain('64 functions by the backend apart');
    expect(stageFile('tokenizer', 'journal.jsonl')).toContain('tokenizer/vocab_size');
    expect(stageFile('corpus', 'functions.jsonl').trim().split('\n')).toHaveLength(56);
    expect(stageFile('corpus', 'stage.json')).not.toContain(folder); // where the data lies is no part of an identity
  });

  it('the start made the models that training began with', async () => {
    expect(JSON.parse(stageFile('pretrain', 'stage.json'))).toMatchObject({ config: { start: { kind: 'wide-head' } } });
    // Models of a usual start rank at random: their first losses are ln 2 to three digits.
    const first = stageFile('pretrain', 'journal.jsonl')
      .split('\n')
      .filter((line) => line.includes('"train/pairwise_loss"'))
      .map((line) => JSON.parse(line) as { value: number })[0];
    expect(Math.abs((first?.value ?? Number.NaN) - Math.LN2)).toBeGreaterThan(2e-3);
  });

  it('gives the same corpus without the backend: it is no part of any identity', async () => {
    const native = await run('plan', 'five-files.yaml', '-s', 'execution.backend=native', '--json');
    const { stages } = JSON.parse(native.stdout) as { stages: { status: string }[] };
    expect(new Set(stages.map(({ status }) => status))).toEqual(new Set(['cached']));
  });

  it('an edited task runs again from the task on, and no pretraining', async () => {
    const file = path.join(folder, 'task.mjs');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('sum + 10', 'sum + 11'));
    const { stdout } = await run('plan', 'five-files.yaml', '--json');
    writeFileSync(file, before);
    const { stages } = JSON.parse(stdout) as { stages: { status: string; kind: string }[] };
    const kinds = new Set(stages.filter(({ status }) => status === 'run').map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(['baseline', 'contamination', 'evaluate', 'finetune', 'ranker', 'task']);
  });
});

describe('an error in a plug-in', () => {
  it('in a worker fails its stage at file and line, with a hint and exit code 1', async () => {
    const text = readFileSync(path.join(folder, 'task.mjs'), 'utf8');
    writeFileSync(
      path.join(folder, 'bad-task.mjs'),
      text.replace('return {\n        dev:', 'return {\n        extra: await rows,\n        dev:'),
    );
    const yaml = readFileSync(path.join(folder, 'five-files.yaml'), 'utf8');
    writeFileSync(
      path.join(folder, 'bad.yaml'),
      yaml.replace('./task.mjs', './bad-task.mjs').replace('name: five-files', 'name: bad'),
    );
    const bad = await run('sweep', 'bad.yaml', '-j', '1');
    expect(bad.exitCode).toBe(1);
    expect(bad.stderr).toMatch(/bad-task\.mjs:\d+: task sums, read: rows is not defined/);
    expect(bad.stderr).toContain('The error is in the plug-in that the experiment names.');
    expect(bad.stderr).not.toContain('this is a bug');
  });

  it('while it is loaded ends every command with exit code 2', async () => {
    writeFileSync(path.join(folder, 'broken.mjs'), 'export default {\n  tasks: [oops oops],\n};');
    const yaml = readFileSync(path.join(folder, 'five-files.yaml'), 'utf8');
    writeFileSync(path.join(folder, 'broken.yaml'), yaml.replace('./task.mjs', './broken.mjs'));
    for (const command of ['validate', 'plan', 'sweep']) {
      const { exitCode, stderr } = await run(command, 'broken.yaml');
      expect([command, exitCode, stderr]).toEqual([command, 2, expect.stringMatching(/broken\.mjs:2: Unexpected/)]);
    }
  });

  it('a backend that is not registered is refused before anything runs', async () => {
    const { exitCode, stderr } = await run('plan', 'five-files.yaml', '-s', 'execution.backend=appart');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('expected native or torch or apart, found appart')]);
    expect(stderr).toContain('did you mean apart?');
  });
});
