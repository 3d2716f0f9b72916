/**
 * The entry of the process that tries a build before it is kept: loads it, takes one training step, and compares loss
 * and parameters with the float64 reference. A library that crashes ends this process and no other.
 *   arguments: the package's name, the folder it was built in
 */
import { version_core as ownVersion } from '@tensorflow/tfjs-core';
import { referenceExecutor } from '../reference/reference-executor.ts';
import { loadNative, type Tf } from '../tfjs/backends.ts';
import type { NativePackage } from '../tfjs/builds.ts';
import { openTfjs } from '../tfjs/tfjs-executor.ts';
import type { Executor, Values } from '../executor.ts';
import { probe } from './probe-program.ts';
import type { ProbeAnswer } from './probe.ts';

/** Single precision against double, on numbers around one. */
const tolerance = 1e-5;

const [name = '', folder = ''] = process.argv.slice(2);
process.send?.(await answer(name as NativePackage, folder), undefined, undefined, () => process.disconnect());

async function answer(tried: NativePackage, builtIn: string): Promise<ProbeAnswer> {
  try {
    const { executor, detail } = await openTfjs({
      [tried]: async () => expectOwnVersion(await loadNative(tried, builtIn)),
    });
    const difference = await largestDifference(executor);
    return difference <= tolerance
      ? { kind: 'right', detail }
      : { kind: 'wrong', what: `a training step differs from the reference by ${difference.toPrecision(2)}` };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** The package brings a tfjs-core of its own, and our operations are written for one version. */
function expectOwnVersion(tf: Tf): Tf {
  if (tf.version_core === ownVersion) return tf;
  throw new Error(`it brings tfjs-core ${tf.version_core}, and the operations are written for ${ownVersion}`);
}

async function largestDifference(tried: Executor): Promise<number> {
  const [found, expected] = [await stepOn(tried), await stepOn(referenceExecutor())];
  const differences = Object.entries(expected).flatMap(([name, values]) =>
    [...values].map((value, index) => Math.abs(value - (found[name]?.[index] ?? Infinity))),
  );
  // Not Math.max: a difference that is no number has to count.
  return differences.reduce((largest, one) => (one <= largest ? largest : one), 0);
}

/** The loss before the step and the parameters after it. */
async function stepOn(executor: Executor): Promise<Values> {
  const { program, initial, feeds } = probe();
  const session = await executor.compile(program);
  session.setState(initial);
  const values = { ...(await session.run(feeds)), ...(await session.getState()) };
  await session.release();
  return values;
}
