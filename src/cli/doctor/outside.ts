import { fetchFailure } from '../../shared/errors/fetch-failure.js';
import type { HealthResponse } from '../../modules/health/health.dto.js';
import { MAX_CLOCK_DIFFERENCE } from '../../modules/replica/replica.js';
import type { ReplicaResponse } from '../../modules/replica/replica.dto.js';
import type { CommandResponse } from '../../modules/command/command.dto.js';
import { readBuild } from '../../modules/version/build-info.js';
import { RefusedError } from './api-client.js';
import type { ApiClient } from './api-client.js';
import { peerValidity } from './certificates.js';
import { ok, problem, skipped, warning } from './finding.js';
import type { DoctorCheck, Result } from './finding.js';
import { serialConsoles } from './serial-consoles.js';

/** A command that no agent has taken for this long is a problem, in milliseconds. */
const TAKEN_MS = 60_000;

/** Checks of a server through its API. */
export function outsideChecks(api: ApiClient, authenticated: boolean): readonly DoctorCheck[] {
  const checks: Readonly<Record<string, DoctorCheck['run']>> = {
    reachability: (signal) => reachability(api, signal),
    clock: (signal) => reached(() => clock(api, signal)),
    certificate: (signal) => certificate(api.url, signal),
    health: (signal) => reached(() => health(api, signal)),
    readiness: (signal) => reached(() => readiness(api, signal)),
    replicas: (signal) => permitted(authenticated, () => replicas(api, signal)),
    'serial consoles': (signal) => serialConsoles(api.url.hostname, signal),
    agents: (signal) => permitted(authenticated, () => agents(api, signal)),
  };
  return Object.entries(checks).map(([check, run]) => ({ check, from: 'outside', run }));
}

async function reachability(api: ApiClient, signal: AbortSignal): Promise<Result | readonly Result[]> {
  try {
    const { status, text } = await api.get('v1/version', signal);
    const body =
      status === 200 ? parsed<{ name?: string; version?: string; min_client_version?: string }>(text) : undefined;
    if (body?.name !== 'metal-api') {
      return problem(
        `${api.url.href} answers with ${status}, but is not the base path of metal-api`,
        `Compare with METAL_API_BASE_PATH of the server: "curl -i ${api.url.href}v1/version" must answer with 200.`,
      );
    }
    const own = readBuild().version;
    const server = ok(`${api.url.href} is metal-api ${body.version}; clients need ${body.min_client_version} or newer`);
    if (own === body.version) return server;
    return [
      server,
      warning(
        `the server runs ${body.version}, this program is ${own}`,
        'Run the commands of the release that the server runs, and upgrade agents with it: "metal-api version" there.',
      ),
    ];
  } catch (error) {
    return problem(
      `no server answers at ${api.url.href}: ${fetchFailure(error)}`,
      `Check name, port and firewall with "curl -v ${api.url.href}v1/version"; on the host "systemctl status metal-api", ` +
        'on Kubernetes "kubectl get pods -l app.kubernetes.io/name=metal-api".',
    );
  }
}

/** The header names whole seconds, and the answer was on its way for a while. */
async function clock(api: ApiClient, signal: AbortSignal): Promise<Result> {
  const { date, sent, answered } = await api.get('v1/version', signal);
  if (date === undefined) return skipped('the server does not send its time');
  const ahead = sent - (date + 1000);
  const behind = date - answered;
  const difference = Math.max(ahead, behind, 0);
  if (difference <= MAX_CLOCK_DIFFERENCE) return ok('the clocks of server and this host agree');
  return problem(
    `this host's clock is ${(difference / 1000).toFixed(0)} s ${ahead > 0 ? 'ahead of' : 'behind'} the server's`,
    'Run "timedatectl" and "chronyc tracking" on both hosts and repair NTP: signatures are refused otherwise.',
  );
}

async function certificate(url: URL, signal: AbortSignal): Promise<Result> {
  if (url.protocol !== 'https:') {
    const local = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
    if (local) return skipped('plain HTTP on loopback');
    return warning(
      'credentials are sent over plain HTTP',
      `Put a load balancer with TLS in front, and check with "curl -v https://${url.hostname}${url.pathname}v1/version".`,
    );
  }
  const port = Number(url.port || 443);
  const next = `Renew it at the load balancer or ingress; "openssl s_client -connect ${url.hostname}:${port}" shows it.`;
  try {
    return await peerValidity(url.hostname.replace(/^\[|\]$/g, ''), port, next, signal);
  } catch (error) {
    return skipped(`no TLS server answers: ${fetchFailure(error)}`);
  }
}

