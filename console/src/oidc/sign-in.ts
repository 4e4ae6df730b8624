import { consolePath } from '../api/base-path.js';
import { checkToken, NoRoleError } from '../api/check-token.js';
import { session } from '../api/session.js';
import { currentAddress, responseIn } from './addresses.js';
import type { Flow, Grant } from './protocol.js';
import { providerOf } from './providers.js';
import type { Provider } from './providers.js';
import { sessionGrant } from './session-grant.js';

/** What the sign-in page shows. */
export interface SignInState {
  /** Label of the issuer that is being waited for. */
  readonly busy?: string;
  /** Why there is no session, a sentence for the user. */
  readonly problem?: string;
}

/** A sign-in that has begun in this tab. */
interface Pending extends Flow {
  readonly issuer: string;
  readonly clientId: string;
  /** Where the user wanted to go. */
  readonly address: string;
}

const KEY = 'metal-api.sign-in';

const listeners = new Set<() => void>();
let state: SignInState = {};

/** The state of signing in with an issuer, for React. */
export const signInState = {
  get: (): SignInState => state,
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function show(next: SignInState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Only who signs in needs it. */
const load = async () => ({ ...(await import('./protocol.js')), ...(await import('./failures.js')) });

/** Leaves for the issuer; the user comes back to the current address. Shows failures on the sign-in page. */
export function beginSignIn(provider: Provider): Promise<void> {
  session.end();
  return attempt(provider, async ({ prepare }) => {
    const { url, flow } = await prepare(provider);
    const { issuer, clientId } = provider;
    const pending: Pending = { ...flow, issuer, clientId, address: currentAddress() };
    sessionStorage.setItem(KEY, JSON.stringify(pending));
    location.assign(url);
    // The user may come back by the browser's history, to this very page.
    addEventListener('pageshow', () => show({}), { once: true });
  });
}

/**
 * Takes the issuer's answer out of the address, which becomes the one where the sign-in began, and begins the session. Call
 * it before the router reads the address.
 */
export function takeIssuerResponse(): void {
  const parameters = responseIn(location);
  if (parameters === undefined) return;
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  const pending = text === null ? undefined : (JSON.parse(text) as Pending);
  history.replaceState(null, '', pending?.address ?? `${consolePath}/`);
  if (session.get() !== undefined) return; // the user went back to the answer of a sign-in that is over
  const provider = pending && providerOf(pending);
  if (!pending || !provider || parameters.get('state') !== pending.state) {
    show({ problem: 'This sign-in did not begin in this tab, or another one began after it. Sign in again.' });
    return;
  }
  void attempt(provider, async ({ exchange }) => {
    const grant = await exchange(provider, pending, parameters);
    await checkGrant(grant, provider);
    session.signIn(grant.token, sessionGrant(provider, grant));
    show({});
  });
}

/**
 * Ends the session of this tab, and the one of its issuer: leaves for the issuer's page for that, if it has one. If the
 * issuer cannot be reached, the sign-in page says so.
 */
export async function signOut(): Promise<void> {
  const { token, grant } = session.get() ?? {};
  session.end();
  show({});
  const provider = grant && providerOf(grant);
  if (token === undefined || !provider) return;
  const { endSession, describeFailure } = await load();
  try {
    const url = await endSession(provider, { token, refreshToken: grant.refreshToken });
    if (url !== undefined) location.assign(url);
  } catch (error) {
    show({
      problem: `You are signed out of the console, but not of ${provider.label}. ${describeFailure(error, provider)}`,
    });
  }
}

/** Signs in again after the token has ended: with the same issuer, or on the sign-in page. */
export function signInAgain(): void {
  const grant = session.get()?.grant;
  const provider = grant && providerOf(grant);
  if (provider) void beginSignIn(provider);
  else session.end();
}

async function attempt(
  provider: Provider,
  action: (protocol: Awaited<ReturnType<typeof load>>) => Promise<void>,
): Promise<void> {
  show({ busy: provider.label });
  const protocol = await load();
  try {
    await action(protocol);
  } catch (error) {
    show({ problem: error instanceof RefusedByServer ? error.message : protocol.describeFailure(error, provider) });
  }
}

class RefusedByServer extends Error {}

/** Throws RefusedByServer if the API does not take the token. */
async function checkGrant({ token, claims }: Grant, { label }: Provider): Promise<void> {
  try {
    await checkToken(token);
  } catch (error) {
    const user = [claims['preferred_username'], claims['email'], claims['name'], claims.sub].find(isText);
    if (!(error instanceof NoRoleError))
      throw new RefusedByServer(
        `${label} has signed you in as ${user}, but the server refuses the token: ${(error as Error).message}.`,
      );
    const groups = [claims['roles'] ?? claims['groups'] ?? []].flat().filter(isText);
    throw new RefusedByServer(
      `${label} has signed you in as ${user}, but you have no role here: ` +
        (groups.length === 0
          ? 'the token has neither roles nor groups. Ask an operator to add a scope or a mapping that puts them into ID tokens.'
          : `none of your groups (${groups.join(', ')}) is one of viewer, editor or admin.`),
    );
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
