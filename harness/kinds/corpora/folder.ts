/** A user's own code: JavaScript below a folder, chosen by patterns. It stays where it is. */
import { z } from 'zod';
import { folderDigest, folderProblem, patternProblem, readFolder } from '../../data/index.ts';
import { location, type RuleBreak } from '../../spec/index.ts';
import type { CorpusKind } from '../kind.ts';
import { functionPairLengths } from '../lengths.ts';
import { functionLimits, heldOutFunctions, limitRules } from './function-limits.ts';

/** Builds, tests and copies of other people's code: what a tool wrote, and what repeats itself. */
const usualExcludes = [
  '**/{vendor,third-party,third_party,external}/**',
  '**/{dist,build,out,coverage}/**',
  '**/{test,tests,__tests__,spec,fixtures,mocks,__mocks__}/**',
  '**/*.{test,spec,bench}.{js,mjs,cjs}',
  '**/*.{min,bundle}.{js,mjs,cjs}',
];

const schema = z.strictObject({
  kind: z.literal('folder'),
  path: location.describe('The folder; node_modules, hidden folders and links in it are never entered.'),
  include: z
    .array(z.string().min(1))
    .min(1)
    .default(['**'])
    .describe('Patterns of files to read, relative to the folder: *, ?, **, {a,b}, [abc]. Only JavaScript is read.'),
  exclude: z
    .array(z.string().min(1))
    .default(usualExcludes)
    .describe('Patterns of files and folders to leave out, in place of the usual ones.'),
  ...functionLimits,
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
  cut: async (spec) => readFolder(spec),
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
