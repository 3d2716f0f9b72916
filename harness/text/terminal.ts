/**
 * The one way to a terminal: whatever is written, no control character in it is obeyed but those of our own colours
 * and cursor movements. These are written with a mark in place of the escape character. The mark is drawn anew in each
 * process, so that no text from elsewhere can have it.
 */
import { randomBytes } from 'node:crypto';
import { visible } from './visible.ts';

/** Begins one of our own control sequences: `${control}31m`. It is the escape character and `[` once it is written. */
export const control = `\uFDD0${randomBytes(8).toString('hex')}\uFDD1`;

const escape = '\u001B[';

/** Our own sequences in a text of `styleText`, marked. */
export function marked(styled: string): string {
  return styled.replaceAll(escape, control);
}

/** The text as a terminal may get it. */
export function terminalText(text: string): string {
  return visible(text).replaceAll(control, escape);
}
