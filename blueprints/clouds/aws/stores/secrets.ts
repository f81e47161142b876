import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';

/** Keys the gateway starts with: secret in the store, property in it, what it is. Each is generated at deployment. */
const gatewayKeys = [
  ['GatewayKey', 'gateway', 'master-key', 'Administrator key of the gateway'],
  ['GatewaySaltKey', 'gateway-salt', 'salt-key', 'Encrypts what the gateway keeps in its database; never changed'],
  ['GatewayHashKey', 'gateway-hash', 'hash-key', 'Keys the hash of user ids in the prompt log'],
] as const;

export interface SecretProps {
  readonly id: string;
  readonly name: string;
  readonly property: string;
  readonly description: string;
  readonly keyArn: string;
}

/** A random value nobody has seen; External Secrets brings it to the pods. */
export function generatedSecret(scope: Construct, props: SecretProps): CfnSecret {
  const secret = new CfnSecret(scope, props.id, {
    name: props.name,
    description: props.description,
    kmsKeyId: props.keyArn,
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: props.property,
      passwordLength: 48,
      excludePunctuation: true,
    },
  });
  secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return secret;
}

export function addGatewaySecrets(scope: Construct, plan: Plan, keyArn: string): void {
  for (const [id, name, property, description] of gatewayKeys) {
    generatedSecret(scope, { id, name: `${plan.name}/${name}`, property, description, keyArn });
  }
}
