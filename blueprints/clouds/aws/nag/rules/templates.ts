import type { Rule } from '../rule.ts';
import { asObject } from '../world.ts';

/** CloudFormation's limits, and the room we keep below them so that a user's own constructs still fit. */
const templateLimits = {
  resources: { limit: 500, ours: 400 },
  bytes: { limit: 1_048_576, ours: 786_432 },
  outputs: { limit: 200, ours: 150 },
  parameters: { limit: 200, ours: 150 },
} as const;

const secretShapes: readonly (readonly [string, RegExp])[] = [
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a private key', /-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}\b/],
  ['a Slack token or hook', /\bxox[abprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/services\/T/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{30,}\b/],
  ['an API key', /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{24,}\b/],
];

export const templateRules: readonly Rule[] = [
  {
    id: 'Groundplan-CFN1',
    title: 'Templates stay below CloudFormation’s limits with room',
    control: 'change-record',
    check: (world) =>
      world.templates.flatMap(({ stackName, template }) => {
        const found = {
          resources: Object.keys(asObject(template.Resources)).length,
          bytes: new TextEncoder().encode(JSON.stringify(template)).length,
          outputs: Object.keys(asObject(template.Outputs)).length,
          parameters: Object.keys(asObject(template.Parameters)).length,
        };
        return (Object.keys(templateLimits) as (keyof typeof templateLimits)[])
          .filter((key) => found[key] > templateLimits[key].ours)
          .map((key) => ({
            resource: stackName,
            detail: key,
            message: `${found[key]} ${key}; the limit is ${templateLimits[key].limit}, ours ${templateLimits[key].ours}`,
          }));
      }),
  },
  {
    id: 'Groundplan-CFN2',
    title: 'No template or manifest carries a secret',
    control: 'secrets-in-store',
    check: (world) => [
      ...world.templates.flatMap(({ stackName, template }) => leaks(stackName, JSON.stringify(template))),
      ...world.objects.flatMap((object) => leaks(nameOf(object), JSON.stringify(object))),
    ],
  },
  {
    id: 'Groundplan-CFN3',
    title: 'Stores of data are kept when their stack is deleted',
    control: 'versioned-storage',
    check: (world) =>
      world.resources
        .filter(({ type }) =>
          [
            'AWS::S3::Bucket',
            'AWS::KMS::Key',
            'AWS::RDS::DBInstance',
            'AWS::RDS::DBCluster',
            'AWS::OpenSearchService::Domain',
            'AWS::OpenSearchServerless::Collection',
            'AWS::Logs::LogGroup',
            'AWS::SecretsManager::Secret',
          ].includes(type),
        )
        .filter(
          ({ type, properties, deletionPolicy }) =>
            !['Retain', 'Snapshot', 'RetainExceptOnCreate'].includes(deletionPolicy ?? '') &&
            !(type === 'AWS::RDS::DBInstance' && properties.DBClusterIdentifier !== undefined) &&
            world.plan.platform.environment === 'prod',
        )
        .map(({ address, deletionPolicy }) => ({
          resource: address,
          message: `DeletionPolicy ${deletionPolicy ?? 'unset'}: data would go with the stack`,
        })),
  },
];

function leaks(resource: string, text: string) {
  return secretShapes
    .filter(([, shape]) => shape.test(text))
    .map(([kind]) => ({ resource, detail: kind, message: `looks like ${kind}` }));
}

function nameOf(object: Parameters<typeof asObject>[0]): string {
  const metadata = asObject(asObject(object).metadata);
  return `${String(asObject(object).kind)}/${String(metadata.namespace ?? '')}/${String(metadata.name ?? '')}`;
}
