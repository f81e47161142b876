import { describe, expect, test } from 'vitest';
import { preparationArtifact } from '../../blueprints/clouds/aws/account-preparation.ts';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import { type PlanName, plans } from './plans.ts';
import { checkPromises, only, type Templates, text } from './stacks.ts';

interface KeyStatement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Principal?: { readonly AWS?: unknown };
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const keyPolicy = (t: Templates): KeyStatement[] => only(t, 'Security/ClusterKey').Properties.KeyPolicy.Statement;
const everybody = (t: Templates) => keyPolicy(t).filter(({ Principal }) => Principal?.AWS === '*');
const grants = ({ Action }: KeyStatement) => [Action].flat().includes('kms:CreateGrant');

/** What is wrong with a role's use of the volume key: not the key alone, not through EC2, grants for anybody. */
function misuse(t: Templates, policy: string): readonly unknown[] {
  const statements: KeyStatement[] = only(t, policy).Properties.PolicyDocument.Statement;
  const used = statements.filter(
    ({ Action, Resource }) => text(Action).includes('kms:') && text(Resource).includes('ClusterKey'),
  );
  return [
    ...(used.some(grants) ? [] : ['may not create grants']),
    ...used.filter(({ Resource }) => Resource === '*'),
    ...used.filter((each) => grants(each) && each.Condition?.Bool?.['kms:GrantIsForAWSResource'] !== 'true'),
    ...used.filter(
      (each) =>
        text(each.Action) !== '["kms:DescribeKey"]' &&
        !text(each.Condition?.StringEquals?.['kms:ViaService']).includes('ec2.'),
    ),
  ];
}

function widen(t: Templates, policy: string): void {
  const statements: { Condition?: unknown; Action: readonly string[] }[] = only(t, policy).Properties.PolicyDocument
    .Statement;
  for (const each of statements) if (each.Action.includes('kms:CreateGrant')) delete each.Condition;
}

checkPromises('key of volumes (P14)', [
  {
    title: 'node groups: only Auto Scaling’s own role uses the key, only through EC2',
    plan: 'base',
    problems: (t) =>
      everybody(t).filter(
        (each) =>
          text(each.Condition?.ArnEquals?.['aws:PrincipalArn']) !==
            text([
              {
                'Fn::Join': [
                  '',
                  [
                    'arn:',
                    { Ref: 'AWS::Partition' },
                    ':iam::',
                    { Ref: 'AWS::AccountId' },
                    ':role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
                  ],
                ],
              },
            ]) ||
          !text(each.Condition?.StringEquals?.['kms:ViaService']).includes('ec2.') ||
          (grants(each) && each.Condition?.Bool?.['kms:GrantIsForAWSResource'] !== 'true'),
      ),
    defect: (t) => {
      const [first] = everybody(t) as { Condition?: { ArnEquals?: unknown } }[];
      delete first?.Condition?.ArnEquals;
    },
  },
  {
    title: 'auto mode: no role uses the key by its policy, the control plane by its own',
    plan: 'auto-mode',
    problems: (t) => [...everybody(t), ...misuse(t, 'Cluster/ControlPlaneRolePolicy')],
    defect: (t) => widen(t, 'Cluster/ControlPlaneRolePolicy'),
  },
  {
    title: 'Karpenter starts volumes under the key and does nothing else with it',
    plan: 'karpenter',
    problems: (t) => misuse(t, 'Cluster/KarpenterRolePolicy'),
    defect: (t) => widen(t, 'Cluster/KarpenterRolePolicy'),
  },
  {
    title: 'the volume driver makes claims under the key and does nothing else with it',
    plan: 'base',
    problems: (t) => misuse(t, 'Cluster/VolumeDriverRolePolicy'),
    defect: (t) => widen(t, 'Cluster/VolumeDriverRolePolicy'),
  },
  {
    title: 'auto mode tags machines, so that the budget sees them, and only those of this cluster',
    plan: 'auto-mode',
    problems: (t) => {
      const statements: KeyStatement[] = only(t, 'Cluster/ControlPlaneRolePolicy').Properties.PolicyDocument.Statement;
      const starts = statements.filter(({ Action }) => [Action].flat().includes('ec2:RunInstances'));
      return starts.length === 1 && text(starts[0]?.Condition).includes('aws:RequestTag/eks:eks-cluster-name')
        ? []
        : ['machines without our tags'];
    },
    defect: (t) => {
      const statements: KeyStatement[] = only(t, 'Cluster/ControlPlaneRolePolicy').Properties.PolicyDocument.Statement;
      statements.pop();
    },
  },
  {
    title: 'the build puts the ARN of the key where the manifests have its alias',
    plan: 'karpenter',
    problems: (t) => {
      const { Source, Environment } = only(t, 'Delivery/ManifestDeployer').Properties;
      const named = text(Environment.EnvironmentVariables).includes('VOLUME_KEY_ARN');
      return named && Source.BuildSpec.includes('s#alias/support-chat/cluster#$VOLUME_KEY_ARN#')
        ? []
        : [Source.BuildSpec];
    },
    defect: (t) => {
      only(t, 'Delivery/ManifestDeployer').Properties.Environment.EnvironmentVariables = [];
    },
  },
]);

describe('manifests', () => {
  test.each([
    ['karpenter', 'alias/support-chat/cluster', 5],
    ['auto-mode', 'alias/support-chat/cluster', 4],
    ['base', 'alias/support-chat/cluster', 1],
    ['existing estate', 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555', 1],
  ] as const)('%s: every class names %s', async (name, key, classes) => {
    const objects = [...(await kubernetesObjects(plans[name as PlanName])).values()].flat();
    const named = objects.flatMap((object) => text(object).match(/"kmsKeyI[dD]":"[^"]+"/g) ?? []);
    expect(named.map((each) => each.split('":"')[1]?.slice(0, -1))).toEqual(Array.from({ length: classes }, () => key));
  });

  test('a class of auto mode names the role the stack makes', async () => {
    const objects = [...(await kubernetesObjects(plans['auto-mode'])).values()].flat();
    const roles = objects.filter(({ kind }) => kind === 'NodeClass').map(({ spec }) => (spec as { role: string }).role);
    expect(new Set(roles)).toEqual(new Set(['support-chat-us-east-1-auto-node']));
  });
});

test('what the stacks cannot set is asked of a person', () => {
  expect(preparationArtifact(plans['auto-mode']).contents).toContain('modify-ebs-default-kms-key-id');
  expect(preparationArtifact(plans['existing estate']).contents).toContain('Volume driver of your own cluster');
  expect(preparationArtifact(plans.base).contents).not.toContain('Default key of volumes');
});
