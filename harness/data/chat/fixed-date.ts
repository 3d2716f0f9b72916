/**
 * What `strftime_now` of a chat template says here. A template that asks for today's date would give another text, and
 * so other token ids and rewards, every day. Here it is always the same day: the one that the template of Llama 3.1
 * falls back to where there is no clock. `apply_chat_template` gives the same text with its clock set to this date.
 */

/** 26 July 2024, midnight, a Friday. */
const parts: Readonly<Record<string, string>> = {
  Y: '2024',
  y: '24',
  m: '07',
  B: 'July',
  b: 'Jul',
  d: '26',
  j: '208',
  A: 'Friday',
  a: 'Fri',
  H: '00',
  I: '12',
  M: '00',
  S: '00',
  f: '000000',
  p: 'AM',
  '%': '%',
};

/** `%-d` and the like, without leading zeros, as on Linux and macOS. @throws Error for a code that is not known. */
export function fixedDate(format: string): string {
  return format.replaceAll(/%(-?)(.?)/gsu, (code, isPlain: string, letter: string) => {
    const text = parts[letter];
    if (text === undefined) throw new Error(`strftime_now: ${code} is not known`);
    return isPlain === '' ? text : text.replace(/^0+(?=.)/, '');
  });
}
