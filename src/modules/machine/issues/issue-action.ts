/**
 * The one next step for each issue that is safe whatever its cause: it loses no data of an allocation and changes no machine
 * that works. By id of the issue (docs/reference/machine-issues.md#catalogue).
 */
const ACTIONS: Readonly<Record<string, string>> = {
  'no-event-container': 'power-cycle the machine if it is not allocated; it reports when it boots by PXE',
  'no-partition':
    'check its cabling: a machine gets its partition from the leaf switches that it sees when it registers',
  'liveliness-dead':
    'look at its console; if it is not allocated, power-cycle it. If other machines of the rack are dead too, check their leaf switches first',
  'liveliness-unknown':
    'ask the owner of its project whether it still runs; it is allocated, so do not power-cycle it without their consent',
  'liveliness-not-available': 'wait two minutes for the next evaluation, then check that its partition reports events',
  'failed-machine-reclaim':
    'reboot it into PXE (machine power pxe, then reset): it still runs the system of an allocation that has been released. After a restore of the database, reserve it instead: it may have been allocated after the backup',
  crashloop: 'lock it, so that it is not allocated, and read its console during the next boot',
  'last-event-error':
    'read the error in its provisioning events; nothing else is needed once it waits or phones home again',
  'bmc-without-mac': 'check that its BMC is in the management network and that the agent of its partition reports BMCs',
  'bmc-without-ip': 'check that its BMC gets a DHCP lease in the management network of its partition',
  'bmc-info-outdated':
    'check the agent that reports BMCs of its partition; do not send power commands until it reports again',
  'asn-not-unique': 'run metal-api fsck without --repair: it names the firewalls that share the ASN',
  'bmc-no-distinct-ip':
    'send no power command to either machine until the DHCP leases of their BMCs differ: it may hit the other one',
  'bmc-credentials-too-long': 'set a shorter user or password at the BMC and report it again',
};

/** Throws for an issue without action, which `issue-action.spec.ts` rules out. */
export function safeActionFor(issueId: string): string {
  const action = ACTIONS[issueId];
  if (action === undefined) throw new Error(`issue "${issueId}" has no action`);
  return action;
}
