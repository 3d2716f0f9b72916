/**
 * The queries behind the figures. Accuracies come from the scores of single items, not from the metrics that a stage
 * stated, so that a figure can be made again, and compared, from what was scored.
 */

/** How a sweep calls an arm: by the case of its axis `pretraining`, else by the arm. With several models, by both. */
const label = `
    CASE WHEN count(DISTINCT t.model) OVER () > 1 THEN t.model || ', ' ELSE '' END
      || coalesce(t.axes->'declared'->>'pretraining', t.arm)`;

const trialsNamed = `
  SELECT t.trial_id, t.task, t.seed, t.samples, t.pretrain_pairs, t.evaluate_stage, ${label} AS series,
    t.axes->>'declared' AS declared
  FROM trials t
  WHERE t.experiment = $experiment AND t.outcome = 'completed'`;

/** Strict, as in the paper: equal rewards are wrong. */
const pairwise = `
  SELECT trial_id, avg(CASE WHEN correct = 1 THEN 1.0 ELSE 0.0 END) AS value
  FROM pair_outcomes
  WHERE experiment = $experiment AND correct IS NOT NULL
  GROUP BY trial_id`;

interface AccuracyBy {
  /** SQL over the trial. */
  readonly x: string;
  readonly series?: string;
  readonly where?: string;
  /** Which of the rows, by what stands around them. */
  readonly qualify?: string;
}

function accuracyBy({ x, series = 'n.series', where = 'true', qualify }: AccuracyBy): string {
  return `
WITH named AS (${trialsNamed}
), scored AS (${pairwise}
)
SELECT n.task AS panel, ${series} AS series, ${x} AS x, n.seed, s.value, n.declared
FROM named n
JOIN scored s ON s.trial_id = n.trial_id
WHERE ${where}${qualify === undefined ? '' : `\nQUALIFY ${qualify}`}
ORDER BY panel, series, x, n.seed, n.trial_id`;
}

export const accuracyByArm = accuracyBy({ x: 'NULL' });
/** Where some arms have several sizes, those with one are no curve, and left to other figures. */
export const accuracyBySamples = accuracyBy({
  x: 'n.samples',
  qualify: `count(DISTINCT n.samples) OVER (PARTITION BY n.task, n.series) > 1
  OR NOT EXISTS (SELECT 1 FROM named GROUP BY task, series HAVING count(DISTINCT samples) > 1)`,
});
/** Without pretraining there is no place on the axis; cases are called by their pairs, which are the axis here. */
export const accuracyByPretrainingPairs = accuracyBy({
  x: 'n.pretrain_pairs',
  series: "regexp_replace(n.series, '-[0-9]+$', '')",
  where: 'n.pretrain_pairs > 0',
});

/**
 * Candidates of a question in groups of one reward: how many there are, which share of them is right, and how many
 * candidates of the question have this reward or a larger one.
 */
const ranked = `
  SELECT trial_id, item_id, candidates, share, total, sum(candidates) OVER best AS upto
  FROM (
    SELECT n.trial_id, i.item_id, i.reward, count(*) AS candidates,
      avg(CASE WHEN i.is_correct THEN 1.0 ELSE 0.0 END) AS share,
      sum(count(*)) OVER (PARTITION BY n.trial_id, i.item_id) AS total
    FROM named n
    JOIN items i ON i.stage_id = n.evaluate_stage
    WHERE i."set" = 'pool'
    GROUP BY n.trial_id, i.item_id, i.reward)
  WINDOW best AS (PARTITION BY trial_id, item_id ORDER BY reward DESC)`;

/**
 * Expected accuracy of the best of N candidates, over all subsets of N: the best of a subset is in a group where the
 * subset has none above it and one in it. C(a, N) / C(total, N) as sums of logarithms.
 */
const chosenAtN = `
  SELECT trial_id, N, item_id, sum(share * (above - below)) AS correct
  FROM (
    SELECT r.trial_id, r.item_id, s.N, r.share,
      exp(${logChoose('r.total - r.upto + r.candidates')} - ${logChoose('r.total')}) AS above,
      CASE WHEN r.total - r.upto < s.N THEN 0
        ELSE exp(${logChoose('r.total - r.upto')} - ${logChoose('r.total')}) END AS below
    FROM ranked r, (SELECT unnest([1, 2, 4, 8, 16, 32, 64, 128, 256]) AS N) s
    WHERE r.total >= s.N AND r.total - r.upto + r.candidates >= s.N)
  GROUP BY trial_id, N, item_id`;

/** log C(a, N), without the part that all share. */
function logChoose(a: string): string {
  return `(lgamma(${a} + 1) - lgamma(greatest(${a} - s.N, 0) + 1))`;
}

export const bestOfN = `
WITH named AS (${trialsNamed}
), ranked AS (${ranked}
), chosen AS (${chosenAtN}
), scored AS (
  SELECT trial_id, N, avg(correct) AS value
  FROM chosen
  GROUP BY trial_id, N)
SELECT n.task AS panel, n.series, s.N AS x, n.seed, s.value, n.declared
FROM named n
JOIN scored s ON s.trial_id = n.trial_id
ORDER BY panel, series, x, n.seed, n.trial_id`;

/** Tasks whose questions have at most eight candidates: options. The one with the largest reward is the answer. */
export const choiceAccuracy = `
WITH named AS (${trialsNamed}
), ranked AS (${ranked}
), scored AS (
  SELECT trial_id, avg(share) AS value
  FROM ranked
  WHERE upto = candidates
  GROUP BY trial_id
  HAVING max(total) <= 8)
SELECT n.task AS panel, n.series, NULL AS x, n.seed, s.value, n.declared
FROM named n
JOIN scored s ON s.trial_id = n.trial_id
ORDER BY panel, series, n.seed, n.trial_id`;

export const statisticNames = [
  'corpus/functions',
  'pairs/pairs',
  'pairs/mean_chosen_tokens',
  'pairs/mean_prompt_tokens',
] as const;

/** Of the data that a trial was pretrained on. */
export const dataStatistics = `
WITH named AS (${trialsNamed}
)
SELECT
  replace(split_part(r.metric, '/', 2), '_', ' ') AS panel, n.series, NULL AS x, min(n.seed) AS seed,
  max(r.value) AS value, n.declared
FROM named n
JOIN results r ON r.experiment = $experiment AND r.trial_id = n.trial_id
WHERE r.metric IN (${statisticNames.map((name) => `'${name}'`).join(', ')})
GROUP BY ALL
ORDER BY panel, series, n.declared`;

/** How many values a setting has among the trials of the experiment; `$role`: which of their stages is read. */
export const countOfSettings = (setting: string): string => `
SELECT count(DISTINCT coalesce(CAST(${setting} AS VARCHAR), 'null')) AS found
FROM trial_roles r
JOIN stages s ON s.stage_id = r.stage_id
WHERE r.experiment = $experiment AND r.role = $role`;
