/** HumanEval (arXiv 2107.03374) with programs of 21 models and what the official tests said of each. */
import { z } from 'zod';
import { addCount } from '../add-count.ts';
import { allDatasetRows } from '../datasets/checked-rows.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import type { TestedCandidate, TestedProblem } from './candidate.ts';
import { continuationOf } from './continuation.ts';

export const humanEvalPools = ['codegen', 'llm-runs'] as const;
export type HumanEvalPool = (typeof humanEvalPools)[number];

const dataset = 'humaneval-code-samples';
const poolFiles = { codegen: 'codegen16B_samples.jsonl', 'llm-runs': 'llm_runs_samples.jsonl' } as const;
const problemFile = 'HumanEval.jsonl';

const problemRow = z.object({ task_id: z.string(), prompt: z.string(), entry_point: z.string() });
const sampleRow = z.object({
  q_id: z.string(),
  model: z.string().default('codegen-16B'),
  code: z.string(),
  status: z.string(),
  label: z.boolean(),
});

/** sha256 over the raw files that are read, by the manifest alone. */
export function humanEvalDigest(pools: readonly HumanEvalPool[]): string {
  const manifest = loadDatasetManifest(dataset);
  return filesDigest([problemFile, ...pools.map((pool) => poolFiles[pool])].map((file) => datasetFile(manifest, file)));
}

/** @throws UserError (3) where the data cannot be had. `counts`: programs left out, by reason. */
export async function readHumanEval(
  pools: readonly HumanEvalPool[],
  options: FetchOptions,
  counts: Record<string, number>,
): Promise<readonly TestedProblem[]> {
  const problems = await allDatasetRows(dataset, problemFile, problemRow, options);
  const candidates = new Map(problems.map(({ task_id: id }) => [id, [] as TestedCandidate[]]));
  const byId = new Map(problems.map((problem) => [problem.task_id, problem]));
  for (const pool of pools)
    for (const { q_id: id, code, model, status, label } of await allDatasetRows(
      dataset,
      poolFiles[pool],
      sampleRow,
      options,
    )) {
      const problem = byId.get(id);
      const completion = problem === undefined ? null : continuationOf(code, problem.prompt, problem.entry_point);
      if (completion === null) addCount(counts, 'candidate: does not go on from the prompt');
      else candidates.get(id)?.push({ completion, passed: label, status, model });
    }
  return problems.map(({ task_id: id, prompt }) => ({ id, prompt, candidates: candidates.get(id) ?? [] }));
}
