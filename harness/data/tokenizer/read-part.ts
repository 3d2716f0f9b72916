/** A part of tokenizer.json that is one of several kinds, told by its `type`. */
import type { FeatureReader } from './feature-reader.ts';

export interface KindsOf<Part> {
  /** What messages call one of them; null = by the field `type`, with those that are known. */
  readonly name: string | null;
  readonly kinds: Readonly<Record<string, (reader: FeatureReader) => Part>>;
  /** Stands in after a refusal, which the reader notes. */
  readonly otherwise: Part;
}

export function readPart<Part>(reader: FeatureReader, { name, kinds, otherwise }: KindsOf<Part>): Part {
  const kind = reader.kind();
  const read = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (read === undefined) {
    const known = Object.keys(kinds).join(', ');
    const byType = `type ${JSON.stringify(kind)} is not known; known are ${known}`;
    reader.refuse(name === null ? byType : `the ${name} ${kind} is not known here`);
    return otherwise;
  }
  const part = read(reader);
  reader.done();
  return part;
}
