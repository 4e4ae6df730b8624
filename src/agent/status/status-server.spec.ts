import { afterEach, describe, expect, it } from 'vitest';
import type { BmcSighting } from '../report/bmc-reporter.js';
import { agentStatus } from './agent-status.js';
import { startStatusServer } from './status-server.js';
import type { StatusServer } from './status-server.js';

const bmc = (address: string, more: Partial<BmcSighting>): BmcSighting => ({
  ...{ address, mac: '', state: 'known', machine: 'm', protocol: 'redfish', reason: '' },
  ...more,
});

let server: StatusServer | undefined;
afterEach(() => server?.close());

describe('the status listener of an agent', () => {
  it('shows health, metrics and BMCs, and nothing else', async () => {
    let connected = true;
    const bmcs = [
      bmc('10.0.0.1', {}),
      bmc('10.0.0.2', { protocol: 'ipmi' }),
      bmc('10.0.0.3', { state: 'unknown', machine: '', protocol: '', reason: 'refuses user "root"' }),
    ];
    const bus = { state: () => ({ connected, message: connected ? '' : 'NATS is away' }) };
    const status = agentStatus(bus, { bmcs, lastReport: 1_767_225_600_000 });
    server = await startStatusServer(status, { host: '127.0.0.1', port: 0 });
    const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server!.port}${path}`, { method });

    status.metrics.observeCommand('ON', 'done');
    const text = await (await get('/metrics')).text();
    for (const line of [
      'metal_agent_commands_total{command="ON",state="done"} 1',
      'metal_agent_bus_connected 1',
      'metal_agent_last_report_timestamp_seconds 1767225600',
      'metal_agent_bmcs{protocol="redfish"} 1',
      'metal_agent_bmcs{protocol="ipmi"} 1',
      'metal_agent_bmcs{protocol="unknown"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect((await get('/health')).status).toBe(200);
    connected = false;
    const sick = await get('/health?x=1');
    expect([sick.status, await sick.json()]).toEqual([503, { status: 'unhealthy', message: 'NATS is away' }]);
    expect(await (await get('/bmcs')).json()).toEqual(bmcs);
    for (const path of ['/', '/metrics/x', '/debug/pprof']) expect((await get(path)).status).toBe(404);
    expect((await get('/bmcs', 'POST')).status).toBe(404);
  });
});
