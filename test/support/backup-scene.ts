import { join } from 'node:path';
import { installLab, type Lab } from '../../src/agent/simulator/lab.js';
import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { BackupCommands } from './backup.js';
import { BackupLoad } from './backup-load.js';
import type { Database } from './databases.js';
import { seedWaitingMachines } from './seed.js';
import { ServerProcess } from './server-process.js';
import { openTables } from './tables.js';

/** The recovery of what was under way begins sooner than in production. */
export const SOON = { METAL_API_ALLOCATION_TIMEOUT: '2s' };

/** Servers on a database, two where it can be shared, with clients that write all the time. */
export class BackupScene {
  readonly commands = new BackupCommands();

  private constructor(
    readonly database: Database,
    readonly servers: readonly ServerProcess[],
    readonly lab: Lab,
    readonly load: BackupLoad,
  ) {}

  static async start(database: Database, size: { readonly machines: number; readonly clients: number }) {
    const first = await ServerProcess.start({ ...database.variables, ...SOON });
    const lab = await installLab(first.rest('admin'));
    await first.stop();
    const engine = database.shared
      ? new RethinkEngine(database.shared)
      : new EmbeddedEngine(join(database.variables['METAL_API_DATA_DIR']!, 'store'));
    const { tables, close } = await openTables(engine);
    await seedWaitingMachines(tables, size.machines, lab);
    await close();
    const settings = { ...database.variables, ...SOON };
    const replicas = Array.from({ length: database.shared ? 2 : 1 }, () => ServerProcess.start(settings));
    const servers = await Promise.all(replicas);
    return new BackupScene(database, servers, lab, await BackupLoad.start(servers, lab, size));
  }

  /** Makes a backup: with RethinkDB the command reads the database itself, else it asks the server. */
  make(name: string): Promise<{ code: number; text: string }> {
    const url = this.database.shared ? [] : ['--url', this.servers[0]!.url];
    return this.commands.backup(this.database.variables, this.commands.path(name), ...url);
  }

  async stop(): Promise<void> {
    await this.load.stop();
    await Promise.all(this.servers.map((server) => server.stop()));
    await this.database.stop();
    this.commands.remove();
  }
}
