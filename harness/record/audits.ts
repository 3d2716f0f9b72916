/**
 * Audits of pairs and checks for contamination, as the stages of an experiment's trials wrote them. They are read from
 * their files: a table of a report shows them whole.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Audit } from '../data/audit/audit.ts';
import type { Contamination } from '../data/contamination/contamination.ts';
import type { PreferencePair } from '../data/preference-pair.ts';
import { isRecord, readJson, recordedOutputs, stageFolder } from '../store/index.ts';
import type { ResultsDatabase, Row } from './database.ts';
import type { RecordedAudit, RecordedContamination } from './recorded-audit.ts';

const selectStages = `
  SELECT
    c.stage_id,
    any_value(p.name) AS subject,
    to_json(list(c.trial_id ORDER BY c.trial_id))::VARCHAR AS trials,
    min(t.position) AS position
  FROM trial_stages c
  JOIN trials t ON t.experiment = c.experiment AND t.trial_id = c.trial_id
  JOIN stages s ON s.stage_id = c.stage_id AND s.outcome = 'completed'
  LEFT JOIN planned_stages p ON p.experiment = c.experiment AND p.stage_id = (s.inputs->>$subject)
  WHERE c.experiment = $experiment AND s.kind = $kind
  GROUP BY c.stage_id
  ORDER BY position, c.stage_id`;

/** In the order in which trials need them. An audit whose files are gone is left out. */
export async function readAudits(database: ResultsDatabase, experiment: string): Promise<readonly RecordedAudit[]> {
  const { rows } = await database.query(selectStages, { experiment, kind: 'audit', subject: 'pairs' });
  return rows.flatMap((row) => {
    const audit = outputOf(database, row, recordedOutputs.audit);
    const shown = outputOf(database, row, recordedOutputs.shownPairs);
    if (!isRecord(audit) || !Array.isArray(shown)) return [];
    return [{ ...aboutOf(row, 'pairs'), audit: audit as unknown as Audit, shown: shown as PreferencePair[] }];
  });
}

export async function readContaminations(
  database: ResultsDatabase,
  experiment: string,
): Promise<readonly RecordedContamination[]> {
  const { rows } = await database.query(selectStages, { experiment, kind: 'contamination', subject: 'task' });
  return rows.flatMap((row) => {
    const found = outputOf(database, row, recordedOutputs.contamination);
    return isRecord(found) ? [{ ...aboutOf(row, 'task'), found: found as unknown as Contamination }] : [];
  });
}

function outputOf(database: ResultsDatabase, row: Row, file: string): unknown {
  const path = join(stageFolder(dirname(database.path), String(row['stage_id'])), file);
  return existsSync(path) ? readJson(path) : null;
}

/** `name`: what people call the input, without the kind of its stage. */
function aboutOf(row: Row, kind: string): Omit<RecordedAudit, 'audit' | 'shown'> {
  const name = typeof row['subject'] === 'string' ? row['subject'] : kind;
  return {
    stageId: String(row['stage_id']),
    name: name.startsWith(`${kind} `) ? name.slice(kind.length + 1) : name,
    trialIds: JSON.parse(String(row['trials'])) as readonly string[],
  };
}
