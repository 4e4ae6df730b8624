import { eventually } from '../eventually.js';
import { HaProxy } from '../haproxy.js';
import { freePort } from '../port.js';

/** Ports of HTTP and gRPC of one server. */
export type Ports = readonly [http: number, grpc: number];

/** HAProxy with the configuration of `deploy`, in front of two servers, at least one of which is ready. */
export class Balancer {
  private constructor(
    readonly haproxy: HaProxy,
    readonly ports: Ports,
    private readonly statistics: number,
  ) {}

  /** `directives` are added to the front of REST. */
  static async start([one, two]: readonly [Ports, Ports], directives = ''): Promise<Balancer> {
    const [http, grpc, statistics] = [await freePort(), await freePort(), await freePort()];
    const addresses = {
      'bind :8080': `bind 127.0.0.1:${http}\n    ${directives}`,
      'bind :50051': `bind 127.0.0.1:${grpc}`,
      'bind 127.0.0.1:8404': `bind 127.0.0.1:${statistics}`,
      '10.0.0.11:8080': `127.0.0.1:${one[0]}`,
      '10.0.0.12:8080': `127.0.0.1:${two[0]}`,
      '10.0.0.11:50051 port 8080': `127.0.0.1:${one[1]} port ${one[0]}`,
      '10.0.0.12:50051 port 8080': `127.0.0.1:${two[1]} port ${two[0]}`,
    };
    const answers = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${http}/ready`)).ok;
    const haproxy = await HaProxy.start('deploy/load-balancer/haproxy.cfg', addresses, answers);
    return new Balancer(haproxy, [http, grpc], statistics);
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports[0]}/`;
  }

  /** Resolves when the balancer takes this server for ready, for HTTP and gRPC. */
  takes(server: 'one' | 'two'): Promise<unknown> {
    return this.shows(server, 'UP');
  }

  /** Resolves when the balancer takes this server for not ready, for HTTP and gRPC. */
  leaves(server: 'one' | 'two'): Promise<unknown> {
    return this.shows(server, 'DOWN');
  }

  stop(): Promise<void> {
    return this.haproxy.stop();
  }

  private shows(server: string, state: string): Promise<unknown> {
    return eventually(
      `the balancer shows ${server} as ${state}`,
      async () => {
        const text = await (await fetch(`http://127.0.0.1:${this.statistics}/;csv`)).text();
        const rows = text.split('\n').map((line) => line.split(','));
        return ['rest', 'grpc'].every((name) =>
          rows.some((row) => row[0] === name && row[1] === server && row[17]?.startsWith(state)),
        );
      },
      60_000,
    );
  }
}
