/** A user who has logged in. */
export interface Caller {
  /** Tenants have the console while their allocation lasts. */
  readonly kind: 'tenant' | 'operator';
  readonly method: 'publickey' | 'password' | 'token';
  /** For the record: fingerprint of the key, or account. */
  readonly label: string;
  /** Why; empty where none was asked for. */
  readonly reason: string;
  /** The allocation of a tenant; undefined for operators. */
  readonly tenancy: string | undefined;
  /** The key of a tenant who has logged in with one, as in its allocation. */
  readonly key: string | undefined;
}
