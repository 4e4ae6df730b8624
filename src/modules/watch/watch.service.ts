import { Injectable } from '@nestjs/common';
import { RequestAuthorizer } from '../../platform/auth/request-authorizer.js';
import { forbidden } from '../../platform/auth/forbidden.js';
import { hasRole } from '../../platform/auth/role.js';
import type { User } from '../../platform/auth/user.js';
import { DisclosureService } from '../machine/query/disclosure.js';
import { selectionOf } from './watch.js';
import { WatchHub } from './watch-hub.service.js';
import { WatchKinds } from './watch-kinds.js';
import type { Watcher } from './watcher.js';

type Admitted = Parameters<RequestAuthorizer['recheck']>[0];

/** Decides what a caller may watch. */
@Injectable()
export class WatchService {
  constructor(
    private readonly hub: WatchHub,
    private readonly kinds: WatchKinds,
    private readonly disclosures: DisclosureService,
    private readonly admission: RequestAuthorizer,
  ) {}

  /**
   * Begins a watch with what the caller sees in lists; it ends when the caller's token does. Throws `malformed`,
   * `forbidden` for a kind that the caller may not list, `gone` for a cursor with which it cannot go on, `unavailable`.
   */
  begin(query: Parameters<typeof selectionOf>[0], cursor: string | undefined, user: User, request: Admitted): Watcher {
    const selection = selectionOf(query, this.kinds.names, this.disclosures.disclosureFor(user).allocation);
    for (const name of selection.kinds) {
      const { role } = this.kinds.get(name);
      if (!hasRole(user, role)) throw forbidden(`kind "${name}" may be watched by role ${role} only`);
    }
    return this.hub.watch(selection, cursor, () => this.admission.recheck(request, 'viewer'));
  }
}
