/** The tables of a report, in their order on the page. A new table is a new file and a new line here. */
import type { TableKind } from '../view.ts';
import { accuracyTable } from './accuracy.ts';
import { baselinesTable } from './baselines.ts';
import { comparisonsTable } from './comparisons.ts';
import { computeSplitTable } from './compute-split.ts';
import { contaminationTable } from './contamination.ts';
import { diagnosticsTable } from './diagnostics.ts';
import { noveltyTable } from './novelty.ts';
import { otherScoresTable } from './other-scores.ts';
import { pairsTable } from './pairs.ts';
import { pretrainingTable } from './pretraining.ts';
import { sampleEfficiencyTable } from './sample-efficiency.ts';
import { scalingTable } from './scaling.ts';
import { selectionTable } from './selection.ts';

export const tables: readonly TableKind[] = [
  accuracyTable,
  baselinesTable,
  otherScoresTable,
  sampleEfficiencyTable,
  diagnosticsTable,
  comparisonsTable,
  scalingTable,
  computeSplitTable,
  pairsTable,
  pretrainingTable,
  selectionTable,
  noveltyTable,
  contaminationTable,
];
