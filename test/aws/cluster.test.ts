import { describe, expect, test } from 'vitest';
import { kubernetesRelease, kubernetesReleases } from '../../blueprints/clouds/aws/cluster/versions.ts';
import { clusterAccessSection } from '../../blueprints/clouds/aws/cluster-access.ts';
import { quotaArtifact, quotaNeeds, reservationOptions } from '../../blueprints/clouds/aws/quotas.ts';
import type { Plan } from '../../lib/plan/plan.ts';
import { plans } from './plans.ts';
import { checkPromises, ofType, only, type Templates, templatesOf, text } from './stacks.ts';

const templatesData = (t: Templates) =>
  ofType(t, 'AWS::EC2::LaunchTemplate').map(({ id, Properties }) => ({ id, ...Properties.LaunchTemplateData }));

checkPromises('cluster (P2)', [
  {
    title: 'the API server has a private endpoint only',
    plan: 'base',
    problems: (t) => {
      const { EndpointPrivateAccess, EndpointPublicAccess } = only(t, 'Cluster/Cluster').Properties.ResourcesVpcConfig;
      return EndpointPrivateAccess === true && EndpointPublicAccess === false ? [] : ['public'];
    },
    defect: (t) => {
      only(t, 'Cluster/Cluster').Properties.ResourcesVpcConfig.EndpointPublicAccess = true;
    },
  },
  {
    title: 'only the build that applies manifests reaches the API server from outside the cluster',
    plan: 'base',
    problems: (t) => [
      ...(only(t, 'Cluster/ControlPlaneSecurityGroup').Properties.SecurityGroupIngress ?? []),
      ...ofType(t, 'AWS::EC2::SecurityGroupIngress').filter(({ Properties }) => Properties.CidrIp !== undefined),
    ],
    defect: (t) => {
      only(t, 'Delivery/ManifestToApiServer').Properties.CidrIp = '10.0.0.0/8';
    },
  },
  {
    title: 'secrets are encrypted, all five logs are on, access is by API alone',
    plan: 'base',
    problems: (t) => {
      const { EncryptionConfig, Logging, AccessConfig } = only(t, 'Cluster/Cluster').Properties;
      return [
        ...(EncryptionConfig?.[0]?.Provider?.KeyArn ? [] : ['not encrypted']),
        ...(Logging.ClusterLogging.EnabledTypes.length === 5 ? [] : ['a log is off']),
        ...(AccessConfig.AuthenticationMode === 'API' ? [] : ['config map']),
        ...(AccessConfig.BootstrapClusterCreatorAdminPermissions === false ? [] : ['creator is administrator']),
      ];
    },
    defect: (t) => {
      only(t, 'Cluster/Cluster').Properties.Logging.ClusterLogging.EnabledTypes.pop();
    },
  },
  {
    title: 'every add-on has the version of the Kubernetes version',
    plan: 'base',
    problems: (t) => {
      const { addOns } = kubernetesRelease(only(t, 'Cluster/Cluster').Properties.Version);
      const found = ofType(t, 'AWS::EKS::Addon').map(({ Properties }) => [
        Properties.AddonName,
        Properties.AddonVersion,
      ]);
      return text(Object.fromEntries(found.sort())) === text(Object.fromEntries(Object.entries(addOns).sort()))
        ? []
        : found;
    },
    defect: (t) => {
      delete only(t, 'Cluster/AddOncoredns').Properties.AddonVersion;
    },
  },
  {
    title: 'nodes wait for network and identity add-ons, and DNS waits for nodes',
    plan: 'base',
    problems: (t) => [
      ...ofType(t, 'AWS::EKS::Nodegroup').filter(
        ({ DependsOn }) => !DependsOn?.includes('AddOnvpccni') || !DependsOn.includes('AddOnekspodidentityagent'),
      ),
      ...(only(t, 'Cluster/AddOncoredns').DependsOn?.includes('GeneralNodes') ? [] : ['DNS does not wait']),
    ],
    defect: (t) => {
      only(t, 'Cluster/ChatNodes').DependsOn = [];
    },
  },
  {
    title: 'pools have the sizes, types and limits of the plan and at least two types',
    plan: 'base',
    problems: (t) =>
      plans.base.platform.nodePools.filter((pool) => {
        const id = `Cluster/${pool.id[0]?.toUpperCase()}${pool.id.slice(1)}Nodes`;
        const { ScalingConfig, InstanceTypes } = only(t, id).Properties;
        return (
          ScalingConfig.MinSize !== pool.nodes.minimum ||
          ScalingConfig.MaxSize !== pool.nodes.maximum ||
          ScalingConfig.MaxSize * pool.gpusPerNode > pool.gpuLimit ||
          text(InstanceTypes) !== text(pool.instanceTypes) ||
          InstanceTypes.length < 2
        );
      }),
    defect: (t) => {
      only(t, 'Cluster/ChatNodes').Properties.ScalingConfig.MaxSize = 4;
    },
  },
  {
    title: 'GPU pools run the NVIDIA image and are tainted; others are not',
    plan: 'base',
    problems: (t) =>
      ofType(t, 'AWS::EKS::Nodegroup').filter(
        ({ Properties }) =>
          Properties.AmiType.includes('NVIDIA') !== (Properties.Taints?.[0]?.Key === 'nvidia.com/gpu') ||
          Properties.AmiType.includes('ARM') !== text(Properties.InstanceTypes).includes('m7g'),
      ),
    defect: (t) => {
      only(t, 'Cluster/ChatNodes').Properties.AmiType = 'BOTTLEROCKET_x86_64';
    },
  },
  {
    title: 'machines ask for IMDSv2 with one hop and have encrypted gp3 volumes',
    plan: 'base',
    problems: (t) =>
      templatesData(t).filter(
        ({ MetadataOptions, BlockDeviceMappings }) =>
          MetadataOptions.HttpTokens !== 'required' ||
          MetadataOptions.HttpPutResponseHopLimit !== 1 ||
          BlockDeviceMappings.some(
            ({ Ebs }: { Ebs: { Encrypted: boolean; KmsKeyId: unknown; VolumeType: string } }) =>
              !Ebs.Encrypted || !Ebs.KmsKeyId || Ebs.VolumeType !== 'gp3',
          ),
      ),
    defect: (t) => {
      only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit = 2;
    },
  },
  {
    title: 'local disks are put to use where the machine has them',
    plan: 'base',
    problems: (t) =>
      plans.base.platform.nodePools.filter(
        (pool) =>
          pool.localNvme !==
          templatesData(t).some(
            ({ id, UserData }) => id.toLowerCase().includes(pool.id) && text(UserData).includes('ephemeral-storage'),
          ),
      ),
    defect: (t) => {
      delete only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData.UserData;
    },
  },
  {
    title: 'machines of one replica share a zone and a placement group and have an EFA interface a card',
    plan: 'multi-node',
    problems: (t) => {
      const { Placement, NetworkInterfaces } = only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData;
      const cards = new Set(NetworkInterfaces.map((each: { NetworkCardIndex: number }) => each.NetworkCardIndex));
      return [
        ...(Placement?.GroupName ? [] : ['no placement group']),
        ...(cards.size === 16 ? [] : [`${cards.size} cards`]),
        ...(only(t, 'Cluster/ChatNodes').Properties.Subnets.length === 1 ? [] : ['several zones']),
      ];
    },
    defect: (t) => {
      only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData.NetworkInterfaces.pop();
    },
  },
  {
    title: 'a capacity block is targeted by its own kind of group',
    plan: 'multi-node',
    problems: (t) => {
      const group = only(t, 'Cluster/ChatNodes').Properties;
      const data = only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData;
      const good =
        group.CapacityType === 'CAPACITY_BLOCK' &&
        group.InstanceTypes === undefined &&
        data.InstanceMarketOptions.MarketType === 'capacity-block' &&
        data.InstanceType === 'p5en.48xlarge' &&
        text(data.CapacityReservationSpecification).includes('cr-0123456789abcdef0');
      return good ? [] : [group, data];
    },
    defect: (t) => {
      only(t, 'Cluster/ChatNodes').Properties.CapacityType = 'ON_DEMAND';
    },
  },
  {
    title: 'several reservations are used as one group',
    plan: 'multi-node',
    problems: (t) => {
      const named = text(only(t, 'Cluster/RetrievalReservations').Properties.Resources);
      const used = text(
        only(t, 'Cluster/RetrievalLaunchTemplate').Properties.LaunchTemplateData.CapacityReservationSpecification,
      );
      return named.includes('cr-0123456789abcdef1') &&
        named.includes('cr-0123456789abcdef2') &&
        used.includes('RetrievalReservations')
        ? []
        : [named, used];
    },
    defect: (t) => {
      delete only(t, 'Cluster/RetrievalLaunchTemplate').Properties.LaunchTemplateData.CapacityReservationSpecification;
    },
  },
  {
    title: 'Karpenter: five kinds of interruption reach its queue, and its writes are bound to this cluster’s tag',
    plan: 'karpenter',
    problems: (t) => {
      const rules = ofType(t, 'AWS::Events::Rule').filter(({ Properties }) =>
        text(Properties.Targets).includes('Interruptions'),
      );
      const writes = only(t, 'Cluster/KarpenterRolePolicy').Properties.PolicyDocument.Statement.filter(
        (each: { Action: string[]; Condition?: object }) =>
          each.Action.some((action) => /^ec2:(Create(Tags|LaunchTemplate)|Terminate|Delete)/.test(action)) &&
          !text(each.Condition).includes('kubernetes.io/cluster/support-chat'),
      );
      return [...(rules.length === 5 ? [] : [`${rules.length} rules`]), ...writes];
    },
    defect: (t) => {
      for (const each of only(t, 'Cluster/KarpenterRolePolicy').Properties.PolicyDocument.Statement) {
        if (each.Action.includes('ec2:TerminateInstances')) delete each.Condition;
      }
    },
  },
  {
    title: 'Karpenter: only the pool it runs on is a managed node group',
    plan: 'karpenter',
    problems: (t) =>
      ofType(t, 'AWS::EKS::Nodegroup').filter(({ Properties }) => text(Properties.Labels).includes('groundplan/gpu')),
    defect: (t) => {
      only(t, 'Cluster/GeneralNodes').Properties.Labels['groundplan/gpu'] = 'L4';
    },
  },
  {
    title: 'Karpenter: nodes enter by the entry their managed pool brings, not by a second one',
    plan: 'karpenter',
    problems: (t) => ofType(t, 'AWS::EKS::AccessEntry').filter(({ Properties }) => Properties.Type === 'EC2_LINUX'),
    defect: (t) => {
      only(t, 'Cluster/ViewerAccess').Properties.Type = 'EC2_LINUX';
    },
  },
  {
    title: 'auto mode: compute, storage and load balancing are on together and its own add-ons are not installed twice',
    plan: 'auto-mode',
    problems: (t) => {
      const { ComputeConfig, StorageConfig, KubernetesNetworkConfig } = only(t, 'Cluster/Cluster').Properties;
      return [
        ...(ComputeConfig.Enabled &&
        StorageConfig.BlockStorage.Enabled &&
        KubernetesNetworkConfig.ElasticLoadBalancing.Enabled
          ? []
          : ['not all on']),
        ...ofType(t, 'AWS::EKS::Nodegroup'),
        ...ofType(t, 'AWS::EKS::Addon').filter(({ Properties }) =>
          /vpc-cni|coredns|proxy|pod-identity|ebs/.test(Properties.AddonName),
        ),
      ];
    },
    defect: (t) => {
      only(t, 'Cluster/Cluster').Properties.StorageConfig.BlockStorage.Enabled = false;
    },
  },
  {
    title: 'FIPS: nodes run the FIPS image',
    plan: 'govcloud',
    problems: (t) => ofType(t, 'AWS::EKS::Nodegroup').filter(({ Properties }) => !Properties.AmiType.endsWith('_FIPS')),
    defect: (t) => {
      only(t, 'Cluster/ChatNodes').Properties.AmiType = 'BOTTLEROCKET_x86_64_NVIDIA';
    },
  },
]);

