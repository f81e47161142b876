import { hoursPerMonth } from '../../../../lib/catalog/prices.ts';
import type { CostLine } from '../../../../lib/catalog/products.ts';
import type { NodePool, Plan } from '../../../../lib/plan/plan.ts';
import { machine } from '../machines.ts';
import { asList, asText, at, ofType, type World } from '../nag/world.ts';

/**
 * Machines of managed node groups, counted in the template: minimum, desired and maximum size of each group at the price
 * of its pool, the maximum at the dearest machine type the group may start. What is committed is paid whatever runs. Pools
 * of Karpenter and Auto Mode are not in any template: the plan's own lines stand for them.
 */
export function nodeLines(world: World, plan: Plan): readonly CostLine[] {
  const groups = ofType(world, 'AWS::EKS::Nodegroup');
  return plan.cost.lines
    .filter((line) => /^cluster\.(gpu|nodes)\./.test(line.id))
    .map((line) => {
      const pool = plan.platform.nodePools.find(({ id }) => line.id.replace(/^cluster\.(gpu|nodes)\./, '') === id);
      const own = groups.filter(({ properties }) => pool && at(properties, 'Labels.groundplan/pool') === pool.id);
      const committed = pool?.committed?.nodes ?? 0;
      if (!pool || own.length === 0 || committed >= pool.nodes.maximum) return line;
      const above = (key: string) =>
        Math.max(
          0,
          own.reduce((total, { properties }) => total + Number(at(properties, `ScalingConfig.${key}`) ?? 0), 0) -
            committed,
        );
      const types = own.flatMap(({ properties }) => asList(properties.InstanceTypes).map((type) => asText(type) ?? ''));
      const atMost = line.usdPerMonth.maximum / (pool.nodes.maximum - committed);
      return {
        ...line,
        quantity: above('DesiredSize'),
        usdPerMonth: {
          minimum: above('MinSize') * line.usdPerUnit,
          expected: above('DesiredSize') * line.usdPerUnit,
          maximum: above('MaxSize') * Math.max(atMost, strangersUsd(pool, types, plan.platform.region)),
        },
      };
    });
}

/** USD a month, at list price, of the dearest type that is not the plan's. */
function strangersUsd(pool: NodePool, types: readonly string[], region: string): number {
  const prices = types
    .filter((type) => !pool.instanceTypes.includes(type))
    .map((type) => machine(type)?.prices.find((price) => price.region === region)?.onDemandUsdPerHour ?? 0);
  return Math.max(0, ...prices) * hoursPerMonth;
}
