/** All that is known of a family: one record, one file. */
import type { Dialect } from './dialect.ts';
import type { FamilyParts } from './parts.ts';

export interface Family {
  readonly parts: FamilyParts;
  readonly dialect: Dialect;
}
