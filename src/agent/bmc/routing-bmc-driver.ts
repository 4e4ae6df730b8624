import type { AppLogger } from '../../shared/app-logger.js';
import type { Clock } from '../../shared/clock.js';
import { BmcError } from './bmc-driver.js';
import type {
  BmcDriver,
  BmcTarget,
  BootDevice,
  BootPersistence,
  ChassisPowerAction,
  FirmwareImage,
  ReportProgress,
} from './bmc-driver.js';
import type { BmcFindings, BmcInspector } from './bmc-inspector.js';
import type { ProtocolPolicy } from './protocol-policy.js';

/** Whether a BMC answers Redfish. Never rejects. */
export type RedfishProbe = (target: BmcTarget) => Promise<boolean>;

type FullDriver = BmcDriver & BmcInspector;

/** How long a BMC that does not answer Redfish is not asked again, in milliseconds. */
const ASK_AGAIN_MS = 10 * 60_000;
/** Number of BMCs whose answer is remembered. */
const REMEMBERED = 20_000;

/**
 * Speaks the protocol of each BMC (docs/guide/partition-agent.md#redfish-or-ipmi). With `auto`, a BMC is asked once
 * whether it speaks Redfish. If it does not, IPMI is spoken; also for a single operation that it cannot do by Redfish,
 * and if its certificate is not trusted. Refused credentials are not tried again over the other protocol, because BMCs
 * lock users out.
 */
export class RoutingBmcDriver implements FullDriver {
  private readonly warned = new Set<string>();
  private readonly known = new Map<string, { readonly speaks: Promise<boolean>; readonly until: number }>();

  constructor(
    private readonly redfish: FullDriver,
    private readonly ipmi: FullDriver,
    private readonly policy: ProtocolPolicy,
    private readonly probe: RedfishProbe,
    private readonly clock: Clock,
    private readonly log: AppLogger,
  ) {}

  isOn(target: BmcTarget): Promise<boolean> {
    return this.route(target, (bmc) => bmc.isOn(target));
  }

  power(target: BmcTarget, action: ChassisPowerAction): Promise<void> {
    return this.route(target, (bmc) => bmc.power(target, action));
  }

  setBootDevice(target: BmcTarget, device: BootDevice, persistence?: BootPersistence): Promise<void> {
    return this.route(target, (bmc) => bmc.setBootDevice(target, device, persistence));
  }

  setIdentifyLed(target: BmcTarget, on: boolean): Promise<void> {
    return this.route(target, (bmc) => bmc.setIdentifyLed(target, on));
  }

  updateFirmware(
    target: BmcTarget,
    image: FirmwareImage,
    progress: ReportProgress,
    signal: AbortSignal,
  ): Promise<void> {
    return this.route(target, (bmc) => bmc.updateFirmware(target, image, progress, signal));
  }

  inspect(target: BmcTarget): Promise<BmcFindings> {
    return this.route(target, (bmc) => bmc.inspect(target));
  }

  private async route<T>(target: BmcTarget, use: (bmc: FullDriver) => Promise<T>): Promise<T> {
    const protocol = this.policy.protocolOf(target);
    if (protocol === 'redfish') return use(this.redfish);
    if (protocol === 'ipmi' || !(await this.speaksRedfish(target))) return use(this.ipmi);
    try {
      return await use(this.redfish);
    } catch (error) {
      if (!(error instanceof BmcError)) throw error;
      if (error.failure === 'unreachable') this.known.delete(this.keyOf(target));
      if (error.failure !== 'unsupported' && error.failure !== 'certificate') throw error;
      this.warnOnce(error.message);
      return this.fallBack(error, use);
    }
  }

  /** If IPMI fails as well, both reasons are reported. */
  private async fallBack<T>(first: BmcError, use: (bmc: FullDriver) => Promise<T>): Promise<T> {
    try {
      return await use(this.ipmi);
    } catch (error) {
      if (!(error instanceof BmcError)) throw error;
      throw new BmcError(error.failure, `${error.message} (before, by Redfish: ${first.message})`);
    }
  }

  private warnOnce(reason: string): void {
    if (this.warned.has(reason)) return;
    if (this.warned.size >= REMEMBERED) this.warned.clear();
    this.warned.add(reason);
    this.log.warn(`using IPMI instead of Redfish: ${reason}`);
  }

  private speaksRedfish(target: BmcTarget): Promise<boolean> {
    const key = this.keyOf(target);
    const known = this.known.get(key);
    if (known !== undefined && known.until > this.clock.now()) return known.speaks;
    const speaks = this.probe(target);
    this.remember(key, speaks, Number.POSITIVE_INFINITY);
    void speaks.then((yes) => {
      if (!yes) this.remember(key, speaks, this.clock.now() + ASK_AGAIN_MS);
    });
    return speaks;
  }

  private remember(key: string, speaks: Promise<boolean>, until: number): void {
    this.known.delete(key);
    this.known.set(key, { speaks, until });
    const [oldest] = this.known.keys();
    if (this.known.size > REMEMBERED && oldest !== undefined) this.known.delete(oldest);
  }

  private keyOf(target: BmcTarget): string {
    return `${target.host} ${this.policy.portOf(target)}`;
  }
}
