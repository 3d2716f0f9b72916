/** The first line of a commit's message in plain words: what was wrong with a function says what it is to do. */

const leastCharacters = 12;
const mostCharacters = 120;

/** Without what only a tracker or a tool reads; null where nothing is left that describes. */
export function describeByMessage(message: string): string | null {
  const [subject = ''] = message.split('\n', 1);
  const words = subject
    .replace(/^(?:\[[^\]]*\]\s*)+/, '')
    .replace(/^\w+(?:\([^)]*\))?!?:\s+/, '')
    .replace(/^(?:[A-Z][A-Z0-9]+-\d+|GH-\d+|(?:issue|bug|bpo|ticket)[- ]?#?\d+)\s*[:-]?\s*/i, '')
    .replaceAll(
      /\s*\(?\b(?:(?:close|fix|resolve)[sd]?|fixes|see|refs?|re|issue|PR|MR|bug|ticket|pull request)?:?\s*(?:[\w.-]+\/[\w.-]+)?#\d+\)?/gi,
      '',
    )
    .replaceAll(/\s*\((?:#|GH-|[A-Z][A-Z0-9]+-)\d+\)/g, '')
    .replaceAll('`', '')
    .replace(/\s+/g, ' ')
    .trim();
  if (words.length < leastCharacters || !/\p{L}{3}.*\s/u.test(words)) return null;
  if (words.length <= mostCharacters) return words;
  const cut = words.lastIndexOf(' ', mostCharacters);
  return `${words.slice(0, cut < leastCharacters ? mostCharacters : cut)} ...`;
}
