/**
 * Apache Arrow, loaded when a table is first read or written: loading takes longer than most commands take without it.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export function arrow(): typeof import('apache-arrow') {
  return require('apache-arrow') as typeof import('apache-arrow');
}
