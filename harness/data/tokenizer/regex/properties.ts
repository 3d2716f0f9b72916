/** Sets of code points by the names that Oniguruma knows, as `\p{Lu}` and `[[:alpha:]]` use them. */
import { lazy } from '../lazy.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { tables } from '../unicode/tables.ts';
import { UnsupportedPattern } from './pattern-text.ts';

/** Their place is their number in the table. */
const categories = 'Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn'.split(
  ' ',
);

const longNames: Readonly<Record<string, string>> = {
  letter: 'l',
  casedletter: 'lc',
  uppercaseletter: 'lu',
  lowercaseletter: 'll',
  titlecaseletter: 'lt',
  modifierletter: 'lm',
  otherletter: 'lo',
  mark: 'm',
  combiningmark: 'm',
  nonspacingmark: 'mn',
  spacingmark: 'mc',
  enclosingmark: 'me',
  number: 'n',
  decimalnumber: 'nd',
  letternumber: 'nl',
  othernumber: 'no',
  punctuation: 'p',
  connectorpunctuation: 'pc',
  dashpunctuation: 'pd',
  openpunctuation: 'ps',
  closepunctuation: 'pe',
  initialpunctuation: 'pi',
  finalpunctuation: 'pf',
  otherpunctuation: 'po',
  symbol: 's',
  mathsymbol: 'sm',
  currencysymbol: 'sc',
  modifiersymbol: 'sk',
  othersymbol: 'so',
  separator: 'z',
  spaceseparator: 'zs',
  lineseparator: 'zl',
  paragraphseparator: 'zp',
  other: 'c',
  control: 'cc',
  format: 'cf',
  privateuse: 'co',
  unassigned: 'cn',
};

/** `\w` by itself, and what `\b` goes by. */
export const word = lazy(() => CodePointSet.read(tables.onigWord));

/** `\w` within a class: there Oniguruma takes no superscripts and fractions of Latin-1 for word characters. */
export const wordInClass = lazy(() =>
  ['M', 'Nd', 'Pc'].map(propertySet).reduce((all, one) => all.or(one), alphabetic()),
);

export const space = lazy(() => CodePointSet.read(tables.onigSpace));
export const digit = lazy(() => categorySet('nd'));
export const hexDigit = lazy(() => CodePointSet.of('0123456789abcdefABCDEF'));
const alphabetic = lazy(() => CodePointSet.read(tables.onigAlphabetic));

/** Without spaces, hyphens and underscores, in lower case. */
const named: Readonly<Record<string, () => CodePointSet>> = {
  any: () => CodePointSet.all,
  assigned: () => categorySet('cn').not(),
  alphabetic,
  alpha: alphabetic,
  alnum: () => alphabetic().or(digit()),
  ascii: () => CodePointSet.range(0, 0x7f),
  blank: () => categorySet('zs').or(CodePointSet.of('\t')),
  cntrl: () => categorySet('cc'),
  digit,
  graph: () => categorySet('cn').or(categorySet('cc')).or(categorySet('cs')).or(categorySet('z')).not(),
  print: () => (named['graph'] as () => CodePointSet)().or(categorySet('zs')),
  lower: () => CodePointSet.read(tables.onigLowercase),
  lowercase: () => CodePointSet.read(tables.onigLowercase),
  upper: () => CodePointSet.read(tables.onigUppercase),
  uppercase: () => CodePointSet.read(tables.onigUppercase),
  punct: () => categorySet('p'),
  space,
  whitespace: space,
  xdigit: hexDigit,
};

const scripts = lazy(() => {
  const names = tables.scriptNames.trim().split(/\s+/);
  return new Map(names.map((name, index) => [plainName(name), index + 1]));
});

const posixNames = 'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' ');

const made = new Map<string, CodePointSet>();

/** @throws UnsupportedPattern for names that are not known here */
export function propertySet(name: string): CodePointSet {
  const plain = plainName(name);
  const set = made.get(plain) ?? makeSet(plain);
  if (set === null) throw new UnsupportedPattern(`the property \\p{${name}} is not known here`);
  made.set(plain, set);
  return set;
}

function makeSet(plain: string): CodePointSet | null {
  const script = scripts().get(plain);
  if (script !== undefined) return CodePointSet.readRuns(tables.script, new Set([script]));
  const known = named[plain];
  const set = known !== undefined && Object.hasOwn(named, plain) ? known() : categorySet(longNames[plain] ?? plain);
  return set.isEmpty ? null : set;
}

function plainName(name: string): string {
  return name.replaceAll(/[ _-]/g, '').toLowerCase();
}

/** @throws UnsupportedPattern for names that are none of POSIX's */
export function posixSet(name: string): CodePointSet {
  if (!posixNames.includes(name)) throw new UnsupportedPattern(`the class [:${name}:] is not known here`);
  if (name === 'word') return wordInClass();
  // Symbols are punctuation for POSIX's name alone.
  return name === 'punct' ? categorySet('p').or(categorySet('s')) : propertySet(name);
}

/** One general category (`lu`), a group of them (`l`) or the three of letters with case (`lc`). */
function categorySet(name: string): CodePointSet {
  const members = categories.flatMap((category, index) => {
    const plain = category.toLowerCase();
    const isMember = plain === name || plain[0] === name || (name === 'lc' && index < 3);
    return isMember ? [index] : [];
  });
  return CodePointSet.readRuns(tables.generalCategory, new Set(members));
}
