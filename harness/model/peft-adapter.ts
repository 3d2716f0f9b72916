/**
 * An adapter as `peft` saves it, laid over the tensors of its base: low-rank products are added to weights, biases and
 * modules that were trained as a whole (`modules_to_save`: the reward head, embeddings) take the place of the base's.
 */
import { UserError } from '../spec/user-error.ts';
import type { AdapterConfig } from './adapter-config.ts';
import { familyOf } from './family-of.ts';
import { headTensorOf, lmHeadNames } from './head-names.ts';
import { listed } from './listed.ts';
import { addLowRank } from './low-rank.ts';
import type { ModelConfig } from './model-config.ts';
import { knownNames, nameOfStored } from './tensor-names.ts';
import { asStored, entryOf, holdersOf, valuesOf, type Holder, type Planned, type WeightPlan } from './weight-plan.ts';
import type { HasTensors } from './weight-files.ts';

export interface Adapter<File extends HasTensors> {
  readonly config: AdapterConfig;
  readonly files: readonly File[];
}

/** Throws UserError (exit 4) for what does not fit the base, or is not computed here. */
export function withAdapter<File extends HasTensors>(
  base: WeightPlan<File>,
  model: ModelConfig,
  { config, files }: Adapter<File>,
): WeightPlan<File> {
  const { whole, pairs } = partsOf(files, model);
  const path = files[0]?.path ?? config.path;
  checkTied(path, model, [...whole.keys(), ...pairs.keys()]);
  // A head under another name stands in place of the base's, too.
  const hasHead = [...whole.keys()].some((name) => headTensorOf(name) !== null);
  const kept = [...base].filter(([name]) => !(hasHead && headTensorOf(name) !== null));
  const plan = new Map([...kept, ...[...whole].map(([name, holder]) => [name, asStored(holder)] as const)]);
  const lost: string[] = [];
  for (const [name, pair] of pairs) {
    const adapted = plan.get(name);
    if (adapted === undefined) lost.push(name);
    else for (const [changed, planned] of adaptedBy(pair, { name, plan, model, config })) plan.set(changed, planned);
  }
  if (lost.length > 0) throw misfit(path, `adapts ${listed(lost)}, which its base does not have`);
  return plan;
}

function misfit(path: string, what: string): UserError {
  return new UserError(`${path}: ${what}`, {
    exitCode: 4,
    hint: 'An adapter fits the very model that it was trained on: look at base_model_name_or_path.',
  });
}

interface LoraPair<File extends HasTensors> {
  A?: Holder<File>;
  B?: Holder<File>;
  bias?: Holder<File>;
  isEmbedding: boolean;
}

interface AdapterParts<File extends HasTensors> {
  /** By our name of the tensor. */
  readonly whole: ReadonlyMap<string, Holder<File>>;
  /** By our name of the weight. */
  readonly pairs: ReadonlyMap<string, LoraPair<File>>;
}

/** With or without the adapter's own name (`default`) in the path. */
const loraPattern = /^(.+)\.lora_(embedding_)?([AB])(?:\.(?!weight$|bias$)[^.]+)?(?:\.(weight|bias))?$/;

function partsOf<File extends HasTensors>(files: readonly File[], model: ModelConfig): AdapterParts<File> {
  const known = knownNames(model);
  const whole = new Map<string, Holder<File>>();
  const pairs = new Map<string, LoraPair<File>>();
  for (const holder of holdersOf(files)) {
    const lora = loraPattern.exec(holder.stored);
    if (lora === null) {
      const stored = wholeName(holder.stored);
      if (stored !== null) whole.set(nameOfStored(stored, known), holder);
      continue;
    }
    const [, module = '', embedding, matrix = '', part] = lora;
    const name = nameOfStored(`${module}.weight`, known);
    const pair = pairs.get(name) ?? { isEmbedding: embedding !== undefined };
    pairs.set(name, { ...pair, [part === 'bias' ? 'bias' : matrix]: holder });
  }
  return { whole, pairs };
}

/** Without what `peft` puts around a module; null for the untrained copy that old versions kept. */
function wholeName(stored: string): string | null {
  if (stored.includes('.original_module.')) return null;
  return stored.replace(/\.modules_to_save(\.default)?(?=\.)/, '').replace(/\.base_layer(?=\.)/, '');
}

