/**
 * ONNX Runtime's error texts, cut down to what a person can use: source paths, C++ signatures and failed conditions go,
 * the sentence behind them stays.
 */

const sourcePlace = /\/?\S*onnxruntime_src\/\S+:\d+ /g;
const failedCondition = /^[\s\S]* was false\. /;

export function readableFailure(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map(readableLine)
    .join(' ')
    .trim();
}

/** A status message keeps its head: which node failed. */
function readableLine(line: string): string {
  if (line.search(sourcePlace) === -1) return line;
  const [head = '', ...rest] = line.split(sourcePlace);
  return `${head}${rest.join('').replace(failedCondition, '')}`;
}
