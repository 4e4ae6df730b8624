import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface User {
  readonly id: string;
  readonly name: string;
}
interface Key {
  readonly id: string;
  readonly key: string;
  readonly user: User;
  readonly ephemeral: boolean;
  expiration: string;
  used: boolean;
}
interface Node {
  readonly id: string;
  readonly name: string;
  readonly user: User;
  online: boolean;
}

/** Refusals: HTTP status and gRPC code, as mapped by the gateway of Headscale's gRPC API. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

type Handler = (parts: { readonly id: string; readonly query: URLSearchParams; readonly body: Body }) => object;
type Body = Readonly<Record<string, unknown>>;

/**
 * The part of Headscale's HTTP API (0.26 and newer) that metal-api uses, with its protocol: bearer API key, 64-bit
 * numbers as strings, default values omitted, keys that work once and expire.
 */
export class HeadscaleServer {
  readonly apiKey = randomBytes(16).toString('hex');
  readonly users: User[] = [];
  readonly keys: Key[] = [];
  readonly nodes: Node[] = [];
  /** If set, every request fails with this status. */
  broken: number | undefined;
  private next = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(): Promise<HeadscaleServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HeadscaleServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Settings of a server that uses it. */
  get variables(): Record<string, string> {
    return {
      METAL_API_HEADSCALE_ADDR: this.url,
      METAL_API_HEADSCALE_API_KEY: this.apiKey,
      METAL_API_HEADSCALE_CP_ADDR: 'https://vpn.example.org',
    };
  }

  /** Lets a machine join like `tailscale up`. Throws if the key is invalid. */
  join(authKey: string, name: string): Node {
    const key = this.keys.find((one) => one.key === authKey);
    if (!key || key.used || Date.parse(key.expiration) <= Date.now()) throw new Error('the key is not valid');
    key.used = true;
    const node = { id: this.id(), name, user: key.user, online: true };
    this.nodes.push(node);
    return node;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private readonly routes: Readonly<Record<string, Handler>> = {
    'GET user': ({ query }) => ({ users: this.users.filter(({ name }) => name === (query.get('name') ?? name)) }),
    'POST user': ({ body }) => ({ user: this.createUser(body['name']) }),
    'POST preauthkey': ({ body }) => ({ preAuthKey: this.createKey(body) }),
    'POST preauthkey/expire': ({ body }) => {
      const key = this.keys.find(({ key }) => key === body['key']);
      if (!key) throw new Refusal(500, 2, 'AuthKey not found');
      key.expiration = new Date().toISOString();
      return {};
    },
    'GET node': () => ({ nodes: this.nodes.map(({ online, ...node }) => ({ ...node, ...(online && { online }) })) }),
    'DELETE node/': ({ id }) => {
      const at = this.nodes.findIndex((node) => node.id === id);
      if (at < 0) throw new Refusal(404, 5, 'node not found');
      this.nodes.splice(at, 1);
      return {};
    },
  };

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const body = await bodyOf(request);
      if (this.broken !== undefined) throw new Refusal(this.broken, 13, 'broken');
      if (request.headers.authorization !== `Bearer ${this.apiKey}`) {
        response.writeHead(401, { 'content-type': 'text/plain' }).end('Unauthorized');
        return;
      }
      send(200, this.route(request, body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(error.status, { code: error.code, message: error.message, details: [] });
    }
  }

  private route({ method = '', url = '' }: IncomingMessage, body: Body): object {
    const { pathname, searchParams: query } = new URL(url, 'http://x');
    const [, path = ''] = /^\/api\/v1\/(.*)$/.exec(pathname) ?? [];
    const [, id = ''] = /^node\/(\d+)$/.exec(path) ?? [];
    const handler = this.routes[`${method} ${id === '' ? path : 'node/'}`];
    if (!handler) throw new Refusal(404, 5, 'Not Found');
    return handler({ id, query, body });
  }

  private createUser(name: unknown): User {
    if (typeof name !== 'string' || name === '') throw new Refusal(500, 2, 'username must not be empty');
    if (this.users.some((user) => user.name === name)) {
      throw new Refusal(500, 13, 'failed to create user: creating user: UNIQUE constraint failed: users.name');
    }
    const user = { id: this.id(), name };
    this.users.push(user);
    return user;
  }

  private createKey({ user: id, reusable = false, ephemeral = false, expiration }: Body): Key {
    if (!/^\d+$/.test(String(id))) throw new Refusal(400, 3, `invalid value for uint64 field user: ${String(id)}`);
    const user = this.users.find((one) => one.id === String(id));
    if (!user) throw new Refusal(500, 2, 'user not found');
    if (reusable !== false || Number.isNaN(Date.parse(String(expiration)))) throw new Refusal(400, 3, 'unexpected');
    const secret = `hskey-auth-${randomBytes(12).toString('hex')}`;
    const key = { id: this.id(), key: secret, user, ephemeral: ephemeral === true, expiration: String(expiration) };
    this.keys.push({ ...key, used: false });
    return this.keys.at(-1)!;
  }

  private id(): string {
    return String(++this.next);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Body);
}
