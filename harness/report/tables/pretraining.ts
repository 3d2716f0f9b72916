/** Accuracy on code pairs that pretraining never saw: whether the model learned its own task at all. */
import { armPoints, isAt } from '../arm-points.ts';
import { bestRankerText } from '../audit-rows.ts';
import { modelsOf } from '../cells.ts';
import { unique } from '../distinct.ts';
import { bySeed, estimateMetric, recordedValues } from '../estimate.ts';
import { armLabel, dash, estimateText } from '../format.ts';
import { overLengthText } from '../over-length.ts';
import type { ArmPoint, Estimate } from '../report-types.ts';
import type { ExperimentView, TableKind } from '../view.ts';
import { numberRow } from './numbers.ts';

const metric = 'pretrain/heldout_pairwise_accuracy';

export const pretrainingTable: TableKind = {
  id: 'pretraining',
  scope: 'experiment',
  isFolded: false,
  draw: (view) => {
    const models = modelsOf(view.cells);
    const points = pretrainedPoints(view);
    return {
      title: 'Held-out code-pair accuracy after pretraining',
      columns: ['arm', ...models, 'best trivial ranker on the same pairs'],
      rows: points.map((point) => [
        armLabel(point, true),
        ...models.map((name) => textAt(view, point, name)),
        rankerAt(view, point),
      ]),
      note:
        'Percent of code pairs kept out of pretraining: mean [95 % t-interval over seeds] (number of seeds). ' +
        'A trivial ranker reads nothing (95 % Wilson interval over pairs): what a model does not do better, it need ' +
        `not have learned by reading.${overLengthText(view.cells, 'pretraining pairs')}`,
      numbers: points.flatMap((point) =>
        models.map((model) => numberRow({ model, point, samples: null, metric }, estimateAt(view, point, model))),
      ),
    };
  },
};

function pretrainedPoints({ cells }: ExperimentView): readonly ArmPoint[] {
  return armPoints(cells.filter((cell) => cell.arm.role !== 'null' && recordedValues([cell], metric).length > 0));
}

function textAt(view: ExperimentView, point: ArmPoint, model: string): string {
  const estimate = estimateAt(view, point, model);
  return estimate === null ? dash : estimateText(estimate, view.metricOf(metric));
}

/** Of every set of pairs that trials of the point were pretrained on. */
function rankerAt({ cells, audits }: ExperimentView, point: ArmPoint): string {
  const trials = new Set(
    cells.filter((cell) => isAt(cell, point)).flatMap((cell) => cell.used.map((one) => one.trialId)),
  );
  const own = audits.filter(({ trialIds }) => trialIds.some((id) => trials.has(id)));
  return unique(own.flatMap(({ audit }) => bestRankerText(audit) ?? [])).join('; ') || 'not audited';
}

/** Trials of one backbone share its accuracy: one a seed. */
function estimateAt({ cells, metricOf }: ExperimentView, point: ArmPoint, model: string): Estimate | null {
  const trials = cells.filter((cell) => cell.model === model && isAt(cell, point)).flatMap((cell) => cell.used);
  return estimateMetric(bySeed(trials), metricOf(metric));
}
