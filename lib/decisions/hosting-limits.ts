import type { SizingResult } from '../capacity/types.ts';
import type { Catalog, HostedModel } from '../catalog/catalog.ts';
import type { Model } from '../catalog/model.ts';
import type { Reason } from '../outcome.ts';
import type { Requirements } from '../requirements/schema.ts';
import { count, usd } from './decision.ts';
import { approvedDomains, hostedEndpoint, reachedPrivately } from './endpoints.ts';
import { hostedPlace, regionServes } from './places.ts';
import { endpointProblem } from './validation.ts';

export function selfHostedLimits(
  requirements: Requirements,
  model: Model | undefined,
  sizing: SizingResult | undefined,
): readonly Reason[] {
  if (!requirements.model.id && !requirements.model.configFile) {
    return [
      {
        path: 'model.id',
        asked: 'self-hosting',
        found: 'no open-weight model is named',
        change: 'Name one in model.id.',
      },
    ];
  }
  if (!model) {
    const change = 'Run `groundplan catalog list models`, or give its config.json in model.configFile.';
    return [{ path: 'model.id', asked: requirements.model.id ?? '', found: 'not in the catalogue', change }];
  }
  if (!sizing || sizing.feasible) return [];
  return shortfallReasons(sizing);
}

/** A figure of the same unit at or below what was asked: the limit is listed and does not bind. */
function met(asked: string, found: string): boolean {
  const [most, unit] = asked.replaceAll(',', '').split(' ');
  const [figure, foundUnit] = found.replaceAll(',', '').split(' ');
  return unit === foundUnit && Number(figure) < Number(most);
}

/** The sizer's limits as reasons, each with the cheapest relaxation it found. */
export function shortfallReasons(sizing: Extract<SizingResult, { feasible: false }>): readonly Reason[] {
  const { limits, relaxations } = sizing.shortfall;
  const nearest = relaxations.toSorted((a, b) => a.usdPerMonth - b.usdPerMonth);
  const binding = limits.filter((limit) => !met(limit.asked, limit.best));
  return (binding.length ? binding : limits).map((limit) => {
    const way = nearest.find((row) => row.path === limit.limit) ?? nearest[0];
    const change = way
      ? `Change ${way.path} from ${way.from} to ${way.to}: ${usd(way.usdPerMonth)} a month.`
      : 'No single answer would make it fit.';
    return { path: limit.limit, asked: limit.asked, found: limit.best, change };
  });
}

export function hostedLimits(
  requirements: Requirements,
  catalog: Catalog,
  hosted: HostedModel | undefined,
): readonly Reason[] {
  const { compliance, infrastructure, model } = requirements;
  const reasons: Reason[] = [];
  if (!compliance.dataMayLeave) {
    reasons.push({
      path: 'compliance.dataMayLeave',
      asked: 'data that stays inside',
      found: 'a hosted API receives every prompt',
      change: 'Self-host, or allow prompts to leave.',
    });
  }
  if (infrastructure.isolated && !(hosted && reachedPrivately(hosted, infrastructure.cloud))) {
    reasons.push({
      path: 'infrastructure.isolated',
      asked: 'no internet path',
      found: 'a hosted API is reached over one',
      change: 'Self-host, or answer infrastructure.isolated with false.',
    });
  }
  if (!model.hostedId) {
    reasons.push({
      path: 'model.hostedId',
      asked: 'a hosted API',
      found: 'no hosted model is named',
      change: 'Name one in model.hostedId.',
    });
  } else if (!hosted) {
    const change = 'Run `groundplan catalog list hosted`.';
    reasons.push({ path: 'model.hostedId', asked: model.hostedId, found: 'not in the catalogue', change });
  }
  const endpoint = hosted && hostedEndpoint(hosted, infrastructure.regions[0] ?? 'global');
  const outside =
    hosted &&
    (endpoint === undefined
      ? {
          path: 'model.hostedId',
          asked: hosted.id,
          found: `no approved endpoint for ${hosted.provider} (V2)`,
          change: 'Name a model of an approved provider.',
        }
      : endpointProblem(endpoint, approvedDomains));
  if (outside) reasons.push(outside);
  if (hosted && compliance.residency !== 'none' && !regionServes(catalog, hostedPlace(hosted), compliance.residency)) {
    reasons.push({
      path: 'compliance.residency',
      asked: `data that stays in ${compliance.residency}`,
      found: hostedPlace(hosted) ? `${hosted.id} answers from ${hostedPlace(hosted)}` : `${hosted.id} names no region`,
      change: 'Name a hosted model with a region inside, or self-host.',
    });
  }
  if (hosted?.contextWindowTokens !== undefined && hosted.contextWindowTokens < model.maxContextTokens) {
    reasons.push({
      path: 'model.maxContextTokens',
      asked: `${count(model.maxContextTokens)} tokens of context`,
      found: `${hosted.id} takes ${count(hosted.contextWindowTokens)}`,
      change: 'Name a hosted model with a longer context, or lower the answer.',
    });
  }
  return reasons;
}
