import { objectAt, textAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';

/** How the BMCs of a vendor deviate from the standard, or fill what it leaves open. */
export interface VendorDeviations {
  readonly vendor: string;
  /** Matches `Vendor` of the service root, a key of its `Oem`, or `Manufacturer` of the system. */
  readonly matches: RegExp;
  /** Whether `BootSourceOverrideMode` is sent: if the resource has it, or never because it is read-only. */
  readonly bootMode: 'present' | 'never';
  /**
   * Where boot overrides are written if the system itself refuses them: to the resource of its `@Redfish.Settings`, or
   * to a resource below the system.
   */
  readonly bootFallback?: 'settings' | { readonly below: string };
  /** Whether `SimpleUpdate` names the system (BIOS) or the manager (BMC) as its target. */
  readonly updateTargets: 'omitted' | 'named';
  /** Whether `ImageURI` is written without its scheme, which `TransferProtocol` then gives. */
  readonly imageUri: 'complete' | 'without-scheme';
  /** A path in the update service to `State` and a percentage, where an update has no task. */
  readonly updateState?: { readonly path: readonly string[]; readonly percent: string; readonly busy: RegExp };
  /** Messages of a BIOS update's task that now waits for the next reset. */
  readonly scheduled?: RegExp;
  /** Public documents for each deviation. */
  readonly sources: readonly string[];
}

/** What the standard says (DMTF DSP0266, DSP8010), and the rule for vendors that are not listed. */
export const STANDARD: VendorDeviations = {
  vendor: 'standard',
  matches: /^$/,
  bootMode: 'present',
  updateTargets: 'omitted',
  imageUri: 'complete',
  sources: ['https://www.dmtf.org/standards/redfish'],
};

/** The first row that matches applies. */
export const VENDORS: readonly VendorDeviations[] = [
  {
    ...STANDARD,
    vendor: 'Dell',
    matches: /\bdell\b/i,
    // iDRAC 10 takes `Boot` at the settings resource only.
    bootFallback: 'settings',
    // All components but the iDRAC itself are updated at the next reboot.
    scheduled: /scheduled/i,
    sources: [
      'https://github.com/stmcginnis/gofish/pull/511',
      'https://www.dell.com/support/manuals/en-us/idrac9-lifecycle-controller-v4.x-series/idrac9_4.00.00.00_redfishapiguide_pub/supported-action-simpleupdate',
    ],
  },
  {
    ...STANDARD,
    vendor: 'HPE',
    matches: /\b(?:hpe|hewlett packard enterprise)\b/i,
    // iLO rejects a request that contains the mode, even unchanged.
    bootMode: 'never',
    // iLO answers SimpleUpdate without a task; the update service shows the state of the flash.
    updateState: {
      path: ['Oem', 'Hpe'],
      percent: 'FlashProgressPercent',
      busy: /^(?:uploading|verifying|writing|updating)$/i,
    },
    sources: [
      'https://github.com/ansible-collections/community.general/issues/3509',
      'https://servermanagementportal.ext.hpe.com/docs/redfishservices/ilos/supplementdocuments/updateservice',
      'https://developer.hpe.com/blog/hpe-firmware-updates-part-3-the-redfish-update-service',
    ],
  },
  {
    ...STANDARD,
    vendor: 'Supermicro',
    matches: /super\s?micro|\bsmc\b|novarion/i,
    // An omitted boot mode becomes the default, so it is always sent, except to boards such as X10 that have none.
    updateTargets: 'named',
    imageUri: 'without-scheme',
    sources: [
      'https://github.com/DMTF/Redfishtool/pull/106',
      'https://github.com/ironcore-dev/metal-operator/issues/982',
      'https://www.supermicro.com/en/support/faqs/faq.php?faq=45630',
    ],
  },
  {
    ...STANDARD,
    vendor: 'Lenovo',
    matches: /\blenovo\b/i,
    // Boot overrides do not touch the boot order. `Targets` is for the backup bank of the BMC only, and omitted.
    sources: [
      'https://pubs.lenovo.com/xcc-restapi/update_next_onetime_bootconfig_patch',
      'https://pubs.lenovo.com/xcc2-restapi/prop_firmware_update_service_patch',
    ],
  },
  {
    ...STANDARD,
    vendor: 'Gigabyte',
    // Gigabyte and other users of AMI MegaRAC.
    matches: /giga\s?-?byte|giga computing|\bami\b|megarac/i,
    // Boot overrides at the system are refused in favour of its future state.
    bootFallback: { below: 'SD' },
    sources: [
      'https://github.com/DMTF/Redfish-Tacklebox/issues/111',
      'https://github.com/DMTF/Redfish-Tacklebox/issues/144',
      'https://github.com/ansible-collections/community.general/pull/6434',
    ],
  },
];

/** Finds the row of a BMC by its service root, and by its system if that is known. */
export function deviationsOf(root: RedfishObject, system: RedfishObject = {}): VendorDeviations {
  const names = [
    textAt(root, 'Vendor'),
    ...Object.keys(objectAt(root, 'Oem')).slice(0, 8),
    textAt(system, 'Manufacturer'),
  ];
  const known = names.filter((name) => name !== undefined);
  return VENDORS.find(({ matches }) => known.some((name) => matches.test(name.slice(0, 100)))) ?? STANDARD;
}
