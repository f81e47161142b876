import type { Comparison } from './accuracy-figures.ts';

const size = 360;
const margin = 48;

/** Predicted against measured on logarithmic axes, with the ±10% band; one path a GPU keeps the file small. */
export function scatterPlot(title: string, comparisons: readonly Comparison[]): string {
  const values = comparisons.flatMap(({ measuredMs, predictedMs }) => [measuredMs, predictedMs]);
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const at = (ms: number) => ((Math.log10(ms) - low) / (high - low)) * (size - 2 * margin);
  const x = (ms: number) => Math.round(10 * (margin + at(ms))) / 10;
  const y = (ms: number) => Math.round(10 * (size - margin - at(ms))) / 10;
  const colours = ['#1b6ca8', '#c2571a', '#2e7d4f', '#7a3f98', '#8a6d00'];
  const gpus = [...new Set(comparisons.map(({ point }) => point.deployment.gpu.id))].sort();
  const marks = gpus.map((gpu, index) => {
    const own = comparisons.filter(({ point }) => point.deployment.gpu.id === gpu);
    const path = own.map(({ measuredMs, predictedMs }) => `M${x(measuredMs)} ${y(predictedMs)}h0`).join('');
    const colour = colours[index % colours.length];
    const legend = `<text x="${margin + 8}" y="${margin + 14 + 14 * index}" fill="${colour}">${gpu}</text>`;
    return `<path d="${path}" stroke="${colour}" stroke-width="4" stroke-linecap="round" stroke-opacity="0.6"/>${legend}`;
  });
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)).map((ms) => {
    const label = ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
    return (
      `<path d="M${x(ms)} ${y(10 ** low)}V${y(10 ** high)}M${x(10 ** low)} ${y(ms)}H${x(10 ** high)}" stroke="#ddd"/>` +
      `<text x="${x(ms)}" y="${size - margin + 14}" text-anchor="middle">${label}</text>` +
      `<text x="${margin - 4}" y="${y(ms) + 4}" text-anchor="end">${label}</text>`
    );
  });
  const line = (ratio: number, stroke: string) => {
    const [from, to] = [10 ** low, 10 ** high];
    const start = ratio < 1 ? from / ratio : from;
    const end = ratio > 1 ? to / ratio : to;
    return `<path d="M${x(start)} ${y(start * ratio)}L${x(end)} ${y(end * ratio)}" stroke="${stroke}"/>`;
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}" font-family="sans-serif" font-size="11" fill="none" role="img" aria-label="${title}">`,
    `<rect width="${size}" height="${size}" fill="#fff"/><g fill="#333">${ticks.join('')}</g>`,
    line(1, '#333'),
    line(1.1, '#999'),
    line(1 / 1.1, '#999'),
    ...marks.map((mark) => mark.replace('<text', '<text stroke="none"')),
    `<g fill="#111"><text x="${size / 2}" y="20" text-anchor="middle" font-size="13">${title}</text>`,
    `<text x="${size / 2}" y="${size - 12}" text-anchor="middle">measured</text>`,
    `<text x="12" y="${size / 2}" text-anchor="middle" transform="rotate(-90 12 ${size / 2})">predicted</text></g>`,
    '</svg>',
    '',
  ].join('\n');
}
