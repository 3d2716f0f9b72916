/** The comparisons that a contrast gives: over everything, at each sample size, and for each model. */
import { isAt } from '../arm-points.ts';
import { modelsOf, sampleSizes } from '../cells.ts';
import type { Cell, Comparison } from '../report-types.ts';
import type { Contrast } from './contrasts.ts';
import { mergeUnits, unitsAt, type Unit } from './units.ts';

type Place = Pick<Comparison, 'task' | 'headline' | 'scope' | 'model' | 'samples' | 'treatment' | 'reference'>;

/** A comparison before anything is computed. */
export interface Draft extends Place {
  readonly units: readonly Unit[];
}

interface Grid {
  readonly models: readonly string[];
  readonly sizes: readonly number[];
  unitsAt(model: string, samples: number): readonly Unit[];
  draft(scope: Draft['scope'], at: { model: string | null; samples: number | null }, units: readonly Unit[]): Draft;
}

/** The headline first. */
export function draftsOf(cells: readonly Cell[], contrast: Contrast): readonly Draft[] {
  const grid = gridOf(cells, contrast);
  const single = singleDrafts(grid);
  const [only, ...others] = grid.sizes;
  // With one sample size "over all sizes" is that size, and what is pooled is the headline itself.
  if (only !== undefined && others.length === 0) return [overall(grid, only, single), ...single];
  const merged = mergedDrafts(grid);
  const own = grid.models.length < 2 ? [] : merged;
  return [overall(grid, null, merged), ...pooledDrafts(grid), ...own, ...single];
}

/** All models together. */
function overall({ draft }: Grid, samples: number | null, parts: readonly Draft[]): Draft {
  const units = parts.flatMap((part) => part.units);
  return draft('overall', { model: null, samples }, units);
}

/** One draft a sample size: pooled over models where there are several. */
export function draftsBySize(cells: readonly Cell[], contrast: Contrast): readonly Draft[] {
  const single = draftsOf(cells, contrast).filter(({ samples }) => samples !== null);
  const pooled = single.filter(({ model }) => model === null);
  return pooled.length > 0 ? pooled : single;
}

function gridOf(cells: readonly Cell[], contrast: Contrast): Grid {
  const { treatment, reference } = contrast;
  const { task, headline } = cells[0] as Cell;
  return {
    models: modelsOf(cells),
    sizes: sampleSizes(cells.filter((cell) => isAt(cell, treatment) || isAt(cell, reference))),
    unitsAt: (model, samples) => unitsAt(cells, contrast, { model, samples }),
    draft: (scope, at, units) => ({ task, headline, treatment, reference, scope, ...at, units }),
  };
}

/** One model at one sample size. */
function singleDrafts({ models, sizes, unitsAt, draft }: Grid): readonly Draft[] {
  return models.flatMap((model) => sizes.map((samples) => draft('model', { model, samples }, unitsAt(model, samples))));
}

/** All models at one sample size; none where there is one model. */
function pooledDrafts({ models, sizes, unitsAt, draft }: Grid): readonly Draft[] {
  if (models.length < 2) return [];
  return sizes.map((samples) => {
    const units = models.flatMap((model) => unitsAt(model, samples));
    return draft('samples', { model: null, samples }, units);
  });
}

/** One model over all sample sizes. */
function mergedDrafts({ models, sizes, unitsAt, draft }: Grid): readonly Draft[] {
  return models.map((model) => {
    const units = mergeUnits(sizes.flatMap((samples) => unitsAt(model, samples)));
    return draft('model', { model, samples: null }, units);
  });
}
