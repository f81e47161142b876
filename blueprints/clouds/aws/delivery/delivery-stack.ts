import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnRepository } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { Plan } from '../../../../lib/plan/plan.ts';
import type { ClusterStack } from '../cluster/cluster-stack.ts';
import type { Network } from '../network/network-stack.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { KeyRing } from '../security/keys.ts';
import type { DataStack } from '../stores/data-stack.ts';
import { addImageMirror } from './image-mirror.ts';
import { addManifestDeployer } from './manifest-deployer.ts';
import { addModelMirror } from './model-mirror.ts';

/** P3, P20: where images and model revisions come from. */
export class DeliveryStack extends PlatformStack {
  constructor(
    scope: Construct,
    id: string,
    plan: Plan,
    props: {
      readonly keys: KeyRing;
      readonly network: Network;
      readonly data: DataStack;
      readonly cluster: ClusterStack;
    },
  ) {
    super(scope, id, plan, `Images and model mirror of ${plan.name}`);
    const images = new CfnRepository(this, 'Images', {
      repositoryName: `${plan.name}/platform`,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: props.keys.models },
      lifecyclePolicy: {
        lifecyclePolicyText: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: 'Untagged layers expire',
              selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
              action: { type: 'expire' },
            },
          ],
        }),
      },
    });
    images.applyRemovalPolicy(RemovalPolicy.RETAIN);
    addImageMirror(this, plan, { keyArn: props.keys.models });
    addModelMirror(this, plan, props);
    addManifestDeployer(this, plan, props);
  }
}
