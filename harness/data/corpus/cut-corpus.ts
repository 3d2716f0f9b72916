/** Files of source code, one after the other -> unique functions in a seeded order, some of them held out. */
import path from 'node:path';
import { addCount } from '../add-count.ts';
import type { DropCounts } from '../preference-pair.ts';
import type { Rows } from '../rows.ts';
import { chooseFunctions, type ChooseOptions, type ChosenFunctions, type KeyedFunction } from './choose-functions.ts';
import { openCutter, type Cutter, type CutterOptions } from './cutter.ts';
import type { Drop } from './drop.ts';
import type { SourceFile } from './source-file.ts';

export interface CutOptions extends CutterOptions, ChooseOptions {}

/** What it needs while it works: a part of `KindIo`. */
export interface CutIo {
  /** Keeps the functions until they have been read. */
  readonly scratchFolder: string;
  note(text: string): void;
  /** Counts by reason to go on with: for who also counts what is left out before it comes here. */
  readonly counts?: Record<string, number>;
}

export interface PackageTotals {
  readonly package: string;
  /** Licence -> files that are read. */
  readonly licenses: Readonly<Record<string, number>>;
  /** That are read: none of the reasons to leave one out applied. */
  readonly files: number;
  /** UTF-8 bytes of these files. */
  readonly sourceBytes: number;
  /** Kept functions, held-out ones included, and the UTF-8 bytes of their signatures and bodies. */
  readonly functions: number;
  readonly bytes: number;
}

/** `counts` and `packages` are complete. */
export interface CutFiles extends Pick<ChosenFunctions, 'functions' | 'heldOut'> {
  readonly counts: DropCounts;
  /** Those of which a file is read, in the order in which they came. */
  readonly packages: readonly PackageTotals[];
}

/**
 * The result depends on the files and the order in which they come. Memory is bounded by 400 bytes a function found.
 */
export async function cutCorpus(files: Rows<SourceFile>, options: CutOptions, io: CutIo): Promise<CutFiles> {
  const { counts = {} } = io;
  const drop: Drop = (reason) => addCount(counts, reason);
  const cutter = await openCutter(options);
  const packages = new Map<string, ReadFiles>();
  const spoolFile = path.join(io.scratchFolder, 'functions.spool');
  const { kept, ...chosen } = await chooseFunctions(
    functionsOf(files, { cutter, packages, drop, note: (text) => io.note(text) }),
    { ...options, spoolFile },
    drop,
  );
  return {
    ...chosen,
    counts,
    packages: [...packages].map(([name, read]) => ({
      package: name,
      ...read,
      ...(kept.get(name) ?? { functions: 0, bytes: 0 }),
    })),
  };
}

interface ReadFiles {
  readonly licenses: Record<string, number>;
  files: number;
  sourceBytes: number;
}

interface Work extends Pick<CutIo, 'note'> {
  readonly cutter: Cutter;
  readonly drop: Drop;
  /** By name. */
  readonly packages: Map<string, ReadFiles>;
}

async function* functionsOf(files: Rows<SourceFile>, work: Work): AsyncGenerator<KeyedFunction> {
  let found = 0;
  for await (const file of files) {
    const functions = work.cutter.cut(file, work.drop);
    if (functions === null) continue;
    const read = work.packages.get(file.package) ?? { licenses: {}, files: 0, sourceBytes: 0 };
    work.packages.set(file.package, read);
    addCount(read.licenses, file.license);
    read.files += 1;
    read.sourceBytes += Buffer.byteLength(file.text);
    for (const fn of functions) {
      found += 1;
      if (found % 100_000 === 0) work.note(`${found.toLocaleString('en')} functions found`);
      yield fn;
    }
  }
}
