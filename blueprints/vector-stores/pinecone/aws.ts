import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';
import type { DataContext, DataStore } from '../../clouds/aws/stores/data-context.ts';

/** Pinecone: an empty secret for its key, filled by hand after the deployment; the index itself is the vendor's. */
export function build(scope: Construct, plan: Plan, context: DataContext): DataStore {
  const secret = new CfnSecret(scope, 'VectorStoreKey', {
    name: `${plan.name}/vector-store`,
    description: 'API key of the vector store; put it with: aws secretsmanager put-secret-value',
    kmsKeyId: context.secretsKeyArn,
    generateSecretString: { secretStringTemplate: '{"set":"by hand"}', generateStringKey: 'placeholder' },
  });
  secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return { secretArns: [secret.ref], statements: [], backupArns: [] };
}
