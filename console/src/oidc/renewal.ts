import { session } from '../api/session.js';
import type { Session } from '../api/session.js';
import { providerOf } from './providers.js';
import { sessionGrant } from './session-grant.js';

/** Tokens are renewed this long before they end, in milliseconds. */
const MARGIN = 20_000;

/** `renewed`: there is another token; `later`: the issuer cannot be reached now; `over`: the user has to sign in. */
export type Renewal = 'renewed' | 'later' | 'over';

let running: Promise<Renewal> | undefined;

/** Renews a token that is about to end. Whatever comes of it, the caller may use the session's token. Never rejects. */
export async function renewIfDue(): Promise<void> {
  const current = session.get();
  if (current?.grant?.refreshToken !== undefined && Date.now() > current.grant.ends - MARGIN) await renew(current);
}

/** Renews the token that the server has refused, unless that has happened already. Never rejects. */
export async function renewAfterRefusal(refused: string): Promise<Renewal> {
  const current = session.get();
  if (current === undefined) return 'over';
  return current.token === refused ? renew(current) : 'renewed';
}

/** All callers share one attempt: issuers may take the second use of a refresh token for a theft. */
function renew(of: Session): Promise<Renewal> {
  running ??= attempt(of).finally(() => (running = undefined));
  return running;
}

async function attempt({ id, grant }: Session): Promise<Renewal> {
  const provider = grant && providerOf(grant);
  if (!provider || grant.refreshToken === undefined) return 'over';
  const { refresh } = await import('./protocol.js');
  const { isFinal } = await import('./failures.js');
  try {
    const renewed = await refresh(provider, grant.refreshToken);
    if (session.get()?.id !== id) return 'over'; // signed out meanwhile
    session.renew(renewed.token, sessionGrant(provider, renewed));
    return 'renewed';
  } catch (error) {
    return isFinal(error) ? 'over' : 'later';
  }
}
