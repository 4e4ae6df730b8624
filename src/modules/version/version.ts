/** What this build is. Clients compare `version` with their own after a login (reference/40 §6.4). */
export interface BuildInfo {
  readonly name: 'metal-api';
  /** A semantic version with a leading `v`. */
  readonly version: string;
  readonly builddate: string;
  readonly revision: string;
  readonly gitsha1: string;
  readonly minimumClient: string;
  readonly release: string | undefined;
}
