/**
 * Versions of the files in a results folder. Each file says its own; a version goes up when an older harness would
 * misread the file. Every version ever written is read (docs/decisions/012-old-stores.md):
 *
 *     stage.json       stageVersion       1
 *     provenance.json  provenanceVersion  1
 *     plan.json        planVersion        1  called `schemaVersion`; axes with `architecture`, arm `scratch`
 *                                         2  axes with `model`, arm `none`
 *     done.json        doneVersion        none   without seal.json
 *                                         2      seal.json has the digests of the stage's records
 *     seal.json        sealVersion        1
 *     failed.json, journal.jsonl: one format so far, without a version; fields and classes of failures were added
 */
import { UserError } from '../spec/user-error.ts';
import { type JsonRecord, numberOf } from './read-json.ts';

export const formats = { stage: 1, provenance: 1, plan: 2, done: 2 } as const;
export type Format = keyof typeof formats;

/** The version that a file states. Throws `UserError` (exit 4) where it is newer than this program. */
export function readVersion(path: string, record: JsonRecord, format: Format): number {
  const version = numberOf(record, `${format}Version`) ?? numberOf(record, 'schemaVersion') ?? 1;
  if (version <= formats[format]) return version;
  throw new UserError(
    `${path}: ${format} format ${version} is newer than this harness, which reads ${formats[format]}`,
    {
      exitCode: 4,
      hint: 'Update the harness, or use another results folder with --results DIR.',
    },
  );
}
