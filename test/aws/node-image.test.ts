import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  amiType,
  imageSelector,
  kubeletSettings,
  nodeSettings,
  nodeVolumes,
} from '../../blueprints/clouds/aws/cluster/node-image.ts';
import { kubernetesReleases } from '../../blueprints/clouds/aws/cluster/versions.ts';
import { runRules } from '../../blueprints/clouds/aws/nag/rule.ts';
import { startRules } from '../../blueprints/clouds/aws/nag/rules/nodes.ts';
import { type JsonObject, worldOf } from '../../blueprints/clouds/aws/nag/world.ts';
import { kubernetesObjects } from '../../blueprints/kubernetes/index.ts';
import type { NodePool, Plan } from '../../lib/plan/plan.ts';
import { plans } from './plans.ts';
import { checkPromises, ofType, only, type Templates, text } from './stacks.ts';

/** Text a machine of a group reads when it starts. */
const userData = (t: Templates, id: string): string =>
  only(t, id).Properties.LaunchTemplateData.UserData?.['Fn::Base64'] ?? '';

/** The one part of a start-up document with the node's own settings. */
function nodeConfig(document: string) {
  const part = document.split(/^--groundplan(?:--)?$/m).find((each) => each.includes('application/node.eks.aws')) ?? '';
  return parse(part.slice(part.indexOf('\n\n')));
}

checkPromises('node images (P2)', [
  {
    title: 'every group runs the system of the answers at the release of the table',
    plan: 'amazon linux',
    problems: (t) =>
      ofType(t, 'AWS::EKS::Nodegroup')
        .filter(({ Properties: { AmiType, ReleaseVersion, Taints } }) => {
          const release = kubernetesReleases.find(({ version }) => version === '1.36')?.nodeImages.al2023;
          const gpu = Taints?.[0]?.Key === 'nvidia.com/gpu';
          return !AmiType.startsWith('AL2023_') || AmiType.endsWith('_NVIDIA') !== gpu || ReleaseVersion !== release;
        })
        .map(({ id }) => id),
    defect: (t) => {
      delete only(t, 'Cluster/ChatNodes').Properties.ReleaseVersion;
    },
  },
  {
    title: 'Amazon Linux has one disk of the plan’s size, encrypted with our key, and IMDSv2',
    plan: 'amazon linux',
    problems: (t) => {
      const data = only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData;
      const [root, ...more] = data.BlockDeviceMappings;
      const good =
        more.length === 0 &&
        root.DeviceName === '/dev/xvda' &&
        root.Ebs.Encrypted &&
        text(root.Ebs.KmsKeyId).includes('ClusterKey') &&
        root.Ebs.VolumeSize === plans.base.platform.nodePools[1]?.diskGiB &&
        data.MetadataOptions.HttpTokens === 'required' &&
        data.MetadataOptions.HttpPutResponseHopLimit === 1;
      return good ? [] : [data];
    },
    defect: (t) => {
      delete only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData.BlockDeviceMappings[0].Ebs.KmsKeyId;
    },
  },
  {
    title: 'local disks become one array under containers and pods',
    plan: 'amazon linux',
    problems: (t) => [
      ...(nodeConfig(userData(t, 'Cluster/ChatLaunchTemplate')).spec.instance?.localStorage?.strategy === 'RAID0'
        ? []
        : ['unused']),
      ...(nodeConfig(userData(t, 'Cluster/GeneralLaunchTemplate')).spec.instance ? ['there are none'] : []),
    ],
    defect: (t) => {
      const data = only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData;
      data.UserData['Fn::Base64'] = data.UserData['Fn::Base64'].replace('RAID0', 'Mount');
    },
  },
  {
    title: 'huge pages are there before the kubelet counts them, and the fabric has its interfaces',
    plan: 'amazon linux',
    problems: (t) => {
      const { NetworkInterfaces } = only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData;
      return [
        ...(/text\/x-shellscript\n\n#!\/bin\/bash\nsysctl -w vm.nr_hugepages=\d{4}\n/.test(
          userData(t, 'Cluster/ChatLaunchTemplate'),
        )
          ? []
          : ['no pages']),
        ...(NetworkInterfaces.length === 16 ? [] : ['no fabric']),
      ];
    },
    defect: (t) => {
      const data = only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData;
      data.UserData['Fn::Base64'] = data.UserData['Fn::Base64'].replace('sysctl -w', 'echo');
    },
  },
  {
    title: 'Bottlerocket has its huge pages, too',
    plan: 'multi-node',
    problems: (t) =>
      userData(t, 'Cluster/ChatLaunchTemplate').includes('"vm.nr_hugepages" = "5128"') ? [] : ['no pages'],
    defect: (t) => {
      delete only(t, 'Cluster/ChatLaunchTemplate').Properties.LaunchTemplateData.UserData;
    },
  },
]);

const pool = (changes: Partial<NodePool>): NodePool => ({
  ...(plans.base.platform.nodePools[1] as NodePool),
  ...changes,
});
const on = (changes: Partial<Plan['platform']>): Plan['platform'] => ({ ...plans.base.platform, ...changes });

