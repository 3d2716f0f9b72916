/** `harness bench data`: how fast code becomes a corpus here, in what memory, and what the filters leave out. */
import { resolve } from 'node:path';
import { benchData, type DataBench } from '../../bench/index.ts';
import { fileSorts, languageNamed, languages, type FileSort } from '../../data/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { cacheFolder } from '../folders.ts';

interface BenchDataFlags {
  readonly maxCharacters: number;
  readonly minCharacters: number;
  readonly language?: readonly string[];
  readonly keep?: readonly string[];
  readonly json: boolean;
}

export async function benchDataCommand(context: CliContext, flags: BenchDataFlags, folder?: string): Promise<void> {
  const result = await benchData({
    folder: folder === undefined ? null : resolve(folder),
    cacheFolder: resolve(cacheFolder(context.host.env)),
    languages: languagesOf(flags.language),
    keep: sortsOf(flags.keep ?? []),
    units: ['function', 'method'],
    minCharacters: flags.minCharacters,
    maxCharacters: flags.maxCharacters,
  });
  if (flags.json) return context.printJson({ ...result, folder: folder ?? null });
  const right = (name: string) => ({ name, align: 'right' as const });
  context.printTable(['left out', right('count')], Object.entries(result.counts).toSorted());
  for (const line of linesOf(result)) context.print(line);
}

function linesOf(result: DataBench): readonly string[] {
  const { files, found, kept, described, cutSeconds, writeSeconds, cpuSeconds } = result;
  const seconds = cutSeconds + writeSeconds;
  return [
    `${plural(found, 'function')} in ${plural(files, 'file')} (${megabytes(result.sourceBytes)} MB); ` +
      `${kept} kept, ${((100 * described) / Math.max(1, kept)).toFixed(0)} % of them described`,
    `${seconds.toFixed(1)} s: ${cutSeconds.toFixed(1)} to choose them, ${writeSeconds.toFixed(1)} to write them; ` +
      `${cpuSeconds.toFixed(1)} s of CPU time`,
    `${result.foundPerSecond.toFixed(0)} functions/s, ${megabytes(result.sourceBytesPerSecond)} MB/s, ` +
      `${(result.peakMemoryBytes / 1e6).toFixed(0)} MB at the peak (${result.machine})`,
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function languagesOf(asked: readonly string[] = languages.map(({ name }) => name)): readonly string[] {
  const unknown = asked.find((name) => languageNamed(name) === null);
  if (unknown === undefined) return asked;
  const known = languages.map(({ name }) => name).join(', ');
  throw new UserError(`--language: expected ${known}, found ${unknown}`, { exitCode: 2 });
}

function sortsOf(asked: readonly string[]): readonly FileSort[] {
  const unknown = asked.find((name) => !fileSorts.some((sort) => sort === name));
  if (unknown === undefined) return fileSorts.filter((sort) => asked.includes(sort));
  throw new UserError(`--keep: expected ${fileSorts.join(', ')}, found ${unknown}`, { exitCode: 2 });
}
