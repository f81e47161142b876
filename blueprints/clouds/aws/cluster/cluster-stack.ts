import { Aws, Validations } from 'aws-cdk-lib';
import { CfnSecurityGroup, CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry, CfnCluster } from 'aws-cdk-lib/aws-eks';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import type { AuditStack } from '../audit/audit-stack.ts';
import { awsManagedPolicy, policyDocument, sameAccount } from '../iam.ts';
import { encryptedLogGroup } from '../log-group.ts';
import type { Network } from '../network/network-stack.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStack } from '../stores/data-stack.ts';
import { addAddOns } from './add-ons.ts';
import {
  addAutoModeRole,
  admitAutoModeNodes,
  autoModeClusterPolicies,
  autoModeSettings,
  grantAutoMode,
} from './auto-mode.ts';
import { addClusterAutoscaler } from './cluster-autoscaler.ts';
import { addKarpenter } from './karpenter.ts';
import { addLoadBalancerController } from './load-balancer-controller.ts';
import { addNodeGroups, addNodeRole } from './node-groups.ts';
import { managedPools } from './node-pools.ts';
import { addPodIdentities } from './pod-identities.ts';

export const controlPlaneLogs = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const;

export interface ClusterStackProps {
  readonly keys: KeyRing;
  readonly network: Network;
  readonly data: DataStack;
  readonly audit: AuditStack;
}

/** P2: the cluster, its nodes as D11 decided, and the identity of each workload. */
export class ClusterStack extends PlatformStack {
  readonly clusterName: string;
  /** Guards the private API server: a rule here lets somebody reach it. Absent for a cluster of the user's own. */
  apiAccess: CfnSecurityGroup | undefined;
  /** Name of the role that adds machines: the budget action binds it when the ceiling is spent. */
  readonly provisionerRole: string | undefined;

  constructor(scope: Construct, id: string, plan: Plan, props: ClusterStackProps) {
    super(scope, id, plan, `Kubernetes cluster of ${plan.name}`);
    const existing = plan.platform.existing.clusterName;
    this.clusterName = existing ?? plan.name;
    const autoModeRole = plan.platform.provisioning === 'auto-mode' ? addAutoModeRole(this, plan) : undefined;
    const cluster = existing ? undefined : this.newCluster(props, autoModeRole);
    const clusterName = cluster?.ref ?? this.clusterName;
    if (autoModeRole && existing) admitAutoModeNodes(this, clusterName, autoModeRole.attrArn);
    const pools = managedPools(plan);
    const nodeRole = pools.length > 0 || plan.platform.provisioning === 'karpenter' ? addNodeRole(this) : undefined;
    const groups = nodeRole
      ? addNodeGroups(this, plan, {
          clusterName,
          clusterSecurityGroupId: cluster?.attrClusterSecurityGroupId,
          nodeRoleArn: nodeRole.attrArn,
          subnetIds: props.network.privateSubnetIds,
          volumeKeyArn: props.keys.cluster,
        })
      : [];
    if (cluster) {
      addAddOns(this, plan, { cluster, nodeGroups: groups, volumeKeyArn: props.keys.cluster });
    }
    const pods = cluster?.attrClusterSecurityGroupId ?? plan.platform.existing.clusterSecurityGroupId;
    if (pods) this.openStores(pods, props.data);
    this.provisionerRole = this.provisioner(clusterName, nodeRole, props);
    addLoadBalancerController(this, plan, { clusterName, vpcId: props.network.vpcId });
    addPodIdentities(this, plan, { clusterName, keys: props.keys, data: props.data, audit: props.audit });
  }

  /** Whoever adds machines, by D11: Karpenter, the autoscaler of node groups, or the control plane itself. */
  private provisioner(
    clusterName: string,
    nodeRole: CfnRole | undefined,
    props: ClusterStackProps,
  ): string | undefined {
    switch (this.plan.platform.provisioning) {
      case 'karpenter':
        if (!nodeRole) return undefined;
        return addKarpenter(this, this.plan, {
          clusterName,
          nodeRole,
          queueKeyArn: props.keys.operations,
          volumeKeyArn: props.keys.cluster,
        }).ref;
      case 'managed-node-groups':
        return addClusterAutoscaler(this, clusterName).ref;
      case 'auto-mode':
        return (this.node.tryFindChild('ControlPlaneRole') as CfnRole | undefined)?.ref;
      case 'existing':
        return undefined;
    }
  }

