import { kubernetesReleases } from '../../cluster/versions.ts';
import type { Rule } from '../rule.ts';
import { asList, asObject, asText, at, ofType, refersTo, type World } from '../world.ts';

const logTypes = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

const clusters = (world: World) => ofType(world, 'AWS::EKS::Cluster');

/** EKS, on which the published packs hold almost nothing. */
export const eksRules: readonly Rule[] = [
  {
    id: 'Groundplan-EKS1',
    title: 'The API server has a private endpoint and no public one',
    control: 'private-api-endpoint',
    check: (world) =>
      clusters(world)
        .filter(
          ({ properties }) =>
            at(properties, 'ResourcesVpcConfig.EndpointPrivateAccess') !== true ||
            at(properties, 'ResourcesVpcConfig.EndpointPublicAccess') !== false,
        )
        .map(({ address }) => ({
          resource: address,
          message: 'EndpointPrivateAccess must be true and EndpointPublicAccess false',
        })),
  },
  {
    id: 'Groundplan-EKS2',
    title: 'All five control-plane logs are on',
    control: 'control-plane-logs',
    check: (world) =>
      clusters(world).flatMap(({ properties, address }) => {
        const on = asList(at(properties, 'Logging.ClusterLogging.EnabledTypes')).map((entry) => asObject(entry).Type);
        return logTypes
          .filter((type) => !on.includes(type))
          .map((type) => ({ resource: address, detail: type, message: `log type ${type} is off` }));
      }),
  },
  {
    id: 'Groundplan-EKS3',
    title: 'Kubernetes secrets are encrypted with a customer-managed key',
    control: 'cluster-secrets-encryption',
    check: (world) =>
      clusters(world)
        .filter(
          ({ properties }) =>
            !asList(properties.EncryptionConfig).some(
              (entry) =>
                asList(asObject(entry).Resources).includes('secrets') && at(entry, 'Provider.KeyArn') !== undefined,
            ),
        )
        .map(({ address }) => ({ resource: address, message: 'EncryptionConfig has no key for secrets' })),
  },
  {
    id: 'Groundplan-EKS4',
    title: 'Access goes through access entries, and the creator gets none by itself',
    control: 'cluster-access-entries',
    check: (world) =>
      clusters(world)
        .filter(
          ({ properties }) =>
            at(properties, 'AccessConfig.AuthenticationMode') !== 'API' ||
            at(properties, 'AccessConfig.BootstrapClusterCreatorAdminPermissions') !== false,
        )
        .map(({ address }) => ({
          resource: address,
          message: 'AuthenticationMode must be API and the creator must not become administrator',
        })),
  },
  {
    id: 'Groundplan-EKS5',
    title: 'The Kubernetes version is in standard support on the date of the plan',
    control: 'change-record',
    check: (world) =>
      clusters(world).flatMap(({ properties, address }) => {
        const version = asText(properties.Version);
        const release = kubernetesReleases.find((row) => row.version === version);
        if (!release) return [{ resource: address, message: `version ${version ?? 'unset'} is not in the table` }];
        if (release.standardSupportEnds > world.plan.catalogDate) return [];
        return [
          { resource: address, message: `standard support of ${version} ended on ${release.standardSupportEnds}` },
        ];
      }),
  },
  {
    id: 'Groundplan-EKS6',
    title: 'Every add-on has the version matched to the cluster',
    control: 'change-record',
    check: (world) =>
      clusters(world).flatMap(({ properties }) => {
        const release = kubernetesReleases.find((row) => row.version === properties.Version);
        return ofType(world, 'AWS::EKS::Addon').flatMap((addOn) => {
          const name = asText(addOn.properties.AddonName) ?? '';
          const version = asText(addOn.properties.AddonVersion);
          const table: Readonly<Record<string, string>> = release?.addOns ?? {};
          if (version !== undefined && (table[name] === undefined || table[name] === version)) return [];
          return [
            { resource: addOn.address, message: `${name}: ${version ?? 'no version'}, the table says ${table[name]}` },
          ];
        });
      }),
  },
  {
    id: 'Groundplan-EKS7',
    title: 'A workload gets its role by Pod Identity, for exactly one service account',
    control: 'workload-identity',
    check: (world) =>
      ofType(world, 'AWS::EKS::PodIdentityAssociation')
        .filter(({ properties }) => !properties.Namespace || !properties.ServiceAccount || !properties.RoleArn)
        .map(({ address }) => ({ resource: address, message: 'names no namespace, service account or role' })),
  },
];

