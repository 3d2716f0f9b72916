/**
 * A language model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, `transformers serve`. Servers
 * do not promise the same answer twice, so every answer is kept and a request is never sent again.
 */
import { z } from 'zod';
import { askEndpoint, bodyInAnswer, type EndpointCounts, type EndpointOptions } from '../../data/index.ts';
import { count, positive, type RuleBreak } from '../../spec/index.ts';
import type { Completion } from '../../data/index.ts';
import type { GeneratorIo, GeneratorKind, GeneratorPrompt } from '../kind.ts';
import { samplingFields } from './sampling.ts';

const schema = z.strictObject({
  kind: z.literal('endpoint'),
  baseUrl: z.string().describe('Up to the version: http://127.0.0.1:8000/v1. Where a server stands is no identity.'),
  model: z.string().min(1).describe('Name of the model on the server.'),
  api: z.enum(['chat', 'completions']).default('chat'),
  system: z.string().nullable().default(null).describe('System message (chat only).'),
  instruction: z.string().default('{prompt}').describe('What is sent; {prompt} is the prompt of the function.'),
  answer: z
    .enum(['code', 'text'])
    .default('code')
    .describe('code: the first fenced block of the answer without the repeated signature; text: the answer as it is.'),
  stop: z.array(z.string()).max(4).default([]),
  ...samplingFields,
  concurrency: count.default(8).describe('Requests in flight.'),
  timeoutSeconds: positive.default(120),
  maxAttempts: count.default(6).describe('Tries of one request, with growing pauses between them.'),
  keyVariable: z
    .string()
    .nullable()
    .default(null)
    .describe('Name of the environment variable that holds the key; the key itself is never recorded.'),
  budget: z
    .strictObject({ tokens: count.nullable().default(null), money: positive.nullable().default(null) })
    .default({ tokens: null, money: null })
    .describe('The stage stops before it spends more; null = no limit.'),
  price: z
    .strictObject({ perMillionPromptTokens: z.number().min(0), perMillionCompletionTokens: z.number().min(0) })
    .nullable()
    .default(null)
    .describe('For the budget of money, in its currency.'),
});

type EndpointSpec = z.output<typeof schema>;

/** How a server is asked, not what: none of these changes an answer. */
const execution = ['baseUrl', 'concurrency', 'timeoutSeconds', 'maxAttempts', 'keyVariable', 'budget', 'price'];

export const endpoint: GeneratorKind<EndpointSpec> = {
  kind: 'endpoint',
  schema,
  restated: execution,
  isReproducible: false,
  rules: endpointRules,
  training: () => null,
  write: (spec, prompts, io) => writtenBy(spec, prompts, io),
};

function endpointRules({ baseUrl, instruction, budget, price, api, system }: EndpointSpec): readonly RuleBreak[] {
  const broken: RuleBreak[] = [];
  if (!/^https?:\/\/[^/\s]+/.test(baseUrl))
    broken.push({ fields: ['baseUrl'], expected: 'an address: http://host:port/v1', found: baseUrl });
  if (!instruction.includes('{prompt}'))
    broken.push({
      fields: ['instruction'],
      expected: 'a text with {prompt} in it',
      found: JSON.stringify(instruction),
    });
  if (budget.money !== null && price === null)
    broken.push({ fields: ['price', 'budget.money'], expected: 'prices, for a budget of money', found: 'null' });
  if (api === 'completions' && system !== null)
    broken.push({ fields: ['system', 'api'], expected: 'null: completions have no system message', found: 'a text' });
  return broken;
}

async function* writtenBy(
  spec: EndpointSpec,
  prompts: AsyncIterable<GeneratorPrompt>,
  io: GeneratorIo,
): AsyncGenerator<Completion> {
  const asked: GeneratorPrompt[] = [];
  const answers = askEndpoint(requests(spec, prompts, asked), endpointOptions(spec), io);
  let sample = 0;
  for await (const { text, finish } of answers) {
    const { id, signature } = asked[0] as GeneratorPrompt;
    yield { id, sample, text: spec.answer === 'code' ? bodyInAnswer(text, signature) : text, finish };
    sample = (sample + 1) % spec.samples;
    if (sample === 0) asked.shift();
  }
  countSpent(answers.counts(), io);
}

function countSpent(
  { retries, spentAtMost: _most, money, ...counts }: EndpointCounts,
  { count: add }: GeneratorIo,
): void {
  for (const [name, value] of Object.entries(counts)) add(name, value);
  for (const [reason, value] of Object.entries(retries)) add(`retries ${reason}`, value);
  if (money !== null) add('money', money);
}

/** `asked` remembers the prompts that are not answered yet: a few more than there are requests in flight. */
async function* requests(
  { instruction, samples }: EndpointSpec,
  prompts: AsyncIterable<GeneratorPrompt>,
  asked: GeneratorPrompt[],
): AsyncGenerator<{ key: string; prompt: string }> {
  for await (const one of prompts) {
    asked.push(one);
    for (let sample = 0; sample < samples; sample++)
      yield { key: `${one.id}#${sample}`, prompt: instruction.replace('{prompt}', () => one.prompt) };
  }
}

function endpointOptions(spec: EndpointSpec): EndpointOptions {
  const { kind: _kind, instruction: _instruction, answer: _answer, samples: _samples, ...options } = spec;
  return options;
}
