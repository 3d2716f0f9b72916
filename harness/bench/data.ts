/**
 * Speed of making a corpus, as the corpus stage does it: files are read, parsed, cut into functions, filtered and freed
 * of near-duplicates, and the functions are written in their seeded order. One run, in this process: memory is bounded
 * by what is found, and shows only once all of it was found.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  installCorpus,
  readCorpus,
  readFolder,
  writeFunctions,
  type CorpusFunction,
  type CutFiles,
  type CutIo,
  type CutOptions,
  type DropCounts,
  type PackageTotals,
  type Rows,
} from '../data/index.ts';
import { machineName } from './in-turns.ts';

export interface DataBenchOptions extends Omit<CutOptions, 'heldOutFunctions' | 'licenses' | 'maxSimilarity'> {
  /** null = the pinned npm packages. */
  readonly folder: string | null;
  /** Where the npm packages are, or where they are installed to before anything is measured. */
  readonly cacheFolder: string;
}

export interface DataBench {
  readonly machine: string;
  /** That are read: no filter left them out. */
  readonly files: number;
  readonly sourceBytes: number;
  /** Functions in these files, whatever became of them. */
  readonly found: number;
  readonly kept: number;
  /** Of the kept ones. */
  readonly described: number;
  /** Until all functions are chosen, and until they are written. */
  readonly cutSeconds: number;
  readonly writeSeconds: number;
  /** Of this process, for both: more than the seconds where several cores took part. */
  readonly cpuSeconds: number;
  readonly foundPerSecond: number;
  readonly sourceBytesPerSecond: number;
  /** Highest resident size of this process. */
  readonly peakMemoryBytes: number;
  readonly counts: DropCounts;
}

type Cut = Pick<CutFiles, 'functions' | 'counts'> & {
  readonly sources: readonly Pick<PackageTotals, 'files' | 'sourceBytes'>[];
};

/** @throws UserError (2) where the folder holds no function within the limits, (4) where npm cannot install. */
export async function benchData(options: DataBenchOptions): Promise<DataBench> {
  const installed = options.folder === null ? await installCorpus(options.cacheFolder) : null;
  const scratchFolder = mkdtempSync(path.join(tmpdir(), 'bench-data-'));
  try {
    return await measure(options, installed, scratchFolder);
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

async function measure(options: DataBenchOptions, installed: string | null, scratchFolder: string): Promise<DataBench> {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const cut = await cutAll(options, installed, { scratchFolder, note: () => {} });
  const chosen = performance.now();
  const described = { count: 0 };
  const file = path.join(scratchFolder, 'functions.jsonl');
  const kept = await writeFunctions(file, countDescribed(cut.functions, described));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sourceBytes = cut.sources.reduce((sum, source) => sum + source.sourceBytes, 0);
  const found = kept + droppedFunctions(cut.counts);
  return {
    machine: machineName(),
    files: cut.sources.reduce((sum, source) => sum + source.files, 0),
    sourceBytes,
    found,
    kept,
    described: described.count,
    cutSeconds: (chosen - start) / 1000,
    writeSeconds: seconds - (chosen - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    foundPerSecond: found / seconds,
    sourceBytesPerSecond: sourceBytes / seconds,
    peakMemoryBytes: 1024 * process.resourceUsage().maxRSS,
    counts: cut.counts,
  };
}

function cutAll(options: DataBenchOptions, installed: string | null, io: CutIo): Promise<Cut> {
  const all = { ...options, heldOutFunctions: 0, licenses: null, maxSimilarity: 0.7 };
  if (installed !== null) return readCorpus(installed, { ...all, packages: null }, io);
  return readFolder({ ...all, path: options.folder ?? '.', include: ['**'], exclude: [] }, io);
}

async function* countDescribed(
  functions: Rows<CorpusFunction>,
  described: { count: number },
): AsyncGenerator<CorpusFunction> {
  for await (const fn of functions) {
    if (fn.description !== null) described.count += 1;
    yield fn;
  }
}

function droppedFunctions(counts: DropCounts): number {
  return Object.entries(counts).reduce((sum, [reason, count]) => sum + (reason.startsWith('function:') ? count : 0), 0);
}
