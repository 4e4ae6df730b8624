import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBmcDriver } from '../../src/agent/bmc-driver-factory.js';
import { createBmcReporter } from '../../src/agent/bmc-reporter-factory.js';
import { LOCAL_NETWORKS } from '../../src/shared/net/bmc-address.js';
import { ManagementNetworks } from '../../src/agent/bmc/management-networks.js';
import { BmcReporter } from '../../src/agent/report/bmc-reporter.js';
import type { SendReports } from '../../src/agent/report/bmc-reporter.js';
import { findBmcs } from '../../src/agent/report/bmc-sources.js';
import { loadAgentConfig } from '../../src/config/agent-config.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { systemClock } from '../../src/shared/clock.js';
import { startTestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';
import { installed, searchPath } from '../support/installed.js';
import { TestBmc } from '../support/ipmi-sim.js';
import { LightRedfish } from '../support/light-redfish.js';
import { SushyEmulator } from '../support/sushy.js';
import { TestAuthority } from '../support/test-authority.js';

const addressOf = (n: number): string => `127.1.${n >> 8}.${n & 255}`;

describe.skipIf(!installed('reports of 500 BMCs', 'openssl'))('reports of 500 BMCs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-report-'));
  const log = new MemoryLogger();
  let light: LightRedfish;
  const config = (more: Record<string, string>) =>
    loadAgentConfig('fra', {
      METAL_API_NATS_URL: 'nats://x',
      METAL_API_AGENT_REDFISH_PORT: String(light.port),
      METAL_API_AGENT_REDFISH_TRUST: 'any',
      METAL_API_AGENT_BMC_TIMEOUT: '8s',
      METAL_API_AGENT_BMC_PROTOCOL: 'redfish',
      ...more,
    });

  beforeAll(async () => {
    light = await LightRedfish.start(new TestAuthority(folder, 'ca').issue('bmc', 'IP:127.1.0.1'));
    for (let n = 1; n <= 500; n++) {
      const bmc = light.add(addressOf(n));
      if (n % 10 === 0) bmc.mood = (['dead', 'slow', 'hangs'] as const)[(n / 10) % 3]!;
    }
  });
  afterAll(async () => {
    await light.stop();
    rmSync(folder, { recursive: true });
  });

  it('are complete for the healthy ones, on time, although a tenth is dead or slow', async () => {
    const list = join(folder, 'list');
    writeFileSync(list, [...light.bmcs.keys()].join('\n'));
    let [under, most] = [0, 0];
    const inspector = createBmcDriver(config({}), log);
    const counted = {
      inspect: async (target: Parameters<typeof inspector.inspect>[0]) => {
        most = Math.max(most, ++under);
        return inspector.inspect(target).finally(() => under--);
      },
    };
    const reported = new Map<string, unknown>();
    const send: SendReports = async ({ partitionid, reports }) => {
      expect(partitionid).toBe('fra');
      for (const [id, report] of Object.entries(reports)) reported.set(id, report);
      return { updated: Object.keys(reports), created: [] };
    };
    const options = {
      ...{ partition: 'fra', intervalMs: 300_000, concurrency: 16, bmcTimeoutMs: 30_000, flushMs: 200 },
      ...{ ...light.login, networks: new ManagementNetworks(LOCAL_NETWORKS), ignoredMacs: [] },
    };
    const find = (now: number) => findBmcs([{ format: 'list', path: list }], now);
    const reporter = new BmcReporter(find, counted, send, options, systemClock, log);
    const round = reporter.round();
    await eventually('healthy BMCs are reported before the round ends', () => reported.size >= 450, 200_000);
    await round;
    expect(reported.size).toBe(450);
    expect(reporter.bmcs.filter(({ state }) => state === 'unknown')).toHaveLength(50);
    const dead = reporter.bmcs.find(({ address }) => address === addressOf(30));
    expect(dead).toMatchObject({ state: 'unknown', machine: '', reason: expect.stringMatching(/did not/) as string });
    expect(most).toBeLessThanOrEqual(16 + 50);
    expect([...light.bmcs.values()].every(({ mood, sessions }) => mood !== 'well' || sessions.size === 0)).toBe(true);
    expect(log.lines.join('\n')).toContain('500 BMCs, 50 unknown');
    expect(log.lines.join('\n')).not.toContain(light.login.password);
    expect(reported.get(light.bmcs.get(addressOf(1))!.uuid)).toEqual({
      BMCIp: '127.1.0.1',
      BMCVersion: '9.40',
      BIOSVersion: '2.1',
      FRU: {
        chassis_part_number: 'chassis-1',
        chassis_part_serial: 'chassis-serial-1',
        board_mfg: 'Contoso',
        board_part_number: 'board-1',
        product_manufacturer: 'Contoso',
        product_part_number: 'sku-1',
        product_serial: 'serial-1',
      },
      PowerState: 'ON',
      IndicatorLEDState: 'LED-OFF',
      PowerMetric: { averageconsumedwatts: 200, intervalinmin: 5, maxconsumedwatts: 300, minconsumedwatts: 150 },
      PowerSupplies: [{ status: { health: 'OK', state: 'Enabled' } }, { status: { health: '', state: 'Absent' } }],
    });
  }, 300_000);
});

