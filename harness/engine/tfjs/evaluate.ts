/** Runs the planned operations one after another. Values are freed at their last use; on failure all of them are. */
import type { Tensor } from '../../graph/index.ts';
import { describe, dispatch, formatShape } from '../../graph/index.ts';
import type { BoundFeed } from '../bind-feeds.ts';
import type { TfjsBackend, TfTensor } from './backends.ts';
import { alias } from './layout-ops.ts';
import type { OpContext } from './op-context.ts';
import { tfjsOps } from './op-table.ts';
import type { PlannedOp } from './run-plan.ts';

export interface Evaluation {
  readonly backend: TfjsBackend;
  readonly plan: readonly PlannedOp[];
  readonly feeds: readonly BoundFeed[];
  /** State and constants: read, never freed here. */
  readonly given: ReadonlyMap<Tensor, TfTensor>;
}

/** The values that the plan does not free; the caller disposes them. */
export function evaluate({ backend, plan, feeds, given }: Evaluation): Map<Tensor, TfTensor> {
  const { tf } = backend;
  const on: OpContext = {
    tf,
    engine: backend.name === 'wasm' || backend.name === 'cpu' ? backend.name : 'native',
    expectIndices: indexCheck(feeds),
  };
  const live = new Map<Tensor, TfTensor>();
  const valueOf = (tensor: Tensor): TfTensor => (live.get(tensor) ?? given.get(tensor)) as TfTensor;
  try {
    // tfjs may keep the array it is given, and the caller may fill it anew.
    for (const { input, data, shape } of feeds) live.set(input, tf.tensor(data.slice(), [...shape], input.dtype));
    for (const { tensor, freed } of plan) {
      live.set(tensor, evaluateOp(tensor, tensor.inputs.map(valueOf), on));
      for (const done of freed) {
        live.get(done)?.dispose();
        live.delete(done);
      }
    }
    return live;
  } catch (cause) {
    disposeAll(live);
    throw cause;
  }
}

export function disposeAll(values: ReadonlyMap<Tensor, TfTensor>): void {
  for (const value of values.values()) value.dispose();
}

function evaluateOp(tensor: Tensor, xs: readonly TfTensor[], on: OpContext): TfTensor {
  try {
    return on.tf.tidy(() => {
      const result = dispatch(tfjsOps, tensor, xs, on);
      return xs.includes(result) ? alias(on.tf, result) : result;
    });
  } catch (cause) {
    const found = xs.map((x, i) => `${describe(tensor.inputs[i] as Tensor)} = ${formatShape(x.shape)}`).join(', ');
    throw new Error(
      `run: ${describe(tensor)} failed: ${cause instanceof Error ? cause.message : String(cause)}; given ${found}`,
      { cause },
    );
  }
}

/**
 * Fed indices, found again behind the reshapes that lie between them and their use. Smallest and largest are worked out
 * once per run and input.
 */
function indexCheck(feeds: readonly BoundFeed[]): OpContext['expectIndices'] {
  const fed = new Map<Tensor, BoundFeed>(feeds.map((feed) => [feed.input, feed]));
  const ranges = new Map<Tensor, readonly [number, number]>();
  const rangeOf = (tensor: Tensor): readonly [number, number] => {
    const known = ranges.get(tensor);
    if (known !== undefined) return known;
    const feed = fed.get(tensor);
    // What else an `after` names is only waited for.
    const sources = tensor.op === 'after' ? tensor.inputs.slice(0, 1) : tensor.inputs;
    const range = feed === undefined ? extremes(sources.flatMap(rangeOf)) : extremes(feed.data);
    ranges.set(tensor, range);
    return range;
  };
  return (indices, rows) => {
    const [smallest, largest] = rangeOf(indices);
    if (smallest < 0 || largest >= rows)
      throw new Error(`row ${smallest < 0 ? smallest : largest} lies outside a table of ${rows} rows`);
  };
}

function extremes(values: Iterable<number>): readonly [number, number] {
  let [smallest, largest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return [smallest, largest];
}
