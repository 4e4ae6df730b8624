import { afterAll, beforeAll, expect, it } from 'vitest';
import { GrpcServer } from '../../../src/platform/grpc/grpc-server.js';
import { BootClient } from '../../../src/agent/boot-client.js';
import { startTestApp, type TestApp } from '../app.js';
import { describeOnDatabases, type Database } from '../databases.js';
import { tableOf } from '../machines.js';
import { Scene } from './scene.js';

/** A scene, and the calls of machines to its server. */
export interface Stage {
  readonly scene: Scene;
  readonly server: TestApp;
  /** Reports the installation of the machine as complete. */
  readonly installed: (machine: { readonly id: string }) => Promise<void>;
}

const BOOT_INFO = { initrd: '/i', cmdline: '', kernel: '/k', bootloaderId: 'grub' };

/** Runs the scenarios on each available database, each with a separate fixture. */
export function onEngines(title: string, scenarios: (stage: () => Stage) => void): void {
  describeOnDatabases(title, ({ start }) => {
    let database: Database;
    let boot: BootClient;
    let stage: Stage;

    beforeAll(async () => {
      database = await start();
      const server = await startTestApp(database.variables);
      const scene = await Scene.install(`${server.url}/`, (definition) => tableOf(server, definition));
      boot = new BootClient({ address: `127.0.0.1:${await server.app.get(GrpcServer).start()}` });
      const installed = ({ id: uuid }: { readonly id: string }): Promise<void> =>
        boot.report({ uuid, consolePassword: 'secret', bootInfo: BOOT_INFO, success: true, message: '' });
      stage = { scene, server, installed };
    });

    afterAll(async () => {
      boot.close();
      await stage.server.close();
      await database.stop();
    });

    scenarios(() => stage);

    it('leaves no violations for fsck', async () => {
      expect(await stage.scene.viewer.get('fsck')).toMatchObject({ consistent: true, findings: [] });
    });
  });
}
