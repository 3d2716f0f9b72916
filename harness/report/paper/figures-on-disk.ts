/** Figures in a folder, with figures.json: what each was drawn from, and the digests of its data and files. */
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../spec/user-error.ts';
import { writeWhole } from '../write-whole.ts';
import type { DrawnFigure, MissingFigure } from './draw-figures.ts';

const manifestName = 'figures.json';

const entrySchema = z.strictObject({
  figure: z.string(),
  item: z.string(),
  experiment: z.string(),
  caption: z.string(),
  query: z.string(),
  rows: z.number(),
  data: z.string(),
  files: z.array(z.strictObject({ file: z.string(), sha256: z.string() })),
});

const manifestSchema = z.strictObject({ figuresVersion: z.literal(1), figures: z.array(entrySchema) });

export type FigureEntry = z.infer<typeof entrySchema>;

/** Replaces the drawn ones; figures of the folder that were not asked for stay. */
export function writeFigures(folder: string, drawn: readonly DrawnFigure[]): readonly string[] {
  const others = readFigures(folder).filter(({ figure }) => !drawn.some((one) => one.figure.id === figure));
  for (const { files } of drawn) for (const [name, content] of files) writeWhole(join(folder, name), content);
  const figures = [...others, ...drawn.map(entryOf)].toSorted((a, b) => (a.figure < b.figure ? -1 : 1));
  writeWhole(join(folder, manifestName), `${JSON.stringify({ figuresVersion: 1, figures }, null, 1)}\n`);
  return drawn.flatMap(({ files }) => [...files.keys()]);
}

/** None where nothing was drawn there. @throws UserError (4) for a manifest that is none. */
export function readFigures(folder: string): readonly FigureEntry[] {
  const file = join(folder, manifestName);
  if (!existsSync(file)) return [];
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).figures;
  } catch (cause) {
    throw new UserError(`${file} is not what \`harness figures\` writes`, {
      exitCode: 4,
      hint: 'Restore it, or remove it and draw the figures again.',
      cause,
    });
  }
}

function entryOf({ figure, experiment, caption, data, rows, files }: DrawnFigure): FigureEntry {
  return {
    figure: figure.id,
    item: figure.item,
    experiment,
    caption,
    query: figure.query.trim(),
    rows,
    data,
    files: [...files].map(([file, content]) => ({ file, sha256: sha256(content) })),
  };
}

const sha256 = (content: string | Buffer): string => hash('sha256', content, 'hex');

export interface FigureCheck {
  readonly figure: string;
  /** None: it is as its records give it. */
  readonly differences: readonly string[];
  /** Why it could not be derived again, so that its files alone were compared with their digests; null = it was. */
  readonly notDerived: string | null;
}

/** A committed figure beside what its records give now; null where this version draws no such figure. */
export function compareFigure(
  folder: string,
  entry: FigureEntry,
  now: DrawnFigure | MissingFigure | null,
): FigureCheck {
  const { figure } = entry;
  if (now === null) return { figure, differences: ['this version has no such figure'], notDerived: null };
  const files = onDisk(folder, entry);
  if (!('why' in now)) return { figure, differences: [...inRecords(entry, now), ...files], notDerived: null };
  return now.isOnRecord
    ? { figure, differences: [now.why, ...files], notDerived: null }
    : { figure, differences: files, notDerived: now.why };
}

function inRecords(entry: FigureEntry, now: DrawnFigure): readonly string[] {
  const today = entryOf(now);
  const data =
    today.data === entry.data ? [] : [`its records give other values (${entry.rows} then, ${today.rows} now)`];
  const query = today.query === entry.query ? [] : ['its query is another one now'];
  const files = entry.files.flatMap(({ file, sha256: committed }) => {
    const drawn = today.files.find((one) => one.file === file);
    return drawn?.sha256 === committed ? [] : [`${file} would be drawn with other bytes`];
  });
  return [...data, ...query, ...files];
}

function onDisk(folder: string, { files }: FigureEntry): readonly string[] {
  return files.flatMap(({ file, sha256: committed }) => {
    const path = join(folder, file);
    if (!existsSync(path)) return [`${file} is missing`];
    return sha256(readFileSync(path)) === committed ? [] : [`${file} was changed by hand`];
  });
}
