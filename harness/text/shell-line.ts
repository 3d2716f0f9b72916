/** A command line for people to read and to copy. */

/** As it would be typed: words that a shell would take apart are quoted. */
export function shellLine(command: readonly string[]): string {
  return command.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

const plain = /^[\w@%+=:,./-]+$/;
