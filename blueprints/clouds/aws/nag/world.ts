import type { Plan } from '../../../../lib/plan/plan.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A synthesized template by the name of its stack. */
export interface StackTemplate {
  readonly stackName: string;
  readonly template: JsonObject;
}

/** One resource of one template. */
export interface TemplateResource {
  readonly stackName: string;
  readonly logicalId: string;
  /** `stack/logicalId`: how findings and evidence name it. */
  readonly address: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly deletionPolicy: string | undefined;
}

/** A Kubernetes object as its manifest holds it. */
export type KubernetesObject = JsonObject;

/** Everything the rules may look at: what was promised, and what was generated. */
export interface World {
  readonly plan: Plan;
  readonly templates: readonly StackTemplate[];
  readonly resources: readonly TemplateResource[];
  readonly objects: readonly KubernetesObject[];
}

export function worldOf(
  plan: Plan,
  templates: readonly StackTemplate[],
  objects: readonly KubernetesObject[] = [],
): World {
  const resources = templates.flatMap(({ stackName, template }) =>
    Object.entries(asObject(template.Resources)).map(([logicalId, resource]) => ({
      stackName,
      logicalId,
      address: `${stackName}/${logicalId}`,
      type: asText(asObject(resource).Type) ?? '',
      properties: asObject(asObject(resource).Properties),
      deletionPolicy: asText(asObject(resource).DeletionPolicy),
    })),
  );
  return { plan, templates, resources, objects };
}

export function ofType(world: World, ...types: readonly string[]): readonly TemplateResource[] {
  return world.resources.filter((resource) => types.includes(resource.type));
}

export function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A list as it is, a single value as a list of one, nothing as an empty list. */
export function asList(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

export function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value at `A.B.0.C`, or undefined where a step is missing. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path.split('.')) {
    if (Array.isArray(current)) current = (current as readonly Json[])[Number(step)];
    else current = asObject(current)[step];
  }
  return current;
}

/** Whether a value names another resource of the same template, however the intrinsic is nested. */
export function refersTo(value: Json | undefined, logicalId: string): boolean {
  const text = JSON.stringify(value ?? null);
  return (
    text.includes(`"Ref":"${logicalId}"`) ||
    text.includes(`"Fn::GetAtt":["${logicalId}"`) ||
    text.includes(`"Fn::GetAtt":"${logicalId}.`) ||
    text.includes(`\${${logicalId}}`) ||
    text.includes(`\${${logicalId}.`)
  );
}

/** Truthy also for an intrinsic, which names something that exists at deployment. */
export function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}

/** An endpoint service that is not AWS's own: `com.amazonaws.vpce.<region>.vpce-svc-…`. */
export function isForeignService(serviceName: Json | undefined): boolean {
  return /^com\.amazonaws\.vpce\./.test(asText(serviceName) ?? '');
}

/** One statement of a policy with the resource that carries it. */
export interface PolicyStatement {
  readonly origin: TemplateResource;
  /** `identity`: grants its holder; `resource`: guards its carrier; `trust`: says who may assume. */
  readonly kind: 'identity' | 'resource' | 'trust';
  readonly statement: JsonObject;
}

const identityPolicies: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::ManagedPolicy': ['PolicyDocument'],
  'AWS::IAM::Policy': ['PolicyDocument'],
};
const resourcePolicies: Readonly<Record<string, string>> = {
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy',
  'AWS::ECR::Repository': 'RepositoryPolicyText',
  'AWS::EC2::VPCEndpoint': 'PolicyDocument',
  'AWS::OpenSearchService::Domain': 'AccessPolicies',
  'AWS::Backup::BackupVault': 'AccessPolicy',
};

/** Every policy statement of every template. */
export function statementsOf(world: World): readonly PolicyStatement[] {
  return world.resources.flatMap((origin): PolicyStatement[] => {
    const of = (kind: PolicyStatement['kind'], document: Json | undefined) =>
      asList(asObject(document).Statement).map((statement) => ({ origin, kind, statement: asObject(statement) }));
    if (origin.type === 'AWS::IAM::Role') {
      const inline = asList(origin.properties.Policies).flatMap((policy) =>
        of('identity', asObject(policy).PolicyDocument),
      );
      return [...of('trust', origin.properties.AssumeRolePolicyDocument), ...inline];
    }
    const identity = identityPolicies[origin.type] ?? [];
    const guarding = resourcePolicies[origin.type];
    return [
      ...identity.flatMap((key) => of('identity', origin.properties[key])),
      ...(guarding ? of('resource', origin.properties[guarding]) : []),
    ];
  });
}
