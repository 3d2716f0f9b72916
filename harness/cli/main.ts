/**
 * The process around the command line: real streams, and the exit code. A reader that leaves early (`harness ls runs |
 * head`) is no error.
 */
import './early-signals.ts';
import { commandName } from './command-name.ts';
import { detachedVariable, writeDetached } from './detached.ts';
import { exitCodeOfError } from './exit-code.ts';
import { hasCache, modelsFolder, tfjsFolder, torchFolder } from './folders.ts';
import { runCli } from './run-cli.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`harness: standard output cannot be written: ${error.message}\n`);
  process.exit(exitCodeOfError(error));
});
// A sweep whose progress nobody reads any more goes on, and one whose log takes no more.
process.stderr.on('error', () => {});
// A write past `ulimit -f` is an error then, which says so, and not the end of the process without a word.
process.on('SIGXFSZ', () => {});

const { stdout, stderr, env, argv, execArgv } = process;
// Read where an engine is opened, here and in every process that is started from here.
for (const [variable, folder] of [
  ['HARNESS_TFJS', tfjsFolder],
  ['HARNESS_TORCH', torchFolder],
  ['HARNESS_MODELS', modelsFolder],
] as const)
  if (env[variable] !== undefined || hasCache(env)) env[variable] ??= folder(env);
const detachedRecord = env[detachedVariable];
delete env[detachedVariable]; // it names this process, and none that is started from here
if (detachedRecord !== undefined) writeDetached(detachedRecord, null);
process.exitCode = await runCli(argv.slice(2), {
  stdout,
  stderr,
  writeBytes: (bytes) => stdout.write(bytes),
  env,
  commandName: commandName({ argv, execArgv, env, folder: process.cwd() }),
  program: [process.execPath, ...execArgv, argv[1] ?? ''],
});
if (detachedRecord !== undefined) writeDetached(detachedRecord, process.exitCode);
