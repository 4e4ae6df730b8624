import type { RestClient } from '../rest-client.js';

/** A leaf switch as the API describes it, as far as the switch itself looks at it. */
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

/** A leaf switch of a simulated partition: registers, and asks regularly how its ports shall be configured. */
export class SimulatedSwitch {
  private configuration = new Map<string, string>();

  constructor(
    readonly settings: SwitchSettings,
    private readonly rest: RestClient,
  ) {}

  /** VRF of each port as configured last, `""` for a port in the PXE network. */
  get vrfs(): ReadonlyMap<string, string> {
    return this.configuration;
  }

  async register(): Promise<void> {
    const { name, partition, rack, room, ports } = this.settings;
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

  /** One round of its loop: fetch, configure, notify. Shuts the ports that shall be down, as agents of today do. */
  async synchronize(): Promise<void> {
    const started = process.hrtime.bigint();
    const { nics } = await this.rest.get<SwitchResponse>(`v1/switch/${this.settings.name}`);
    this.configuration = new Map(nics.map(({ name, vrf }) => [name, vrf ?? '']));
    await this.rest.post(`v1/switch/${this.settings.name}/notify`, {
      sync_duration: Number(process.hrtime.bigint() - started),
      error: null,
      port_states: Object.fromEntries(
        nics.map(({ name, admin_status: wanted }) => [name, wanted === 'DOWN' ? 'DOWN' : 'UP']),
      ),
    });
  }
}
