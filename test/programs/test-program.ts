/** Programs that tests start: as built by build-programs.ts where the tests run the built program, else through tsx. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const tests = path.resolve(import.meta.dirname, '..');
export const builtFolder = path.join(tests, 'built');

/** The file that stands for a source file: of a program below test/, or of one of harness/. */
export function programFile(source: string): string {
  // This is a program of a test itself, and what it starts lies beside it.
  if (import.meta.filename.endsWith('.js')) return source.replace(/\.ts$/, '.js');
  if (process.env['HARNESS_TEST_BUILT'] !== '1') return source;
  const below = path.relative(path.dirname(tests), source).replace(/\.ts$/, '.js');
  return path.join(builtFolder, below);
}

/** What Node is given to start it. */
export function programArguments(source: string): readonly string[] {
  const file = programFile(source);
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return file.endsWith('.ts') ? ['--import', loader, file] : [file];
}
