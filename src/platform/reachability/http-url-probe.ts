import { malformed } from '../../shared/errors/domain-error.js';
import { fetchFailure } from '../../shared/errors/fetch-failure.js';
import { UrlProbe } from './url-probe.js';

/** How long a server may take to answer: a client waits 30 s for its whole request (reference/50 §1.3). */
const DEADLINE_MS = 5000;

/** Asks the URL's server with a HEAD request. */
export class HttpUrlProbe extends UrlProbe {
  async check(field: string, url: string | undefined): Promise<void> {
    if (!url) return;
    const failure = await this.head(url);
    if (failure) throw malformed(`${field} "${url}" cannot be fetched: ${failure}`);
  }

  /** Why it cannot be fetched, or undefined when it can. */
  private async head(url: string): Promise<string | undefined> {
    try {
      const { status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(DEADLINE_MS) });
      return status >= 400 ? `the server answered ${status}` : undefined;
    } catch (error) {
      return fetchFailure(error);
    }
  }
}

/** Accepts every URL: for installations whose server cannot reach what the machines can. */
export class TrustingUrlProbe extends UrlProbe {
  async check(): Promise<void> {
    // Nothing to ask.
  }
}
