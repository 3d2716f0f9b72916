/** Functions that the commits of a local clone changed: what was before, what is behind, and why it counts. */
import { z } from 'zod';
import {
  changeReasons,
  cloneProblem,
  commitDigest,
  commitProblem,
  historyProblem,
  readHistory,
  type GitProblem,
} from '../../data/index.ts';
import { count, location } from '../../spec/index.ts';
import type { CorpusKind } from '../kind.ts';
import { functionPairLengths } from '../lengths.ts';
import { cutFields, limitRules } from './function-limits.ts';
import { problemRules } from './path-patterns.ts';

// A clone is chosen by its user, who knows what it may be used for. Two versions of one function are alike: that is no
// reason to leave one out.
const { maxSimilarity: _, ...fields } = cutFields({ languages: null, licenses: null });

const schema = z.strictObject({
  kind: z.literal('commits'),
  path: location.describe('A local clone, bare or not, with its history.'),
  commit: z
    .string()
    .min(1)
    .default('HEAD')
    .describe('The newest commit: its id, or a branch or tag. The plan takes the commit it is then.'),
  from: z.string().min(1).nullable().default(null).describe('Only commits that are not behind this one; null = all.'),
  last: count.nullable().default(null).describe('At most so many of the newest commits; null = all.'),
  name: z.string().min(1).default('.').describe('What functions are named after, such as owner/repository.'),
  reasons: z
    .array(z.enum(changeReasons))
    .min(1)
    .default([...changeReasons])
    .describe('What makes a change count: words of its message, tests beside it, or that it was taken back later.'),
  maxChangedLines: count.default(30).describe('Lines added and removed in one function.'),
  maxFunctions: count.default(3).describe('Functions that one commit may change.'),
  ...fields,
  maxCharacters: count.default(2000),
  heldOutFunctions: fields.heldOutFunctions
    .default(100)
    .describe('Changed functions kept out of pretraining, for the held-out code-pair accuracy; split by file.'),
});

type CommitsSpec = z.output<typeof schema>;

export const commits: CorpusKind<CommitsSpec> = {
  kind: 'commits',
  schema,
  locations: ['path'],
  rules: (spec) => [...limitRules(spec), ...problemRules(problemOf(spec))],
  digest: ({ path, commit, from }) => commitDigest(path, commit, ...(from === null ? [] : [from])),
  lengths: functionPairLengths,
  // Nothing is known before the history is read, and forecasts see no paths: a project of a usual size.
  expectedFunctions: ({ heldOutFunctions: heldOut }) => ({ functions: 1000, heldOut }),
  cut: readHistory,
};

function problemOf({ path, commit, from }: CommitsSpec): GitProblem | null {
  return (
    cloneProblem(path) ??
    commitProblem(path, commit, 'commit') ??
    (from === null ? null : commitProblem(path, from, 'from')) ??
    historyProblem(path)
  );
}
