import type { Proof } from '../../../lib/compliance/index.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import {
  asObject,
  asText,
  at,
  isSet,
  type JsonObject,
  type KubernetesObject,
  ofType,
  type World,
} from './nag/world.ts';

/** How AWS proves one guarantee: the resources that carry it and what an auditor runs to see them live. */
export interface ControlProof {
  /** Addresses of resources and objects; empty: nothing proves it. */
  readonly resources: (world: World) => readonly string[];
  readonly evidence: (plan: Plan) => string;
  /** The user's own network, cluster or key: then the guarantee is theirs to show. */
  readonly instead?: (plan: Plan) => Extract<Proof, { kind: 'duty' | 'not-applicable' }> | undefined;
}

/** Every resource of some types. */
export const addresses = (world: World, ...types: readonly string[]) =>
  ofType(world, ...types).map(({ address }) => address);

/** Resources of some types that set a property. */
export const withProperty =
  (path: string, ...types: readonly string[]) =>
  (world: World) =>
    ofType(world, ...types)
      .filter(({ properties }) => isSet(at(properties, path)))
      .map(({ address }) => address);

/** `kubernetes/serving/Deployment/chat`: a manifest has no address of its own. */
export function objectName(object: KubernetesObject): string {
  const { namespace, name } = asObject(object.metadata);
  return ['kubernetes', asText(namespace), asText(object.kind), asText(name)].filter(Boolean).join('/');
}

export const objectsOf = (world: World, kind: string, wanted: (object: JsonObject) => boolean = () => true) =>
  world.objects.filter((object) => object.kind === kind && wanted(object)).map(objectName);

/** Pod templates of every workload. */
export const podSpecs = (world: World) =>
  world.objects.flatMap((object) => {
    const template = at(object, 'spec.template.spec') ?? at(object, 'spec.jobTemplate.spec.template.spec');
    return template === undefined ? [] : [{ object, spec: asObject(template) }];
  });

export const existingVpc = (plan: Plan): Extract<Proof, { kind: 'duty' }> | undefined =>
  plan.platform.existing.vpcId === undefined
    ? undefined
    : { kind: 'duty', because: `The network ${plan.platform.existing.vpcId} is yours: show it there.` };

export const existingCluster = (plan: Plan): Extract<Proof, { kind: 'duty' }> | undefined =>
  plan.platform.existing.clusterName === undefined
    ? undefined
    : { kind: 'duty', because: `The cluster ${plan.platform.existing.clusterName} is yours: show it there.` };

export const existingKey = (plan: Plan): Extract<Proof, { kind: 'duty' }> | undefined =>
  plan.platform.existing.kmsKeyArn === undefined
    ? undefined
    : { kind: 'duty', because: 'The key of the answers is yours: show its rotation there.' };

/** Name of the cluster, ours or the user’s. */
export const cluster = (plan: Plan) => plan.platform.existing.clusterName ?? plan.name;

/** Stores that name a key of ours, whatever their kind calls the property. */
export function withKeys(world: World): readonly string[] {
  const kinds =
    /^AWS::(S3::Bucket|RDS::DB(Instance|Cluster)|OpenSearchService::Domain|OpenSearchServerless::SecurityPolicy|SQS::Queue|SNS::Topic|Logs::LogGroup|ElastiCache::ReplicationGroup|ECR::Repository|SecretsManager::Secret|Backup::BackupVault|EC2::LaunchTemplate|KinesisFirehose::DeliveryStream)$/;
  return world.resources
    .filter(
      ({ type, properties }) =>
        kinds.test(type) &&
        /[Kk](ms|MS)?KeyI[dD]|KmsKey|KeyArn|KmsARN|KMSMasterKeyID|EncryptionKeyArn/.test(JSON.stringify(properties)),
    )
    .map(({ address }) => address);
}

/** Whether a container's image is pinned by digest. */
export function hasDigest(container: Parameters<typeof asObject>[0]): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(asText(asObject(container).image) ?? '');
}
