import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_COMMANDS } from '../../src/cli/commands.js';
import { CommandService } from '../../src/modules/command/command.service.js';
import { imageTable } from '../../src/modules/image/image.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { ReleaseService } from '../../src/modules/machine/release/release.service.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { HeadscaleServer } from '../support/headscale.js';
import { plantedAllocation, plantMachine, tableOf } from '../support/machines.js';

// Jobs that installations schedule themselves: each command opens the database, runs its job once, and prints the
// result.
const HOUR = 3600_000;
const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

let folder: string;
let variables: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metal-jobs-'));
  variables = { METAL_API_DB: 'embedded', METAL_API_DATA_DIR: folder };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs an action on a server over the database, then shuts the server down. */
async function onServer<T>(action: (server: TestApp) => Promise<T>): Promise<T> {
  const server = await startTestApp(variables);
  try {
    return await action(server);
  } finally {
    await server.close();
  }
}

/** Runs a command of the program; resolves with its exit code and output. */
async function command(name: string, further: Record<string, string> = {}): Promise<[number, unknown]> {
  const [before, log] = [{ ...process.env }, console.log];
  const lines: string[] = [];
  const quiet = { METAL_API_DEV: 'true', METAL_API_LOG_LEVEL: 'silent' };
  Object.assign(process.env, variables, quiet, further);
  console.log = (line: string) => lines.push(line);
  try {
    const code = await (await CLI_COMMANDS[name]!.load()).run([]);
    return [code, JSON.parse(lines.join('\n'))];
  } finally {
    console.log = log;
    process.env = before;
  }
}

describe('commands for schedulers', () => {
  it('machine-liveliness distinguishes dead machines from live ones', async () => {
    await onServer(async (server) => {
      await plantMachine(server, 'silent', { events: { liveliness: 'Alive', lastEventTime: ago(HOUR) } });
      await plantMachine(server, 'new');
    });
    expect(await command('machine-liveliness')).toEqual([0, { alive: 0, dead: 1, unknown: 1, errors: 0 }]);
  });

  it('resurrect-machines reboots lost machines, and fails if one cannot be rebooted', async () => {
    const events = { liveliness: 'Dead', lastEventTime: ago(2 * HOUR) } as const;
    const state = { value: 'LOCKED', description: 'x', issuer: '', metalHammerVersion: '' } as const;
    await onServer((server) => plantMachine(server, 'lost', { events, machine: { waiting: true } }));
    expect(await command('resurrect-machines')).toEqual([0, { resurrected: 1, errors: 0 }]);
    await onServer(async (server) => {
      expect(server.app.get(CommandService).list({ machine: 'lost' })).toMatchObject([{ type: 'delete' }]);
      expect(tableOf(server, machineTable).get('lost')).not.toMatchObject({ release: {} });
      expect(tableOf(server, machineTable).get('lost')?.waiting).toBe(false);
      await plantMachine(server, 'locked', { events, machine: { state } });
      await plantMachine(server, 'taken', { events, machine: { allocation: plantedAllocation() } });
      // As if the machine had been allocated after the job examined it.
      await expect(server.app.get(ReleaseService).reclaim('taken', 'x')).rejects.toThrow('is allocated');
      const { allocation, release } = tableOf(server, machineTable).get('taken')!;
      expect([allocation !== undefined, release]).toEqual([true, undefined]);
    });
    expect(await command('resurrect-machines')).toEqual([1, { resurrected: 0, errors: 1 }]);
  });

  it('delete-orphan-images deletes expired images, except those in use by a machine', async () => {
    const image = (id: string, expirationDate: string) => ({
      id,
      url: 'http://x/y',
      features: ['machine'],
      expirationDate,
    });
    await onServer(async (server) => {
      const images = [
        image('a-1.0.0', ago(1000)),
        image('a-1.0.1', ago(1000)),
        image('a-1.0.2', ago(-HOUR)),
        image('b-1.0.1', ago(1000)),
      ];
      for (const each of images) {
        await server.as('admin').put('/v1/image').send(each).expect(201);
      }
      await plantMachine(server, 'm1', { machine: { allocation: plantedAllocation({ imageId: 'a-1.0.0' }) } });
    });
    expect(await command('delete-orphan-images')).toEqual([0, { deleted: ['a-1.0.1'] }]);
    const left = await onServer(async (server) => [...tableOf(server, imageTable).list()].map(({ id }) => id));
    expect(left.sort()).toEqual(['a-1.0.0', 'a-1.0.2', 'b-1.0.1']);
  });

  it('machines-vpn-connected records which machines are connected', async () => {
    const headscale = await HeadscaleServer.start();
    const vpn = { address: 'x', authKey: 'y', connected: false };
    await onServer((server) => plantMachine(server, 'm1', { machine: { allocation: plantedAllocation({ vpn }) } }));
    headscale.nodes.push({ id: '1', name: 'm1', user: { id: '2', name: 'project-1' }, online: true });
    const count = { connected: 1, disconnected: 0, absent: 0, errors: 0 };
    expect(await command('machines-vpn-connected', headscale.variables)).toEqual([0, count]);
    await headscale.stop();
    const stored = await onServer(async (server) => tableOf(server, machineTable).get('m1'));
    expect(stored?.allocation?.vpn?.connected).toBe(true);
    await expect(command('machines-vpn-connected')).rejects.toMatchObject({ kind: 'disabled' });
  });
});
