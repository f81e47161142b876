import { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { awsRegion, awsRegions, LlmPlatform } from '../../blueprints/clouds/aws/index.ts';
import { awsLinks, reasonFor } from '../../blueprints/clouds/aws/links.ts';
import { allocationTags } from '../../blueprints/clouds/aws/platform-stack.ts';
import { raise, resourcesOf } from '../../blueprints/clouds/aws/raise.ts';
import { vectorStoreBuilders } from '../../blueprints/clouds/aws/stores/vector-stores.ts';
import { vectorStores } from '../../blueprints/vector-stores/index.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { type PlanName, plans } from './plans.ts';
import { checkPromises, ofType, only, synthesize, templatesOf, text } from './stacks.ts';

const names = Object.keys(plans) as PlanName[];

describe.each(names)('the stacks of %s', (name) => {
  test('stay well below CloudFormation’s limits', () => {
    for (const template of Object.values(templatesOf(name))) {
      expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(250);
      expect(JSON.stringify(template).length).toBeLessThanOrEqual(500_000);
    }
  });

  test('name no account and hold no secret (V5)', () => {
    const everything = text(templatesOf(name)).replaceAll(
      plans['existing estate'].platform.existing.kmsKeyArn ?? '',
      '',
    );
    expect(everything.match(/\b\d{12}\b|AKIA[0-9A-Z]{16}|-----BEGIN|"SecretString":"/g)).toBeNull();
  });

  test('have a reason for every resource', () => {
    expect(resourcesOf(raise(plans[name])).filter(({ path }) => !reasonFor(path))).toEqual([]);
  });
});

test('two syntheses are equal to the byte', () => {
  expect(text(synthesize(plans.karpenter))).toBe(text(synthesize(plans.karpenter)));
});

test('each stack stands in the region of its role', () => {
  const { regions } = synthesize(plans.karpenter);
  const { Recovery, ...others } = regions;
  expect(Recovery).toBe('us-west-2');
  expect(new Set(Object.values(others))).toEqual(new Set(['us-east-1']));
});

test('an app can add stacks of its own to what the platform exposes', () => {
  const platform = new LlmPlatform(new App({ analyticsReporting: false }), plans.base);
  expect(platform.network.vpc.privateSubnets).toHaveLength(3);
  expect(platform.data.models.attrArn).toBeDefined();
});

test('tags hold only what AWS takes', () => {
  const tags = { 'groundplan:owner': 'Search & Chat’s on-call #2' };
  const plan = { ...plans.base, platform: { ...plans.base.platform, tags } };
  expect(allocationTags(plan)['groundplan:owner']).toBe('Search   Chat s on-call  2');
});

test('links lead from decisions and rows to resources', () => {
  const links = awsLinks(plans.base);
  expect(links).toContainEqual({
    from: 'decision:D7',
    to: 'resource:aws/Data/VectorStore',
    because: 'The vector store as decided, sized by the corpus.',
  });
  for (const { from } of links) expect(from).toMatch(/^(decision:D\d+|row:[A-Z]+\d+|answer:[\w.]+)$/);
});

test('every region has two zones or more, each named for it once', () => {
  for (const { zoneIds } of awsRegions) expect(new Set(zoneIds).size).toBe(zoneIds.length);
  expect(awsRegions.every(({ zoneIds }) => zoneIds.length >= 2)).toBe(true);
  expect(awsRegion('us-east-1').zoneIds).not.toContain('use1-az3');
  expect(() => awsRegion('mars-north-1')).toThrow('no facts for the AWS region mars-north-1');
});

test('each vector store that can run on AWS has a builder there', () => {
  const onAws = Object.entries(vectorStores).filter(([, store]) =>
    (store.targets as readonly string[]).includes('aws'),
  );
  expect(onAws.map(([id]) => id).filter((id) => !vectorStoreBuilders[id])).toEqual([]);
});

/** Statements of identity policies, with the policy they stand in. */
const statements = (t: ReturnType<typeof templatesOf>) =>
  ofType(t, 'AWS::IAM::ManagedPolicy').flatMap(({ id, Properties }) =>
    Properties.PolicyDocument.Statement.map((statement: { Effect: string; Action: string[]; Resource: unknown }) => ({
      id,
      ...statement,
    })),
  );

checkPromises('identity and keys (P14)', [
  {
    title: 'no policy allows an action by wildcard',
    plan: 'karpenter',
    problems: (t) =>
      statements(t).filter(
        ({ Effect, Action }) => Effect === 'Allow' && [Action].flat().some((each) => each.includes('*')),
      ),
    defect: (t) => {
      only(t, 'Cluster/GatewayRolePolicy').Properties.PolicyDocument.Statement[0].Action = ['firehose:*'];
    },
  },
  {
    title: 'every service role names its service, and services that can be deputies name the account or source',
    plan: 'development',
    problems: (t) =>
      ofType(t, 'AWS::IAM::Role').filter(({ Properties }) => {
        const [trust] = Properties.AssumeRolePolicyDocument.Statement;
        if (trust.Principal.AWS || /pods\.eks|ec2|monitoring\.rds/.test(text(trust.Principal))) return false;
        return !/aws:Source(Account|Arn)/.test(text(trust.Condition));
      }),
    defect: (t) => {
      delete only(t, 'Audit/TrailRole').Properties.AssumeRolePolicyDocument.Statement[0].Condition;
    },
  },
  {
    title: 'a class of data has a key of its own that turns every year and is kept',
    plan: 'base',
    problems: (t) => {
      const keys = ofType(t, 'AWS::KMS::Key');
      return keys.length === 6
        ? keys.filter(({ Properties, DeletionPolicy }) => !Properties.EnableKeyRotation || DeletionPolicy !== 'Retain')
        : [`${keys.length} keys`];
    },
    defect: (t) => {
      only(t, 'Security/ModelsKey').Properties.EnableKeyRotation = false;
    },
  },
  {
    title: 'each workload has a role of its own by Pod Identity',
    plan: 'base',
    problems: (t) => {
      const ties = ofType(t, 'AWS::EKS::PodIdentityAssociation').map(({ Properties }) => Properties);
      const accounts = ties.map(({ Namespace, ServiceAccount }) => `${Namespace}/${ServiceAccount}`);
      const roles = ties.map(({ RoleArn }) => text(RoleArn));
      const missing = ['serving/model-server', 'gateway/gateway', 'retrieval/ingestion'].filter(
        (each) => !accounts.includes(each),
      );
      return new Set(roles).size === ties.length ? missing : [...missing, 'a role is shared'];
    },
    defect: (t) => {
      const role = only(t, 'Cluster/GatewayIdentity').Properties.RoleArn;
      only(t, 'Cluster/ModelServerIdentity').Properties.RoleArn = role;
    },
  },
  {
    title: 'External Secrets reads the secrets of this platform alone',
    plan: 'base',
    problems: (t) => {
      const [read] = only(t, 'Cluster/ExternalSecretsRolePolicy').Properties.PolicyDocument.Statement;
      return text(read.Resource).includes(':secret:support-chat/*') && ![read.Resource].flat().includes('*')
        ? []
        : [read];
    },
    defect: (t) => {
      only(t, 'Cluster/ExternalSecretsRolePolicy').Properties.PolicyDocument.Statement[0].Resource = ['*'];
    },
  },
  {
    title: 'hosted models are named in the gateway’s role',
    plan: 'hosted model',
    problems: (t) => {
      const policy = text(only(t, 'Cluster/GatewayRolePolicy').Properties.PolicyDocument);
      return policy.includes('foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0') ? [] : [policy];
    },
    defect: (t) => {
      only(t, 'Cluster/GatewayRolePolicy').Properties.PolicyDocument.Statement.pop();
    },
  },
  {
    title: 'production is watched: threats, posture, configuration',
    plan: 'base',
    problems: (t) =>
      [
        'AWS::GuardDuty::Detector',
        'AWS::SecurityHub::Hub',
        'AWS::Config::ConfigurationRecorder',
        'AWS::AccessAnalyzer::Analyzer',
      ].filter((type) => ofType(t, type).length !== 1),
    defect: (t) => {
      delete t.Security?.Resources.ThreatDetector;
    },
  },
  {
    title: 'FedRAMP adds its posture standard and rules',
    plan: 'govcloud',
    problems: (t) => [
      ...(text(ofType(t, 'AWS::SecurityHub::Standard')).includes('nist-800-53') ? [] : ['standard']),
      ...(ofType(t, 'AWS::Config::ConfigRule').some(({ id }) => id.includes('mfaroot')) ? [] : ['rule']),
    ],
    defect: (t) => {
      delete t.Security?.Resources.Standardnist80053;
    },
  },
  {
    title: 'an entry has a certificate validated by the zone and a firewall with a rate limit',
    plan: 'public entry',
    problems: (t) => {
      const { DomainName, DomainValidationOptions } = only(t, 'Security/EntryCertificate').Properties;
      const { Rules, Name } = only(t, 'Security/EntryFirewall').Properties;
      return [
        ...(DomainName === 'support-chat.example.com' && DomainValidationOptions[0].HostedZoneId ? [] : [DomainName]),
        ...(Name === 'support-chat-entry' && text(Rules).includes('RateBasedStatement') ? [] : [Name]),
      ];
    },
    defect: (t) => {
      only(t, 'Security/EntryFirewall').Properties.Rules.shift();
    },
  },
]);

test('terminating production stacks needs two steps', () => {
  const protection = (plan: Plan) =>
    new LlmPlatform(new App({ analyticsReporting: false }), plan).data.terminationProtection;
  expect(protection(plans.base)).toBe(true);
  expect(protection(plans.development)).toBe(false);
});
