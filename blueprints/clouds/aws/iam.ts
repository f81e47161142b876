import { Aws } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** A policy statement as IAM reads it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

type Conditions = Statement['Condition'];

export function allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): Statement {
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions ? { Condition: conditions } : {}),
  };
}

/** A statement of a resource's own policy; `Resource` is the resource itself. */
export function allowService(service: string, actions: readonly string[], conditions?: Conditions): Statement {
  return {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: actions,
    Resource: '*',
    ...(conditions ? { Condition: conditions } : {}),
  };
}

export function policyDocument(statements: readonly Statement[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

/** ARN in the partition, region and account of the stack. */
export function arn(service: string, resource: string, options: { region?: string; account?: string } = {}): string {
  const region = options.region ?? Aws.REGION;
  const account = options.account ?? Aws.ACCOUNT_ID;
  return `arn:${Aws.PARTITION}:${service}:${region}:${account}:${resource}`;
}

export function awsManagedPolicy(name: string): string {
  return `arn:${Aws.PARTITION}:iam::aws:policy/${name}`;
}

/** Only calls made on behalf of this account's own resources: against the confused deputy. */
export const sameAccount: Conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

export interface RoleProps {
  readonly description: string;
  /** Service principal that assumes it. */
  readonly service: string;
  readonly statements?: readonly Statement[];
  readonly managedPolicies?: readonly string[];
  readonly roleName?: string;
  /** Pod Identity also tags the session. @default ['sts:AssumeRole'] */
  readonly assumeActions?: readonly string[];
  /** @default - the source account must be this one, where the service sends it */
  readonly assumeConditions?: Conditions;
}

/** A role one service assumes. Its permissions are one managed policy: inline policies fail the audit packs. */
export function serviceRole(scope: Construct, id: string, props: RoleProps): CfnRole {
  const role = new CfnRole(scope, id, {
    description: props.description,
    roleName: props.roleName,
    assumeRolePolicyDocument: policyDocument([
      {
        Effect: 'Allow',
        Principal: { Service: props.service },
        Action: props.assumeActions ?? ['sts:AssumeRole'],
        ...(props.assumeConditions ? { Condition: props.assumeConditions } : {}),
      },
    ]),
    managedPolicyArns: props.managedPolicies ? [...props.managedPolicies] : undefined,
  });
  if (props.statements && props.statements.length > 0) grant(scope, id, role, props.description, props.statements);
  return role;
}

/** Gives a role its permissions; apart from the role only where they name a resource that itself needs the role. */
export function grant(
  scope: Construct,
  roleId: string,
  role: CfnRole,
  description: string,
  statements: readonly Statement[],
): void {
  new CfnManagedPolicy(scope, `${roleId}Policy`, {
    description,
    policyDocument: policyDocument(statements),
    roles: [role.ref],
  });
}

/** Read with one key: what a reader of an encrypted object or secret needs. */
export function decryptWith(keyArn: string, viaService?: string): Statement {
  return allow(
    ['kms:Decrypt'],
    [keyArn],
    viaService ? { StringEquals: { 'kms:ViaService': `${viaService}.${Aws.REGION}.${Aws.URL_SUFFIX}` } } : undefined,
  );
}

export function encryptWith(keyArn: string): Statement {
  return allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keyArn]);
}
