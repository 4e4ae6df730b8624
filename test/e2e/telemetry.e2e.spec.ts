import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/platform/telemetry/logger.js';
import { startMetricsServer } from '../../src/platform/telemetry/metrics-server.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { ProbeModule } from '../support/probe.module.js';

class FailingEngine extends MemoryEngine {
  failing = false;
  override async version(): Promise<string> {
    if (this.failing) throw new Error('gone');
    return super.version();
  }
}

const lines: string[] = [];
const metrics = new Metrics();
const engine = new FailingEngine();
const logger = createLogger('info', { write: (line: string) => void lines.push(line) });
const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp({ METAL_API_BASE_PATH: '/metal/' }, { modules: [ProbeModule], logger, metrics, engine });
});
afterAll(() => server.close());

describe('telemetry', { shuffle: false }, () => {
  describe('metrics', () => {
    it('count requests under the names that dashboards use, on a separate listener', async () => {
      await server.as('admin').get('/metal/v1/probe/some-id').expect(200);
      await server.as('admin').get('/metal/v1/nothing').expect(404);
      metrics.observeGrpc('/api.v1.BootService/Register', 0.3);
      const scraped = await startMetricsServer(metrics, { host: '127.0.0.1', port: 0 });
      const text = await (await fetch(`http://127.0.0.1:${scraped.port}/metrics`)).text();
      expect(text).toContain('metal_api_requests_total{code="404",method="GET"} 1');
      expect(text).toContain('metal_api_request_duration_seconds_count{route="/metal/v1/probe/{id}",method="GET"} 1');
      expect(text).toContain('metal_api_request_duration_seconds_count{route="",method="GET"} 1');
      expect(text).toContain(
        'metal_api_grpc_request_duration_seconds_bucket{le="0.5",method="/api.v1.BootService/Register"} 1',
      );
      expect(text).toContain('process_cpu_seconds_total');
      expect((await fetch(`http://127.0.0.1:${scraped.port}/other`)).status).toBe(404);
      await scraped.close();
    });

    it('are not served to users of the API', () => server.as('admin').get('/metrics').expect(404));
  });

  describe('the access log', () => {
    it('has one line per request, with caller and result', async () => {
      lines.length = 0;
      const request = server.as('editor').get('/metal/v1/probe/fail/invalid').set('X-Request-Id', 'rq-7');
      await request.set('X-Forwarded-For', '10.9.8.7').expect(422);
      expect(logged().filter(({ rqid }) => rqid === 'rq-7')).toEqual([
        expect.objectContaining({
          level: 'warn',
          method: 'GET',
          uri: '/metal/v1/probe/fail/invalid',
          route: '/metal/v1/probe/fail/{kind}',
          status: 422,
          useremail: 'metal-edit@metal-stack.io',
          forwardedfor: '10.9.8.7',
          response: 'probe "invalid"',
        }),
      ]);
    });

    it.each([
      ['unavailable', 503, 'warn'],
      ['internal', 500, 'error'],
    ])('has the level of "%s", %d: %s', async (kind, status, level) => {
      lines.length = 0;
      await server.as('editor').get(`/metal/v1/probe/fail/${kind}`).expect(status);
      expect(logged()).toContainEqual(expect.objectContaining({ msg: 'rest call', status, level }));
    });

    it('shows no credential', async () => {
      lines.length = 0;
      await server.as('nobody').get('/metal/v1/probe/a').set('Authorization', 'Bearer very.secret.token').expect(403);
      await server.as('admin').post('/metal/v1/probe').send({ id: 'body-content' }).expect(200);
      expect(lines.join()).not.toMatch(/very\.secret|body-content|metal-admin [0-9a-f]{64}/i);
    });

    it('redacts secrets passed to the logger', () => {
      lines.length = 0;
      logger.info({
        password: 'p1',
        ipmi: { password: 'p2' },
        a: { b: { user_data: 'p3' } },
        headers: { authorization: 'p4' },
      });
      expect(lines.join()).not.toMatch(/p[1-4]/);
    });
  });

  describe('metalctl health, readiness probes', () => {
    it('get 500 with the health object if the database does not respond, and 200 when it is back', async () => {
      engine.failing = true;
      const { body } = await server.as('nobody').get('/metal/v1/health').expect(500);
      expect(body).toMatchObject({ status: 'unhealthy', services: { rethinkdb: { status: 'unhealthy' } } });
      engine.failing = false;
      await server.as('nobody').get('/metal/v1/health?service=ipam').expect(200);
    });
  });
});
