import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Certificate } from './test-authority.js';

/** State of one BMC; tests read and change it. */
export class LightBmc {
  readonly sessions = new Map<string, string>();
  on = true;
  led = 'Off';
  boot: Record<string, unknown> = { BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideMode: 'UEFI' };
  biosVersion = '2.1';
  bmcVersion = '9.40';
  vendor = 'Contoso';
  /** Changes with every write. */
  generation = 1;
  /** Requests so far, such as `GET /redfish/v1/`. */
  readonly requests: string[] = [];
  readonly bodies: unknown[] = [];
  logins = 0;
  task: Record<string, unknown> | undefined;
  /** `dead` never answers; `slow` sends one byte at a time; `hangs` serves only the service root. */
  mood: 'well' | 'dead' | 'slow' | 'hangs' = 'well';
  /** Answers requests of its choice itself; returns true for those. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;

  constructor(readonly uuid: string) {}

  get etag(): string {
    return `W/"${this.generation}"`;
  }
}

const USER = 'root';
const PASSWORD = 'light-secret-1';

type Reply = readonly [status: number, body?: unknown, headers?: Record<string, string>];

/**
 * Many BMCs in one process: a Redfish service over HTTPS on one port of all loopback addresses, each of which is a BMC of
 * its own. It keeps to DSP0266 as far as it goes: sessions, entity tags with conditions, actions, tasks with monitors,
 * and errors with extended information.
 */
export class LightRedfish {
  readonly bmcs = new Map<string, LightBmc>();

  private constructor(
    private readonly server: Server,
    private readonly sockets: Set<Socket>,
  ) {}

  static async start({ cert, key }: Certificate): Promise<LightRedfish> {
    const sockets = new Set<Socket>();
    const https = createHttpsServer({ cert: readFileSync(cert), key: readFileSync(key) });
    // A BMC that is dead accepts connections, as the kernel of a hung one does, and never reads from them.
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
      const bmc = light.bmcs.get(socket.localAddress ?? '');
      if (bmc === undefined) socket.destroy();
      else if (bmc.mood !== 'dead') https.emit('connection', socket);
    });
    const light = new LightRedfish(server, sockets);
    https.on('request', (request, response) => void light.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    return light;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Login that all BMCs take. */
  get login(): { user: string; password: string } {
    return { user: USER, password: PASSWORD };
  }

  add(address: string, uuid: string = randomUUID()): LightBmc {
    const bmc = new LightBmc(uuid);
    this.bmcs.set(address, bmc);
    return bmc;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bmc = this.bmcs.get(request.socket.localAddress ?? '');
    if (bmc === undefined) return void request.socket.destroy();
    const path = (request.url ?? '').replace(/\/$/, '');
    bmc.requests.push(`${request.method} ${request.url}`);
    const body = await bodyOf(request);
    if (body !== undefined) bmc.bodies.push(body);
    if (bmc.intercept(request, response)) return;
    if (bmc.mood === 'hangs' && path !== '/redfish/v1') return;
    const [status, content, headers = {}] = answer(bmc, request, path, body);
    const text = content === undefined ? '' : JSON.stringify(content);
    response.writeHead(status, { 'OData-Version': '4.0', 'Content-Type': 'application/json', ...headers });
    if (bmc.mood === 'slow') return drip(response, text);
    response.end(text);
  }
}

function drip(response: ServerResponse, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at >= text.length || response.destroyed) clearInterval(timer);
    response.write(text[at++] ?? ' ');
  }, 50);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

const link = (path: string) => ({ '@odata.id': path });

const failure = (status: number, message: string): Reply => [
  status,
  {
    error: {
      code: 'Base.1.8.GeneralError',
      message: 'See ExtendedInfo',
      '@Message.ExtendedInfo': [{ Message: message }],
    },
  },
];

const ROOT = {
  '@odata.type': '#ServiceRoot.v1_9_0.ServiceRoot',
  ...link('/redfish/v1/'),
  Id: 'RootService',
  Name: 'Root Service',
  RedfishVersion: '1.11.0',
  Systems: link('/redfish/v1/Systems'),
  Chassis: link('/redfish/v1/Chassis'),
  Managers: link('/redfish/v1/Managers'),
  UpdateService: link('/redfish/v1/UpdateService'),
  Links: { Sessions: link('/redfish/v1/SessionService/Sessions') },
};

function answer(bmc: LightBmc, request: IncomingMessage, path: string, body: unknown): Reply {
  const { method = '', headers } = request;
  if (path === '/redfish/v1' && method === 'GET') return [200, { ...ROOT, Vendor: bmc.vendor }];
  if (path === '/redfish/v1/SessionService/Sessions' && method === 'POST') return openSession(bmc, body);
  const token = headers['x-auth-token'];
  if (typeof token !== 'string' || !bmc.sessions.has(token)) return failure(401, 'no valid session');
  if (method === 'DELETE') return closeSession(bmc, path);
  if (method === 'POST') return act(bmc, path, body as Record<string, unknown>);
  if (method === 'PATCH') return change(bmc, path, headers['if-match'], body as Record<string, unknown>);
  if (path === '/redfish/v1/TaskService/TaskMonitors/1') return monitor(bmc);
  const resource = resources(bmc)[path];
  return resource === undefined ? failure(404, `no resource ${path}`) : [200, resource, { ETag: bmc.etag }];
}

