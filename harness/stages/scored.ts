/** How a stage that scores ends: items for the database, metrics for the journal and for `select`. */
import path from 'node:path';
import { writeItems, type Item, type Metric } from '../eval/index.ts';
import { recordedOutputs } from '../store/index.ts';
import { emitMetrics, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd } from './stage-kind.ts';

export const metricsFile = 'metrics.json';

export function scored({ folder, emit }: StageContext, items: readonly Item[], metrics: readonly Metric[]): StageEnd {
  writeItems(path.join(folder, recordedOutputs.items), items);
  writeJson(path.join(folder, metricsFile), metrics);
  emitMetrics(emit, metrics);
  return { outcome: { kind: 'completed' }, outputs: [recordedOutputs.items, metricsFile] };
}
