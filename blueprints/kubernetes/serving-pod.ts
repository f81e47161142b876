import type { k8s } from 'cdk8s-plus-34';
import type { Plan, ServedModel } from '../../lib/plan/plan.ts';
import { generators } from '../../lib/plan/workloads.ts';
import { fetchContainers, modelVolume } from './model-files.ts';
import { isProduction, ports, priorityClasses, serviceAccounts } from './names.ts';
import {
  containerSecurity,
  placement,
  podSecurity,
  poolOf,
  port,
  resources,
  scratch,
  spread,
  spreadStateful,
} from './pod.ts';

/** What is peculiar to one model server; everything else of its pods is the same for all. */
export interface ServerContainer {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Path that answers 200 once the model can serve. */
  readonly healthPath: string;
  /** False where the server exports no metrics. */
  readonly metrics: boolean;
  /** File the fetched weights are also reachable by, inside the model's directory. */
  readonly renameWeights?: string;
  readonly volumes?: readonly k8s.Volume[];
  readonly mounts?: readonly k8s.VolumeMount[];
  readonly initContainers?: readonly k8s.Container[];
  readonly postStart?: readonly string[];
}

/** Endpoints leave the load balancers within this time; only then does the server stop taking requests. */
const deregistrationSeconds = 15;
/** Between the end of the drain and the kill. */
const exitSeconds = 15;

/** Time a pod needs from SIGTERM to its end: deregistration, the longest generation, exit. */
function terminationSeconds(model: ServedModel): number {
  return deregistrationSeconds + model.longestGenerationSeconds + exitSeconds;
}

/** Three times the predicted load, at least two minutes: a cold disk must not restart a healthy load. */
export function startupSeconds(model: ServedModel): number {
  return Math.max(120, 3 * model.loadSeconds);
}

function probes(
  path: string,
  model: ServedModel,
): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const httpGet = { path, port: port('http') };
  return {
    startupProbe: {
      httpGet,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil(startupSeconds(model) / 10),
    },
    // Short, so that a drain is quick.
    readinessProbe: { httpGet, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 2 },
    livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
  };
}

const gpusPerPod = (model: ServedModel) => model.gpusPerReplica / model.nodesPerReplica;

/** Interfaces of a placement group's fabric a pod asks for; the device plugin's own resource name. */
function fabric(plan: Plan, model: ServedModel, interfaces: number): Readonly<Record<string, string>> {
  const pool = poolOf(plan, model.nodePool);
  return pool.efa && model.nodesPerReplica > 1
    ? { 'vpc.amazonaws.com/efa': String(interfaces), 'hugepages-2Mi': '5120Mi' }
    : {};
}

/**
 * Pod of one replica, or of one machine of it.
 *
 * @param rank - `leader` answers requests and is probed; a `worker` of a multi-machine replica only computes
 */
export function servingPod(
  plan: Plan,
  model: ServedModel,
  server: ServerContainer,
  props: { readonly rank: 'leader' | 'worker'; readonly efaInterfaces: number },
): k8s.PodSpec {
  const pool = poolOf(plan, model.nodePool);
  const gpus = gpusPerPod(model);
  const leads = props.rank === 'leader';
  const grouped = model.nodesPerReplica > 1;
  const interactive = generators(plan).includes(model) && plan.requirements.throughput.pattern === 'interactive';
  return {
    ...placement(pool),
    serviceAccountName: serviceAccounts.modelServer,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(),
    priorityClassName: interactive ? priorityClasses.interactive : priorityClasses.batch,
    terminationGracePeriodSeconds: terminationSeconds(model),
    topologySpreadConstraints: grouped
      ? spreadStateful(plan, model.role)
      : spread(plan, model.role, model.replicas.minimum > 1 && pool.gpusPerNode <= gpus && isProduction(plan)),
    initContainers: [...fetchContainers(plan, model, server.renameWeights), ...(server.initContainers ?? [])],
    containers: [
      {
        name: 'server',
        image: server.image,
        ...(server.command ? { command: [...server.command] } : {}),
        args: [...server.args],
        env: Object.entries(server.env).map(([name, value]) => ({ name, value })),
        ...(leads
          ? { ports: [{ name: 'http', containerPort: ports.modelServer }], ...probes(server.healthPath, model) }
          : {}),
        lifecycle: {
          preStop: { sleep: { seconds: deregistrationSeconds } },
          ...(server.postStart ? { postStart: { exec: { command: [...server.postStart] } } } : {}),
        },
        resources: resources(model.millicoresPerReplica, `${model.memoryGiBPerReplica}Gi`, {
          ...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}),
          ...fabric(plan, model, props.efaInterfaces),
        }),
        // A GPU runtime hook writes into the root file system of the container.
        securityContext: containerSecurity(gpus > 0),
        volumeMounts: [
          { name: 'models', mountPath: '/models', readOnly: server.initContainers === undefined },
          { name: 'shm', mountPath: '/dev/shm' },
          { name: 'home', mountPath: '/home/server' },
          { name: 'tmp', mountPath: '/tmp' },
          ...(server.mounts ?? []),
        ],
      },
    ],
    volumes: [
      modelVolume(model),
      scratch('shm', `${model.sharedMemoryGiB}Gi`, true),
      scratch('home', '20Gi'),
      scratch('tmp', '10Gi'),
      ...(server.volumes ?? []),
      ...(props.efaInterfaces > 0 && grouped && pool.efa
        ? [{ name: 'hugepages', emptyDir: { medium: 'HugePages' } }]
        : []),
    ],
  };
}
