/** A user's own preferences from files: pairs, several rejected responses, or candidates with labels or ratings. */
import { z } from 'zod';
import { preferenceTask, templateFile, type TaskData } from '../../data/index.ts';
import { count, location, name, type RuleBreak, type TaskSizes } from '../../spec/index.ts';
import type { KindIo, TaskKind } from '../kind.ts';
import { unknownLengths } from '../lengths.ts';
import { defaultHeadline } from '../metrics.ts';
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
  kind: z.literal('preferences'),
  name,
  train: location.describe('A file of rows: .jsonl, .json or .parquet.'),
  dev: fileOrShare.default(0.1).describe('A file, or the share of the groups of `train` that is taken for it.'),
  test: fileOrShare.default(0.1).describe('A file, or the share of the groups of `train` that is taken for it.'),
  expectedPool: z
    .strictObject({ questions: count, candidates: count })
    .nullable()
    .default(null)
    .describe('Questions of `test` with candidates, and candidates of each, for forecasts and prices alone.'),
  ...preferenceFields,
});

type PreferencesSpec = z.output<typeof schema>;

export const preferences: TaskKind<PreferencesSpec> = {
  kind: 'preferences',
  schema,
  locations: ['train', 'dev', 'test', 'chatTemplate'],
  restated: ['expectedTokens', 'expectedPool'],
  grader: null,
  headline: defaultHeadline,
  rules: (spec) => [...fileRules(filesOf(spec)), ...templateRules(spec), ...shareRules(spec)],
  rendersChat: ({ chatTemplate }) => chatTemplate === null,
  digest: (spec) => filesDigest('task', { ...filesOf(spec), ...templateOf(spec) }),
  sizes: sizesOf,
  lengths: ({ expectedTokens }) => expectedTokens ?? unknownLengths,
  read: readTask,
};

/** Nothing is known before the files are read, and forecasts see no paths: counts of a usual size. */
function sizesOf({ expectedPool }: PreferencesSpec): TaskSizes {
  const { questions, candidates } = expectedPool ?? { questions: 0, candidates: 0 };
  return { trainPairs: null, devPairs: 300, testPairs: 500, questions, candidates, leastCandidates: candidates };
}

/** A template of its own goes with the models that are trained on it. */
async function readTask(spec: PreferencesSpec, io: KindIo): Promise<TaskData> {
  const data = await preferenceTask({ ...spec, chat: chatReading(spec, io) }, io.note);
  return spec.chatTemplate === null ? data : { ...data, chatTemplates: templateFile(spec.chatTemplate).texts };
}

function filesOf({ train, dev, test }: PreferencesSpec): NamedFiles {
  return { train, dev, test };
}

function shareRules({ dev, test }: PreferencesSpec): readonly RuleBreak[] {
  if (typeof dev !== 'number' || typeof test !== 'number' || dev + test <= 0.75) return [];
  return [{ fields: ['dev', 'test'], expected: 'at most 0.75 for dev and test together', found: String(dev + test) }];
}
