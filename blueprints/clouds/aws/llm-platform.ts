import { Construct } from 'constructs';
import type { Plan } from '../../../lib/plan/plan.ts';
import { AuditStack } from './audit/audit-stack.ts';
import { ClusterStack } from './cluster/cluster-stack.ts';
import { DeliveryStack } from './delivery/delivery-stack.ts';
import { acknowledgeFindings } from './nag/acknowledge.ts';
import { existingNetwork, type Network, NetworkStack } from './network/network-stack.ts';
import { SecurityStack } from './security/security-stack.ts';
import { SpendStack } from './spend/spend-stack.ts';
import { DataStack } from './stores/data-stack.ts';
import { RecoveryStack } from './stores/recovery-stack.ts';

/**
 * The whole platform of a plan on AWS: one stack a lifecycle. Each stack is a property, so that an app adds its own
 * constructs beside ours: `platform.network.vpc`.
 */
export class LlmPlatform extends Construct {
  readonly security: SecurityStack;
  readonly network: Network;
  /** In the recovery region, where copies are asked for. */
  readonly recovery: RecoveryStack | undefined;
  readonly data: DataStack;
  readonly audit: AuditStack;
  readonly cluster: ClusterStack;
  readonly spend: SpendStack;
  readonly delivery: DeliveryStack;

  constructor(scope: Construct, plan: Plan) {
    super(scope, plan.name);
    this.security = new SecurityStack(this, 'Security', plan);
    const keys = this.security.keys;
    const accessLogs = this.security.accessLogs.ref;
    const existing = existingNetwork(this.security, plan);
    const network = existing ?? new NetworkStack(this, 'Network', plan, { keys }).network;
    this.network = network;
    const recoveryRegion = plan.platform.recoveryRegion;
    this.recovery = recoveryRegion ? new RecoveryStack(this, 'Recovery', plan, recoveryRegion) : undefined;
    this.data = new DataStack(this, 'Data', plan, { keys, network, accessLogs });
    if (this.recovery) this.data.addStackDependency(this.recovery);
    const watched = [this.data.models, ...(this.data.corpus ? [this.data.corpus] : [])];
    const store = this.data.vectorStore?.audited;
    this.audit = new AuditStack(this, 'Audit', plan, { keys, accessLogs, watched, store });
    this.cluster = new ClusterStack(this, 'Cluster', plan, { keys, network, data: this.data, audit: this.audit });
    this.spend = new SpendStack(this, 'Spend', plan, { keys, network, data: this.data, cluster: this.cluster });
    this.spend.addStackDependency(this.cluster);
    this.delivery = new DeliveryStack(this, 'Delivery', plan, {
      keys,
      network,
      data: this.data,
      cluster: this.cluster,
    });
    acknowledgeFindings(this, plan);
  }
}
