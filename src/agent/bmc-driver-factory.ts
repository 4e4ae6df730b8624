import type { AgentConfig } from '../config/agent-config.js';
import type { AppLogger } from '../shared/app-logger.js';
import { systemClock } from '../shared/clock.js';
import { IpmiBmcDriver } from './bmc/ipmi-bmc-driver.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from './bmc/ipmitool.js';
import { ProtocolPolicy } from './bmc/protocol-policy.js';
import { RoutingBmcDriver } from './bmc/routing-bmc-driver.js';
import { CertificateTrust } from './redfish/certificate-trust.js';
import { UPDATE_DEFAULTS } from './redfish/firmware-update.js';
import { RedfishBmcDriver } from './redfish/redfish-bmc-driver.js';
import { redfishProbe } from './redfish/redfish-probe.js';

type Settings = Pick<AgentConfig, 'redfish' | 'ipmitool' | 'bmcTimeout'>;

/** The driver that speaks Redfish or IPMI as configured. Throws if the file of pins cannot be read. */
export function createBmcDriver({ redfish, ipmitool, bmcTimeout }: Settings, log: AppLogger): RoutingBmcDriver {
  const { program, path = IPMITOOL_DEFAULTS.path, cipherSuites } = ipmitool;
  const tool = new Ipmitool({ ...IPMITOOL_DEFAULTS, program, path, cipherSuites, timeoutMs: bmcTimeout });
  const policy = new ProtocolPolicy(redfish.protocol, redfish.port, redfish.exceptions);
  const options = {
    portOf: (target: Parameters<ProtocolPolicy['portOf']>[0]) => policy.portOf(target),
    trust: new CertificateTrust(redfish.trust),
    timeoutMs: bmcTimeout,
  };
  const update = { ...UPDATE_DEFAULTS, timeoutMs: redfish.firmwareTimeout };
  const drivers = [new RedfishBmcDriver(options, update), new IpmiBmcDriver(tool)] as const;
  return new RoutingBmcDriver(...drivers, policy, redfishProbe(options), systemClock, log);
}
