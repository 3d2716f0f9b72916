/** `transformers serve` with two small models of ours, as people run it. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ModelConfig } from '../../../harness/model/index.ts';
import { beginToken, checkpointModels, editJson, writeCheckpoint } from '../../model/tiny-checkpoints.ts';

export interface ServedModels extends AsyncDisposable {
  readonly baseUrl: string;
  /** Folders, which are the names of the models. */
  readonly models: readonly [string, string];
}

const chatTemplate =
  "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant: ";

/** `python`: an interpreter with `transformers[serving]`, torch and requests. */
export async function serveModels(python: string): Promise<ServedModels> {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-serve-'));
  const models = [await modelFolder(folder, 'llama'), await modelFolder(folder, 'qwen2')] as const;
  mkdirSync(path.join(folder, 'hub')); // without it, GET /v1/models is an error
  const port = await freePort();
  const main = ['-m', 'transformers.cli.transformers', 'serve', '--host', '127.0.0.1', '--port', String(port)];
  const env = { ...process.env, HF_HOME: folder, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' };
  const child = spawn(python, [...main, '--device', 'cpu'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString('utf8')).slice(-2000)));
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const isUp = await waitFor(`http://127.0.0.1:${port}/health`, () => child.exitCode === null);
  if (!isUp) throw new Error(`transformers serve did not start: ${said}`);
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    models,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A language model with a chat template that samples: without `do_sample`, this server ignores the temperature. */
async function modelFolder(parent: string, family: string): Promise<string> {
  const model = checkpointModels.find((one) => one.family === family) as ModelConfig;
  const folder = await writeCheckpoint(path.join(parent, family), { model });
  editJson(path.join(folder, 'config.json'), ({ architectures, ...config }) => ({
    ...config,
    architectures: (architectures as string[]).map((name) => name.replace('SequenceClassification', 'CausalLM')),
  }));
  editJson(path.join(folder, 'tokenizer_config.json'), (config) => ({
    ...config,
    bos_token: beginToken,
    chat_template: chatTemplate,
  }));
  writeFileSync(path.join(folder, 'generation_config.json'), '{"do_sample": true, "eos_token_id": 1}');
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitFor(url: string, isRunning: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 600 && isRunning(); tries += 1) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return true;
    await new Promise((next) => setTimeout(next, 200));
  }
  return false;
}
