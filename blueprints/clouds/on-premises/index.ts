import type { CloudFacts } from '../../../lib/catalog/products.ts';

const source = { ref: 'answers:infrastructure.owned', date: '2026-11-01', note: 'hardware the user names' } as const;

/** A cluster on hardware of one's own: no stacks, the manifests alone (P21). */
export const onPremisesFacts: CloudFacts = {
  title: 'Hardware of your own',
  pros: ['No hourly price for machines', 'Data never leaves the building'],
  cons: ['Capacity is what stands there; a peak above it waits', 'Power, repair and spare parts are yours'],
  reversal: 'Change the cloud in the answers; the Kubernetes manifests stay as they are.',
  sources: [source],
  regions: [
    { id: 'on-premises', residency: ['eu', 'us', 'us-gov', 'uk', 'ca', 'au', 'jp', 'in'], zones: 1, partition: 'none' },
  ],
  kubernetesVersion: '1.36',
  provisioning: {
    existing: {
      title: 'The nodes that stand there',
      feePercentOfInstance: 0,
      pros: ['Nothing to provision'],
      cons: ['Nothing grows with the load'],
      reversal: 'Add machines by hand, or change the cloud in the answers.',
      sources: [source],
    },
  },
};