/** Launch templates of node groups and what the groups do with them. */
export const nodeRules: readonly Rule[] = [
  {
    id: 'Groundplan-NODE1',
    title: 'Nodes answer metadata requests by IMDSv2 only, one hop away',
    control: 'node-hardening',
    check: (world) =>
      ofType(world, 'AWS::EC2::LaunchTemplate')
        .filter(({ properties }) => {
          const options = at(properties, 'LaunchTemplateData.MetadataOptions');
          return asObject(options).HttpTokens !== 'required' || asObject(options).HttpPutResponseHopLimit !== 1;
        })
        .map(({ address }) => ({
          resource: address,
          message: 'MetadataOptions needs HttpTokens required and HttpPutResponseHopLimit 1',
        })),
  },
  {
    id: 'Groundplan-NODE2',
    title: 'Node volumes are encrypted with a customer-managed key',
    control: 'node-hardening',
    check: (world) =>
      ofType(world, 'AWS::EC2::LaunchTemplate').flatMap(({ properties, address }) => {
        const mappings = asList(at(properties, 'LaunchTemplateData.BlockDeviceMappings'));
        const open = mappings.filter((mapping) => {
          const volume = asObject(asObject(mapping).Ebs);
          return volume.Encrypted !== true || volume.KmsKeyId === undefined;
        });
        if (mappings.length > 0 && open.length === 0) return [];
        return [{ resource: address, message: 'a volume is not encrypted with a key of ours, or none is declared' }];
      }),
  },
  {
    id: 'Groundplan-NODE3',
    title: 'A node group has at least two instance types, unless it targets a reservation or the plan says why not',
    control: 'multi-zone',
    check: (world) =>
      ofType(world, 'AWS::EKS::Nodegroup').flatMap((group) => {
        const types = asList(group.properties.InstanceTypes);
        if (types.length >= 2 || targetsReservation(world, group.properties.LaunchTemplate)) return [];
        if (world.plan.platform.nodePools.some((pool) => hasReasonForOne(pool, types))) return [];
        return [{ resource: group.address, message: 'one instance type: no way out of a capacity shortage' }];
      }),
  },
  {
    id: 'Groundplan-NODE4',
    title: 'A node group starts from a launch template of ours',
    control: 'node-hardening',
    check: (world) =>
      ofType(world, 'AWS::EKS::Nodegroup')
        .filter(({ properties }) => properties.LaunchTemplate === undefined)
        .map(({ address }) => ({
          resource: address,
          message: 'no launch template: volumes and metadata are defaults',
        })),
  },
  {
    id: 'Groundplan-NODE5',
    title: 'No node group can grow past its pool’s maximum in the plan',
    control: 'change-record',
    check: (world) => {
      const largest = world.plan.platform.nodePools.reduce((sum, pool) => sum + pool.nodes.maximum, 0);
      const total = ofType(world, 'AWS::EKS::Nodegroup').reduce(
        (sum, { properties }) => sum + Number(at(properties, 'ScalingConfig.MaxSize') ?? 0),
        0,
      );
      if (total <= largest) return [];
      return [{ resource: 'node groups', message: `may start ${total} nodes; the plan pays for ${largest}` }];
    },
  },
];

/** A pool the planner found one machine type for: its record and the capacity-shortage runbook say so. */
function hasReasonForOne(
  { instanceTypes, oneTypeBecause }: World['plan']['platform']['nodePools'][number],
  found: readonly unknown[],
): boolean {
  return oneTypeBecause !== undefined && instanceTypes.length === 1 && found[0] === instanceTypes[0];
}

function targetsReservation(world: World, launchTemplate: Parameters<typeof refersTo>[0]): boolean {
  return ofType(world, 'AWS::EC2::LaunchTemplate').some(
    (template) =>
      refersTo(launchTemplate, template.logicalId) &&
      (at(template.properties, 'LaunchTemplateData.CapacityReservationSpecification') !== undefined ||
        at(template.properties, 'LaunchTemplateData.InstanceMarketOptions.MarketType') === 'capacity-block'),
  );
}