const SUSHY = '127.2.0.1';
const programs = ['sushy-emulator', 'openssl', 'ipmitool', 'ipmi_sim'];

describe.skipIf(!installed('reports over Redfish and IPMI', ...programs))('reports over Redfish and IPMI', () => {
  it('reach the API, which shows what the BMCs say', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metal-report-'));
    const uuid = '3f1c0a5e-0000-4000-8000-00000000000a';
    const sushy = await SushyEmulator.start([{ uuid, on: true }], SUSHY);
    const sim = await TestBmc.start(sushy.ipmi.password);
    sim.setPower(true);
    const server = await startTestApp();
    try {
      await server.as('admin').put('/v1/partition').send({ id: 'fra', name: 'fra', bootconfig: {} }).expect(201);
      const path = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const dnsmasq = path('dnsmasq.leases', `0 aa:bb:cc:00:00:01 ${SUSHY} * *\n0 aa:bb:cc:00:00:02 127.2.0.2 * *\n`);
      const config = loadAgentConfig('fra', {
        METAL_API_NATS_URL: 'nats://x',
        PATH: searchPath(),
        METAL_API_AGENT_REDFISH_PORT: String(sushy.port),
        METAL_API_AGENT_REDFISH_CA_FILE: sushy.caFile,
        METAL_API_AGENT_BMC_TIMEOUT: '4s',
        METAL_API_AGENT_CIPHER_SUITES: '3',
        METAL_API_AGENT_REPORT_SOURCES: `dnsmasq:${dnsmasq},list:${path('list', '127.0.0.1\n')}`,
        METAL_API_AGENT_REPORT_USER: 'metal',
        METAL_API_AGENT_REPORT_PASSWORD_FILE: path('password', `${sushy.ipmi.password}\n`),
        METAL_API_AGENT_API_URL: `${server.url}/`,
        METAL_API_AGENT_API_HMAC_KEY: DEV_KEYS.editor,
      });
      const log = new MemoryLogger();
      const bmc = createBmcDriver(config, log);
      // ipmi_sim listens on its own port, unlike BMCs.
      const inspect: typeof bmc.inspect = (target) =>
        bmc.inspect(target.host === '127.0.0.1' ? { ...target, port: sim.port } : target);
      const networks = new ManagementNetworks(LOCAL_NETWORKS);
      const reporter = createBmcReporter(config.report!, { partition: 'fra', networks, bmc: { inspect }, log });
      await reporter.round();
      expect(reporter.bmcs.map(({ address, state, protocol }) => [address, state, protocol])).toEqual([
        ['127.0.0.1', 'known', 'ipmi'],
        [SUSHY, 'known', 'redfish'],
        ['127.2.0.2', 'unknown', ''],
      ]);
      const machine = await server.as('editor').get(`/v1/machine/${uuid}/ipmi`);
      expect(machine.body).toMatchObject({
        partition: { id: 'fra' },
        bios: { version: '1.7' },
        ipmi: { address: `${SUSHY}:623`, bmcversion: '1.00', powerstate: 'ON', fru: { product_serial: '437XR1138R2' } },
      });
      const other = reporter.bmcs[0]!.machine;
      const simulated = await server.as('editor').get(`/v1/machine/${other}/ipmi`);
      expect(simulated.body).toMatchObject({
        ipmi: { address: '127.0.0.1:623', powerstate: 'ON', bmcversion: '9.08' },
      });
    } finally {
      await server.close();
      await sim.stop();
      await sushy.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
