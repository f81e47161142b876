import { invalid, type Outcome, ok } from '../outcome.ts';
import { quote } from './issues.ts';
import { valueAt, withValue } from './path.ts';

export const currentVersion = 1;

/** One step from a version to the next: moves answers to their new places; leaves alone what it does not know. */
type Migration = (answers: unknown) => unknown;

/**
 * Version 0, the first drafts: one latency for all, a bare rate, and a ceiling without its unit.
 *
 *   latency.p50Ms, latency.p95Ms        → latency.ttftMs or, without streaming, latency.endToEndMs
 *   throughput.rps, throughput.peakRps  → throughput.requestsPerSecond
 *   infrastructure.maxMonthlyCost       → infrastructure.costCeilingUsdPerMonth
 */
const fromDraft: Migration = (answers) => {
  const streaming = valueAt(answers, ['latency', 'streaming']) === true;
  const metric = streaming ? 'ttftMs' : 'endToEndMs';
  const moves = [
    [
      ['latency', 'p50Ms'],
      ['latency', metric, 'p50'],
    ],
    [
      ['latency', 'p95Ms'],
      ['latency', metric, 'p95'],
    ],
    [
      ['throughput', 'rps'],
      ['throughput', 'requestsPerSecond', 'expected'],
    ],
    [
      ['throughput', 'peakRps'],
      ['throughput', 'requestsPerSecond', 'peak'],
    ],
    [
      ['infrastructure', 'maxMonthlyCost'],
      ['infrastructure', 'costCeilingUsdPerMonth'],
    ],
  ] as const;
  let migrated = answers;
  for (const [from, to] of moves) {
    const value = valueAt(migrated, from);
    if (value === undefined) continue;
    migrated = withValue(migrated, from, undefined);
    // An answer that already stands in the new place is the newer one.
    if (valueAt(migrated, to) === undefined) migrated = withValue(migrated, to, value);
  }
  return migrated;
};

/** By the version they start from. */
const migrations: readonly Migration[] = [fromDraft];

/** Brings answers of an older version to the current one; answers of this version pass unchanged. */
export function migrateAnswers(answers: unknown): Outcome<unknown> {
  const version = valueAt(answers, ['schemaVersion']);
  const refuse = (asked: string, change: string) =>
    invalid([{ path: 'schemaVersion', asked, found: quote(version, 'schemaVersion'), change }]);
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0) {
    return refuse(
      `the version of the answers: ${currentVersion}`,
      `Write schemaVersion: ${currentVersion} as a bare number.`,
    );
  }
  if (version > currentVersion) {
    return refuse(
      `a version up to ${currentVersion}`,
      'These answers were written by a newer Groundplan; install that one.',
    );
  }
  let migrated = answers;
  for (const migrate of migrations.slice(version)) migrated = migrate(migrated);
  return ok(version === currentVersion ? answers : withValue(migrated, ['schemaVersion'], currentVersion));
}
