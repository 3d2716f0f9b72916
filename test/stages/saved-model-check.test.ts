/** A model that was saved is checked by a process that never held it: real files, real processes. */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeEncodedPairs } from '../../harness/data/index.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import { initParameters, readSafetensors, saveModelFolder, writeSafetensors } from '../../harness/model/index.ts';
import { probeQuestions, writeProbes } from '../../harness/stages/probes.ts';
import { FreshProcessCheck } from '../../harness/stages/saved-model-check.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { toyModel as model, vocabSize } from './toy-model.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-saved-model-'));
const taskFolder = path.join(root, 'task');
const saved = path.join(root, 'saved');
const checker = new FreshProcessCheck();

const asked = (folder: string): Parameters<FreshProcessCheck['check']>[0] => ({
  folder,
  taskFolder,
  device: 'cpu',
  threads: 1,
});

function copyOfSaved(name: string): string {
  const folder = path.join(root, name);
  cpSync(saved, folder, { recursive: true });
  return folder;
}

beforeAll(async () => {
  mkdirSync(taskFolder);
  const tokens = (length: number, from: number): Int32Array =>
    Int32Array.from({ length }, (_, index) => (from + 7 * index) % vocabSize);
  writeEncodedPairs(
    path.join(taskFolder, 'dev.arrow'),
    [0, 1, 2, 3].map((index) => ({
      id: String(index),
      prompt: tokens(5, index),
      chosen: tokens(4, 10 + index),
      rejected: tokens(6, 20 + index),
    })),
  );
  const parameters = initParameters(model, 3);
  mkdirSync(saved);
  await saveModelFolder(saved, { model, parameters });
  const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1 });
  writeProbes(saved, await scoreResponses({ model, parameters, sessions }, probeQuestions(taskFolder)), 'cpu');
  await sessions.release();
});

afterAll(() => {
  checker.close();
  rmSync(root, { recursive: true, force: true });
});

describe('a saved model', () => {
  it('passes where a fresh process gives the same eight rewards, again and again', async () => {
    await checker.check(asked(saved));
    await checker.check(asked(saved));
  });

  it('fails where one byte of a weight changed after it was saved: which probe, and what to do', async () => {
    const folder = copyOfSaved('changed');
    const file = path.join(folder, 'model.safetensors');
    const place = statSync(file).size - 6; // inside the last tensor
    const byte = Buffer.of((readFileSync(file)[place] ?? 0) ^ 0x40);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, byte, 0, 1, place);
    closeSync(descriptor);
    await expect(checker.check(asked(folder))).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(
        /changed: the loaded model does not score as the trained one did: probe \d was -?[\d.e-]+, is /,
      ),
      hint: expect.stringContaining('Run the same command again'),
    });
  });

  it('fails where the reward head was left out, and the process goes on to check others', async () => {
    const folder = copyOfSaved('headless');
    const file = path.join(folder, 'model.safetensors');
    const { tensors, metadata } = await readSafetensors(file);
    await writeSafetensors(
      file,
      Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== 'score.weight')),
      metadata,
    );
    await expect(checker.check(asked(folder))).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('score.weight'),
    });
    await checker.check(asked(saved));
  });
});

describe('the checking process', () => {
  it('is gone when its worker is killed', async () => {
    const worker = path.join(root, 'worker.mts');
    writeFileSync(
      worker,
      `import { FreshProcessCheck } from ${JSON.stringify(path.resolve('harness/stages/saved-model-check.ts'))};
const check = new FreshProcessCheck();
await check.check(${JSON.stringify(asked(saved))});
process.send(check.pid);
setInterval(() => {}, 1000);`,
    );
    const child = fork(worker, [], {
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const checkerPid = await new Promise<number>((resolve) =>
      child.once('message', (message) => resolve(message as number)),
    );
    expect(isAlive(checkerPid)).toBe(true);
    child.kill('SIGKILL');
    for (let waited = 0; isAlive(checkerPid) && waited < 5000; waited += 20) await sleep(20);
    expect(isAlive(checkerPid)).toBe(false);
  }, 20_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