describe('kind of image', () => {
  const arm = { architecture: 'arm64' } as const;
  const inferentia = { gpuId: 'Inferentia2', instanceTypes: ['inf2.xlarge', 'inf2.8xlarge'] };
  const plain = { gpuId: undefined };
  test.each([
    ['AL2023_x86_64_NVIDIA', 'al2023', {}, false],
    ['AL2023_ARM_64_NVIDIA', 'al2023', arm, false],
    ['AL2023_x86_64_NEURON', 'al2023', inferentia, false],
    ['AL2023_x86_64_STANDARD', 'al2023', plain, false],
    ['AL2023_ARM_64_STANDARD', 'al2023', { ...plain, ...arm }, false],
    ['BOTTLEROCKET_x86_64_NVIDIA', 'bottlerocket', {}, false],
    ['BOTTLEROCKET_ARM_64_NVIDIA_FIPS', 'bottlerocket', arm, true],
    ['BOTTLEROCKET_x86_64', 'bottlerocket', inferentia, false],
    ['BOTTLEROCKET_ARM_64', 'bottlerocket', { ...plain, ...arm }, false],
  ] as const)('%s', (expected, nodeOperatingSystem, changes, fips) => {
    expect(amiType(pool(changes), on({ nodeOperatingSystem, fips }))).toBe(expected);
  });
});

describe('image under Karpenter', () => {
  test.each([
    ['al2023', false, { amiSelectorTerms: [{ alias: 'al2023@v20260911' }] }],
    ['bottlerocket', false, { amiSelectorTerms: [{ alias: 'bottlerocket@v1.66.0' }] }],
    [
      'bottlerocket',
      true,
      {
        amiFamily: 'Bottlerocket',
        amiSelectorTerms: [
          { ssmParameter: '/aws/service/bottlerocket/aws-k8s-1.36-nvidia-fips/x86_64/1.66.0/image_id' },
        ],
      },
    ],
  ] as const)('%s, validated modules: %s', (nodeOperatingSystem, fips, expected) => {
    expect(imageSelector(on({ nodeOperatingSystem, fips }), pool({}))).toEqual(expected);
  });
});

describe('validated modules', () => {
  const federal = (provisioning: 'karpenter' | 'auto-mode') => ({
    ...plans.base,
    platform: on({ fips: true, provisioning }),
  });
  test.each(['karpenter', 'auto-mode'] as const)('%s: every node class asks for them', async (provisioning) => {
    const plan = federal(provisioning);
    const objects = [...(await kubernetesObjects(plan)).values()].flat() as unknown as JsonObject[];
    const found = runRules(startRules, worldOf(plan, [], objects));
    expect(found).toEqual([]);
    for (const object of objects.filter(({ kind }) => kind === 'NodeClass' || kind === 'EC2NodeClass')) {
      const { advancedSecurity: _fips, ...spec } = object.spec as JsonObject;
      const spoiled = { ...object, spec: { ...spec, amiSelectorTerms: [{ alias: 'bottlerocket@v1.66.0' }] } };
      expect(runRules(startRules, worldOf(plan, [], [spoiled])).map(({ rule }) => rule)).toContain('Groundplan-NODE8');
    }
  });
});

describe('settings of a node', () => {
  test('the kubelet gets the same on both systems', () => {
    const { config } = nodeConfig(nodeSettings('al2023', pool({}), 'node')).spec.kubelet;
    expect(config).toEqual(kubeletSettings);
    const toml = nodeSettings('bottlerocket', pool({}), 'node');
    expect(toml).toContain(`shutdown-grace-period = "${config.shutdownGracePeriod}"`);
    expect(toml).toContain(`shutdown-grace-period-for-critical-pods = "${config.shutdownGracePeriodCriticalPods}"`);
    const signals = [...toml.matchAll(/^"([\w.]+)" = "([\w%]+)"$/gm)].map(([, signal, value]) => [signal, value]);
    expect(Object.fromEntries(signals)).toEqual(config.evictionHard);
  });

  test('Karpenter makes the array itself, so the settings leave it out', () => {
    for (const system of ['al2023', 'bottlerocket'] as const) {
      expect(nodeSettings(system, pool({ localNvme: true }), 'karpenter')).not.toMatch(/RAID0|ephemeral-storage/);
      expect(nodeSettings(system, pool({ localNvme: true }), 'node')).toMatch(/RAID0|ephemeral-storage/);
    }
  });

  test('a disk is never smaller than the system and one image', () => {
    expect(nodeVolumes('al2023', pool({ diskGiB: 10 })).map(({ gibibytes }) => gibibytes)).toEqual([40]);
    expect(nodeVolumes('bottlerocket', pool({ diskGiB: 10 })).map(({ gibibytes }) => gibibytes)).toEqual([4, 20]);
  });

  test('every Kubernetes version names a release of both systems', () => {
    for (const { version, nodeImages } of kubernetesReleases) {
      expect(nodeImages.al2023).toMatch(new RegExp(`^${version.replace('.', '\\.')}\\.\\d+-20\\d{6}$`));
      expect(nodeImages.bottlerocket).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{8}$/);
    }
  });
});
