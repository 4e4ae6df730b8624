import { malformed } from '../../shared/errors/domain-error.js';
import { fetchFailure } from '../../shared/errors/fetch-failure.js';
import { UrlProbe } from './url-probe.js';

/**
 * Response timeout of the server, in milliseconds: clients wait 30 s for their whole request
 * (docs/reference/client-conventions.md#requests).
 */
const DEADLINE_MS = 5000;

/** Checks a URL with a HEAD request. */
export class HttpUrlProbe extends UrlProbe {
  async check(field: string, url: string | undefined): Promise<void> {
    if (!url) return;
    const failure = await this.head(url);
    if (failure) throw malformed(`${field} "${url}" is not reachable: ${failure}`);
  }

  /** The reason why the URL is not reachable, or undefined if it is. */
  private async head(url: string): Promise<string | undefined> {
    try {
      const { status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(DEADLINE_MS) });
      return status >= 400 ? `the server responded with status ${status}` : undefined;
    } catch (error) {
      return fetchFailure(error);
    }
  }
}

/** Accepts every URL: for installations whose server has no network access to the URLs of the machines. */
export class TrustingUrlProbe extends UrlProbe {
  async check(): Promise<void> {
    // Accepts everything.
  }
}
