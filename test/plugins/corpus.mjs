// @ts-check
/** A corpus: functions from a JSON file, `[{ "signature": "...", "body": "..." }]`; every eighth is held out. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/**
 * @param {import('harness').PluginTools} tools
 * @returns {import('harness').Plugin}
 */
export default function corpusPlugin({ z, UserError }) {
  /** @type {import('harness').CorpusKind<import('harness').KindSpec & { path: string }>} */
  const jsonFunctions = {
    kind: 'json-functions',
    schema: z.strictObject({ kind: z.literal('json-functions'), path: z.string() }),
    locations: ['path'],
    rules: ({ path }) =>
      existsSync(path) ? [] : [{ fields: ['path'], expected: 'a file with functions', found: `nothing at ${path}` }],
    digest: ({ path }) => createHash('sha256').update(readFileSync(path)).digest('hex'),
    lengths: () => ({ prompt: 20, chosen: 40, rejected: 40 }),
    expectedFunctions: () => ({ functions: 100, heldOut: 10 }),
    cut: async ({ path }, { note }) => {
      const rows = JSON.parse(readFileSync(path, 'utf8'));
      if (!Array.isArray(rows)) throw new UserError(`${path}: expected a list of functions`, { exitCode: 2 });
      note(`${rows.length} functions in ${path}`);
      const all = rows.map(({ signature, body }, index) => ({
        id: `json:${index}`,
        package: 'json',
        file: 'functions.json',
        line: index + 1,
        language: 'javascript',
        description: null,
        signature: String(signature),
        body: String(body),
      }));
      return {
        functions: all.filter((_, index) => index % 8 !== 0),
        heldOut: all.filter((_, index) => index % 8 === 0),
        counts: {},
        sources: [{ file: 'functions.json' }],
      };
    },
  };
  return { corpora: [jsonFunctions] };
}
