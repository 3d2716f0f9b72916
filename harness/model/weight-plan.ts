/**
 * Which stored tensors make which parameter of a model: most are one as it stands; a few are computed from several (an
 * adapted weight, a head of two labels). Made from headers alone, before any data is read.
 */
import { UserError } from '../spec/user-error.ts';
import type { TensorEntry } from './safetensors-header.ts';
import { nameOfStored, type KnownNames } from './tensor-names.ts';
import type { HasTensors } from './weight-files.ts';

/** A tensor by where it is stored, and under which name. */
export interface Holder<File extends HasTensors> {
  readonly file: File;
  readonly stored: string;
}

/** The values of a stored tensor, widened. */
export type ReadValues<File extends HasTensors> = (holder: Holder<File>) => Promise<Float32Array>;

export interface Planned<File extends HasTensors> {
  readonly entry: Pick<TensorEntry, 'dtype' | 'shape'>;
  /** Where it lies, or the first of what it is computed from. */
  readonly holder: Holder<File>;
  /** Null: it is the stored tensor as it stands. */
  readonly computed: ((read: ReadValues<File>) => Promise<Float32Array>) | null;
}

/** Our name of a parameter -> what makes it. */
export type WeightPlan<File extends HasTensors> = ReadonlyMap<string, Planned<File>>;

export function entryOf<File extends HasTensors>({ file, stored }: Holder<File>): TensorEntry {
  const entry = file.header.entries.get(stored);
  if (!entry) throw new RangeError(`${file.path} has no tensor ${stored}`);
  return entry;
}

export function asStored<File extends HasTensors>(holder: Holder<File>): Planned<File> {
  return { entry: entryOf(holder), holder, computed: null };
}

/** The values of a parameter in an array of its own. */
export function valuesOf<File extends HasTensors>(
  { holder, computed }: Planned<File>,
  read: ReadValues<File>,
): Promise<Float32Array> {
  return computed === null ? read(holder) : computed(read);
}

/** What checkpoints hold beside parameters: constants of the architecture, which are computed here. */
const buffers: readonly RegExp[] = [
  /(^|\.)rotary_emb\.inv_freq$/, // older llama and gpt_neox
  /\.attn\.(bias|masked_bias)$/, // gpt2: the causal mask
  /\.attention\.(bias|masked_bias)$/, // gpt_neox: the same
];

/** Every tensor of the files but buffers. */
export function holdersOf<File extends HasTensors>(files: readonly File[]): readonly Holder<File>[] {
  return files.flatMap((file) =>
    [...file.header.entries.keys()]
      .filter((name) => !buffers.some((buffer) => buffer.test(name)))
      .map((stored) => ({ file, stored })),
  );
}

/** Throws UserError (exit 4) where two tensors would be one parameter, naming both. */
export function planOfFiles<File extends HasTensors>(files: readonly File[], known: KnownNames): WeightPlan<File> {
  const plan = new Map<string, Planned<File>>();
  for (const holder of holdersOf(files)) {
    const name = nameOfStored(holder.stored, known);
    const other = plan.get(name);
    if (other !== undefined) throw ambiguous(name, [other.holder, holder]);
    plan.set(name, asStored(holder));
  }
  return plan;
}

function ambiguous(name: string, holders: readonly Holder<HasTensors>[]): UserError {
  const [first, second] = holders as [Holder<HasTensors>, Holder<HasTensors>];
  const inOther = first.file === second.file ? '' : ` of ${second.file.path}`;
  return new UserError(
    `${first.file.path}: ${first.stored} and ${second.stored}${inOther} are both ${name}, and only one can be it`,
    { exitCode: 4, hint: 'Save the model again without the copy: save_pretrained(folder) of the model itself.' },
  );
}
