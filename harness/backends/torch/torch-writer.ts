/** Completions sampled from a model folder by PyTorch: prompts and texts go between the two as files of lines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelWriter, WritingRequest, WrittenTexts } from '../../stages/index.ts';
import type { StageExecution } from '../../store/index.ts';
import { writeJob } from './job-files.ts';
import { TorchProcess } from './python.ts';

export function torchWriter({ threads }: StageExecution): ModelWriter {
  const python = new TorchProcess(threads);
  return {
    write: async (request, { scratchFolder, signal }) => {
      signal.throwIfAborted();
      const job = mkdtempSync(path.join(scratchFolder, 'torch-'));
      try {
        writeGenerateJob(job, request, threads);
        const { by, tokens } = await unlessAborted(
          python.run(job, () => {}),
          signal,
        );
        return { completions: completionsIn(job), by: String(by), tokens: Number(tokens) };
      } finally {
        rmSync(job, { recursive: true, force: true });
      }
    },
  };
}

/** What was begun is left to Python, which ends with this process. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  work.catch(() => {}); // told where it is awaited, and of no interest after an abort
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

const files = { prompts: 'prompts.jsonl', completions: 'completions.jsonl' };

function writeGenerateJob(
  job: string,
  { folder, prompts, sampling, ...settings }: WritingRequest,
  threads: number,
): void {
  writeFileSync(path.join(job, files.prompts), prompts.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const values = { ...settings, ...sampling, ...files, threads, device: 'auto', model: path.resolve(folder) };
  writeJob(job, { kind: 'generate', ...values });
}

function completionsIn(job: string): WrittenTexts['completions'] {
  const lines = readFileSync(path.join(job, files.completions), 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as WrittenTexts['completions'][number]);
}
