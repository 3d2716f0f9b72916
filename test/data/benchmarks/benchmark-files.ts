/** Small files in the formats of public benchmarks, and the tasks that are read from them. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TaskData } from '../../../harness/data/index.ts';
import { builtInKinds } from '../../../harness/kinds/index.ts';
import { kindOf, type TaskSpec } from '../../../harness/spec/index.ts';
import { fixture, tokenizerPath } from '../chat/chat-fixture.ts';

type Section = TaskSpec & Readonly<Record<string, unknown>>;
type ReadTask = TaskData & { readonly notes: readonly string[] };

export interface BenchmarkFolder {
  /** One row a line. Returns the path. */
  write(name: string, rows: readonly object[]): string;
  writeText(name: string, text: string): string;
  /** The task that a section describes, and what was told while it was read. */
  read(section: Section, tokenizerFolder?: string): Promise<ReadTask>;
  /** A folder with a small tokenizer, which has no chat template. */
  writeTokenizer(): string;
  remove(): void;
}

export function benchmarkFolder(): BenchmarkFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-benchmarks-'));
  const writeText = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  return {
    writeText,
    write: (name, rows) => writeText(name, rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
    read: (section, tokenizerFolder) => readTask(section, tokenizerFolder ?? null),
    writeTokenizer: () => {
      cpSync(tokenizerPath('byte-level'), path.join(folder, 'tokenizer.json'));
      writeText('tokenizer_config.json', JSON.stringify(fixture.tokens));
      return folder;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const io = {
  cacheFolder: '/nowhere',
  mirrorFolder: null,
  scratchFolder: '/nowhere',
  download: false,
  grader: null,
};

async function readTask(section: Section, tokenizerFolder: string | null): Promise<ReadTask> {
  const kind = kindOf(builtInKinds.tasks, section);
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const data = await kind.read(kind.schema.parse(section) as unknown as TaskSpec, {
    ...io,
    tokenizerFolder,
    responseEnd: null,
    note,
  });
  return { ...data, notes };
}
