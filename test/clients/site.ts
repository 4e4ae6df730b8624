import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { RunningPartition } from '../../src/agent/simulator/running-partition.js';
import { RestClient } from '../../src/agent/rest-client.js';
import { consoleLogger as log } from '../../src/cli/console-logger.js';
import { startDemoServer } from '../../src/cli/demo/demo-server.js';
import { loadDemoConfig } from '../../src/config/demo-config.js';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { tokenKeyOf } from '../../src/platform/auth/token/token-key.js';
import { HeadscaleServer } from '../support/headscale.js';
import { installed } from '../support/installed.js';
import { S3_PROGRAM, S3Server } from '../support/s3.js';

/** The server under test, as suites see it; passed as JSON in METAL_API_TEST_SITE. */
export interface SiteDescription {
  /** URL of the REST API without a trailing slash. */
  readonly url: string;
  /** Path of the served API document. */
  readonly spec: string;
  /** HMAC keys of the three roles. */
  readonly keys: { readonly viewer: string; readonly editor: string; readonly admin: string };
  /** API token with the admin role. */
  readonly token: string;
  readonly lab: Lab;
  /** Whether an object store for firmware is available. */
  readonly firmware: boolean;
}

export interface Site extends SiteDescription {
  stop(): Promise<void>;
}

/** A server of its own on free ports, with audit, VPN and, where its program is installed, object storage, and a simulated partition, whose machines wait or soon will. */
export async function startSite(machines: number): Promise<Site> {
  const s3 = installed('firmware by the clients', S3_PROGRAM) ? await S3Server.start() : undefined;
  const headscale = await HeadscaleServer.start();
  const { config, temporaryFolder } = loadDemoConfig(true, {
    ...process.env,
    ...s3?.variables,
    ...headscale.variables,
    METAL_API_AUDITING_ENABLED: 'true',
  });
  const partition = `clients-${randomBytes(2).toString('hex')}`;
  const server = await startDemoServer(config, partition, log);
  const { view, edit, admin } = config.auth.hmac;
  const lab = await installLab(new RestClient({ url: server.url, role: 'admin', key: admin.key }), partition);
  const { url, grpc, bus } = server;
  const settings = { partition, machines, racks: 2, stepTime: 40, switchInterval: 1000, reportInterval: 2000 };
  const running = new RunningPartition({ ...settings, url, grpc, bus, editorKey: edit.key, log });
  await running.start();
  await running.partition.reportBmcs();
  const [token] = createApiToken(
    tokenKeyOf(config),
    { subject: 'clients', role: 'admin', lifetime: 3_600_000 },
    Date.now(),
  );
  return {
    url: url.replace(/\/$/, ''),
    spec: resolve('spec/metal-api.json'),
    keys: { viewer: view.key, editor: edit.key, admin: admin.key },
    token,
    lab,
    firmware: s3 !== undefined,
    stop: async () => {
      await running.stop();
      await server.stop();
      await headscale.stop();
      await s3?.stop();
      if (temporaryFolder) await rm(temporaryFolder, { recursive: true, force: true });
    },
  };
}
