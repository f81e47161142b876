import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { policyDocument, type Statement } from '../iam.ts';

export interface EncryptedQueueProps {
  readonly keyArn: string;
  readonly visibilitySeconds: number;
  readonly statements?: (queueArn: string) => readonly Statement[];
}

/** A queue whose unreadable messages end in a second one instead of circling for ever; TLS only. */
export function encryptedQueue(scope: Construct, id: string, props: EncryptedQueueProps): CfnQueue {
  const failed = new CfnQueue(scope, `${id}Failed`, {
    kmsMasterKeyId: props.keyArn,
    kmsDataKeyReusePeriodSeconds: 300,
    messageRetentionPeriod: 1_209_600,
    redriveAllowPolicy: { redrivePermission: 'allowAll' },
  });
  const queue = new CfnQueue(scope, id, {
    kmsMasterKeyId: props.keyArn,
    kmsDataKeyReusePeriodSeconds: 300,
    visibilityTimeout: props.visibilitySeconds,
    messageRetentionPeriod: 345_600,
    redrivePolicy: { deadLetterTargetArn: failed.attrArn, maxReceiveCount: 5 },
  });
  for (const [name, target] of [
    [`${id}Failed`, failed],
    [id, queue],
  ] as const) {
    new CfnQueuePolicy(scope, `${name}Policy`, {
      queues: [target.ref],
      policyDocument: policyDocument([
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: target.attrArn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        ...(target === queue ? (props.statements?.(queue.attrArn) ?? []) : []),
      ]),
    });
  }
  return queue;
}
