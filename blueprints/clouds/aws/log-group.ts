import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

const allowedDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** The shortest retention CloudWatch offers that is not shorter than asked; ten years where more is asked. */
function retentionDays(asked: number): number {
  return allowedDays.find((days) => days >= asked) ?? 3653;
}

export function encryptedLogGroup(
  scope: Construct,
  id: string,
  props: { readonly name?: string; readonly keyArn: string; readonly days: number },
): CfnLogGroup {
  const group = new CfnLogGroup(scope, id, {
    logGroupName: props.name,
    kmsKeyId: props.keyArn,
    retentionInDays: retentionDays(props.days),
  });
  group.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return group;
}
