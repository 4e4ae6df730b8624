import type { BmcProtocol, ProtocolException } from '../../config/bmc-protocol.js';
import { ipOfHost } from '../../shared/net/bmc-address.js';
import type { BmcTarget } from './bmc-driver.js';

/** Which protocol the agent speaks with a BMC. The first exception that matches applies. */
export class ProtocolPolicy {
  constructor(
    private readonly protocol: BmcProtocol = 'auto',
    private readonly port = 443,
    private readonly exceptions: readonly ProtocolException[] = [],
  ) {}

  protocolOf(target: Pick<BmcTarget, 'host' | 'machine'>): BmcProtocol {
    return this.exceptionOf(target)?.protocol ?? this.protocol;
  }

  portOf(target: Pick<BmcTarget, 'host' | 'machine'>): number {
    return this.exceptionOf(target)?.port ?? this.port;
  }

  private exceptionOf({ host, machine }: Pick<BmcTarget, 'host' | 'machine'>): ProtocolException | undefined {
    const ip = ipOfHost(host);
    return this.exceptions.find(({ for: selector }) =>
      typeof selector === 'string' ? selector === machine?.toLowerCase() : ip !== undefined && selector.contains(ip),
    );
  }
}
