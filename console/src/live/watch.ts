import { authorization, messageOf } from '../api/client.js';
import { basePath } from '../api/base-path.js';
import { session } from '../api/session.js';
import type { Kind } from '../api/types.js';
import { renewAfterRefusal } from '../oidc/renewal.js';
import type { EntityStore } from './entity-store.js';
import { EventParser } from './event-stream.js';
import type { WatchEvent } from './event-stream.js';

/**
 * The kinds that the console keeps; all that the watch has. The server sends them about in this order: first what the fleet
 * page needs, last what is large and needed by few pages.
 */
const KINDS: readonly Kind[] = [
  ...(['partition', 'size', 'project', 'tenant', 'command', 'machine', 'image', 'network', 'switch', 'ip'] as const),
  ...(['filesystemlayout', 'size-image-constraint'] as const),
];

/** The server sends something every 15 seconds; after this silence, in milliseconds, the connection is lost. */
const SILENCE = 45_000;
/** Milliseconds of work after which the browser gets a chance to draw. */
const SLICE = 12;
const MAX_PAUSE = 10_000;

/**
 * Keeps the store equal to the server's lists until `signal` aborts: continues after its last cursor when a connection
 * ends, and starts anew when the server cannot continue. Resolves early when the credential is not accepted, and there is no
 * other one.
 */
export async function keepCurrent(store: EntityStore, signal: AbortSignal): Promise<void> {
  const state: { cursor?: string } = {};
  for (let [failures, isNew] = [0, false]; !signal.aborted;) {
    const { received, refusal } = await connect(store, state, signal);
    if (signal.aborted) return;
    if (received) [failures, isNew] = [0, false];
    else failures++;
    if (refusal) {
      // A token that is refused right after the issuer made it is no better than another one.
      const renewal = isNew ? 'over' : await renewAfterRefusal(refusal.token);
      if (renewal === 'over') return store.setFreshness('ended', refusal.message);
      isNew = renewal === 'renewed';
    }
    store.setFreshness(store.freshness === 'loading' ? 'loading' : 'stale', store.problem);
    await pause(Math.random() * Math.min(200 * 2 ** failures, MAX_PAUSE), signal);
  }
}

/** How a connection ended. */
interface Outcome {
  /** Whether anything arrived before. */
  readonly received: boolean;
  /** Set if another attempt with the same token would be refused, too. */
  readonly refusal?: { readonly token: string; readonly message: string };
}

async function connect(store: EntityStore, state: { cursor?: string }, signal: AbortSignal): Promise<Outcome> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE);
  let received = false;
  try {
    const credential = await authorization();
    const token = session.get()?.token ?? '';
    const response = await fetch(`${basePath}watch?kinds=${KINDS.join(',')}`, {
      headers: { ...credential, ...(state.cursor !== undefined && { 'last-event-id': state.cursor }) },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 410) delete state.cursor;
    if ([400, 401, 403].includes(response.status))
      return { received, refusal: { token, message: messageOf(await response.text()) } };
    if (!response.ok || !response.body) {
      store.setFreshness(store.freshness, messageOf(await response.text()));
      return { received: response.status === 410 };
    }
    const parser = new EventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let since = performance.now(); ;) {
      const { done, value } = await reader.read();
      if (done) return { received };
      received = true;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE);
      for (const event of parser.push(value)) {
        const message = apply(store, event);
        if (message !== undefined) return { received, refusal: { token, message } };
        state.cursor = event.id ?? state.cursor;
        if (performance.now() - since > SLICE) {
          await new Promise((resolve) => setTimeout(resolve));
          since = performance.now();
        }
      }
    }
  } catch {
    return { received };
  } finally {
    clearTimeout(timer);
    silence.abort(); // also closes a connection that was left before its end
  }
}

/** Returns the server's reason when it no longer accepts the credential. */
function apply(store: EntityStore, { event, data }: WatchEvent): string | undefined {
  if (event === 'reset') store.reset();
  else if (event === 'bookmark') store.complete();
  else if (event === 'put' || event === 'removed') {
    const { kind, id, object } = JSON.parse(data) as { kind: Kind; id: string; object: unknown };
    if (event === 'put') store.put(kind, id, object);
    else store.remove(kind, id);
  } else if (event === 'end') {
    const { reason, message = '' } = JSON.parse(data) as { reason: string; message?: string };
    if (reason === 'credential') return message;
  }
  return undefined;
}

/** Ends early when the browser is back online. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = new AbortController();
    const wake = (): void => {
      clearTimeout(timer);
      end.abort();
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    signal.addEventListener('abort', wake, { signal: end.signal });
    addEventListener('online', wake, { signal: end.signal });
  });
