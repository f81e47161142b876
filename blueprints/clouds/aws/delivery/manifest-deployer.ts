import { Aws } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { workloads } from '../../../../lib/plan/workloads.ts';
import type { ClusterStack } from '../cluster/cluster-stack.ts';
import { kubernetesRelease } from '../cluster/versions.ts';
import { allow, arn, decryptWith } from '../iam.ts';
import type { Network } from '../network/network-stack.ts';
import { volumeKey } from '../security/key-names.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStack } from '../stores/data-stack.ts';
import { buildProject } from './build-project.ts';
import { importRegistry, rewriteImages } from './image-import.ts';

/** Where the pipeline puts the zipped `kubernetes/` folder. */
export const manifestKey = 'delivery/kubernetes.zip';

/** Where an operator puts the client of a platform that cannot fetch it. */
export const kubectlKey = 'delivery/kubectl';

/** The client from the bucket, else from the project's own download site against its checksum. */
export function kubectlCommand(version: string): string {
  const address = `https://dl.k8s.io/release/v${version}/bin/linux/arm64/kubectl`;
  return [
    `if ! aws s3 cp --only-show-errors "s3://$MODEL_BUCKET/${kubectlKey}" /usr/local/bin/kubectl 2>/dev/null; then`,
    `  curl --fail --silent --show-error --location --output /usr/local/bin/kubectl ${address}`,
    `  echo "$(curl --fail --silent --show-error --location ${address}.sha256)  /usr/local/bin/kubectl" | sha256sum --check --strict`,
    'fi',
    'chmod +x /usr/local/bin/kubectl',
  ].join('\n');
}

/** The ConfigMap with the names only the account knows; the charts read it in each namespace. */
const endpointsConfigMap = 'platform-endpoints';

/** What the stacks know and manifests do not, by the name charts use. */
function platformEndpoints(data: DataStack): Readonly<Record<string, string>> {
  return {
    MODEL_BUCKET: data.models.ref,
    CACHE_HOST: data.cache.connection?.host ?? '',
    ...(data.backups ? { BACKUP_BUCKET: data.backups.ref } : {}),
    ...(data.corpus ? { CORPUS_BUCKET: data.corpus.ref } : {}),
    ...(data.ingestion ? { INGESTION_QUEUE_URL: data.ingestion.ref } : {}),
    ...(data.vectorStore?.connection?.host ? { VECTOR_STORE_HOST: data.vectorStore.connection.host } : {}),
    ...(data.vectorStore?.secretArns[0] ? { VECTOR_STORE_SECRET_ARN: data.vectorStore.secretArns[0] } : {}),
  };
}

/** P20: the API server is private, so manifests are applied from inside the network, by a role of the cluster's own list. */
export function addManifestDeployer(
  scope: Construct,
  plan: Plan,
  props: {
    readonly keys: KeyRing;
    readonly network: Network;
    readonly data: DataStack;
    readonly cluster: ClusterStack;
  },
): void {
  const { data, cluster } = props;
  const endpoints = platformEndpoints(data);
  const literals = Object.keys(endpoints).map((name) => `--from-literal=${name}="$${name}"`);
  const apply = 'kubectl apply --server-side --force-conflicts -f -';
  // Node and storage classes name the key by its alias; the drivers of volumes are documented with its ARN.
  const keyFilter = plan.platform.existing.kmsKeyArn ? [] : [`sed "s#${volumeKey(plan)}#$VOLUME_KEY_ARN#"`];
  const { serving, gateway, retrieval } = workloads.namespaces;
  const project = buildProject(scope, 'ManifestDeployer', {
    plan,
    keys: props.keys,
    network: props.network,
    name: 'manifests',
    description: 'Applies the manifests to the cluster',
    source: { bucketAndKey: `${data.models.ref}/${manifestKey}` },
    environment: {
      ...endpoints,
      CLUSTER: cluster.clusterName,
      VOLUME_KEY_ARN: props.keys.cluster,
      ...(plan.platform.isolated ? { IMAGE_REGISTRY: importRegistry(plan) } : {}),
    },
    timeoutMinutes: 60,
    commands: [
      kubectlCommand(kubernetesRelease(plan.platform.kubernetesVersion).kubectl),
      'aws eks update-kubeconfig --name "$CLUSTER"',
      [
        `for namespace in ${serving} ${gateway} ${retrieval}; do`,
        `  kubectl create namespace "$namespace" --dry-run=client -o yaml | ${apply}`,
        `  kubectl create configmap ${endpointsConfigMap} -n "$namespace" ${literals.join(' ')} --dry-run=client -o yaml | ${apply}`,
        'done',
      ].join('\n'),
      ['kubectl kustomize .', ...(plan.platform.isolated ? [rewriteImages] : []), ...keyFilter, apply].join(' | '),
    ],
    statements: [
      allow(
        ['s3:GetObject', 's3:GetObjectVersion'],
        [`${data.models.attrArn}/${manifestKey}`, `${data.models.attrArn}/${kubectlKey}`],
      ),
      allow(['s3:GetBucketLocation', 's3:ListBucket'], [data.models.attrArn]),
      decryptWith(props.keys.models, 's3'),
      allow(['eks:DescribeCluster'], [arn('eks', `cluster/${cluster.clusterName}`)]),
    ],
  });
  new CfnAccessEntry(scope, 'ManifestAccess', {
    clusterName: cluster.clusterName,
    principalArn: project.role.attrArn,
    type: 'STANDARD',
    accessPolicies: [
      {
        policyArn: `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
        accessScope: { type: 'cluster' },
      },
    ],
  });
  if (!cluster.apiAccess) return;
  new CfnSecurityGroupIngress(scope, 'ManifestToApiServer', {
    groupId: cluster.apiAccess.attrGroupId,
    sourceSecurityGroupId: project.securityGroup.attrGroupId,
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    description: 'Build that applies the manifests',
  });
}
