/** `harness bench parity|limit`: does a device compute what the CPU does, and how fast could a card be at best? */
import {
  benchParity,
  h100,
  readTokenPairs,
  stepLimit,
  yardstickSizes,
  type FamilyParity,
  type StepLimit,
} from '../../bench/index.ts';
import type { Device } from '../../engine/index.ts';
import type { CliContext } from '../context.ts';
import { openDevice } from '../open-device.ts';

/** Rounding alone gives 1e-5 at most over 20 steps. */
const allowedDifference = 1e-4;

/** Ends with 1 where a family differs by more than rounding, or fails. */
export async function benchParityCommand(
  context: CliContext,
  flags: { readonly device: Device | 'auto'; readonly steps: number; readonly json: boolean },
): Promise<void> {
  const { executor, device, reason } = await openDevice(context, flags.device);
  const families: FamilyParity[] = [];
  for await (const each of benchParity(executor, flags.steps)) families.push(each);
  const isEqual = families.every(isWithinRounding);
  if (!isEqual) context.exitWith(1);
  if (flags.json)
    return context.printJson({ device, reason, steps: flags.steps, allowedDifference, isEqual, families });
  printFamilies(context, families);
  context.print(`${flags.steps} steps on ${device} (${reason}) and on the CPU; ${allowedDifference} is allowed`);
}

function isWithinRounding({ lossDifference }: FamilyParity): boolean {
  return lossDifference !== null && lossDifference < allowedDifference;
}

export async function benchLimit(
  context: CliContext,
  flags: { readonly pairs: string; readonly pairsPerStep: number; readonly json: boolean },
): Promise<void> {
  const rows = readTokenPairs(flags.pairs);
  const limits: StepLimit[] = [];
  for (const size of yardstickSizes) limits.push(await stepLimit(size, { rows, pairsPerStep: flags.pairsPerStep }));
  if (flags.json) return context.printJson({ card: h100, pairsPerStep: flags.pairsPerStep, limits });
  printLimits(context, limits);
  context.print(`a step of ${flags.pairsPerStep} pairs on ${h100.name}, at best. ${limitText}`);
}

const limitText =
  'Unfused: every operation reads its inputs and writes its result, in float32 ' +
  `(${h100.float32Flops / 1e12} TFLOP/s, ${h100.memoryBandwidth / 1e12} TB/s). ` +
  `Fused: parameters and moments once each way, products in bfloat16 (${h100.bfloat16Flops / 1e12} TFLOP/s).`;

function printLimits(context: CliContext, limits: readonly StepLimit[]): void {
  context.printTable(
    ['size', 'GFLOP', 'in products', 'GB, unfused', 'GB, state', 'operations', 'unfused, ms', 'fused, ms'],
    limits.map(({ size, flops, productFlops, operationBytes, stateBytes, operations, unfusedMs, fusedMs }) => [
      size,
      (flops / 1e9).toFixed(0),
      (productFlops / 1e9).toFixed(0),
      (operationBytes / 1e9).toFixed(2),
      (stateBytes / 1e9).toFixed(2),
      String(operations),
      unfusedMs.toFixed(2),
      fusedMs.toFixed(2),
    ]),
  );
}

function printFamilies(context: CliContext, families: readonly FamilyParity[]): void {
  context.printTable(
    ['family', 'losses differ by', { name: 'failure', isImportant: true }],
    families.map(({ family, lossDifference, failure }) => [
      family,
      lossDifference === null ? 'failed' : lossDifference.toExponential(1),
      failure ?? '',
    ]),
  );
}
