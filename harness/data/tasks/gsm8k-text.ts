/** The questions of GSM8K's train split with their worked answers, as plain text. */
import { z } from 'zod';
import { allDatasetRows } from '../datasets/checked-rows.ts';
import type { FetchOptions } from '../datasets/fetch-file.ts';
import { datasetFile, filesDigest, loadDatasetManifest } from '../datasets/manifest.ts';
import type { TextDocument } from '../pairs/continuation-pairs.ts';
import { withoutAnnotations } from './gsm8k-rows.ts';

const trainFile = 'train.jsonl';
const trainRow = z.object({ question: z.string(), answer: z.string() });

/** No question of the test split is among them. @throws UserError (3) where the data cannot be had. */
export async function gsm8kTexts(options: FetchOptions): Promise<readonly TextDocument[]> {
  const rows = await allDatasetRows('gsm8k', trainFile, trainRow, options);
  return rows.map(({ question, answer }, row) => ({
    id: `gsm8k-train-${row}`,
    text: `${question}\n${withoutAnnotations(answer)}`,
  }));
}

export function gsm8kTextDigest(): string {
  return filesDigest([datasetFile(loadDatasetManifest('gsm8k'), trainFile)]);
}
