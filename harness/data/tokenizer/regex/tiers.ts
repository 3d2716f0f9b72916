/**
 * One regular expression in three versions: for texts of ASCII, for those without characters above U+FFFF, and for all.
 * The first two need no flag `u`, with which V8 is several times slower on large classes.
 */

const beyondAscii = /[^\0-\x7f]/;
const surrogate = /[\ud800-\udfff]/;

/** The source of an expression for texts without code points above `highest`. */
export type SourceFor = (highest: number) => string;

export class Tiers {
  readonly #sourceFor: SourceFor;
  #ascii: RegExp | null = null;
  #plain: RegExp | null = null;
  #full: RegExp | null = null;

  constructor(sourceFor: SourceFor) {
    this.#sourceFor = sourceFor;
  }

  /** With the flag `g`. */
  for(text: string): RegExp {
    if (!beyondAscii.test(text)) return (this.#ascii ??= new RegExp(this.#sourceFor(0x7f), 'g'));
    if (!surrogate.test(text)) return (this.#plain ??= new RegExp(this.#sourceFor(0xffff), 'g'));
    return (this.#full ??= new RegExp(this.#sourceFor(0x10ffff), 'gu'));
  }
}
