import { max, min, nice, ticks } from 'd3-array';
import { at, escapeXml, picture, textWidth } from './svg.ts';

const size = 13;
const rowHeight = 28;

interface TextOptions {
  readonly className?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

function text(x: number, y: number, content: string, { className = '', anchor = 'start' }: TextOptions = {}): string {
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}" text-anchor="${anchor}"${
    className === '' ? '' : ` class="${className}"`
  }>${escapeXml(content)}</text>`;
}

const line = (x1: number, y1: number, x2: number, y2: number, className: string) =>
  `<path class="${className}" d="M${at(x1)} ${at(y1)}L${at(x2)} ${at(y2)}"/>`;

interface Scale {
  readonly ticks: readonly number[];
  readonly map: (value: number) => number;
}

/** A logarithmic scale over the powers of ten that hold the values; for figures that span decades. */
function logScale(smallest: number, largest: number, from: number, to: number): Scale {
  const low = Math.floor(Math.log10(smallest));
  const high = Math.max(low + 1, Math.ceil(Math.log10(largest)));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    map: (value) => from + ((to - from) * (Math.log10(value) - low)) / (high - low),
  };
}

/** A linear scale from zero to a round number at or above the largest value. */
function scale(largest: number, from: number, to: number, count: number): Scale {
  const [, end] = nice(0, largest > 0 ? largest : 1, count);
  return { ticks: ticks(0, end, count), map: (value) => from + ((to - from) * value) / end };
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Printed at the end of the bar. */
  readonly text: string;
  /** Ends of the whisker. */
  readonly low?: number;
  readonly high?: number;
  /** A limit, drawn across the bar. */
  readonly goal?: number;
}

export interface BarPanel {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly printTick: (value: number) => string;
}

/** Panels of horizontal bars, each on its own scale, labels at the left and figures at the right. */
export function barPlot(title: string, description: string, panels: readonly BarPanel[], note: string): string {
  const bars = panels.flatMap((panel) => panel.bars);
  const left = Math.max(60, ...bars.map(({ label }) => textWidth(label, size))) + 12;
  const right = Math.max(40, ...bars.map((bar) => textWidth(bar.text, size))) + 16;
  const width = Math.max(760, left + right + 340);
  const body: string[] = [];
  let y = 4;
  for (const panel of panels) {
    const largest = max(panel.bars, (bar) => Math.max(bar.value, bar.high ?? 0, bar.goal ?? 0)) ?? 1;
    const room = textWidth(panel.printTick(largest), size) + 24;
    const x = scale(largest, left, width - right, Math.max(2, Math.min(6, Math.floor((width - left - right) / room))));
    y += 20;
    if (panel.title !== '') body.push(text(0, y, panel.title, { className: 'strong' }));
    const top = y + 8;
    const bottom = top + panel.bars.length * rowHeight;
    for (const tick of x.ticks) {
      body.push(line(x.map(tick), top, x.map(tick), bottom, 'axis'));
      body.push(text(x.map(tick), bottom + 16, panel.printTick(tick), { className: 'muted', anchor: 'middle' }));
    }
    for (const [index, bar] of panel.bars.entries()) {
      const middle = top + (index + 0.5) * rowHeight;
      body.push(text(left - 10, middle + 4.5, bar.label, { anchor: 'end' }));
      body.push(
        `<rect class="bar" x="${at(left)}" y="${at(middle - 8)}" width="${at(Math.max(1, x.map(bar.value) - left))}" height="16" rx="2"/>`,
      );
      const { low, high, goal } = bar;
      if (low !== undefined && high !== undefined && high > low) {
        body.push(line(x.map(low), middle, x.map(high), middle, 'whisker'));
        body.push(line(x.map(high), middle - 5, x.map(high), middle + 5, 'whisker'));
        body.push(line(x.map(low), middle - 5, x.map(low), middle + 5, 'whisker'));
      }
      if (goal !== undefined) body.push(line(x.map(goal), middle - 12, x.map(goal), middle + 12, 'goal'));
      body.push(text(width - right + 14, middle + 4.5, bar.text));
    }
    y = bottom + 28;
  }
  body.push(text(0, y + 18, note, { className: 'muted' }));
  return picture(width, y + 28, title, description, body.join('\n'));
}

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly chosen: boolean;
}

export interface Axis {
  readonly title: string;
  readonly print: (value: number) => string;
}

const frame = { width: 760, height: 380, left: 84, right: 44, top: 16, bottom: 52 } as const;

function axes(xScale: Scale, yScale: Scale, xAxis: Axis, yAxis: Axis): string[] {
  const { width, height, left, right, top, bottom } = frame;
  return [
    ...xScale.ticks.flatMap((tick) => [
      line(xScale.map(tick), top, xScale.map(tick), height - bottom, 'axis'),
      text(xScale.map(tick), height - bottom + 18, xAxis.print(tick), { className: 'muted', anchor: 'middle' }),
    ]),
    ...yScale.ticks.flatMap((tick) => [
      line(left, yScale.map(tick), width - right, yScale.map(tick), 'axis'),
      text(left - 8, yScale.map(tick) + 4.5, yAxis.print(tick), { className: 'muted', anchor: 'end' }),
    ]),
    text((left + width - right) / 2, height - 10, xAxis.title, { anchor: 'middle' }),
    `<text transform="translate(16 ${at((top + height - bottom) / 2)}) rotate(-90)" font-size="${size}" text-anchor="middle">${escapeXml(yAxis.title)}</text>`,
  ];
}

/** Alternatives as numbered points, the chosen one filled; the table beside it says which number is which. */
export function scatterPlot(title: string, description: string, points: readonly Point[], x: Axis, y: Axis): string {
  const { width, height, left, right, top, bottom } = frame;
  const xScale = scale(max(points, (point) => point.x) ?? 1, left, width - right - 20, 6);
  const yScale = scale(max(points, (point) => point.y) ?? 1, height - bottom, top, 5);
  const marks = points.flatMap((point) => [
    `<circle class="${point.chosen ? 'bar' : 'second'}" cx="${at(xScale.map(point.x))}" cy="${at(yScale.map(point.y))}" r="${point.chosen ? 7 : 5}"/>`,
    text(xScale.map(point.x) + 10, yScale.map(point.y) - 7, point.label, { className: point.chosen ? 'strong' : '' }),
  ]);
  return picture(width, height, title, description, [...axes(xScale, yScale, x, y), ...marks].join('\n'));
}

export interface Curve {
  readonly title: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const curveClasses = ['', ' b', ' c'] as const;

/** Curves over one range, on logarithmic axes where the figures span more than two decades. */
export function curvePlot(title: string, description: string, curves: readonly Curve[], x: Axis, y: Axis): string {
  const { width, height, left, right, top, bottom } = frame;
  const all = curves.flatMap((curve) => curve.points);
  const fit = (values: readonly number[], from: number, to: number) => {
    const [low, high] = [min(values) ?? 0, max(values) ?? 1];
    return low > 0 && high / low > 100 ? logScale(low, high, from, to) : scale(high, from, to, 6);
  };
  const xScale = fit(
    all.map((point) => point.x),
    left,
    width - right,
  );
  const yScale = fit(
    all.map((point) => point.y),
    height - bottom,
    top,
  );
  const drawn = curves.flatMap((curve, index) => {
    const className = `curve${curveClasses[index % curveClasses.length]}`;
    const path = curve.points
      .map((point, order) => `${order === 0 ? 'M' : 'L'}${at(xScale.map(point.x))} ${at(yScale.map(point.y))}`)
      .join('');
    const legend = top + 16 + index * 20;
    return [
      `<path class="${className}" d="${path}"/>`,
      line(left + 14, legend, left + 44, legend, className),
      text(left + 52, legend + 4, curve.title),
    ];
  });
  return picture(width, height, title, description, [...axes(xScale, yScale, x, y), ...drawn].join('\n'));
}
