import { privateService } from '../../../vector-stores/pinecone/private-link.ts';

/** The parts of a plan that decide whether its store is reached through an endpoint of its own. */
export interface StoreEndpointInputs {
  readonly requirements: {
    readonly compliance: { readonly residency: string };
    readonly infrastructure: { readonly existing: { readonly privateSubnetIds?: readonly string[] | undefined } };
  };
  readonly platform: {
    readonly region: string;
    readonly isolated: boolean;
    readonly availabilityZones: number;
    readonly existing: { readonly vpcId?: string | undefined };
  };
  readonly vectorStore?: { readonly id: string } | undefined;
}

/** Whether the store stands outside the network and is reached by a private endpoint in it. */
export function hasStoreEndpoint({ requirements, platform, vectorStore }: StoreEndpointInputs): boolean {
  const { region, isolated } = platform;
  switch (vectorStore?.id) {
    case 'opensearch-serverless':
      return true;
    case 'pinecone':
      return privateService({ region, isolated, residency: requirements.compliance.residency }) !== undefined;
    default:
      return false;
  }
}

/** Subnets of the store's own endpoint, one a zone: each is billed by the hour. */
export function storeEndpointInterfaces(inputs: StoreEndpointInputs): number {
  if (!hasStoreEndpoint(inputs)) return 0;
  const { platform, requirements } = inputs;
  const subnets =
    platform.existing.vpcId === undefined
      ? Math.max(2, platform.availabilityZones)
      : (requirements.infrastructure.existing.privateSubnetIds?.length ?? 0);
  return inputs.vectorStore?.id === 'opensearch-serverless' ? Math.min(6, subnets) : subnets;
}

/** Alarms of a store that is billed by capacity units: one to write, one to answer. */
export const alarmsOfCapacity = 2;

/** Private zones OpenSearch Serverless makes in the account with its endpoint: of collections, and of domains. */
export const zonesOfSearchEndpoint = 2;
