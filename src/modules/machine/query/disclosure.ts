import { Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { hasRole } from '../../../platform/auth/role.js';
import type { User } from '../../../platform/auth/user.js';

/** The secrets of a machine that a response shows; others are `""`. */
export interface Disclosure {
  /** The password of its BMC. */
  readonly bmcPassword: boolean;
  /** The user data and the VPN key of its allocation. */
  readonly allocation: boolean;
}

/** A name for what a response without BMC data shows. */
export const variantOf = ({ allocation }: Disclosure): string => (allocation ? 'with secrets' : '');

/** Decides which secrets of machines a user sees. */
@Injectable()
export class DisclosureService {
  constructor(@InjectConfig() private readonly config: Pick<Config, 'auth'>) {}

  /** Editors and admins see everything; viewers see no secrets, unless a setting grants them those of allocations. */
  disclosureFor(user: User): Disclosure {
    const editor = hasRole(user, 'editor');
    return { bmcPassword: editor, allocation: editor || this.config.auth.viewersSeeAllocationSecrets };
  }
}
