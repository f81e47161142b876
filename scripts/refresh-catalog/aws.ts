import { cellNumber } from './csv.ts';
import { present } from './gpus.ts';
import { SourceTable } from './source-table.ts';

type Cells = readonly Readonly<Record<string, string>>[];

const collected = '2026-09-24';

function times(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : Math.round(value * by);
}

/** Accelerator machines from the table; general-purpose ones by reading the reference's Markdown. */
export function machineRows(accelerators: Cells, instanceTypes: string, general: ReadonlySet<string>) {
  const table = new SourceTable(collected);
  const rows: Record<string, unknown>[] = [];
  for (const cell of accelerators) {
    const count = cellNumber(cell.accel_count);
    const name = String(cell.instance_type);
    if (!cell.gpu_id || count === undefined || name.startsWith('u-')) {
      console.log(
        `left out: ${name} (${cell.gpu_id ? 'count of accelerators not known' : 'accelerator not in the table'})`,
      );
      continue;
    }
    rows.push(
      present({
        instanceType: name,
        architecture: cell.arch,
        vcpus: cellNumber(cell.vcpu),
        memoryBytes: times(cellNumber(cell.mem_gib), 2 ** 30),
        gpu: { id: cell.gpu_id, count, apiCount: cellNumber(cell.accel_count_api) ?? count },
        allocatableMillicores: cellNumber(cell.cpu_allocatable_m),
        allocatableMemoryBytes: times(cellNumber(cell.mem_allocatable_mib), 2 ** 20),
        localNvmeBytes: times(cellNumber(cell.local_nvme_gb), 1e9) || undefined,
        networkBitsPerSecond: times(cellNumber(cell.network_gbps_baseline), 1e9),
        efaInterfaces: cellNumber(cell.efa_interfaces),
        maxPods: cellNumber(cell.max_pods_eni),
        sources: [table.index(String(cell.source), String(cell.data_date), cell.notes || undefined)],
      }),
    );
  }
  const reference = 'aws/karpenter-provider-aws@1d927085dd81:website/content/en/docs/reference/instance-types.md';
  const source = [table.index(reference, '2026-07-11')];
  for (const section of instanceTypes.split(/^### /m).slice(1)) {
    const name = /^`([^`]+)`/.exec(section)?.[1];
    if (name === undefined || !general.has(name)) continue;
    const label = (key: string) => new RegExp(`\\|${key.replaceAll('.', '\\.')}\\|([^|]+)\\|`).exec(section)?.[1];
    const memoryMib = cellNumber(label('karpenter.k8s.aws/instance-memory'));
    const networkMbps = cellNumber(label('karpenter.k8s.aws/instance-network-bandwidth'));
    rows.push(
      present({
        instanceType: name,
        architecture: label('kubernetes.io/arch'),
        vcpus: cellNumber(label('karpenter.k8s.aws/instance-cpu')),
        memoryBytes: times(memoryMib, 2 ** 20),
        allocatableMillicores: cellNumber(label('cpu')?.replace('m', '')),
        allocatableMemoryBytes: times(cellNumber(label('memory')?.replace('Mi', '')), 2 ** 20),
        networkBitsPerSecond: times(networkMbps, 1e6),
        maxPods: cellNumber(label('pods')),
        sources: source,
      }),
    );
  }
  return { sources: table.cells, rows: rows as (Record<string, unknown> & { sources: number[] })[] };
}

export function servicePriceRows(cells: Cells) {
  const table = new SourceTable(collected);
  const rows = cells.map((cell) =>
    present({
      service: cell.service,
      item: cell.item,
      region: cell.region,
      tier: cell.tier || undefined,
      unit: cell.unit,
      usd: cellNumber(cell.usd),
      confidence: cell.confidence,
      sources: [table.index(String(cell.source), String(cell.data_date), cell.notes || undefined)],
    }),
  );
  return { sources: table.cells, rows };
}

/**
 * aws-prices.csv by group (`ec2`, `rds`, `aurora`, `opensearch`, `elasticache/valkey`, …), type and region. A price is
 * the tuple `PriceCell` of `offers.ts`, its empty tail cut off.
 */
export function instancePrices(cells: Cells) {
  const table = new SourceTable(collected);
  const groups = new Map<string, Map<string, Record<string, readonly (number | string | null)[]>>>();
  for (const cell of cells) {
    const name = cell.service === 'elasticache' ? `elasticache/${cell.engine}` : String(cell.service);
    const types = groups.get(name) ?? new Map<string, Record<string, readonly (number | string | null)[]>>();
    groups.set(name, types);
    const type = String(cell.instance_type);
    const regions = types.get(type) ?? {};
    types.set(type, regions);
    const savings = cellNumber(cell.spot_savings_pct);
    const price: (number | string | null)[] = [
      table.index(String(cell.od_source), String(cell.od_date), cell.notes || undefined),
      cellNumber(cell.od_usd_hour) ?? null,
      cellNumber(cell.ri_1y_no_upfront_usd_hour) ?? null,
      cellNumber(cell.ri_1y_all_upfront_usd_hour) ?? null,
      cellNumber(cell.ri_3y_no_upfront_usd_hour) ?? null,
      cellNumber(cell.ri_3y_all_upfront_usd_hour) ?? null,
      cell.ri_source && cell.ri_source !== cell.od_source ? table.index(cell.ri_source, String(cell.ri_date)) : null,
      savings ?? null,
      cell.spot_interruption_band || null,
    ];
    while (price.at(-1) === null) price.pop();
    regions[String(cell.region)] = price;
  }
  const spot = 'alexei-led/spotinfo@05e933139449:internal/spot/data/spot-advisor-data.json';
  table.index(spot, '2025-06-28', 'on-demand price less the savings of the Spot advisor');
  const sorted = <Value>(map: ReadonlyMap<string, Value>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sources: table.cells,
    groups: sorted(groups).map(([name, types]) => [name, sorted(types)] as const),
  };
}