describe('versions', () => {
  test('each Kubernetes version names every add-on and a source', () => {
    const names = kubernetesReleases.map(({ addOns }) => Object.keys(addOns).sort().join());
    expect(new Set(names).size).toBe(1);
    for (const { sources, addOns, version } of kubernetesReleases) {
      expect(sources.length).toBeGreaterThan(0);
      expect(addOns['kube-proxy']).toContain(`v${version}.`);
    }
  });

  test('fails when a version has no row', () => {
    expect(() => kubernetesRelease('1.24')).toThrow('no add-on versions for Kubernetes 1.24');
  });
});

describe('capacity to request', () => {
  test('quotas hold the maximum of every pool and one machine more', () => {
    expect(quotaNeeds(plans.base).map(({ code, value }) => [code, value])).toEqual([
      ['L-1216C47A', (6 + 1) * 4],
      ['L-DB2E81BA', (3 + 1) * 16 + (2 + 1) * 8],
      ['L-0263D0A3', 3],
    ]);
  });

  test('a capacity block needs no on-demand quota', () => {
    expect(quotaNeeds(plans['multi-node']).some(({ code }) => code === 'L-417A185B')).toBe(false);
  });

  test('a pool of two classes asks both, and Spot that may fall back asks for on-demand, too', () => {
    const { platform } = plans.base;
    const spot = (provisioning: Plan['platform']['provisioning']): Plan => ({
      ...plans.base,
      platform: {
        ...platform,
        provisioning,
        nodePools: platform.nodePools
          .filter(({ id }) => id === 'chat')
          .map((pool) => ({ ...pool, purchase: 'spot', instanceTypes: ['p4de.24xlarge', 'g6e.48xlarge'] })),
      },
    });
    const codes = (provisioning: Plan['platform']['provisioning']) =>
      quotaNeeds(spot(provisioning)).map(({ code }) => code);
    expect(codes('managed-node-groups')).toEqual(['L-7212CCBC', 'L-3819A6DF', 'L-0263D0A3']);
    expect(codes('karpenter')).toEqual(['L-7212CCBC', 'L-417A185B', 'L-3819A6DF', 'L-DB2E81BA', 'L-0263D0A3']);
  });

  test('the file says what the price commits to, and which pool has no second type', () => {
    const pools = plans.base.platform.nodePools.map((pool) => ({
      ...pool,
      instanceTypes: pool.instanceTypes.slice(0, 1),
      oneTypeBecause: 'the region offers no other',
      committed: { nodes: 2, usdPerNodeHour: 1 },
      purchase: 'reserved-1y-no-upfront+on-demand',
    }));
    const { contents } = quotaArtifact({ ...plans.base, platform: { ...plans.base.platform, nodePools: pools } });
    expect(contents).toContain('commits to 2 × g6e.2xlarge (reserved-1y-no-upfront)');
    expect(contents).toContain('what holds capacity: the region offers no other.');
  });

  test('reserving for longer costs less a month', () => {
    const pool = plans.base.platform.nodePools[1];
    const options = pool ? reservationOptions(pool, 'us-east-1') : [];
    const of = (term: string) =>
      options.find((row) => row.instanceType === 'g6e.2xlarge' && row.term === term)?.usdPerMonth;
    expect(of('1 year, no upfront')).toBeLessThan(of('on-demand') ?? 0);
  });

  test('the file names every quota code and the commands that ask', () => {
    const { contents } = quotaArtifact(plans.base);
    for (const { code, value } of quotaNeeds(plans.base)) {
      expect(contents).toContain(`--quota-code ${code} --desired-value ${value}`);
    }
  });
});

test('the page that says how to reach the cluster names resources of the cluster stack', () => {
  const section = clusterAccessSection(plans.base);
  const named = [...section.matchAll(/--logical-resource-id (\w+)/g)].flatMap(([, id]) => id ?? []);
  expect(named.length).toBeGreaterThan(1);
  expect(Object.keys(templatesOf('base').Cluster?.Resources ?? {})).toEqual(expect.arrayContaining(named));
  expect(section).toContain(`--stack-name ${plans.base.name}-cluster `);
});
