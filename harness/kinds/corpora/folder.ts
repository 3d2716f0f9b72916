/** A user's own code below a folder, chosen by patterns. It stays where it is. */
import { z } from 'zod';
import { folderDigest, folderProblem, patternProblem, readFolder } from '../../data/index.ts';
import { location, type RuleBreak } from '../../spec/index.ts';
import type { CorpusKind } from '../kind.ts';
import { functionPairLengths } from '../lengths.ts';
import {
  functionLimits,
  heldOutFunctions,
  keep,
  languagesField,
  licensesField,
  limitRules,
  maxSimilarity,
} from './function-limits.ts';

const schema = z.strictObject({
  kind: z.literal('folder'),
  path: location.describe('The folder; node_modules, hidden folders and links in it are never entered.'),
  include: z
    .array(z.string().min(1))
    .min(1)
    .default(['**'])
    .describe('Patterns of files to read, relative to the folder: *, ?, **, {a,b}, [abc].'),
  exclude: z.array(z.string().min(1)).default([]).describe('Patterns of files and folders to leave out.'),
  languages: languagesField(null),
  // It is the user's own: whether it may be used is not ours to say.
  licenses: licensesField(null),
  keep,
  ...functionLimits,
  maxSimilarity,
  heldOutFunctions,
});

type FolderSpec = z.output<typeof schema>;

export const folder: CorpusKind<FolderSpec> = {
  kind: 'folder',
  schema,
  locations: ['path'],
  rules: (spec) => [...limitRules(spec), ...patternRules(spec)],
  digest: (spec) => folderDigest(spec),
  lengths: functionPairLengths,
  // Nothing is known before the folder is read, and forecasts see no paths: a project of a usual size.
  expectedFunctions: ({ heldOutFunctions: heldOut }) => ({ functions: 2000, heldOut }),
  cut: readFolder,
};

/** The folder is only looked into where its patterns can be read. */
function patternRules(spec: FolderSpec): readonly RuleBreak[] {
  const broken = (['include', 'exclude'] as const).flatMap((field) =>
    spec[field].flatMap((pattern) => {
      const found = patternProblem(pattern);
      return found === null ? [] : [{ fields: [field], expected: 'patterns of paths', found }];
    }),
  );
  if (broken.length > 0) return broken;
  const problem = folderProblem(spec);
  return problem === null ? [] : [{ fields: [problem.field], expected: problem.expected, found: problem.found }];
}
