import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionLimiter } from '../../platform/http/admission/connection-limiter.js';
import { createHttpServer } from '../../platform/http/admission/http-server.js';
import type { AgentMetrics } from '../../platform/telemetry/agent-metrics.js';
import type { BmcSighting } from '../report/bmc-reporter.js';

/** What the listener shows. */
export interface AgentStatus {
  readonly metrics: Pick<AgentMetrics, 'render'>;
  /** Whether the program can do its work, and the problem if it cannot. */
  health(): { readonly connected: boolean; readonly message: string };
  /** Absent for programs that know no BMCs. */
  bmcs?(): readonly BmcSighting[];
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

const CONNECTIONS = 64;
/** How long a request may take to arrive, in milliseconds. */
const HEADERS_TIMEOUT = 10_000;

type Page = readonly [status: number, type: string, text: string];

/**
 * Serves `GET /metrics`, `/health` (503 while the broker is away) and `/bmcs`, the BMCs of the last round of reports.
 * Contains no secrets. Rejects if the address cannot be bound.
 */
export async function startStatusServer(
  status: AgentStatus,
  at: { readonly host: string; readonly port: number },
): Promise<StatusServer> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    pageOf(status, request).then(
      ([code, type, text]) =>
        response.writeHead(code, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text),
      () => response.writeHead(500).end(),
    );
  };
  const server = createHttpServer(answer, new ConnectionLimiter(CONNECTIONS, () => undefined), HEADERS_TIMEOUT);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

async function pageOf(status: AgentStatus, { method, url = '' }: IncomingMessage): Promise<Page> {
  const path = url.split('?', 1)[0];
  if (method !== 'GET') return json(404, { message: 'not found' });
  if (path === '/metrics') {
    const { type, text } = await status.metrics.render();
    return [200, type, text];
  }
  if (path === '/health') {
    const { connected, message } = status.health();
    return json(connected ? 200 : 503, { status: connected ? 'healthy' : 'unhealthy', message });
  }
  return path === '/bmcs' && status.bmcs ? json(200, status.bmcs()) : json(404, { message: 'not found' });
}

const json = (status: number, body: unknown): Page => [status, 'application/json', JSON.stringify(body)];
