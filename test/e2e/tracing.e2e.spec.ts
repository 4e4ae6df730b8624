import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BmcDirectory } from '../../src/modules/command/command.js';
import { startTracing, stopTracing } from '../../src/platform/tracing/spans.js';
import { traceparentOf } from '../../src/platform/tracing/traceparent.js';
import { GrpcClient } from '../../src/platform/grpc/grpc-client.js';
import { GrpcServer } from '../../src/platform/grpc/grpc-server.js';
import { AgentProcess } from '../support/agent-process.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { TestBmc } from '../support/ipmi-sim.js';
import { plantMachine } from '../support/machines.js';
import { NatsServer } from '../support/nats.js';
import { OtlpCollector } from '../support/otlp-collector.js';
import type { ExportedSpan } from '../support/otlp-collector.js';

/** A caller's trace, and its header. */
function callersTrace() {
  const traceId = randomBytes(16).toString('hex');
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
}

const named = (found: readonly ExportedSpan[], name: string): ExportedSpan[] =>
  found.filter((span) => span.name === name);

/** How many modules of the SDK a process has loaded that starts tracing with this endpoint. */
function modulesLoaded(endpoint: string | undefined): number {
  const script = `
    for (const file of ['cli/serve', 'cli/agent', 'app']) await import('./dist/src/' + file + '.js');
    const { spans, startTracing } = await import('./dist/src/platform/tracing/spans.js');
    await startTracing({ endpoint: ${JSON.stringify(endpoint)}, service: 'x' }, 'v0.0.0');
    await spans().serve({ name: 'x' }, undefined, async () => undefined);
    const { createRequire } = await import('node:module');
    console.log(Object.keys(createRequire('/').cache).filter((file) => file.includes('@opentelemetry/sdk')).length);
    process.exit();`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

describe('the libraries of OpenTelemetry', () => {
  it('are loaded only when tracing is on', () => {
    expect(modulesLoaded(undefined)).toBe(0);
    expect(modulesLoaded('http://127.0.0.1:1')).toBeGreaterThan(0);
  });
});

describe('traceparentOf', () => {
  it.each([
    undefined,
    '',
    'x',
    '00-0',
    `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'1'.repeat(16)}-01\n`,
  ])('ignores %j', (value) => expect(traceparentOf(value)).toBeUndefined());
  it('accepts what the W3C defines', () => {
    const { traceparent } = callersTrace();
    expect(traceparentOf(traceparent)).toBe(traceparent);
  });
});

describe.skipIf(!installed('traces of power commands', 'nats-server', 'ipmitool', 'ipmi_sim'))('traces', () => {
  let collector: OtlpCollector;
  let broker: NatsServer;
  let bmc: TestBmc;
  let server: TestApp;
  let agent: AgentProcess;

  beforeAll(async () => {
    collector = await OtlpCollector.start();
    [broker, bmc] = [await NatsServer.start(), await TestBmc.start()];
    // Spans are exported in batches every five seconds by default.
    process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100';
    await startTracing({ endpoint: collector.url, service: 'metal-api' }, 'v0.0.0');
    server = await startTestApp({ METAL_API_NATS_URL: broker.url });
    server.app.get(BmcDirectory).ipmi.provide(() => bmc.ipmi);
    agent = await AgentProcess.start('p1', {
      METAL_API_NATS_URL: broker.url,
      METAL_API_AGENT_CIPHER_SUITES: '3',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
  });
  afterAll(async () => {
    await server?.close();
    await agent?.kill();
    await stopTracing();
    delete process.env['OTEL_BSP_SCHEDULE_DELAY'];
    await bmc?.stop();
    await broker?.stop();
    collector?.close();
  });

  it('show one power command as one trace through API, store, broker, agent and back', async () => {
    await plantMachine(server, 'm1', { machine: { partitionId: 'p1' } });
    const { traceId, traceparent } = callersTrace();
    await server.as('editor').post('/v1/machine/m1/power/on').set('traceparent', traceparent).send([]).expect(200);
    const found = await eventually(
      'the trace is complete',
      () => {
        const trace = collector.trace(traceId);
        return named(trace, 'receive done').length > 0 && named(trace, 'BMC ON').length > 0 && trace;
      },
      30_000,
    );
    const parents = new Map(found.map((span) => [span.spanId, span]));
    const chain = (span: ExportedSpan): string[] => {
      const parent = parents.get(span.parentSpanId);
      return [...(parent === undefined ? [] : chain(parent)), `${span.service} ${span.name}`];
    };
    expect(chain(named(found, 'BMC ON')[0]!)).toEqual([
      'metal-api POST /v1/machine/:id/power/on',
      'metal-api send ON',
      'metal-api-agent receive command',
      'metal-api-agent BMC ON',
    ]);
    expect(chain(named(found, 'receive done')[0]!).slice(-2)).toEqual([
      'metal-api-agent receive command',
      'metal-api receive done',
    ]);
    const insert = named(found, 'store insert command')[0]!;
    expect(chain(insert)).toEqual(['metal-api POST /v1/machine/:id/power/on', 'metal-api store insert command']);
    expect(named(found, 'POST /v1/machine/:id/power/on')[0]).toMatchObject({
      kind: 2,
      parentSpanId: traceparent.split('-')[2],
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
    });
    expect(collector.received).not.toContain(bmc.ipmi.password);
  });

  it('show a gRPC call', async () => {
    const address = `127.0.0.1:${await server.app.get(GrpcServer).start()}`;
    const client = new GrpcClient({ address }, 'api/v1/event.proto', 'api.v1.EventService');
    await client.call('Send', { events: {} });
    client.close();
    const span = await eventually(
      'the span is exported',
      () => named(collector.spans, '/api.v1.EventService/Send')[0],
      30_000,
    );
    expect(span).toMatchObject({ kind: 2, attributes: { 'rpc.system': 'grpc' } });
  });

  it('name the kind of an error, and nothing of the request', async () => {
    const { traceId, traceparent } = callersTrace();
    await server
      .as('editor')
      .post('/v1/machine/secret-name/power/on')
      .set('traceparent', traceparent)
      .send([])
      .expect(404);
    await eventually('the trace is exported', () => collector.trace(traceId).length > 0, 30_000);
    expect(collector.received).not.toContain('secret-name');
  });

  it('ignore a header that is no traceparent', async () => {
    await server
      .as('viewer')
      .get('/v1/machine')
      .set('traceparent', `00-${'f'.repeat(40)}`)
      .expect(200);
    const span = await eventually('the trace is exported', () => named(collector.spans, 'GET /v1/machine')[0], 30_000);
    expect(span.parentSpanId).toBe('');
  });
});
