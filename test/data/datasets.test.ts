import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  datasetDigest,
  datasetNames,
  fetchDatasetFile,
  loadDatasetManifest,
  readRows,
  type DatasetManifest,
} from '../../harness/data/index.ts';
import { captured } from '../cli/captured-run.ts';
import type { UserError } from '../../harness/spec/user-error.ts';

const text = '{"question": "2+2?"}\n';
const sha256 = createHash('sha256').update(text).digest('hex');
const folders: string[] = [];
let server: Server;
let address = '';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'datasets-test-'));
  folders.push(made);
  return made;
}

function manifest(url: string | null, howToGet: string | null = null): DatasetManifest {
  return {
    name: 'sums',
    version: '1',
    license: 'MIT',
    homepage: null,
    citation: 'none',
    folder: 'sums',
    sources: [],
    howToGet,
    files: [{ file: 'rows.jsonl', url, sha256, bytes: text.length, rows: 1, fields: { question: 'The question.' } }],
  };
}

function mirrorWith(name: string, content: string | Buffer): string {
  const mirror = folder();
  mkdirSync(path.join(mirror, 'sums'));
  writeFileSync(path.join(mirror, 'sums', name), content);
  return mirror;
}

async function failure(promise: Promise<unknown>): Promise<UserError> {
  return promise.then(
    () => {
      throw new Error('expected a refusal');
    },
    (error: unknown) => error as UserError,
  );
}

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/rows.jsonl') response.end(text);
    else if (request.url === '/rows.jsonl.gz') response.end(gzipSync(text));
    else if (request.url === '/plain.jsonl.gz') response.end(text);
    else if (request.url === '/other.jsonl') response.end('something else');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('fetchDatasetFile', () => {
  it.each([
    ['plain', 'rows.jsonl', text],
    ['gzipped', 'rows.jsonl.gz', gzipSync(text)],
  ] as const)('takes a %s file from the mirror into the cache', async (_, name, content) => {
    const cacheFolder = folder();
    const found = await fetchDatasetFile(manifest(null), 'rows.jsonl', {
      cacheFolder,
      mirrorFolder: mirrorWith(name, content),
      download: false,
    });
    expect(found).toBe(path.join(cacheFolder, 'datasets', 'sums', 'rows.jsonl'));
    expect(readFileSync(found, 'utf8')).toBe(text);
    expect(readdirSync(path.dirname(found))).toEqual(['rows.jsonl']);
  });

  it('needs neither mirror nor network once it is cached', async () => {
    const cacheFolder = folder();
    const first = await fetchDatasetFile(manifest(null), 'rows.jsonl', {
      cacheFolder,
      mirrorFolder: mirrorWith('rows.jsonl', text),
      download: false,
    });
    expect(
      await fetchDatasetFile(manifest(null), 'rows.jsonl', { cacheFolder, mirrorFolder: null, download: false }),
    ).toBe(first);
  });

  it('downloads what no mirror has', async () => {
    const found = await fetchDatasetFile(manifest(`${address}/rows.jsonl`), 'rows.jsonl', {
      cacheFolder: folder(),
      mirrorFolder: folder(),
      download: true,
    });
    expect(readFileSync(found, 'utf8')).toBe(text);
  });

  it('unpacks what an address serves packed, and refuses what it says is packed and is not', async () => {
    const options = { cacheFolder: folder(), mirrorFolder: null, download: true };
    const found = await fetchDatasetFile(manifest(`${address}/rows.jsonl.gz`), 'rows.jsonl', options);
    expect(readFileSync(found, 'utf8')).toBe(text);
    const plain = await failure(
      fetchDatasetFile(manifest(`${address}/plain.jsonl.gz`), 'rows.jsonl', { ...options, cacheFolder: folder() }),
    );
    expect([plain.exitCode, plain.message]).toEqual([3, expect.stringContaining('cannot be unpacked')]);
  });

  it('refuses a wrong digest from the mirror and caches nothing', async () => {
    const cacheFolder = folder();
    const error = await failure(
      fetchDatasetFile(manifest(null), 'rows.jsonl', {
        cacheFolder,
        mirrorFolder: mirrorWith('rows.jsonl', 'changed'),
        download: true,
      }),
    );
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain('dataset sums, file rows.jsonl: wrong sha256 of the copy from the mirror');
    expect(error.message).toContain(`expected ${sha256}`);
    expect(error.message).toContain(`found    ${createHash('sha256').update('changed').digest('hex')}`);
    expect(error.hint).toContain('HARNESS_DATA_MIRROR');
    expect(readdirSync(path.join(cacheFolder, 'datasets', 'sums'))).toEqual([]);
  });

  it('refuses a mirror file that is no gzip', async () => {
    const error = await failure(
      fetchDatasetFile(manifest(null), 'rows.jsonl', {
        cacheFolder: folder(),
        mirrorFolder: mirrorWith('rows.jsonl.gz', 'not gzip'),
        download: true,
      }),
    );
    expect([error.exitCode, error.message]).toEqual([3, expect.stringContaining('cannot be unpacked')]);
  });

  it('refuses a cached file that was changed, and says which to remove', async () => {
    const cacheFolder = folder();
    const options = { cacheFolder, mirrorFolder: mirrorWith('rows.jsonl', text), download: false };
    const cached = await fetchDatasetFile(manifest(null), 'rows.jsonl', options);
    writeFileSync(cached, `${text} `);
    const error = await failure(fetchDatasetFile(manifest(null), 'rows.jsonl', options));
    expect([error.exitCode, error.message, error.hint]).toEqual([
      3,
      expect.stringContaining(`the cache, ${cached}`),
      expect.stringContaining('remove that file'),
    ]);
  });

  it('refuses a download of something else', async () => {
    const error = await failure(
      fetchDatasetFile(manifest(`${address}/other.jsonl`), 'rows.jsonl', {
        cacheFolder: folder(),
        mirrorFolder: null,
        download: true,
      }),
    );
    expect([error.exitCode, error.message]).toEqual([3, expect.stringContaining(`${address}/other.jsonl`)]);
  });

  it('names every place it tried', async () => {
    const [cacheFolder, mirrorFolder] = [folder(), folder()];
    const error = await failure(
      fetchDatasetFile(manifest(`${address}/missing.jsonl`), 'rows.jsonl', {
        cacheFolder,
        mirrorFolder,
        download: true,
      }),
    );
    expect(error.exitCode).toBe(3);
    for (const place of [
      path.join(cacheFolder, 'datasets/sums/rows.jsonl'),
      path.join(mirrorFolder, 'sums/rows.jsonl.gz'),
      `${address}/missing.jsonl (HTTP 404)`,
    ])
      expect(error.message).toContain(place);
    expect(error.hint).toContain('HARNESS_DATA_MIRROR');
  });

  it('tells how to get what has no address', async () => {
    const error = await failure(
      fetchDatasetFile(manifest(null, 'ask the library'), 'rows.jsonl', {
        cacheFolder: folder(),
        mirrorFolder: null,
        download: true,
      }),
    );
    expect([error.exitCode, error.hint]).toEqual([3, 'ask the library']);
    expect(error.message).toMatch(/HARNESS_DATA_MIRROR is not set\n {2}no public address/);
  });
});

