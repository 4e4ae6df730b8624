import { BmcError } from '../bmc/bmc-driver.js';
import type { Resource } from './redfish-client.js';
import type { RedfishService } from './redfish-service.js';

/** Switches the LED by the property that the system or the chassis has; of the two, the one of today is preferred. */
export async function switchLed(service: RedfishService, on: boolean): Promise<void> {
  const found = (await ledOf(service)) ?? undefined;
  if (found === undefined) {
    throw new BmcError('unsupported', `BMC ${service.client.label} has no identify LED in Redfish`);
  }
  const { resource, property } = found;
  const value = property === 'LocationIndicatorActive' ? on : on ? 'Lit' : 'Off';
  await service.client.patch(resource, { [property]: value }, `switch the LED ${on ? 'on' : 'off'}`);
}

/** Whether the LED is lit or blinks; undefined if the BMC does not say. */
export function isLit(...resources: readonly (Resource | undefined)[]): boolean | undefined {
  for (const { body } of resources.filter((resource) => resource !== undefined)) {
    if (typeof body['LocationIndicatorActive'] === 'boolean') return body['LocationIndicatorActive'];
    const led = body['IndicatorLED'];
    if (led === 'Lit' || led === 'Blinking') return true;
    if (led === 'Off') return false;
  }
  return undefined;
}

type LedProperty = 'LocationIndicatorActive' | 'IndicatorLED';

async function ledOf(
  service: RedfishService,
): Promise<{ readonly resource: Resource; readonly property: LedProperty } | undefined> {
  const resources = [service.system, await service.chassis()].filter((resource) => resource !== undefined);
  for (const property of ['LocationIndicatorActive', 'IndicatorLED'] as const) {
    const resource = resources.find(({ body }) => body[property] !== undefined && body[property] !== null);
    if (resource !== undefined) return { resource, property };
  }
  return undefined;
}
