import type { Reason } from '../../outcome.ts';
import { missing, type Rule, reason } from './rule.ts';

/** Q9: somebody is called where users depend on it. */
const somebodyIsCalled: Rule = ({ operations }) => {
  if (!operations || operations.onCall) return [];
  if (operations.environment !== 'prod' && operations.environment !== 'staging') return [];
  return [
    missing(
      'operations.onCall',
      `an on-call channel and who is paged in ${operations.environment} (Q9)`,
      'Add channel and pages.',
    ),
  ];
};

/** Limits per user let one request through, and all users together reach the peak. */
const limitsLetTheLoadThrough: Rule = ({ operations, throughput }) => {
  if (!operations || !throughput) return [];
  const reasons: Reason[] = [];
  const { rateLimitPerUser, users } = operations;
  const tokens = (throughput.inputTokens?.mean ?? 0) + (throughput.outputTokens?.mean ?? 0);
  if (rateLimitPerUser.tokensPerMinute < tokens)
    reasons.push(
      reason(
        'operations.rateLimitPerUser.tokensPerMinute',
        `at least one mean request a minute: ${tokens} tokens`,
        `${rateLimitPerUser.tokensPerMinute} tokens/min`,
        'Raise it.',
      ),
    );
  const peak = throughput.requestsPerSecond?.peak;
  const allowed = (rateLimitPerUser.requestsPerMinute * users) / 60;
  if (peak !== undefined && allowed < peak)
    reasons.push(
      reason(
        'operations.rateLimitPerUser.requestsPerMinute',
        `limits that let the peak of ${peak} requests/s through`,
        `${users} users × ${rateLimitPerUser.requestsPerMinute}/min = ${Number(allowed.toPrecision(3))} requests/s`,
        'Raise the limit or the number of users, or lower the peak.',
      ),
    );
  if (
    throughput.pattern === 'single-user' &&
    users > 1 &&
    throughput.concurrency === 1 &&
    operations.environment === 'prod'
  )
    reasons.push(
      reason(
        'throughput.pattern',
        'interactive for several users in production (D3.4)',
        'single-user',
        'Set it to interactive and give a request rate.',
      ),
    );
  return reasons;
};

/** Copies in a second region need one. */
const copiesHaveAPlace: Rule = ({ operations, infrastructure }) => {
  if (!operations?.crossRegionCopies || !infrastructure) return [];
  if (infrastructure.cloud === 'on-premises')
    return [reason('operations.crossRegionCopies', 'false on your own hardware', 'true', 'Set it to false.')];
  if (infrastructure.regions.length >= 2) return [];
  return [
    reason(
      'operations.crossRegionCopies',
      'a second region for the copies',
      `${infrastructure.regions.length} in infrastructure.regions`,
      'Add a second region, or set it to false.',
    ),
  ];
};

export const operationsRules: readonly Rule[] = [somebodyIsCalled, limitsLetTheLoadThrough, copiesHaveAPlace];
