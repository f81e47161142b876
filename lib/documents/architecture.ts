import { type ControlId, controls, frameworks } from '../compliance/index.ts';
import { standsIn } from '../decisions/serving-requirement.ts';
import type { Plan } from '../plan/plan.ts';
import { generators } from '../plan/workloads.ts';
import type { DocumentExtras, Page, PageInput } from './document.ts';
import { count, counted, decimal, figure, hours, list, seconds, sentenceCase, span, usd } from './format.ts';
import { lengthText, loadText } from './load.ts';
import { objectiveRows, predictedFor, predictionOf } from './objectives.ts';
import { architecturePicture, latencyPicture, shown } from './pictures.ts';
import { cellCode, code, join, prose, type Verbatim } from './render.ts';
import { limitRows, memoryRows, modelRows, poolRow, singleTypes, sizingText, twoPoolRows } from './sizing.ts';
import { placeOf, topologyOf } from './topology.ts';

const environments: Readonly<Record<Plan['platform']['environment'], string>> = {
  homelab: 'a homelab',
  dev: 'a development environment',
  staging: 'a staging environment',
  prod: 'a production environment',
};

/** What it is and for whom, one sentence. */
export function purpose(plan: Plan): string {
  const { application, operations } = plan.requirements;
  const shape =
    application.shape === 'agent'
      ? 'agents that work in several steps'
      : application.shape === 'chain'
        ? 'a chain of calls'
        : 'single calls';
  return `${plan.name} serves ${shape} to ${counted(operations.users, 'user')} (${application.exposure}) in ${
    environments[operations.environment]
  }.`;
}

/** Question and answer pairs that frame the design. */
function contextRows(plan: Plan): readonly { readonly what: string; readonly answer: string }[] {
  const { requirements } = plan;
  const { compliance, retrieval, operations } = requirements;
  const corpus = retrieval.corpus;
  return [
    { what: 'Load', answer: sentenceCase(loadText(plan)) },
    ...(lengthText(plan) === '' ? [] : [{ what: 'Lengths', answer: sentenceCase(lengthText(plan)) }]),
    {
      what: 'Retrieval',
      answer: corpus
        ? `${counted(corpus.documents, 'document')}, ${figure(corpus.gigabytes)} GB of text, updated: ${retrieval.updates ?? 'not said'}`
        : 'Not needed',
    },
    {
      what: 'Where',
      answer: `${placeOf(plan)}${plan.platform.recoveryRegion ? `, copies in ${plan.platform.recoveryRegion}` : ''}`,
    },
    {
      what: 'Residency',
      answer: compliance.residency === 'none' ? 'No limit' : `Data stays in: ${compliance.residency}`,
    },
    { what: 'Personal data', answer: sentenceCase(compliance.pii) },
    { what: 'May prompts leave?', answer: compliance.dataMayLeave ? 'Yes' : 'No' },
    {
      what: 'Frameworks',
      answer:
        compliance.frameworks.length === 0 ? 'None' : list(compliance.frameworks.map((id) => frameworks[id].title)),
    },
    { what: 'Availability goal', answer: `${decimal(operations.availabilityPercent, 2)}%` },
    {
      what: 'Recovery',
      answer: `Back within ${hours(operations.rtoHours)}; at most ${hours(operations.rpoHours)} of data lost`,
    },
    { what: 'Cost ceiling', answer: `${usd(plan.spend.ceilingUsdPerMonth)} a month` },
  ];
}

