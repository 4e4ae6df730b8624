import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { searchPath } from './installed.js';
import { freePort } from './port.js';
import { TestAuthority } from './test-authority.js';

const USER = 'metal';
const PASSWORD = 'sushy-secret-1';
/** Bcrypt, the only form that sushy-tools takes. */
const PASSWORD_FILE = `${USER}:$2b$04$CLLv.IKokh3120qlWEnMF.hSz/2m.FoRtn6udPHX4oXrGMWLyRBJG\n`;

const ESCAPE = String.fromCharCode(27);
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');

/**
 * The configuration is a program in Python. It gives the driver for fake systems what that for virtual machines has: a
 * BIOS version; and it ends the random delays of power actions.
 */
const configuration = (folder: string, systems: readonly SushySystem[]): string => `
import types
from sushy_tools.emulator.resources.systems import fakedriver

fakedriver.random = types.SimpleNamespace(randint=lambda low, high: 0)
fakedriver.FakeDriver.get_versions = lambda self, identity: {
    'BiosVersion': self._get(identity).get('bios_version', '1.7')}
fakedriver.FakeDriver.set_versions = lambda self, identity, versions: self._update(
    identity, bios_version=versions['BiosVersion'])

SUSHY_EMULATOR_STATE_DIR = '${folder}'
SUSHY_EMULATOR_AUTH_FILE = '${join(folder, 'users')}'
SUSHY_EMULATOR_FAKE_DRIVER = True
SUSHY_EMULATOR_FAKE_SYSTEMS = [${systems
  .map(
    ({ uuid, on }) =>
      `{'uuid': '${uuid}', 'name': 'node-${uuid.slice(0, 8)}', 'power_state': '${on ? 'On' : 'Off'}', ` +
      `'external_notifier': False, 'nics': [{'mac': '00:5c:52:31:3a:9c', 'ip': '172.22.0.100'}]}`,
  )
  .join(', ')}]
`;

export interface SushySystem {
  readonly uuid: string;
  readonly on: boolean;
}

/** The Redfish emulator of sushy-tools over HTTPS, with fake systems. Requires `sushy-emulator` and openssl. */
export class SushyEmulator {
  private output = '';

  private constructor(
    readonly host: string,
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly authority: TestAuthority,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  static async start(systems: readonly SushySystem[], host = '127.0.0.1', at?: number): Promise<SushyEmulator> {
    const folder = mkdtempSync(join(tmpdir(), 'metal-sushy-'));
    const port = at ?? (await freePort());
    const authority = new TestAuthority(folder, 'bmc-ca');
    const { cert, key } = authority.issue('bmc', `IP:${host},DNS:bmc.example`);
    writeFileSync(join(folder, 'users'), PASSWORD_FILE);
    writeFileSync(join(folder, 'emulator.conf'), configuration(folder, systems));
    const args = ['--config', join(folder, 'emulator.conf'), '--fake', '-i', host, '-p', String(port)];
    const child = spawn('sushy-emulator', [...args, '--ssl-certificate', cert, '--ssl-key', key], {
      env: { PATH: searchPath(), HOME: folder },
    });
    const emulator = new SushyEmulator(host, port, child, folder, authority);
    await eventually('sushy-emulator answers', async () => {
      if (child.exitCode !== null) throw new Error(`sushy-emulator ended: ${emulator.output}`);
      return emulator.get('/redfish/v1/').catch(() => undefined);
    });
    return emulator;
  }

  get ca(): Buffer {
    return this.authority.pem;
  }

  get caFile(): string {
    return this.authority.cert;
  }

  /** The `ipmi` block of a command's payload. */
  get ipmi(): { address: string; user: string; password: string; interface: string } {
    return { address: `${this.host}:623`, user: USER, password: PASSWORD, interface: 'lanplus' };
  }

  /** Requests that the emulator has logged so far, such as `PATCH /redfish/v1/Systems/…`. */
  get requests(): readonly string[] {
    const plain = this.output.replaceAll(COLOURS, '');
    return [...plain.matchAll(/"([A-Z]+ \/\S*) HTTP/g)].map(([, line]) => line!);
  }

  get log(): string {
    return this.output;
  }

  /** Reads a resource without the code under test. */
  get(path: string): Promise<Record<string, unknown>> {
    const { host, port, ca } = this;
    return new Promise((resolve, reject) => {
      const outgoing = request({ host, port, path, ca, auth: `${USER}:${PASSWORD}` }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve(JSON.parse(text) as Record<string, unknown>));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  async system(uuid: string): Promise<Record<string, unknown>> {
    return this.get(`/redfish/v1/Systems/${uuid}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
