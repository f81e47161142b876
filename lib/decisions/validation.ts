import type { Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import type { RouteChoice } from './decided.ts';

/** V1: the form of a registry model id. */
export const registryIdPattern = /^(openai|anthropic|huggingface|custom)\/[\w\-.]+:\d+\.\d+$/;

/**
 * V1: registry id of a Hugging Face repository at a revision. The slash of `organisation/name` and every character
 * outside the pattern become a hyphen. The version's minor part is the first 32 bits of the revision as a number, so
 * that each revision has its own id; `1.0` where the revision is not pinned yet.
 */
export function registryId(huggingFaceId: string, revision: string | undefined): string {
  const minor = revision === undefined ? 0 : Number.parseInt(revision.slice(0, 8), 16);
  return checkedId('huggingface', huggingFaceId, `1.${minor}`);
}

/** V1 for a provider's model: `openai/…`, `anthropic/…`, any other provider `custom/…`. */
export function hostedRegistryId(provider: string, modelId: string): string {
  return checkedId(provider === 'openai' || provider === 'anthropic' ? provider : 'custom', modelId, '1.0');
}

function checkedId(registry: string, modelId: string, version: string): string {
  const id = `${registry}/${modelId.replace(/[^\w\-.]+/g, '-').replace(/^-+|-+$/g, '')}:${version}`;
  if (!registryIdPattern.test(id)) throw new RangeError(`V1: ${id} is no registry id`);
  return id;
}

/** Names that resolve only inside a cluster or a private network. */
const internalHost = /(^localhost$)|(\.svc(\.cluster\.local)?$)|(\.internal$)|(\.local$)|(^[a-z0-9-]+$)/;

/** V2: an inference endpoint is internal, or its host is on the approved list (itself or a parent domain). */
export function endpointProblem(url: string, approvedDomains: readonly string[]): Reason | undefined {
  const host = URL.canParse(url) ? new URL(url).hostname : undefined;
  const approved =
    host !== undefined && approvedDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  if (host !== undefined && (internalHost.test(host) || privateAddress(host) || approved)) return undefined;
  return {
    path: 'endpoint',
    asked: url,
    found: host === undefined ? 'no valid address' : `${host} is neither internal nor approved (V2)`,
    change: approvedDomains.length ? `Use one of ${approvedDomains.join(', ')}.` : 'Use an internal address.',
  };
}

function privateAddress(host: string): boolean {
  const parts = host.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return false;
  const [first = 0, second = 0] = parts;
  return (
    first === 10 || first === 127 || (first === 192 && second === 168) || (first === 172 && second >= 16 && second < 32)
  );
}

/** V4: a training job stays inside the quota of the answers. */
export function quotaProblems(
  asked: { readonly gpus: number; readonly memoryGb: number },
  quota: { readonly maxGpus: number; readonly maxMemoryGb: number },
): readonly Reason[] {
  const reasons: Reason[] = [];
  if (asked.gpus > quota.maxGpus) {
    reasons.push({
      path: 'fineTuning.maxGpus',
      asked: `a training job on ${asked.gpus} GPUs`,
      found: `a quota of ${quota.maxGpus} (V4)`,
      change: 'Raise fineTuning.maxGpus, or take a lighter method.',
    });
  }
  if (asked.memoryGb > quota.maxMemoryGb) {
    reasons.push({
      path: 'fineTuning.maxMemoryGb',
      asked: `a training job with ${asked.memoryGb} GB of memory`,
      found: `a quota of ${quota.maxMemoryGb} GB (V4)`,
      change: 'Raise fineTuning.maxMemoryGb, or take a lighter method.',
    });
  }
  return reasons;
}

/** V6: every call has a token limit, a cost budget, a latency target and a fallback. */
export function callLimitProblems(routes: readonly RouteChoice[]): readonly Reason[] {
  return routes.flatMap((route) => {
    const missing = [
      ...(route.maxOutputTokens > 0 ? [] : ['a token limit']),
      ...(route.maxUsdPerCall > 0 ? [] : ['a cost budget']),
      ...(route.latencyTargetMs > 0 && route.timeoutSeconds > 0 ? [] : ['a latency target']),
      ...(route.fallbacks.length + route.lastResorts.length > 0 ? [] : ['a fallback']),
    ];
    return missing.map((what) => ({
      path: `routing.${route.model}`,
      asked: what,
      found: 'none (V6)',
      change: `Give the route to ${route.target} ${what}.`,
    }));
  });
}

/** V7: P95 first token < 200 ms and more than 100 output tokens/s a stream, for goals the answers leave to a preset. */
export const presetLatencyTargets = {
  ttftMs: { p50: 100, p95: 199 },
  tpotMs: { p50: 8, p95: 9.9 },
} as const;

/** The latency goals, with V7's targets where answers that start from a preset leave a streaming goal open. */
export function presetTargets({ latency, preset, throughput }: Requirements): Requirements['latency'] {
  const open = latency.streaming && !latency.ttftMs && !latency.tpotMs && !latency.endToEndMs;
  if (!preset || !open || throughput.pattern === 'batch') return latency;
  return { ...latency, ...presetLatencyTargets };
}
