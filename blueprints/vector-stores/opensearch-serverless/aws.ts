import { createHash } from 'node:crypto';
import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnAccessPolicy,
  CfnCollection,
  CfnCollectionGroup,
  CfnSecurityPolicy,
  CfnVpcEndpoint,
} from 'aws-cdk-lib/aws-opensearchserverless';
import type { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';
import { allow } from '../../clouds/aws/iam.ts';
import { noOutgoingTraffic } from '../../clouds/aws/network/endpoint-egress.ts';
import type { DataContext, DataStore, StoreRoles } from '../../clouds/aws/stores/data-context.ts';
import { limitFor } from './facts.ts';

const port = 443;
/** Subnets an endpoint of the service may have. */
const maxSubnets = 6;
/**
 * Context key with the id of an endpoint of the service that stands in the network already: a network takes one, since
 * each brings the same private zone. Only for a network of the user's own.
 */
export const endpointContext = 'groundplan:openSearchServerlessEndpoint';

/**
 * Name of the collection: 28 characters at most. Its policies and group add a short ending and stay within 32. What is
 * cut off a long name stands for itself in a hash, so that two platforms of one account do not meet.
 */
export function collectionName({ name }: Pick<Plan, 'name'>): string {
  const short =
    name.length <= 20 ? name : `${name.slice(0, 13)}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;
  return `${short}-vectors`;
}

/** A collection for vectors and text: key of ours, reached through one private endpoint, capacity limited by its group. */
export function build(scope: Construct, plan: Plan, context: DataContext): DataStore {
  const units = plan.vectorStore?.size.capacityUnits;
  if (!units) throw new Error('opensearch-serverless was asked for by a plan without capacity units');
  const name = collectionName(plan);
  const resource = `collection/${name}`;
  const securityGroup = new CfnSecurityGroup(scope, 'VectorStoreSecurityGroup', {
    vpcId: context.network.vpcId,
    groupDescription: 'Vector store',
    securityGroupEgress: [noOutgoingTraffic],
  });
  const encryption = new CfnSecurityPolicy(scope, 'VectorStoreEncryption', {
    name: `${name}-key`,
    type: 'encryption',
    description: 'The key of the corpus class; it cannot be changed afterwards',
    policy: JSON.stringify({
      Rules: [{ ResourceType: 'collection', Resource: [resource] }],
      AWSOwnedKey: false,
      KmsARN: context.corpusKeyArn,
    }),
  });
  const network = new CfnSecurityPolicy(scope, 'VectorStoreNetwork', {
    name: `${name}-net`,
    type: 'network',
    description: 'From the endpoint of this platform alone; no dashboard',
    policy: JSON.stringify([
      {
        Rules: [{ ResourceType: 'collection', Resource: [resource] }],
        AllowFromPublic: false,
        SourceVPCEs: [endpointId(scope, plan, context, { name, securityGroupId: securityGroup.attrGroupId })],
      },
    ]),
  });
  const limits = { indexing: limitFor(units.indexing), search: limitFor(units.search) };
  const standbyReplicas = context.production ? 'ENABLED' : 'DISABLED';
  const group = new CfnCollectionGroup(scope, 'VectorStoreCapacity', {
    name: `${name}-ocu`,
    description: `Most capacity ${plan.name} may use`,
    generation: 'CLASSIC',
    standbyReplicas,
    capacityLimits: { maxIndexingCapacityInOcu: limits.indexing, maxSearchCapacityInOcu: limits.search },
  });
  const collection = new CfnCollection(scope, 'VectorStore', {
    name,
    type: 'VECTORSEARCH',
    description: `Vectors and text of ${plan.name}`,
    collectionGroupName: group.name,
    standbyReplicas,
    deletionProtection: context.production ? 'ENABLED' : 'DISABLED',
  });
  for (const first of [encryption, network, group]) collection.addResourceDependency(first);
  // What a collection stands in or is encrypted by stays with it: neither can go while it is there.
  for (const kept of [collection, group, encryption]) kept.applyRemovalPolicy(RemovalPolicy.RETAIN);
  // Its FIPS address is an attribute no template can read, and has a documented form.
  const host = plan.platform.fips
    ? `${collection.attrId}.${Aws.REGION}.aoss-fips.amazonaws.com`
    : Fn.select(1, Fn.split('//', collection.attrCollectionEndpoint));
  const call = [allow(['aoss:APIAccessAll'], [collection.attrArn])];
  return {
    connection: { securityGroupId: securityGroup.attrGroupId, port, host },
    secretArns: [],
    statements: call,
    administration: call,
    admit: (where, roles) => admit(where, name, roles),
    capacity: { groupId: group.attrId, groupName: group.name, limits },
    audited: { type: 'AWS::AOSS::Collection', arn: collection.attrArn },
    backupArns: [],
  };
}

/** The endpoint the service manages in our subnets, or the one that is in the user's network already. */
function endpointId(
  scope: Construct,
  plan: Plan,
  context: DataContext,
  props: { readonly name: string; readonly securityGroupId: string },
): string {
  const existing: unknown = plan.platform.existing.vpcId ? scope.node.tryGetContext(endpointContext) : undefined;
  if (typeof existing === 'string') return existing;
  return new CfnVpcEndpoint(scope, 'VectorStoreEndpoint', {
    name: `${props.name}-end`,
    vpcId: context.network.vpcId,
    subnetIds: context.network.dataSubnetIds.slice(0, maxSubnets),
    securityGroupIds: [props.securityGroupId],
  }).attrId;
}

/**
 * Who may do what inside the collection. Ingestion writes and searches; the administrator makes and removes indexes,
 * aliases and pipelines, and restores snapshots. Raised beside the roles, since it names them.
 */
function admit(scope: Construct, name: string, roles: StoreRoles): void {
  const rule = (ResourceType: 'collection' | 'index', Permission: readonly string[]) => ({
    ResourceType,
    Resource: [ResourceType === 'index' ? `index/${name}/*` : `collection/${name}`],
    Permission: Permission.map((each) => `aoss:${each}`),
  });
  new CfnAccessPolicy(scope, 'VectorStoreAccess', {
    name: `${name}-in`,
    type: 'data',
    description: 'Roles that read and write vectors, and nobody else',
    policy: JSON.stringify([
      {
        Description: 'Ingestion and search',
        Rules: [
          rule('collection', ['DescribeCollectionItems']),
          rule('index', ['CreateIndex', 'DescribeIndex', 'ReadDocument', 'WriteDocument']),
        ],
        Principal: [roles.ingestion],
      },
      {
        Description: 'Indexes, aliases, pipelines and restores',
        Rules: [
          rule('collection', [
            'CreateCollectionItems',
            'DescribeCollectionItems',
            'UpdateCollectionItems',
            'DeleteCollectionItems',
            'DescribeSnapshot',
            'RestoreSnapshot',
          ]),
          rule('index', ['CreateIndex', 'DescribeIndex', 'UpdateIndex', 'DeleteIndex', 'ReadDocument']),
        ],
        Principal: [roles.administrator],
      },
    ]),
  });
}
