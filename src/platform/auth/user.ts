/** Who sends a request. */
export interface User {
  readonly email: string;
  readonly name: string;
  /** Group names; membership decides the role (reference/40 §2.4). */
  readonly groups: readonly string[];
  readonly tenant: string;
  readonly issuer: string;
  readonly subject: string;
}

/** Who sends a request without a credential (reference/40 §2.1): member of nothing, so only open routes answer. */
export const GUEST: User = Object.freeze({
  email: 'anonymous@metal-stack.io',
  name: 'anonymous',
  groups: Object.freeze([]),
  tenant: '',
  issuer: '',
  subject: '',
});

/** By which name a user goes on record: the e-mail, or for users without one (API tokens, some issuers) the name. */
export const accountOf = ({ email, name, subject }: User): string => email || name || subject;

/** Under which name limits count the requests of a user; undefined for those who did not show a credential. */
export function callerOf(user: User | undefined): string | undefined {
  return user === undefined || user === GUEST ? undefined : `${user.issuer} ${accountOf(user)}`;
}
