/**
 * Patterns for paths with `/`: `*` and `?` stay within one name, `**` is any number of folders, `{a,b}` is one of
 * several, `[abc]` one character of several. A pattern with two stars at its end also matches the folder itself.
 */

/** Whether a path matches any of the patterns. @throws SyntaxError for a brace or bracket that is not closed. */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const expressions = patterns.map((pattern) => new RegExp(`^(?:${expressionOf(pattern)})$`, 'su'));
  return (path) => expressions.some((expression) => expression.test(path));
}

/** In this order: the longer parts first. */
const parts = /\/\*\*$|\*\*\/|\*\*|\*|\?|\{[^{}]*\}|\[[^\]]+\]|[^*?{}[\]/]+|[/{}[\]]/g;

function expressionOf(pattern: string): string {
  return pattern.replace(/^\.\//, '').replaceAll(parts, (part) => {
    if (part === '/**') return '(?:/.*)?';
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1 && part.startsWith('{'))
      return `(?:${part.slice(1, -1).split(',').map(expressionOf).join('|')})`;
    if (part.length > 1 && part.startsWith('['))
      return `[${part.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
    if (/^[{}[\]]$/.test(part)) throw new SyntaxError(`${part} has no partner in ${pattern}`);
    return part.replaceAll(/[.+^$()|\\/]/g, '\\$&');
  });
}

/** What is wrong with a pattern; null for a good one. */
export function patternProblem(pattern: string): string | null {
  try {
    pathMatcher([pattern]);
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `${pattern} (${error.message})`;
  }
}
