/** A user's own code below a folder, chosen by patterns. It stays where it is. */
import { z } from 'zod';
import { folderDigest, folderProblem, readFolder } from '../../data/index.ts';
import { location, type RuleBreak } from '../../spec/index.ts';
import type { CorpusKind } from '../kind.ts';
import { functionPairLengths } from '../lengths.ts';
import { cutFields, limitRules } from './function-limits.ts';
import { pathPatterns, patternRules, problemRules } from './path-patterns.ts';

const schema = z.strictObject({
  kind: z.literal('folder'),
  path: location.describe('The folder; node_modules, hidden folders and links in it are never entered.'),
  ...pathPatterns,
  // It is the user's own: whether it may be used is not ours to say.
  ...cutFields({ languages: null, licenses: null }),
});

type FolderSpec = z.output<typeof schema>;

export const folder: CorpusKind<FolderSpec> = {
  kind: 'folder',
  schema,
  locations: ['path'],
  rules: (spec) => [...limitRules(spec), ...folderRules(spec)],
  digest: (spec) => folderDigest(spec),
  lengths: functionPairLengths,
  // Nothing is known before the folder is read, and forecasts see no paths: a project of a usual size.
  expectedFunctions: ({ heldOutFunctions: heldOut }) => ({ functions: 2000, heldOut }),
  cut: readFolder,
};

/** The folder is only looked into where its patterns can be read. */
function folderRules(spec: FolderSpec): readonly RuleBreak[] {
  const broken = patternRules(spec);
  return broken.length > 0 ? broken : problemRules(folderProblem(spec));
}
