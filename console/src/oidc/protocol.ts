import * as oauth from 'oauth4webapi';
import { redirectUri } from './addresses.js';
import type { Provider } from './providers.js';

/** What the console must remember while the user is with the issuer. */
export interface Flow {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE. */
  readonly verifier: string;
}

/** What the issuer grants. */
export interface Grant {
  /** The ID token, which the API takes as bearer token. */
  readonly token: string;
  readonly refreshToken?: string;
  /** How long the token is valid, in seconds, by the issuer's clock. */
  readonly lifetime: number;
  readonly claims: oauth.IDToken;
}

/** Seconds by which the clock of the browser may differ; the server checks the times of tokens anyway. */
const TOLERANCE = 300;
/** Milliseconds after which an issuer counts as unreachable. */
const TIMEOUT = 15_000;

/** Prepares a sign-in; the browser has to go to `url`. */
export async function prepare(provider: Provider): Promise<{ readonly url: string; readonly flow: Flow }> {
  const server = await discover(provider);
  if (server.authorization_endpoint === undefined) throw new Error('the issuer has no authorization endpoint');
  const flow = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  };
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: provider.scopes,
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(flow.verifier),
    code_challenge_method: 'S256',
    // Required for refresh tokens by OpenID Connect Core 1.0, section 11.
    ...(provider.scopes.split(' ').includes('offline_access') && { prompt: 'consent' }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { url: url.href, flow };
}

/** Exchanges the code in the parameters with which the issuer sent the browser back. */
export async function exchange(provider: Provider, flow: Flow, parameters: URLSearchParams): Promise<Grant> {
  const server = await discover(provider);
  const client = clientOf(provider);
  const checked = oauth.validateAuthResponse(server, client, parameters, flow.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    checked,
    redirectUri,
    flow.verifier,
    options(provider),
  );
  const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: flow.nonce,
    requireIdToken: true,
  });
  return grantOf(result);
}

/** Gets another token without the user. Throws if the issuer grants none, or one that is of no use here. */
export async function refresh(provider: Provider, refreshToken: string): Promise<Grant> {
  const server = await discover(provider);
  const client = clientOf(provider);
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, options(provider));
  const grant = grantOf(await oauth.processRefreshTokenResponse(server, client, response));
  return { refreshToken, ...grant };
}

/**
 * Ends the grant of a refresh token. Resolves to the address that ends the user's session with the issuer, or undefined if
 * it has none.
 */
export async function endSession(
  provider: Provider,
  { token, refreshToken }: { readonly token: string; readonly refreshToken?: string },
): Promise<string | undefined> {
  const server = await discover(provider);
  if (refreshToken !== undefined && isReachable(provider, server.revocation_endpoint)) {
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, clientOf(provider), oauth.None(), refreshToken, options(provider)),
    );
  }
  if (server.end_session_endpoint === undefined) return undefined;
  const url = new URL(server.end_session_endpoint);
  url.searchParams.set('id_token_hint', token);
  url.searchParams.set('client_id', provider.clientId);
  url.searchParams.set('post_logout_redirect_uri', redirectUri);
  return url.href;
}

async function discover(provider: Provider): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(provider.issuer);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options(provider)));
  if (!isReachable(provider, server.token_endpoint)) {
    throw new Error(
      `its token endpoint is ${server.token_endpoint}, but the console may connect to ${issuer.origin} only`,
    );
  }
  return server;
}

/** The policy of the page allows connections to the origin of the issuer only. */
const isReachable = ({ issuer }: Provider, endpoint: string | undefined): boolean =>
  endpoint !== undefined && URL.canParse(endpoint) && new URL(endpoint).origin === new URL(issuer).origin;

const clientOf = ({ clientId }: Provider): oauth.Client => ({
  client_id: clientId,
  [oauth.clockTolerance]: TOLERANCE,
});

/** The server accepts issuers over plain HTTP on loopback only. */
const options = ({ issuer }: Provider) => ({
  [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
  signal: () => AbortSignal.timeout(TIMEOUT),
});

function grantOf(result: oauth.TokenEndpointResponse): Grant {
  const claims = oauth.getValidatedIdTokenClaims(result);
  if (result.id_token === undefined || claims === undefined) throw new Error('the issuer returned no ID token');
  return {
    token: result.id_token,
    ...(result.refresh_token !== undefined && { refreshToken: result.refresh_token }),
    lifetime: claims.exp - claims.iat,
    claims,
  };
}
