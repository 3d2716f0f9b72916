#!/usr/bin/env node
// The committed entry that npm links: it exists before the build does, so that a clone without `dist/` says what to do.
import { existsSync } from 'node:fs';
const main = new URL('../../dist/cli/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write(
    'harness: not built yet (dist/ is missing). Run `npm ci` or `npm run build` in the project folder.\n',
  );
  process.exitCode = 4;
}
