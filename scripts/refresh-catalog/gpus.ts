import { cellNumber } from './csv.ts';
import { SourceTable } from './source-table.ts';

const teraflops = (cell: string | undefined) => scaled(cell, 1e12);

function scaled(cell: string | undefined, by: number): number | undefined {
  const value = cellNumber(cell);
  return value === undefined ? undefined : Math.round(value * by);
}

/** Drops the keys that no source fills. */
export function present<T extends object>(row: T): T {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as T;
}

/** gpus.csv → rows of the catalogue. NVIDIA sizes are decimal GB by their makers' sheets, Neuron chips' are GiB. */
export function gpuRows(cells: readonly Readonly<Record<string, string>>[]) {
  const table = new SourceTable('2026-08-21');
  const rows = cells.map((cell) =>
    present({
      id: cell.gpu_id,
      name: cell.name,
      vendor: cell.vendor,
      architecture: cell.architecture,
      computeCapability: cellNumber(cell.compute_capability),
      memoryBytesNominal: scaled(cell.mem_gb_nominal, cell.vendor === 'aws' ? 2 ** 30 : 1e9),
      memoryBytesDriver: scaled(cell.mem_mib_driver, 2 ** 20),
      memoryBytesPerSecond: scaled(cell.mem_bw_gbs, 1e9),
      denseFlopsPerSecond: present({
        fp16: teraflops(cell.fp16_tflops_dense),
        bf16: teraflops(cell.bf16_tflops_dense),
        fp8: teraflops(cell.fp8_tflops_dense),
        int8: teraflops(cell.int8_tops_dense),
        fp4: teraflops(cell.fp4_tflops_dense),
      }),
      linkBytesPerSecondPerDirection: scaled(cell.link_gbs_per_direction, 1e9),
      pcieGeneration: cellNumber(cell.pcie_gen),
      tdpWatts: cellNumber(cell.tdp_w),
      sources: (cell.sources ?? '')
        .split(';')
        .map((ref) => ref.trim())
        .filter((ref) => ref !== '')
        .map((ref) => table.index(ref, cell.data_date ?? '')),
      notes: [cell.agreement, cell.notes].filter((text) => text).join('; ') || undefined,
    }),
  );
  return { sources: table.cells, rows };
}
