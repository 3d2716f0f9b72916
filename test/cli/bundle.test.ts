import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unpackArchive, writeArchive } from '../../harness/bundle/archive.ts';
import { temporaryResults, writeSampleResults, stageId } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let folder = '';
let results = '';
let archive = '';
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-bundle-test-'));
  results = temporaryResults();
  writeSampleResults(results);
  writeModel();
  archive = path.join(folder, 'tiny.zip');
  const run = await captured(['bundle', 'tiny', '--results', results, '-o', archive, '--license', 'CC-BY-4.0']);
  expect(run.stderr).toBe('');
  expect(run.exitCode).toBe(0);
});

const model = Buffer.from('weights');
const decay = stageId('decay', 3);

/** An output that reports do not read. */
function writeModel(): void {
  const store = path.join(results, 'store', decay);
  writeFileSync(path.join(store, 'model.safetensors'), model);
  const done = JSON.parse(readFileSync(path.join(store, 'done.json'), 'utf8'));
  done.outputs = [{ file: 'model.safetensors', bytes: model.length, sha256: sha256(model) }];
  writeFileSync(path.join(store, 'done.json'), JSON.stringify(done));
}

let copy = '';
beforeEach(() => {
  copy = path.join(mkdtempSync(path.join(tmpdir(), 'harness-bundle-test-')), 'copy.zip');
});

const verify = (file: string): ReturnType<typeof captured> => captured(['verify', '--bundle', file]);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const items = `results/store/${stageId('evaluate', 32)}/items.arrow`;

type Change = (files: Map<string, Buffer>) => void;

/** The archive again, with other files. */
async function changed(change: Change): Promise<string> {
  const place = mkdtempSync(path.join(tmpdir(), 'harness-bundle-test-'));
  const names = await unpackArchive(archive, place);
  const files = new Map(names.map((name) => [name, readFileSync(path.join(place, name))]));
  change(files);
  await writeArchive(
    copy,
    [...files].map(([name, content]) => ({ name, content })),
  );
  rmSync(place, { recursive: true });
  return copy;
}

/** As somebody does who also mends the metadata. */
function replaceKnowingly(files: Map<string, Buffer>, name: string, bytes: Buffer): void {
  const before = sha256(files.get(name) ?? Buffer.alloc(0));
  files.set(name, bytes);
  const crate = 'ro-crate-metadata.json';
  files.set(crate, Buffer.from(String(files.get(crate)).replaceAll(before, sha256(bytes))));
}

describe('harness bundle', () => {
  it('is enough to make the report again, byte for byte, without the results folder', async () => {
    const moved = `${results}-elsewhere`;
    renameSync(results, moved);
    const run = await verify(archive);
    renameSync(moved, results);
    expect(run.stdout).toMatch(
      /^tiny: \d+ files as its metadata says; all \d+ files of the report made again from the records, byte for byte$/m,
    );
    expect(run.exitCode).toBe(0);
  });

  it('has equal bytes where the records are equal', async () => {
    await captured(['bundle', 'tiny', '--results', results, '-o', copy, '--license', 'CC-BY-4.0']);
    expect(sha256(readFileSync(copy))).toBe(sha256(readFileSync(archive)));
  });

  it('says what it is, what ran, and the digest of every file in RO-Crate metadata', async () => {
    let names: readonly string[] = [];
    let graph: readonly Readonly<Record<string, unknown>>[] = [];
    await changed((files) => {
      names = [...files.keys()];
      graph = JSON.parse(String(files.get('ro-crate-metadata.json')))['@graph'];
    });
    const entity = (id: string) => graph.find((one) => one['@id'] === id) ?? {};
    expect(entity('ro-crate-metadata.json')['conformsTo']).toEqual({ '@id': 'https://w3id.org/ro/crate/1.1' });
    expect(entity('./')).toMatchObject({ datePublished: '2026-01-02', description: 'does it?' });
    expect(entity('./')['license']).toEqual({ '@id': 'https://spdx.org/licenses/CC-BY-4.0' });
    expect(entity('#sweep-1')).toMatchObject({ '@type': 'CreateAction', startTime: '2026-01-02T03:04:05.000Z' });
    for (const name of names.filter((one) => one !== 'ro-crate-metadata.json'))
      expect(entity(name)).toMatchObject({ '@type': 'File', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(names).toContain(items);
    expect(names).toContain('results/experiments/tiny/plan.json');
  });

  it('leaves out what no report reads, and its digests stay', async () => {
    let files = new Map<string, Buffer>();
    await changed((all) => (files = all));
    expect([...files.keys()].filter((name) => name.endsWith('.safetensors'))).toEqual([]);
    expect(String(files.get(`results/store/${decay}/done.json`))).toContain(sha256(model));
  });

  it('is not made of nothing, nor of damaged records', async () => {
    expect((await captured(['bundle', 'nosuch', '--results', results, '-o', copy])).exitCode).toBe(5);
    const own = temporaryResults();
    writeSampleResults(own);
    writeFileSync(path.join(own, 'store', stageId('evaluate', 32), 'items.arrow'), 'other');
    const run = await captured(['bundle', 'tiny', '--results', own, '-o', copy]);
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('items.arrow');
    expect((await verify(copy)).exitCode).toBe(2);
  });
});

describe('harness verify --bundle', () => {
  const damages: readonly (readonly [string, Change, RegExp])[] = [
    ['a changed byte', (files) => void (files.get(items) as Buffer).writeUInt8(1, 100), /items\.arrow: its sha256/],
    ['a file that is gone', (files) => void files.delete(items), /items\.arrow: missing/],
    ['a file too many', (files) => void files.set('more.txt', Buffer.from('x')), /more\.txt: not in the metadata/],
  ];
  for (const [what, change, told] of damages)
    it(`finds ${what}`, async () => {
      const run = await verify(await changed(change));
      expect(run.exitCode).toBe(1);
      expect(run.stdout).toMatch(told);
    });

  it('finds a number that was changed with its metadata: the report does not follow from it', async () => {
    const journal = `results/store/${stageId('evaluate', 32)}/journal.jsonl`;
    const run = await verify(
      await changed((files) =>
        replaceKnowingly(files, journal, Buffer.from(String(files.get(journal)).replace('"value":0.5', '"value":0.9'))),
      ),
    );
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/do not follow from the records here/);
  });

  it('finds a page that says something else than the records', async () => {
    const page = 'report/results.md';
    const file = await changed((files) =>
      replaceKnowingly(files, page, Buffer.from(`${String(files.get(page))}PMP wins.`)),
    );
    const run = await captured(['verify', '--bundle', file, '--json']);
    expect(run.exitCode).toBe(1);
    const { files, derived } = documentOf(run) as Record<
      string,
      { readonly name: string; readonly why: string | null }[]
    >;
    expect(files?.filter(({ why }) => why !== null)).toEqual([]);
    expect(derived?.filter(({ why }) => why !== null)).toEqual([
      { name: page, why: 'another file follows from the records' },
    ]);
    expect(derived?.map(({ name }) => name)).toContain('report/index.html');
  });

  it('refuses what is no bundle, and other flags beside it', async () => {
    writeFileSync(copy, 'no archive');
    const run = await verify(copy);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('no whole archive');
    await writeArchive(copy, [{ name: 'a.txt', content: Buffer.from('a') }]);
    expect((await verify(copy)).stderr).toContain('no bundle of the harness');
    expect((await verify(path.join(folder, 'nosuch.zip'))).exitCode).toBe(2);
    expect((await captured(['verify', '--bundle', archive, '--all'])).exitCode).toBe(2);
  });
});
