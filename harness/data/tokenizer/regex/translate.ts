/**
 * Patterns in Oniguruma's syntax, which the Rust library compiles, as regular expressions of JavaScript with the same
 * meaning. Both take the leftmost match and try alternatives in order; what differs is translated, and what has no
 * equivalent is refused. Sets of characters are written out, so that no engine's Unicode version matters.
 */
import { CodePointSet } from '../unicode/code-point-set.ts';
import { readClass } from './character-class.ts';
import { readEscape } from './escapes.ts';
import { foldedSet, requireNoFoldedPair } from './fold.ts';
import { PatternText, UnsupportedPattern } from './pattern-text.ts';
import { word } from './properties.ts';
import { readQuantifiers, type Part } from './quantifiers.ts';

/**
 * The source of a regular expression, with the flag `u` where texts may have code points above U+FFFF.
 * @param highest code point of the texts
 * @throws UnsupportedPattern with the construct that is not computed exactly
 */
export function translatePattern(pattern: string, highest = 0x10ffff): string {
  return new Translator(pattern, highest).all();
}

interface Options {
  readonly ignoresCase: boolean;
  readonly dotMatchesNewline: boolean;
  readonly skipsSpace: boolean;
}

const notNewline = CodePointSet.of('\n').not();

const anchors: Readonly<Record<string, string>> = { A: '(?<![^])', z: '(?![^])', Z: '(?=\\n?(?![^]))' };

/** `\\R`; CR and LF are not taken apart. */
const lineBreak = '(?:\\r\\n|(?!\\r\\n)[\\n-\\r\\x85\\u2028\\u2029])';

class Translator {
  readonly #text: PatternText;
  readonly #highest: number;
  #options: Options = { ignoresCase: false, dotMatchesNewline: false, skipsSpace: false };
  #isBehind = false;
  #atomicGroups = 0;

  constructor(pattern: string, highest: number) {
    this.#text = new PatternText(pattern);
    this.#highest = highest;
  }

