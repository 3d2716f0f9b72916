/** The figures of a report, in their order on the page. A new figure is a new file and a new line here. */
import type { FigureKind } from '../view.ts';
import { accuracyByPretrainingPairs } from './accuracy-by-pretraining-pairs.ts';
import { accuracyBySamples } from './accuracy-by-samples.ts';
import { bestOfN, bestOfNWithinSource } from './best-of-n.ts';
import { computeFrontier } from './compute-frontier.ts';
import { equalSamples } from './equal-samples.ts';
import { claimEffect, treatmentEffect } from './treatment-effect.ts';

export const figures: readonly FigureKind[] = [
  claimEffect,
  treatmentEffect,
  accuracyByPretrainingPairs,
  accuracyBySamples,
  equalSamples,
  computeFrontier,
  bestOfN,
  bestOfNWithinSource,
];