function openSession(bmc: LightBmc, body: unknown): Reply {
  const { UserName: user, Password: password } = body as Record<string, unknown>;
  bmc.logins += 1;
  if (user !== USER || password !== PASSWORD) return failure(401, `wrong password ${String(password)}`);
  const [token, id] = [randomUUID(), randomUUID()];
  bmc.sessions.set(token, id);
  const path = `/redfish/v1/SessionService/Sessions/${id}`;
  return [201, { ...link(path), Id: id, Name: 'Session' }, { 'X-Auth-Token': token, Location: path }];
}

function closeSession(bmc: LightBmc, path: string): Reply {
  for (const [token, id] of bmc.sessions) if (path.endsWith(id)) bmc.sessions.delete(token);
  return [204];
}

function act(bmc: LightBmc, path: string, body: Record<string, unknown>): Reply {
  if (path === '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset') {
    const type = body['ResetType'];
    if (type === 'On' && bmc.on) return failure(409, 'the machine is on');
    if (type !== 'On' && !bmc.on) return failure(409, 'the machine is off');
    bmc.on = type !== 'ForceOff' && type !== 'GracefulShutdown';
    return [204];
  }
  if (path === '/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate') {
    bmc.task = { TaskState: 'Running', PercentComplete: 0 };
    return [202, { TaskState: 'New' }, { Location: '/redfish/v1/TaskService/TaskMonitors/1' }];
  }
  return failure(404, `no action ${path}`);
}

function change(bmc: LightBmc, path: string, condition: unknown, body: Record<string, unknown>): Reply {
  if (path !== '/redfish/v1/Systems/1') return failure(405, 'read-only');
  if (condition === undefined) return failure(428, 'If-Match is required');
  if (condition !== '*' && condition !== bmc.etag) return failure(412, 'the resource has changed');
  bmc.generation += 1;
  bmc.boot = { ...bmc.boot, ...(body['Boot'] as object | undefined) };
  if (typeof body['IndicatorLED'] === 'string') bmc.led = body['IndicatorLED'];
  return [200, resources(bmc)[path], { ETag: bmc.etag }];
}

function monitor({ task }: LightBmc): Reply {
  if (task === undefined) return failure(404, 'no such task');
  const isOver = ['Completed', 'Exception'].includes(String(task['TaskState']));
  return [isOver ? 200 : 202, { ...link('/redfish/v1/TaskService/Tasks/1'), Id: '1', Name: 'Update', ...task }];
}

const collection = (path: string, ...members: string[]) => ({
  ...link(path),
  Name: 'Collection',
  'Members@odata.count': members.length,
  Members: members.map(link),
});

function resources(bmc: LightBmc): Readonly<Record<string, object>> {
  const status = { State: 'Enabled', Health: 'OK' };
  return {
    '/redfish/v1/Systems': collection('/redfish/v1/Systems', '/redfish/v1/Systems/1'),
    '/redfish/v1/Chassis': collection('/redfish/v1/Chassis', '/redfish/v1/Chassis/1'),
    '/redfish/v1/Managers': collection('/redfish/v1/Managers', '/redfish/v1/Managers/1'),
    '/redfish/v1/Systems/1': {
      ...link('/redfish/v1/Systems/1'),
      Id: '1',
      UUID: bmc.uuid.toUpperCase(),
      Manufacturer: bmc.vendor,
      Model: 'R-9000',
      SKU: 'sku-1',
      PartNumber: 'board-1',
      SerialNumber: 'serial-1',
      BiosVersion: bmc.biosVersion,
      PowerState: bmc.on ? 'On' : 'Off',
      IndicatorLED: bmc.led,
      Boot: bmc.boot,
      Links: { Chassis: [link('/redfish/v1/Chassis/1')], ManagedBy: [link('/redfish/v1/Managers/1')] },
      Actions: { '#ComputerSystem.Reset': { target: '/redfish/v1/Systems/1/Actions/ComputerSystem.Reset' } },
    },
    '/redfish/v1/Chassis/1': {
      ...link('/redfish/v1/Chassis/1'),
      PartNumber: 'chassis-1',
      SerialNumber: 'chassis-serial-1',
      Power: link('/redfish/v1/Chassis/1/Power'),
      Thermal: link('/redfish/v1/Chassis/1/Thermal'),
    },
    '/redfish/v1/Managers/1': { ...link('/redfish/v1/Managers/1'), FirmwareVersion: bmc.bmcVersion },
    '/redfish/v1/Chassis/1/Power': {
      PowerControl: [
        {
          PowerConsumedWatts: 210,
          PowerMetrics: { AverageConsumedWatts: 200, MinConsumedWatts: 150, MaxConsumedWatts: 300, IntervalInMin: 5 },
        },
      ],
      PowerSupplies: [{ Status: status }, { Status: { State: 'Absent', Health: null } }],
    },
    '/redfish/v1/Chassis/1/Thermal': {
      Temperatures: [
        { Name: 'Inlet', ReadingCelsius: 22, Status: status },
        { Name: 'Absent', ReadingCelsius: null },
      ],
      Fans: [{ Name: 'Fan 1', Reading: 5400, ReadingUnits: 'RPM', Status: status }],
    },
    '/redfish/v1/UpdateService': {
      ...link('/redfish/v1/UpdateService'),
      Actions: {
        '#UpdateService.SimpleUpdate': { target: '/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate' },
      },
    },
  };
}