/** What is left when one replica or one zone is lost. */
function availabilityText(plan: Plan): readonly string[] {
  const chosen = plan.capacity?.chosen;
  const { availabilityZones } = plan.platform;
  const zones =
    availabilityZones > 1
      ? `Nodes and replicas spread over ${counted(availabilityZones, 'zone')}.`
      : 'Everything runs in one zone: its loss stops the platform.';
  const singles = plan.models.filter(({ replicas }) => replicas.minimum < 2).map(({ role }) => role);
  const single =
    singles.length > 0
      ? [`${list(singles)}: one replica at the minimum, so its loss is an outage for as long as another one loads.`]
      : [];
  if (!chosen) return [zones, ...single];
  const rate = plan.requirements.throughput.requestsPerSecond;
  const most = generators(plan)[0]?.replicas.maximum ?? chosen.replicas.peak;
  const left = (most - 1) * chosen.goodputPerReplica;
  const spare =
    rate === undefined
      ? []
      : standsIn(plan.requirements)
        ? [
            `The fallback carries ${figure(most * chosen.goodputPerReplica)} requests/s inside twice the latency goals, with no spare replica: the provider is the first choice, and a slower answer beats none (D10.4).`,
          ]
        : [
            left >= rate.peak
              ? `N+1 holds at peak: ${counted(most, 'replica')} less one carry ${figure(left)} requests/s inside the goals; ${figure(rate.peak)} are asked.`
              : `At peak there is no spare replica: ${counted(most, 'replica')} less one carry ${figure(left)} requests/s inside the goals; ${figure(rate.peak)} are asked.`,
          ];
  return [zones, ...spare, ...single];
}

function networkText(plan: Plan): readonly string[] {
  const { platform } = plan;
  if (platform.provisioning === 'existing') {
    return [
      'The network is that of your own cluster; Groundplan raises nothing in it.',
      controls['network-default-deny'].guarantee,
    ];
  }
  const outbound = platform.isolated
    ? 'There is no path to the internet: no NAT and no internet gateway. Images and weights come from mirrors in the account.'
    : `${counted(platform.natGateways, 'NAT gateway')} carry outbound traffic${platform.natGateways === 1 ? '; with its zone the path out is lost' : ', one in each zone'}.`;
  return [
    platform.existing.vpcId ? `The existing network ${platform.existing.vpcId} is used.` : 'A network of its own.',
    controls['network-private-subnets'].guarantee,
    controls['network-endpoints'].guarantee,
    outbound,
    controls['network-flow-logs'].guarantee,
    controls['network-default-deny'].guarantee,
    ...(platform.ipv6 ? ['IPv6 addresses are given beside IPv4.'] : []),
    ...(platform.fips ? [controls['tls-in-transit-fips'].guarantee] : []),
  ];
}

const identityControls: readonly ControlId[] = [
  'cluster-access-entries',
  'workload-identity',
  'least-privilege-roles',
  'secrets-in-store',
  'encryption-at-rest-cmk',
  'key-rotation',
  'cluster-secrets-encryption',
];

function identityText(plan: Plan): readonly string[] {
  return plan.platform.provisioning === 'existing'
    ? [controls['secrets-in-store'].guarantee, controls['pod-security-restricted'].guarantee]
    : identityControls.map((id) => controls[id].guarantee);
}

const zoneNames = { outside: 'outside', cluster: 'cluster', data: 'data' } as const;

interface ComponentRow {
  readonly title: string;
  readonly purpose: string;
  readonly size: Verbatim;
  readonly zone: string;
}

/** Synthesized resources by stack (the second part of a path), with their kinds, the most frequent first. */
function stackRows(resources: NonNullable<DocumentExtras['resources']>): readonly object[] {
  const stackOf = (path: string) => path.split('/')[1] ?? path;
  const stacks = [...new Set(resources.map(({ path }) => stackOf(path)))].sort();
  return stacks.map((stack) => {
    const kinds = resources
      .filter(({ path }) => stackOf(path) === stack)
      .map(({ type }) => type.split('::').slice(1).join(' '));
    const counts = [...new Set(kinds)]
      .map((kind) => ({ kind, times: kinds.filter((other) => other === kind).length }))
      .sort((a, b) => b.times - a.times || (a.kind < b.kind ? -1 : 1));
    const shownKinds = counts.slice(0, 6).map(({ kind, times }) => (times > 1 ? `${times} × ${kind}` : kind));
    return {
      stack: code(stack),
      count: count(kinds.length),
      kinds: counts.length > 6 ? `${shownKinds.join(', ')} and ${counts.length - 6} more kinds` : list(shownKinds),
    };
  });
}

