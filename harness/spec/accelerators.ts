/**
 * Accelerators that a plan can price, from their vendors' datasheets. Rates are dense: datasheets print twice as much,
 * for structured sparsity. Gigabytes are 10^9 bytes, which leaves out a few per cent that drivers take anyway.
 */
import { z } from 'zod';
import { positive } from './atoms.ts';

const share = z.number().positive().max(1);

/** A card of one's own, as `execution.accelerator`. */
export const acceleratorSchema = z.strictObject({
  name: z.string().min(1),
  bfloat16Teraflops: positive.describe('Peak of dense matrix products in bfloat16, 10^12 a second.'),
  float32Teraflops: positive.describe('Peak in float32, not TF32, 10^12 a second.'),
  memoryGigabytes: positive,
  bandwidthGigabytes: positive.describe('Of its memory, 10^9 bytes a second.'),
  mfu: share.describe('The share of its peak that training reaches, where `execution.mfu` does not say it.'),
});

export const mfuSchema = share;

export type Accelerator = z.output<typeof acceleratorSchema> & {
  /** What peak, memory and bandwidth rest on; null for a card of one's own. */
  readonly source: string | null;
  /** What `mfu` rests on. */
  readonly mfuSource: string;
};

type Reached = Pick<Accelerator, 'mfu' | 'mfuSource'>;

/**
 * Forward and backward pass of one pair of 512 + 512 + 512 tokens, the prompt once, through Qwen2.5-7B with gradient
 * checkpointing: 516 ms on one A800 (li-plus/flash-preference, tests/perf.csv). That is 9.07e13 FLOPs, what
 * checkpointing repeats and the LM head at 2,048 places included: 0.56 of the peak. Llama 2 7B on 128 A100 without
 * checkpointing: 3,700 tokens/s, 0.51 (foundation-model-stack/fms-fsdp, README).
 */
const ampere: Reached = { mfu: 0.55, mfuSource: 'flash-preference, 7 B on one A800: 516 ms a pair' };

/**
 * Llama 2 7B on 96 H100: 7,500 tokens/s, 0.33 of the peak (fms-fsdp, README). Llama 3.1 8B on 8 and 128 H100: 0.33 to
 * 0.39 (pytorch/torchtitan, docs/performance.md).
 */
const hopper: Reached = { mfu: 0.35, mfuSource: 'fms-fsdp, 7 B on 96 H100: 7,500 tokens/s; torchtitan: 0.33 to 0.39' };

const unknown: Reached = { mfu: 0.35, mfuSource: 'assumed, no published run was looked at' };

const ofA100 = 'NVIDIA A100 datasheet (a100-datasheet-us-nvidia-1758950)';
const ofH100 = 'NVIDIA H100 datasheet';

type Figures = readonly [bfloat16Teraflops: number, float32Teraflops: number, gigabytes: number, perSecond: number];

function card(name: string, figures: Figures, reached: Reached, source: string): readonly [string, Accelerator] {
  const [bfloat16Teraflops, float32Teraflops, memoryGigabytes, bandwidthGigabytes] = figures;
  const card = { name, bfloat16Teraflops, float32Teraflops, memoryGigabytes, bandwidthGigabytes, ...reached, source };
  return [name, Object.freeze(card)];
}

/** By the name that an experiment gives: teraflops in bfloat16 and float32, GB, GB/s. */
export const accelerators: ReadonlyMap<string, Accelerator> = new Map([
  card('A100-40GB', [312, 19.5, 40, 1555], ampere, ofA100),
  card('A100-80GB', [312, 19.5, 80, 2039], ampere, ofA100),
  card('A800-80GB', [312, 19.5, 80, 2039], ampere, `${ofA100}; the A800 differs in NVLink, 400 GB/s`),
  card('H100-80GB', [989.4, 66.9, 80, 3350], hopper, `${ofH100}, SXM`),
  card('H100-PCIe', [756, 51, 80, 2000], hopper, `${ofH100}, PCIe`),
  card('H800-80GB', [989.4, 66.9, 80, 3350], hopper, `${ofH100}, SXM; the H800 differs in NVLink and float64`),
  card('H200', [989.4, 66.9, 141, 4800], hopper, 'NVIDIA H200 datasheet'),
  card('L40S', [362.05, 91.6, 48, 864], unknown, 'NVIDIA L40S datasheet'),
  card('L4', [121, 30.3, 24, 300], unknown, 'NVIDIA L4 datasheet'),
  card('RTX-4090', [165.2, 82.6, 24, 1008], unknown, 'NVIDIA Ada GPU architecture, appendix A (float32 accumulate)'),
  card(
    'RTX-3090',
    [71, 35.6, 24, 936],
    unknown,
    'NVIDIA Ampere GA102 GPU architecture, appendix A (float32 accumulate)',
  ),
  card('MI300X', [1307.4, 163.4, 192, 5300], unknown, 'AMD Instinct MI300X data sheet'),
]);

/** The accelerator that an experiment names or describes. */
export function acceleratorOf(written: string | z.output<typeof acceleratorSchema>): Accelerator {
  const known = typeof written === 'string' ? accelerators.get(written) : undefined;
  if (known !== undefined) return known;
  if (typeof written === 'string') throw new Error(`the spec was not validated: no accelerator ${written}`);
  return { ...written, source: null, mfuSource: 'the experiment' };
}
