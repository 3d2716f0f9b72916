/** A template of special tokens and the text. */
import { FeatureReader } from '../feature-reader.ts';
import type { Frame, IsToken } from './frame.ts';

/** That for one text, `single`; the one for two texts is of no meaning here. */
export function readTemplate(reader: FeatureReader, isToken: IsToken): Frame {
  const specialTokens = reader.child('special_tokens');
  reader.raw('pair');
  const frame = reader.children('single').flatMap((part) => readPart(part, specialTokens, isToken));
  if (frame.filter((part) => part === null).length !== 1) reader.refuse('single: expected the text in it once');
  return frame;
}

function readPart(part: FeatureReader, specialTokens: FeatureReader | null, isToken: IsToken): Frame {
  const text = part.child('Sequence');
  if (text !== null) {
    const which = text.text('id');
    text.number('type_id', 0);
    text.done();
    if (which !== 'A') text.refuse(`id ${JSON.stringify(which)}: there is only one text, "A"`);
    return [null];
  }
  const token = part.child('SpecialToken');
  if (token === null) {
    part.refuse('expected Sequence or SpecialToken');
    return [];
  }
  token.number('type_id', 0);
  const name = token.text('id');
  token.done();
  return idsOf(name, { token, specialTokens, isToken });
}

interface Lookup {
  readonly token: FeatureReader;
  readonly specialTokens: FeatureReader | null;
  readonly isToken: IsToken;
}

/** The ids that stand in the file beside the name, which the library takes as they are. */
function idsOf(name: string, { token, specialTokens, isToken }: Lookup): readonly number[] {
  const entry = specialTokens?.raw(name) ?? null;
  const ids = typeof entry === 'object' && entry !== null ? (entry as { readonly ids?: unknown }).ids : null;
  if (!Array.isArray(ids)) {
    token.refuse(`${JSON.stringify(name)} is none of special_tokens`);
    return [];
  }
  const stranger: unknown = ids.find((id) => !Number.isInteger(id) || !isToken(id as number));
  if (stranger === undefined) return ids as number[];
  token.refuse(`${JSON.stringify(name)} has the id ${JSON.stringify(stranger)}, which is no token of the vocabulary`);
  return [];
}
