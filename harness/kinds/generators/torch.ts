/**
 * A language model in a folder, sampled by PyTorch: vLLM's offline batch where it is installed, else `transformers`.
 * Any decoder that these open, also of families that our own engine does not compute.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { bodyInAnswer, type Completion } from '../../data/index.ts';
import { count, location, type RuleBreak } from '../../spec/index.ts';
import { openFolderDigest } from '../folder-digest.ts';
import type { GeneratorIo, GeneratorKind, GeneratorPrompt, WritingRequest } from '../kind.ts';
import { samplingFields } from './sampling.ts';

const schema = z.strictObject({
  kind: z.literal('torch'),
  path: location.describe('A folder that AutoModelForCausalLM and AutoTokenizer of transformers open.'),
  engine: z
    .enum(['auto', 'vllm', 'transformers'])
    .default('auto')
    .describe('auto: vllm where it is installed, else transformers. They draw other tokens from the same seed.'),
  numerics: z.enum(['float32', 'bfloat16']).default('float32').describe('What the model computes in.'),
  chat: z.boolean().default(false).describe("Whether a prompt is a user's message, by the template of the tokenizer."),
  system: z.string().nullable().default(null).describe('System message (chat only).'),
  instruction: z.string().default('{prompt}').describe('What is asked; {prompt} is the prompt of the function.'),
  answer: z
    .enum(['code', 'text'])
    .default('text')
    .describe('code: the first fenced block of the answer without the repeated signature; text: the answer as it is.'),
  stop: z.array(z.string().min(1)).max(4).default([]).describe('Texts that end a completion.'),
  ...samplingFields,
  cards: count.default(1).describe('Cards that share the model (vllm).'),
});

type TorchSpec = z.output<typeof schema>;

/** Prompts that are sorted by length together, and as many as an interruption loses at most. */
const promptsAtOnce = 256;

export const torchGenerator: GeneratorKind<TorchSpec> = {
  kind: 'torch',
  schema,
  locations: ['path'],
  // How many cards share a model moves its logits by rounding alone.
  restated: ['cards'],
  isReproducible: false,
  rules: torchRules,
  digest: ({ path: folder }) => openFolderDigest(folder),
  training: () => null,
  write: (spec, prompts, io) => writtenBy(spec, prompts, io),
};

function torchRules({ path: folder, instruction, chat, system }: TorchSpec): readonly RuleBreak[] {
  const broken: RuleBreak[] = [];
  if (!existsSync(path.join(folder, 'config.json')))
    broken.push({ fields: ['path'], expected: 'a folder with config.json', found: folder });
  if (!instruction.includes('{prompt}'))
    broken.push({
      fields: ['instruction'],
      expected: 'a text with {prompt} in it',
      found: JSON.stringify(instruction),
    });
  if (!chat && system !== null)
    broken.push({
      fields: ['system', 'chat'],
      expected: 'null: without a chat there is no system message',
      found: 'a text',
    });
  return broken;
}

async function* writtenBy(
  spec: TorchSpec,
  prompts: AsyncIterable<GeneratorPrompt>,
  io: GeneratorIo,
): AsyncGenerator<Completion> {
  let told: string | null = null;
  for await (const some of inGroups(prompts, Math.max(1, Math.floor(promptsAtOnce / spec.samples)))) {
    const asked = some.flatMap((one) => samplesOf(one, spec.samples));
    const { completions, by, tokens } = await (await io.writer()).write(requestOf(spec, asked), io);
    if (told !== by) io.note(`written by ${(told = by)}`);
    io.count('tokens', tokens);
    for (const [index, one] of completions.entries()) yield completionOf(spec, asked[index] as Asked, one);
  }
}

function completionOf(
  { answer }: TorchSpec,
  { id, sample, signature }: Asked,
  { text, finish }: Pick<Completion, 'text' | 'finish'>,
): Completion {
  return { id, sample, text: answer === 'code' ? bodyInAnswer(text, signature) : text, finish };
}

interface Asked extends GeneratorPrompt {
  readonly sample: number;
}

function samplesOf(one: GeneratorPrompt, samples: number): readonly Asked[] {
  return Array.from({ length: samples }, (_, sample) => ({ ...one, sample }));
}

function requestOf(spec: TorchSpec, asked: readonly Asked[]): WritingRequest {
  const { path: folder, engine, numerics, chat, system, stop, cards, instruction } = spec;
  const { temperature, topP, maxTokens, seed } = spec;
  return {
    folder,
    engine,
    numerics,
    chat,
    system,
    stop,
    cards,
    sampling: { temperature, topP, maxTokens, seed },
    prompts: asked.map(({ id, sample, prompt }) => ({
      key: `${id}#${sample}`,
      prompt: instruction.replace('{prompt}', () => prompt),
    })),
  };
}

async function* inGroups<Row>(rows: AsyncIterable<Row>, size: number): AsyncGenerator<readonly Row[]> {
  let group: Row[] = [];
  for await (const row of rows) {
    if (group.push(row) < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
