import type { Plan } from '../../lib/plan/plan.ts';
import { fixturePlan } from '../fixtures/plan.ts';

const base = fixturePlan();
const store = base.vectorStore as NonNullable<Plan['vectorStore']>;
const compliance: Plan['compliance'] = { ...base.compliance, frameworks: ['fedramp-moderate', 'hipaa', 'pci-dss'] };

/** Plans that between them raise every construct the acknowledgements speak of, held to every published pack. */
export const variants: Readonly<Record<string, Plan>> = {
  'pgvector on node groups with a recovery region': fixturePlan({
    compliance,
    platform: { ...base.platform, provisioning: 'managed-node-groups', recoveryRegion: 'us-west-2' },
    vectorStore: { ...store, backup: { ...store.backup, crossRegion: true } },
  }),
  'OpenSearch on Karpenter with IPv6 and a public entry': fixturePlan({
    compliance: { ...compliance, controls: [{ id: 'waf-on-entry', title: 'Firewall', clauses: [] }] },
    platform: {
      ...base.platform,
      provisioning: 'karpenter',
      ipv6: true,
      existing: { hostedZoneId: 'Z0123456789', hostedZoneName: 'example.com' },
    },
    vectorStore: { ...store, id: 'opensearch', size: { ...store.size, nodes: 3, instanceClass: 'r7g.large.search' } },
  }),
  'Qdrant on Auto Mode': fixturePlan({
    compliance,
    platform: { ...base.platform, provisioning: 'auto-mode' },
    vectorStore: { ...store, id: 'qdrant', target: 'kubernetes' },
  }),
  'pgvector in development, asleep at night': fixturePlan({
    compliance,
    platform: { ...base.platform, environment: 'dev' },
    spend: { ...base.spend, scaleToZero: true },
  }),
  'pgvector in development under Karpenter, asleep at night': fixturePlan({
    compliance,
    platform: { ...base.platform, environment: 'dev', provisioning: 'karpenter' },
    spend: { ...base.spend, scaleToZero: true },
  }),
};
