import { sleep } from '../../shared/concurrency/timers.js';
import { BmcError } from '../bmc/bmc-driver.js';
import type { BmcTarget } from '../bmc/bmc-driver.js';
import { objectsAt, textAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import { labelOf } from './certificate-trust.js';
import type { CertificateTrust } from './certificate-trust.js';
import { HttpsConnection } from './https-connection.js';
import type { HttpsRequest, HttpsResponse } from './https-connection.js';
import { failureOf } from './redfish-failure.js';
import { pathOfLink, pathOfLocation } from './redfish-link.js';
import { RedfishSession } from './redfish-session.js';

export interface RedfishOptions {
  /** The TCP port of a BMC. */
  readonly portOf: (target: BmcTarget) => number;
  readonly trust: CertificateTrust;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
}

/** A resource and the tag of its state. */
export interface Resource {
  readonly path: string;
  readonly body: RedfishObject;
  readonly etag: string | undefined;
}

/** Members of a collection that are read; a BMC has one system and a few chassis. */
const MAX_MEMBERS = 32;
const MAX_REDIRECTS = 3;
/** A busy BMC (HTTP 503 or 429) is asked again this often, after its `Retry-After` of at most `LONGEST_PAUSE_MS`. */
const BUSY_RETRIES = 2;
const LONGEST_PAUSE_MS = 5000;
const SHORTEST_PAUSE_MS = 500;

/** Requests to the Redfish service of one BMC within one session. Every method rejects with BmcError. */
export class RedfishClient {
  private readonly connection: HttpsConnection;
  private readonly session: RedfishSession;
  private readonly hosts: readonly string[];

  constructor(
    private readonly target: BmcTarget,
    { portOf, trust, timeoutMs }: RedfishOptions,
  ) {
    const { host, name } = target;
    const port = portOf(target);
    this.connection = new HttpsConnection({ host, port, name }, trust, timeoutMs);
    const names = [labelOf({ host, port }), ...(name === undefined ? [] : [labelOf({ host: name, port })])];
    // A zone is of the local machine and not part of a URL.
    this.hosts = names.map((text) => text.replace(/%[^\]]*/, ''));
    this.session = new RedfishSession(this.connection, target, this.hosts);
  }

  get label(): string {
    return this.connection.label;
  }

  /** Secrets of this client that must not appear in messages. */
  get secrets(): readonly string[] {
    return this.session.secrets;
  }

  /** Reads what a link, `{"@odata.id": …}`, refers to. */
  follow(link: RedfishObject): Promise<Resource> {
    return this.get(this.pathOf(link['@odata.id']));
  }

  async get(path: string): Promise<Resource> {
    const response = await this.send({ method: 'GET', path }, 'read a resource');
    const body = response.body;
    if (body === undefined) {
      throw new BmcError('refused', `BMC ${this.label} answers ${path.slice(0, 100)} without a JSON object`);
    }
    return { path, body, etag: response.headers.etag ?? textAt(body, '@odata.etag') };
  }

  /** Reads the members of a collection, one after the other; those that are embedded are not read again. */
  async members(link: RedfishObject): Promise<readonly Resource[]> {
    const { body } = await this.follow(link);
    const members: Resource[] = [];
    for (const member of objectsAt(body, 'Members', MAX_MEMBERS)) members.push(await this.follow(member));
    return members;
  }

  /**
   * Changes properties if nothing else has changed the resource since it was read; if something has (HTTP 412), reads
   * it anew and tries once more.
   */
  async patch({ path, etag }: Resource, change: RedfishObject, action: string): Promise<void> {
    const message = (tag: string | undefined): HttpsRequest => ({
      method: 'PATCH',
      path,
      body: change,
      ...(tag !== undefined && { headers: { 'If-Match': tag } }),
    });
    const response = await this.exchange(message(etag));
    if (response.status !== 412 && response.status !== 428) return this.assertDone(response, action);
    const fresh = await this.get(path);
    // Services that demand a condition but have no tag accept any state.
    this.assertDone(await this.exchange(message(fresh.etag ?? '*')), action);
  }

  async post(path: string, body: RedfishObject, action: string): Promise<HttpsResponse> {
    return this.send({ method: 'POST', path, body }, action);
  }

  /** Resolves to the response whatever its status, for callers that expect failures. */
  exchangeGet(path: string): Promise<HttpsResponse> {
    return this.exchange({ method: 'GET', path });
  }

  /** The path in the `Location` header of a task. Throws BmcError if it is not of a Redfish service. */
  pathOfLocation(location: unknown): string {
    return pathOfLocation(location, this.hosts);
  }

  /** The path of a link or redirect. Throws BmcError if it leads elsewhere. */
  pathOf(link: unknown): string {
    return pathOfLink(link, this.hosts);
  }

  /** Ends the session. Never rejects. */
  async close(): Promise<void> {
    await this.session.close();
    this.connection.close();
  }

  private async send(message: HttpsRequest, action: string): Promise<HttpsResponse> {
    const response = await this.exchange(message);
    this.assertDone(response, action);
    return response;
  }

  private assertDone(response: HttpsResponse, action: string): void {
    if (response.status >= 200 && response.status < 300) return;
    throw failureOf(response, { label: this.label, user: this.target.user, secrets: this.secrets, action });
  }

  /** Follows redirects on the same BMC and waits for a busy one. */
  private async exchange(message: HttpsRequest): Promise<HttpsResponse> {
    let current = message;
    for (let [redirects, busy] = [0, 0]; ;) {
      const response = await this.session.send(current);
      const { status, headers } = response;
      if (isRedirect(status, current.method) && headers.location !== undefined && redirects++ < MAX_REDIRECTS) {
        current = { ...current, path: this.pathOf(headers.location) };
      } else if ((status === 503 || status === 429) && busy++ < BUSY_RETRIES) {
        await sleep(pauseOf(headers['retry-after']));
      } else return response;
    }
  }
}

/** 301 and 302 keep the method of a GET only; 307 and 308 keep every method. */
const isRedirect = (status: number, method: string): boolean =>
  status === 307 || status === 308 || (method === 'GET' && (status === 301 || status === 302));

function pauseOf(retryAfter: string | undefined): number {
  const milliseconds = Number(retryAfter ?? '1') * 1000;
  return Number.isFinite(milliseconds)
    ? Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, milliseconds))
    : LONGEST_PAUSE_MS;
}
