/** What the kinds that read a user's preferences share: the fields of their sections, and the rules about them. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  fileDigest,
  rowsVersion,
  openTokenizerTemplate,
  templateWithEnd,
  otherFile,
  usualNames,
  type ChatReading,
  type ChatTemplate,
  type FieldName,
} from '../data/index.ts';
import { count, location, seed, UserError, type RuleBreak } from '../spec/index.ts';
import type { KindIo } from './kind.ts';
import { expectedTokensField } from './lengths.ts';

const nameSchemas = Object.fromEntries(
  Object.entries(usualNames).map(([field, usual]) => [field, fieldName(usual)]),
) as Record<FieldName, ReturnType<typeof fieldName>>;

function fieldName(usual: readonly string[]): z.ZodDefault<z.ZodNullable<z.ZodString>> {
  const otherwise = usual.length === 0 ? 'none' : `the first that is there of ${usual.join(', ')}`;
  return z.string().min(1).nullable().default(null).describe(`Its name in the file; null = ${otherwise}.`);
}

const fieldsSchema = z.strictObject(nameSchemas);

/** Fields of a section that reads rows of preferences. */
export const preferenceFields = {
  fields: fieldsSchema
    .default(fieldsSchema.parse({}))
    .describe('What the columns are called; `text`, `label`, `rating`, `answer` and `source` are of a candidate.'),
  separator: z.string().default('\n').describe('Stands between a prompt and its responses.'),
  pairsPerQuestion: count.default(8).describe('At most so many pairs of one row, drawn with the seed.'),
  seed: seed.default(0),
  expectedTokens: expectedTokensField,
  chatTemplate: location
    .nullable()
    .default(null)
    .describe("A file with the Jinja template that renders chat messages; null = the tokenizer's own."),
  chatTexts: z
    .literal(true)
    .nullable()
    .default(null)
    .describe('true = texts are turns of a chat (the prompt of the user, a response of the assistant); null = texts.'),
};

/** How a section renders conversations, with the tokenizer that encodes them. */
export function chatReading(
  { chatTemplate, chatTexts }: { readonly chatTemplate: string | null; readonly chatTexts: true | null },
  { tokenizerFolder, responseEnd }: Pick<KindIo, 'tokenizerFolder' | 'responseEnd'>,
): ChatReading {
  let opened: { readonly template: ChatTemplate | null } | null = null;
  const open = (): ChatTemplate | null => {
    if (tokenizerFolder === null) return null;
    const template = openTokenizerTemplate(path.join(tokenizerFolder, tokenizerFile), chatTemplate);
    return template && templateWithEnd(template, responseEnd);
  };
  return { template: () => (opened ??= { template: open() }).template, texts: chatTexts === true };
}

const tokenizerFile = 'tokenizer.json';

/** A file, or a share of another file's groups. */
export const fileOrShare = z.union([z.number().positive().max(0.5), location]);

/** The files that a section names, by field. */
export type NamedFiles = Readonly<Record<string, string | number | readonly string[]>>;

/** Every file must be there, in a format that is read. */
export function fileRules(files: NamedFiles): readonly RuleBreak[] {
  return Object.entries(files).flatMap(([field, written]) =>
    [written].flat().flatMap((one) => {
      const problem = typeof one === 'string' ? fileProblem(one) : null;
      return problem === null ? [] : [{ fields: [field], ...problem }];
    }),
  );
}

/** Among the files that a digest stands for; none where the tokenizer's own is used. */
export function templateOf({ chatTemplate }: { readonly chatTemplate: string | null }): NamedFiles {
  return chatTemplate === null ? {} : { chatTemplate };
}

/** The template must be there. */
export function templateRules({ chatTemplate }: { readonly chatTemplate: string | null }): readonly RuleBreak[] {
  if (chatTemplate === null) return [];
  const there = statSync(chatTemplate, { throwIfNoEntry: false });
  if (there?.isFile() === true) return [];
  const found = there === undefined ? `nothing at ${chatTemplate}` : `a folder at ${chatTemplate}`;
  return [{ fields: ['chatTemplate'], expected: 'a file with a chat template', found }];
}

function fileProblem(file: string): Pick<RuleBreak, 'expected' | 'found' | 'isAbsent'> | null {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined) return { expected: 'a file', found: `nothing at ${file}`, isAbsent: true };
  if (!there.isFile()) return { expected: 'a file', found: `a folder at ${file}` };
  const other = otherFile(file);
  return other === null
    ? null
    : { expected: 'JSONL, JSON or Parquet', found: `${other.what} at ${file}. ${other.remedy}` };
}

/**
 * sha256 over the contents of the files, and the shares that stand in place of files: both are locations, which no
 * identity sees.
 */
export function filesDigest(section: string, files: NamedFiles): string {
  const contents = Object.entries(files).map(([field, written]) => [
    field,
    [written].flat().map((one) => (typeof one === 'string' ? digestOf(one, `${section}.${field}`) : one)),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([rowsVersion, contents]))
    .digest('hex');
}

function digestOf(file: string, field: string): string {
  try {
    return fileDigest(file);
  } catch (error) {
    throw new UserError(`${field}: ${file} cannot be read: ${(error as Error).message}`, {
      exitCode: 2,
      hint: 'Paths are relative to the experiment file.',
      cause: error,
    });
  }
}
