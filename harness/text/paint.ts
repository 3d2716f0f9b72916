/** Colour where it is seen: on a terminal, and never in a pipe or a file unless it is asked for. */
import { styleText } from 'node:util';
import { marked } from './terminal.ts';
import { visible } from './visible.ts';

/** Text in the given style, for a stream made safe; the text as it is where there is no colour. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export interface PaintedStream {
  readonly isTTY?: boolean | undefined;
}

export const noPaint: Paint = (_style, text) => text;

/** FORCE_COLOR (but 0) switches colour on everywhere; else NO_COLOR or TERM=dumb switch it off, and so does a pipe. */
export function paintFor(stream: PaintedStream, env: Readonly<Record<string, string | undefined>>): Paint {
  return hasColour(stream, env)
    ? (style, text) => marked(styleText(style, visible(text), { validateStream: false }))
    : noPaint;
}

function hasColour(stream: PaintedStream, env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' && stream.isTTY === true;
}
