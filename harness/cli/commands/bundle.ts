/** `harness bundle EXPERIMENT`: one archive from which anybody makes its report again, without training. */
import { writeBundle } from '../../bundle/index.ts';
import { count } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { experimentNamed } from '../experiment-named.ts';

interface BundleFlags {
  readonly output?: string;
  readonly license?: string;
  readonly results?: string;
  readonly json: boolean;
}

export async function bundle(context: CliContext, flags: BundleFlags, subject: string): Promise<void> {
  const experiment = await experimentNamed(subject);
  const written = await writeBundle({
    resultsFolder: context.resultsFolder(flags.results),
    experiment,
    license: flags.license ?? null,
    file: flags.output ?? `${experiment}.bundle.zip`,
  });
  if (flags.json) return context.printJson({ experiment, ...written });
  context.print(`${written.file}: ${written.files} files, ${count(written.bytes)} bytes, sha256 ${written.sha256}`);
  context.print(`\`harness verify --bundle ${written.file}\` makes its report again and compares the bytes.`);
}
