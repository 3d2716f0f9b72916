/** Contents of a repository's objects by their ids, through one `git cat-file --batch` for all of them. */
import type { Readable } from 'node:stream';
import { failed, startGit, type GitProcess } from './git-process.ts';

const command = ['cat-file', '--batch'];

/** Asked for one object at a time: the answer is read before the next question. */
export class BlobReader {
  readonly #repository: string;
  readonly #git: GitProcess;
  readonly #output: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #words = '';

  constructor(repository: string) {
    this.#repository = repository;
    this.#git = startGit(repository, command);
    this.#output = (this.#git.stdout as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#git.stderr.setEncoding('utf8').on('data', (text: string) => (this.#words += text));
    // A process that is gone shows in the answers; writing to it must not end ours.
    this.#git.on('error', (error) => (this.#words += error.message));
    this.#git.stdin.on('error', () => {});
  }

  /** The bytes of a blob. @throws UserError (4) where the clone lacks it. */
  async read(id: string): Promise<Buffer> {
    this.#git.stdin.write(`${id}\n`);
    const header = (await this.#take((held) => held.indexOf(10))).toString('latin1');
    await this.#skipLineBreak();
    // `<id> <type> <size>`, or `<id> missing`.
    const size = Number(header.split(' ')[2]);
    if (!Number.isInteger(size)) throw failed(this.#repository, command, header);
    const bytes = await this.#take((held) => (held.length >= size ? size : -1));
    await this.#skipLineBreak();
    return bytes;
  }

  [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#git;
    const closed =
      exitCode !== null || signalCode !== null
        ? Promise.resolve()
        : new Promise<void>((resolve) => this.#git.once('close', () => resolve()));
    this.#git.stdout.resume();
    this.#git.stdin.end();
    this.#git.kill();
    return closed;
  }

  /** The bytes up to where `end` says, once enough of them are held; -1 asks for more. */
  async #take(end: (held: Buffer) => number): Promise<Buffer> {
    for (;;) {
      const at = end(this.#held);
      if (at !== -1) {
        const taken = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at);
        return taken;
      }
      const next = await this.#output.next();
      if (next.done === true) throw failed(this.#repository, command, this.#words.trim());
      this.#held = Buffer.concat([this.#held, next.value]);
    }
  }

  async #skipLineBreak(): Promise<void> {
    await this.#take((held) => (held.length > 0 ? 1 : -1));
  }
}
