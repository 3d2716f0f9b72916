/** The code of one commit of a local clone. Neither its work tree nor the network is looked at. */
import { z } from 'zod';
import { cloneProblem, commitDigest, commitProblem, readCommit } from '../../data/index.ts';
import { location } from '../../spec/index.ts';
import type { CorpusKind } from '../kind.ts';
import { functionPairLengths } from '../lengths.ts';
import { cutFields, limitRules } from './function-limits.ts';
import { pathPatterns, patternRules, problemRules } from './path-patterns.ts';

const schema = z.strictObject({
  kind: z.literal('git'),
  path: location.describe('A local clone, bare or not.'),
  commit: z
    .string()
    .min(1)
    .default('HEAD')
    .describe('Its id, or a branch or tag: the plan takes the commit it is then.'),
  name: z.string().min(1).default('.').describe('What functions are named after, such as owner/repository.'),
  ...pathPatterns,
  // A clone is chosen by its user, who knows what it may be used for.
  ...cutFields({ languages: null, licenses: null }),
});

type GitSpec = z.output<typeof schema>;

export const git: CorpusKind<GitSpec> = {
  kind: 'git',
  schema,
  locations: ['path'],
  rules: (spec) => [...limitRules(spec), ...patternRules(spec), ...problemRules(problemOf(spec))],
  digest: ({ path, commit }) => commitDigest(path, commit),
  lengths: functionPairLengths,
  // Nothing is known before the clone is read, and forecasts see no paths: a project of a usual size.
  expectedFunctions: ({ heldOutFunctions: heldOut }) => ({ functions: 2000, heldOut }),
  cut: readCommit,
};

function problemOf({ path, commit }: GitSpec): ReturnType<typeof cloneProblem> {
  return cloneProblem(path) ?? commitProblem(path, commit, 'commit');
}
