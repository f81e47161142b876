import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroup, CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';
import { noOutgoingTraffic } from '../../clouds/aws/network/endpoint-egress.ts';
import type { DataContext, DataStore } from '../../clouds/aws/stores/data-context.ts';
import { privateService } from './private-link.ts';

/**
 * Pinecone: an empty secret for its key and address, filled by hand after the deployment, and a private way to it where
 * residency or isolation asks. The index itself is the vendor's.
 */
export function build(scope: Construct, plan: Plan, context: DataContext): DataStore {
  const secret = new CfnSecret(scope, 'VectorStoreKey', {
    name: `${plan.name}/vector-store`,
    description: 'API key and host of the vector store; put them with: aws secretsmanager put-secret-value',
    kmsKeyId: context.secretsKeyArn,
    generateSecretString: { secretStringTemplate: '{"set":"by hand"}', generateStringKey: 'placeholder' },
  });
  secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return {
    ...privatePath(scope, plan, context),
    secretArns: [secret.ref],
    statements: [],
    backupArns: [],
  };
}

/** An endpoint in our subnets to the vendor's service. Its names resolve inside the network alone; pods alone pass it. */
function privatePath(scope: Construct, plan: Plan, context: DataContext): Pick<DataStore, 'connection'> {
  const { region, isolated } = plan.platform;
  const service = privateService({ region, isolated, residency: plan.requirements.compliance.residency });
  if (!service) return {};
  const securityGroup = new CfnSecurityGroup(scope, 'VectorStoreSecurityGroup', {
    vpcId: context.network.vpcId,
    groupDescription: 'Private path to the vector store',
    securityGroupEgress: [noOutgoingTraffic],
  });
  new CfnVPCEndpoint(scope, 'VectorStoreEndpoint', {
    vpcId: context.network.vpcId,
    serviceName: service.serviceName,
    vpcEndpointType: 'Interface',
    privateDnsEnabled: true,
    subnetIds: [...context.network.dataSubnetIds],
    securityGroupIds: [securityGroup.attrGroupId],
  });
  return { connection: { securityGroupId: securityGroup.attrGroupId, port: 443 } };
}
