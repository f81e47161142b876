import type { HostedModel } from '../catalog/catalog.ts';
import type { Requirements } from '../requirements/schema.ts';

/** Requests and tokens of one month, as the answers expect them. */
export interface Volume {
  readonly requestsPerMonth: number;
  readonly inputTokensPerRequest: number;
  readonly outputTokensPerRequest: number;
  /** Part of the input every request shares and a cache can serve. */
  readonly cachedShareOfInput: number;
  /** The load waits for a batch window, so a batch tariff applies. */
  readonly batch: boolean;
}

/** A person at one keyboard keeps a request in flight about a tenth of the time. */
const singleUserDutyCycle = 0.1;
const singleUserSecondsPerRequest = 20;
/** Lengths where a trace file replaces the two answers: the mean of the public chat trace of 2023. */
const tracedLengths = { inputTokens: 1155, outputTokens: 211 };
/** A prefix cache never serves all of it: first requests, evictions, the last partial block. */
const prefixCacheEfficiency = 0.9;

export function monthlyVolume({ throughput }: Requirements): Volume {
  const inputTokensPerRequest = throughput.inputTokens?.mean ?? tracedLengths.inputTokens;
  const outputTokensPerRequest = throughput.outputTokens?.mean ?? tracedLengths.outputTokens;
  const shared = Math.min(throughput.sharedPrefixTokens, inputTokensPerRequest);
  return {
    requestsPerMonth: requestsPerMonth(throughput),
    inputTokensPerRequest,
    outputTokensPerRequest,
    cachedShareOfInput: (shared / inputTokensPerRequest) * prefixCacheEfficiency,
    batch: throughput.pattern === 'batch',
  };
}

function requestsPerMonth(throughput: Requirements['throughput']): number {
  const activeSeconds = throughput.activeHoursPerMonth * 3600;
  switch (throughput.pattern) {
    case 'batch':
      return (throughput.batch?.requestsPerRun ?? 0) * (throughput.batch?.runsPerMonth ?? 0);
    case 'single-user':
      return ((throughput.concurrency ?? 1) * activeSeconds * singleUserDutyCycle) / singleUserSecondsPerRequest;
    case 'interactive':
      return (throughput.requestsPerSecond?.expected ?? 0) * activeSeconds;
  }
}

/** The gateway stops hosted spend at this multiple of the expected bill: what a month can cost at most. */
export const hostedBudgetFactor = 1.25;

/**
 * USD of one request on a hosted model: batch tariff where the load is a batch and the model has one, cached input at
 * the cache-read price where it has one. Errs high by the write surcharge some providers ask, which no source has.
 */
export function hostedUsdPerRequest(model: HostedModel, volume: Volume): number {
  const batchInput = volume.batch ? model.batchInputUsdPerMillionTokens : undefined;
  const input = batchInput ?? model.inputUsdPerMillionTokens;
  const output = (volume.batch ? model.batchOutputUsdPerMillionTokens : undefined) ?? model.outputUsdPerMillionTokens;
  const cached = batchInput === undefined ? (model.cacheReadUsdPerMillionTokens ?? input) : input;
  const share = volume.cachedShareOfInput;
  const inputUsd = volume.inputTokensPerRequest * (share * cached + (1 - share) * input);
  return (inputUsd + volume.outputTokensPerRequest * output) / 1e6;
}
