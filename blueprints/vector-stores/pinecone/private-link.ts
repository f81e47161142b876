import type { Source } from '../../../lib/catalog/source.ts';

export const privateEndpoints: Source = {
  ref: 'docs.pinecone.io/guides/production/configure-private-endpoints',
  date: '2026-11-21',
  note: 'Enterprise plan; reads and writes only: indexes are made and described over the internet',
};

/** The vendor's endpoint service of one region, and the zone its indexes are named in. */
export interface PrivateService {
  readonly serviceName: string;
  /** An index answers at `<index>-<project>.svc.<zone>`; one wildcard covers every index of the region. */
  readonly zone: string;
}

/** Regions with an endpoint service, as the vendor publishes them. */
export const privateServices: Readonly<Record<string, PrivateService>> = {
  'ap-southeast-1': {
    serviceName: 'com.amazonaws.vpce.ap-southeast-1.vpce-svc-0c12f00812e786068',
    zone: 'private.aps-d9bb-582b.pinecone.io',
  },
  'eu-central-1': {
    serviceName: 'com.amazonaws.vpce.eu-central-1.vpce-svc-037997ff6b3d25e34',
    zone: 'private.apec-a2ee-38c6.pinecone.io',
  },
  'eu-west-1': {
    serviceName: 'com.amazonaws.vpce.eu-west-1.vpce-svc-03c6b7e17ff02a70f',
    zone: 'private.apu-57e2-42f6.pinecone.io',
  },
  'us-east-1': {
    serviceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-05ef6f1f0b9130b54',
    zone: 'private.aped-4627-b74a.pinecone.io',
  },
  'us-west-2': {
    serviceName: 'com.amazonaws.vpce.us-west-2.vpce-svc-04ecb9a0e0d5aab01',
    zone: 'private.apw5-4e34-81fa.pinecone.io',
  },
};

/** The service a platform reaches its index through; undefined where the internet is accepted or nothing else is offered. */
export function privateService(use: {
  readonly region: string;
  readonly isolated: boolean;
  readonly residency: string;
}): PrivateService | undefined {
  return use.isolated || use.residency !== 'none' ? privateServices[use.region] : undefined;
}
