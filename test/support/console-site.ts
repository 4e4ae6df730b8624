import { LOCAL_NETWORKS } from '../../src/shared/net/bmc-address.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from '../../src/agent/bmc/ipmitool.js';
import { ConsoleApi } from '../../src/agent/console/console-api.js';
import { ConsoleServer } from '../../src/agent/console/console-server.js';
import type { ConsoleServerOptions } from '../../src/agent/console/console-server.js';
import { loadHostKey } from '../../src/agent/console/host-key.js';
import { createSolOpener } from '../../src/agent/console/sol-opener.js';
import { SolLine } from '../../src/agent/console/sol-line.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import type { MachineAllocation } from '../../src/modules/machine/machine.js';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { ConsoleMetrics } from '../../src/platform/telemetry/console-metrics.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { sleep } from '../../src/shared/concurrency/timers.js';
import { systemClock } from '../../src/shared/clock.js';
import { startTestApp } from './app.js';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';
import { DEV_KEYS } from './hmac.js';
import { searchPath } from './installed.js';
import { TestBmc } from './ipmi-sim.js';
import { plantedAllocation, plantMachine, tableOf } from './machines.js';
import { SerialHost } from './serial-host.js';
import { SshHome } from './ssh-client.js';
import type { SshClient, SshLogin } from './ssh-client.js';

const TOKEN_KEY = 'a key for the signing of tokens in this test only';
export const OPERATORS = 'maas-all-all-admin';
export const MACHINE = '00000000-0000-4000-8000-00000000c0de';
const QUICK = { checkInterval: 100, loginTime: 20_000, idleTimeout: 60_000, refusalTime: 100 };

type Variables = Partial<Omit<ConsoleServerOptions, 'hostKey'>>;

/** An API, a machine with a BMC and a serial port, a console server, and a home for SSH clients. */
export class ConsoleSite {
  server!: ConsoleServer;
  metrics!: ConsoleMetrics;
  log = new MemoryLogger();
  port = 0;
  readonly home = new SshHome();
  readonly tenantKey = this.home.key('tenant');
  private readonly clients: SshClient[] = [];

  private constructor(
    readonly api: TestApp,
    readonly host: SerialHost,
    readonly bmc: TestBmc,
  ) {}

  static async start(): Promise<ConsoleSite> {
    const variables = { METAL_API_AUDITING_ENABLED: 'true', METAL_API_TOKEN_KEY: TOKEN_KEY };
    const host = await SerialHost.start();
    const [api, bmc] = await Promise.all([startTestApp(variables), TestBmc.start('bmc-secret-1', host.port)]);
    const site = new ConsoleSite(api, host, bmc);
    await plantMachine(api, MACHINE, { bmc: site.bmcRecord, machine: { allocation: site.allocation() } });
    await site.warmUp();
    await site.serve();
    return site;
  }

  /** The address as registered: of this BMC, with its credentials. */
  get bmcRecord() {
    const { address, user, password } = this.bmc.ipmi;
    return { address, user, password, interface: 'lanplus' };
  }

  /** Starts a console server with other settings in place of the one that runs. */
  async serve(options: Variables = {}): Promise<void> {
    await this.server?.close();
    this.log = new MemoryLogger();
    const hostKey = loadHostKey(undefined, this.home.folder, () => undefined);
    const api = new ConsoleApi({ url: `${this.api.url}/`, hmac: DEV_KEYS.editor });
    const ipmitool = { program: 'ipmitool', path: searchPath(), cipherSuites: [3] };
    const open = createSolOpener(api, { bmcNetworks: LOCAL_NETWORKS, bmcTimeout: 10_000, ipmitool });
    const limits = { connections: 64, perAddress: 32, perMachine: 4 };
    const settings = { ...QUICK, limits, hostKey, operatorGroup: OPERATORS, partitions: [], ...options };
    this.metrics = new ConsoleMetrics(() => this.server.state);
    this.server = new ConsoleServer(api, open, settings, this.metrics, systemClock, this.log);
    this.port = await this.server.listen({ host: '127.0.0.1', port: 0 });
  }

  /** An allocation with the tenant's key. */
  allocation(fields: Partial<MachineAllocation> = {}): MachineAllocation {
    return plantedAllocation({
      sshPubKeys: [this.home.publicKey(this.tenantKey)],
      consolePassword: 'console-secret-1',
      ...fields,
    });
  }

  async allocate(allocation: MachineAllocation | undefined): Promise<void> {
    await tableOf(this.api, machineTable).update(MACHINE, (machine) => ({ ...machine, allocation }));
  }

  ssh(login: Partial<SshLogin> = {}): SshClient {
    const client = this.home.open({ port: this.port, user: MACHINE, ...login });
    this.clients.push(client);
    return client;
  }

  /** A session of the tenant, with its key. */
  async tenant(login: Partial<SshLogin> = {}): Promise<SshClient> {
    const client = this.ssh({ key: this.tenantKey, ...login });
    await client.sees('connected;');
    return client;
  }

  /**
   * Types until something arrives: ipmi_sim takes the first packet of a session for a repetition if the session before had only
   * one.
   */
  async prime(client: SshClient): Promise<void> {
    await eventually('the first input', async () => {
      client.type('p');
      await sleep(300);
      return this.host.typed !== '';
    });
    this.host.forget();
  }

  operatorToken(role: 'admin' | 'viewer' = 'admin'): string {
    return createApiToken(TOKEN_KEY, { subject: 'olga', role, lifetime: 600_000 }, Date.now())[0];
  }

  /** The bodies of audited console sessions, oldest first. */
  async records(): Promise<Record<string, string>[]> {
    const { body } = await this.api
      .as('viewer')
      .post('/v1/audit/find')
      .send({ path: `/v1/machine/${MACHINE}/console-session` });
    type Line = { phase: string; body: string; timestamp: string };
    return (body as Line[])
      .filter(({ phase }) => phase === 'request')
      .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
      .map((line) => JSON.parse(line.body) as Record<string, string>);
  }

  /** Ends all clients; resolves when the BMC is free. */
  async clear(): Promise<void> {
    for (const client of this.clients.splice(0)) client.kill();
    await eventually('no session', () => {
      const { sessions } = this.server.state;
      return Object.values(sessions).every((count) => count === 0);
    });
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.kill();
    await this.server.close();
    await Promise.all([this.api.close(), this.bmc.stop()]);
    this.host.stop();
    this.home.remove();
  }

  /** For about ten seconds after its start, ipmi_sim acknowledges input and loses it. */
  private async warmUp(): Promise<void> {
    const tool = new Ipmitool({ ...IPMITOOL_DEFAULTS, path: searchPath(), cipherSuites: [3] });
    const line = await SolLine.open(tool, this.bmc.target, { data: () => undefined, ended: () => undefined });
    await eventually('the BMC transports input', async () => {
      line.write(Buffer.from('w'));
      await sleep(200);
      return this.host.typed.includes('w');
    });
    await line.close();
    this.host.forget();
  }
}
