import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { preparationArtifact } from '../../blueprints/clouds/aws/account-preparation.ts';
import { LlmPlatform } from '../../blueprints/clouds/aws/index.ts';
import { collectionName, endpointContext } from '../../blueprints/vector-stores/opensearch-serverless/aws.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { plans } from './plans.ts';
import { checkPromises, ofType, only, synthesize, text } from './stacks.ts';

checkPromises('stores behind an endpoint (P1, P6)', [
  {
    title: 'OpenSearch Serverless: a key of ours, in from its endpoint alone, no dashboard',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const policy = (id: string) => text(only(t, id).Properties.Policy);
      return [
        ...(policy('Data/VectorStoreEncryption').includes('CorpusKeyArn') ? [] : ['key']),
        ...(policy('Data/VectorStoreNetwork').includes('\\"AllowFromPublic\\":false') ? [] : ['public']),
        ...(policy('Data/VectorStoreNetwork').includes('["VectorStoreEndpoint","Id"]') ? [] : ['endpoint']),
        ...(policy('Data/VectorStoreNetwork').includes('dashboard') ? ['dashboard'] : []),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStoreNetwork').Properties.Policy = '[{"AllowFromPublic":true}]';
    },
  },
  {
    title: 'OpenSearch Serverless: the endpoint stands in every data subnet and admits pods alone',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const group = only(t, 'Data/VectorStoreSecurityGroup').Properties;
      const rule = only(t, 'Cluster/VectorStoreFromPods').Properties;
      return [
        ...(only(t, 'Data/VectorStoreEndpoint').Properties.SubnetIds.length === 3 ? [] : ['subnets']),
        ...(group.SecurityGroupIngress ? ['open'] : []),
        ...(text(group.SecurityGroupEgress).includes('255.255.255.255/32') ? [] : ['egress']),
        ...(rule.FromPort === 443 && rule.SourceSecurityGroupId ? [] : ['pods']),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStoreSecurityGroup').Properties.SecurityGroupIngress = [{ CidrIp: '0.0.0.0/0' }];
    },
  },
  {
    title: 'OpenSearch Serverless: two roles, by name, and each calls the one collection',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const policy = text(only(t, 'Cluster/VectorStoreAccess').Properties.Policy);
      const callers = ofType(t, 'AWS::IAM::ManagedPolicy').filter(({ Properties }) =>
        text(Properties.PolicyDocument).includes('aoss:APIAccessAll'),
      );
      return [
        ...(['IngestionRole', 'StoreAdministratorRole'].every((id) => policy.includes(`["${id}","Arn"]`))
          ? []
          : ['role']),
        ...(policy.includes('aoss:*') ? ['everything'] : []),
        ...(callers.length === 2 ? [] : [`${callers.length} callers`]),
        ...callers.filter(({ Properties }) => !text(Properties.PolicyDocument).includes('FnGetAttVectorStoreArn')),
      ];
    },
    defect: (t) => {
      only(t, 'Cluster/StoreAdministratorRolePolicy').Properties.PolicyDocument.Statement[0].Resource = ['*'];
    },
  },
  {
    title: 'OpenSearch Serverless: limits of the plan’s units, standby and protection in production',
    plan: 'opensearch-serverless',
    problems: (t) => {
      const { CapacityLimits, StandbyReplicas, Generation } = only(t, 'Data/VectorStoreCapacity').Properties;
      const collection = only(t, 'Data/VectorStore');
      return [
        ...(CapacityLimits.MaxIndexingCapacityInOcu === 4 && CapacityLimits.MaxSearchCapacityInOcu === 8
          ? []
          : [CapacityLimits]),
        ...(StandbyReplicas === 'ENABLED' && Generation === 'CLASSIC' ? [] : ['group']),
        ...(collection.Properties.DeletionProtection === 'ENABLED' ? [] : ['not protected']),
        ...['VectorStore', 'VectorStoreCapacity', 'VectorStoreEncryption'].filter(
          (id) => only(t, `Data/${id}`).DeletionPolicy !== 'Retain',
        ),
      ];
    },
    defect: (t) => {
      delete only(t, 'Data/VectorStoreCapacity').Properties.CapacityLimits.MaxSearchCapacityInOcu;
    },
  },
  {
    title: 'OpenSearch Serverless: a store at its limit wakes somebody (P11)',
    plan: 'opensearch-serverless',
    problems: (t) =>
      (
        [
          ['Indexing', 4],
          ['Search', 8],
        ] as const
      ).filter(([side, limit]) => {
        const alarm = only(t, `Spend/StoreCapacity${side}`).Properties;
        const watched =
          alarm.MetricName === `${side}OCU` && text(alarm.Dimensions).includes('support-chat-vectors-ocu');
        return !watched || alarm.Threshold !== limit || !text(alarm.AlarmActions).includes('OnCall');
      }),
    defect: (t) => {
      only(t, 'Spend/StoreCapacitySearch').Properties.Threshold = 96;
    },
  },
  {
    title: 'OpenSearch Serverless: the trail records who searched and wrote (P13)',
    plan: 'opensearch-serverless',
    problems: (t) =>
      text(only(t, 'Audit/AccountTrail').Properties.AdvancedEventSelectors).includes('AWS::AOSS::Collection')
        ? []
        : ['not recorded'],
    defect: (t) => {
      only(t, 'Audit/AccountTrail').Properties.AdvancedEventSelectors.pop();
    },
  },
  {
    title: 'OpenSearch Serverless in an estate: endpoint in its subnets, FIPS address for pods',
    plan: 'serverless in an estate',
    problems: (t) => [
      ...(only(t, 'Data/VectorStoreEndpoint').Properties.VpcId === 'vpc-0123456789abcdef0' ? [] : ['network']),
      ...(text(t.Delivery).includes('.aoss-fips.amazonaws.com') ? [] : ['no FIPS address']),
      ...(only(t, 'Data/VectorStoreCapacity').Properties.CapacityLimits.MaxSearchCapacityInOcu === 1 ? [] : ['limit']),
    ],
    defect: (t) => {
      only(t, 'Data/VectorStoreEndpoint').Properties.VpcId = 'vpc-other';
    },
  },
  {
    title: 'Pinecone without an internet path: an endpoint of the vendor’s service, private names, pods alone',
    plan: 'private Pinecone',
    problems: (t) => {
      const { ServiceName, PrivateDnsEnabled, SecurityGroupIds } = only(t, 'Data/VectorStoreEndpoint').Properties;
      const rule = only(t, 'Cluster/VectorStoreFromPods').Properties;
      return [
        ...(ServiceName === 'com.amazonaws.vpce.us-east-1.vpce-svc-05ef6f1f0b9130b54' ? [] : [ServiceName]),
        ...(PrivateDnsEnabled === true && SecurityGroupIds.length === 1 ? [] : ['names or group']),
        ...(only(t, 'Data/VectorStoreSecurityGroup').Properties.SecurityGroupIngress ? ['open'] : []),
        ...(rule.FromPort === 443 && rule.SourceSecurityGroupId ? [] : ['pods']),
        ...ofType(t, 'AWS::EC2::NatGateway', 'AWS::EC2::InternetGateway'),
      ];
    },
    defect: (t) => {
      only(t, 'Data/VectorStoreEndpoint').Properties.PrivateDnsEnabled = false;
    },
  },
]);

