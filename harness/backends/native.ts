/** This program itself: `harness stage run FOLDER`. It serves every stage. */
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Backend } from './backend.ts';

export const native: Backend = {
  name: 'native',
  numerics: null,
  serves: () => true,
  command: ({ folder }) => [
    process.execPath,
    ...loader,
    join(here, '..', 'cli', `main${extension}`),
    'stage',
    'run',
    folder,
  ],
};

const file = fileURLToPath(import.meta.url);
const [here, extension] = [dirname(file), extname(file)];
/** Sources run through tsx; the built program runs as it is. */
const loader =
  extension === '.ts' ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
