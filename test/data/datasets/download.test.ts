/** Downloads against a real server: cut, resumed, refused, through a proxy. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { bringDatasetFile, type DatasetManifest, type FetchedFile } from '../../../harness/data/index.ts';
import type { UserError } from '../../../harness/spec/index.ts';
import { fileServer, type Conduct, type FileServer } from './file-server.ts';

const body = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `{"row": ${i}}\n`).join(''));
const folders: string[] = [];
const servers: FileServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

async function serving(conduct: Partial<Conduct>): Promise<FileServer> {
  const server = await fileServer({ body, ...conduct });
  servers.push(server);
  return server;
}

function cacheFolder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'harness-download-'));
  folders.push(made);
  return made;
}

function manifest(url: string): DatasetManifest {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return {
    name: 'numbers',
    version: '1',
    license: 'MIT',
    homepage: null,
    citation: 'none',
    folder: 'numbers',
    sources: [],
    howToGet: null,
    files: [{ file: 'rows.jsonl', url, sha256, bytes: body.length, rows: 20_000, fields: {} }],
  };
}

interface Fetching {
  readonly cache?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly idleMs?: number;
  readonly file?: string;
  readonly onProgress?: (done: number, total: number | null) => void;
}

function fetching(server: FileServer, options: Fetching = {}): Promise<FetchedFile> {
  const { cache = cacheFolder(), env = {}, idleMs = 2000, file = 'rows.jsonl', onProgress = () => {} } = options;
  return bringDatasetFile(manifest(`${server.address}/${file}`), 'rows.jsonl', {
    cacheFolder: cache,
    mirrorFolder: null,
    download: true,
    transfer: { env, idleMs, pauseMs: 1, onProgress },
  });
}

async function refusal(promise: Promise<unknown>): Promise<UserError> {
  return promise.then(
    () => {
      throw new Error('expected a refusal');
    },
    (error: unknown) => error as UserError,
  );
}

const filesIn = (cache: string): string[] => readdirSync(path.join(cache, 'datasets', 'numbers'));
const partOf = (cache: string, pid: number): string =>
  path.join(cache, 'datasets', 'numbers', `rows.jsonl.${hostname().replaceAll(/[^\w-]/g, '-')}-${pid}.part`);

/** Of a process that has ended. */
const endedPid = spawnSync(process.execPath, ['--version']).pid;

function leavePart(cache: string, bytes: Buffer, version: string | null): void {
  mkdirSync(path.join(cache, 'datasets', 'numbers'), { recursive: true });
  writeFileSync(partOf(cache, endedPid), bytes);
  if (version !== null) writeFileSync(`${partOf(cache, endedPid)}.version`, version);
}

