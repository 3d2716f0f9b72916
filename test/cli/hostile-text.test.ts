import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import { jsonText, terminalText, visible } from '../../harness/text/index.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { scoreFixture, type ScoreFixture } from '../score/score-fixture.ts';
import { captured } from './captured-run.ts';

/** Names the window, rings, blinks in magenta (C0 and C1), turns the text, deletes. We never write such a colour. */
const hostile = '\u001b]0;owned\u0007\u001b[35;5m\u009b35;5m\u202e\u007f\u0008';
const shown = '\\x1b]0;owned\\x07\\x1b[35;5m\\x9b35;5m\\u202e\\x7f\\x08';

let fixture: ScoreFixture;
let results = '';
beforeAll(async () => {
  fixture = await scoreFixture();
  results = temporaryResults();
  writeSampleResults(results);
  await collect(results);
});
afterAll(() => fixture[Symbol.dispose]());

/** What is left of a text without line breaks, tabs and our own colours: bold, red, ... are one number each. */
const escape = '\u001b';
const ours = new RegExp(`${escape}\\[\\d{1,2}m`, 'g');
function controlsIn(text: string): readonly string[] {
  const plain = text.replaceAll(ours, '');
  return plain.match(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu) ?? [];
}

interface Run {
  readonly stdout: string;
  readonly stderr: string;
}

async function expectHarmless(argv: readonly string[]): Promise<Run> {
  const plain = await captured(argv);
  const coloured = await captured(argv, { FORCE_COLOR: '1' });
  for (const { stdout, stderr } of [plain, coloured]) {
    expect(controlsIn(stdout)).toEqual([]);
    expect(controlsIn(stderr)).toEqual([]);
  }
  expect(plain.stdout + plain.stderr).not.toContain('\u001b');
  return plain;
}

const row = (fields: object): object => ({ prompt: 'What is', chosen: 'five', rejected: 'six', ...fields });

