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
