/** A signed-in caller of this tab. */
export interface Session {
  /** Of the sign-in: stays the same when the token is renewed. */
  readonly id: string;
  /** API token, or ID token of an OIDC issuer. */
  readonly token: string;
  /** undefined if the user has entered the token. */
  readonly grant?: SessionGrant;
}

/** The issuer's part of a session. */
export interface SessionGrant {
  readonly issuer: string;
  readonly clientId: string;
  readonly refreshToken?: string;
  /** When the token ends, by the clock of this browser, in milliseconds since 1970. */
  readonly ends: number;
}

const KEY = 'metal-api.session';

const listeners = new Set<() => void>();
let current: Session | undefined = stored();

/** The session of this tab. It is kept in the tab's session storage only, which ends with the tab. */
export const session = {
  get: (): Session | undefined => current,

  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  signIn: (token: string, grant?: SessionGrant): void => change({ id: newId(), token, grant }),

  /** Replaces the token of the same user. */
  renew: (token: string, grant: SessionGrant): void => {
    if (current) change({ ...current, token, grant });
  },

  /** Forgets the token. To end the session with its issuer, too: `signOut` in `oidc/sign-in.ts`. */
  end: (): void => change(undefined),
};

/** `crypto.randomUUID` is missing where the console is served by plain HTTP, except on localhost. */
const newId = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');

function change(next: Session | undefined): void {
  current = next;
  if (next === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, JSON.stringify(next));
  for (const listener of listeners) listener();
}

function stored(): Session | undefined {
  const text = sessionStorage.getItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Session);
}

/**
 * Takes a token out of the URL fragment, as in `console/#token=…`, and removes it from address bar and history. A fragment
 * is never sent to a server. Call it before the router reads the address.
 */
export function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  if (token !== '') session.signIn(token);
}
