import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionLimiter } from '../http/admission/connection-limiter.js';
import { createHttpServer } from '../http/admission/http-server.js';
import type { Metrics } from './metrics.js';

/** A separate listener for Prometheus: users of the API must not see the metrics. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Maximum number of open connections; Prometheus needs one. Idle ones are closed in favor of new ones. */
const CONNECTIONS = 64;
/** How long a request may take to arrive, in milliseconds. */
const HEADERS_TIMEOUT = 10_000;

/** Serves `GET /metrics`. Rejects if the address cannot be bound. */
export async function startMetricsServer(metrics: Metrics, at: { host: string; port: number }): Promise<MetricsServer> {
  const connections = new ConnectionLimiter(CONNECTIONS, (reason) => metrics.observeRefusal(`metrics-${reason}`));
  const answer = answering(metrics);
  const server = createHttpServer(answer, connections, HEADERS_TIMEOUT);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

/** Concurrent requests share one rendering of the metrics. */
function answering(metrics: Metrics): (request: IncomingMessage, response: ServerResponse) => void {
  let rendering: ReturnType<Metrics['render']> | undefined;
  return (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff');
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    rendering ??= metrics.render().finally(() => (rendering = undefined));
    rendering.then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}