  private newCluster(props: ClusterStackProps, autoModeRole: CfnRole | undefined): CfnCluster {
    const { plan } = this;
    const logs = encryptedLogGroup(this, 'ControlPlaneLogs', {
      name: `/aws/eks/${plan.name}/cluster`,
      keyArn: props.keys.operations,
      days: plan.audit.logRetentionDays,
    });
    const role = new CfnRole(this, 'ControlPlaneRole', {
      description: 'Role of the control plane',
      assumeRolePolicyDocument: policyDocument([
        {
          Effect: 'Allow',
          Principal: { Service: 'eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Condition: sameAccount,
        },
      ]),
      managedPolicyArns: [
        awsManagedPolicy('AmazonEKSClusterPolicy'),
        ...(autoModeRole ? autoModeClusterPolicies.map(awsManagedPolicy) : []),
      ],
    });
    if (autoModeRole) grantAutoMode(this, role, props.keys.cluster);
    this.apiAccess = new CfnSecurityGroup(this, 'ControlPlaneSecurityGroup', {
      vpcId: props.network.vpcId,
      groupDescription: 'Private API server of the cluster; who may reach it is added as rules',
    });
    const cluster = new CfnCluster(this, 'Cluster', {
      name: plan.name,
      version: plan.platform.kubernetesVersion,
      roleArn: role.attrArn,
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      deletionProtection: plan.platform.environment === 'prod',
      encryptionConfig: [{ provider: { keyArn: props.keys.cluster }, resources: ['secrets'] }],
      logging: { clusterLogging: { enabledTypes: controlPlaneLogs.map((type) => ({ type })) } },
      resourcesVpcConfig: {
        endpointPrivateAccess: true,
        endpointPublicAccess: false,
        subnetIds: [...props.network.privateSubnetIds],
        securityGroupIds: [this.apiAccess.attrGroupId],
      },
      upgradePolicy: { supportType: 'STANDARD' },
      zonalShiftConfig: { enabled: true },
      ...(autoModeRole
        ? autoModeSettings(autoModeRole.attrArn, plan.platform.ipv6)
        : { kubernetesNetworkConfig: { ipFamily: plan.platform.ipv6 ? 'ipv6' : 'ipv4' } }),
    });
    Validations.of(cluster).acknowledge({
      id: 'CloudFormation-Validate::W9009',
      reason: 'The list of encrypted resources is deprecated and still asked for by the API: secrets, its only value.',
    });
    cluster.addResourceDependency(logs);
    this.accessEntries(cluster);
    return cluster;
  }

  /** People enter through two roles: one that changes, one that looks. Who may assume them is the account's IAM. */
  private accessEntries(cluster: CfnCluster): void {
    for (const [id, policy, description] of [
      ['Administrator', 'AmazonEKSClusterAdminPolicy', 'Administers the cluster'],
      ['Viewer', 'AmazonEKSAdminViewPolicy', 'Reads every object of the cluster'],
    ] as const) {
      const role = new CfnRole(this, `${id}Role`, {
        description,
        maxSessionDuration: 3600,
        assumeRolePolicyDocument: policyDocument([
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:root` },
            Action: 'sts:AssumeRole',
          },
        ]),
      });
      new CfnAccessEntry(this, `${id}Access`, {
        clusterName: cluster.ref,
        principalArn: role.attrArn,
        type: 'STANDARD',
        accessPolicies: [
          {
            policyArn: `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/${policy}`,
            accessScope: { type: 'cluster' },
          },
        ],
      });
    }
  }

  /** Pods connect to the stores and nothing else does. */
  private openStores(podsSecurityGroupId: string, data: DataStack): void {
    for (const [id, store] of [
      ['VectorStore', data.vectorStore],
      ['Cache', data.cache],
    ] as const) {
      if (!store?.connection) continue;
      new CfnSecurityGroupIngress(this, `${id}FromPods`, {
        groupId: store.connection.securityGroupId,
        sourceSecurityGroupId: podsSecurityGroupId,
        ipProtocol: 'tcp',
        fromPort: store.connection.port,
        toPort: store.connection.port,
        description: 'Pods of the cluster',
      });
    }
  }
}