describe('a download that is cut', () => {
  it('goes on from the byte where it stopped, as often as it takes', async () => {
    const server = await serving({ cuts: [100_000, 50_000, 1000] });
    const { path: found, origin } = await fetching(server);
    expect(readFileSync(found).equals(body)).toBe(true);
    expect(origin).toBe('download');
    expect(server.asked[0]).toBe(null);
    expect(server.asked.length).toBe(4);
    const starts = server.asked.slice(1).map((range) => Number(/\d+/.exec(range ?? '')?.[0]));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts[0]).toBeGreaterThan(0);
    expect(filesIn(path.dirname(path.dirname(path.dirname(found))))).toEqual(['rows.jsonl']);
  });

  it('begins anew at a server without ranges', async () => {
    const server = await serving({ cuts: [100_000], ranges: false });
    expect(readFileSync((await fetching(server)).path).equals(body)).toBe(true);
    expect(server.asked.length).toBe(2);
  });

  it('keeps what came when it is given up, and the next process goes on there', async () => {
    const cache = cacheFolder();
    // Four answers in a row that bring nothing new.
    const server = await serving({ cuts: [100_000, 0, 0, 0, 0, 0] });
    const error = await refusal(fetching(server, { cache }));
    expect([error.exitCode, error.message]).toEqual([3, expect.stringContaining(server.address)]);
    const part = partOf(cache, process.pid);
    expect(readFileSync(part).equals(body.subarray(0, readFileSync(part).length))).toBe(true);
    const size = readFileSync(part).length;
    expect(size).toBeGreaterThan(0);
    server.conduct = { ...server.conduct, cuts: [] };
    await fetching(server, { cache });
    expect(server.asked.at(-1)).toBe(`bytes=${size}-`);
    expect(filesIn(cache)).toEqual(['rows.jsonl']);
  });

  it('takes over the part of a process that has ended', async () => {
    const [cache, server] = [cacheFolder(), await serving({})];
    leavePart(cache, body.subarray(0, 12_345), '"1"');
    await fetching(server, { cache });
    expect(server.asked).toEqual(['bytes=12345-']);
    expect(filesIn(cache)).toEqual(['rows.jsonl']);
  });

  it('leaves the part of a running process alone', async () => {
    const [cache, server] = [cacheFolder(), await serving({})];
    mkdirSync(path.join(cache, 'datasets', 'numbers'), { recursive: true });
    writeFileSync(partOf(cache, process.ppid), body.subarray(0, 10));
    await fetching(server, { cache });
    expect(server.asked).toEqual([null]);
    expect(existsSync(partOf(cache, process.ppid))).toBe(true);
  });

  it('begins anew where the file has changed meanwhile', async () => {
    const [cache, server] = [cacheFolder(), await serving({ etag: '"2"' })];
    leavePart(cache, Buffer.alloc(1000, 'x'), '"1"');
    expect(readFileSync((await fetching(server, { cache })).path).equals(body)).toBe(true);
    expect(server.asked).toEqual(['bytes=1000-']);
  });

  it('begins anew once where the pieces do not make the file', async () => {
    const [cache, server] = [cacheFolder(), await serving({ etag: null })];
    leavePart(cache, Buffer.alloc(1000, 'x'), null);
    expect(readFileSync((await fetching(server, { cache })).path).equals(body)).toBe(true);
    expect(server.asked).toEqual(['bytes=1000-', null]);
  });

  it('asks for nothing where all bytes are there', async () => {
    const [cache, server] = [cacheFolder(), await serving({})];
    leavePart(cache, body, '"1"');
    await fetching(server, { cache });
    expect(server.asked).toEqual([]);
  });

  it('begins anew where the part is longer than the file (416)', async () => {
    const [cache, server] = [cacheFolder(), await serving({})];
    leavePart(cache, Buffer.concat([body, body]), '"1"');
    expect(readFileSync((await fetching(server, { cache })).path).equals(body)).toBe(true);
    expect(server.asked).toEqual([`bytes=${2 * body.length}-`, null]);
  });

  it('is resumed as it was packed, and unpacked when it is whole', async () => {
    const packed = gzipSync(body);
    const server = await serving({ body: packed, cuts: [Math.floor(packed.length / 2)] });
    expect(readFileSync((await fetching(server, { file: 'rows.jsonl.gz' })).path).equals(body)).toBe(true);
    expect(server.asked[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('is complete where a packed file is there to its last byte (416)', async () => {
    const packed = gzipSync(body);
    const [cache, server] = [cacheFolder(), await serving({ body: packed })];
    leavePart(cache, packed, '"1"');
    await fetching(server, { cache, file: 'rows.jsonl.gz' });
    expect(server.asked).toEqual([`bytes=${packed.length}-`]);
  });
});

describe('a download that fails', () => {
  it('is not tried again where the file is not there', async () => {
    const server = await serving({ statuses: [404] });
    const error = await refusal(fetching(server));
    expect([error.exitCode, error.message]).toEqual([3, expect.stringContaining('/rows.jsonl (HTTP 404)')]);
    expect(error.hint).toContain('HARNESS_DATA_MIRROR');
    expect(server.asked.length).toBe(1);
  });

  it('is tried again where the server is busy', async () => {
    const server = await serving({ statuses: [503, 429] });
    await fetching(server);
    expect(server.asked.length).toBe(3);
  });

  it('is given up after four attempts, with the reason', async () => {
    const server = await serving({ statuses: [500, 500, 500, 500, 500] });
    expect((await refusal(fetching(server))).message).toContain('(HTTP 500)');
    expect(server.asked.length).toBe(4);
  });

  it('says that nothing listens there', async () => {
    const server = await serving({});
    await server.close();
    expect((await refusal(fetching(server))).message).toContain('ECONNREFUSED');
  });

  it('does not wait for ever for bytes that do not come', async () => {
    const server = await serving({ cuts: [1000, 0, 0, 0, 0], stalls: true });
    expect((await refusal(fetching(server, { idleMs: 60 }))).message).toContain('nothing came for 0.06 seconds');
  });

  it('stops before it has read a file of another size', async () => {
    const server = await serving({ body: Buffer.concat([body, body]) });
    const { message } = await refusal(fetching(server));
    expect(message).toContain(`it serves ${2 * body.length} bytes, and the manifest says ${body.length}`);
  });

  it('refuses a changed byte, says where, and leaves nothing', async () => {
    const changed = Buffer.from(body);
    changed[777] = 0x21;
    const [cache, server] = [cacheFolder(), await serving({ body: changed })];
    const error = await refusal(fetching(server, { cache }));
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain(
      `dataset numbers, file rows.jsonl: wrong sha256 of the copy from ${server.address}`,
    );
    expect(error.message).toContain(createHash('sha256').update(changed).digest('hex'));
    expect(error.hint).toContain('data mirror');
    expect(filesIn(cache)).toEqual([]);
    expect(server.asked.length).toBe(1);
  });
});

describe('on its way', () => {
  it('follows redirects', async () => {
    const server = await serving({ statuses: [302, 302] });
    await fetching(server);
    expect(server.asked.length).toBe(3);
  });

  it('goes in circles a few times only', async () => {
    const server = await serving({ statuses: Array.from<number>({ length: 40 }).fill(302) });
    expect((await refusal(fetching(server))).message).toContain('more than 5 redirects');
  });

  it('asks the proxy for the whole address, with its credentials, and not for a host in NO_PROXY', async () => {
    const server = await serving({});
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers['proxy-authorization']}`);
      httpRequest(request.url ?? '', { headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      }).end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const env = { http_proxy: `http://me:s%20x@127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    await fetching(server, { env });
    expect(seen).toEqual([`${server.address}/rows.jsonl Basic ${Buffer.from('me:s x').toString('base64')}`]);
    await fetching(server, { env: { ...env, NO_PROXY: 'example.org, 127.0.0.1' } });
    expect(seen.length).toBe(1);
    proxy.closeAllConnections();
    proxy.close();
  });

  it('says how far it is', async () => {
    const server = await serving({ cuts: [100_000] });
    const seen: (readonly [number, number | null])[] = [];
    await fetching(server, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.at(0)).toEqual([0, body.length]);
    expect(seen.at(-1)).toEqual([body.length, body.length]);
    const done = seen.map(([bytes]) => bytes);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('brings a file once for two that want it at the same time', async () => {
    const [cache, server] = [cacheFolder(), await serving({})];
    const [one, other] = await Promise.all([fetching(server, { cache }), fetching(server, { cache })]);
    expect(one.path).toBe(other.path);
    expect(server.asked.length).toBe(1);
  });
});
