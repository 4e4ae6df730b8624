import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connections } from '../http/door/connections.js';
import { createDoorServer } from '../http/door/door-server.js';
import type { Metrics } from './metrics.js';

/** A listener of its own for Prometheus: the figures are not for the users of the API. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Connections that are held at a time; Prometheus has one. Silent ones make room for new ones. */
const CONNECTIONS = 64;
/** Milliseconds that a request may take to come. */
const HEADERS_TIMEOUT = 10_000;

/** Serves `GET /metrics`. Rejects when the address cannot be bound. */
export async function startMetricsServer(metrics: Metrics, at: { host: string; port: number }): Promise<MetricsServer> {
  const connections = new Connections(CONNECTIONS, (reason) => metrics.observeRefusal(`metrics-${reason}`));
  const answer = answering(metrics);
  const server = createDoorServer(answer, connections, HEADERS_TIMEOUT);
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

/** All who ask while the figures are put together get the same ones. */
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