export function architecturePage({ plan, extras, render }: PageInput): Page {
  const topology = topologyOf(plan);
  const zoneOf = new Map(topology.components.map(({ id, zone }) => [id, zone]));
  const titleOf = new Map(topology.components.map(({ id, title }) => [id, title]));
  const diagram = architecturePicture(plan);
  const latency = latencyPicture(plan);
  const prediction = predictionOf(plan);
  const context = {
    name: plan.name,
    purpose: purpose(plan),
    context: contextRows(plan),
    diagram: shown(diagram),
    components: topology.components.map(
      ({ title, purpose: use, lines, detail, zone }): ComponentRow => ({
        title,
        purpose: use,
        size: sizeText(detail === undefined ? lines : [...lines, detail]),
        zone: zoneNames[zone],
      }),
    ),
    stacks: stackRows(extras.resources ?? []),
    hasStacks: (extras.resources ?? []).length > 0,
    flows: topology.flows.map(({ from, to, data, protection }) => ({
      flow: `${titleOf.get(from) ?? from} → ${titleOf.get(to) ?? to}`,
      data,
      boundary: zoneOf.get(from) === zoneOf.get(to) ? '—' : `${zoneOf.get(from)} → ${zoneOf.get(to)}`,
      protection,
    })),
    sizing: sizingText(plan)
      .filter((line) => line !== '')
      .map(prose),
    models: modelRows(plan),
    hasModels: plan.models.length > 0,
    limits: limitRows(plan),
    pools: plan.platform.nodePools.map(poolRow),
    singleTypes: singleTypes(plan),
    twoPools: twoPoolRows(plan),
    hasTwoPools: twoPoolRows(plan).length > 0,
    memory: memoryRows(plan),
    hasMemory: plan.capacity !== undefined,
    memoryGpu: plan.capacity?.chosen.gpuId ?? '',
    objectives: objectiveRows(plan),
    hasObjectives: objectiveRows(plan).length > 0,
    latency: shown(latency),
    predictedFor: predictedFor(plan),
    throughput: prediction
      ? `At peak: ${figure(prediction.requestsPerSecond)} requests/s, ${count(Math.round(prediction.outputTokensPerSecond))} output tokens/s, ${figure(prediction.goodputRequestsPerSecond)} requests/s inside every goal.`
      : '',
    retrieval: plan.retrieval
      ? `Retrieval adds ${seconds(plan.retrieval.addedLatencyMs / 1000)} before the model starts; the time to first token above is the model server’s own.`
      : '',
    availability: availabilityText(plan),
    network: networkText(plan),
    identity: identityText(plan),
    kubernetes: `Kubernetes ${plan.platform.kubernetesVersion}${plan.platform.existing.clusterName ? `, existing cluster ${plan.platform.existing.clusterName}` : ''}; nodes: ${plan.platform.provisioning.replaceAll('-', ' ')}.`,
    skipped: plan.skippedSafeguards,
    hasSkipped: plan.skippedSafeguards.length > 0,
    scale:
      plan.models.length > 0 ? `${span(sum(plan, 'minimum'), sum(plan, 'maximum'), 'replica')} over all models.` : '',
  };
  return {
    path: 'docs/architecture.md',
    title: 'Architecture',
    group: 'Design',
    markdown: render.markdown('architecture.md', context),
  };
}

const sum = (plan: Plan, of: 'minimum' | 'maximum') =>
  plan.models.reduce((total, model) => total + model.replicas[of], 0);

const sizeText = (lines: readonly string[]) => (lines.length === 0 ? join(['—']) : join(lines.map(cellOrText), '; '));

/** Schedules and collection names read as code. */
function cellOrText(line: string): Verbatim | string {
  const [, before = '', machine = ''] = /^(schedule |.*collection )(.+)$/.exec(line) ?? [];
  return machine === '' ? line : join([before, cellCode(machine)]);
}
