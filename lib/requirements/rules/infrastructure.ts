import { didYouMean } from '../../catalog/did-you-mean.ts';
import type { Reason } from '../../outcome.ts';
import { missing, type Rule, reason } from './rule.ts';

/** Q6: a cloud has regions, hardware at home has machines. */
const placeIsWhole: Rule = ({ infrastructure, model }) => {
  if (!infrastructure) return [];
  const { cloud, regions, owned, existing } = infrastructure;
  const reasons: Reason[] = [];
  if (cloud === 'on-premises') {
    if (owned.length === 0 && !infrastructure.cpuOnly && model?.class !== 'hosted')
      reasons.push(
        missing(
          'infrastructure.owned',
          'the machines with GPUs you own (Q6)',
          'Add GPU, count and nodes, or set infrastructure.cpuOnly to true.',
        ),
      );
    for (const name of ['regions', 'reservations', 'ownPrices'] as const) {
      if (infrastructure[name].length > 0)
        reasons.push(
          reason(
            `infrastructure.${name}`,
            'nothing on your own hardware',
            'an answer for a cloud',
            'Remove it, or set infrastructure.cloud to aws.',
          ),
        );
    }
    if (infrastructure.provisioning !== undefined)
      reasons.push(
        reason(
          'infrastructure.provisioning',
          'nothing on your own hardware',
          infrastructure.provisioning,
          'Remove it, or set infrastructure.cloud to aws.',
        ),
      );
    if (infrastructure.nodeOperatingSystem !== 'bottlerocket')
      reasons.push(
        reason(
          'infrastructure.nodeOperatingSystem',
          'nothing on your own hardware: its machines have a system already',
          infrastructure.nodeOperatingSystem,
          'Remove it, or set infrastructure.cloud to aws.',
        ),
      );
    for (const name of ['vpcId', 'privateSubnetIds', 'clusterSecurityGroupId', 'kmsKeyArn', 'hostedZoneId'] as const) {
      if (existing[name] !== undefined)
        reasons.push(
          reason(
            `infrastructure.existing.${name}`,
            'nothing on your own hardware',
            'an answer for a cloud',
            'Remove it, or set infrastructure.cloud to aws.',
          ),
        );
    }
  } else {
    if (regions.length === 0)
      reasons.push(
        missing(
          'infrastructure.regions',
          'at least one region of the cloud (Q6)',
          'Add the regions that may be used, preferred first: [us-east-1].',
        ),
      );
    if (owned.length > 0)
      reasons.push(
        reason(
          'infrastructure.owned',
          'nothing in a cloud',
          `${owned.length} owned ${owned.length === 1 ? 'machine' : 'machines'}`,
          'Remove it, or set infrastructure.cloud to on-premises.',
        ),
      );
  }
  return reasons;
};

/** Regions exist, are named once, and lie where data must stay (Q7). */
const regionsFit: Rule = ({ infrastructure, compliance }, catalog) => {
  if (!infrastructure || infrastructure.cloud === 'on-premises') return [];
  const reasons: Reason[] = [];
  const known = catalog?.products.clouds[infrastructure.cloud]?.regions ?? [];
  const residency = compliance?.residency ?? 'none';
  for (const [index, id] of infrastructure.regions.entries()) {
    const path = `infrastructure.regions[${index}]`;
    if (infrastructure.regions.indexOf(id) < index)
      reasons.push(reason(path, 'each region once', `«${id}» again`, 'Remove it.'));
    if (known.length === 0) continue;
    const region = known.find((row) => row.id === id);
    const ids = known.map((row) => row.id);
    if (!region) {
      reasons.push(
        reason(
          path,
          `a region of ${infrastructure.cloud}`,
          `«${id}»`,
          didYouMean(id, ids, `Name one of ${ids.join(', ')}.`),
        ),
      );
    } else if (residency !== 'none' && !region.residency.includes(residency)) {
      const inside = known.filter((row) => row.residency.includes(residency)).map((row) => row.id);
      reasons.push(
        reason(
          path,
          `a region inside compliance.residency ${residency}`,
          `«${id}», which lies in ${region.residency.join(', ') || 'none of those asked about'}`,
          inside.length > 0 ? `Name one of ${inside.join(', ')}, or change the residency.` : 'Change the residency.',
        ),
      );
    }
  }
  return reasons;
};

