import type { Artifact } from '../../../lib/artifacts/artifact.ts';
import type { OfferPrice } from '../../../lib/catalog/catalog.ts';
import { hoursPerMonth } from '../../../lib/catalog/prices.ts';
import type { NodePool, Plan } from '../../../lib/plan/plan.ts';
import { machine } from './machines.ts';
import { quotaClass } from './spend/gpu-hours.ts';

/** A service quota the platform needs at its largest, as Service Quotas names it. */
export interface QuotaNeed {
  readonly service: string;
  readonly code: string;
  readonly title: string;
  readonly value: number;
  readonly because: string;
}

/**
 * Quotas counted in processors. Sources: docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html and
 * using-spot-limits.html, 2026-06-30.
 */
const processorQuotas = {
  onDemand: {
    G: ['L-DB2E81BA', 'Running On-Demand G and VT instances'],
    P: ['L-417A185B', 'Running On-Demand P instances'],
    Standard: ['L-1216C47A', 'Running On-Demand Standard instances'],
  },
  spot: {
    G: ['L-3819A6DF', 'All G and VT Spot Instance Requests'],
    P: ['L-C4BD4855', 'All P5 Spot Instance Requests'],
    olderP: ['L-7212CCBC', 'All P4, P3 and P2 Spot Instance Requests'],
    Standard: ['L-34B43A08', 'All Standard Spot Instance Requests'],
  },
} as const;

/** A pool of Spot that Karpenter or Auto Mode fills starts on-demand machines where there is no Spot to have. */
function quotasOf(
  type: string,
  purchase: string,
  provisioning: Plan['platform']['provisioning'],
): readonly (readonly [string, string])[] {
  const kind = quotaClass(type);
  const onDemand = processorQuotas.onDemand[kind];
  if (purchase !== 'spot') return [onDemand];
  const spot = processorQuotas.spot[/^p[2-4]/.test(type) ? 'olderP' : kind];
  return provisioning === 'karpenter' || provisioning === 'auto-mode' ? [spot, onDemand] : [spot];
}

/** What the largest load needs, one more machine a pool included: an update starts the new one before the old one goes. */
export function quotaNeeds(plan: Plan): readonly QuotaNeed[] {
  const processors = new Map<string, { title: string; value: number; pools: string[] }>();
  for (const pool of plan.platform.nodePools) {
    if (pool.purchase === 'owned' || pool.purchase === 'capacity-block') continue;
    // Types of two quotas in one pool: all its machines may be of either.
    const quotas = pool.instanceTypes.flatMap((type) =>
      quotasOf(type, pool.purchase, plan.platform.provisioning).map((quota) => ({ type, quota })),
    );
    for (const [code, title] of new Set(quotas.map(({ quota }) => quota))) {
      const types = quotas.filter(({ quota }) => quota[0] === code);
      const most = Math.max(0, ...types.map(({ type }) => machine(type)?.vcpus ?? 0));
      const entry = processors.get(code) ?? { title, value: 0, pools: [] };
      entry.value += (pool.nodes.maximum + 1) * most;
      entry.pools.push(pool.id);
      processors.set(code, entry);
    }
  }
  const { natGateways, existing } = plan.platform;
  return [
    ...[...processors].map(([code, { title, value, pools }]) => ({
      service: 'ec2',
      code,
      title: `${title}, vCPUs`,
      value,
      because: `${pools.length === 1 ? 'pool' : 'pools'} ${pools.join(', ')} at the maximum and one machine more each during an update`,
    })),
    ...(natGateways > 0 && !existing.vpcId
      ? [
          {
            service: 'ec2',
            code: 'L-0263D0A3',
            title: 'EC2-VPC Elastic IPs',
            value: natGateways,
            because: 'one address a NAT gateway, beside those in use today',
          },
        ]
      : []),
  ];
}

const terms: readonly [keyof OfferPrice, string][] = [
  ['onDemandUsdPerHour', 'on-demand'],
  ['reserved1yNoUpfrontUsdPerHour', '1 year, no upfront'],
  ['reserved1yAllUpfrontUsdPerHour', '1 year, all upfront'],
  ['reserved3yNoUpfrontUsdPerHour', '3 years, no upfront'],
  ['reserved3yAllUpfrontUsdPerHour', '3 years, all upfront'],
];