/** A tied head is the embedding: where only one of the two is adapted, they are two matrices. */
function checkTied(path: string, model: ModelConfig, adapted: readonly string[]): void {
  const { head, embedding } = familyOf(model);
  const isReward = adapted.some((name) => headTensorOf(name) !== null);
  if (!head.isTied || isReward) return;
  const found = adapted.filter((name) => lmHeadNames.has(name) || name === `${embedding.name}.weight`);
  if (found.length > 0)
    throw new UserError(`${path}: adapts ${found.join(' and ')}, but the LM head of its base is the embedding`, {
      exitCode: 4,
      hint: 'Merge the adapter with peft instead: merge_and_unload(), then save_pretrained(folder).',
    });
}

interface Place<File extends HasTensors> {
  readonly name: string;
  readonly plan: WeightPlan<File>;
  readonly model: ModelConfig;
  readonly config: AdapterConfig;
}

/** The adapted weight, and the bias where the adapter has one. */
function adaptedBy<File extends HasTensors>(
  { A, B, bias, isEmbedding }: LoraPair<File>,
  { name, plan, model, config }: Place<File>,
): readonly (readonly [string, Planned<File>])[] {
  const path = (A ?? B ?? bias)?.file.path ?? config.path;
  if (!A || !B) throw misfit(path, `has only one of lora_A and lora_B of ${name}`);
  const planned = plan.get(name) as Planned<File>;
  const isTurned = isEmbedding || isStoredTurned(model, name);
  const sizes = sizesOf(planned.entry.shape, isTurned);
  const [rank = 0] = entryOf(A).shape;
  checkShapes(path, name, [A, B], [rank, sizes]);
  const scale = config.scaleOf(name.replace(/\.weight$/, ''), rank);
  const weight: Planned<File> = {
    entry: { dtype: 'F32', shape: planned.entry.shape },
    holder: planned.holder,
    computed: async (read) => {
      const weights = await valuesOf(planned, read);
      addLowRank(weights, { down: await read(A), up: await read(B), rank, scale, ...sizes, isTurned });
      return weights;
    },
  };
  return bias ? [[name, weight], adaptedBias(bias, { name, plan, scale })] : [[name, weight]];
}

function adaptedBias<File extends HasTensors>(
  added: Holder<File>,
  { name, plan, scale }: Pick<Place<File>, 'name' | 'plan'> & { readonly scale: number },
): readonly [string, Planned<File>] {
  const bias = name.replace(/\.weight$/, '.bias');
  const planned = plan.get(bias);
  if (planned === undefined) throw misfit(added.file.path, `adds a bias to ${name}, which has none (lora_bias)`);
  return [
    bias,
    {
      entry: { dtype: 'F32', shape: planned.entry.shape },
      holder: planned.holder,
      computed: async (read) => {
        const [values, more] = [await valuesOf(planned, read), await read(added)];
        return values.map((value, index) => value + scale * (more[index] as number));
      },
    },
  ];
}

/** GPT-2's linear maps are stored [inputs, outputs]; heads are not. */
function isStoredTurned(model: ModelConfig, name: string): boolean {
  const { weightLayout, blocks } = familyOf(model);
  return weightLayout === 'in-out' && name.startsWith(`${blocks}.`);
}

interface MapSizes {
  readonly inputs: number;
  readonly outputs: number;
}

function sizesOf(shape: readonly number[], isTurned: boolean): MapSizes {
  const [first = 0, second = 0] = shape;
  return isTurned ? { inputs: first, outputs: second } : { inputs: second, outputs: first };
}

function checkShapes(
  path: string,
  name: string,
  [A, B]: readonly [Holder<HasTensors>, Holder<HasTensors>],
  [rank, { inputs, outputs }]: readonly [number, MapSizes],
): void {
  const wanted = [
    [A, [rank, inputs]],
    [B, [outputs, rank]],
  ] as const;
  for (const [holder, shape] of wanted) {
    const found = entryOf(holder).shape;
    if (found.join() !== shape.join())
      throw misfit(
        path,
        `${holder.stored} is [${found.join(', ')}], and ${name} of its base needs [${shape.join(', ')}]`,
      );
  }
}
