import type { Alert, Plan, ServedModel } from '../plan.ts';

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

/** The models one server serves, with its metric names: series of different servers have different names. */
export function modelsByServer(
  models: readonly ServedModel[],
  catalog: AlertProducts,
): readonly { readonly server: string; readonly models: readonly ServedModel[]; readonly metrics: Metrics }[] {
  const servers = [...new Set(models.map(({ server }) => server))].sort();
  return servers.map((server) => ({
    server,
    models: models.filter((model) => model.server === server),
    metrics: catalog.products.modelServers[server]?.metrics ?? {},
  }));
}