/** Ways to buy the expected machines of a pool round the clock, USD a month at list price. */
export function reservationOptions(
  pool: NodePool,
  region: string,
): readonly { readonly instanceType: string; readonly term: string; readonly usdPerMonth: number }[] {
  return pool.instanceTypes.flatMap((instanceType) => {
    const price = machine(instanceType)?.prices.find((row) => row.region === region);
    if (!price) return [];
    return terms.flatMap(([field, term]) => {
      const usd = price[field];
      if (typeof usd !== 'number') return [];
      return [{ instanceType, term, usdPerMonth: usd * hoursPerMonth * pool.nodes.expected }];
    });
  });
}

const usd = (amount: number) => Math.round(amount).toLocaleString('en-US');

function quotaTable(needs: readonly QuotaNeed[]): string[] {
  return [
    '| Quota | Code | Ask for at least | Because |',
    '| --- | --- | ---: | --- |',
    ...needs.map(({ title, code, value, because }) => `| ${title} | ${code} | ${value} | ${because} |`),
  ];
}

function requests(plan: Plan, needs: readonly QuotaNeed[]): string[] {
  return needs.map(
    ({ service, code, value }) =>
      `aws service-quotas request-service-quota-increase --region ${plan.platform.region} --service-code ${service} --quota-code ${code} --desired-value ${value}`,
  );
}

function reservations(plan: Plan): string[] {
  return plan.platform.nodePools
    .filter((pool) => pool.gpusPerNode > 0)
    .flatMap((pool) => {
      const options = reservationOptions(pool, plan.platform.region);
      return [
        '',
        `### Pool ${pool.id}: ${pool.nodes.expected} ${pool.nodes.expected === 1 ? 'machine' : 'machines'} expected, ${pool.nodes.maximum} at most`,
        '',
        ...(pool.reservationIds.length > 0 ? [`Reserved: ${pool.reservationIds.join(', ')}.`, ''] : []),
        ...(pool.committed
          ? [
              `The plan's price commits to ${pool.committed.nodes} × ${pool.instanceTypes[0]} (${pool.purchase.replace('+on-demand', '')}): buy that before the first deployment. A commitment lowers the price and holds no capacity.`,
              '',
            ]
          : []),
        ...(pool.oneTypeBecause === undefined
          ? []
          : [`There is one machine type, so a reservation is what holds capacity: ${pool.oneTypeBecause}.`, '']),
        ...(options.length > 0
          ? [
              '| Machine | Term | USD a month, expected machines |',
              '| --- | --- | ---: |',
              ...options.map((row) => `| ${row.instanceType} | ${row.term} | ${usd(row.usdPerMonth)} |`),
            ]
          : [`No price of ${pool.instanceTypes.join(' or ')} in ${plan.platform.region} is in the catalogue.`]),
      ];
    });
}

/** `docs/capacity-requests.md`: what to ask AWS for before the first deployment, and what reserving would cost. */
export function quotaArtifact(plan: Plan): Artifact {
  const needs = quotaNeeds(plan);
  const lines = [
    '# Capacity to request',
    '',
    `Ask for these in ${plan.platform.region} before the first deployment: new accounts often start with none for GPU machines.`,
    '',
    '## Service quotas',
    '',
    ...quotaTable(needs),
    '',
    '```sh',
    ...requests(plan, needs),
    '```',
    '',
    '## Ways to reserve',
    '',
    'A quota allows machines; a reservation holds them. An on-demand capacity reservation costs the on-demand price, used or not, and can be cancelled; a capacity block is bought for a time, up front. Put its id in `infrastructure.reservations` and generate again: the launch template then targets it. The terms below are list prices of the catalogue.',
    ...reservations(plan),
    '',
    '```sh',
    ...plan.platform.nodePools
      .filter((pool) => pool.gpusPerNode > 0)
      .map(
        (pool) =>
          `aws ec2 create-capacity-reservation --region ${plan.platform.region} --instance-type ${pool.instanceTypes[0]} --instance-platform Linux/UNIX --instance-count ${pool.nodes.expected} --instance-match-criteria targeted --availability-zone ZONE`,
      ),
    '```',
    '',
  ];
  return { path: 'docs/capacity-requests.md', contents: lines.join('\n') };
}
