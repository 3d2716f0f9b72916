#!/usr/bin/env node
// The committed entry that npm links: it exists before the build does, so that a clone without `dist/` says what to do.
import { existsSync } from 'node:fs';
// Until the program answers signals itself (early-signals.ts).
for (const [signal, code] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }))
  process.on(signal, () => {
    process.stderr.write(`harness: stopped by ${signal} before anything was started\n`);
    process.exit(code);
  });
const main = new URL('../../dist/cli/main.js', import.meta.url);
if (existsSync(main)) await import(main.href).catch(tellWhyNotLoaded);
else {
  process.stderr.write(
    'harness: not built yet (dist/ is missing). Run `npm ci` or `npm run build` in the project folder.\n',
  );
  process.exitCode = 4;
}

/** Errors of commands are told by the program itself: this one could not be loaded. */
function tellWhyNotLoaded(error) {
  const isLimit = error?.code === 'EMFILE' || error?.code === 'ENFILE';
  const hint = isLimit
    ? 'This process may not open more files: raise the limit (`ulimit -n 4096`).'
    : 'A package or a part of the build is missing: run `npm ci` in the project folder.';
  process.stderr.write(`harness: the program cannot be loaded: ${error?.message ?? error}\n  ${hint}\n`);
  if (process.env.HARNESS_DEBUG) process.stderr.write(`${error?.stack}\n`);
  process.exitCode = 4;
}