/** Own prices, reservations and existing networks name things that exist and belong together. */
const ownFactsFit: Rule = ({ infrastructure }, catalog) => {
  if (!infrastructure || infrastructure.cloud === 'on-premises') return [];
  const reasons: Reason[] = [];
  const types = new Set(
    catalog?.offers.filter((offer) => offer.cloud === infrastructure.cloud).map((offer) => offer.instanceType),
  );
  for (const name of ['ownPrices', 'reservations'] as const) {
    for (const [index, row] of infrastructure[name].entries()) {
      if (types.size > 0 && !types.has(row.instanceType))
        reasons.push(
          reason(
            `infrastructure.${name}[${index}].instanceType`,
            'an instance type of the catalogue',
            `«${row.instanceType}»`,
            didYouMean(row.instanceType, types, 'Name one of `groundplan catalog list offers`.'),
          ),
        );
    }
  }
  for (const [index, row] of infrastructure.ownPrices.entries()) {
    if (infrastructure.regions.length > 0 && !infrastructure.regions.includes(row.region))
      reasons.push(
        reason(
          `infrastructure.ownPrices[${index}].region`,
          `one of the regions ${infrastructure.regions.join(', ')}`,
          `«${row.region}»`,
          'Add it to infrastructure.regions, or correct the price.',
        ),
      );
  }
  const { vpcId, privateSubnetIds, availabilityZones, hostedZoneId, hostedZoneName } = infrastructure.existing;
  if (vpcId !== undefined) {
    for (const name of ['privateSubnetIds', 'availabilityZones'] as const) {
      if (!infrastructure.existing[name]?.length)
        reasons.push(
          missing(
            `infrastructure.existing.${name}`,
            'the private subnets of the existing network and their zones',
            'Add them in the same order.',
          ),
        );
    }
  } else if (privateSubnetIds?.length) {
    reasons.push(
      missing('infrastructure.existing.vpcId', 'the network the subnets belong to', 'Add it, or remove the subnets.'),
    );
  }
  if (infrastructure.existing.clusterSecurityGroupId !== undefined) {
    for (const [name, because] of [
      ['clusterName', 'the cluster the security group belongs to'],
      ['vpcId', 'the network the security group stands in'],
    ] as const) {
      if (infrastructure.existing[name] === undefined)
        reasons.push(
          missing(`infrastructure.existing.${name}`, because, 'Add it, or remove the security group of the cluster.'),
        );
    }
  }
  if (privateSubnetIds?.length && availabilityZones?.length && privateSubnetIds.length !== availabilityZones.length)
    reasons.push(
      reason(
        'infrastructure.existing.availabilityZones',
        `${privateSubnetIds.length} zones, one for each subnet`,
        String(availabilityZones.length),
        'Make the two lists equally long.',
      ),
    );
  const [region] = infrastructure.regions;
  for (const [index, zone] of (availabilityZones ?? []).entries()) {
    if (region !== undefined && zone.slice(0, -1) !== region)
      reasons.push(
        reason(
          `infrastructure.existing.availabilityZones[${index}]`,
          `a zone of the first region, ${region}`,
          `«${zone}»`,
          'Name that region first, or correct the zone.',
        ),
      );
  }
  if ((hostedZoneId === undefined) !== (hostedZoneName === undefined))
    reasons.push(
      missing(
        `infrastructure.existing.${hostedZoneId === undefined ? 'hostedZoneId' : 'hostedZoneName'}`,
        'id and name of the hosted zone together',
        'Add the other one.',
      ),
    );
  return reasons;
};

/** Ways of buying and running that exclude each other. */
const waysAgree: Rule = ({ infrastructure, throughput, model }) => {
  if (!infrastructure) return [];
  const reasons: Reason[] = [];
  const onlySpot = infrastructure.purchases.every((purchase) => purchase === 'spot');
  if (onlySpot && throughput && throughput.pattern !== 'batch')
    reasons.push(
      reason(
        'infrastructure.purchases',
        'a way to buy that is not interrupted, for traffic under a latency goal (D11)',
        'spot alone',
        'Add on-demand or a reservation.',
      ),
    );
  if (infrastructure.cpuOnly && infrastructure.gpu.allow?.length)
    reasons.push(
      reason(
        'infrastructure.gpu.allow',
        'no GPU with infrastructure.cpuOnly',
        infrastructure.gpu.allow.join(', '),
        'Remove it, or set cpuOnly to false.',
      ),
    );
  if (infrastructure.cpuOnly && infrastructure.owned.length > 0)
    reasons.push(
      reason(
        'infrastructure.owned',
        'no GPU with infrastructure.cpuOnly',
        'machines with GPUs',
        'Remove it, or set cpuOnly to false.',
      ),
    );
  if (infrastructure.provisioning === 'auto-mode' && infrastructure.nodeOperatingSystem !== 'bottlerocket')
    reasons.push(
      reason(
        'infrastructure.nodeOperatingSystem',
        'bottlerocket, the only system auto mode runs (D11)',
        infrastructure.nodeOperatingSystem,
        'Remove it, or set infrastructure.provisioning to managed-node-groups or karpenter.',
      ),
    );
  if (infrastructure.isolated && model?.class === 'hosted')
    reasons.push(
      reason(
        'infrastructure.isolated',
        'a path to the provider’s API',
        'no internet path at all',
        'Set model.class to open-weight, or isolated to false.',
      ),
    );
  const { allow, quota } = infrastructure.gpu;
  if (allow?.length && quota && allow.every((gpu) => quota[gpu] === 0))
    reasons.push(
      reason(
        'infrastructure.gpu.quota',
        'a quota above 0 for one of the allowed GPU types',
        '0 for each',
        'Raise one, or allow another type.',
      ),
    );
  return reasons;
};

export const infrastructureRules: readonly Rule[] = [placeIsWhole, regionsFit, ownFactsFit, waysAgree];