  all(): string {
    const { source } = this.#choice();
    if (!this.#text.isAtEnd) throw new UnsupportedPattern('")" without "("');
    return source;
  }

  /** Up to the end or to the `)` that closes the group. */
  #choice(): Part {
    const options: Part[] = [this.#sequence()];
    while (this.#text.take('|')) options.push(this.#sequence());
    // Oniguruma steps back by each length in turn, and misses some matches where one of them is 0.
    if (this.#isBehind && options.length > 1 && options.some(({ isNullable }) => isNullable))
      throw new UnsupportedPattern('an alternative that may take no character in a look-behind');
    return {
      source: options.map(({ source }) => source).join('|'),
      isNullable: options.some(({ isNullable }) => isNullable),
    };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    let previous: number | null = null;
    while (!this.#text.isAtEnd && this.#text.peek() !== '|' && this.#text.peek() !== ')') {
      if (this.#skip()) continue;
      const part = this.#atom();
      if (this.#options.ignoresCase && part.point !== undefined) requireNoFoldedPair(previous, part.point);
      const repeated = readQuantifiers(this.#text, part, {
        skip: () => this.#skip(),
        atomic: (body) => this.#atomic(body),
      });
      previous = repeated === part ? (part.point ?? null) : null;
      parts.push(repeated);
    }
    return {
      source: parts.map(({ source }) => source).join(''),
      isNullable: parts.every(({ isNullable }) => isNullable),
    };
  }

  /** Comments, and space where the option `x` is on. */
  #skip(): boolean {
    if (this.#text.take('(?#')) {
      this.#text.takeUntil(')');
      return true;
    }
    if (!this.#options.skipsSpace) return false;
    if (!this.#text.take('#')) return this.#text.takeWhile(/^[ \t\n\r\f\v]$/) !== '';
    this.#text.takeWhile(/^[^\n]$/u);
    return true;
  }

  #atom(): Part {
    const text = this.#text;
    if (text.take('(')) return this.#group();
    if (text.take('[')) return this.#setPart(readClass(text, this.#options.ignoresCase ? foldedSet : (set) => set));
    if (text.take('.')) return this.#setPart(this.#options.dotMatchesNewline ? CodePointSet.all : notNewline);
    if (text.take('^')) return anchor('(?:(?<![^])|(?<=\\n)(?=[^]))');
    if (text.take('$')) return anchor('(?![^\\n])');
    if (text.take('\\')) return this.#escape();
    if (/[*+?]/.test(text.peek())) throw new UnsupportedPattern('a quantifier without anything before it');
    return this.#character(text.next().codePointAt(0) as number);
  }

  #character(point: number): Part {
    return { ...this.#set(CodePointSet.range(point, point)), point };
  }

  #set(set: CodePointSet): Part {
    return this.#setPart(this.#options.ignoresCase ? foldedSet(set) : set);
  }

  #setPart(set: CodePointSet): Part {
    return { source: set.toClass(this.#highest), isNullable: false };
  }

  #boundary(isBoundary: boolean): string {
    const one = word().toClass(this.#highest);
    const [same, other] = isBoundary ? ['!', '='] : ['=', '!'];
    return `(?:(?<=${one})(?${same}${one})|(?<!${one})(?${other}${one}))`;
  }

  #escape(): Part {
    if (this.#text.take('w')) return this.#set(word());
    if (this.#text.take('W')) return this.#set(word().not());
    const escape = readEscape(this.#text);
    if (typeof escape === 'number') return this.#character(escape);
    if (escape !== null) return this.#set(escape);
    const letter = this.#text.next();
    if (Object.hasOwn(anchors, letter)) return anchor(anchors[letter] as string);
    if (letter === 'b' || letter === 'B') return anchor(this.#boundary(letter === 'b'));
    if (letter === 'R' && !this.#isBehind) return { source: lineBreak, isNullable: false };
    if (letter === 'N') return this.#setPart(notNewline);
    if (letter === 'O') return this.#setPart(CodePointSet.all);
    throw new UnsupportedPattern(`\\${letter}${this.#isBehind ? ' in a look-behind' : ''}`);
  }

  /** After `(`. What a group captures is never asked for. */
  #group(): Part {
    const text = this.#text;
    if (!text.take('?')) return this.#body('(?:');
    if (text.take(':')) return this.#body('(?:');
    if (text.take('=')) return { ...this.#body('(?='), isNullable: true };
    if (text.take('!')) return { ...this.#body('(?!'), isNullable: true };
    if (text.take('<=')) return this.#lookBehind('(?<=');
    if (text.take('<!')) return this.#lookBehind('(?<!');
    if (text.take('>')) return this.#atomic(this.#body('(?:'));
    if (text.take('<')) {
      text.takeUntil('>');
      return this.#body('(?:');
    }
    return this.#withOptions();
  }

  #body(open: string): Part {
    const options = this.#options;
    const { source, isNullable } = this.#choice();
    this.#text.expect(')');
    this.#options = options;
    return { source: `${open}${source})`, isNullable };
  }

  #lookBehind(open: string): Part {
    const wasBehind = this.#isBehind;
    this.#isBehind = true;
    const { source } = this.#body(open);
    this.#isBehind = wasBehind;
    return { source, isNullable: true };
  }

  /** A lookahead is never entered again, so what it captured is the only thing that can follow. */
  #atomic({ source, isNullable }: Part): Part {
    if (this.#isBehind) throw new UnsupportedPattern('an atomic group in a look-behind');
    const name = `atomic${this.#atomicGroups++}`;
    return { source: `(?:(?=(?<${name}>${source}))\\k<${name}>)`, isNullable };
  }

  /** `(?i-m:...)` for a group, or `(?i)` for the rest of the group that it stands in, alternatives included. */
  #withOptions(): Part {
    const outer = this.#options;
    const on = this.#text.takeWhile(/^[imx]$/);
    const off = this.#text.take('-') ? this.#text.takeWhile(/^[imx]$/) : '';
    const isGroup = this.#text.take(':');
    if (!isGroup && !this.#text.take(')')) throw new UnsupportedPattern(`(?${on}${this.#text.peek()}`);
    const has = (letter: string, before: boolean) => (before || on.includes(letter)) && !off.includes(letter);
    this.#options = {
      ignoresCase: has('i', outer.ignoresCase),
      dotMatchesNewline: has('m', outer.dotMatchesNewline),
      skipsSpace: has('x', outer.skipsSpace),
    };
    const { source, isNullable } = this.#choice();
    if (isGroup) this.#text.expect(')');
    this.#options = outer;
    return { source: `(?:${source})`, isNullable };
  }
}

function anchor(source: string): Part {
  return { source, isNullable: true };
}
