import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/config.js';
import { newKeyLine } from '../../src/shared/encryption-keys.js';
import { Certificates } from '../support/certificates.js';
import { installed, searchPath } from '../support/installed.js';
import { copySchemas, kubernetesSchemas } from '../support/kubernetes-schemas.js';

const CHART = 'deploy/helm/metal-api';
const RELEASE = '1.31.0';
const VALUES = readdirSync(`${CHART}/ci`).map((file) => join(CHART, 'ci', file));
const suite = 'the Helm chart';

const folder = mkdtempSync(join(tmpdir(), 'metal-helm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface PodSpec {
  readonly enableServiceLinks: boolean;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: readonly {
    readonly env: readonly Variable[];
    readonly securityContext: object;
    readonly args: readonly string[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
}

const run = promisify(execFile);
const helm = (...args: string[]) =>
  run('helm', args, { env: { PATH: searchPath(), HOME: folder }, maxBuffer: 64 * 1024 * 1024 });

/** Rendered text; `set` are further arguments. */
async function template(values: string | undefined, ...set: string[]): Promise<string> {
  const files = values === undefined ? [] : ['--values', values];
  const { stdout } = await helm('template', 'release', CHART, '--kube-version', RELEASE, ...files, ...set);
  return stdout;
}

const manifests = (text: string): Manifest[] =>
  parseAllDocuments(text).flatMap((document) => {
    const content: unknown = document.toJS();
    return content === null ? [] : [content as Manifest];
  });

const render = async (values: string, ...set: string[]): Promise<Manifest[]> =>
  manifests(await template(values, ...set));

const find = (all: readonly Manifest[], kind: string, name: string): Manifest =>
  all.find((one) => one.kind === kind && one.metadata.name === name)!;

const podOf = ({ spec }: Manifest): PodSpec => (spec['template'] as { spec: PodSpec }).spec;

/** What Helm prints when rendering fails. */
async function failure(...set: string[]): Promise<string> {
  try {
    await template(undefined, ...set);
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
  throw new Error('the chart was rendered');
}

describe.skipIf(!installed(suite, 'helm'))(suite, () => {
  it.each(VALUES)('passes helm lint with %s', async (values) => {
    const { stdout } = await helm('lint', '--strict', '--kube-version', RELEASE, CHART, '--values', values);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('is refused without values, with a sentence for each that is missing', async () => {
    const text = await failure();
    for (const sentence of [
      'image.repository is not set, expected the repository of the metal-api image',
      'auth.existingSecret is not set, expected the name of a Secret with the keys hmac-view, hmac-edit, hmac-admin',
      'encryption.existingSecret is not set',
      'database.address is not set, expected host:port of RethinkDB',
      'database.existingSecret is not set',
      'grpc.tlsSecret is not set, expected the name of a Secret with ca.crt, tls.crt and tls.key',
    ]) {
      expect(text).toContain(sentence);
    }
  });

  it.each([
    ['ingress.enabled=true,ingress.host=h', 'ingress.tlsSecret is not set'],
    ['nats.url=nats://user:secret@host:4222', 'nats.url contains credentials'],
    ['nats.url=nats://host:4222', 'nats.existingSecret is not set'],
    ['settings.METAL_API_S3_SECRET=x', 'settings.METAL_API_S3_SECRET is a secret, expected it in extraEnv'],
    ['settings.METAL_API_DEV=true', 'settings.METAL_API_DEV is for trying it out on loopback'],
    ['settings.LOG_LEVEL=info', 'settings.LOG_LEVEL is not a setting of metal-api'],
    ['database.tls.caSecret=ca', 'database.tls.enabled is false although a Secret of database.tls is set'],
    [
      'grpc.tlsSecret=,grpc.insecure=true,ingress.grpc.enabled=true',
      'ingress.grpc.enabled needs grpc.enabled with TLS',
    ],
  ])('refuses %s', async (set, sentence) => {
    expect(await failure('--values', `${CHART}/ci/minimal.yaml`, '--set', set)).toContain(sentence);
  });

  it.each(VALUES)('gives pods no more rights than they need with %s', async (values) => {
    const workloads = (await render(values)).filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
    expect(workloads.length).toBeGreaterThan(0);
    for (const workload of workloads) {
      const { securityContext, containers, ...pod } = podOf(workload);
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      // Service links would set METAL_API_PORT to a URL.
      expect(pod).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: false });
      for (const container of containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  it.each(VALUES)('names only settings that exist, and no secret by value, with %s', async (values) => {
    const documented = readFileSync('docs/settings.md', 'utf8').replaceAll(/`_([A-Z])/g, '`METAL_API_$1');
    for (const workload of (await render(values)).filter(({ kind }) => kind === 'Deployment' || kind === 'Job')) {
      for (const { name, value } of podOf(workload).containers.flatMap(({ env }) => env)) {
        expect(documented).toContain(`\`${name}\``);
        if (/_(KEY|PASSWORD|SECRET)$/.test(name)) expect(value).toBeUndefined();
      }
    }
  });

  it('leaves the number of servers to the autoscaler', async () => {
    const all = await render(`${CHART}/ci/full.yaml`);
    expect(find(all, 'Deployment', 'release-metal-api').spec).not.toHaveProperty('replicas');
    expect(find(all, 'HorizontalPodAutoscaler', 'release-metal-api').spec).toMatchObject({ minReplicas: 2 });
    const minimal = find(await render(`${CHART}/ci/minimal.yaml`), 'Deployment', 'release-metal-api');
    expect(minimal.spec).toMatchObject({ replicas: 3 });
  });

  it('migrates before servers start, as the administrator of the database', async () => {
    const all = await render(`${CHART}/ci/minimal.yaml`);
    const job = find(all, 'Job', 'release-metal-api-migrate');
    expect(job.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade' });
    const [container] = podOf(job).containers;
    expect(container!.args).toEqual(['migrate']);
    expect(container!.env).toContainEqual({ name: 'METAL_API_DB_USER', value: 'admin' });
    const [server] = podOf(find(all, 'Deployment', 'release-metal-api')).containers;
    expect(server!.env).toContainEqual({ name: 'METAL_API_DB_USER', value: 'metal' });
  });

  it('passes TLS of gRPC through to the servers', async () => {
    const all = await render(`${CHART}/ci/full.yaml`);
    expect(find(all, 'Ingress', 'release-metal-api-grpc').metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/ssl-passthrough': 'true',
    });
    expect(find(all, 'Service', 'release-metal-api-grpc').spec).toMatchObject({ type: 'LoadBalancer' });
    const without = await render(`${CHART}/ci/without-partitions.yaml`);
    expect(without.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).not.toContain(
      'Service release-metal-api-grpc',
    );
  });

  it('installs the alert rules and dashboards', async () => {
    const all = await render(`${CHART}/ci/full.yaml`);
    const [rules] = manifests(readFileSync(`${CHART}/files/rules.yml`, 'utf8'));
    expect(find(all, 'PrometheusRule', 'release-metal-api').spec).toEqual(rules);
    const { data } = find(all, 'ConfigMap', 'release-metal-api-dashboards');
    expect(Object.keys(data!).sort()).toEqual(readdirSync(`${CHART}/files/dashboards`).sort());
    for (const [name, text] of Object.entries(data!)) {
      expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(`${CHART}/files/dashboards/${name}`, 'utf8')));
    }
  });

  describe.skipIf(!installed(suite, 'openssl'))('the environment of a server', () => {
    /** The variables of the container, with secrets as a cluster would supply them, and mounts in a folder. */
    async function environment(values: string, secrets: (name: string, key: string) => string) {
      const pod = podOf(find(await render(values), 'Deployment', 'release-metal-api'));
      const { env } = pod.containers[0]!;
      return Object.fromEntries(
        env.map(({ name, value, valueFrom: from }) => [
          name,
          from === undefined
            ? value!.replace(/^\/secrets\//, `${folder}/`)
            : secrets(from.secretKeyRef.name, from.secretKeyRef.key),
        ]),
      );
    }

    beforeAll(() => {
      const certificates = new Certificates();
      certificates.make('fra-equ01');
      const { ca, cert, key } = certificates.files('server');
      const files: Record<string, string | Buffer> = {
        'encryption/encryption.key': newKeyLine(),
        'grpc/ca.crt': ca,
        'grpc/tls.crt': cert,
        'grpc/tls.key': key,
        'database-ca/ca.crt': ca,
        'database-client/tls.crt': cert,
        'database-client/tls.key': key,
      };
      rmSync(certificates.folder, { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
    });

    it.each(VALUES)('is a valid configuration with %s', async (values) => {
      const config = loadConfig(await environment(values, (name, key) => `${name}-${key}-0123456789`));
      expect(config.store.engine).toBe('rethinkdb');
      expect(config.dev).toBe(false);
      expect(config.grpc.insecure).toBe(false);
    });

    it('is refused by the server when the keys are empty', async () => {
      const variables = await environment(`${CHART}/ci/minimal.yaml`, () => '');
      expect(() => loadConfig(variables)).toThrow(
        /METAL_API_HMAC_VIEW_KEY is not set, expected a secret of at least 16/,
      );
    });
  });

  const schemas = kubernetesSchemas(suite, RELEASE);
  describe.skipIf(!installed(suite, 'kubeconform') || schemas === undefined)('the manifests', () => {
    let location: string;
    beforeAll(() => {
      location = copySchemas(schemas!, join(folder, 'schemas'));
    });

    const check = async (text: string): Promise<string> => {
      const file = join(folder, 'manifests.yaml');
      writeFileSync(file, text);
      const options = ['-strict', '-summary', '-skip', 'ServiceMonitor,PrometheusRule', '-schema-location', location];
      const outcome = run('kubeconform', [...options, file], { env: { PATH: searchPath() } });
      return (await outcome.catch((error: { stdout: string }) => error)).stdout;
    };

    it.each(VALUES)('follow the schemas of Kubernetes with %s', async (values) => {
      expect(await check(await template(values))).toMatch(/Valid: [1-9]\d*, Invalid: 0, Errors: 0,/);
    });

    it('would be refused with an unknown member', async () => {
      const text = (await template(`${CHART}/ci/minimal.yaml`)).replace('replicas: 3', 'replicass: 3');
      expect(await check(text)).toMatch(/Invalid: 1, Errors: 0/);
    });
  });
});
