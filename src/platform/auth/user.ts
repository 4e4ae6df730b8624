import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';

/** The sender of a request. */
export interface User {
  readonly email: string;
  readonly name: string;
  /** Group names; membership decides the role (docs/reference/authentication.md#roles). */
  readonly groups: readonly string[];
  readonly tenant: string;
  readonly issuer: string;
  readonly subject: string;
}

/**
 * The sender of a request without a credential (docs/reference/authentication.md#order-of-evaluation): a member of no
 * group, so only open routes serve it.
 */
export const GUEST: User = Object.freeze({
  email: 'anonymous@metal-stack.io',
  name: 'anonymous',
  groups: Object.freeze([]),
  tenant: '',
  issuer: '',
  subject: '',
});

/** The name of a user in records: the e-mail, or the name for users without one (API tokens, some issuers). */
export const accountOf = ({ email, name, subject }: User): string => email || name || subject;

/** The key under which limits count the requests of a user; undefined for callers without a credential. */
export const callerKey = (user: User | undefined): string | undefined =>
  user === undefined || user === GUEST ? undefined : keyOf(user);

/** Memoized, since a joined text is copied and hashed again for every map that it is looked up in. */
const keyOf = memoizeByIdentity((user: User): string => `${user.issuer} ${accountOf(user)}`);
