/** `harness verify --bundle FILE`: is a bundle whole, and does its report follow from its records? */
import { verifyBundle, type BundledFile } from '../../bundle/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';

export async function verifyBundleFile(context: CliContext, file: string, isJson: boolean): Promise<void> {
  const found = await verifyBundle(file);
  const wrong = [...found.files, ...found.derived].filter(({ why }) => why !== null);
  context.exitWith(wrong.length === 0 ? 0 : 1);
  if (isJson) return context.printJson({ ...found });
  for (const { name, why } of wrong) context.print(`${name}: ${why}`);
  context.print(`${found.experiment}: ${digestsText(found.files)}; ${reportText(found.derived)}`);
}

function digestsText(files: readonly BundledFile[]): string {
  const wrong = wrongOf(files);
  return wrong === 0 ? `${plural(files.length, 'file')} as its metadata says` : `${plural(wrong, 'file')} damaged`;
}

function reportText(derived: readonly BundledFile[]): string {
  if (derived.length === 0) return 'the report was not made again';
  const wrong = wrongOf(derived);
  return wrong === 0
    ? `all ${derived.length} files of the report made again from the records, byte for byte`
    : `${wrong} of ${derived.length} files of the report do not follow from the records here`;
}

const wrongOf = (files: readonly BundledFile[]): number => files.filter(({ why }) => why !== null).length;
