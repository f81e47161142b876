import type { Candidate, RejectedCandidate } from '../capacity/types.ts';
import type { Plan } from '../plan/plan.ts';
import { recordName } from './decision-records.ts';
import type { Page, PageInput } from './document.ts';
import { count, counted, figure, purchaseName, seconds, usd } from './format.ts';
import { chosenOnFront, paretoPicture, shown } from './pictures.ts';
import { cellCode, link } from './render.ts';

const shownRejections = 20;

function difference(candidate: Candidate, chosen: Candidate, isChosen: boolean): string {
  if (isChosen) return 'chosen';
  const usdMore = candidate.usdPerMonth - chosen.usdPerMonth;
  return usdMore >= 0 ? `+${usd(usdMore)}` : `−${usd(-usdMore)}`;
}

function alternatives(plan: Plan): readonly object[] {
  const capacity = plan.capacity;
  if (!capacity) return [];
  const chosen = chosenOnFront(capacity);
  return capacity.paretoFront.map((candidate, index) => ({
    number: String(index + 1),
    gpu: `${candidate.gpusPerReplica} × ${candidate.gpuId}`,
    machine: candidate.instanceTypes[0],
    precision: candidate.precision,
    replicas: [...new Set([candidate.replicas.expected, candidate.replicas.peak])].join(' to '),
    purchase: purchaseName(candidate.purchase),
    cost: usd(candidate.usdPerMonth),
    difference: difference(candidate, capacity.chosen, candidate === chosen),
    ttft: seconds(candidate.prediction.ttftSeconds.p95),
    endToEnd: seconds(candidate.prediction.endToEndSeconds.p95),
    throughput: figure(candidate.goodputPerReplica),
  }));
}

const byCost = (a: RejectedCandidate, b: RejectedCandidate) =>
  (a.usdPerMonth ?? Number.MAX_VALUE) - (b.usdPerMonth ?? Number.MAX_VALUE) || (a.id < b.id ? -1 : 1);

/** How many candidates each limit threw out, the most frequent first, with the cheapest of each as an example. */
function limitRows(rejected: readonly RejectedCandidate[]): readonly object[] {
  const limits = [...new Set(rejected.map(({ limit }) => limit))];
  return limits
    .map((limit) => ({ limit, thrownOut: rejected.filter((candidate) => candidate.limit === limit).sort(byCost) }))
    .sort((a, b) => b.thrownOut.length - a.thrownOut.length || (a.limit < b.limit ? -1 : 1))
    .map(({ limit, thrownOut }) => ({
      limit: cellCode(limit),
      times: count(thrownOut.length),
      example: thrownOut[0] ? cellCode(thrownOut[0].id) : '',
      reason: thrownOut[0]?.reason ?? '',
    }));
}

export function whatIfPage({ plan, render }: PageInput): Page {
  // One way of a candidate may be on the list above while another of its ways was thrown out.
  const front = plan.capacity?.paretoFront ?? [];
  const rejected = (plan.capacity?.rejected ?? []).filter(
    ({ id }) => !front.some((way) => way.id.startsWith(`${id}/`)),
  );
  const priced = rejected.filter(({ usdPerMonth }) => usdPerMonth !== undefined).sort(byCost);
  const picture = paretoPicture(plan);
  const changes = plan.decisions.flatMap((decision) =>
    decision.wouldChange.map((change) => ({
      path: cellCode(change.path),
      from: change.from,
      to: change.to,
      decision: link(decision.id, `decisions/${recordName(decision)}.md`),
      choice: decision.options.find(({ id }) => id === change.choice)?.title ?? change.choice,
    })),
  );
  const context = {
    name: plan.name,
    alternatives: alternatives(plan),
    hasAlternatives: plan.capacity !== undefined,
    alone: plan.capacity?.paretoFront.length === 1,
    picture: shown(picture),
    limits: limitRows(rejected),
    rejectedCount: counted(rejected.length, 'candidate'),
    hasRejected: rejected.length > 0,
    priced: priced.slice(0, shownRejections).map(({ id, limit, reason, usdPerMonth }) => ({
      id: cellCode(id),
      limit: cellCode(limit),
      reason,
      cost: usd(usdPerMonth ?? 0),
    })),
    hasPriced: priced.length > 0,
    changes,
    hasChanges: changes.length > 0,
  };
  return {
    path: 'docs/what-if.md',
    title: 'What if',
    group: 'Review',
    markdown: render.markdown('what-if.md', context),
  };
}
