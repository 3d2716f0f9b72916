/** A process that asks, so that it can be killed. Prints `ready`, begins when told to, prints the counts. */
import { once } from 'node:events';
import { askEndpoint } from '../../../harness/data/endpoint/ask-endpoint.ts';
import type { EndpointOptions } from '../../../harness/data/endpoint/options.ts';

const { options, cacheFolder, count } = JSON.parse(process.argv[2] ?? '') as {
  readonly options: EndpointOptions;
  readonly cacheFolder: string;
  readonly count: number;
};
console.log('ready');
await once(process.stdin, 'data');
process.stdin.destroy();
const asked = Array.from({ length: count }, (_, index) => ({ key: `f${index}#0`, prompt: `Write function ${index}.` }));
const answers = askEndpoint(asked, options, { cacheFolder, note: () => undefined });
let completions = 0;
for await (const { key } of answers) {
  if (key !== asked[completions]?.key) throw new Error(`out of order: ${key}`);
  completions += 1;
}
console.log(JSON.stringify({ ...answers.counts(), completions }));
