import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { Plan } from '../../lib/plan/plan.ts';
import { image } from './images.ts';
import { endpoints, labels, priorityClasses } from './names.ts';
import { allowTraffic, type Peer, tlsOut } from './network.ts';
import { addObjectStorageKey, objectStorageEnvironment } from './object-storage.ts';
import { containerSecurity, generalPlacement, podSecurity, resources, scratch } from './pod.ts';

/** Schedule of a backup every so many hours, off the full hour. */
export function backupSchedule(intervalHours: number): string {
  const hours = Math.max(1, Math.min(24, Math.floor(intervalHours)));
  if (hours === 1) return '17 * * * *';
  return hours >= 24 ? '17 3 * * *' : `17 */${hours} * * *`;
}

export interface BackupJobProps {
  readonly component: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly intervalHours: number;
  /** Under the platform's own: `<platform>/<prefix>/<time>/…`. */
  readonly prefix: string;
  readonly script: string;
  /** What the job reads from. */
  readonly from: Peer;
  readonly env?: readonly k8s.EnvVar[];
  readonly initContainers?: readonly k8s.Container[];
  readonly volumes?: readonly k8s.Volume[];
  readonly mounts?: readonly k8s.VolumeMount[];
}

/** Copies something into object storage on a schedule (P15); the bucket's lifecycle ends old copies. */
export function addBackupJob(scope: Construct, plan: Plan, props: BackupJobProps): void {
  const { component, namespace } = props;
  const pod: k8s.PodSpec = {
    ...generalPlacement(plan),
    restartPolicy: 'OnFailure',
    serviceAccountName: props.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(),
    priorityClassName: priorityClasses.batch,
    ...(props.initContainers ? { initContainers: [...props.initContainers] } : {}),
    containers: [
      {
        name: 'backup',
        image: image('awsCli'),
        command: ['/bin/sh', '-c', props.script],
        env: [
          ...objectStorageEnvironment(plan, endpoints.backupBucket),
          { name: 'HOME', value: '/tmp' },
          { name: 'PREFIX', value: `${plan.name}/${props.prefix}` },
          ...(props.env ?? []),
        ],
        resources: resources(250, '512Mi'),
        securityContext: containerSecurity(),
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...(props.mounts ?? [])],
      },
    ],
    volumes: [scratch('tmp', '2Gi'), ...(props.volumes ?? [])],
  };
  addObjectStorageKey(scope, plan, namespace);
  new k8s.KubeCronJob(scope, `Backup-${component}`, {
    metadata: { name: component, namespace, labels: { ...labels(plan, component, 'backup') } },
    spec: {
      schedule: backupSchedule(props.intervalHours),
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 1800,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: Math.max(1800, Math.floor(props.intervalHours * 3600 * 0.9)),
          ttlSecondsAfterFinished: 172_800,
          template: { metadata: { labels: { ...labels(plan, component, 'backup') } }, spec: pod },
        },
      },
    },
  });
  allowTraffic(scope, plan, {
    component,
    role: 'backup',
    namespace,
    from: [],
    to: [props.from, tlsOut],
    cloudRole: true,
  });
}
