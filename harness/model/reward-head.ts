/**
 * A reward head as others save it -> `score.weight` [1, hiddenSize], and `score.bias` [1] where it has one. A head of
 * two labels gives the logit of label 1 minus the logit of label 0: the log-odds of label 1, which is what its softmax
 * depends on.
 */
import { UserError } from '../spec/user-error.ts';
import { headTensorOf, scoreBiasName, scoreName, type HeadTensor } from './head-names.ts';
import { valuesOf, type Planned, type WeightPlan } from './weight-plan.ts';
import type { HasTensors } from './weight-files.ts';

export interface PlannedHead<File extends HasTensors> {
  readonly plan: WeightPlan<File>;
  /** How the reward is made, where that is not the usual way. */
  readonly notes: readonly string[];
}

interface FoundTensor<File extends HasTensors> extends HeadTensor {
  readonly name: string;
  readonly planned: Planned<File>;
}

/**
 * The plan with its reward head under our names; without one, the plan as it is.
 * @param labelOf What config.json calls a label.
 * @throws UserError (exit 4) for two heads, a head of several layers, or of more than two labels: each by name.
 */
export function withRewardHead<File extends HasTensors>(
  plan: WeightPlan<File>,
  path: string,
  labelOf: (label: number) => string,
): PlannedHead<File> {
  const found = [...plan].flatMap(([name, planned]): readonly FoundTensor<File>[] => {
    const tensor = headTensorOf(name);
    return tensor === null ? [] : [{ ...tensor, name, planned }];
  });
  if (found.length === 0) return { plan, notes: [] };
  checkOneMap(found, path);
  const rest = [...plan].filter(([name]) => headTensorOf(name) === null);
  const { tensors, notes } = headOf(found, path, labelOf);
  return { plan: new Map([...rest, ...tensors]), notes };
}

function checkOneMap(found: readonly FoundTensor<HasTensors>[], path: string): void {
  const maps = [...new Set(found.map(({ map }) => map))];
  if (maps.length === 1) return;
  const modules = [...new Set(found.map(({ module }) => module))];
  const [first, second] = modules;
  if (second !== undefined)
    throw new UserError(`${path}: has two reward heads, ${first ?? ''} and ${second}: either could be meant`, {
      exitCode: 4,
      hint: 'Leave one of them out of the file.',
    });
  throw new UserError(`${path}: the reward head ${first ?? ''} has several layers (${maps.join(', ')})`, {
    exitCode: 4,
    hint: 'Only a linear reward head is computed here: one weight, and perhaps a bias.',
  });
}

type HeadTensors<File extends HasTensors> = readonly (readonly [name: string, planned: Planned<File>])[];

function headOf<File extends HasTensors>(
  found: readonly FoundTensor<File>[],
  path: string,
  labelOf: (label: number) => string,
): { readonly tensors: HeadTensors<File>; readonly notes: readonly string[] } {
  const ours = { weight: scoreName, bias: scoreBiasName } as const;
  const labels = labelsOf(found, path);
  if (labels <= 1) return { tensors: found.map(({ part, planned }) => [ours[part], planned]), notes: [] };
  if (labels > 2) throw tooManyLabels(path, found, labels, labelOf);
  return {
    tensors: found.map(({ part, planned }) => [ours[part], difference(planned)]),
    notes: [
      `the reward head has two labels: a reward is the logit of ${labelOf(1)} (label 1) minus ` +
        `the logit of ${labelOf(0)} (label 0)`,
    ],
  };
}

function labelsOf(found: readonly FoundTensor<HasTensors>[], path: string): number {
  const weight = found.find(({ part }) => part === 'weight');
  if (weight === undefined)
    throw new UserError(`${path}: the reward head has ${found[0]?.name ?? 'a bias'} but no weight`, {
      exitCode: 4,
      hint: 'Download the folder again, or save the model again.',
    });
  return weight.planned.entry.shape[0] ?? 0;
}

function tooManyLabels(
  path: string,
  found: readonly FoundTensor<HasTensors>[],
  labels: number,
  labelOf: (label: number) => string,
): UserError {
  const named = Array.from({ length: Math.min(labels, 3) }, (_, label) => labelOf(label)).join(', ');
  return new UserError(
    `${path}: the head ${found[0]?.map ?? ''} has ${labels} labels (${named}${labels > 3 ? ', ...' : ''}), ` +
      'and a reward is one number',
    { exitCode: 4, hint: 'A reward model has a head of one label, or of two.' },
  );
}

/** Row 1 minus row 0 of [2, hiddenSize] or [2], rounded once to float32. */
function difference<File extends HasTensors>(planned: Planned<File>): Planned<File> {
  const { entry, holder } = planned;
  return {
    entry: { dtype: entry.dtype, shape: [1, ...entry.shape.slice(1)] },
    holder,
    computed: async (read) => {
      const values = await valuesOf(planned, read);
      const width = values.length / 2;
      return Float32Array.from({ length: width }, (_, i) => (values[width + i] as number) - (values[i] as number));
    },
  };
}
