/**
 * The process around the command line: real streams, and the exit code. A reader that leaves early (`harness ls runs |
 * head`) is no error.
 */
import { runCli } from './run-cli.ts';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

process.exitCode = await runCli(process.argv.slice(2), process);
