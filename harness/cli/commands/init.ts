/** `harness init [FILE]`: an experiment to start from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { quoted } from '../command-name.ts';
import type { CliContext } from '../context.ts';
import { firstExperiment } from '../init/experiment.ts';
import { isSpecFile } from '../spec-file.ts';

export async function init(context: CliContext, flags: { readonly json: boolean }, file: string): Promise<void> {
  if (!isSpecFile(file))
    throw new UserError(`${file}: an experiment file ends in .yaml`, {
      exitCode: 2,
      hint: `\`harness init ${file}.yaml\``,
    });
  const name = nameFor(file);
  writeNew(file, context.callable(firstExperiment(name, quoted(file))));
  if (flags.json) return context.printJson({ file, experiment: name });
  context.print(
    [
      `${file}: written, an experiment of about a minute`,
      'Next, see what it would run, and run it:',
      `  ${context.commandName} plan ${quoted(file)}`,
      `  ${context.commandName} sweep ${quoted(file)}`,
    ].join('\n'),
  );
}

/** The file's name, in the letters that names of experiments have. */
function nameFor(file: string): string {
  const name = basename(file)
    .replace(/\.ya?ml$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? 'experiment' : name;
}

function writeNew(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw new UserError(`${file}: is there already, and is not overwritten`, {
        exitCode: 2,
        hint:
          `Give another name (\`harness init another.yaml\`), or look at what it would run: ` +
          `\`harness plan ${file}\`.`,
      });
    throw new UserError(`${file}: cannot be written: ${(cause as Error).message}`, {
      exitCode: 3,
      hint: 'Name a file in a folder that you may write to.',
      cause,
    });
  }
}
