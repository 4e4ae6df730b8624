import { createApp } from '../../app.js';
import type { Config } from '../../config/config.js';
import { Bus } from '../../platform/bus/bus.js';
import { NatsBus } from '../../platform/bus/nats/nats-bus.js';
import { agentName } from '../../platform/bus/nats/subjects.js';
import { GrpcServer } from '../../platform/grpc/grpc-server.js';
import { createLogger } from '../../platform/telemetry/logger.js';
import type { Log } from '../../shared/log.js';
import { keepDataPrivate } from '../private-data.js';

/** A server inside this process, and the way its partitions' agents reach it. */
export interface DemoServer {
  /** With base path. */
  readonly url: string;
  readonly grpc: string;
  /** The bus for the agent of a partition: the server's own one, or a connection of the agent to the broker. */
  readonly bus: Bus;
  stop(): Promise<void>;
}

/** Starts the server that the configuration describes, as the command `serve` does. */
export async function startDemoServer(config: Config, partition: string, log: Log): Promise<DemoServer> {
  keepDataPrivate(config, (line) => log.warn(line));
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