async function health(api: ApiClient, signal: AbortSignal): Promise<readonly Result[]> {
  const { text } = await api.get('v1/health', signal);
  const body = parsed<HealthResponse>(text);
  if (typeof body?.services !== 'object') return [skipped('the answer is not that of metal-api')];
  return Object.entries(body.services).map(([name, { status, message }]) => {
    const said = `${name}: ${message}`;
    if (status === 'healthy') return ok(said);
    const next = NEXT_OF_SERVICE[name] ?? NEXT_OF_SERVICE['rethinkdb']!;
    return status === 'degraded' ? warning(said, next) : problem(said, next);
  });
}

const NEXT_OF_SERVICE: Readonly<Record<string, string>> = {
  rethinkdb:
    'Run "metal-api doctor" on the host of the server, which connects to its database; tables out of sync are loaded ' +
    'again as soon as the database answers (docs/guide/troubleshooting.md#the-server-is-not-ready).',
  bus: 'Run "metal-api doctor" on the host of the server, which connects to its broker (docs/guide/broker.md).',
  replicas: 'The check "replicas" names the settings; run "metal-api doctor" with a credential to see them.',
};

async function readiness(api: ApiClient, signal: AbortSignal): Promise<Result> {
  const body = parsed<{ ready?: boolean; obstacles?: string[] }>((await api.get('ready', signal)).text);
  if (body?.ready === true) return ok('ready for all of its work');
  if (!Array.isArray(body?.obstacles)) return skipped('the answer is not that of metal-api');
  return problem(
    `not ready: ${body.obstacles.join('; ')}`,
    'Look the message up in docs/guide/troubleshooting.md#the-server-is-not-ready.',
  );
}

async function replicas(api: ApiClient, signal: AbortSignal): Promise<readonly Result[]> {
  const list = await api.json<readonly ReplicaResponse[]>('replicas', signal);
  return list.map(({ id, self, alive, version, host, differences }) => {
    const name = `${self ? 'this replica' : 'replica'} ${host ?? id} (${version})`;
    if (!alive) {
      return warning(
        `${name} sends no heartbeats`,
        'Ignore it after a stop; otherwise look at its host: "systemctl status metal-api".',
      );
    }
    if (differences.length === 0) return ok(`${name} agrees`);
    const texts = differences.map(({ message }) => message).join('; ');
    const next = differences.some(({ what }) => what === 'clock')
      ? 'Run "chronyc tracking" on both hosts and repair NTP.'
      : 'Give all replicas the same settings and version, then restart the one that differs: "systemctl restart metal-api".';
    return problem(`${name} differs: ${texts}`, next);
  });
}

/** Agents have no heartbeats; what they leave undone shows. */
async function agents(api: ApiClient, signal: AbortSignal): Promise<Result | readonly Result[]> {
  const commands = await api.json<readonly CommandResponse[]>('commands?state=published', signal);
  const old = commands.filter(({ created }) => Date.parse(created) < Date.now() - TAKEN_MS);
  const partitions = [...new Set(old.map(({ partition }) => partition))];
  if (partitions.length === 0) return ok('no command waits for an agent');
  return partitions.map((partition) =>
    problem(
      `no agent takes the commands of partition ${partition}: ` +
        `${old.filter((command) => command.partition === partition).length} wait for more than a minute`,
      `Start it there: "metal-api agent --partition ${partition}" (docs/guide/partition-agent.md).`,
    ),
  );
}

/** If there is no answer at all, the check "reachability" says so. */
async function reached<T>(task: () => Promise<T>): Promise<T | Result> {
  try {
    return await task();
  } catch (error) {
    return skipped(`no answer: ${fetchFailure(error)}`);
  }
}

async function permitted<T>(authenticated: boolean, task: () => Promise<T>): Promise<T | Result> {
  if (!authenticated)
    return skipped('needs a credential: METAL_API_HMAC_VIEW_KEY, METAL_API_HMAC_ADMIN_KEY or --token-file');
  try {
    return await reachedOrRefused(task);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return problem(
      error.message,
      'Compare the key with that of the server, and the clocks; make a token with "metal-api token --subject ME --role viewer".',
    );
  }
}

async function reachedOrRefused<T>(task: () => Promise<T>): Promise<T | Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    return skipped(`no answer: ${fetchFailure(error)}`);
  }
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