test('an endpoint that stands in the user’s network is used instead of a second one', () => {
  const raise = (plan: Plan) => {
    const context = { [endpointContext]: 'vpce-0123456789abcdef0' };
    const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: false, context });
    const resources = Template.fromStack(new LlmPlatform(app, plan).data);
    return {
      endpoints: Object.keys(resources.findResources('AWS::OpenSearchServerless::VpcEndpoint')).length,
      policy: text(resources.findResources('AWS::OpenSearchServerless::SecurityPolicy')),
    };
  };
  const own = raise(plans['serverless in an estate']);
  expect(own.endpoints).toBe(0);
  expect(own.policy).toContain('vpce-0123456789abcdef0');
  expect(raise(plans['opensearch-serverless']).endpoints).toBe(1);
});

test('a long name of a platform is cut to what the service takes, and stays its own', () => {
  const long = ['customer-support-assistant-production', 'customer-support-assistant-development'];
  const names = [...long, 'support-chat', 'a-name-of-20-letters'].map((name) => collectionName({ name }));
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{2,27}$/);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('support-chat-vectors');
});

test('Pinecone is reached over the internet where neither residency nor isolation asks otherwise', () => {
  const open = plans['hosted model'];
  const { compliance } = open.requirements;
  const plan: Plan = {
    ...open,
    requirements: { ...open.requirements, compliance: { ...compliance, residency: 'none' } },
  };
  expect(ofType(synthesize(plan).templates, 'AWS::EC2::VPCEndpoint').map(({ id }) => id)).not.toContain(
    'Data/VectorStoreEndpoint',
  );
});

test('the duties towards Pinecone are listed in their order', () => {
  const titles = (plan: Plan) =>
    [...preparationArtifact(plan).contents.matchAll(/^## \d+\. (.*)$/gm)].map(([, title]) => title);
  const listed = titles(plans['private Pinecone']);
  const order = [
    'Plan of Pinecone',
    'Deploy the stacks',
    'Register the endpoint',
    'Key and address',
    'Close the public way',
  ];
  const at = order.map((start) => listed.findIndex((title) => title?.startsWith(start)));
  expect(at.every((index) => index >= 0)).toBe(true);
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(titles(plans.base).join()).not.toContain('Pinecone');
});
