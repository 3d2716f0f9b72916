/** A task's data by its kind, and the digest of the raw files it depends on. */
import type { TaskSpec } from '../../spec/experiment-schema.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import type { TaskData } from '../preference-pair.ts';
import { generateTask } from './generate-task.ts';
import { gsm8kTask } from './gsm8k-task.ts';

/** `mirrorFolder` defaults to the environment's HARNESS_DATA_MIRROR, `download` to true. */
export interface TaskDataOptions {
  readonly cacheFolder: string;
  readonly mirrorFolder?: string | null;
  readonly download?: boolean;
}

/**
 * Equal specs (and, for real data, equal files) give equal data on every machine. Throws `UserError` as `generateTask`
 * and `gsm8kTask` do.
 */
export async function taskData(
  spec: TaskSpec,
  { cacheFolder, mirrorFolder, download = true }: TaskDataOptions,
): Promise<TaskData> {
  if (spec.kind === 'generated') return generateTask(spec);
  const mirror = mirrorFolder === undefined ? (process.env['HARNESS_DATA_MIRROR'] ?? null) : mirrorFolder;
  const options: FetchOptions = { cacheFolder, mirrorFolder: mirror, download };
  return gsm8kTask(spec, options);
}

/** sha256 over the raw files a task reads, from the manifests alone; null for generated tasks, which read none. */
export function taskDataDigest(spec: TaskSpec): string | null {
  if (spec.kind === 'generated') return null;
  const gsm8k = loadDatasetManifest('gsm8k');
  if (spec.pool === 'example-solutions') return filesDigest([datasetFile(gsm8k, 'example_model_solutions.jsonl')]);
  const candidates = loadDatasetManifest('gsm8k-candidates');
  return filesDigest([datasetFile(gsm8k, 'test.jsonl'), ...candidates.files]);
}
