import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { CfnAlias, CfnKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { policyDocument, type Statement } from '../iam.ts';

/** A key of the account's own under an alias: rotated each year, kept when its stack goes. */
export function customerKey(
  scope: Construct,
  id: string,
  props: {
    readonly description: string;
    readonly aliasName: string;
    /** What services may do with it; @default - roles of the account alone use it, as IAM says */
    readonly statements?: readonly Statement[];
  },
): CfnKey {
  const key = new CfnKey(scope, id, {
    description: props.description,
    enableKeyRotation: true,
    pendingWindowInDays: 30,
    keyPolicy: policyDocument([
      {
        Sid: 'AccountDecidesByIam',
        Effect: 'Allow',
        Principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      ...(props.statements ?? []),
    ]),
  });
  key.applyRemovalPolicy(RemovalPolicy.RETAIN);
  new CfnAlias(scope, `${id}Alias`, { aliasName: props.aliasName, targetKeyId: key.ref });
  return key;
}
