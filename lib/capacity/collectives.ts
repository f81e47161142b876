import type { Gpu } from '../catalog/gpu.ts';
import measured from './data/all-reduce.json' with { type: 'json' };
import { kernelFamily } from './efficiency.ts';

const elements: readonly number[] = measured.elements;
const tables: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = measured.seconds;

/** Bandwidth of one PCIe generation with 16 lanes, one direction, bytes per second. */
const pcieBytesPerSecond: Readonly<Record<number, number>> = { 3: 16e9, 4: 32e9, 5: 64e9, 6: 128e9 };

/**
 * Seconds of one all-reduce of 16-bit elements over `ranks` GPUs of one node, as a function of the element count.
 * Interpolated between measured sizes of the nearest measured fabric: NVLink of the same architecture, or PCIe (one
 * L40S host; hosts differ by a factor of two, more where cards hang on two sockets). Other link speeds scale the part
 * above the smallest message.
 */
export function prepareAllReduce(gpu: Gpu, ranks: number): (elements: number) => number {
  if (ranks <= 1) return () => 0;
  const linked = gpu.linkBytesPerSecondPerDirection !== undefined;
  const family = linked ? kernelFamily(gpu).family : 'PCIe';
  const table = tables[family] ?? tables.PCIe;
  const column = table?.[String(ranks <= 2 ? 2 : ranks <= 4 ? 4 : 8)];
  if (!column) throw new RangeError(`no all-reduce table for ${family}`);
  const own = gpu.linkBytesPerSecondPerDirection ?? pcieBytesPerSecond[gpu.pcieGeneration ?? 4] ?? 32e9;
  const stretch = referenceLink(family) / own;
  const floor = column[0] ?? 0;
  return (count) => floor + (interpolate(count, column) - floor) * stretch;
}

/** Link speed of the GPUs the tables were measured on. */
function referenceLink(family: string): number {
  switch (family) {
    case 'Ampere':
      return 300e9;
    case 'Hopper':
      return 450e9;
    case 'Blackwell':
      return 900e9;
    default:
      return 32e9;
  }
}

function interpolate(count: number, column: readonly number[]): number {
  let upper = 1;
  while (upper < elements.length - 1 && (elements[upper] ?? 0) < count) upper += 1;
  const [x0 = 1, x1 = 2] = [elements[upper - 1], elements[upper]];
  const [y0 = 0, y1 = 0] = [column[upper - 1], column[upper]];
  return count <= x0 ? y0 : y0 + ((y1 - y0) * (count - x0)) / (x1 - x0);
}
