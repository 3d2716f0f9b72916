/** A gate as JUnit XML, the form in which CI systems show tests: one test case a metric. */
import { visible } from '../text/index.ts';
import type { Finding } from './finding.ts';
import type { GateResult } from './gate.ts';
import { explanations, findingCells, findingColumns, verdictText } from './words.ts';

export function gateJunit(result: GateResult): string {
  const { findings, verdict } = result;
  const count = (of: (outcome: Finding['outcome']) => boolean): number =>
    findings.filter(({ outcome }) => of(outcome)).length;
  const counts =
    `tests="${findings.length}" failures="${count((one) => one === 'regressed')}" ` +
    `errors="${count((one) => one === 'inconclusive')}" skipped="${count(isSkipped)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="harness gate" ${counts}>`,
    `  <testsuite name="harness gate" ${counts}>`,
    ...findings.map(testCase),
    `    <system-out>${escaped([verdictText(verdict), ...explanations(result)].join('\n'))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const isSkipped = (outcome: Finding['outcome']): boolean => outcome === 'not comparable' || outcome === 'new';

function testCase(finding: Finding): string {
  const head = `    <testcase classname="${finding.kind}" name="${escaped(finding.name)}"`;
  const element = elementOf(finding);
  if (element === null) return `${head}/>`;
  const message = escaped([finding.outcome, ...finding.notes].join(': '));
  return `${head}><${element} message="${message}">${escaped(detailsOf(finding))}</${element}></testcase>`;
}

function elementOf({ outcome }: Finding): 'failure' | 'error' | 'skipped' | null {
  if (outcome === 'regressed') return 'failure';
  if (outcome === 'inconclusive') return 'error';
  return isSkipped(outcome) ? 'skipped' : null;
}

function detailsOf(finding: Finding): string {
  const cells = findingCells(finding);
  return findingColumns.flatMap((name, index) => (cells[index] === '' ? [] : [`${name}: ${cells[index]}`])).join('\n');
}

/** XML 1.0 has no place for control characters, escaped or not: they are made visible. */
const escaped = (text: string): string =>
  text
    .split('\n')
    .map(visible)
    .join('\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
