import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import type { Page } from 'playwright-core';

export const CLIENT = 'metal-console';

/** A real OpenID Connect issuer on loopback, with pages for signing in and consent. Anyone may be anyone. */
export class OidcServer {
  /** Groups in the tokens of a user; none unless set. */
  readonly groups = new Map<string, readonly string[]>();
  /** Seconds for which new ID tokens are valid. */
  tokenLifetime = 3600;
  grantsRefreshTokens = true;
  /** If set, the issuer is out of reach: connections end without an answer. */
  isDown = false;
  /** Requests for tokens, by the type of the grant and whether they were successful. */
  readonly grants: string[] = [];
  private listener: RequestListener = (_request, response) => void response.writeHead(503).end();

  private constructor(
    private readonly server: Server,
    private readonly key: JWK,
  ) {}

  /** Listens, so that it has a URL; `register` makes it an issuer. */
  static async start(): Promise<OidcServer> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'key-1' };
    const server = createServer((request, response) => {
      if (oidc.isDown) request.destroy();
      else oidc.listener(request, response);
    });
    const oidc = new OidcServer(server, key);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return oidc;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get host(): string {
    return new URL(this.url).host;
  }

  /** Accepts a client, `isPublic` without a secret, and forgets all users, grants and sessions. */
  register(redirectUri: string, isPublic = true): void {
    const configuration: Configuration = {
      clients: [
        {
          client_id: CLIENT,
          token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
          ...(!isPublic && { client_secret: 'the-console-has-none' }),
          redirect_uris: [redirectUri],
          post_logout_redirect_uris: [redirectUri],
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
      jwks: { keys: [this.key] },
      cookies: { keys: ['of-tests'] },
      claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email'], groups: ['groups'] },
      conformIdTokenClaims: false,
      clientBasedCORS: () => true,
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({
          sub: id,
          preferred_username: id,
          email: `${id}@example.org`,
          groups: this.groups.get(id) ?? [],
        }),
      }),
      issueRefreshToken: () => Promise.resolve(this.grantsRefreshTokens),
      features: { revocation: { enabled: true } },
      ttl: {
        IdToken: () => this.tokenLifetime,
        AccessToken: 600,
        Grant: 3600,
        Interaction: 600,
        RefreshToken: 3600,
        Session: 3600,
      },
    };
    const provider = new Provider(this.url, configuration);
    provider.on('grant.success', ({ oidc }) => void this.grants.push(`${String(oidc.params?.['grant_type'])} granted`));
    provider.on('grant.error', ({ oidc }) => void this.grants.push(`${String(oidc.params?.['grant_type'])} refused`));
    const answer = provider.callback();
    this.listener = (request, response) => void answer(request, response);
  }

  /** Signs in on the issuer's page, and agrees. */
  static async signIn(page: Page, user: string): Promise<void> {
    await OidcServer.enter(page, user);
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  /** Signs in on the issuer's page, which then asks for consent. */
  static async enter(page: Page, user: string): Promise<void> {
    await page.locator('input[name=login]').fill(user);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: 'Continue' }).waitFor();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
