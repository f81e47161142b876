import { CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import { sleepCommands, sleepGroup } from '../../../kubernetes/sleep.ts';
import type { ClusterStack } from '../cluster/cluster-stack.ts';
import { kubernetesRelease } from '../cluster/versions.ts';
import { buildProject } from '../delivery/build-project.ts';
import { kubectlCommand, kubectlKey } from '../delivery/manifest-deployer.ts';
import { allow, arn, decryptWith } from '../iam.ts';
import type { Network } from '../network/network-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStack } from '../stores/data-stack.ts';

export interface SleepBuildProps {
  readonly keys: KeyRing;
  readonly network: Network;
  readonly data: DataStack;
  readonly cluster: ClusterStack;
}

/**
 * Machines that a controller in the cluster starts end when nothing asks for them, so the replicas are what sleeps. The
 * API server is private: a build inside the network changes them, by a role whose group may do that alone.
 *
 * @returns name of the project; `MODE` is `sleep` or `wake`
 */
export function addSleepBuild(scope: Construct, plan: Plan, props: SleepBuildProps): string {
  const { data, cluster } = props;
  const project = buildProject(scope, 'SleepBuild', {
    plan,
    keys: props.keys,
    network: props.network,
    name: 'sleep',
    description: 'Takes the replicas of model servers to none and back',
    environment: { MODE: 'wake', CLUSTER: cluster.clusterName, MODEL_BUCKET: data.models.ref },
    timeoutMinutes: 15,
    commands: [
      kubectlCommand(kubernetesRelease(plan.platform.kubernetesVersion).kubectl),
      'aws eks update-kubeconfig --name "$CLUSTER"',
      [
        'case "$MODE" in',
        'sleep)',
        ...sleepCommands(plan, 'sleep').map((command) => `  ${command}`),
        '  ;;',
        'wake)',
        ...sleepCommands(plan, 'wake').map((command) => `  ${command}`),
        '  ;;',
        '*)',
        '  echo "MODE is sleep or wake, not $MODE" >&2',
        '  exit 1',
        '  ;;',
        'esac',
      ].join('\n'),
    ],
    statements: [
      allow(['s3:GetObject', 's3:GetObjectVersion'], [`${data.models.attrArn}/${kubectlKey}`]),
      decryptWith(props.keys.models, 's3'),
      allow(['eks:DescribeCluster'], [arn('eks', `cluster/${cluster.clusterName}`)]),
    ],
  });
  new CfnAccessEntry(scope, 'SleepAccess', {
    clusterName: cluster.clusterName,
    principalArn: project.role.attrArn,
    type: 'STANDARD',
    kubernetesGroups: [sleepGroup],
  });
  if (cluster.apiAccess) {
    new CfnSecurityGroupIngress(scope, 'SleepToApiServer', {
      groupId: cluster.apiAccess.attrGroupId,
      sourceSecurityGroupId: project.securityGroup.attrGroupId,
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      description: 'Build that changes the replicas of model servers',
    });
  }
  return `${plan.name}-sleep`;
}
