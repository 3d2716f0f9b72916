/** Plug-ins in a folder of the test's own, and how loading them ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { kindsWith, loadPlugins, type Kinds, type LoadedPlugin } from '../../harness/kinds/index.ts';
import { UserError } from '../../harness/spec/index.ts';

export class PluginFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), 'harness-plugins-'));

  /** Returns the file's path. */
  write(name: string, text: string): string {
    const file = path.join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  /** The plug-ins as line 2, 3, ... of an experiment names them. */
  load(...files: readonly string[]): Promise<readonly LoadedPlugin[]> {
    const origin = (index: number) => ({ file: 'mine.yaml', line: 2 + index, column: 5 });
    return loadPlugins(files.map((file, index) => ({ file: path.join(this.path, file), origin: origin(index) })));
  }

  async kinds(...files: readonly string[]): Promise<Kinds> {
    return kindsWith(await this.load(...files));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The user's error that a promise ends with. @throws where it ends otherwise. */
export async function refusalOf(work: Promise<unknown>): Promise<UserError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** A task that works; `change` is put behind its members and wins. */
export const taskText = (change = ''): string => `
export default ({ z }) => ({
  tasks: [
    {
      kind: 'sums',
      schema: z.strictObject({ kind: z.literal('sums'), name: z.string(), pairs: z.number().default(8) }),
      grader: null,
      headline: 'eval/pairwise_accuracy',
      sizes: ({ pairs }) => ({
        trainPairs: pairs, devPairs: 2, testPairs: 2, questions: 0, candidates: 0, leastCandidates: 0,
      }),
      lengths: () => ({ prompt: 4, chosen: 2, rejected: 2 }),
      read: async ({ pairs }) => {
        const pair = (i) => ({
          id: 'p' + i, group: 'g' + i, prompt: i + '+1=', chosen: String(i + 1), rejected: String(i), source: 's', edits: [],
        });
        const all = Array.from({ length: pairs + 4 }, (_, i) => pair(i));
        return { train: all.slice(4), dev: all.slice(0, 2), test: all.slice(2, 4), pool: [], counts: {} };
      },
      ${change}
    },
  ],
});
`;
