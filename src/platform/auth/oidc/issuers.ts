import type { JWTPayload } from 'jose';
import type { Clock } from '../../../shared/clock.js';
import { forbidden } from '../forbidden.js';
import type { User } from '../user.js';
import type { DecodedToken } from '../token/decode.js';
import { translateGroups } from './groups.js';
import { ISSUER_ALGORITHMS, Issuer, unknownAlgorithm } from './issuer.js';
import type { IssuerSettings } from './issuer.js';

/** Provides the accepted issuers; called for every token, so that a change takes effect immediately. */
export type IssuerSource = () => readonly IssuerSettings[];

/** Authenticates bearers of tokens signed by one of the accepted OpenID Connect issuers. */
export class Issuers {
  private readonly known = new Map<string, Issuer>();
  private readonly sources: IssuerSource[];

  constructor(
    source: IssuerSource,
    private readonly providerTenant: string,
    private readonly clock: Clock,
  ) {
    this.sources = [source];
  }

  /** Adds a source of accepted issuers. If two sources have the same issuer and client, the earlier source wins. */
  add(source: IssuerSource): void {
    this.sources.push(source);
  }

  /** The user that a token identifies. Throws `forbidden`. */
  async authenticate(text: string, { header, payload }: DecodedToken): Promise<User> {
    if (!ISSUER_ALGORITHMS.some((known) => known === header.alg)) throw unknownAlgorithm(header.alg);
    const audiences = [payload.aud ?? []].flat();
    const accepted = this.sources.flatMap((source) => source());
    const settings = accepted.find(({ url, clientId }) => url === payload.iss && audiences.includes(clientId));
    if (!settings) throw forbidden('issuer/clientid not found');
    return this.user(await this.issuer(settings).verify(text, header), settings);
  }

  private issuer(settings: IssuerSettings): Issuer {
    const key = JSON.stringify([settings.url, settings.clientId]);
    const issuer = this.known.get(key) ?? new Issuer(settings, this.clock);
    this.known.set(key, issuer);
    return issuer;
  }

  /** Issuer and subject stay empty, as clients expect (docs/reference/authentication.md#bearer-tokens). */
  private user(claims: JWTPayload, { tenant, directoryType }: IssuerSettings): User {
    const roles = texts(claims['roles']);
    const names = roles.length > 0 ? roles : texts(claims['groups']);
    const { providerTenant } = this;
    return {
      name: text(claims['preferred_username']) || text(claims['name']),
      email: text(claims['email']),
      groups: translateGroups(names, { directoryType, userTenant: tenant, providerTenant }),
      tenant,
      issuer: '',
      subject: '',
    };
  }
}

const text = (claim: unknown): string => (typeof claim === 'string' ? claim : '');

/** Some issuers send a list with a single entry as a text. */
const texts = (claim: unknown): readonly string[] =>
  [claim]
    .flat()
    .map(text)
    .filter((entry) => entry !== '');
