import { createApp } from '../../app.js';
import type { Config } from '../../config/config.js';
import { Bus } from '../../platform/bus/bus.js';
import { NatsBus } from '../../platform/bus/nats/nats-bus.js';
import { agentName } from '../../platform/bus/nats/subjects.js';
import { GrpcServer } from '../../platform/grpc/grpc-server.js';
import { createLogger } from '../../platform/telemetry/logger.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { restrictSecrets } from '../restrict-secrets.js';

/** A server inside this process, and how agents of its partitions connect to it. */
export interface DemoServer {
  /** Includes the base path. */
  readonly url: string;
  readonly grpc: string;
  /** The bus for the agent of a partition: the bus of the server, or the agent's own connection to the broker. */
  readonly bus: Bus;
  stop(): Promise<void>;
}

/** Starts a server with the configuration, like the command `serve`. */
export async function startDemoServer(config: Config, partition: string, log: AppLogger): Promise<DemoServer> {
  restrictSecrets(config, (line) => log.warn(line));
  const app = await createApp(config, { logger: createLogger(config.logLevel) });
  await app.listen(config.http.port, config.http.host);
  const grpcPort = await app.get(GrpcServer).start();
  const own = app.get(Bus);
  const { nats } = config.bus;
  const bus = nats === undefined ? own : new NatsBus({ ...nats, name: agentName(partition), role: 'agent', log });
  return {
    url: `${(await app.getUrl()).replace('[::1]', '127.0.0.1')}${config.http.basePath}`,
    grpc: `127.0.0.1:${grpcPort}`,
    bus,
    stop: async () => {
      if (bus !== own) await bus.close();
      await app.close();
    },
  };
}
