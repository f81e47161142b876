import type { Plan } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

type Platform = Plan['platform'];
const base = fixturePlan();
const platform = (changes: Partial<Platform>): Plan => fixturePlan({ platform: { ...base.platform, ...changes } });
const store = (changes: Partial<NonNullable<Plan['vectorStore']>>): Plan =>
  fixturePlan({ vectorStore: { ...(base.vectorStore as NonNullable<Plan['vectorStore']>), ...changes } });
const size = (base.vectorStore as NonNullable<Plan['vectorStore']>).size;
const [general, chat, retrieval] = base.platform.nodePools as [
  Platform['nodePools'][number],
  Platform['nodePools'][number],
  Platform['nodePools'][number],
];

/** Plans that between them raise every resource the stacks know. */
export const plans = {
  base,
  karpenter: {
    ...platform({ provisioning: 'karpenter', recoveryRegion: 'us-west-2' }),
    vectorStore: {
      ...(base.vectorStore as NonNullable<Plan['vectorStore']>),
      backup: { intervalHours: 6, retentionDays: 35, crossRegion: true },
    },
  },
  'amazon linux': platform({
    nodeOperatingSystem: 'al2023',
    nodePools: [general, { ...chat, localNvme: true, efa: true, instanceTypes: ['p5en.48xlarge'] }, retrieval],
  }),
  'auto-mode': platform({ provisioning: 'auto-mode', ipv6: true }),
  isolated: platform({ isolated: true, natGateways: 0, fips: true }),
  opensearch: store({ id: 'opensearch', size: { ...size, instanceClass: 'r7g.large.search', nodes: 3 } }),
  's3-vectors': store({ id: 's3-vectors' }),
  'opensearch-serverless': store({
    id: 'opensearch-serverless',
    size: { ...size, instanceClass: 'OCU', nodes: 6, capacityUnits: { indexing: 2, search: 4 } },
  }),
  'serverless in an estate': {
    ...platform({
      fips: true,
      existing: {
        vpcId: 'vpc-0123456789abcdef0',
        privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        availabilityZones: ['us-east-1a', 'us-east-1b'],
      },
    }),
    vectorStore: {
      ...(base.vectorStore as NonNullable<Plan['vectorStore']>),
      id: 'opensearch-serverless',
      size: { ...size, capacityUnits: { indexing: 0.5, search: 0.5 } },
    },
  },
  'private Pinecone': {
    ...platform({ isolated: true, natGateways: 0 }),
    vectorStore: {
      ...(base.vectorStore as NonNullable<Plan['vectorStore']>),
      id: 'pinecone',
      target: 'external',
    },
  },
  'in-cluster store': store({ id: 'qdrant', target: 'kubernetes' }),
  'hosted model': {
    ...store({ id: 'pinecone', target: 'external' }),
    gateway: {
      ...base.gateway,
      routes: [
        {
          ...(base.gateway.routes[0] as Plan['gateway']['routes'][number]),
          kind: 'hosted',
          target: 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
        },
      ],
    },
  },
  development: fixturePlan({
    platform: { ...base.platform, environment: 'dev', natGateways: 1, availabilityZones: 2 },
    spend: { ...base.spend, scaleToZero: true },
    compliance: { ...base.compliance, frameworks: [], controls: [] },
    audit: { ...base.audit, promptLog: false, writeOnce: false },
    vectorStore: undefined,
    retrieval: undefined,
  }),
  'development under Karpenter': fixturePlan({
    platform: { ...base.platform, environment: 'dev', provisioning: 'karpenter' },
    spend: { ...base.spend, scaleToZero: true },
  }),
  'development in auto mode': fixturePlan({
    platform: { ...base.platform, environment: 'dev', provisioning: 'auto-mode' },
    spend: { ...base.spend, scaleToZero: true },
  }),
  'existing estate': platform({
    existing: {
      vpcId: 'vpc-0123456789abcdef0',
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      availabilityZones: ['us-east-1a', 'us-east-1b'],
      clusterName: 'ours',
      kmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555',
    },
  }),
  govcloud: {
    ...platform({ region: 'us-gov-west-1', partition: 'aws-us-gov', fips: true }),
    compliance: { ...base.compliance, frameworks: ['fedramp-moderate'], controls: [] },
  },
  'multi-node': platform({
    nodePools: [
      general,
      {
        ...chat,
        instanceTypes: ['p5en.48xlarge'],
        gpusPerNode: 8,
        gpuLimit: 24,
        efa: true,
        purchase: 'capacity-block',
        reservationIds: ['cr-0123456789abcdef0'],
      },
      { ...retrieval, reservationIds: ['cr-0123456789abcdef1', 'cr-0123456789abcdef2'] },
    ],
  }),
  'public entry': platform({ existing: { hostedZoneId: 'Z0123456789ABC', hostedZoneName: 'example.com' } }),
} as const satisfies Record<string, Plan>;

export type PlanName = keyof typeof plans;
