import type { Alert, Plan, ServedModel } from '../plan.ts';
import { generators, workloads } from '../workloads.ts';

/** What alerts are made from: the parts of a plan that exist before it is frozen. */
export type AlertParts = Pick<
  Plan,
  | 'name'
  | 'requirements'
  | 'platform'
  | 'models'
  | 'gateway'
  | 'spend'
  | 'audit'
  | 'cost'
  | 'vectorStore'
  | 'retrieval'
  | 'capacity'
>;

type Metrics = Readonly<Record<string, string>>;

/**
 * The part of the catalogue alerts read: metric names by meaning, as each product exports them in the version that is
 * emitted. A meaning that a product does not export has no entry, and no alert is made of it.
 */
export interface AlertProducts {
  readonly products: {
    readonly modelServers: Readonly<Record<string, { readonly metrics: Metrics }>>;
    readonly gateways: Readonly<Record<string, { readonly metrics?: Metrics }>>;
  };
}

/** An alert with the chain that led to it, for `explain`. */
export interface ReasonedAlert extends Alert {
  readonly rows: readonly string[];
  /** Ids of decisions whose outcome the rule depends on. */
  readonly decisions: readonly string[];
}

/** Severity of what hurts users now: a page where somebody is on call, else a ticket. */
export function urgent(parts: AlertParts): 'page' | 'ticket' {
  return parts.requirements.operations.onCall ? 'page' : 'ticket';
}

export function gatewayMetrics(parts: AlertParts, catalog: AlertProducts): Metrics {
  return catalog.products.gateways[parts.gateway.id]?.metrics ?? {};
}

/** What answers users, with its metric names, the selector of its series and the ending of its alerts' ids. */
export interface Watched {
  /** Absent: a hosted model, seen at the gateway. */
  readonly model?: ServedModel;
  readonly metrics: Metrics;
  /** Labels that Prometheus adds to every pod it scrapes, so that one selector fits every model server. */
  readonly selector: string;
  /** Empty for the first; `ChatFallback` or `AtGateway` for a second one. */
  readonly suffix: string;
}

const pascalCase = (id: string) => id.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase());

/** A model of our own. */
export interface WatchedModel extends Watched {
  readonly model: ServedModel;
}

export function watchedModels(parts: AlertParts, catalog: AlertProducts): readonly WatchedModel[] {
  return generators(parts).map((model, index) => ({
    model,
    metrics: catalog.products.modelServers[model.server]?.metrics ?? {},
    selector: `namespace="${workloads.namespaces.serving}", pod=~"${podPattern(model)}"`,
    suffix: index === 0 ? '' : pascalCase(model.role),
  }));
}

/** Hosted models have no series of their own here; the gateway times their first token and their whole answer. */
export function watchedAtGateway(parts: AlertParts, catalog: AlertProducts): readonly Watched[] {
  const { timeToFirstToken, latency } = gatewayMetrics(parts, catalog);
  if (!parts.gateway.routes.some(({ kind, weight }) => kind === 'hosted' && weight > 0)) return [];
  return [
    {
      metrics: {
        ...(timeToFirstToken !== undefined && { timeToFirstToken }),
        ...(latency !== undefined && { endToEndLatency: latency }),
      },
      selector: `namespace="${workloads.namespaces.gateway}"`,
      suffix: generators(parts).length > 0 ? 'AtGateway' : '',
    },
  ];
}

/** Pods of a Deployment end in two hashes, those of a group of machines in one or two numbers; `chat` is not `chat-fallback`. */
function podPattern(model: ServedModel): string {
  return model.nodesPerReplica > 1 ? `${model.role}-[0-9]+(-[0-9]+)?` : `${model.role}-[a-z0-9]+-[a-z0-9]+`;
}
