/** `Metaspace` (SentencePiece): writes spaces as a visible character and cuts before it. */
import type { FeatureReader } from '../feature-reader.ts';
import type { Piece } from '../piece.ts';
import { Tiers } from '../regex/tiers.ts';
import { CodePointSet } from '../unicode/code-point-set.ts';
import { eachPiece, readCharacter } from './character-kinds.ts';
import { cutAtDelimiters } from './delimiters.ts';
import type { ReadPreTokenizer } from './pre-tokenizer.ts';

export const readMetaspace: ReadPreTokenizer = (reader) => {
  const mark = readCharacter(reader, 'replacement');
  const scheme = readScheme(reader);
  const cuts = reader.flag('split', true);
  reader.optionalText('str_rep'); // as the library did before it had one character: it reads it and passes it over
  const marks = CodePointSet.of(mark);
  const rest = marks.not();
  const pattern = new Tiers((highest) => {
    const one = marks.toClass(highest);
    return `${one}?${rest.toClass(highest)}+|${one}`;
  });
  return eachPiece((piece, parts) => {
    const marked = prefixed(withMarks(piece, mark), mark, scheme);
    if (cuts) cutAtDelimiters(marked, { pattern, behavior: 'Isolated', invert: false }, parts);
    else parts.push(marked);
  });
};

/** Which pieces get the mark before them where they do not begin with it. */
type Scheme = 'always' | 'first' | 'never';

function readScheme(reader: FeatureReader): Scheme {
  const scheme = reader.text('prepend_scheme', 'always');
  if (reader.flag('add_prefix_space', true) || scheme === 'never') {
    if (scheme === 'always' || scheme === 'first' || scheme === 'never') return scheme;
    reader.refuse(`prepend_scheme: expected one of always, first, never, found "${scheme}"`);
  } else reader.refuse(`add_prefix_space false contradicts prepend_scheme "${scheme}", its default included`);
  return 'never';
}

function withMarks({ text, startLength }: Piece, mark: string): Piece {
  const marked = text.replaceAll(' ', () => mark);
  if (mark.length === 1 || startLength === 0) return { text: marked, startLength };
  return { text: marked, startLength: text.slice(0, startLength).replaceAll(' ', () => mark).length };
}

function prefixed(piece: Piece, mark: string, scheme: Scheme): Piece {
  const { text, startLength } = piece;
  if (scheme === 'never' || text.startsWith(mark) || (scheme === 'first' && startLength === 0)) return piece;
  return { text: mark + text, startLength: startLength === 0 ? 0 : startLength + mark.length };
}
