import { hoursPerMonth } from '../../lib/catalog/prices.ts';
import type { CostLine, InstancePriceLookup, PriceLookup, VectorStoreLoad } from '../../lib/catalog/products.ts';

export const gib = 2 ** 30;
const secondsPerMonth = hoursPerMonth * 3600;

/** Queries of one month at the mean rate of the load. */
export function queriesPerMonth(load: VectorStoreLoad): number {
  return load.queriesPerSecond * secondsPerMonth;
}

/** Stored text a vector, bytes; what a payload or a row carries beside its vector. */
export function textBytesPerVector(load: VectorStoreLoad): number {
  return load.vectors === 0 ? 0 : load.textBytes / load.vectors;
}

/** A machine class by what decides fit, smallest first in its table. */
export interface MachineClass {
  readonly instanceClass: string;
  readonly memoryGiB: number;
  readonly vcpus: number;
}

/** The smallest class with enough memory and processors, or undefined when the table ends below the need. */
export function smallestClass(
  classes: readonly MachineClass[],
  memoryBytes: number,
  millicores: number,
): MachineClass | undefined {
  return classes.find((each) => each.memoryGiB * gib >= memoryBytes && each.vcpus * 1000 >= millicores);
}

/** Memory-heavy Graviton classes; a managed service prefixes or suffixes the name. */
export const r7gSizes: readonly { readonly size: string; readonly memoryGiB: number; readonly vcpus: number }[] = [
  { size: 'large', memoryGiB: 16, vcpus: 2 },
  { size: 'xlarge', memoryGiB: 32, vcpus: 4 },
  { size: '2xlarge', memoryGiB: 64, vcpus: 8 },
  { size: '4xlarge', memoryGiB: 128, vcpus: 16 },
  { size: '8xlarge', memoryGiB: 256, vcpus: 32 },
  { size: '12xlarge', memoryGiB: 384, vcpus: 48 },
  { size: '16xlarge', memoryGiB: 512, vcpus: 64 },
];

const podClasses: readonly MachineClass[] = [
  { instanceClass: 'm7g.medium', memoryGiB: 4, vcpus: 1 },
  { instanceClass: 'm7g.large', memoryGiB: 8, vcpus: 2 },
  ...r7gSizes.map(({ size, memoryGiB, vcpus }) => ({ instanceClass: `r7g.${size}`, memoryGiB, vcpus })),
];

/** Share of a node the kubelet, daemons and the operating system keep. */
const nodeOverhead = 1.15;

/** One line of a month that is the same at every load. */
export function flatLine(line: Omit<CostLine, 'usdPerMonth' | 'group'>, monthlyFactor = 1): CostLine {
  const usdPerUnit = line.usdPerUnit * monthlyFactor;
  const usd = line.quantity * usdPerUnit;
  return { ...line, usdPerUnit, group: 'data', usdPerMonth: { minimum: usd, expected: usd, maximum: usd } };
}

/**
 * Monthly cost of a store that runs as pods: machines of the size its pods need, block storage, snapshots in object
 * storage. On machines that are already paid for the lines are 0 and say so.
 *
 * @returns undefined where a machine, a volume or a snapshot has no price in the region
 */
export function podStoreCost(
  load: VectorStoreLoad,
  pods: {
    readonly title: string;
    readonly nodes: number;
    readonly memoryBytes: number;
    readonly millicores: number;
    readonly diskBytes: number;
  },
  services: PriceLookup,
  instances: InstancePriceLookup,
): readonly CostLine[] | undefined {
  if (load.cloud === 'on-premises') {
    return [
      flatLine({
        id: 'data.vector-store.pods',
        title: `${pods.title} on machines you own`,
        quantity: pods.nodes,
        unit: 'pod',
        usdPerUnit: 0,
        basis: 'assumed',
        source: { ref: 'answers: infrastructure.cloud = on-premises', date: '2026-11-21', note: 'no marginal price' },
      }),
    ];
  }
  const machine = smallestClass(podClasses, pods.memoryBytes * nodeOverhead, pods.millicores);
  const price = machine && instances(machine.instanceClass, load.region);
  const volume = services('EBS', 'gp3 storage', load.region);
  const snapshots = services('S3', 'Standard storage', load.region);
  if (!machine || !price || !volume || !snapshots) return undefined;
  const diskGiB = (pods.diskBytes / gib) * pods.nodes;
  return [
    flatLine(
      {
        id: 'data.vector-store.pods',
        title: `${pods.title}: ${machine.instanceClass} or its share of a node`,
        quantity: pods.nodes,
        unit: `machine-month of ${hoursPerMonth} h`,
        usdPerUnit: price.usdPerHour,
        basis: 'modelled',
        source: price.source,
      },
      hoursPerMonth,
    ),
    flatLine({
      id: 'data.vector-store.volumes',
      title: `${pods.title}: gp3 volumes`,
      quantity: diskGiB,
      unit: volume.unit,
      usdPerUnit: volume.usd,
      basis: 'modelled',
      source: volume.sources[0],
    }),
    flatLine({
      id: 'data.vector-store.snapshots',
      title: `${pods.title}: snapshots in object storage, two kept`,
      quantity: (2 * pods.diskBytes) / gib,
      unit: snapshots.unit,
      usdPerUnit: snapshots.usd,
      basis: 'assumed',
      source: snapshots.sources[0],
    }),
  ];
}

/**
 * P95 of one approximate nearest-neighbour query, milliseconds: a floor, and a term that grows with the logarithm of
 * the number of vectors, as a navigable graph does. Assumed; the load test replaces it (P18).
 */
export function graphQueryMilliseconds(floor: number, perDecade: number, load: VectorStoreLoad): number {
  const decades = Math.max(0, Math.log10(Math.max(1, load.vectors) / 10_000));
  return Math.round((floor + perDecade * decades) * 10) / 10;
}
