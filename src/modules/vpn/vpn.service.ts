import { counted } from '../../shared/text.js';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { accountOf } from '../../platform/auth/user.js';
import type { User } from '../../platform/auth/user.js';
import { Vpn } from '../../platform/vpn/vpn.js';
import type { VpnKey } from '../../platform/vpn/vpn.js';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { disabled, malformed } from '../../shared/errors/domain-error.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import type { VpnInvitation, VpnMembership } from './vpn.js';

/** How long a firewall has time to be installed and join, in milliseconds. */
const INVITATION = 2 * 3600_000;

/** What an operator gets unless he says otherwise, in milliseconds. */
const DEFAULT_LIFETIME = 3600_000;

/** What an operator says of the key that he wants. */
export interface KeyRequest {
  readonly project: string;
  readonly ephemeral: boolean;
  /** Nanoseconds; 0 for an hour. */
  readonly expiration: number;
  readonly reason: string;
}

/** Membership in the VPNs of projects; a project has one since its first firewall. */
@Injectable()
export class VpnService {
  constructor(
    private readonly vpn: Vpn,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  get enabled(): boolean {
    return this.vpn.enabled;
  }

  /**
   * A key with which an operator joins the VPN of a project; who asks, and why, is logged. Throws `disabled`, `malformed`
   * for a reason shorter than configured (in bytes) or a negative expiration, `not-found` for a project without VPN.
   */
  async authKey({ project, ephemeral, expiration, reason }: KeyRequest, user: User): Promise<VpnMembership> {
    if (!this.vpn.enabled) throw disabled('METAL_API_HEADSCALE_ADDR');
    const least = this.config.auth.passwordReasonMinLength;
    if (Buffer.byteLength(reason) < least)
      throw malformed(`reason has ${counted(Buffer.byteLength(reason), 'byte')}, expected at least ${least}`);
    if (expiration < 0) throw malformed(`expiration is ${expiration}, expected nanoseconds from now`);
    const lifetime = expiration === 0 ? DEFAULT_LIFETIME : expiration / 1e6;
    const { key } = await this.vpn.createKey(project, { ephemeral, expires: this.after(lifetime) });
    this.log.info(`VPN key of project "${project}" given to "${accountOf(user)}", reason: ${JSON.stringify(reason)}`);
    return { address: this.vpn.address, authKey: key };
  }

  /** Invites a firewall into the VPN of its project; undefined where there is no VPN. Throws `unavailable`. */
  async invite(project: string): Promise<VpnInvitation | undefined> {
    if (!this.vpn.enabled) return undefined;
    await this.vpn.ensureUser(project);
    const key = await this.vpn.createKey(project, { ephemeral: false, expires: this.after(INVITATION) });
    return {
      membership: { address: this.vpn.address, authKey: key.key },
      withdraw: () => this.withdraw(key, project),
    };
  }

  /** Takes a machine out of the VPN of a project. Must not fail a release: what goes wrong is only logged. Idempotent. */
  async expel(machineId: string, project: string): Promise<void> {
    if (!this.vpn.enabled) return;
    try {
      const nodes = await this.vpn.nodes();
      const mine = nodes.filter(({ name, user }) => name === machineId && user === project);
      for (const { id } of mine) await this.vpn.removeNode(id);
    } catch (error) {
      this.log.warn(`machine ${machineId} may still be in the VPN of project "${project}"`, error);
    }
  }

  /**
   * Who is connected, by machine and project; undefined for machines that never joined. A machine that came back to its
   * project may have an older node beside its own: one that is online counts. Throws `unavailable`, `disabled`.
   */
  async connections(): Promise<(machineId: string, project: string) => boolean | undefined> {
    const online = new Map<string, boolean>();
    for (const { user, name, online: isOnline } of await this.vpn.nodes()) {
      const key = `${user}/${name}`;
      online.set(key, isOnline || online.get(key) === true);
    }
    return (machineId, project) => online.get(`${project}/${machineId}`);
  }

  /** A key that cannot be withdrawn ends by itself after two hours. */
  private async withdraw(key: VpnKey, project: string): Promise<void> {
    try {
      await this.vpn.expireKey(key);
    } catch (error) {
      this.log.warn(`a VPN key of project "${project}" that nobody needs stays valid for two hours`, error);
    }
  }

  private after(milliseconds: number): string {
    return timestamp(this.clock.now() + milliseconds);
  }
}
