import { instance } from '@viz-js/viz';
import { at, picture } from './svg.ts';
import type { Component, Topology, Zone } from './topology.ts';

/** Graphviz measures Helvetica; the reader’s face may be wider, so text is drawn smaller than it was measured. */
const drawnShare = 0.88;

// Graphviz as WebAssembly inside its package: no network, no DOM, the same bytes for the same graph.
const graphviz = await instance();

const quote = (text: string) => `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\s+/g, ' ')}"`;
/** A label of several lines; `\n` is Graphviz's own line break. */
const label = (lines: readonly string[]) => `"${lines.map((line) => quote(line).slice(1, -1)).join('\\n')}"`;

const shapes: Readonly<Record<Component['kind'], string>> = {
  people: 'shape=oval',
  workload: 'shape=box style=rounded',
  store: 'shape=cylinder',
  service: 'shape=box style="rounded,dashed"',
};

function box(component: Component): string {
  return `${quote(component.id)} [label=${label([component.title, ...component.lines])} ${shapes[component.kind]} class="part ${component.zone}"]`;
}

function dot({ account, components, flows }: Topology): string {
  const boxes = (zone: Zone) => components.filter((component) => component.zone === zone).map(box);
  // Stores stand in one column, however they copy from each other: the picture stays as narrow as a page.
  const column = components.filter(({ zone, kind }) => zone === 'data' && kind === 'store').map(({ id }) => quote(id));
  const cluster = (id: string, title: string, body: readonly string[]) =>
    body.length === 0
      ? []
      : [`subgraph ${quote(`cluster_${id}`)} { label=${quote(title)} class=boundary`, ...body, '}'];
  return [
    'digraph {',
    'graph [rankdir=LR fontname=Helvetica fontsize=14 labeljust=l nodesep=0.25 ranksep=0.55 pad=0.1 bgcolor=transparent]',
    'node [fontname=Helvetica fontsize=14 margin="0.14,0.08"]',
    'edge [fontname=Helvetica fontsize=13 arrowsize=0.7]',
    ...boxes('outside'),
    ...cluster('account', account, [
      ...cluster('kubernetes', 'Kubernetes cluster', boxes('cluster')),
      ...cluster('data', 'Data', [
        ...boxes('data'),
        ...(column.length > 1 ? [`{ rank=same; ${column.join('; ')} }`] : []),
      ]),
    ]),
    ...flows.map(
      ({ from, to, data, background }) =>
        `${quote(from)} -> ${quote(to)} [label=${quote(` ${data} `)}${background ? ' style=dashed class=background' : ''}]`,
    ),
    '}',
  ].join('\n');
}

const style =
  'svg.plan .part path,svg.plan .part polygon,svg.plan .part ellipse{fill:var(--surface);stroke:var(--line)}' +
  'svg.plan .outside path,svg.plan .outside polygon,svg.plan .outside ellipse{fill:var(--paper)}' +
  'svg.plan .boundary polygon{fill:none;stroke:var(--line);stroke-dasharray:4 3}' +
  'svg.plan .edge path{stroke:var(--muted)}svg.plan .edge polygon{stroke:var(--muted);fill:var(--muted)}' +
  'svg.plan .edge text{fill:var(--muted)}';

/** The architecture as a picture: boxes within their trust boundaries, solid lines on the path of a request. */
export function architectureDiagram(topology: Topology): string {
  const drawn = graphviz.renderString(dot(topology), { format: 'svg' });
  const viewBox = /viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"/.exec(drawn);
  const body = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(drawn)?.[1];
  if (!viewBox || body === undefined) throw new Error('the diagram came back without a size');
  const inner = body
    .replace(/<!--[\s\S]*?-->\n?/g, '')
    .replace(/<title>[^<]*<\/title>\n?/g, '')
    .replace(/ xml:space="preserve"| font-family="[^"]*"/g, '')
    .replace(/<g id="([^"]*)"/g, '<g')
    .replace(/ font-size="([\d.]+)"/g, (_, size: string) => ` font-size="${at(Number(size) * drawnShare)}"`)
    .trim();
  const description = topology.flows.map(({ from, to, data }) => `${from} to ${to}: ${data}.`).join(' ');
  return picture(
    Number(viewBox[1]),
    Number(viewBox[2]),
    `Architecture of ${topology.account}`,
    description,
    inner,
    style,
  );
}
