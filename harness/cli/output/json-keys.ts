/**
 * SQL's snake_case columns as the camelCase properties of our JSON documents: the same words in the manner of the
 * place.
 */
import type { Row, Value } from '../../record/index.ts';

export function camelRow(row: Row): Record<string, Value> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value]));
}

const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
