import type { Artifact } from '../../../lib/artifacts/artifact.ts';
import type { Plan } from '../../../lib/plan/plan.ts';
import { kubernetesRelease } from './cluster/versions.ts';
import { clusterAccessSection } from './cluster-access.ts';
import { kubectlKey, manifestKey } from './delivery/manifest-deployer.ts';
import { wantsDetection } from './security/config-rules.ts';
import { entryHost } from './security/entry.ts';
import { volumeKey } from './security/key-names.ts';
import { type PreparationStep, stepsAfterStacks, stepsBeforeStacks } from './stores/preparation.ts';
import { hasStoreEndpoint } from './stores/store-endpoint.ts';

const always = () => true;

/** Whether the data stack guards the vector store by a security group. */
function hasOwnGroup(plan: Plan): boolean {
  const { id, target } = plan.vectorStore ?? {};
  return (target === 'aws' && id !== 's3-vectors') || hasStoreEndpoint(plan);
}

/** What a stack cannot do: settings of the whole account, and steps that need a person. */
function steps(plan: Plan): readonly PreparationStep[] {
  const { region, isolated, existing } = plan.platform;
  const bucket = `$(aws cloudformation describe-stack-resource --region ${region} --stack-name ${plan.name}-data --logical-resource-id Models --query StackResourceDetail.PhysicalResourceId --output text)`;
  const unpinned = plan.models.filter(({ revision }) => revision === undefined).map(({ modelId }) => modelId);
  return [
    {
      title: 'Name the commit of the model',
      because:
        'the mirror copies pinned revisions only, and the commit of this model is not known here: put what the command prints into groundplan.yaml as model.revision and generate again',
      command: unpinned
        .map((id) => `curl -sSf https://huggingface.co/api/models/${id}/revision/main | jq -r .sha`)
        .join('\n'),
      when: () => unpinned.length > 0,
    },
    {
      title: 'Bootstrap the account for the CDK',
      because: 'deployments assume the roles it makes',
      command: `npx cdk bootstrap aws://$(aws sts get-caller-identity --query Account --output text)/${region}`,
      when: always,
    },
    {
      title: 'Service-linked role of OpenSearch',
      because: 'a domain inside a network cannot be made without it; the command fails harmlessly where it exists',
      command: 'aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com || true',
      when: ({ vectorStore }) => vectorStore?.id === 'opensearch',
    },
    {
      title: 'Service-linked role of Spot',
      because: 'the first Spot machine of an account needs it',
      command: 'aws iam create-service-linked-role --aws-service-name spot.amazonaws.com || true',
      when: ({ platform }) => platform.nodePools.some((pool) => pool.purchase === 'spot'),
    },
    {
      title: 'Activate the allocation tags',
      because: 'budget, anomaly monitor and bill split by them; takes a day, and is done in the paying account',
      command:
        'aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=groundplan:platform,Status=Active TagKey=groundplan:environment,Status=Active',
      when: ({ platform }) => platform.partition === 'aws',
    },
    {
      title: 'Services the account runs already',
      because:
        'GuardDuty, Security Hub, Config and registry scanning exist once a region: where the account has them, use the command below in place of each `npx cdk deploy` of this page, and the stacks leave them alone',
      command: 'npx cdk deploy --all -c groundplan:accountBaseline=existing',
      when: wantsDetection,
    },
    {
      title: 'Budgets of a GovCloud account',
      because: 'they live in the commercial account that pays for it: set the ceiling there',
      when: ({ platform }) => platform.partition === 'aws-us-gov',
    },
    {
      title: 'Endpoints of your own network',
      because:
        'the stacks add nothing to it: the private subnets need S3, ECR, EKS, STS and the others by endpoint or NAT',
      when: () => existing.vpcId !== undefined,
    },
    {
      title: 'Policy of your own key',
      because: `one key serves all classes of data, and its policy is yours: let logs.${region}, cloudtrail, config, s3, sns, budgets, costalerts, cloudwatch and events .amazonaws.com use it for this account, AWSServiceRoleForAutoScaling use it and create grants through EC2, and IAM decide for the roles of the account`,
      when: () => existing.kmsKeyArn !== undefined,
    },
    ...stepsBeforeStacks(plan),
    {
      title: 'Volume driver of your own cluster',
      because: `claims are encrypted with ${volumeKey(plan)}: let the role of its EBS driver use that key and create grants through EC2`,
      when: () => existing.clusterName !== undefined,
    },
    {
      title: 'Deploy the stacks',
      because: 'in the order the CDK finds; confirm the e-mail each on-call address gets',
      command: 'npx cdk deploy --all',
      when: always,
    },
    {
      title: 'Default key of volumes',
      because:
        'our node classes name the platform’s key, but the two pools auto mode brings with it take the default of the account: nodes that start afterwards follow',
      command: `aws ec2 enable-ebs-encryption-by-default --region ${region} && aws ec2 modify-ebs-default-kms-key-id --region ${region} --kms-key-id ${volumeKey(plan)}`,
      when: ({ platform }) => platform.provisioning === 'auto-mode',
    },
    {
      title: 'Token of the model hub',
      because:
        'gated models are mirrored with it; the mirror reads it from the secret store, encrypted with the key the stacks have made; type the token and end with Ctrl-D',
      command: `aws secretsmanager create-secret --region ${region} --name ${plan.name}/model-hub --kms-key-id ${existing.kmsKeyArn ?? `alias/${plan.name}/secrets`} --secret-string file:///dev/stdin`,
      when: ({ models }) => models.length > 0 && !isolated,
    },
    ...stepsAfterStacks(plan),
    {
      title: 'Open the stores to your cluster',
      because: 'the stacks do not know the security group of its nodes: put it in place of GROUP, once a store',
      command: ['VectorStoreSecurityGroup', 'CacheSecurityGroup']
        .map((group) =>
          [
            `aws ec2 authorize-security-group-ingress --region ${region} --protocol tcp --source-group GROUP`,
            `--port ${group === 'CacheSecurityGroup' ? 6379 : plan.vectorStore?.id === 'pgvector' ? 5432 : 443}`,
            `--group-id $(aws cloudformation describe-stack-resource --region ${region} --stack-name ${plan.name}-data --logical-resource-id ${group} --query StackResourceDetail.PhysicalResourceId --output text)`,
          ].join(' '),
        )
        .slice(hasOwnGroup(plan) ? 0 : 1)
        .join('\n'),
      when: () => existing.clusterName !== undefined && existing.clusterSecurityGroupId === undefined,
    },
    {
      title: 'Mirror the models',
      because: 'nothing is served before its files and checksums are in the bucket',
      command: isolated
        ? './scripts/import-models.sh    # from a machine that reaches the hub'
        : `aws codebuild start-build --region ${region} --project-name ${plan.name}-model-mirror`,
      when: ({ models }) => models.length > 0,
    },
    {
      title: 'Bring the images',
      because: 'every image of the manifests is copied by digest; the build then points the manifests at the copies',
      command: './scripts/import-images.sh    # needs skopeo, kubectl and a way to both registries',
      when: () => isolated,
    },
    {
      title: 'Bring the client of the cluster',
      because: 'the build that applies manifests has no way to fetch it',
      command: `curl -LO https://dl.k8s.io/release/v${kubernetesRelease(plan.platform.kubernetesVersion).kubectl}/bin/linux/arm64/kubectl && aws s3 cp kubectl "s3://${bucket}/${kubectlKey}"`,
      when: () => isolated,
    },
    {
      title: 'Apply the manifests',
      because: 'the API server is private: a build inside the network applies them and the names of the account',
      command: `(cd kubernetes && zip -qr - .) | aws s3 cp - "s3://${bucket}/${manifestKey}" && aws codebuild start-build --region ${region} --project-name ${plan.name}-manifests`,
      when: always,
    },
    {
      title: 'Point the name at the load balancer',
      because: `the controller in the cluster raises it from the manifests: make ${entryHost(plan)} an alias of its address`,
      command: 'kubectl -n gateway get ingress gateway',
      when: () => entryHost(plan) !== undefined,
    },
  ];
}

const intro =
  'Ask for the quotas of [Capacity to request](capacity-requests.md) first: GPU quotas take days. Then, in this order:';

/** `docs/first-deployment.md`: what a person does once, in order, and why. */
export function preparationArtifact(plan: Plan): Artifact {
  const asked = steps(plan).filter((step) => step.when(plan));
  const lines = asked.flatMap(({ title, because, command }, index) => [
    `## ${index + 1}. ${title}`,
    '',
    `${because[0]?.toUpperCase()}${because.slice(1)}.`,
    '',
    ...(command ? ['```sh', command, '```', ''] : []),
  ]);
  return {
    path: 'docs/first-deployment.md',
    contents: ['# First deployment', '', intro, '', ...lines, clusterAccessSection(plan)].join('\n'),
  };
}
