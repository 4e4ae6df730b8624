export const leafName = (rack: string, leaf: number): string => `${rack}-leaf-${leaf}`;

/** SONiC numbers ports by lanes, four per port. */
export const portName = (index: number): string => `Ethernet${index * 4}`;

/** A locally administered MAC made of the numbers of the machine and of the interface, and how often it was replaced. */
export const macOf = (index: number, nic: number, generation = 0): string =>
  [0x02, nic, generation & 0xff, (index >> 16) & 0xff, (index >> 8) & 0xff, index & 0xff]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');

/** The MAC of a part that takes the place of one that `macOf` named. */
export function nextMac(mac: string): string {
  const bytes = mac.split(':');
  const generation = (Number.parseInt(bytes[2]!, 16) + 1) & 0xff;
  return bytes.with(2, generation.toString(16).padStart(2, '0')).join(':');
}
