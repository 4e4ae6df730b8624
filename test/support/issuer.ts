import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { GenerateKeyPairResult, JWK, JWTPayload } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly pair: GenerateKeyPairResult;
  readonly jwk: JWK;
}

/** Keys of issuers that have stopped, by algorithm: making an RSA key takes longer than most tests. */
const SPARE = new Map<string, GenerateKeyPairResult[]>();

/** A local OpenID Connect issuer: discovery document and key set over real HTTP, keys that can be rotated. */
export class TestIssuer {
  /** Number of requests by path. */
  readonly requests = new Map<string, number>();
  /** Overrides fields of the discovery document. */
  discovery: Record<string, unknown> = {};
  /** If set, every request fails with this status. */
  failWith: number | undefined;
  private keys: SigningKey[] = [];
  private readonly used: SigningKey[] = [];
  private readonly server = createServer((request, response) => {
    const path = request.url ?? '';
    this.requests.set(path, (this.requests.get(path) ?? 0) + 1);
    const body = this.failWith ? undefined : this.document(path);
    response.statusCode = this.failWith ?? (body ? 200 : 404);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body ?? {}));
  });

  static async start(...algorithms: string[]): Promise<TestIssuer> {
    const issuer = new TestIssuer();
    await new Promise<void>((resolve) => issuer.server.listen(0, '127.0.0.1', resolve));
    await issuer.rotate(...algorithms);
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The published public keys. */
  get published(): readonly JWK[] {
    return this.keys.map(({ jwk }) => jwk);
  }

  /** Replaces all keys by new ones, one per algorithm. */
  async rotate(...algorithms: string[]): Promise<void> {
    this.keys = await Promise.all((algorithms.length > 0 ? algorithms : ['RS256']).map(newKey));
    this.used.push(...this.keys);
  }

  /** Signs with the current key of the algorithm. Claims and header override those of a valid token. */
  async sign(claims: JWTPayload, { alg = 'RS256', header = {}, now = Date.now() } = {}): Promise<string> {
    const key = this.keys.find((candidate) => candidate.alg === alg);
    if (!key) throw new Error(`the issuer has no ${alg} key`);
    const seconds = Math.floor(now / 1000);
    const good = { iss: this.url, aud: 'metal', sub: 'u1', iat: seconds, exp: seconds + 600 };
    return new SignJWT({ ...good, ...claims })
      .setProtectedHeader({ alg, kid: key.kid, ...header })
      .sign(key.pair.privateKey);
  }

  async stop(): Promise<void> {
    for (const { alg, pair } of this.used.splice(0)) SPARE.set(alg, [...(SPARE.get(alg) ?? []), pair]);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private document(path: string): object | undefined {
    if (path === '/.well-known/openid-configuration') {
      return { issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.discovery };
    }
    return path === '/keys' ? { keys: [{ kty: 'unknown' }, null, ...this.published] } : undefined;
  }
}

/** A key that no running issuer has used, with a new ID. */
async function newKey(alg: string): Promise<SigningKey> {
  const pair = SPARE.get(alg)?.pop() ?? (await generateKeyPair(alg, { extractable: true }));
  const kid = `${alg}-${Math.random().toString(36).slice(2)}`;
  return { kid, alg, pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } };
}
