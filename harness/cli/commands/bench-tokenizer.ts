/** `harness bench tokenizer`: how fast a tokenizer is trained here, on code of one's own. */
import { benchTokenizerTraining, machineName } from '../../bench/index.ts';
import type { CliContext } from '../context.ts';

interface BenchTokenizerFlags {
  readonly megabytes: number;
  readonly vocabSize: number;
  readonly json: boolean;
}

export async function benchTokenizerCommand(
  context: CliContext,
  { json, ...options }: BenchTokenizerFlags,
  ...places: readonly string[]
): Promise<void> {
  const result = await benchTokenizerTraining({ ...options, places });
  if (json) return context.printJson({ ...result, ...options, machine: machineName() });
  const { files, bytes, seconds, peakMemoryBytes } = result;
  context.print(
    `${options.vocabSize} tokens from ${(bytes / 1e6).toFixed(1)} MB in ${files} files: ${seconds.toFixed(1)} s, ` +
      `${(peakMemoryBytes / 1e6).toFixed(0)} MB at the peak`,
  );
  context.print(machineName());
}
