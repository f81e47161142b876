import type { Candidate } from '../capacity/types.ts';
import type { Plan } from '../plan/plan.ts';
import { recordName } from './decision-records.ts';
import type { Page, PageInput } from './document.ts';
import { count, counted, figure, seconds, usd } from './format.ts';
import { paretoPicture, shown } from './pictures.ts';
import { cellCode, link } from './render.ts';

const shownRejections = 20;

function difference(candidate: Candidate, chosen: Candidate): string {
  if (candidate.id === chosen.id) return 'chosen';
  const usdMore = candidate.usdPerMonth - chosen.usdPerMonth;
  return usdMore >= 0 ? `+${usd(usdMore)}` : `−${usd(-usdMore)}`;
}

function alternatives(plan: Plan): readonly object[] {
  const capacity = plan.capacity;
  if (!capacity) return [];
  return capacity.paretoFront.map((candidate, index) => ({
    number: String(index + 1),
    gpu: `${candidate.gpusPerReplica} × ${candidate.gpuId}`,
    machine: candidate.instanceTypes[0],
    precision: candidate.precision,
    replicas: `${candidate.replicas.expected} to ${candidate.replicas.peak}`,
    purchase: candidate.purchase.replaceAll('-', ' '),
    cost: usd(candidate.usdPerMonth),
    difference: difference(candidate, capacity.chosen),
    ttft: seconds(candidate.prediction.ttftSeconds.p95),
    endToEnd: seconds(candidate.prediction.endToEndSeconds.p95),
    throughput: `${figure(candidate.goodputPerReplica)} requests/s`,
  }));
}

/** How many candidates each limit threw out, the most frequent first. */
function limitCounts(plan: Plan): readonly object[] {
  const counts = new Map<string, number>();
  for (const { limit } of plan.capacity?.rejected ?? []) counts.set(limit, (counts.get(limit) ?? 0) + 1);
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([limit, times]) => ({ limit: cellCode(limit), times: count(times) }));
}

export function whatIfPage({ plan, render }: PageInput): Page {
  const rejected = [...(plan.capacity?.rejected ?? [])].sort(
    (a, b) =>
      (a.usdPerMonth ?? Number.POSITIVE_INFINITY) - (b.usdPerMonth ?? Number.POSITIVE_INFINITY) ||
      (a.id < b.id ? -1 : 1),
  );
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
    picture: shown(picture),
    limits: limitCounts(plan),
    rejectedCount: counted(rejected.length, 'candidate'),
    hasRejected: rejected.length > 0,
    rejected: rejected.slice(0, shownRejections).map(({ id, limit, reason, usdPerMonth }) => ({
      id: cellCode(id),
      limit: cellCode(limit),
      reason,
      cost: usdPerMonth === undefined ? '—' : usd(usdPerMonth),
    })),
    more:
      rejected.length > shownRejections
        ? `The ${counted(rejected.length - shownRejections, 'other')} are in plan.json.`
        : '',
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
