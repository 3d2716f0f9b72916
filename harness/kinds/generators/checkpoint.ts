/** A language model in a folder: one of a Hugging Face family, with its own tokenizer. */
import { z } from 'zod';
import { location } from '../../spec/index.ts';
import type { GeneratorKind } from '../kind.ts';
import { digestOfFolder } from '../starts/checkpoint-files.ts';
import { checkFolder } from '../starts/checkpoint-folder.ts';
import { samplingFields } from './sampling.ts';

const schema = z.strictObject({
  kind: z.literal('checkpoint'),
  path: location.describe('A folder with config.json, model.safetensors (or shards) and tokenizer.json.'),
  ...samplingFields,
});

export const checkpointGenerator: GeneratorKind<z.output<typeof schema>> = {
  kind: 'checkpoint',
  schema,
  locations: ['path'],
  isReproducible: true,
  rules: ({ path }) => {
    const answer = checkFolder(path);
    return 'broken' in answer ? [answer.broken] : [];
  },
  digest: ({ path }) => digestOfFolder(path),
  training: () => null,
  sampled: ({ path, temperature, topP, maxTokens, seed }) => ({
    folder: path,
    sampling: { temperature, topP, maxTokens, seed },
  }),
};
