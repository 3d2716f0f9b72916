/** Takes up to `start` and `stop` characters that are `content` off the ends of each token. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Decoder } from './decoder.ts';

export function readStrip(reader: FeatureReader): Decoder {
  const content = reader.text('content');
  const start = reader.number('start');
  const stop = reader.number('stop');
  if ([...content].length !== 1) reader.refuse(`content: expected one character, found ${JSON.stringify(content)}`);
  return (tokens) => tokens.map((token) => stripped([...token], content, { start, stop }));
}

function stripped(
  characters: readonly string[],
  content: string,
  { start, stop }: { readonly start: number; readonly stop: number },
): string {
  let from = 0;
  while (from < Math.min(start, characters.length) && characters[from] === content) from += 1;
  let to = characters.length;
  const most = Math.min(stop, characters.length - from);
  while (characters.length - to < most && characters[to - 1] === content) to -= 1;
  return characters.slice(from, to).join('');
}