describe('manifests', () => {
  it('are found by name; unknown names list the known ones', () => {
    expect(datasetNames()).toEqual(expect.arrayContaining(['gsm8k', 'gsm8k-candidates']));
    expect(() => loadDatasetManifest('gsm9k')).toThrow('there is no dataset "gsm9k"');
  });

  it.each(['gsm8k', 'gsm8k-candidates'])(
    '%s: every file has a pinned address, or the manifest tells how to get it',
    (name) => {
      const loaded = loadDatasetManifest(name);
      expect(loaded.name).toBe(name);
      for (const file of loaded.files)
        expect(file.url === null ? loaded.howToGet : file.url).toMatch(
          file.url === null ? /mirror/ : new RegExp(`/${loaded.version}/.*${file.file}$`),
        );
    },
  );

  it('are there for mathematics, logic and code', () => {
    expect(datasetNames()).toEqual(
      expect.arrayContaining(['math', 'math-candidates', 'logiqa2', 'ar-lsat', 'humaneval', 'humaneval-code-samples']),
    );
  });

  it.each(datasetNames())('%s: addresses are of one commit each, or the manifest tells how to get the file', (name) => {
    const { files, howToGet } = loadDatasetManifest(name);
    for (const { url } of files) {
      if (url === null) expect(howToGet).toContain('HARNESS_DATA_MIRROR');
      else expect(url).toMatch(/^https:\/\/raw\.githubusercontent\.com\/[\w.-]+\/[\w.-]+\/[0-9a-f]{12,40}\/[^?]+$/);
    }
  });

  it('the digest follows the files, not the prose', () => {
    const one = manifest(null);
    expect(datasetDigest({ ...one, citation: 'another' })).toBe(datasetDigest(one));
    expect(
      datasetDigest({
        ...one,
        files: one.files.map((file) => ({
          ...file,
          sha256: sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
        })),
      }),
    ).not.toBe(datasetDigest(one));
  });
});

const mirror =
  process.env['HARNESS_DATA_MIRROR'] ?? fileURLToPath(new URL('../../../shared/datasets', import.meta.url));
const isThere = existsSync(mirror);
if (!isThere)
  console.warn(`skipped: files of datasets need a data mirror; ${mirror} is none (set HARNESS_DATA_MIRROR)`);

describe.skipIf(!isThere)('a data mirror', () => {
  it.each(datasetNames())('has %s, with as many rows as its manifest says', async (name) => {
    const cacheFolder = folder();
    const loaded = loadDatasetManifest(name);
    for (const { file, bytes, rows, fields } of loaded.files) {
      const found = await fetchDatasetFile(loaded, file, { cacheFolder, mirrorFolder: mirror, download: false });
      expect(statSync(found).size).toBe(bytes);
      let read = 0;
      const columns = new Set<string>();
      for await (const { value } of readRows(found)) {
        read += 1;
        for (const column of Object.keys(value as object)) columns.add(column);
      }
      expect(read, file).toBe(rows);
      // Every field that the manifest explains is there.
      expect([...columns], file).toEqual(expect.arrayContaining(Object.keys(fields).map((name) => name.split('.')[0])));
    }
  });

  it('is what `data fetch` and `data verify` work with', async () => {
    const env = { HARNESS_CACHE: folder(), HARNESS_DATA_MIRROR: mirror };
    const names = ['math', 'ar-lsat', 'logiqa2', 'humaneval', 'math-candidates'];
    const fetched = await captured(['data', 'fetch', ...names, '--no-download'], env);
    expect(fetched).toMatchObject({ exitCode: 0, stdout: '10 files verified\n' });
    expect(await captured(['data', 'verify', ...names], env)).toMatchObject({ exitCode: 0 });
    const listed = (await captured(['data', 'ls'], env)).stdout;
    for (const [name, files] of [
      ['math', 2],
      ['ar-lsat', 3],
      ['logiqa2', 3],
      ['humaneval', 1],
    ] as const)
      expect(listed).toMatch(new RegExp(`^${name} +\\w+ .* ${files} +${files} +cache +\\d`, 'm'));
  });
});
