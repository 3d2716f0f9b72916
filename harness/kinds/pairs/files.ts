/** Preference pairs for pretraining from a user's own files, in the shapes that a task of preferences reads. */
import { z } from 'zod';
import { preferencePairs } from '../../data/index.ts';
import { location } from '../../spec/index.ts';
import type { PairsKind } from '../kind.ts';
import { unknownLengths } from '../lengths.ts';
import {
  chatReading,
  fileOrShare,
  fileRules,
  filesDigest,
  preferenceFields,
  templateOf,
  templateRules,
  type NamedFiles,
} from '../preference-fields.ts';

const schema = z.strictObject({
  kind: z.literal('files'),
  path: z
    .union([location, z.array(location).min(1)])
    .describe('A file of rows, or several: .jsonl, .json or .parquet.'),
  heldOut: fileOrShare
    .default(0.02)
    .describe('Pairs kept out of pretraining: a file, or a share of the groups (at most 500 pairs).'),
  ...preferenceFields,
});

type FilesSpec = z.output<typeof schema>;

export const files: PairsKind<FilesSpec> = {
  kind: 'files',
  schema,
  locations: ['path', 'heldOut', 'chatTemplate'],
  restated: ['expectedTokens'],
  readsCorpus: false,
  rules: (spec) => [...fileRules(filesOf(spec)), ...templateRules(spec)],
  rendersChat: ({ chatTemplate }) => chatTemplate === null,
  digest: (spec) => filesDigest('pairs', { ...filesOf(spec), ...templateOf(spec) }),
  lengths: ({ expectedTokens }) => expectedTokens ?? unknownLengths,
  // Nothing is known before the files are read, and forecasts see no paths: counts of a usual size.
  expectedPairs: () => ({ pairs: 20_000, heldOut: 400 }),
  make: (spec, _, io) => preferencePairs({ ...spec, chat: chatReading(spec, io) }, io.note),
};

function filesOf({ path, heldOut }: FilesSpec): NamedFiles {
  return { path, heldOut };
}
