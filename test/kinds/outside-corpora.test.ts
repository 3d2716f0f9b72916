import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readExperiment, readValidExperiment } from '../../harness/kinds/index.ts';
import { planExperiment, planInputs } from '../../harness/plan/index.ts';
import { formatSpecErrors } from '../../harness/spec/index.ts';
import { functionText, newBareClone, runGit } from '../data/git/clone.ts';
import { baseText } from '../spec/base-experiment.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-outside-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const clone = newBareClone(path.join(root, 'project.git'));
clone.commit('first', { 'a.js': functionText('first') });
const second = clone.commit('Fix it', { 'a.js': functionText('first', 'b + b') });
clone.git('branch', 'side', 'main^');
clone.git('config', 'uploadpack.allowFilter', 'true');
runGit(root, 'clone', '--quiet', '--bare', '--depth=1', `file://${clone.path}`, 'shallow.git');
runGit(root, 'clone', '--quiet', '--bare', '--filter=blob:none', `file://${clone.path}`, 'partial.git');
mkdirSync(path.join(root, 'plain'));
writeFileSync(path.join(root, 'rows.jsonl'), '{"text": "def a():\\n    return 1\\n", "path": "a.py"}\n');
writeFileSync(path.join(root, 'gone.txt'), 'owner/name\n');
writeFileSync(path.join(root, 'tested.jsonl'), '{"problem": "a", "prompt": "p", "completion": "c", "passed": true}\n');

/** The base experiment with these sections in place of its own. */
function experiment(sections: Readonly<Record<string, string>>): string {
  const rest = Object.keys(sections).reduce(
    (text, name) => text.replace(new RegExp(`^${name}: .*\\n`, 'm'), ''),
    baseText,
  );
  const file = path.join(root, 'own.yaml');
  writeFileSync(
    file,
    rest +
      Object.entries(sections)
        .map(([name, section]) => `${name}: ${section}\n`)
        .join(''),
  );
  return file;
}

async function errorOf(sections: Readonly<Record<string, string>>): Promise<string> {
  const { result } = await readExperiment(experiment(sections));
  return result.ok ? 'none' : (formatSpecErrors(result.errors).split('\n')[0] as string);
}

async function identityOf(sections: Readonly<Record<string, string>>, kind: string): Promise<readonly string[]> {
  const { result, kinds } = await readValidExperiment(experiment(sections));
  const { stages } = planExperiment(result.spec, planInputs(kinds));
  return stages.filter((stage) => stage.kind === kind).map(({ fingerprint }) => fingerprint);
}

describe('a section that names what is not there is told by file, line and field', () => {
  it.each([
    ['{kind: git, path: nowhere}', 'corpus.path: expected a local clone of a git repository, found nothing at'],
    ['{kind: git, path: rows.jsonl}', 'corpus.path: expected a local clone of a git repository, found a file at'],
    ['{kind: git, path: plain}', 'corpus.path: expected a local clone of a git repository, found '],
    ['{kind: git, path: partial.git}', 'corpus.path: expected a clone with all its files, found '],
    ['{kind: git, path: project.git, commit: nope}', 'corpus.commit: expected a commit of '],
    ['{kind: git, path: project.git, commit: "--all"}', 'corpus.commit: expected a commit of '],
    [`{kind: git, path: shallow.git, commit: ${second}^}`, 'the clone is shallow, git fetch --unshallow gets the rest'],
    ['{kind: git, path: project.git, include: ["a{"]}', 'corpus.include: expected patterns of paths, found a{'],
    ['{kind: commits, path: shallow.git}', 'corpus.path: expected a clone with its whole history, found '],
    ['{kind: commits, path: project.git, from: nope}', 'corpus.from: expected a commit of '],
    ['{kind: files, path: none.parquet}', 'corpus.path: expected a file, found nothing at'],
    [
      '{kind: files, path: gone.txt}',
      'corpus.path: expected JSONL, JSON or Parquet, found text that is no JSON (it begins with "owner/name")',
    ],
    ['{kind: files, path: rows.jsonl, removals: none.txt}', 'corpus.removals: expected a file, found none at'],
    ['{kind: files, path: rows.jsonl, shape: the-stack-v3}', 'corpus.revision: expected the revision of the-stack-v3'],
    [
      '{kind: files, path: rows.jsonl, where: [{column: a}]}',
      'corpus.where.0: expected one of in, notIn, atLeast, atMost, found none',
    ],
    ['{kind: files, path: rows.jsonl, where: [{column: a, in: [1], atMost: 2}]}', 'found in and atMost'],
  ])('%s', async (corpus, message) => {
    const error = await errorOf({ corpus });
    expect(error).toMatch(/own\.yaml:\d+:\d+: /);
    expect(error).toContain(message);
  });

  it.each([
    ['{kind: verified, path: none.jsonl}', 'pairs.path: expected a file, found nothing at'],
    ['{kind: verified, pools: [llm-runs], pairing: same-model}', 'pairs.pools: expected codegen among the pools'],
  ])('%s', async (pairs, message) => {
    const error = await errorOf({ pairs });
    expect(error).toMatch(/own\.yaml:\d+:\d+: /);
    expect(error).toContain(message);
  });

  it('a shallow clone is read where its commit is there', async () => {
    expect(await errorOf({ corpus: '{kind: git, path: shallow.git}' })).toBe('none');
  });
});

describe('the identity', () => {
  it('of a commit is the same for a copy of the clone, and another for another commit', async () => {
    cpSync(clone.path, path.join(root, 'copy.git'), { recursive: true });
    const of = (corpus: string): Promise<readonly string[]> => identityOf({ corpus }, 'corpus');
    const here = await of('{kind: git, path: project.git}');
    expect(await of('{kind: git, path: copy.git}')).toEqual(here);
    clone.git('update-ref', 'refs/heads/main', 'side');
    expect(await of('{kind: git, path: project.git}')).not.toEqual(here);
    clone.git('update-ref', 'refs/heads/main', second);
    expect(await of('{kind: git, path: project.git}')).toEqual(here);
  });

  it('of a history changes with where it begins and ends', async () => {
    const of = (rest: string): Promise<readonly string[]> =>
      identityOf({ corpus: `{kind: commits, path: project.git${rest}}` }, 'corpus');
    const all = await of('');
    expect(await of(', from: side')).not.toEqual(all);
    expect(await of(', last: 1')).not.toEqual(all);
  });

  it('of rows changes with the rows, their removals and their revision', async () => {
    const of = (rest: string): Promise<readonly string[]> =>
      identityOf({ corpus: `{kind: files, path: rows.jsonl${rest}}` }, 'corpus');
    const plain = await of('');
    expect(await of(', revision: "2"')).not.toEqual(plain);
    const removed = await of(', removals: gone.txt');
    expect(removed).not.toEqual(plain);
    writeFileSync(path.join(root, 'gone.txt'), 'owner/other\n');
    expect(await of(', removals: gone.txt')).not.toEqual(removed);
  });

  it('of tested programs changes with the file, and with the pools of HumanEval', async () => {
    const of = (pairs: string): Promise<readonly string[]> => identityOf({ pairs }, 'pairs');
    const own = await of('{kind: verified, path: tested.jsonl}');
    expect(await of('{kind: verified}')).not.toEqual(own);
    expect(await of('{kind: verified, pools: [codegen]}')).not.toEqual(await of('{kind: verified}'));
  });
});
