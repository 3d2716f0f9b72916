/** Models of a hub: what is taken, checked and gone on from, and an experiment that starts from one. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtInKinds } from '../../../harness/kinds/index.ts';
import { planExperiment, planInputs } from '../../../harness/plan/index.ts';
import { captured, documentOf, type CapturedRun } from '../../cli/captured-run.ts';
import { checkpointModels, writeCheckpoint } from '../../model/tiny-checkpoints.ts';
import { baseText, errorLines, valid } from '../../spec/base-experiment.ts';
import { commit, hubServer, type HubServer } from './hub-server.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-hub-'));
const [model] = checkpointModels as [(typeof checkpointModels)[0]];
const source = path.join(root, 'source');
let server: HubServer;
let cache: string;
const before = process.env['HARNESS_MODELS'];

beforeAll(async () => {
  await writeCheckpoint(source, { model });
  writeFileSync(path.join(source, 'README.md'), 'a page');
  writeFileSync(path.join(source, 'pytorch_model.bin'), 'pickled');
});
beforeEach(async () => {
  server = await hubServer('lab/Tiny-1.5', source);
  cache = mkdtempSync(path.join(root, 'cache-'));
  process.env['HARNESS_MODELS'] = path.join(cache, 'models');
});
afterEach(() => server[Symbol.asyncDispose]());
afterAll(() => {
  if (before === undefined) delete process.env['HARNESS_MODELS'];
  else process.env['HARNESS_MODELS'] = before;
  rmSync(root, { recursive: true, force: true });
});

const fetched = (...more: readonly string[]): Promise<CapturedRun> =>
  captured(['data', 'model', 'lab/Tiny-1.5', '--json', ...more], { HARNESS_CACHE: cache, HF_ENDPOINT: server.address });
const folder = (): string => path.join(cache, 'models', 'lab--Tiny-1.5', commit);

describe('data model', () => {
  it('brings what a model is opened from, and nothing else, once', async () => {
    const run = await fetched();
    expect(documentOf(run)).toMatchObject({ revision: commit, folder: folder(), wasThere: false });
    expect(readdirSync(folder()).toSorted()).toEqual(
      ['config.json', 'hub.yaml', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].toSorted(),
    );
    for (const name of ['config.json', 'model.safetensors'])
      expect(readFileSync(path.join(folder(), name)).equals(readFileSync(path.join(source, name)))).toBe(true);
    const requests = server.asked.length;
    expect(documentOf(await fetched('--revision', commit))).toMatchObject({ wasThere: true });
    expect(server.asked.length).toBe(requests + 1);
  });

  it('goes on where a download was cut, and keeps no folder that is not whole', async () => {
    server.cutAfter = 100;
    server.served.set(
      'tokenizer.json',
      Buffer.from('other'.padEnd(readFileSync(path.join(source, 'tokenizer.json')).length)),
    );
    expect(await fetched()).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('file tokenizer.json: expected the git digest'),
    });
    expect(existsSync(folder())).toBe(false);
    server.served.set('tokenizer.json', readFileSync(path.join(source, 'tokenizer.json')));
    expect((await fetched()).exitCode).toBe(0);
    expect(server.asked.filter(({ path: asked }) => asked === '/blob/model.safetensors')).toHaveLength(2);
  }, 30_000);

  it('sends a token to the hub alone, and to no other host', async () => {
    server.token = 'hf_secret';
    expect(await fetched()).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('HF_TOKEN') });
    const env = { HARNESS_CACHE: cache, HF_ENDPOINT: server.address, HF_TOKEN: 'hf_secret' };
    const run = await captured(['data', 'model', 'lab/Tiny-1.5'], env);
    expect([run.exitCode, run.stdout]).toEqual([
      0,
      expect.stringContaining(`start: {kind: hub, model: lab/Tiny-1.5, revision: ${commit}}`),
    ]);
    const blobs = server.asked.filter(({ path: asked }) => asked.startsWith('/blob/'));
    expect(blobs.map(({ token }) => token)).toEqual([undefined]);
    for (const name of readdirSync(folder()))
      expect(readFileSync(path.join(folder(), name)).includes('hf_secret'), name).toBe(false);
  });

  it('says what is wrong: no such model, no hub, no weights, no name', async () => {
    const env = { HARNESS_CACHE: cache, HF_ENDPOINT: server.address };
    expect(await captured(['data', 'model', 'lab/other'], env)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('lab/other at main'),
    });
    expect(await captured(['data', 'model', 'lab/x'], { ...env, HF_ENDPOINT: 'http://127.0.0.1:9' })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/cannot be asked: .*ECONNREFUSED[^]*kind: checkpoint/),
    });
    expect(await captured(['data', 'model', 'tiny'], env)).toMatchObject({ exitCode: 2 });
    const empty = path.join(root, 'empty');
    mkdirSync(empty, { recursive: true });
    writeFileSync(path.join(empty, 'pytorch_model.bin'), 'x');
    await using bare = await hubServer('lab/bare', empty);
    expect(await captured(['data', 'model', 'lab/bare'], { ...env, HF_ENDPOINT: bare.address })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('no config.json with weights as safetensors'),
    });
  });
});

const modelLines = baseText.slice(baseText.indexOf('model:'), baseText.indexOf('pretrain:'));
const bare = baseText.replace(modelLines, '').replace('tokenizer: {kind: bpe}\n', '');
const startLine = (revision: string): string =>
  `${bare}start: {kind: hub, model: lab/Tiny-1.5, revision: ${revision}}\n`;

describe('an experiment that starts from a model of the hub', () => {
  it('plans it as it lies in the cache: named, with its digest, and without the network', async () => {
    await fetched();
    const { stages } = planExperiment(valid(startLine(commit)), planInputs(builtInKinds));
    const pretrain = stages.find(({ kind }) => kind === 'pretrain');
    expect(pretrain?.config).toMatchObject({
      start: { kind: 'hub', model: 'lab/Tiny-1.5', revision: commit },
      startDigest: expect.stringMatching(/^\w{64}$/),
      model: { name: 'tiny-1-5', family: 'qwen2' },
    });
    expect(JSON.stringify(stages)).not.toContain(root);
  });

  it('says how the model comes there where it is not, and asks for a whole commit', () => {
    expect(errorLines(startLine(commit)).join('\n')).toContain(`harness data model lab/Tiny-1.5 --revision ${commit}`);
    expect(errorLines(startLine('main')).join('\n')).toContain('revision');
  });
});
