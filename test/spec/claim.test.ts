/** `report.claim` against the sweep of its experiment. */
import { describe, expect, it } from 'vitest';
import { errorLines, valid, withSweep } from './base-experiment.ts';

const axes = [
  'pretraining:',
  '  none: {pretrain.objective: {kind: none}}',
  '  lm: {pretrain.objective: {kind: lm}}',
  '  pmp-160: {}',
  '  pmp-320: {pretrain.budget: {pairs: 320}}',
].join('\n');
const claiming = (claim: string, more = ''): string =>
  withSweep(`${axes}${more === '' ? '' : `\n${more}`}`, `report:\n  claim: ${claim}\n`);

describe('a claim', () => {
  it('is two-sided, on what the task is judged by, at the largest budget, unless it says otherwise', () => {
    expect(valid(claiming('{treatment: pmp, reference: none}')).report.claim).toEqual({
      treatment: 'pmp',
      reference: 'none',
      metric: null,
      direction: 'different',
      task: null,
      pretrainPairs: null,
      variant: null,
      survives: null,
    });
    expect(valid(withSweep(axes)).report.claim).toBeNull();
  });

  it.each([
    [
      '{treatment: pmpp, reference: none}',
      'report.claim.treatment: expected an arm of the sweep: none, lm-equal-pairs, pmp, found pmpp; did you mean pmp?',
    ],
    [
      '{treatment: pmp, reference: lm-equal-token}',
      'report.claim.reference: expected an arm of the sweep: none, lm-equal-pairs, pmp, found lm-equal-token',
    ],
    ['{treatment: pmp, reference: pmp}', 'report.claim.reference: expected another arm than the treatment, found pmp'],
    [
      '{treatment: pmp, reference: none, metric: eval/best_of_x}',
      'report.claim.metric: expected a metric of the evaluation: ',
    ],
    ['{treatment: pmp, reference: none, metric: eval/pairwise_acuracy}', 'did you mean eval/pairwise_accuracy?'],
    [
      '{treatment: pmp, reference: none, metric: eval/mean_margin}',
      'report.claim.metric: expected a metric with a better direction, found eval/mean_margin, which has none',
    ],
    [
      '{treatment: pmp, reference: none, task: algebr}',
      'report.claim.task: expected a task of the sweep: algebra, found algebr; did you mean algebra?',
    ],
    [
      '{treatment: pmp, reference: none, pretrainPairs: 161}',
      'report.claim.pretrainPairs: expected a budget of pmp: 160, 320, found 161',
    ],
    ['{treatment: pmp, reference: none, direction: up}', 'report.claim.direction: expected'],
    ['{treatment: pmp, referense: none}', 'report.claim.referense: expected'],
  ])('that names what is not there is refused with its line: %s', (claim, message) => {
    const lines = errorLines(claiming(claim));
    expect(lines[0]).toMatch(/^x\.yaml:43:\d+: report\.claim/);
    expect(lines.join('\n')).toContain(message);
  });

  it.each(['eval/best_of_2', 'eval/pairwise_loss', 'eval/pairwise_accuracy'])('may be about %s', (metric) => {
    expect(valid(claiming(`{treatment: pmp, reference: none, metric: ${metric}}`)).report.claim?.metric).toBe(metric);
  });

  it('names its task where the sweep has several', () => {
    const tasks = 'task.name: [algebra, lookup]';
    expect(errorLines(claiming('{treatment: pmp, reference: none}', tasks))[0]).toContain(
      'report.claim.task: expected the task that the claim is about, found none, in a sweep over algebra, lookup',
    );
    expect(valid(claiming('{treatment: pmp, reference: none, task: lookup}', tasks)).report.claim?.task).toBe('lookup');
  });

  it('is about one variant of its arms', () => {
    const variants = 'finetune.objective.lmWeight: [0, 1]';
    expect(errorLines(claiming('{treatment: pmp, reference: none}', variants))[0]).toContain(
      'found several points that differ in another axis of the sweep',
    );
    const named = '{treatment: pmp, reference: none, variant: {finetune.objective.lmWeight: 1}}';
    expect(valid(claiming(named, variants)).report.claim?.variant).toEqual({ 'finetune.objective.lmWeight': 1 });
  });

  const longer = 'training:\n  equal: {}\n  longer: {finetune.steps: 30}';
  it.each([
    ['{training: longr}', 'report.claim.survives: expected a case of training: equal, longer, found longr'],
    [
      '{trainning: longer}',
      'report.claim.survives: expected an axis of the sweep: pretraining, training, found trainning',
    ],
    ['{training: equal}', 'report.claim.survives: expected other points than the claim, found the same'],
    [
      '{training: longer, pretraining: lm}',
      'report.claim.survives: expected points of pmp and none, found none of pmp, none',
    ],
  ])('that must survive what is not there is refused: %s', (survives, message) => {
    const claim = `{treatment: pmp, reference: none, variant: {training: equal}, survives: ${survives}}`;
    expect(errorLines(claiming(claim, longer)).join('\n')).toContain(message);
  });

  it('may have to survive another case of an axis', () => {
    const claim = '{treatment: pmp, reference: none, variant: {training: equal}, survives: {training: longer}}';
    expect(valid(claiming(claim, longer)).report.claim?.survives).toEqual({ training: 'longer' });
  });

  it('stays where an override takes its arm out of the sweep', () => {
    const text = claiming('{treatment: pmp, reference: none}');
    const override = 'sweep.axes.pretraining=lm';
    expect(valid(text, [override]).report.claim?.treatment).toBe('pmp');
  });
});
