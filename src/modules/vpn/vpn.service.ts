import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { pluralize } from '../../shared/text.js';
import { Injectable } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { accountOf } from '../../platform/auth/user.js';
import type { User } from '../../platform/auth/user.js';
import { Vpn } from '../../platform/vpn/vpn.js';
import type { VpnKey } from '../../platform/vpn/vpn.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { disabled, malformed } from '../../shared/errors/domain-error.js';
import type { AppLogger } from '../../shared/app-logger.js';
import type { VpnInvitation, VpnMembership } from './vpn.js';

/** Time for a firewall to be installed and join, in milliseconds. */
const INVITATION = 2 * 3600_000;

/** Default validity of an operator's key, in milliseconds. */
const DEFAULT_LIFETIME = 3600_000;

/** An operator's request for a key. */
export interface KeyRequest {
  readonly project: string;
  readonly ephemeral: boolean;
  /** Nanoseconds; 0 means the default of one hour. */
  readonly expiration: number;
  readonly reason: string;
}

/** Membership in the VPNs of projects; a project's VPN is created with its first firewall. */
@Injectable()
export class VpnService {
  constructor(
    private readonly vpn: Vpn,
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  get enabled(): boolean {
    return this.vpn.enabled;
  }

  /**
   * Creates a key with which an operator joins the VPN of a project, and logs the user and the reason. Throws
   * `disabled`, `malformed` for a reason shorter than configured (in bytes) or a negative expiration, `not-found` for
   * a project without a VPN.
   */
  async authKey({ project, ephemeral, expiration, reason }: KeyRequest, user: User): Promise<VpnMembership> {
    if (!this.vpn.enabled) throw disabled('METAL_API_HEADSCALE_ADDR');
    const least = this.config.auth.passwordReasonMinLength;
    if (Buffer.byteLength(reason) < least)
      throw malformed(`reason has ${pluralize(Buffer.byteLength(reason), 'byte')}, expected at least ${least}`);
    if (expiration < 0) throw malformed(`expiration is ${expiration}, expected a number of nanoseconds from now, or 0`);
    const lifetime = expiration === 0 ? DEFAULT_LIFETIME : expiration / 1e6;
    const { key } = await this.vpn.createKey(project, { ephemeral, expires: this.after(lifetime) });
    this.log.info(`VPN key of project "${project}" given to "${accountOf(user)}", reason: ${JSON.stringify(reason)}`);
    return { address: this.vpn.address, authKey: key };
  }

  /** Invites a firewall into the VPN of its project; undefined if VPN is disabled. Throws `unavailable`. */
  async invite(project: string): Promise<VpnInvitation | undefined> {
    if (!this.vpn.enabled) return undefined;
    await this.vpn.ensureUser(project);
    const key = await this.vpn.createKey(project, { ephemeral: false, expires: this.after(INVITATION) });
    return {
      membership: { address: this.vpn.address, authKey: key.key },
      withdraw: () => this.withdraw(key, project),
    };
  }

  /** Removes a machine from the VPN of a project. Idempotent. Must not fail a release, so errors are only logged. */
  async removeMachine(machineId: string, project: string): Promise<void> {
    if (!this.vpn.enabled) return;
    try {
      const nodes = await this.vpn.nodes();
      const mine = nodes.filter(({ name, user }) => name === machineId && user === project);
      for (const { id } of mine) await this.vpn.removeNode(id);
    } catch (error) {
      this.log.warn(`could not remove machine ${machineId} from the VPN of project "${project}"`, error);
    }
  }

  /**
   * Returns the connection state by machine and project; undefined for machines that have never joined. A machine
   * that was allocated to a project again may have an older node in addition to the current one: it is connected if
   * any node is online. Throws `unavailable`, `disabled`.
   */
  async connections(): Promise<(machineId: string, project: string) => boolean | undefined> {
    const online = new Map<string, boolean>();
    for (const { user, name, online: isOnline } of await this.vpn.nodes()) {
      const key = `${user}/${name}`;
      online.set(key, isOnline || online.get(key) === true);
    }
    return (machineId, project) => online.get(`${project}/${machineId}`);
  }

  /** A key that cannot be withdrawn expires after two hours. */
  private async withdraw(key: VpnKey, project: string): Promise<void> {
    try {
      await this.vpn.expireKey(key);
    } catch (error) {
      this.log.warn(
        `could not withdraw an unused VPN key of project "${project}", it stays valid for up to two hours`,
        error,
      );
    }
  }

  private after(milliseconds: number): string {
    return timestamp(this.clock.now() + milliseconds);
  }
}
