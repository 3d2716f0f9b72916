/** Any `tokenizer.json` of the Hugging Face format that can be used here, ours included. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { location } from '../../spec/index.ts';
import { templatesDigest, withTemplates } from '../chat-templates.ts';
import type { TokenizerKind } from '../kind.ts';
import { checkTokenizerFile, digestOfTokenizer } from './tokenizer-file.ts';

const schema = z.strictObject({
  kind: z.literal('file'),
  path: location.describe('A tokenizer.json.'),
  config: location
    .nullable()
    .default(null)
    .describe('The tokenizer_config.json that names its end token (eos_token); ours needs none.'),
});

export const file: TokenizerKind<z.output<typeof schema>> = {
  kind: 'file',
  schema,
  locations: ['path', 'config'],
  readsCorpus: false,
  rules: (spec) => {
    const answer = checkTokenizerFile(spec);
    return 'broken' in answer ? [answer.broken] : [];
  },
  digest: (spec) => digestOfTokenizer(spec),
  templatesDigest: (spec) => templatesDigest(path.dirname(spec.path)),
  vocabSize: (spec) => {
    const answer = checkTokenizerFile(spec);
    return 'broken' in answer ? null : answer.vocabSize;
  },
  make: async (spec) => {
    const answer = checkTokenizerFile(spec);
    if ('broken' in answer) throw new Error(`${answer.broken.expected}: ${answer.broken.found}`);
    return { json: readFileSync(spec.path, 'utf8'), config: withTemplates(answer.config, path.dirname(spec.path)) };
  },
};
