import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** A local OpenID Connect issuer: discovery document and key set over real HTTP, keys that can be rotated. */
export class TestIssuer {
  /** Requests so far, by path. */
  readonly requests = new Map<string, number>();
  /** Replaces what the discovery document says. */
  discovery: Record<string, unknown> = {};
  /** While set, every request is answered with this status. */
  failWith: number | undefined;
  private keys: SigningKey[] = [];
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

  /** Public keys as published. */
  get published(): readonly JWK[] {
    return this.keys.map(({ jwk }) => jwk);
  }

  /** Replaces all keys by new ones, one for each algorithm. */
  async rotate(...algorithms: string[]): Promise<void> {
    this.keys = await Promise.all((algorithms.length > 0 ? algorithms : ['RS256']).map(newKey));
  }

  /** Signs with the current key of the algorithm. Claims and header override what a good token has. */
  async sign(claims: JWTPayload, { alg = 'RS256', header = {}, now = Date.now() } = {}): Promise<string> {
    const key = this.keys.find((candidate) => candidate.alg === alg);
    if (!key) throw new Error(`the issuer has no ${alg} key`);
    const seconds = Math.floor(now / 1000);
    const good = { iss: this.url, aud: 'metal', sub: 'u1', iat: seconds, exp: seconds + 600 };
    return new SignJWT({ ...good, ...claims })
      .setProtectedHeader({ alg, kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  async stop(): Promise<void> {
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

async function newKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `${alg}-${Math.random().toString(36).slice(2)}`;
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}
