/** Functions of well-known npm packages, pinned by version and integrity in datasets/npm-corpus. */
import { z } from 'zod';
import { corpusLockDigest, corpusPackages, installCorpus, permissiveLicenses, readCorpus } from '../../data/index.ts';
import { didYouMean, hint, type RuleBreak } from '../../spec/index.ts';
import type { CorpusKind } from '../kind.ts';
import { functionPairLengths } from '../lengths.ts';
import { cutFields, limitRules } from './function-limits.ts';

const schema = z.strictObject({
  kind: z.literal('npm'),
  packages: z
    .array(z.string())
    .min(1)
    .nullable()
    .default(null)
    .describe('Packages of datasets/npm-corpus to read; null = all of them.'),
  ...cutFields({ languages: ['javascript', 'typescript'], licenses: permissiveLicenses }),
});

type NpmSpec = z.output<typeof schema>;

export const npm: CorpusKind<NpmSpec> = {
  kind: 'npm',
  schema,
  rules: (spec) => [...limitRules(spec), ...packageRules(spec)],
  digest: () => corpusLockDigest(),
  lengths: functionPairLengths,
  expectedFunctions: (spec) => ({ functions: functionCount(spec), heldOut: spec.heldOutFunctions }),
  cut: async (spec, io) => readCorpus(await installCorpus(io.cacheFolder), spec, io),
};

function packageRules({ packages }: NpmSpec): readonly RuleBreak[] {
  const known = corpusPackages();
  return (packages ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => ({
      fields: ['packages'],
      expected: `packages of the pinned corpus: ${known.join(', ')}`,
      found: name,
      ...hint(didYouMean(name, known)),
    }));
}

/**
 * Functions of the pinned packages up to a length: 18,266 measured up to 240 characters, 26,864 up to 400. A few
 * packages have their share.
 */
function functionCount({ packages, maxCharacters }: NpmSpec): number {
  const all = 26_900 * (maxCharacters / 400) ** 0.76;
  return packages === null ? all : Math.min(all, 6000 * packages.length);
}
