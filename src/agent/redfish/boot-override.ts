import { BmcError } from '../bmc/bmc-driver.js';
import type { BootDevice, BootPersistence } from '../bmc/bmc-driver.js';
import { objectAt, textAt, textsAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import type { Resource } from './redfish-client.js';
import type { RedfishService } from './redfish-service.js';

const TARGETS: Readonly<Record<BootDevice, string>> = { pxe: 'Pxe', disk: 'Hdd', bios: 'BiosSetup' };

const ENABLED: Readonly<Record<BootPersistence, string>> = { once: 'Once', continuous: 'Continuous' };

/** Sets the boot override, always for UEFI. Throws BmcError; `unsupported` if the BMC lists what it takes without it. */
export async function overrideBoot(
  service: RedfishService,
  device: BootDevice,
  persistence: BootPersistence,
): Promise<void> {
  const { client, system, vendor } = service;
  const boot = objectAt(system.body, 'Boot');
  assertAllowed(boot, 'BootSourceOverrideTarget', TARGETS[device], client.label);
  assertAllowed(boot, 'BootSourceOverrideEnabled', ENABLED[persistence], client.label);
  const hasMode = vendor.bootMode === 'present' && boot['BootSourceOverrideMode'] !== undefined;
  const change = {
    Boot: {
      BootSourceOverrideEnabled: ENABLED[persistence],
      BootSourceOverrideTarget: TARGETS[device],
      ...(hasMode && { BootSourceOverrideMode: 'UEFI' }),
    },
  };
  try {
    await client.patch(system, change, `boot from ${device}`);
  } catch (error) {
    const other = isRefusal(error) ? await fallbackOf(service) : undefined;
    if (other === undefined) throw error;
    await client.patch(other, change, `boot from ${device}`);
  }
}

/** The device of the next boot; undefined for one that agents never set. */
export function overriddenBoot({ system }: RedfishService): BootDevice | undefined {
  const boot = objectAt(system.body, 'Boot');
  if (textAt(boot, 'BootSourceOverrideEnabled') === 'Disabled') return undefined;
  const target = textAt(boot, 'BootSourceOverrideTarget');
  return (['pxe', 'disk', 'bios'] as const).find((device) => TARGETS[device] === target);
}

/** The vendor's other resource for boot overrides; undefined if it has none. */
async function fallbackOf({ client, system, vendor }: RedfishService): Promise<Resource | undefined> {
  const { bootFallback } = vendor;
  if (bootFallback === undefined) return undefined;
  if (bootFallback !== 'settings') return client.get(`${system.path.replace(/\/$/, '')}/${bootFallback.below}`);
  const settings = objectAt(system.body, '@Redfish.Settings', 'SettingsObject');
  return settings['@odata.id'] === undefined ? undefined : client.follow(settings);
}

function assertAllowed(boot: RedfishObject, property: string, value: string, label: string): void {
  const allowed = textsAt(boot, `${property}@Redfish.AllowableValues`);
  if (allowed === undefined || allowed.includes(value)) return;
  const most = allowed.slice(0, 20).join(', ').slice(0, 200);
  throw new BmcError('unsupported', `BMC ${label} does not take ${value} as ${property}, only ${most}`);
}

const isRefusal = (error: unknown): boolean =>
  error instanceof BmcError && (error.failure === 'refused' || error.failure === 'unsupported');
