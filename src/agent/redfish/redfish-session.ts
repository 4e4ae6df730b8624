import { BmcError } from '../bmc/bmc-driver.js';
import type { BmcTarget } from '../bmc/bmc-driver.js';
import { objectAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import type { HttpsConnection, HttpsRequest, HttpsResponse } from './https-connection.js';
import { pathOfLink, pathOfLocation, SERVICE_ROOT } from './redfish-link.js';
import { failureOf } from './redfish-failure.js';

/** Statuses of services that have no sessions for this caller; HTTP Basic authentication is left then. */
const NO_SESSIONS: readonly number[] = [404, 405, 501];

/**
 * The login at a BMC (DSP0266, clause 13.3): a session, which must be closed because BMCs have few of them, or Basic
 * authentication where the service has no sessions. Logs in with the first request.
 */
export class RedfishSession {
  private headers: Readonly<Record<string, string>> | undefined;
  private location: string | undefined;

  constructor(
    private readonly connection: HttpsConnection,
    private readonly target: Pick<BmcTarget, 'user' | 'password'>,
    private readonly hosts: readonly string[],
  ) {}

  /** Sends an authenticated request; a session that has expired is replaced once. Rejects with BmcError. */
  async send(message: HttpsRequest): Promise<HttpsResponse> {
    const isNew = this.headers === undefined;
    const response = await this.attempt(message);
    if (response.status !== 401 || isNew || this.location === undefined) return response;
    this.headers = this.location = undefined;
    return this.attempt(message);
  }

  /** Closes the session. Never throws: a BMC ends sessions that are not used by itself. */
  async close(): Promise<void> {
    const { headers, location } = this;
    this.headers = this.location = undefined;
    if (headers === undefined || location === undefined) return;
    await this.connection.send({ method: 'DELETE', path: location, headers }).catch(() => undefined);
  }

  /** Texts that must not appear in messages. */
  get secrets(): readonly string[] {
    return [this.target.password, ...Object.values(this.headers ?? {})].filter((text) => text !== '');
  }

  private async attempt(message: HttpsRequest): Promise<HttpsResponse> {
    this.headers ??= await this.login();
    return this.connection.send({ ...message, headers: { ...message.headers, ...this.headers } });
  }

  private async login(): Promise<Readonly<Record<string, string>>> {
    const { user, password } = this.target;
    const path = await this.sessionsPath();
    if (path === undefined) return basic(user, password);
    const body = { UserName: user, Password: password };
    const response = await this.connection.send({ method: 'POST', path, body });
    if (NO_SESSIONS.includes(response.status)) return basic(user, password);
    const token = response.headers['x-auth-token'];
    if (response.status >= 300 || typeof token !== 'string') {
      throw failureOf(response, { label: this.connection.label, user, secrets: [password], action: 'log in' });
    }
    this.location = this.locationOf(response);
    return { 'X-Auth-Token': token };
  }

  /** The session collection, which the service root links so that it is found without a login. */
  private async sessionsPath(): Promise<string | undefined> {
    const { status, body = {} } = await this.connection.send({ method: 'GET', path: SERVICE_ROOT });
    if (status !== 200) throw new BmcError('refused', `BMC ${this.connection.label} has no Redfish service`);
    const link = linkOf(objectAt(body, 'Links', 'Sessions')) ?? sessionsBelow(body);
    return link === undefined ? undefined : pathOfLink(link, this.hosts);
  }

  private locationOf({ headers, body = {} }: HttpsResponse): string | undefined {
    const link = headers.location ?? linkOf(body);
    return link === undefined ? undefined : pathOfLocation(link, this.hosts);
  }
}

const sessionsBelow = (root: RedfishObject): string | undefined => {
  const service = linkOf(objectAt(root, 'SessionService'));
  return typeof service === 'string' ? `${service.replace(/\/$/, '')}/Sessions` : undefined;
};

const linkOf = (object: RedfishObject): unknown => object['@odata.id'];

const basic = (user: string, password: string): Readonly<Record<string, string>> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
