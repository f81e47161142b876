import { Aws } from 'aws-cdk-lib';
import { allow, type Statement } from '../iam.ts';

/**
 * What a role needs to make, attach and copy volumes under our key: only through EC2, and grants only for EC2's own use.
 * Whoever has this cannot read a byte by itself.
 */
export function volumeKeyStatements(keyArn: string): readonly Statement[] {
  const throughEc2 = { 'kms:ViaService': `ec2.${Aws.REGION}.${Aws.URL_SUFFIX}` };
  return [
    allow(['kms:DescribeKey'], [keyArn]),
    allow(['kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'], [keyArn], {
      StringEquals: throughEc2,
    }),
    allow(['kms:CreateGrant'], [keyArn], {
      StringEquals: throughEc2,
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
  ];
}
