import type { RestClient } from '../rest-client.js';

/** The fields of an API switch that the switch agent uses. */
interface SwitchResponse {
  readonly nics: readonly {
    readonly name: string;
    readonly vrf?: string | null;
    readonly admin_status?: string | null;
  }[];
}

export interface SwitchSettings {
  readonly name: string;
  readonly partition: string;
  readonly rack: string;
  readonly room: string;
  readonly ports: readonly { readonly name: string; readonly mac: string }[];
}

/** Which of a switch's ports have a link, and whether the switch runs at all. */
export interface SwitchSurroundings {
  isGone(name: string): boolean;
  isLinkLost(name: string, port: string): boolean;
}

const INTACT: SwitchSurroundings = { isGone: () => false, isLinkLost: () => false };

/** A leaf switch of a simulated partition: registers, then fetches its port configuration periodically. */
export class SimulatedSwitch {
  private configuration: ReadonlyMap<string, SwitchResponse['nics'][number]> = new Map();
  private hardware: SwitchSettings['ports'];

  constructor(
    readonly settings: SwitchSettings,
    private readonly rest: RestClient,
    private readonly surroundings: SwitchSurroundings = INTACT,
  ) {
    this.hardware = settings.ports;
  }

  get ports(): SwitchSettings['ports'] {
    return this.hardware;
  }

  /** VRF of each port as last configured; `""` for a port in the PXE network. */
  get vrfs(): ReadonlyMap<string, string> {
    return new Map([...this.configuration].map(([name, { vrf }]) => [name, vrf ?? '']));
  }

  /** Whether the port has a link and the API has not shut it. */
  isUp(port: string): boolean {
    const { name } = this.settings;
    if (this.surroundings.isGone(name) || this.surroundings.isLinkLost(name, port)) return false;
    return this.configuration.get(port)?.admin_status !== 'DOWN';
  }

  /** MAC address of a port that has a link; undefined otherwise. */
  linkAt(port: string): string | undefined {
    return this.isUp(port) ? this.hardware.find(({ name }) => name === port)?.mac : undefined;
  }

  async register(): Promise<void> {
    await this.registerWith(this.hardware);
  }

  /** Registers the switch that took the place of this one. Rejects without a change if the API refuses it. */
  async replaceHardware(ports: SwitchSettings['ports']): Promise<void> {
    await this.registerWith(ports);
    this.hardware = ports;
  }

  /** Fetches the configuration, applies it and reports the port states. */
  async synchronize(): Promise<void> {
    const { name } = this.settings;
    if (this.surroundings.isGone(name)) return;
    const started = process.hrtime.bigint();
    const { nics } = await this.rest.get<SwitchResponse>(`v1/switch/${name}`);
    this.configuration = new Map(nics.map((nic) => [nic.name, nic]));
    await this.rest.post(`v1/switch/${name}/notify`, {
      sync_duration: Number(process.hrtime.bigint() - started),
      error: null,
      port_states: Object.fromEntries(nics.map((nic) => [nic.name, this.isUp(nic.name) ? 'UP' : 'DOWN'])),
    });
  }

  private async registerWith(ports: SwitchSettings['ports']): Promise<void> {
    const { name, partition, rack, room } = this.settings;
    await this.rest.post('v1/switch/register', {
      id: name,
      name,
      partition_id: partition,
      rack_id: rack,
      room_id: room,
      nics: ports.map((port) => ({ name: port.name, identifier: port.name, mac: port.mac })),
      os: { vendor: 'SONiC', version: '4.2', metal_core_version: 'simulated' },
      management_ip: '127.0.0.1',
      management_user: 'admin',
    });
  }
}
