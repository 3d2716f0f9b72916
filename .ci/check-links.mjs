// Every relative link of the pages for readers leads to a file. Works in the repository and in an installed package.
//   node .ci/check-links.mjs [FOLDER]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(process.argv[2] ?? '.');
const isPage = (file) => file.endsWith('.md');
const top = readdirSync(root).filter(isPage);
const docs = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(isPage);
const pages = [...top, ...docs.map((file) => path.join('docs', file))];

const broken = pages.flatMap((page) => {
  const lines = readFileSync(path.join(root, page), 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target.split('#')[0])
      .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(path.join(root, path.dirname(page), target)))
      .map((target) => `${page}:${index + 1}: ${target} does not exist`),
  );
});
if (broken.length > 0) {
  console.error(broken.join('\n'));
  process.exit(1);
}
console.log(`${pages.length} pages: every relative link leads to a file`);
