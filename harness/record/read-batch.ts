/** Some sources that are stages -> their rows. What a reader does, in this thread or in one of its own. */
import { existsSync } from 'node:fs';
import type { CheckedStages, RecordSource } from '../store/index.ts';
import type { WordCodes } from './coded-rows.ts';
import { readStage } from './read-stage.ts';
import { signatureOfStage } from './signature.ts';
import { StageRowsBuilder, type StageRows } from './stage-rows.ts';

export interface BatchOptions {
  readonly sources: readonly RecordSource[];
  readonly checked: CheckedStages;
  readonly words: WordCodes;
}

export async function readBatch({ sources, checked, words }: BatchOptions): Promise<StageRows> {
  const batch = new StageRowsBuilder(words);
  for (const { path, kind, name, folder, files } of sources) {
    const glance = checked.lastGlance(name);
    const signature = signatureOfStage({ folder, files }, glance.signature);
    const record = await readStage(folder, name, glance);
    // Removed meanwhile.
    if (record.outcome === 'damaged' && !existsSync(folder)) continue;
    batch.add(record);
    batch.collected.push({ path, kind, name, signature, problem: record.problems.join('; ') || null });
  }
  return batch.rows();
}
