import { type Row, rowsOf } from './csv.ts';

/** Which measured machine stands for a fabric. The H200's table equals the H100's within 10%. */
const fabrics = { a100_sxm: 'Ampere', h100_sxm: 'Hopper', b200_sxm: 'Blackwell', l40s: 'PCIe' } as const;

/**
 * The L40S host of the file moves 2.5 GB/s over 4 GPUs, a tenth of what its own pair does: no peer access across its
 * bridges. Published TensorRT-LLM throughput of 4 and 8 L40S against H100 fits 2 and 3 times the pair's transfer time,
 * so these are used; a host like the file's is three to ten times slower in prefill.
 */
const pcieOverPair = { '4': 2, '8': 3 } as const;

/** The compact table the model reads: seconds by fabric, ranks and 16-bit elements, from graph-captured runs. */
export function allReduceTable(text: string): object {
  const rows = rowsOf(text).filter((row) => row.backend === 'vllm_graph' && fabricOf(row) !== undefined);
  const elements = [...new Set(rows.map((row) => Number(row.message_size)))].sort((a, b) => a - b);
  const seconds: Record<string, Record<string, readonly number[]>> = {};
  for (const [fabric, ofFabric] of Map.groupBy(rows, (row) => fabricOf(row) ?? '')) {
    const columns = [...Map.groupBy(ofFabric, (row) => row.num_gpus ?? '')].map(([ranks, column]) => {
      const sorted = column.toSorted((a, b) => Number(a.message_size) - Number(b.message_size));
      return [ranks, rising(sorted.map((row) => Number(row.latency_ms) / 1e3))] as const;
    });
    seconds[fabric] = Object.fromEntries(columns);
  }
  const pair = seconds.PCIe?.['2'] ?? [];
  for (const [ranks, ratio] of Object.entries(pcieOverPair)) {
    const floor = seconds.PCIe?.[ranks]?.[0] ?? 0;
    const column = pair.map((time) => round(floor + (time - (pair[0] ?? 0)) * ratio));
    seconds.PCIe = { ...seconds.PCIe, [ranks]: column };
  }
  return {
    source: [...new Set(rows.map((row) => row.source_ref))],
    date: '2026-08',
    unit: 'elements of 2 bytes: read so, 8 H100 reach 469 GB/s bus bandwidth and 2 A100 220 GB/s, as their links allow; as bytes, half',
    elements,
    seconds,
  };
}

function fabricOf(row: Row): string | undefined {
  return (fabrics as Readonly<Record<string, string>>)[row.system ?? ''];
}

/** A larger message never takes less: single slow outliers are cut to the next one's time. */
function rising(times: readonly number[]): readonly number[] {
  let least = Number.POSITIVE_INFINITY;
  return times
    .toReversed()
    .map((time) => {
      least = Math.min(least, time);
      return round(least);
    })
    .toReversed();
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
