/** Small git repositories, made by git itself. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** `null` removes the file. */
export type Files = Readonly<Record<string, string | Buffer | null>>;

export interface Clone {
  readonly path: string;
  /** Runs git in it, and gives what it prints. */
  git(...command: readonly string[]): string;
  /** Changes files and commits them; gives the id of the commit. */
  commit(message: string, files?: Files, author?: string): string;
}

const environment = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'An Author',
  GIT_AUTHOR_EMAIL: 'author@example.org',
  GIT_COMMITTER_NAME: 'A Committer',
  GIT_COMMITTER_EMAIL: 'committer@example.org',
};

export function runGit(folder: string, ...command: readonly string[]): string {
  return gitWith('', folder, command);
}

function gitWith(input: string | Buffer, folder: string, command: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...command], { env: environment, encoding: 'utf8', input }).trim();
}

export interface Clones {
  /** For files beside the clones. */
  readonly folder: string;
  /** Without a work tree: a commit is one process, not four. */
  bare(): Clone;
  /** A bare one that begins as another did when it was copied. */
  copyOf(clone: Clone): Clone;
  withWorkTree(): Clone;
  remove(): void;
}

export function temporaryClones(): Clones {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-git-'));
  let clones = 0;
  const place = (): string => path.join(folder, `clone-${clones++}`);
  return {
    folder,
    bare: () => newBareClone(place()),
    copyOf: (clone) => {
      const copy = bareClone(place());
      cpSync(clone.path, copy.path, { recursive: true });
      return copy;
    },
    withWorkTree: () => workTreeClone(place()),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function newBareClone(place: string): Clone {
  const clone = bareClone(place);
  mkdirSync(place);
  clone.git('init', '--quiet', '--bare', '--template=', '--initial-branch=main', '.');
  return clone;
}

function bareClone(place: string): Clone {
  const git = (...command: readonly string[]): string => runGit(place, ...command);
  return {
    path: place,
    git,
    commit: (message, files = {}, author = 'An Author <author@example.org>') => {
      const marks = path.join(place, 'marks');
      gitWith(importStream(message, files, author, hasCommit(place)), place, [
        'fast-import',
        '--quiet',
        `--export-marks=${marks}`,
      ]);
      return readFileSync(marks, 'utf8').trim().split(' ')[1] as string;
    },
  };
}

function hasCommit(place: string): boolean {
  try {
    return readFileSync(path.join(place, 'refs/heads/main'), 'utf8') !== '';
  } catch {
    return false;
  }
}

/** As `git fast-import` reads it. */
function importStream(message: string, files: Files, author: string, isLater: boolean): Buffer {
  const parts: (string | Buffer)[] = [
    `commit refs/heads/main\nmark :1\nauthor ${author} 1700000000 +0000\n`,
    `committer A Committer <committer@example.org> 1700000000 +0000\n`,
    `data ${Buffer.byteLength(message)}\n${message}\n`,
    isLater ? 'from refs/heads/main^0\n' : '',
  ];
  for (const [file, text] of Object.entries(files)) {
    const quoted = JSON.stringify(file);
    if (text === null) parts.push(`D ${quoted}\n`);
    else parts.push(`M 100644 inline ${quoted}\ndata ${Buffer.byteLength(text)}\n`, text, '\n');
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function workTreeClone(place: string): Clone {
  mkdirSync(place);
  const git = (...command: readonly string[]): string => runGit(place, ...command);
  git('init', '--quiet', '--initial-branch=main', '.');
  return {
    path: place,
    git,
    commit: (message, files = {}) => {
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
        if (text === null) rmSync(path.join(place, file));
        else writeFileSync(path.join(place, file), text);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
}

/** A function whose text no other name has. */
export function functionText(name: string, term = 'b'): string {
  return `function ${name}(a, b) {\n  const ${name}Total = a.${name} * ${name.length};\n  return ${name}Total + ${term};\n}\n`;
}