describe('text that others wrote controls no terminal', () => {
  it.each([
    ['a line that is no JSON', [hostile]],
    ['a line that breaks off in JSON', [`{"prompt": ${hostile}`]],
    ['the name of a field', [{ [`respons${hostile}`]: 'x', prompt: 'y' }]],
    ['the value of a field', [{ prompt: 'y', response: { a: hostile } }]],
    ['an id that is none', [row({ id: { a: hostile } })]],
  ])('%s', async (name, lines) => {
    const file = fixture.write('hostile.jsonl', lines);
    const { stderr } = await expectHarmless(['score', fixture.model, file]);
    expect(stderr, name).toContain('1 of 1 rows cannot be scored');
  });

  it('an id: in the table, and as JSON for who reads it', async () => {
    const file = fixture.write('ids.jsonl', [row({ id: `a${hostile}\tb\nc` })]);
    expect((await expectHarmless(['score', fixture.model, file])).stdout).toContain(`a${shown}\\tb c`);
    for (const flags of [['--json'], ['--output', '-']]) {
      const { stdout } = await expectHarmless(['score', fixture.model, file, ...flags]);
      expect(stdout).toContain('"a\\u001b]0;owned\\u0007\\u001b[35;5m\\u009b35;5m\\u202e\\u007f\\b\\tb\\nc"');
    }
  });

  it('names of files and folders, of commands and flags', async () => {
    const there = path.join(fixture.folder, `rows${hostile}.jsonl`);
    writeFileSync(there, '{}\n');
    const nowhere = path.join(fixture.folder, `no${hostile}`);
    expect((await expectHarmless(['score', fixture.model, there])).stderr).toContain(`rows${shown}.jsonl:1: `);
    expect((await expectHarmless(['score', fixture.model, nowhere])).stderr).toContain(`no${shown}: cannot be read`);
    expect((await expectHarmless(['score', nowhere, there])).stderr).toContain(shown);
    expect((await expectHarmless(['validate', nowhere])).stderr).toContain(shown);
    expect((await expectHarmless([hostile])).stderr).toContain(shown);
    expect((await expectHarmless(['ls', `--${hostile}`])).stderr).toContain(shown);
    expect((await expectHarmless(['ls', 'trials', '--results', nowhere])).stderr).toContain(shown);
    const model = path.join(fixture.folder, `model${hostile}`);
    cpSync(fixture.model, model, { recursive: true });
    writeFileSync(path.join(model, 'config.json'), `{"model_type": "${hostile}"`);
    expect((await expectHarmless(['score', model, there])).stderr).toContain(shown);
  });

  it('what an experiment file says', async () => {
    const file = path.join(fixture.folder, 'hostile.yaml');
    const quoted = JSON.stringify(hostile);
    writeFileSync(file, `name: ${quoted}\ntitle: ${quoted}\n${quoted}: 1\nmodels: [${quoted}]\n`);
    expect((await expectHarmless(['validate', file])).stderr).toContain('hostile.yaml:');
    await expectHarmless(['validate', file, '--json']);
  });

  it('rows and columns of the database', async () => {
    const text = hostile.replaceAll("'", "''");
    const query = `SELECT '${text}' AS "x${text}"`;
    const { stdout } = await expectHarmless(['sql', query, '--results', results]);
    expect(stdout).toContain(shown);
    expect(stdout).toContain(`x${shown}`);
    const json = (await expectHarmless(['sql', query, '--json', '--results', results])).stdout;
    expect(JSON.parse(json)).toMatchObject({ rows: [{ [`x${hostile}`]: hostile }] });
    expect((await expectHarmless(['sql', `SELECT ${text}`, '--results', results])).stderr).toContain('\\x1b');
    await expectHarmless(['show', hostile, '--results', results]);
  });

  it('pairs that are shown, and completions', async () => {
    const pair = row({ prompt: hostile, chosen: `a ${hostile}`, rejected: `b ${hostile}` });
    const other = row({ prompt: `${hostile}!`, chosen: 'c', rejected: `d ${hostile}` });
    const pairs = fixture.write('pairs.jsonl', [pair, other]);
    expect((await expectHarmless(['data', 'show', pairs])).stdout).toContain('\\x1b]0;owned');
    const prompts = fixture.write('prompts.jsonl', [{ id: hostile, prompt: hostile }]);
    const flags = ['--max-tokens', '2', '--threads', '1'];
    const { stdout } = await expectHarmless(['generate', fixture.model, prompts, ...flags]);
    expect(JSON.parse(stdout)).toMatchObject({ id: hostile, prompt: hostile });
  });

  it('pieces of a tokenizer', async () => {
    const file = path.join(fixture.folder, 'text.txt');
    writeFileSync(file, hostile);
    for (const flags of [[], ['--json']]) await expectHarmless(['tokenize', fixture.model, file, ...flags]);
  });

  it('a log of a stage', async () => {
    const folder = path.join(temporaryResults(), 'store');
    mkdirSync(folder, { recursive: true });
    await expectHarmless(['logs', hostile, '--results', path.dirname(folder)]);
  });
});

describe('the built program', () => {
  const program = fileURLToPath(new URL('../../harness/cli/bin.mjs', import.meta.url));
  const run = (argv: readonly string[], input: string, color: string): Run & { readonly status: number | null } =>
    spawnSync(process.execPath, [program, ...argv], {
      input,
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: color },
    });

  it.each(['0', '1'])('is as safe, with FORCE_COLOR=%s', (color) => {
    const bad = run(['score', fixture.model, '-'], `${hostile} x\n`, color);
    expect(bad.status).toBe(2);
    expect(bad.stderr).toContain(`stdin:1:1: not JSON: found ${shown}`.slice(0, 40));
    const good = run(
      ['score', fixture.model, '-', '--threads', '1'],
      `${JSON.stringify(row({ id: hostile }))}\n`,
      color,
    );
    expect(good.status).toBe(0);
    expect(good.stdout).toContain(shown);
    for (const text of [bad.stdout, bad.stderr, good.stdout, good.stderr]) expect(controlsIn(text)).toEqual([]);
    expect(bad.stderr.includes('\u001b[31m')).toBe(color === '1');
  });
});

describe('a text made visible', () => {
  it('keeps what is no control: line breaks, tabs, marks and emoji', () => {
    const text = 'a\tb\nc é 한 👩‍👩‍👧 \u200f\ufdd0\uffff';
    expect(visible(text)).toBe(text);
    expect(terminalText(text)).toBe(text);
    expect(visible(`\r${hostile}\ud83d`)).toBe(`\\x0d${shown}\\ud83d`);
  });

  it('is the same value as JSON', () => {
    expect(JSON.parse(jsonText({ [hostile]: [hostile] }))).toEqual({ [hostile]: [hostile] });
  });
});
