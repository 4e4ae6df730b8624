import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startMetricsServer } from './metrics-server.js';
import type { MetricsServer } from './metrics-server.js';
import { Metrics } from './metrics.js';

let server: MetricsServer | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
});

const start = async (): Promise<string> => {
  server = await startMetricsServer(new Metrics(), { host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${server.port}`;
};

const silent = (port: number, bytes: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(bytes);
      resolve();
    });
    socket.on('error', () => undefined);
    sockets.push(socket);
  });

describe('startMetricsServer', () => {
  it('serves only the metrics', async () => {
    const url = await start();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('metal_api_requests_total');
    for (const path of ['/', '/metrics/x', '/debug/pprof']) expect((await fetch(url + path)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status).toBe(404);
  });

  it.each(['', 'GET /met', 'GET /metrics HTTP/1.1\r\nA: b\r\n'])(
    'serves requests despite hundreds of idle connections that sent only %j',
    async (bytes) => {
      const url = await start();
      await Promise.all(Array.from({ length: 300 }, () => silent(server!.port, bytes)));
      for (let n = 0; n < 3; n++) {
        expect((await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).status).toBe(200);
      }
    },
  );
});
