/**
 * The process around the command line: real streams, and the exit code. A reader that leaves early (`harness ls runs |
 * head`) is no error.
 */
import { commandName } from './command-name.ts';
import { modelsFolder, tfjsFolder, torchFolder } from './folders.ts';
import { runCli } from './run-cli.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
// A sweep whose progress nobody reads any more goes on.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const { stdout, stderr, env, argv, execArgv } = process;
// Read where an engine is opened, here and in every process that is started from here.
env['HARNESS_TFJS'] ??= tfjsFolder(env);
env['HARNESS_TORCH'] ??= torchFolder(env);
env['HARNESS_MODELS'] ??= modelsFolder(env);
process.exitCode = await runCli(argv.slice(2), {
  stdout,
  stderr,
  writeBytes: (bytes) => stdout.write(bytes),
  env,
  commandName: commandName({ argv, execArgv, env, folder: process.cwd() }),
});
