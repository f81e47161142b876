import type { Artifact } from '../../lib/artifacts/artifact.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { volumeKey } from '../clouds/aws/security/key-names.ts';
import { versions } from '../versions.ts';
import { parseImage } from './lock.ts';
import { derivedSuffix, mirroredByCloud, modelPrefix } from './model-files.ts';
import { endpoints, namespaces, secretStore } from './names.ts';
import { prerequisites } from './prerequisites.ts';

/** Checkpoints nobody publishes: what must be made, from where to where. Pods wait for them. */
function checkpoints(plan: Plan): readonly string[] {
  const made = plan.models.filter((model) => derivedSuffix(plan, model) !== '');
  if (made.length === 0) return [];
  const toolchain = plan.decisions.find(({ id }) => id === 'D4')?.parameters.toolchain ?? 'llm-compressor';
  const byJob = (precision: string) => precision === 'q4_k_m' && !mirroredByCloud(plan);
  return [
    '## Checkpoints to make before serving',
    '',
    ...made.map(
      (model) =>
        `- ${model.role} in ${model.precision}: from \`${modelPrefix(model.modelId, model.revision)}\` to ` +
        `\`${modelPrefix(model.modelId, model.revision, derivedSuffix(plan, model))}\`, with \`checksums.txt\` last` +
        (byJob(model.precision)
          ? ' (the mirror job does it)'
          : ` (${toolchain}), or name a published checkpoint in model.id`),
    ),
    '',
  ];
}

/** How these manifests get into a cluster: what must stand before, what the account must fill in. */
export function readme(plan: Plan, images: readonly string[]): Artifact {
  const onAws = plan.platform.cloud === 'aws';
  const autoMode = plan.platform.provisioning === 'auto-mode';
  const open = images.map(parseImage).filter(({ digest }) => !digest);
  const releases = prerequisites(plan).map(
    ({ component, namespace, because }) =>
      `| ${component} | ${versions[component].version} | ${namespace} | ${because} |`,
  );
  const lines = [
    `# Manifests of ${plan.name}`,
    '',
    `Kubernetes ${plan.platform.kubernetesVersion}. One file a chart; \`kustomization.yaml\` names them all.`,
    '',
    '1. `helmfile sync` installs the controllers below, each by version.',
    '2. `./lock-images.sh` resolves and compares image digests; with a registry as argument it also copies the images there.',
    '3. `kubectl apply -k .`, or point Argo CD or Flux at this folder.',
    '',
    '| controller | version | namespace | why |',
    '| --- | --- | --- | --- |',
    ...releases,
    '',
    ...(autoMode
      ? [
          'Auto mode: apply `node-pools.yaml` before step 1, so that the controllers stand on nodes of these classes.',
          '',
        ]
      : []),
    '## What the account fills in',
    '',
    ...(onAws && !plan.platform.existing.kmsKeyArn
      ? [
          `Node and storage classes name the key of volumes as \`${volumeKey(plan)}\`. The build that applies manifests puts its ARN there;`,
          'whoever applies them another way does the same where a driver asks for an ARN.',
          '',
        ]
      : []),
    `A ConfigMap \`${endpoints.configMap}\` in ${[namespaces.serving, namespaces.gateway, namespaces.retrieval].join(', ')}:`,
    '',
    `- \`${endpoints.modelBucket}\`: bucket with the mirrored models`,
    `- \`${endpoints.backupBucket}\`: bucket for copies of the vector store`,
    onAws
      ? `- \`${endpoints.cacheHost}\`: address of the cache`
      : `- \`${endpoints.storageEndpoint}\`: address of the object storage`,
    '',
    `Secrets, read through the ClusterSecretStore \`${secretStore}\`${onAws ? ' (Secrets Manager)' : ' (you create it for your own vault)'}:`,
    '',
    `- \`${plan.name}/gateway\`: \`master-key\`; \`${plan.name}/gateway-salt\`: \`salt-key\`; \`${plan.name}/gateway-hash\`: \`hash-key\``,
    `- \`${plan.name}/cache\`: \`token\``,
    ...(plan.vectorStore && plan.vectorStore.target !== plan.platform.cloud
      ? [
          `- \`${plan.name}/vector-store\`: ${plan.vectorStore.target === 'external' ? '`api-key`, `host`' : '`api-key`'}`,
        ]
      : []),
    ...(onAws
      ? []
      : [
          `- \`${plan.name}/object-storage\`: \`access-key-id\`, \`secret-access-key\``,
          `- \`${plan.name}/model-hub\`: \`token\``,
        ]),
    ...(plan.gateway.routes.some((route) => route.kind === 'hosted')
      ? [`- \`${plan.name}/providers\`: one property a provider`]
      : []),
    '',
    ...checkpoints(plan),
    '## Images without a recorded digest',
    '',
    ...(open.length === 0
      ? ['None: every image is named by digest.']
      : open.map(({ repository, tag }) => `- \`${repository}:${tag}\``)),
    '',
    '## Exceptions',
    '',
    '- Model server containers on a GPU have a writable root file system: the runtime hook of the GPU writes into it. All',
    '  else of the restricted Pod Security level holds for them.',
    `- The namespace \`${namespaces.observability}\` is not under the restricted level: its node agents read the host.`,
    '- Processors have requests and no limits: a throttled server misses its latency goal.',
    '',
  ];
  return { path: 'kubernetes/README.md', contents: lines.join('\n') };
}
