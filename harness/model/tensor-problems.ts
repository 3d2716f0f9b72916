/**
 * What does not fit between a model and its tensors, by cause: a wrong prefix or a wrong config.json concerns hundreds
 * of tensors, and the first few of each cause tell it as well.
 */
import { UserError } from '../spec/user-error.ts';
import { listed, shownNames } from './listed.ts';
import type { TensorEntry } from './safetensors-header.ts';

export type Entries = ReadonlyMap<string, Pick<TensorEntry, 'dtype' | 'shape'>>;

const floats: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);

/** Null where the tensor is there and fits. */
export function problemOf(
  shape: readonly number[],
  entry: Pick<TensorEntry, 'dtype' | 'shape'> | undefined,
): 'missing' | 'dtype' | 'shape' | null {
  if (entry === undefined) return 'missing';
  if (!floats.has(entry.dtype)) return 'dtype';
  return entry.shape.join() === shape.join() ? null : 'shape';
}

/** "expected float [100, 8], found F32 [104, 8]". */
export function foundInstead(shape: readonly number[], entry: Pick<TensorEntry, 'dtype' | 'shape'>): string {
  return `expected float [${shape.join(', ')}], found ${entry.dtype} [${entry.shape.join(', ')}]`;
}

/** Throws UserError (exit 4) where a tensor is missing, unknown, misshapen, or of a type that is not computed. */
export function checkEntries(path: string, shapes: ReadonlyMap<string, readonly number[]>, entries: Entries): void {
  const by = { missing: [] as string[], dtype: [] as string[], shape: [] as string[] };
  for (const [name, shape] of shapes) {
    const entry = entries.get(name);
    const problem = problemOf(shape, entry);
    if (problem !== null)
      by[problem].push(
        entry === undefined ? `${name} [${shape.join(', ')}]` : `${name}: ${foundInstead(shape, entry)}`,
      );
  }
  const unknown = [...entries.keys()].filter((name) => !shapes.has(name));
  const problems = [
    ...told('missing ', by.missing, shapes.size),
    ...told('unknown ', unknown, entries.size),
    ...told('', by.shape, shapes.size),
    ...told('', by.dtype, shapes.size),
  ];
  if (problems.length > 0)
    throw new UserError(`${path}: does not fit its model: ${problems.join('; ')}`, {
      exitCode: 4,
      hint: quantizedHint(entries) ?? hintFor({ ...by, unknown }, shapes.size),
    });
}

function told(cause: string, names: readonly string[], all: number): readonly string[] {
  if (names.length === 0) return [];
  return [`${cause}${names.length > shownNames ? `${names.length} of ${all} tensors: ` : ''}${listed(names)}`];
}

type Problems = Readonly<Record<'missing' | 'unknown' | 'dtype' | 'shape', readonly string[]>>;

function hintFor({ missing, unknown, dtype, shape }: Problems, all: number): string {
  if (dtype.length > 0 && missing.length + shape.length === 0)
    return 'Save the model again in float32, bfloat16 or float16: model.to(torch.float32).save_pretrained(folder).';
  const first = unknown[0]?.split('.')[0] ?? '';
  const isPrefixed = missing.length >= all - 1 && unknown.every((name) => name.startsWith(`${first}.`));
  if (isPrefixed && unknown.length > 0)
    return `All its tensors are called "${first}.": save the model within it alone, or rename them.`;
  return 'config.json and the weights must come from the same model.';
}

/** Ways to store weights in fewer bits, by the tensors that they leave. */
const quantizations: readonly (readonly [name: RegExp, what: string])[] = [
  [/\.(qweight|qzeros|g_idx)$/, 'quantized with GPTQ or AWQ'],
  [/\.(absmax|quant_map|quant_state\.\w+|SCB)$/, 'quantized with bitsandbytes'],
  [/\.(weight_scale|weight_scale_inv|input_scale|weight_packed)$/, 'quantized (fp8 or compressed-tensors)'],
];

function quantizedHint(entries: Entries): string | null {
  const names = [...entries.keys()];
  const found = quantizations.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  const isFp8 = [...entries.values()].some(({ dtype }) => dtype.startsWith('F8'));
  const what = found ?? (isFp8 ? 'stored in fp8' : null);
  return what === null
    ? null
    : `The weights are ${what}, which is not read: give the model in bfloat16, float16 or float32.`;
}
